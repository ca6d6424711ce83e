#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Disks that are not device-mapper's: their I/O is counted as the kernel counts it,
# through partitions, too; and they go, with their drivers, under load.

source "$(dirname "$0")/lib.sh"
source "$here/disks_lib.sh"

# all_of_it DISK: as a whole, and through partitions that come while it is watched.
all_of_it()
{
	watch "$1"
	mixed "/dev/$1"
	discards "$1"
	agrees "$1"

	if parted "$1"; then
		mixed "/dev/$part1"
		mixed "/dev/$part2"
		agrees "$1"
	fi
}

# ------------------------------------------------------------- in requests

on_scsi_debug()
{
	scsi_debug dev_size_mb=64 lbpu=1 max_queue=32
	all_of_it "$disk"
}
promise "a SCSI disk" on_scsi_debug

# schedulers DISK: each that there is.
schedulers()
{
	modprobe -q bfq || true
	modprobe -q kyber-iosched || true
	tr -d '[]' <"/sys/block/$1/queue/scheduler"
}

each_scheduler()
{
	local scheduler

	scsi_debug dev_size_mb=64 ndelay=300000
	watch "$disk"
	for scheduler in $(schedulers "$disk"); do
		echo "scheduler: $scheduler"
		echo "$scheduler" >"/sys/block/$disk/queue/scheduler"
		mixed "/dev/$disk"
		agrees "$disk"
	done
}
promise "a disk with each I/O scheduler" each_scheduler

on_null_blk()
{
	nullb 3 64 queue_mode=2 irqmode=2 completion_nsec=50000 discard=1 cache_size=4
	all_of_it nullb3
}
promise "null_blk, in requests" on_null_blk

# Resets of zones are writes without sectors for the kernel, and nothing here.
on_zoned()
{
	local of_sectors='s,[0-9]*/\([0-9]*\)/[0-9]*,\1,g' mount=$work/mount

	modprobe -q btrfs || skip "this kernel has no btrfs"
	nullb 3 320 queue_mode=2 irqmode=2 completion_nsec=50000 zoned=1 zone_size=16 \
		zone_nr_conv=0
	grep -qx host-managed /sys/block/nullb3/queue/zoned ||
		skip "this kernel has no zoned disks"
	watch nullb3
	fio_does /dev/nullb3 --direct=1 --zonemode=zbd --rw=write --bs=64k --size=16M
	mkfs.btrfs -q -f -O zoned -d single -m single /dev/nullb3 2>/dev/null
	mkdir "$mount"
	mount -t btrfs /dev/nullb3 "$mount"
	later umount "$mount"
	dd if=/dev/urandom of="$mount/file" bs=1M count=24 conv=fsync status=none
	sync -f "$mount"
	wait_until in_flight /dev/nullb3 0
	equal "sectors" "$(total "$region" | sed "$of_sectors")" \
		"$(as_stat "$before" "$(stat_now nullb3)" 0 | sed "$of_sectors")"
	missed_nothing nullb3
}
promise "a zoned disk, to which btrfs appends" on_zoned

on_virtio()
{
	[[ -b /dev/vda ]] || skip "this machine has no virtio disk"
	all_of_it vda
	wipefs -qa /dev/vda
}
promise "a virtio disk" on_virtio

on_loop()
{
	truncate -s 64M "$work/image"
	loop=$(losetup -f --show -P "$work/image")
	later losetup -d "$loop"
	all_of_it "${loop#/dev/}"
}
promise "a loop device" on_loop

# ------------------------------------------------------------- disks that go

# under_load DISK: with regions, and I/O on it and on a partition.
under_load()
{
	parted "$1"
	region "/dev/$1"
	region --area-size 1M "/dev/$1"
	start_fio "/dev/$part1" --rw=randrw --bs=4k --iodepth=16 --rate_iops=0
	wait_until has_counted "$region" 100
}

unplug_scsi()
{
	scsi_debug dev_size_mb=64 ndelay=1000000
	under_load "$disk"
	echo 1 >"/sys/block/$disk/device/delete"
	stop_fio
	no_regions "$disk"
}
promise "a SCSI disk that is unplugged under load takes its regions along" unplug_scsi

plug_in_virtio()
{
	echo 1 >/sys/bus/pci/rescan
	wait_until test -b /dev/vda
	wipefs -qa /dev/vda
}

unplug_virtio()
{
	local pci

	[[ -b /dev/vda ]] || skip "this machine has no virtio disk"
	pci=$(realpath /sys/block/vda/device/..)
	under_load vda
	later plug_in_virtio
	echo 1 >"$pci/remove"
	stop_fio
	no_regions vda
}
promise "a virtio disk that is unplugged under load takes its regions along" unplug_virtio

rmmod_driver()
{
	scsi_debug dev_size_mb=64
	region "/dev/$disk"
	parted "$disk"
	mixed "/dev/$part2"
	rmmod scsi_debug
	no_regions "$disk"
	modprobe scsi_debug
}
promise "watching a disk does not keep its driver from being unloaded" rmmod_driver

rmmod_dmstat()
{
	local i

	scsi_debug dev_size_mb=64 ndelay=3000000
	parted "$disk"
	start_fio "/dev/$part1" --rw=randrw --bs=4k --iodepth=32 --rate_iops=0
	for i in {1..8}; do
		region "/dev/$disk"
		wait_until has_counted "$region" 50
		unload
		load
	done
	stop_fio
}
promise "the module is unloaded while I/O is in flight" rmmod_dmstat

# ------------------------------------------------------ partitions come and go

partitions_change()
{
	local i

	scsi_debug dev_size_mb=64
	watch "$disk"
	start_fio "/dev/$disk" --rw=randrw --bs=4k --iodepth=8 --rate_iops=0 --offset=48M
	for i in {1..10}; do
		addpart "/dev/$disk" 3 $((2048 + i * 64)) 16384
		wait_until test -b "/dev/${disk}3"
		fio_does "/dev/${disk}3" --direct=1 --rw=randrw --bs=4k --iodepth=8 \
			--number_ios=50
		delpart "/dev/$disk" 3
	done
	stop_fio
	sleep 0.2
	agrees "$disk"
}
promise "partitions that come and go under load are their disk's" partitions_change

# Each I/O of a partition is in the area where the disk has it.
where_it_is()
{
	scsi_debug dev_size_mb=64
	parted "$disk"
	region --area-size 1M "/dev/$disk"
	io write "/dev/$part2" 8 8
	io -c 3 read "/dev/$part1" 0 8
	expect_counts "$region" <<-END
		1: read 3/24/0 write 0/0/0 discard 0/0/0 flight 0/0
		9: read 0/0/0 write 1/8/0 discard 0/0/0 flight 0/0
	END
}
promise "I/O of a partition is at the disk's sectors" where_it_is

# -------------------------------------------------------------------- refused

listed()
{
	dmstat-nl devices -j | jq -e --arg name "$1" \
		'.devices[] | select(.name == $name)' >/dev/null
}

without_sectors()
{
	local loop

	truncate -s 8M "$work/image"
	loop=$(losetup -f --show "$work/image")
	listed "${loop#/dev/}" || fail "$loop is not listed"
	losetup -d "$loop"
	wait_until grep -qx 0 "/sys/block/${loop#/dev/}/size"
	! listed "${loop#/dev/}" || fail "$loop is listed"
}
promise "a disk without sectors is not listed" without_sectors

in_other_ways()
{
	modprobe -q bcache || skip "this kernel has no bcache"
	command -v make-bcache >/dev/null || skip "there is no make-bcache"
	nullb 3 32
	make-bcache -B /dev/nullb3 >/dev/null
	[[ -e /sys/block/nullb3/bcache ]] || echo /dev/nullb3 >/sys/fs/bcache/register
	wait_until test -b /dev/bcache0
	later eval "echo 1 >/sys/block/nullb3/bcache/stop; sleep 1"
	refused 1 "/dev/bcache0" \
		dmstat-nl create /dev/bcache0
	! listed bcache0 || fail "bcache0 is listed"
}
promise "a disk whose driver moves bios without a word is refused" in_other_ways

run_promises "$@"
