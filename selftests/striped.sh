#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A striped device, where device-mapper splits I/O: dm-stats counts each piece, dmstat
# each I/O as it was issued.

source "$(dirname "$0")/lib.sh"

# striped NAME MIB CHUNK: on two disks of half the size.
striped()
{
	nullb 0 $(($2 / 2))
	nullb 1 $(($2 / 2)) irqmode=2 completion_nsec=50000
	dm "$1" "0 $(($2 * 2048)) striped 2 $3 /dev/nullb0 0 /dev/nullb1 0"
}

# sectors_agree NAME REGION DM-STATS-REGION: area by area. Skips if dm-stats has lost
# count: an area of it has I/O in flight, or less than none, although all has ended.
# That happens on 6.12 on a loaded machine; it warns when the device goes.
sectors_agree()
{
	dmstat-nl print --format dmstats "$2" >"$work/ours"
	dmsetup message "$1" 0 @stats_print "$3" >"$work/theirs"
	! awk '$9 != 0 { print "dm-stats: " $0; lost = 1 } END { exit !lost }' \
		"$work/theirs" || skip "dm-stats has lost count of its own I/O"
	paste -d ' ' "$work/ours" "$work/theirs" | awk '
		$4 != $18 || $8 != $22 || $2 > $16 || $6 > $20 {
			print "FAILED: " $0
			failed = 1
		}
		{ sectors += $4 + $8; ours += $2 + $6; theirs += $16 + $20 }
		END {
			printf "%d areas, %d sectors; %d I/Os here," \
				" %d for dm-stats\n", NR, sectors, ours, theirs
			exit failed || !sectors || ours >= theirs
		}'
}

one_io_one_count()
{
	striped d 16 16
	region /dev/mapper/d
	io read /dev/mapper/d 8 16
	io write /dev/mapper/d 0 128
	expect_counts "$region" <<-END
		0: read 1/16/0 write 1/128/0 discard 0/0/0 flight 0/0
	END
}
promise "an I/O that dm splits is one I/O" one_io_one_count

as_dm_stats_and_fio()
{
	local areas theirs

	striped d 32 16
	region --area-size 1000 /dev/mapper/d; areas=$region
	theirs=$(dmsetup message d 0 @stats_create - 1000)
	region /dev/mapper/d
	load_fio /dev/mapper/d --rw=randrw --bsrange=512-64k \
		--iodepth=8 --numjobs=2 --number_ios=1500
	sectors_agree d "$areas" "$theirs"
	equal "the I/Os" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "in flight" "$(dmstat-nl inflight -j d | jq '.inflight | length')" 0
}
promise "sectors of every area agree with dm-stats, I/Os with fio" \
	as_dm_stats_and_fio

latency_of_the_whole()
{
	local least

	nullb 0 8
	nullb 1 8 irqmode=2 completion_nsec=20000000
	dm d "0 32768 striped 2 16 /dev/nullb0 0 /dev/nullb1 0"
	region /dev/mapper/d
	io -c 10 read /dev/mapper/d 8 16
	least=$((10 * 20000000))
	within "ns of 10 reads, half of each from a disk that takes 20 ms" \
		"$(area_value "$region" 0 .read.ns)" "$least" $((3 * least))
}
promise "the latency is that of the last piece" latency_of_the_whole

run_promises "$@"
