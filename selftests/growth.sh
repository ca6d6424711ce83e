#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The in-flight table, which starts small and grows: no I/O is lost or listed twice
# meanwhile, and a watched device with little I/O uses little memory.

source "$(dirname "$0")/lib.sh"

parameters=/sys/module/dmstat/parameters

used()
{
	cat "$parameters/memory_used"
}

used_is()
{
	(($(used) == $1))
}

# ------------------------------------------------------------- many in flight

# sectors NAME: the first sectors of the I/Os in flight.
sectors()
{
	dmstat-nl inflight "$1" | awk 'NR > 1 { print $2 }' | sort -n
}

# list_all NAME: list the I/O in flight repeatedly until $work/stop exists. No list
# may have an I/O twice, or fewer than the one before, because they all hang.
list_all()
{
	local before=0 lists=0 n

	while [[ ! -e $work/stop ]]; do
		sectors "$1" >"$work/sectors"
		n=$(wc -l <"$work/sectors")
		equal "listed twice" "$(uniq -d "$work/sectors")" ""
		((n >= before)) || fail "$n listed, and $before before"
		before=$n
		lists=$((lists + 1))
	done >"$work/twice"
	grep FAILED "$work/twice" && return 1
	echo "$lists lists, the last with $before I/Os"
}

# deep NAME LEAST MOST: 4,096 I/Os that hang, issued while others list; the table
# then has between LEAST and MOST bytes.
deep()
{
	local name=$1 i pids=() lister before

	before=$(used)
	dmsetup suspend --noflush --nolockfs "$name"
	list_all "$name" & lister=$!
	for ((i = 0; i < 8; i++)); do
		io -a -c 512 -s 8 read "/dev/mapper/$name" \
			$((i * 4096)) 8 >/dev/null & pids+=($!)
		sleep 0.2
	done
	wait_until in_flight "$name" 4096
	within "bytes more for 4,096 in flight" $(($(used) - before)) \
		"$2" "$3"
	touch "$work/stop"
	wait "$lister"
	sectors "$name" | cmp - <(seq 0 8 32760)
	dmsetup resume "$name"
	wait "${pids[@]}"
}

# grows [PARAMETER=VALUE]... LEAST MOST
grows()
{
	local before other

	load_with "${@:1:$#-2}"
	linear d 16
	region --areas 64 d; other=$region
	region d
	before=$(used)
	# Allocates the chunks: from now on, only the table grows.
	io -c 64 -s 512 read /dev/mapper/d 0 8 >/dev/null
	deep d "${@: -2}"
	nothing_in_flight d
	equal "counted" "$(total "$region")" \
		"read 4160/33280/0 write 0/0/0 discard 0/0/0"
	equal "counted in 64 areas" "$(total "$other")" "$(total "$region")"
	dmstat-nl delete --all
	wait_until used_is 0
}

grows_large()
{
	grows inflight_slots=65536 $((4096 * 64)) $((8 << 20))
}
promise "a table grows while 4,096 I/Os start: each is listed once, and counted" \
	grows_large

# 2,048 slots, and allocated entries of 128 bytes.
grows_by_default()
{
	grows $((2048 * 64)) $((1 << 20))
}
promise "a table grows from fewer slots: each I/O is listed once, and counted" grows_by_default

refused()
{
	local limit

	load_with inflight_slots=65536
	linear d 16
	region d
	io read /dev/mapper/d 0 8
	limit=$(<"$parameters/memory_limit")
	later sh -c "echo $limit >$parameters/memory_limit"
	used >"$parameters/memory_limit"
	deep d $((4000 * 128)) $((4096 * 128))
	echo "$limit" >"$parameters/memory_limit"
	nothing_in_flight d
	equal "counted" "$(total "$region")" \
		"read 4097/32776/0 write 0/0/0 discard 0/0/0"
	equal "missed" "$(dmstat-nl list -j | jq '.regions[0].missed')" 0
}
promise "a table that cannot grow because of the memory limit loses nothing" refused

# -------------------------------------------------------------- under load

# Tables grow again and again under regions that come and go.
under_load()
{
	local cpu pids=()

	load_with inflight_slots=65536
	nullb 0 16 irqmode=2 completion_nsec=3000000 hw_queue_depth=4096 \
		submit_queues="$(nproc)"
	dm d "0 32768 linear /dev/nullb0 0"
	region --areas 16 d
	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		taskset -c "$cpu" churn d 60 >"$work/churn.$cpu" & pids+=($!)
	done
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=1024 \
		--numjobs=4 --number_ios=4000 --norandommap
	wait "${pids[@]}"
	cat "$work"/churn.*
	within "bytes" "$(used)" $((1024 * 64)) $((8 << 20))
	wait_until in_flight d 0
	equal "counted" "$(dmstat-nl print -j "$region" |
		jq '[.areas[] | .read.ios + .write.ios] | add')" \
		"$((fio_reads + fio_writes))"
	equal "missed" "$(dmstat-nl list -j | jq '.regions[0].missed')" 0
}
promise "deep I/O is counted exactly while tables grow and regions come and go" \
	under_load

# Devices are released and the module is unloaded, with I/O in flight in old slots
# and in new ones, and while the table grows.
goes()
{
	local i pids

	load_with inflight_slots=65536
	linear d 16
	for ((i = 0; i < 5; i++)); do
		load inflight_slots=65536
		region d
		dmsetup suspend --noflush --nolockfs d
		pids=()
		io -a -c 700 -s 8 write /dev/mapper/d 0 8 >/dev/null & pids+=($!)
		io -a -c 700 -s 8 read /dev/mapper/d 5600 8 >/dev/null & pids+=($!)
		sleep "0.0$i"
		dmstat-nl delete "$region"
		((i % 2)) || unload
		dmsetup resume d
		wait "${pids[@]}"
		[[ ! -d /sys/module/dmstat ]] || wait_until used_is 0
	done
}
promise "a device is released and the module is unloaded while a table grows" goes

# ---------------------------------------------------------------- what it takes

# Readers then have little to walk, too.
largest_table()
{
	load_with inflight_slots=1048576
	linear d 16
	region --areas 256 d
	io -c 1000 write /dev/mapper/d 0 8 >/dev/null
	within "bytes" "$(used)" 4096 $((64 << 10))
	nothing_in_flight d
}
promise "a device with few I/Os in flight uses little memory, whatever its limit" \
	largest_table

run_promises "$@"
