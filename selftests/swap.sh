#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Swap on a watched device: the kernel reclaims memory by the I/O that is counted, so
# counting must not use the reserves for that.

source "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/tracing/instances/dmstat

# trace_allocations: where pages are allocated without reclaiming first.
trace_allocations()
{
	mountpoint -q /sys/kernel/tracing ||
		mount -t tracefs tracefs /sys/kernel/tracing
	mkdir "$tracing"
	later rmdir "$tracing"
	echo 16384 >"$tracing/buffer_size_kb"
	echo 1 >"$tracing/options/stacktrace"
	# ___GFP_DIRECT_RECLAIM
	echo '!(gfp_flags & 0x400)' >"$tracing/events/kmem/mm_page_alloc/filter"
	echo 1 >"$tracing/events/kmem/mm_page_alloc/enable"
}

# by_flags: for each such allocation of dmstat during reclaim, whether it left the
# reserves alone. By CPU, because only there an event is next to its stack.
by_flags()
{
	awk '
		function finish() {
			if (dmstat && reclaim)
				print kept ? "kept" : "may use"
			dmstat = reclaim = 0
		}
		/mm_page_alloc:/ { finish(); kept = /__GFP_NOMEMALLOC/ }
		# Outer callers are those that requested memory from reclaim.
		/=> dmstat_/ && !reclaim { dmstat = 1 }
		/balance_pgdat|try_to_free_pages|try_to_free_mem_cgroup/ {
			reclaim = 1
		}
		END { finish() }' "$tracing"/per_cpu/cpu*/trace
}

lost_events()
{
	awk '/^(overrun|dropped events):/ { n += $NF } END { print n + 0 }' \
		"$tracing"/per_cpu/cpu*/stats
}

swapped_kib()
{
	awk '/^SwapTotal:/ { n += $2 } /^SwapFree:/ { n -= $2 }
		END { print n }' /proc/meminfo
}

# fill MIB: write files that can only go to swap, until so much was swapped.
fill()
{
	local i

	mkdir "$work/files"
	mount -t tmpfs -o size=100% tmpfs "$work/files"
	later umount "$work/files"
	for ((i = 0; $(swapped_kib) < $1 << 10 && i < 1000; i++)); do
		head -c 8M /dev/zero >"$work/files/$i"
	done
	echo "$((8 * i)) MiB written"
}

swapping()
{
	[[ -e /proc/swaps ]] || skip "this kernel has no swap"
	modprobe -q zram num_devices=1 || skip "this kernel has no zram"
	later rmmod zram
	wait_until test -b /dev/zram0
	echo 512M >/sys/block/zram0/disksize
	dm swap "0 $((512 * 2048)) linear /dev/zram0 0"
	# A few areas a chunk: much is allocated.
	region --area-size 8 --histogram 1ms,2ms,4ms,8ms,16ms,32ms,64ms swap
	mkswap /dev/mapper/swap >/dev/null
	swapon /dev/mapper/swap
	later swapoff /dev/mapper/swap
	trace_allocations
	fill 48
	echo 0 >"$tracing/events/kmem/mm_page_alloc/enable"
	by_flags >"$work/flags"
	echo "MiB swapped: $(($(swapped_kib) / 1024)), events lost:" \
		"$(lost_events)"
	echo "I/Os missed: $(dmstat-nl list -j | jq '.regions[0].missed')"
	within "allocations in reclaim" "$(wc -l <"$work/flags")" 10 1000000
	equal "that may use the reserves" \
		"$(grep -c "may use" "$work/flags" || true)" 0
}
promise "dmstat does not allocate from the reserves where memory is reclaimed" \
	swapping

run_promises "$@"
