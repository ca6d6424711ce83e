#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Times: of I/O whose duration is known from dm-delay, and of I/O in flight.

source "$(dirname "$0")/lib.sh"

ms=1000000

# delay NAME READ-MS WRITE-MS
delay()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 16
	dm "$1" "0 32768 delay /dev/nullb0 0 $2 /dev/nullb0 0 $3"
}

average()
{
	delay d 100 200
	region --areas 2 /dev/mapper/d
	io -c 4 read /dev/mapper/d 0 8
	io -c 3 write /dev/mapper/d 20000 8
	# The timer of dm-delay rounds up to a tick of at most 10 ms.
	within "average read" "$(area_value "$region" 0 '.read.ns / 4 | floor')" \
		$((100 * ms)) $((200 * ms))
	within "average write" \
		"$(area_value "$region" 1 '.write.ns / 3 | floor')" \
		$((200 * ms)) $((350 * ms))
	within "busy with reads, one by one" \
		"$(area_value "$region" 0 .busy_ns)" $((400 * ms)) $((800 * ms))
}
promise "the average time of reads and of writes is the device's delay" average

side_by_side()
{
	delay d 300 300
	region /dev/mapper/d
	io -a -c 10 -s 8 read /dev/mapper/d 0 8
	within "read ns of 10 at once" "$(area_value "$region" 0 .read.ns)" \
		$((3000 * ms)) $((6000 * ms))
	within "busy ns" "$(area_value "$region" 0 .busy_ns)" \
		$((300 * ms)) $((600 * ms))
}
promise "I/Os side by side: their times add up, busy time does not" side_by_side

idle_is_not_busy()
{
	local before

	delay d 50 50
	region /dev/mapper/d
	io read /dev/mapper/d 0 8
	sleep 1
	io read /dev/mapper/d 0 8
	sleep 0.5
	before=$(area_value "$region" 0 .busy_ns)
	within "busy ns, two reads of 50 ms in two seconds" "$before" \
		$((100 * ms)) $((400 * ms))
	sleep 0.5
	equal "half a second later" "$(area_value "$region" 0 .busy_ns)" \
		"$before"
}
promise "time without I/O is not busy time" idle_is_not_busy

ages()
{
	local start elapsed age

	delay d 0 0
	region --areas 4 d
	start=${EPOCHREALTIME/./}
	hold d -a -c 3 -s 8192 read /dev/mapper/d 100 8
	wait_until in_flight d 3
	io write /dev/mapper/d 32760 8 &
	sleep 1
	wait_until in_flight d 4
	dmstat-nl inflight d
	dmstat-nl inflight -j d >"$work/inflight"
	elapsed=$(((${EPOCHREALTIME/./} - start) * 1000))
	equal "in flight" "$(jq -c '.inflight | sort_by(.sector) |
		map([.operation, .sector, .sectors])' "$work/inflight")" \
		'[["read",100,8],["read",8292,8],["read",16484,8],["write",32760,8]]'
	equal "the oldest comes first" "$(jq -r '.inflight |
		map(.age_ns) == (map(.age_ns) | sort | reverse)' \
		"$work/inflight")" true
	for age in $(jq '.inflight[].age_ns' "$work/inflight"); do
		within "age" "$age" $((1000 * ms)) "$elapsed"
	done
	release d
	wait
	equal "in flight at last" \
		"$(dmstat-nl inflight -j d | jq -c .inflight)" "[]"
}
promise "I/O in flight is listed with sector, operation and age" ages

queue_grows()
{
	local first second start elapsed

	delay d 0 0
	region d
	start=${EPOCHREALTIME/./}
	hold d -a -c 5 -s 8 write /dev/mapper/d 0 8
	wait_until in_flight d 5
	first=$(area_value "$region" 0 .queue_ns)
	sleep 0.5
	second=$(area_value "$region" 0 .queue_ns)
	equal "time of ended writes" "$(area_value "$region" 0 .write.ns)" 0
	release d
	elapsed=$(((${EPOCHREALTIME/./} - start) * 1000))
	within "queue time of 5 in half a second" $((second - first)) \
		$((2500 * ms)) $((5 * elapsed))
	equal "queue time at last" "$(area_value "$region" 0 .queue_ns)" \
		"$(area_value "$region" 0 .write.ns)"
	within "busy time at last" "$(area_value "$region" 0 .busy_ns)" \
		$((500 * ms)) "$elapsed"
}
promise "queue time grows with the I/O in flight, and is its time in the end" \
	queue_grows

one_inside_another()
{
	delay d 1000 100
	region d
	io read /dev/mapper/d 0 8 &
	sleep 0.4
	io write /dev/mapper/d 0 8
	wait
	# dm-delay counts ticks, which may come late in a guest.
	within "read ns" "$(area_value "$region" 0 .read.ns)" \
		$((990 * ms)) $((1500 * ms))
	within "busy ns of a read of 1 s and a write within it" \
		"$(area_value "$region" 0 .busy_ns)" \
		$((990 * ms)) $((2000 * ms))
}
promise "a short I/O within a long one does not reduce the busy time" \
	one_inside_another

without_the_tsc()
{
	load_with tsc=0
	average
}
promise "times are right without the TSC" without_the_tsc

clock=/sys/devices/system/clocksource/clocksource0

tsc_back()
{
	echo tsc >"$clock"/current_clocksource
}

tell_age()
{
	age=$(dmstat-nl inflight -j d | jq -e '.inflight[0].age_ns // empty')
}

# since TIME: ns since then, by the kernel's clock, and a little more for the time of
# this and for the difference between two clocks.
since()
{
	echo $((($(uptime_ms) - $1) * ms * 11 / 10 + 100 * ms))
}

uptime_ms()
{
	awk '{ print int($1 * 1000) }' /proc/uptime
}

# The kernel changes its clock source while a read is in flight.
tsc_is_given_up()
{
	local other start
	other=$(tr ' ' '\n' <"$clock"/available_clocksource | grep -vx tsc |
		head -n 1)
	[[ $other && $(<"$clock"/current_clocksource) == tsc ]] ||
		skip "the clock is $(<"$clock"/current_clocksource)"

	delay d 0 1000
	region d
	dmsetup suspend --noflush d
	start=$(uptime_ms)
	io read /dev/mapper/d 0 8 &
	later tsc_back
	wait_until tell_age
	echo "$other" >"$clock"/current_clocksource
	# It is noticed within a second.
	sleep 2
	tell_age
	within "age of the read" "$age" $((2000 * ms)) "$(since "$start")"
	dmsetup resume d
	wait
	within "the read" "$(area_value "$region" 0 .read.ns)" \
		$((2000 * ms)) "$(since "$start")"

	start=$(uptime_ms)
	io write /dev/mapper/d 0 8
	within "a write by the new clock" \
		"$(area_value "$region" 0 .write.ns)" $((990 * ms)) \
		"$(since "$start")"
}
promise "nothing jumps when the kernel gives up the TSC" tsc_is_given_up

run_promises "$@"
