#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz.sh [OPTION]...: every message to the family is answered as the interface
# says, and does no harm. Without options 200,000 messages of seed 1, or
# $DMSTAT_FUZZ_MESSAGES. By hand:
#
#	fuzz.sh --seed N --messages N
#	fuzz.sh --seed N --seconds S
#
# The fuzzer is in fuzz/. It takes what it knows of the family from the YAML spec.

source "$(dirname "$0")/lib.sh"

# So many messages must reach everything that can be reached.
enough=100000
messages=${DMSTAT_FUZZ_MESSAGES:-200000}

options=(--messages "$messages")
while [[ ${1-} == --* ]]; do
	[[ $1 != --messages ]] || messages=$2
	[[ $1 != --seconds ]] || messages=1
	options+=("$1" "${2?"$1 needs a value"}")
	shift 2
done

# In a kernel tree this folder is tools/testing/selftests/dmstat.
root=$here/..
[[ -d $root/uapi ]] || root=$here/../../../..
fuzzer=$root/build/selftests/fuzz/fuzz
[[ -x $fuzzer ]] || fuzzer=$here/fuzz/fuzz
sources=${DMSTAT_SOURCES:-$root/kernel}
header=$root/uapi/linux/dmstat.h
[[ -e $header ]] || header=$root/include/uapi/linux/dmstat.h

# Bytes of memory: most requests fit, and some do not.
limit=$((256 << 10))
parameters=/sys/module/dmstat/parameters

# Refusals that chance may miss: memory that fails for other reasons than the
# limit, devices caught while they go, kernels without tracepoints, disks that
# this machine does not have, two numbers that have to fit to each other.
not_reached='no region id is free: delete regions
no memory for a new index: not all were deleted, try again
no memory to list devices: try again
interrupted: some regions may be left
no memory for the answer: nothing was done, try again
no memory: nothing was set, try again
over the module'\''s memory limit: nothing was set; delete regions, or raise the parameter memory_limit
no memory: nothing was created; use fewer areas or fewer regions that overlap, or try again
no memory to read areas: continue with the first one that was not sent
no memory to clear an area: it was not sent
no memory: some areas were cleared, the others are unchanged
cannot attach to the tracepoints of the block layer
the device is request-based: this kernel has no tracepoints block_split and block_rq_complete to see its I/O
a partition: name its disk, and a range of its sectors
the driver of this disk passes I/O on where it cannot be followed: watch a device-mapper device above it; the disks below it may not see all
no memory for the extents: nothing was created, try again
over the module'\''s memory limit: use fewer extents, delete regions, or raise the parameter memory_limit
more than 65536 extents: make several regions
first-area + area-count does not fit 64 bits
an extent'\''s length is zero: it has at least one sector
the device is going away'

# Refusals of dumps alone: kernels before 6.7 give no message with these.
[[ $(printf '%s\n' 6.7 "$(uname -r)" | sort -V | head -n 1) == 6.7 ]] ||
	not_reached+='
clear and uncleared do not go together: give only one of them
first-area is beyond the region'\''s last area
first-area + area-count is beyond the region'\''s last area
the device has no region, so its I/O is not followed: make one first'

# ---------------------------------------------------------------- devices

request_based()
{
	modprobe dm_multipath
	modprobe dm_round_robin
	nullb 1 4
	dm "$1" "0 8192 multipath 0 0 1 1 round-robin 0 1 1 /dev/nullb1 1000"
}

# Devices with slow I/O, huge, failing, request-based, without a table, and with
# one that is not in use yet.
devices()
{
	dmsetup create unused --notable
	later dmsetup remove unused
	dmsetup load unused --table "0 8 zero"
	linear d 16 irqmode=2 completion_nsec=50000000
	dm huge "0 $((1 << 50)) zero"
	dm error "0 32768 error"
	request_based multipath
	dmsetup create empty --notable
	later dmsetup remove empty
}

# Keeps some I/O in flight, and uses little of the processor.
start_io()
{
	start_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --rate_iops=100
}

# ----------------------------------------------------------------- memory

# region_fits LIMIT: whether a region can be made under this limit of memory.
region_fits()
{
	echo "$1" >"$parameters/memory_limit"
	region --areas 64 d 2>/dev/null || return
	dmstat-nl delete "$region"
}

# least_limit FROM STEP: the first limit under which the region can be made.
least_limit()
{
	least=$1
	until region_fits "$least"; do
		least=$((least + $2))
		((least <= limit)) || fail "no region fits $limit bytes"
	done
	# Memory is given back some time after a region is deleted.
	unload
	load inflight_slots=64
}

# Each step begins where the one before it still failed.
find_least_limit()
{
	least_limit 8 1024
	least_limit $((least - 1016)) 64
	least_limit $((least - 56)) 8
	echo "a region needs $least bytes"
}

# --------------------------------------------------------------- promises

# count WORD: the number after it in the line that begins with "requests".
count()
{
	awk -v word="$1" '$1 == "requests" {
		for (i = 1; i < NF; i++)
			if ($i == word)
				print $(i + 1) + 0
	}' "$work/fuzz"
}

# Each operation was accepted and refused, many times.
check_operations()
{
	local line words

	within "percent of the requests accepted" "$(count percent)" 25 75
	grep '^operation' "$work/fuzz" >"$work/operations"
	while read -r line; do
		read -ra words <<<"$line"
		within "${words[1]} ${words[2]} accepted" "${words[6]}" \
			$((enough / 1000)) $((10 * messages))
		within "${words[1]} ${words[2]} refused" "${words[10]}" \
			$((enough / 1000)) $((10 * messages))
	done <"$work/operations"
}

# Each message in the sources was met, except those that chance may miss.
check_refusals()
{
	local missed

	sed -n 's/^refusal [0-9]* [A-Z]* //p' "$work/fuzz" | sort -u \
		>"$work/met"
	missed=$("$here/fuzz/refusals.py" "$sources"/*.c "$header" |
		grep -vxF "$not_reached" | grep -vxFf "$work/met" || true)
	equal "refusals that were not met" "$missed" ""
}

# No byte of memory is missing, and none was given back twice.
check_memory()
{
	dmstat-nl delete --all
	! region_fits $((least - 8)) ||
		fail "a region can be made under a limit of $((least - 8))"
	wait_until region_fits "$least"
	echo "$limit" >"$parameters/memory_limit"
	echo "a region needs $least bytes still"
}

check_exact()
{
	region --areas 8 d
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=8 \
		--number_ios=500
	equal "afterwards" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "in flight" "$(dmstat-nl inflight -j d | jq -c .inflight)" "[]"
	dmstat-nl delete "$region"
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}

fuzzing()
{
	load_with inflight_slots=64
	devices
	find_least_limit
	echo "$limit" >"$parameters/memory_limit"
	start_io
	"$fuzzer" "${options[@]}" | tee "$work/fuzz"
	stop_fio
	check_memory
	check_exact
	unload
	if ((messages < enough)); then
		echo "too few messages to check what they reached"
		return
	fi
	check_operations
	check_refusals
}
promise "each message, right or wrong, is answered, and nothing is left behind" \
	fuzzing

run_promises "$@"
