#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# I/O that device-mapper requeues and submits to the same device again, when it is
# suspended without flushing or a thin pool is full: it stays one I/O with all of its
# time, in every area, even if only parts of it are requeued. The witnesses are the
# issued I/O and the sectors of /sys/block/dm-N/stat.

source "$(dirname "$0")/lib.sh"
source "$here/witness.sh"

ms=1000000

# written REGION IOS SECTORS [ERRORS]: writes in all areas together, and no reads.
written()
{
	equal "counted" "$(total "$1" | cut -d ' ' -f 3,4)" \
		"write $2/$3/${4-0}"
}

# longest REGION MS...: the longest write of each area that has one.
longest()
{
	local ns

	while read -r ns; do
		within "longest" "$ns" $(($2 * ms)) $((200000 * ms))
	done < <(dmstat-nl print -j "$1" | jq '.areas[].write |
		select(.ios > 0).longest_ns')
}

# ------------------------------------------------------------ suspended

# suspended NAME: I/O under load while the device is suspended repeatedly; each
# counts once.
suspended()
{
	local i

	start_load "/dev/mapper/$1" --rw=randrw --bsrange=4k-256k \
		--iodepth=32 --number_ios=400
	for i in {1..5}; do
		sleep 0.3
		dmsetup suspend --noflush --nolockfs "$1"
		sleep 0.2
		dmsetup resume "$1"
	done
	end_load "$region"
	nothing_in_flight "$1"
}

linear_in_parts()
{
	nullb 0 32 irqmode=2 completion_nsec=3000000
	dm d "0 20000 linear /dev/nullb0 0
20000 1000 linear /dev/nullb0 30000
21000 9000 linear /dev/nullb0 20000"
	region d
	suspended d
}
promise "linear in parts, suspended under load: each I/O counts once" \
	linear_in_parts

stripes()
{
	nullb 0 16 irqmode=2 completion_nsec=3000000
	nullb 1 16 irqmode=2 completion_nsec=3000000
	dm d "0 65536 striped 2 16 /dev/nullb0 0 /dev/nullb1 0"
	region d
	suspended d
}
promise "striped, suspended under load: each I/O counts once" stripes

delayed()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 32
	dm d "0 65536 delay /dev/nullb0 0 30"
	region d
	suspended d
}
promise "dm-delay, suspended under load: each I/O counts once" delayed

# Without a path, the I/O of the device is requeued when it is suspended. dm-multipath
# that takes bios, not requests.
without_paths()
{
	two_paths ndelay=100000
	need_module dm_multipath
	need_module dm_round_robin
	dm d "0 32768 multipath 3 queue_if_no_path queue_mode bio 0 1 1 round-robin 0 2 1 /dev/$first 1 /dev/$second 1"
	region --areas 4 d
	dmsetup message d 0 "fail_path /dev/$first"
	dmsetup message d 0 "fail_path /dev/$second"
	io -a -c 4 -s 8192 write /dev/mapper/d 100 200 &
	wait_until in_flight d 4
	dmsetup suspend --noflush --nolockfs d
	sleep 0.5
	equal "in flight" "$(dmstat-nl inflight -j d |
		jq -c '.inflight | length')" 4
	dmsetup resume d
	dmsetup message d 0 "reinstate_path /dev/$first"
	wait $!
	written "$region" 4 800
	longest "$region" 500
	nothing_in_flight d
}
promise "bios without a path are requeued, and stay one I/O" without_paths

# ------------------------------------------------------------------- thin

# pool NAME SECTORS [FEATURE]...: of blocks of 64 KiB, on a disk of 16 MiB.
pool()
{
	modprobe -q dm-thin-pool || skip "this kernel has no dm-thin-pool"
	nullb 0 16
	nullb 1 8
	dm "$1-meta" "0 16384 linear /dev/nullb1 0"
	dm "$1-data" "0 32768 linear /dev/nullb0 0"
	dm "$1" "$(pool_table "$@")"
	dmsetup message "$1" 0 "create_thin 0"
}

pool_table()
{
	echo "0 $2 thin-pool /dev/mapper/$1-meta /dev/mapper/$1-data 128 0" \
		"$(($# - 2)) ${*:3}"
}

# extend NAME SECTORS [FEATURE]...: as dmeventd does it.
extend()
{
	dmsetup suspend "$1"
	dmsetup load "$1" --table "$(pool_table "$@")"
	dmsetup resume "$1"
}

# full NAME: whether the pool has no room left.
full()
{
	[[ $(dmsetup status "$1") == *out_of_data_space* ]]
}

# held NAME: "OPERATION SECTOR SECTORS" of the I/O in flight.
held()
{
	dmstat-nl inflight -j "$1" | jq -r '.inflight | sort_by(.sector)[] |
		"\(.operation) \(.sector) \(.sectors)"'
}

# like_stat NAME REGION: sectors written agree with the kernel's count.
like_stat()
{
	equal "sectors written, as the kernel counts them" \
		"$(total "$2" | cut -d ' ' -f 4 | cut -d / -f 2)" \
		"$(stat_of "$1" 7)"
}

# A write of 1 MiB finds room for half of itself.
extended()
{
	pool pool 2048
	dm thin "0 32768 thin /dev/mapper/pool 0"
	region --areas 16 thin
	io write /dev/mapper/thin 0 1024
	io write /dev/mapper/thin 2048 2048 &
	wait_until full pool
	sleep 1
	equal "in flight" "$(held thin)" "write 2048 2048"
	equal "in flight in its area" \
		"$(area_value "$region" 1 .in_flight_write)" 1
	extend pool 16384
	wait $!
	expect_counts "$region" <<-END
		0: read 0/0/0 write 1/1024/0 discard 0/0/0 flight 0/0
		1: read 0/0/0 write 1/2048/0 discard 0/0/0 flight 0/0
	END
	like_stat thin "$region"
	within "longest" "$(area_value "$region" 1 .write.longest_ns)" \
		$((1000 * ms)) $((200000 * ms))
	equal "time of the one I/O" "$(area_value "$region" 1 .write.ns)" \
		"$(area_value "$region" 1 .write.longest_ns)"
	within "busy ns" "$(area_value "$region" 1 .busy_ns)" \
		$((1000 * ms)) $((200000 * ms))
	nothing_in_flight thin
}
promise "a write that waits for a full pool is one write with all of its time" \
	extended

# Several writers, large and small, over areas that differ from the pool's blocks.
several_writers()
{
	local i pids=()

	pool pool 1024
	dm thin "0 32768 thin /dev/mapper/pool 0"
	region --area-size 300 thin
	for i in 0 1 2 3; do
		io write /dev/mapper/thin $((i * 4000)) 2000 &
		pids+=($!)
		io -a -c 5 -s 200 write /dev/mapper/thin \
			$((i * 4000 + 2500)) 8 &
		pids+=($!)
	done
	wait_until full pool
	sleep 0.5
	extend pool 4096
	wait_until full pool
	sleep 0.5
	extend pool 32768
	wait "${pids[@]}"
	# I/O that crosses areas counts in each.
	equal "sectors" "$(total "$region" | cut -d ' ' -f 4 | cut -d / -f 2)" \
		$((4 * 2000 + 4 * 5 * 8))
	like_stat thin "$region"
	region=$(dmstat-nl list -j thin | jq '.regions[0].region_id')
	equal "I/Os in the areas of the first large one" \
		"$(dmstat-nl print -j "$region" | jq -c \
		'.areas[0:7] | map(.write.ios)')" "[1,1,1,1,1,1,1]"
	nothing_in_flight thin
}
promise "several writers, extended twice: the sectors are those written" \
	several_writers

# One area for all: its number of writes, and the longest one.
one_area()
{
	local i pids=()

	pool pool 1024
	dm thin "0 32768 thin /dev/mapper/pool 0"
	region thin
	for i in 0 1 2; do
		io -a -c 4 -s 1000 write /dev/mapper/thin $((i * 8000)) 600 &
		pids+=($!)
	done
	wait_until full pool
	sleep 1
	extend pool 32768
	wait "${pids[@]}"
	written "$region" 12 7200
	like_stat thin "$region"
	longest "$region" 1000
	within "busy ns" "$(area_value "$region" 0 .busy_ns)" \
		"$(area_value "$region" 0 .write.longest_ns)" \
		$((200000 * ms))
	nothing_in_flight thin
}
promise "large writes of several writers count as they were issued" one_area

# The pool gives up: waiting I/O fails, as one I/O each.
gives_up()
{
	pool pool 1024
	dm thin "0 32768 thin /dev/mapper/pool 0"
	region thin
	io -a -c 3 -s 4000 write /dev/mapper/thin 0 1000 >"$work/io" &
	wait_until full pool
	sleep 0.5
	extend pool 1024 error_if_no_space
	wait $!
	cat "$work/io"
	written "$region" 3 3000 \
		"$(sed -n 's/.* \([0-9]*\) failed.*/\1/p' "$work/io")"
	within "failed" "$(sed -n 's/.* \([0-9]*\) failed.*/\1/p' "$work/io")" 1 3
	longest "$region" 0
	nothing_in_flight thin
}
promise "writes that waited for a pool that gives up fail once each" gives_up

# A write over three targets: a thin one in the middle, whose pool is full, and disks
# on both sides, which finish at once.
one_target_waits()
{
	pool pool 1024
	nullb 2 16
	dm thin "0 32768 thin /dev/mapper/pool 0"
	io write /dev/mapper/thin 16384 1024
	dm d "0 256 linear /dev/nullb2 0
256 256 thin /dev/mapper/pool 0
512 256 linear /dev/nullb2 512"
	region --areas 3 d
	io write /dev/mapper/d 100 600 &
	wait_until full pool
	sleep 1
	equal "in flight" "$(held d)" "write 100 600"
	equal "in flight in each area" "$(dmstat-nl print -j "$region" |
		jq -c '.areas | map(.in_flight_write)')" "[1,1,1]"
	extend pool 32768
	wait $!
	expect_counts "$region" <<-END
		0: read 0/0/0 write 1/156/0 discard 0/0/0 flight 0/0
		1: read 0/0/0 write 1/256/0 discard 0/0/0 flight 0/0
		2: read 0/0/0 write 1/188/0 discard 0/0/0 flight 0/0
	END
	like_stat d "$region"
	longest "$region" 1000
	nothing_in_flight d
}
promise "an I/O that one of its targets delays is one I/O in all areas" \
	one_target_waits

# The waiting I/O is also in flight on the device above, as it was issued there.
stacked()
{
	local low

	pool pool 1024
	dm thin "0 32768 thin /dev/mapper/pool 0"
	dm high "0 32768 linear /dev/mapper/thin 0"
	region thin; low=$region
	region --area-size 1000 high
	io write /dev/mapper/high 500 2000 &
	wait_until full pool
	sleep 1
	equal "in flight above" "$(held high)" "write 500 2000"
	extend pool 32768
	wait $!
	equal "above" "$(counts "$region" | cut -d ' ' -f 4,5)" \
		$'write 1/500/0\nwrite 1/1000/0\nwrite 1/500/0'
	equal "sectors below" "$(total "$low" | cut -d ' ' -f 4 |
		cut -d / -f 2)" 2000
	like_stat thin "$low"
	longest "$region" 1000
	nothing_in_flight high
	nothing_in_flight thin
}
promise "an I/O that waits below is one I/O above, too" stacked

# A region that is made while parts wait counts none of them.
made_meanwhile()
{
	local before

	pool pool 1024
	dm thin "0 32768 thin /dev/mapper/pool 0"
	region --areas 4 thin; before=$region
	io write /dev/mapper/thin 0 2048 &
	wait_until full pool
	region --areas 2 thin
	sleep 0.5
	equal "in flight in the new one" "$(dmstat-nl print -j "$region" |
		jq -c '.areas | map(.in_flight_write)')" "[0,0]"
	extend pool 32768
	wait $!
	equal "in the new one" "$(counts "$region")" ""
	written "$before" 1 2048
	io write /dev/mapper/thin 8192 8
	written "$region" 1 8
	nothing_in_flight thin
}
promise "a region made while parts of an I/O wait counts none of it" \
	made_meanwhile

deleted_meanwhile()
{
	local kept

	pool pool 1024
	dm thin "0 32768 thin /dev/mapper/pool 0"
	region --areas 4 thin; kept=$region
	region thin
	io write /dev/mapper/thin 0 2048 &
	wait_until full pool
	dmstat-nl delete "$region"
	sleep 0.5
	extend pool 32768
	wait $!
	written "$kept" 1 2048
	nothing_in_flight thin
}
promise "a region that is deleted while parts wait leaves the others right" \
	deleted_meanwhile

# A pool suspends all its thin volumes internally, and a snapshot suspends the one
# that is written.
snapshots()
{
	local i

	pool pool 32768
	dm thin "0 32768 thin /dev/mapper/pool 0"
	region --areas 2 thin
	load_fio /dev/mapper/thin --rw=randwrite --bsrange=4k-256k --iodepth=16 \
		--size=6m --number_ios=150 >"$work/fio.result" &
	for i in 1 2 3; do
		sleep 0.2
		dmsetup suspend thin
		dmsetup message pool 0 "create_snap $i 0"
		dmsetup resume thin
		sleep 0.1
		dmsetup suspend pool
		sleep 0.2
		dmsetup resume pool
	done
	wait $!
	cat "$work/fio.result"
	equal "sectors" "$(total "$region" | cut -d ' ' -f 4 | cut -d / -f 2)" \
		"$(awk '{ print $10 }' "$work/fio.result")"
	like_stat thin "$region"
	nothing_in_flight thin
}
promise "snapshots and a pool that is suspended under load: each I/O once" \
	snapshots

run_promises "$@"
