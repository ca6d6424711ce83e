#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Busy time: the time with at least one I/O in flight, at any moment when it is read,
# whatever the pattern of I/O. The witness is an exact trace of the same I/O and,
# where I/O is slow, /sys/block/dm-N/stat.

source "$(dirname "$0")/lib.sh"
source "$here/witness.sh"

ms=1000000

modprobe -q dm-delay || true

# delays NAME SECTORS MS...: a part of so many sectors for each delay. It is linear
# on a device with dm-delay, because the kernel's own busy time of dm-delay lacks the
# delays.
delays()
{
	local start=0 ms table=()

	for ms in "${@:3}"; do
		table+=("$start $2 delay /dev/nullb0 $start $ms")
		start=$((start + $2))
	done
	dm "$1-under" "$(printf '%s\n' "${table[@]}")"
	dm "$1" "0 $start linear /dev/mapper/$1-under 0"
}

# busy REGION: ms of its first area.
busy()
{
	echo $(($(area_value "$1" 0 .busy_ns) / ms))
}

# like_stat NAME REGION: busy time agrees with the kernel's own, which counts ticks:
# three or four for an I/O of 12 ms. The trace is the exact witness.
like_stat()
{
	local kernel

	kernel=$(stat_of "$1" 10)
	within "busy ms of region $2, of which the kernel counts $kernel" \
		"$(busy "$2")" $((kernel * 94 / 100 - 50)) \
		$((kernel * 106 / 100 + 50))
}

# A read of 2 s from a bad spot, beside 70 short ones elsewhere.
long_beside_short()
{
	nullb 0 16
	delays d 16384 2000 0
	trace_start d
	region d
	watch_start "$region" -p 2000
	io read /dev/mapper/d 0 8 &
	fio --output="$work/fio" --name=short --filename=/dev/mapper/d \
		--direct=1 --rw=randread --bs=4k --offset=8m --size=8m \
		--rate_iops=40 --number_ios=70
	wait $!
	watch_stop
	trace_stop
	like_stat d "$region"
	within "busy ms" "$(busy "$region")" 1990 3000
	agree d "$region"
}
promise "a long read beside short ones is busy time as long as it lasts" \
	long_beside_short

# One half is slow and read without a pause, the other is fast, with 150 reads a
# second. All three devices at once.
slow_half_and_fast_half()
{
	local delay regions=()

	nullb 0 16
	for delay in 12 40 150; do
		delays "d$delay" 16384 "$delay" 0
	done
	trace_start d12 d40 d150
	for delay in 12 40 150; do
		region "d$delay"
		regions+=("$region")
		watch_start "$region" -p 20000
		fio --output="$work/fio.$delay" --direct=1 --rw=randread \
			--filename="/dev/mapper/d$delay" --bs=4k --size=8m \
			--time_based --runtime=5 --thread --name=slow \
			--name=fast --offset=8m --rate_iops=150 &
		pids+=($!)
	done
	wait "${pids[@]}"
	watch_stop
	trace_stop
	for delay in 12 40 150; do
		echo "a delay of $delay ms"
		like_stat "d$delay" "${regions[0]}"
		agree "d$delay" "${regions[0]}"
		regions=("${regions[@]:1}")
	done
}
promise "many short reads do not hide that one is always in flight" \
	slow_half_and_fast_half

# seconds REGION: for each second in which the first area always had an I/O in
# flight: the growth of its busy time, and the least and most that this may be.
seconds()
{
	awk 'NF == 3 { from = $1; to = $2; next }
		$1 != 0 || $4 != 1 { next }
		since && from - until >= 1e9 {
			printf "%d %d %d\n", $6 - busy,
				(from - until) * 0.98, (to - since) * 1.001
			since = 0
		}
		!since { since = from; until = to; busy = $6 }' "$work/log.$1"
}

second_by_second()
{
	local growth least most

	nullb 0 16
	delays d 32768 3500
	trace_start d
	region --areas 2 d
	watch_start "$region" -p 50000
	io read /dev/mapper/d 0 8
	watch_stop
	trace_stop
	seconds "$region" >"$work/seconds"
	while read -r growth least most; do
		within "ns of busy time in a second" "$growth" "$least" "$most"
	done <"$work/seconds"
	within "seconds" "$(wc -l <"$work/seconds")" 2 4
	like_stat d "$region"
	equal "of the area beside it" "$(area_value "$region" 1 .busy_ns)" 0
	agree d "$region"
}
promise "while a read is in flight, each second adds a second" \
	second_by_second

# segments NAME: a region with an extent for each part of its table, of which
# there are two while it is made.
segments()
{
	dmsetup reload "$1" --table "0 10000 linear /dev/mapper/$1-under 0
10000 22768 linear /dev/mapper/$1-under 10000"
	dmsetup resume "$1"
	region --segments --area-size 3m "$1"
	dmsetup reload "$1" --table "0 32768 linear /dev/mapper/$1-under 0"
	dmsetup resume "$1"
}

# Parts of 1 MiB that take 0 to 60 ms; I/O of many lengths, over one area, two
# and more, beside each other and one inside another.
overlapping()
{
	local regions=() depth

	nullb 0 16
	delays d 2048 5 0 60 20 0 0 12 40 5 0 60 20 0 0 12 40
	trace_start d
	segments d; regions+=("$region")
	region --area-size 1m d; regions+=("$region")
	region --start 1000 --length 20000 --area-size 2777 d
	regions+=("$region")
	region --start 4000 --length 500 d; regions+=("$region")
	for region in "${regions[@]}"; do
		watch_start "$region" -p 5000
	done
	for depth in 1 8 64; do
		fio --output="$work/fio" --name=load --thread \
			--filename=/dev/mapper/d --direct=1 --rw=randrw \
			--norandommap --ioengine=libaio --iodepth="$depth" \
			--bsrange=4k-512k --time_based --runtime=2
	done
	watch_stop
	trace_stop
	agree d "${regions[@]}"
}
promise "I/Os beside, within and after one another, over one area and several, add up" \
	overlapping

# dense DISK: short I/O, one after the other, with short pauses, and side by side
# from all CPUs.
dense()
{
	local regions=()

	dm d "0 32768 linear /dev/$1 0"
	trace_start d
	region --areas 3 d; regions+=("$region")
	region d; regions+=("$region")
	for region in "${regions[@]}"; do
		watch_start "$region" -p 3000
	done
	fio --output="$work/fio" --thread --filename=/dev/mapper/d --direct=1 \
		--rw=randrw --norandommap --ioengine=libaio --bsrange=4k-16k \
		--time_based --runtime=1 --name=alone \
		--name=pauses --stonewall --thinktime=200 --thinktime_blocks=3 \
		--name=side-by-side --stonewall --iodepth=16 \
		--numjobs="$(nproc)" --cpus_allowed="0-$(($(nproc) - 1))" \
		--cpus_allowed_policy=split
	watch_stop
	trace_stop
	agree d "${regions[@]}"
}

take_20_us()
{
	nullb 0 16 irqmode=2 completion_nsec=20000 submit_queues="$(nproc)"
	dense nullb0
}
promise "dense I/O of 20 us has the busy time of the trace" take_20_us

take_200_us()
{
	nullb 0 16 irqmode=2 completion_nsec=200000 submit_queues="$(nproc)"
	dense nullb0
}
promise "dense I/O of 200 us has the busy time of the trace" take_200_us

take_no_time()
{
	modprobe brd rd_nr=1 rd_size=16384
	later rmmod brd
	dense ram0
}
promise "dense I/O that ends before its submission returns has the busy time of the trace" take_no_time

run_promises "$@"
