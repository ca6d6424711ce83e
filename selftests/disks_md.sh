#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# md, which for some levels passes bios on to the disks below, in place: what is
# watched above and below counts as the kernel and fio do, and nothing stays in flight.

source "$(dirname "$0")/lib.sh"
source "$here/disks_lib.sh"

# below: a SCSI disk of two partitions, $part1 and $part2, and null_blk in requests.
below()
{
	scsi_debug dev_size_mb=64 max_queue=32 ndelay=200000
	parted "$disk"
	nullb 3 32 queue_mode=2 irqmode=2 completion_nsec=50000
}

stop_md()
{
	mdadm -q --stop /dev/md127
	wait_until test ! -e /sys/block/md127
}

# array LEVEL DEVICE...: /dev/md127.
array()
{
	modprobe -q "${1/[56]/456}" || modprobe -q "md-$1" ||
		skip "this kernel has no $1"
	mdadm -q --create /dev/md127 --run --assume-clean --metadata=1.2 --level="$1" \
		--raid-devices=$(($# - 1)) "${@:2}" ${chunk:+--chunk="$chunk"} \
		2>"$work/mdadm" || { cat "$work/mdadm"; return 1; }
	later stop_md
	wait_until test -b /dev/md127
	# What is kept in memory of the disks below is written, and what mdadm
	# wrote has ended.
	udevadm settle 2>/dev/null || true
	# With the first open the kernel looks for partitions.
	dd if=/dev/md127 of=/dev/null count=1 status=none
	sync
}

# like_stat: where nothing is split, I/Os are those that md counts.
like_stat()
{
	watch md127
	load_fio /dev/md127 --rw=randrw --bs=4k --iodepth=16 --number_ios=300
	fio_was_counted "$region"
	agrees md127
}

# The array is above a partition and a disk, which are watched, too.
above_and_below()
{
	local top first second first_before second_before

	below
	chunk=$2 array "$1" "/dev/$part1" /dev/nullb3
	if [[ $3 ]]; then echo "$3" >/sys/block/md127/queue/iostats; fi
	region /dev/md127; top=$region
	region "/dev/$disk"; first=$region
	region /dev/nullb3; second=$region
	first_before=$(stat_now "$disk")
	second_before=$(stat_now nullb3)
	by_fio /dev/md127
	fio_was_counted "$top"
	# md writes its superblock when it likes.
	mdadm -q --wait /dev/md127 || true
	nothing_left md127 "$disk" nullb3
	as_below "$first" "$disk" "$first_before"
	as_below "$second" nullb3 "$second_before"

	# Split at chunks, and at the limits of the disks below.
	region /dev/md127; top=$region
	load_fio /dev/md127 --rw=randrw --bs=1M --iodepth=4 --number_ios=60
	fio_was_counted "$top"
	nothing_left md127 "$disk" nullb3

	# Flushes, and I/O through the page cache.
	fio_does /dev/md127 --ioengine=psync --rw=randrw --bs=4k --number_ios=100 \
		--fsync=10
	io -c 10 flush /dev/md127 0 0
	io -c 10 -s 8192 discard /dev/md127 64 1024 || true
	nothing_left md127 "$disk" nullb3
	as_below "$first" "$disk" "$first_before"
	as_below "$second" nullb3 "$second_before"
}

# as_below REGION DISK BEFORE: sectors; md may have split I/O that is merged or split
# again below, where the kernel counts the pieces.
as_below()
{
	local of_sectors='s,[0-9]*/\([0-9]*\)/[0-9]*,\1,g' seen expected

	seen=$(total "$1" | sed "$of_sectors")
	trace_splits
	expected=$(as_stat "$3" "$(stat_now "$2")" 0 | sed "$of_sectors")
	equal "sectors on $2" "$seen" "$expected"
}

on_raid0()
{
	above_and_below raid0 64 ""
	like_stat
}
promise "raid0" on_raid0

on_raid0_in_place() { above_and_below raid0 64 0; }
promise "raid0 without statistics, which passes bios on" on_raid0_in_place

on_linear() { above_and_below linear "" ""; }
promise "linear, which passes bios on" on_linear

on_linear_in_place() { above_and_below linear "" 0; }
promise "linear without statistics, which passes bios on" on_linear_in_place

on_raid1()
{
	below
	array raid1 "/dev/$part1" /dev/nullb3
	watch md127
	by_fio /dev/md127
	fio_was_counted "$region"
	nothing_left md127
	like_stat
}
promise "raid1" on_raid1

on_raid5()
{
	below
	nullb 4 32
	chunk=64 array raid5 "/dev/$part1" /dev/nullb3 /dev/nullb4
	watch md127
	by_fio /dev/md127
	fio_was_counted "$region"
	nothing_left md127
	like_stat
}
promise "raid5" on_raid5

clear_volume()
{
	echo clear >"/sys/block/$1/md/array_state"
	wait_until test ! -e "/sys/block/$1"
}

# volume NAME OFFSET DISK...: a raid0 of 16 MiB of each disk, as mdadm makes those of
# IMSM and DDF: the metadata are its own, and the disks may be those of others.
volume()
{
	local folder=/sys/block/$1/md disk i=0

	echo "$1" >/sys/module/md_mod/parameters/new_array
	later clear_volume "$1"
	echo external:test >"$folder/metadata_version"
	echo raid0 >"$folder/level"
	echo $(($# - 2)) >"$folder/raid_disks"
	echo 65536 >"$folder/chunk_size"
	for disk in "${@:3}"; do
		cat "/sys/block/$disk/dev" >"$folder/new_dev"
		echo "$2" >"$folder/dev-$disk/offset"
		echo 16384 >"$folder/dev-$disk/size"
		echo $((i++)) >"$folder/dev-$disk/slot"
	done
	echo 16384 >"$folder/component_size"
	echo active >"$folder/array_state"
	echo 0 >"/sys/block/$1/queue/iostats"
	wait_until test -b "/dev/$1"
	# With the first open the kernel looks for partitions.
	dd if="/dev/$1" of=/dev/null count=1 status=none
}

# Two volumes of one container: their I/O ends on the same disks.
on_same_disks()
{
	local first second before

	modprobe -q raid0 || skip "this kernel has no raid0"
	nullb 3 64 queue_mode=2 irqmode=2 completion_nsec=200000
	nullb 4 64 queue_mode=2 irqmode=2 completion_nsec=300000
	volume md126 2048 nullb3 nullb4
	volume md127 65536 nullb3 nullb4
	region /dev/md126; first=$region
	region /dev/md127; second=$region
	region /dev/nullb3
	before=$(stat_now nullb3)
	start_load /dev/md126 --rw=randrw --bsrange=4k-64k --iodepth=16 \
		--number_ios=1000
	fio --output="$work/fio.second" --name=load --thread --filename=/dev/md127 \
		--direct=1 --ioengine=libaio --rw=randread --bsrange=4k-64k \
		--iodepth=16 --number_ios=1000
	end_load "$first"
	equal "I/Os of the second" "$(area_value "$second" 0 .read.ios)" 1000
	nothing_left md126 md127 nullb3
	as_below "$region" nullb3 "$before"
}
promise "volumes of one container, which pass bios on to the same disks" on_same_disks

# A disk is watched, and then md comes above it.
array_comes()
{
	local before

	below
	region "/dev/$disk"
	before=$(stat_now "$disk")
	chunk=64 array raid0 "/dev/$part1" /dev/nullb3
	echo 0 >/sys/block/md127/queue/iostats
	by_fio /dev/md127
	mdadm -q --wait /dev/md127 || true
	nothing_left "$disk"
	as_below "$region" "$disk" "$before"
}
promise "what comes from an array that is made later is counted below it" array_comes

# A partition of an array; md above md.
stacked()
{
	local top

	below
	nullb 4 32
	chunk=64 array raid0 "/dev/$part1" /dev/nullb3
	echo 0 >/sys/block/md127/queue/iostats
	mdadm -q --create /dev/md126 --run --metadata=1.2 --level=raid0 --chunk=64 \
		--raid-devices=2 /dev/md127 /dev/nullb4 2>/dev/null
	later mdadm -q --stop /dev/md126
	echo 0 >/sys/block/md126/queue/iostats
	sfdisk -q --force /dev/md126 <<<'2048,'
	wait_until test -b /dev/md126p1
	region /dev/md126; top=$region
	region /dev/md127
	by_fio /dev/md126p1
	fio_was_counted "$top"
	nothing_left md126 md127
	# What goes to the first of the two, which begins where both begin.
	within "reads of the array below, or pieces of them" \
		"$(area_value "$region" 0 .read.ios)" 50 "$((2 * fio_reads))"
}
promise "an array above an array, and a partition of it" stacked

# The disk below fails.
with_errors()
{
	local start

	nullb 3 32
	nullb 4 32
	chunk=64 array raid0 /dev/nullb4 /dev/nullb3
	echo 0 >/sys/block/md127/queue/iostats
	start=$(mdadm -E /dev/nullb4 | awk '/Data Offset/ { print $4 }')
	echo "+$((start + 1000))-$((start + 1063))" \
		>/sys/kernel/config/nullb/nullb4/badblocks
	region /dev/md127
	fio_does /dev/md127 --direct=1 --rw=read --bs=32k --iodepth=8 \
		--size=16M --continue_on_error=all 2>/dev/null || true
	nothing_left md127
	equal "failed reads" "$(area_value "$region" 0 .read.errors)" 2
	equal "reads" "$(area_value "$region" 0 .read.ios)" 512
}
promise "errors of a disk below are those of the array" with_errors

# The partition below goes before its disk's last requests end. Nothing is written, so
# the array need not know.
unplugged_below()
{
	below
	array linear "/dev/$part1" /dev/nullb3
	echo 0 >/sys/block/md127/queue/iostats
	region /dev/md127
	# It refuses that while there is I/O.
	wait_until sh -c "echo 900000000 >/sys/bus/pseudo/drivers/scsi_debug/ndelay"
	start_fio /dev/md127 --rw=randread --bs=4k --iodepth=16 --size=4M --rate_iops=0
	wait_until in_flight /dev/md127 16
	echo 1 >"/sys/block/$disk/device/delete"
	stop_fio
	wait_until test ! -e "/sys/block/$disk"
	nothing_left md127
	echo "reads: $(area_value "$region" 0 .read.ios)," \
		"errors: $(area_value "$region" 0 .read.errors)"
	(($(area_value "$region" 0 .read.ios) >= 16)) || fail "I/Os were not counted"
}
promise "a disk below is unplugged: its I/O ends above" unplugged_below

run_promises "$@"
