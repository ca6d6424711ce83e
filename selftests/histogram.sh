#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Histograms in the command: I/Os whose time is known from dm-delay are in the right
# bin, and quantiles are no more exact than the bins.

source "$(dirname "$0")/lib.sh"

# Reads take 100 ms, plus or minus a tick; writes are not delayed.
device()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 16
	dm d "0 32768 delay /dev/nullb0 0 100 /dev/nullb0 0 0"
	region --histogram 50ms,30s --areas 2 d
	io -c 4 read /dev/mapper/d 0 8
	io -c 2 write /dev/mapper/d 0 8
}

bins()
{
	device
	equal "reads" "$(area_value "$region" 0 '[.read.histogram[].ios] | @csv')" \
		0,4,0
	equal "writes" "$(area_value "$region" 0 '[.write.histogram[].ios] | add')" 2
	equal "bounds" "$(area_value "$region" 0 \
		'[.read.histogram[] | .from_ns, .below_ns // "none"] | @csv')" \
		'0,50000000,50000000,30000000000,30000000000,"none"'
	within "the longest read" "$(area_value "$region" 0 .read.longest_ns)" \
		50000000 30000000000
	equal "of the longest there is at most the sum" \
		"$(area_value "$region" 0 '.read.longest_ns <= .read.ns')" true
}
promise "a read that takes 100 ms is in the bin from 50 ms on" bins

# empty AREA: all bins of the three operations are empty.
empty()
{
	equal "area $1" "$(area_value "$region" "$1" '[.read, .write, .discard |
		.ios, [.histogram[] | .from_ns, .below_ns // "none", .ios]] | @json')" \
		"$(jq -nc '[0, 5e7, 0, 5e7, 3e10, 0, 3e10, "none", 0] as $bins |
		[range(3) | 0, $bins]')"
}

json()
{
	local plain

	linear d 16
	region d
	plain=$region
	region --histogram 50ms,30s --areas 2 d
	empty 0
	io -c 3 read /dev/mapper/d 0 8
	empty 1
	equal "by operation" "$(area_value "$region" 0 '[.read, .write, .discard |
		[.histogram[].ios] | add, length] | @json')" "[3,3,0,3,0,3]"
	equal "bounds of the region" \
		"$(dmstat-nl print -j "$region" | jq -c .region.histogram_bounds)" \
		"[50000000,30000000000]"
	equal "in the list" \
		"$(dmstat-nl list -j | jq -c '[.regions[].histogram_bounds]')" \
		"[[],[50000000,30000000000]]"
	equal "without histograms" \
		"$(area_value "$plain" 0 '.read | has("histogram")')" false
}
promise "JSON has each bin of each operation, and the bounds of the region" json

text()
{
	local printed

	device
	printed=$(dmstat-nl print --histogram --active "$region")
	echo "$printed"
	grep -qE '^ +reads: 4, the longest took ' <<<"$printed"
	grep -qE '^ +less than 50 ms +0 +0\.00 % +0\.00 %$' <<<"$printed"
	grep -qE '^ +50 ms to 30 s +4 100\.00 % 100\.00 %$' <<<"$printed"
	equal "quantiles of reads" \
		"$(grep -cE '^ +p[0-9.]+ +50 ms to 30 s$' <<<"$printed")" 4
	equal "areas" "$(grep -c '^area ' <<<"$printed")" 1
}
promise "the text has counts, shares and the bounds of quantiles" text

refusals()
{
	local message bounds

	linear d 16
	message=$(! dmstat-nl create --histogram 5ms,5ms d 2>&1) ||
		fail "bounds that do not rise were accepted"
	echo "$message"
	[[ $message == *"not longer than"* ]]
	message=$(! dmstat-nl create --histogram 5x d 2>&1) ||
		fail "a bound without a unit was accepted"
	echo "$message"
	[[ $message == *"--histogram '5x'"* ]]
	for bounds in 10 10,20ms 5ms,10; do
		message=$(! dmstat-nl create --histogram "$bounds" d 2>&1) ||
			fail "'$bounds' was accepted, though a unit is missing"
		echo "$message"
		[[ $message == *"a unit is missing: write "*"ns, "*"us, "*"ms, "* ]]
	done
	while read -r bounds meant; do
		message=$(! dmstat-nl create --histogram "$bounds" d 2>&1) ||
			fail "'$bounds' was accepted"
		echo "$message"
		[[ $message == *": write $meant"$'\n'* ]]
	done <<-END
		0.5s 500ms
		1.5ms,3ms 1500us
		10msec 10ms
		120seconds 2m
		20µs 20us
	END
	for bounds in 0x10s 1e3s .s 0.1ns -5ms 9999999999h; do
		message=$(! dmstat-nl create --histogram "$bounds" d 2>&1) ||
			fail "'$bounds' was accepted"
		echo "$message"
		[[ $message != *write* ]]
	done
	message=$(! dmstat-nl report --interval 0.5 2>&1) ||
		fail "an interval of half a second was accepted"
	echo "$message"
	[[ $message == *": write 500ms"$'\n'* ]]
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
	region d
	message=$(! dmstat-nl print --histogram "$region" 2>&1) ||
		fail "histograms of a region without any were printed"
	echo "$message"
	[[ $message == *"create one with --histogram"* ]]
}
promise "wrong bounds are refused with a message" refusals

automatic()
{
	linear d 16
	region --histogram auto d
	equal "bounds" "$(dmstat-nl list -j | jq -c '.regions[].histogram_bounds |
		[length, .[0], .[1], .[30]]')" "[31,1000,2000,1073741824000]"
}
promise "--histogram auto has powers of two of a microsecond" automatic

run_promises "$@"
