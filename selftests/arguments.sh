#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What people type, and the messages of the command that say what to do.

source "$(dirname "$0")/lib.sh"

as_lvm_has_it()
{
	linear d 16
	mkdir -p /dev/dmstat_test
	later rm -r /dev/dmstat_test
	ln -s ../mapper/d /dev/dmstat_test/lin
	region dmstat_test/lin
	equal "device" "$(dmstat-nl list -j dmstat_test/lin |
		jq -r '.regions[].device_name')" d
	dmstat-nl inflight dmstat_test/lin
	refused 1 "neither dmstat_test/none nor /dev/dmstat_test/none: No such file" \
		dmstat-nl create dmstat_test/none
	refused 1 "/dmstat_test/lin: No such file" dmstat-nl create /dmstat_test/lin
	refused 1 "./dmstat_test/lin: No such file" \
		dmstat-nl create ./dmstat_test/lin
}
promise "vg/lv means /dev/vg/lv, as for LVM's commands" as_lvm_has_it

no_such_area()
{
	linear d 16
	region --areas 4 d
	refused 1 "region $region has 4 areas, numbered from 0: there is no area 100" \
		dmstat-nl print --area 100 "$region"
	refused 1 "there is no area 4" dmstat-nl print -j --area 3-4 "$region"
	equal "the last" "$(area_value "$region" 3 .index)" 3
}
promise "an area that does not exist is refused before anything is printed" no_such_area

beyond_the_end()
{
	linear d 16
	refused 1 "on 'd' of 16 MiB (32768 sectors): start is beyond the end" \
		dmstat-nl create --start 1g d
	refused 1 "on 'd' of 16 MiB (32768 sectors): start + length is beyond the end" \
		dmstat-nl create --start 1m --length 16m d
	region --area-size 15e d
	equal "areas of 15 EiB" "$(dmstat-nl list -j | jq -c '[.regions[].areas]')" "[1]"
}
promise "a region beyond the end of a device is refused with the device's size" beyond_the_end

too_often()
{
	refused 2 "--interval '1ns': too small: give 1ms or more" \
		dmstat-nl report --interval 1ns
	refused 2 "--interval '999us': too small" \
		dmstat-nl report --interval 999us
	linear d 16
	region d
	dmstat-nl report --interval 1ms --count 3 "$region"
}
promise "an interval of less than 1 ms is refused" too_often

other_words()
{
	local size write

	while read -r size write; do
		refused 2 "--start '$size': " dmstat-nl create --start "$size" d
		grep -qF ": write $write" "$work/err" ||
			fail "expected: write $write"
	done <<-END
		1MiB 1m
		1.5g 1536m
		0.5t 512g
		10kb 10K for powers of 1000, or 10k for powers of 1024
		2GB 2G for powers of 1000, or 2g for powers of 1024
		0.5 1s, or a smaller unit
		7bytes 1s
		3sectors 3s
	END
	refused 2 "not a whole number and one of bskmgtpeBSKMGTPE" \
		dmstat-nl create --start 3x d
	refused 2 "unknown option --bounds: that is create --histogram here" \
		dmstat-nl create --bounds 1ms d
	refused 2 "unknown option --filemap: that is create --file here" \
		dmstat-nl create --filemap /x
	refused 2 "unknown option --regionid: a region's id is an argument, of commands" \
		dmstat-nl list --regionid=1
	refused 2 "unknown option -d: that is --interval here" dmstat-nl top -d 5
	refused 2 "unknown option -n: that is --count here" dmstat-nl report -n 5
	refused 2 "unknown option --delay: that is --interval here" \
		dmstat-nl inflight --delay=5
	refused 2 "unknown option -d" dmstat-nl create -d 5
	! dmstat-nl create -d 5 2>&1 | grep "interval" ||
		fail "create has no interval"
	refused 1 "'pts' is a directory of devices: name one that 'ls /dev/pts' shows" \
		dmstat-nl list pts
	refused 1 "'/dev/pts' is a directory of devices" dmstat-nl create /dev/pts
	refused 2 "--area can be --areas, --area-size: type more of it" \
		dmstat-nl create --area 3 d
	refused 2 "unknown option --nonsense" dmstat-nl create --nonsense=3 d
	refused 2 "unknown command 'ungroup': that is set --group ''" \
		dmstat-nl ungroup 3
	linear d 16
	region --hist 1ms,2ms d
	equal "bounds, by an abbreviation" "$(dmstat-nl list -j |
		jq -c '[.regions[].histogram_bounds]')" "[[1000000,2000000]]"
	dmstat-nl list | tee "$work/list"
	equal "shown" "$(grep -c ' 3 bins, 1 ms to 2 ms$' "$work/list")" 1
}
promise "sizes and options of other programs are answered with what to type" \
	other_words

# An area needs more than that when it sees its first I/O.
out_of_memory()
{
	local limit=/sys/module/dmstat/parameters/memory_limit

	linear d 16
	region --areas 4 d
	later eval "echo $(<"$limit") >$limit"
	cat "${limit%/*}/memory_used" >"$limit"
	io -c 3 write /dev/mapper/d 0 8
	dmstat-nl print "$region" 2>&1 | tee "$work/print"
	grep -qE "^dmstat-nl: warning: region $region missed 3 I/Os because memory was short, or because too many I/Os of many areas were waiting: delete regions, or raise $limit \(now [0-9.]+ KiB, memory_used is [0-9.]+ KiB\), or large_ios \(now 4096\)$" \
		"$work/print"
	dmstat-nl inflight d 2>&1 | grep -q "warning: device d missed 3 I/Os because memory was short"
	dmstat-nl print --clear "$region" &>/dev/null
	equal "after print --clear" "$(dmstat-nl list -j | jq '.regions[].missed')" 3
	dmstat-nl clear "$region"
	equal "after clear" "$(dmstat-nl list -j | jq '.regions[].missed')" 0
}
promise "missed I/Os are reported with what to do about it" out_of_memory

run_promises "$@"
