# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of disks that are not device-mapper's share. The witness is
# /sys/block/DISK/stat, which counts each bio as an I/O or as one that was merged
# into another; and fio, where only fio does I/O.

# lib.sh sets these.
region=${region-} work=${work-}
fio_reads=${fio_reads-} fio_read_sectors=${fio_read_sectors-}
fio_writes=${fio_writes-} fio_write_sectors=${fio_write_sectors-}

# stat_now DISK: READS READ-SECTORS WRITES WRITE-SECTORS DISCARDS DISCARD-SECTORS
stat_now()
{
	awk '{ print $1 + $2, $3, $5 + $6, $7, $12 + $13, $14 }' "/sys/block/$1/stat"
}

# flushes_of DISK: how many were counted for it.
flushes_of()
{
	counters flush "$(<"/sys/block/$1/dev")" |
		awk '$2 == "flush.ios" { n = $3 } END { print n + 0 }'
}

# watch DISK: a region of one area, $region, and the statistics of before.
watch()
{
	wait_until test -b "/dev/$1"
	udevadm settle 2>/dev/null || true
	# With the first open the kernel looks for partitions.
	dd if="/dev/$1" of=/dev/null count=1 status=none
	trace_splits
	# The disk may stay, and so would its regions.
	later unload
	region "/dev/$1"
	before=$(stat_now "$1")
}

splits=/sys/kernel/tracing/instances/dmstat-splits

stop_trace()
{
	echo 0 >"$splits/events/block/block_split/enable"
	rmdir "$splits"
}

# trace_splits: from now on. The kernel counts the pieces of I/O that it splits.
trace_splits()
{
	[[ ! -d $splits ]] || stop_trace
	mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || true
	mkdir "$splits"
	echo 1 >"$splits/events/block/block_split/enable"
}

# nr_splits KIND: of I/O whose first letter is R, W or D.
nr_splits()
{
	grep -cE "block_split: [0-9]+,[0-9]+ F?$1" "$splits/trace" || true
}

# as_stat: the difference of $1 and $2, without $3 flushes, in the form of total().
as_stat()
{
	awk -v before="$1" -v after="$2" -v flushes="$3" \
		-v reads="$(nr_splits R)" -v writes="$(nr_splits W)" \
		-v discards="$(nr_splits D)" 'BEGIN {
		split(before, b); split(after, a)
		printf "read %d/%d/0 write %d/%d/0 discard %d/%d/0\n",
			a[1] - b[1] - reads, a[2] - b[2],
			a[3] - b[3] - flushes - writes, a[4] - b[4],
			a[5] - b[5] - discards, a[6] - b[6]
	}'
}

# agrees DISK: what $region counted is what the kernel did, and nothing is left.
# Request by request a flush is a write, too.
agrees()
{
	local flushes=0

	[[ ! -d /sys/block/$1/mq ]] || flushes=$(flushes_of "$1")
	nothing_left "$1"
	equal "$1, and $flushes flushes" "$(total "$region")" \
		"$(as_stat "$before" "$(stat_now "$1")" "$flushes")"
}

missed_nothing()
{
	equal "missed" "$(dmstat-nl devices -j |
		jq --arg name "$1" '.devices[] | select(.name == $name) | .missed // 0')" 0
}

# nothing_left DISK...: nothing is in flight, and nothing was missed.
nothing_left()
{
	local name

	for name; do
		echo "$name:"
		nothing_in_flight "/dev/$name"
		missed_nothing "$name"
	done
}

# by_fio DEVICE: I/O of several sizes; sets $fio_* to its sum.
by_fio()
{
	load_fio "$1" --rw=randrw --bsrange=4k-64k --iodepth=16 \
		--numjobs=2 --number_ios=400
}

# fio_was_counted REGION
fio_was_counted()
{
	equal "region $1" "$(total "$1")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
}

# fio_does DEVICE OPTION...
fio_does()
{
	fio --output="$work/fio" --name=load --thread --filename="$1" \
		--ioengine=libaio "${@:2}" || { cat "$work/fio"; return 1; }
}

# mixed DEVICE: I/O of all kinds. None is larger than a request.
mixed()
{
	fio_does "$1" --direct=1 --rw=randrw --bsrange=4k-64k --iodepth=16 \
		--numjobs=2 --number_ios=200
	fio_does "$1" --direct=1 --rw=write --bs=4k --iodepth=16 \
		--iodepth_batch=16 --iodepth_batch_complete_min=1 --number_ios=200
	fio_does "$1" --ioengine=psync --rw=randrw --bs=4k --number_ios=100 \
		--fsync=20
	fio_does "$1" --ioengine=psync --direct=1 --rw=randwrite --bs=4k --sync=1 \
		--number_ios=40
	sync "$1"
}

# discards DISK: if it can.
discards()
{
	(($(<"/sys/block/$1/queue/discard_max_bytes"))) || return 0
	io -c 20 -s 64 discard "/dev/$1" 64 32
}

# parted DISK: two partitions of 8 MiB, /dev/$part1 and /dev/$part2.
parted()
{
	local p=

	[[ $1 != *[0-9] ]] || p=p
	part1=$1${p}1 part2=$1${p}2
	sfdisk -q --force --no-reread "/dev/$1" >/dev/null <<<$'2048,16384\n18432,\n' || return 1
	wait_until test -b "/dev/$part1"
	wait_until test -b "/dev/$part2"
}

# no_regions DISK: it has gone, and its regions with it.
no_regions()
{
	wait_until test ! -e "/sys/block/$1"
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}
