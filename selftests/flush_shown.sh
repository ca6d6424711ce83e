#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flushes and bounced I/O in the command: each command that one would try answers
# "why is my commit slow?".

source "$(dirname "$0")/lib.sh"

# cached [MS]: a device with a write cache, whose flushes take this long.
cached()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 16 cache_size=16
	dm d "0 32768 delay /dev/nullb0 0 0 /dev/nullb0 0 0 /dev/nullb0 0 ${1-50}"
	region d
}

# flush_value FILTER: what jq makes of the device's flushes.
flush_value()
{
	dmstat-nl devices -j | jq -c ".devices[] | select(.name == \"d\").flush | $1"
}

in_devices()
{
	local row

	cached
	equal "before" "$(flush_value '[.ios, .ns, .errors, .longest_ns, .busy_ns,
		.again, .in_flight, (.histogram | map(.ios) | add, length)]')" \
		"[0,0,0,0,0,0,0,0,32]"
	equal "columns before" "$(dmstat-nl devices | grep -c FLUSH || true)" 0
	io -c 5 flush /dev/mapper/d 0 0
	dmstat-nl devices
	equal "ios, errors, again, in flight" \
		"$(flush_value '[.ios, .errors, .again, .in_flight]')" "[5,0,0,0]"
	equal "time" "$(flush_value '.ns >= 5 * 50e6 and .longest_ns >= 50e6 and
		.longest_ns * 5 >= .ns and .busy_ns >= 5 * 50e6 and
		.busy_ns <= .ns * 1.1')" true
	equal "bins" "$(flush_value '[.histogram[] | select(.ios > 0)] |
		length >= 1 and (map(.ios) | add) == 5 and
		all(.from_ns >= 32768000)')" true
	equal "bounds" "$(flush_value '[.histogram | .[0, 1, 31] |
		.from_ns, .below_ns]')" \
		"[0,1000,1000,2000,1073741824000,null]"
	row=$(dmstat-nl devices | sed -n 's/^d  *//p')
	grep -qE '^[0-9:]+ +16 MiB +1 +0 +5 +[5-9][0-9.]* ms +[5-9][0-9.]+ ms' <<<"$row" ||
		fail "$row"
}
promise "devices shows the number of flushes and their times" in_devices

# A hanging flush.
in_flight_now()
{
	local printed

	cached 10
	hold d flush /dev/mapper/d 0 0
	wait_until in_flight d 1
	dmstat-nl inflight d
	equal "in flight" "$(dmstat-nl inflight -j d | jq -c '.inflight |
		map([.operation, .sectors])')" '[["flush",0]]'
	printed=$(dmstat-nl print "$region" | sed -n 2p)
	equal "line below the title" "$printed" "0 flushes, 1 in flight"
	equal "device" "$(flush_value .in_flight)" 1
	release d
	nothing_in_flight d
}
promise "inflight and print show a flush that hangs" in_flight_now

in_print()
{
	cached
	equal "without flushes" "$(dmstat-nl print "$region" | head -n 2 |
		sed 's/^ *INDEX .*/INDEX/')" \
		"region $region on d: 1 area of 16 MiB, start 0 B, length 16 MiB
INDEX"
	io -c 3 flush /dev/mapper/d 0 0
	dmstat-nl print "$region"
	dmstat-nl print "$region" | sed -n 2p |
		grep -qE '^3 flushes \(mean [5-9][0-9.]* ms, longest [5-9][0-9.]+ ms\)$'
	equal "JSON" "$(dmstat-nl print -j "$region" | jq .flush.ios)" 3
	equal "areas" "$(total "$region")" "read 0/0/0 write 0/0/0 discard 0/0/0"
}
promise "print shows the flushes of the region's device" in_print

in_report()
{
	cached
	io -c 2 flush /dev/mapper/d 0 0
	dmstat-nl report -j --interval 500ms "$region" >"$work/json" &
	wait_until has_read "$work/json" 1
	dmstat-nl report --interval 200ms --noheadings --region \
		-o flush_count,flush_await,flush_longest,flush_util "$region" >"$work/text" &
	wait_until grep -q : "$work/text"
	io -c 8 flush /dev/mapper/d 0 0
	wait_until has_read "$work/json" 4
	kill -INT %1 %2
	wait %1 %2
	equal "sum of the intervals" \
		"$(jq -s 'map(.regions[].flush.ios) | add' "$work/json")" 8
	jq -e -s 'all(.regions[].flush | (.histogram | map(.ios) | add) as $sum |
		$sum == .ios and .utilization >= 0 and .utilization <= 1 and
		if .ios == 0 then .longest_ns == 0 and .mean_ns == 0 and
			.ios_per_s == 0
		else .mean_ns >= 50e6 and .mean_ns <= .longest_ns and
			.longest_least_ns <= .longest_ns and
			.longest_least_ns >= .mean_ns and
			.longest_ns <= .ns and .ios_per_s > 0 end)' \
		"$work/json" >/dev/null || fail "$(jq -c '.regions[].flush' "$work/json")"
	cat "$work/text"
	equal "sum of the lines" "$(awk -F: '{ sum += $1 } END { print sum }' "$work/text")" 8
	equal "wrong lines" "$(awk -F: '$1 && !($2 >= 50 && $2 < 10000 && $3 >= $2 &&
		$4 > 0 && $4 <= 100) || !$1 && $2 + $3' "$work/text")" ""
}
promise "report shows the flushes of each interval" in_report

# With one tag, I/O that cannot start at once bounces, and is issued again.
again()
{
	local again

	nullb 0 16 queue_mode=2 hw_queue_depth=1 submit_queues=1 irqmode=2 \
		completion_nsec=2000000
	dm d "0 32768 linear /dev/nullb0 0"
	region d
	dmstat-nl report -j --interval 500ms "$region" >"$work/json" &
	wait_until has_read "$work/json" 1
	fio --output="$work/fio" --name=load --filename=/dev/mapper/d --rw=randread \
		--bs=4k --direct=1 --ioengine=io_uring --iodepth=16 --number_ios=300 \
		--size=8m
	again=$(area_value "$region" 0 .read.again)
	wait_until has_read "$work/json" 4
	kill -INT %1
	wait %1
	((again > 0)) || skip "nothing bounces on this kernel"
	dmstat-nl print "$region"
	equal "in words" "$(dmstat-nl print "$region" | tail -n 1 |
		grep -oE '[0-9]+ again$')" "$again again"
	equal "sum of the intervals" \
		"$(jq -s 'map(.regions[].areas[].read.again) | add' "$work/json")" "$again"
}
promise "print and report show bounced I/O, and not as errors" again

run_promises "$@"
