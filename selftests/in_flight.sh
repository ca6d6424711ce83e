#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The number of I/Os in flight in an area agrees with the list of I/O in flight, and
# is 0 when all have ended.

source "$(dirname "$0")/lib.sh"

# by_list NAME REGION: "INDEX: READS/WRITES" of areas with I/O in the list; discards
# count as writes.
by_list()
{
	dmstat-nl inflight -j "$1" >"$work/list"
	dmstat-nl print -j "$2" | jq -r --slurpfile list "$work/list" '
		.areas[] | . as $area |
		[$list[0].inflight[] |
			select(.sector < $area.start + $area.length and
			       .sector + .sectors > $area.start) |
			.operation == "read"] |
		select(length > 0) |
		"\($area.index): \(map(select(.)) | length)/" +
			"\(map(select(not)) | length)"'
}

# by_areas REGION: the same, by the counts of the areas.
by_areas()
{
	dmstat-nl print -j "$1" | jq -r '.areas[] |
		select(.in_flight_read + .in_flight_write > 0) |
		"\(.index): \(.in_flight_read)/\(.in_flight_write)"'
}

# as_listed NAME REGION...
as_listed()
{
	local region

	for region in "${@:2}"; do
		equal "in flight in region $region" \
			$'\n'"$(by_areas "$region")" \
			$'\n'"$(by_list "$1" "$region")"
	done
}

# none NAME REGION...: no I/O is in flight, in the list and in the areas.
none()
{
	local region

	for region in "${@:2}"; do
		equal "in flight in region $region" "$(by_areas "$region")" ""
	done
	nothing_in_flight "$1"
}

hanging()
{
	local regions=() i pids=()

	nullb 0 16 discard=1
	dm d "0 10000 linear /dev/nullb0 0
10000 22768 linear /dev/nullb0 10000"
	for i in "--areas 8" "--start 1000 --area-size 777" "--segments" ""; do
		# shellcheck disable=SC2086 # words
		region $i d
		regions+=("$region")
	done
	dmsetup suspend --noflush --nolockfs d
	io -a -c 20 -s 1000 read /dev/mapper/d 3 800 & pids+=($!)
	io -a -c 9 -s 3001 write /dev/mapper/d 1 2000 & pids+=($!)
	io discard /dev/mapper/d 500 9000 & pids+=($!)
	io write /dev/mapper/d 9992 16 & pids+=($!)
	wait_until in_flight d 31
	as_listed d "${regions[@]}"
	region --areas 50 d
	equal "in one made meanwhile" "$(by_areas "$region")" ""
	io -a -c 3 -s 4000 read /dev/mapper/d 100 8 & pids+=($!)
	wait_until in_flight d 34
	equal "of those that started since" "$(by_areas "$region" | wc -l)" 3
	dmstat-nl delete "${regions[3]}"
	as_listed d "${regions[@]:0:3}"
	dmsetup resume d
	wait "${pids[@]}"
	none d "${regions[@]:0:3}" "$region"
}
promise "an area counts the I/Os that hang in it, in several regions, as listed" \
	hanging

# oldest NAME: in the list of devices, nanoseconds.
oldest()
{
	dmstat-nl devices -j |
		jq --arg name "$1" '.devices[] | select(.name == $name).oldest_ns'
}

oldest_of_a_device()
{
	local pid heading='DEVICE.* OLDEST'

	nullb 0 16
	dm d "0 32768 linear /dev/nullb0 0"
	dm idle "0 8 linear /dev/nullb0 0"
	region d
	region idle
	equal "before" "$(oldest d) $(oldest idle)" "0 0"
	! dmstat-nl devices | grep "$heading" || return
	dmsetup suspend --noflush --nolockfs d
	io read /dev/mapper/d 0 8 & pid=$!
	wait_until in_flight d 1
	sleep 0.3
	within "oldest" "$(oldest d)" 300000000 60000000000
	equal "idle" "$(oldest idle)" 0
	dmstat-nl devices | grep "$heading" || return
	dmsetup resume d
	wait "$pid"
	equal "after" "$(oldest d)" 0
}
promise "devices shows since when a device holds its oldest I/O" oldest_of_a_device

on_multipath()
{
	local pids=()

	two_paths ndelay=100000 lbpu=1
	multipath d
	largest d 64
	region --area-size 1000 d
	dmsetup suspend --noflush --nolockfs d
	io -a -c 6 -s 5000 read /dev/mapper/d 900 600 & pids+=($!)
	io -a -c 6 -s 5000 write /dev/mapper/d 2900 600 & pids+=($!)
	wait_until in_flight d 12
	as_listed d "$region"
	dmsetup resume d
	wait "${pids[@]}"
	none d "$region"
}
promise "an area of dm-multipath counts the I/Os that hang in it, as listed" on_multipath

# Regions come and go on all CPUs; two stay. Failing, bouncing and split I/O.
after_stress()
{
	local kept other cpu pids=()

	nullb 0 16 irqmode=2 completion_nsec=300000 discard=1 \
		submit_queues="$(nproc)"
	dm d "0 20000 linear /dev/nullb0 0
20000 12000 linear /dev/nullb0 20000
32000 768 error"
	region --areas 13 d; kept=$region
	region --segments d; other=$region
	fio --output="$work/fio" --name=load --thread --filename=/dev/mapper/d \
		--direct=1 --rw=randrw --norandommap --bsrange=4k-256k \
		--ioengine=io_uring --iodepth=32 --numjobs="$(nproc)" \
		--cpus_allowed="0-$(($(nproc) - 1))" --ignore_error=EIO,EIO \
		--continue_on_error=all --cpus_allowed_policy=split \
		--time_based --runtime=8 & pids+=($!)
	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		taskset -c "$cpu" churn d 60 >"$work/churn.$cpu" & pids+=($!)
	done
	wait "${pids[@]}" || true
	cat "$work"/churn.*
	wait_until in_flight d 0
	none d "$kept" "$other"
	within "I/Os" "$(dmstat-nl print -j "$other" | jq '[.areas[] |
		.read.ios + .write.ios] | add')" 100 100000000
	within "failed" "$(dmstat-nl print -j "$other" | jq '[.areas[] |
		.read.errors + .write.errors] | add')" 1 100000000
}
promise "when all I/O has ended none is in flight, whatever happened before" \
	after_stress

run_promises "$@"
