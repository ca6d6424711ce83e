#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Very many areas, and less memory than they need.

source "$(dirname "$0")/lib.sh"

# zero NAME SECTORS: a device that takes I/O and keeps no data.
zero()
{
	modprobe -q dm-zero || skip "this kernel has no dm-zero"
	dm "$1" "0 $2 zero"
}

a_million()
{
	local small big

	zero d 8000000
	region --areas 10 d; small=$region
	region --areas 1000000 d; big=$region
	io -c 100 -s 80000 read /dev/mapper/d 4 8
	equal "areas" "$(dmstat-nl list -j d |
		jq -c '.regions | map(.areas)')" "[10,1000000]"
	dmstat-nl list d

	peak "$work/peak.small" dmstat-nl print --format dmstats "$small" \
		>"$work/small"
	peak "$work/peak.big" dmstat-nl print --format dmstats "$big" \
		>"$work/big"
	equal "lines" "$(wc -l <"$work/big")" 1000000
	equal "all different, in rising order" "$(awk -F + '
		$1 != 8 * (NR - 1) { bad++ } END { print bad + 0 }' \
		"$work/big") bad" "0 bad"
	equal "reads in the areas that saw some" "$(awk '$2 {
		ios += $2; sectors += $4; areas++
	} END { print ios, sectors, areas }' "$work/big")" "200 800 200"
	within "KiB that dmstat-nl took, more than for 10 areas" \
		$(($(cat "$work/peak.big") - $(cat "$work/peak.small"))) \
		-2000 1000

	equal "active areas" "$(dmstat-nl print --active --format dmstats \
		"$big" | wc -l)" 200
	equal "the last two of them" "$(dmstat-nl print --format dmstats \
		--area 999998-999999 "$big" | cut -d ' ' -f 1 | xargs)" \
		"7999984+8 7999992+8"
}
promise "a region of 1000000 areas is printed whole, in constant memory" \
	a_million

memory_reported()
{
	local before after

	zero d 8000000
	region --areas 1000000 d
	before=$(dmstat-nl list -j d | jq '.regions[0].memory')
	load_fio /dev/mapper/d --rw=randread --bs=4k --size=4m
	after=$(dmstat-nl list -j d | jq '.regions[0].memory')
	within "bytes of a region that saw no I/O" "$before" 1 1000000
	within "bytes more after I/O in 4 MiB" $((after - before)) \
		4096 4000000
	dmstat-nl delete "$region"
}
promise "memory is used for areas that saw I/O, and reported" memory_reported

set_limit()
{
	echo "$1" >/sys/module/dmstat/parameters/memory_limit
}

missed()
{
	local counted missed

	load_with memory_limit=16777216
	zero d 8000000
	region --areas 100000 d
	io -c 10 -s 80 read /dev/mapper/d 0 8
	set_limit 1
	io -c 10 -s 80 read /dev/mapper/d 0 8
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=8 --numjobs=2 \
		--number_ios=500
	counted=$(dmstat-nl print -j --active "$region" |
		jq '.areas | map(.read.ios + .write.ios) | add')
	missed=$(dmstat-nl list -j d | jq '.regions[0].missed')
	echo "counted: $counted, missed: $missed"
	within "counted, at least what fell into areas that were known" \
		"$counted" 20 $((20 + fio_reads + fio_writes - 1))
	equal "counted and missed" $((counted + missed)) \
		$((20 + fio_reads + fio_writes))
	equal "missed of the device" "$(dmstat-nl devices -j |
		jq '.devices[] | select(.name == "d").missed')" "$missed"
	equal "in flight" "$(dmstat-nl inflight -j d 2>/dev/null |
		jq -c .inflight)" "[]"

	dmstat-nl list d
	dmstat-nl list d | grep -q MISSED || fail "no column MISSED"
	dmstat-nl print --active "$region" 2>&1 >/dev/null |
		grep "$missed" || fail "print does not report it"

	set_limit 16777216
	dmstat-nl clear "$region"
	equal "missed after a clear" \
		"$(dmstat-nl list -j d | jq '.regions[0].missed')" 0
	io -c 10 -s 80 read /dev/mapper/d 4000000 8
	equal "with memory again" "$(total "$region")" \
		"read 10/80/0 write 0/0/0 discard 0/0/0"
}
promise "I/O without memory to count it is missed, and always reported" \
	missed

over_the_limit()
{
	load_with memory_limit=1000000
	zero d 8000000
	region --areas 1000 d
	! dmstat-nl create --areas 8000000 d 2>"$work/refusal" ||
		fail "a region over the limit was made"
	cat "$work/refusal"
	grep -q memory_limit "$work/refusal"
	equal "regions" "$(dmstat-nl list -j d | jq '.regions | length')" 1
}
promise "a region over the memory limit is refused with what to do" \
	over_the_limit

run_promises "$@"
