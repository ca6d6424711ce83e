#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# NVMe, on QEMU's: one disk of its own, polled, too, and one on two controllers, where
# a disk of the kernel's multipath passes bios on to hidden ones.

source "$(dirname "$0")/lib.sh"
source "$here/disks_lib.sh"

# nvme_disk SERIAL: sets $disk.
nvme_disk()
{
	local found

	need_module nvme
	wait_until_listed "$1"
	found=$(grep -lsx "$1 *" /sys/class/nvme/nvme*/serial | head -n 1)
	found=$(basename "${found%/serial}")
	disk=$(nvme_namespace "$found")
	# The disk stays, and so would its regions.
	later unload
	[[ -b /dev/$disk ]] || skip "there is no NVMe disk: see vm --nvme"
}

# nvme_namespace CONTROLLER: its disk, or that of its subsystem, which has several
# controllers.
nvme_namespace()
{
	local disk

	for disk in /sys/class/nvme/"$1"/nvme*n*; do
		[[ -b /dev/${disk##*/} ]] || continue
		echo "${disk##*/}"
		return
	done
	for disk in /sys/class/nvme-subsystem/*/nvme*n*; do
		[[ -b /dev/${disk##*/} && -L ${disk%/*}/$1 ]] || continue
		echo "${disk##*/}"
		return
	done
}

wait_until_listed()
{
	local serials

	serials=$(cat /sys/bus/pci/drivers/nvme/*/nvme/nvme*/serial 2>/dev/null || true)
	[[ $serials ]] || sleep 2
	grep -qsx "$1 *" /sys/class/nvme/nvme*/serial ||
		skip "there is no NVMe disk $1: see vm --nvme"
}

not_polled()
{
	nvme_disk dmstat-nvme0
	watch "$disk"
	mixed "/dev/$disk"
	discards "$disk"
	agrees "$disk"
	parted "$disk"
	mixed "/dev/$part1"
	mixed "/dev/$part2"
	agrees "$disk"
	wipefs -qa "/dev/$disk"
}
promise "an NVMe disk" not_polled

polled()
{
	rmmod nvme 2>/dev/null || true
	modprobe nvme poll_queues=1
	later rmmod nvme
	nvme_disk dmstat-nvme0
	watch "$disk"
	fio_does "/dev/$disk" --ioengine=io_uring --hipri=1 --direct=1 --rw=randrw \
		--bs=4k --iodepth=16 --number_ios=1000 ||
		skip "fio has no io_uring"
	agrees "$disk"
}
promise "an NVMe disk that is polled" polled

shared()
{
	nvme_disk dmstat-shared0
	[[ ! -d /sys/block/$disk/mq ]] || skip "the kernel has no NVMe multipath"
}

on_multipath()
{
	shared
	region "/dev/$disk"
	by_fio "/dev/$disk"
	fio_was_counted "$region"
	mixed "/dev/$disk"
	discards "$disk"
	parted "$disk"
	mixed "/dev/$part1"
	nothing_left "$disk"
	wipefs -qa "/dev/$disk"
}
promise "a disk of NVMe multipath, which passes bios on" on_multipath

large_on_multipath()
{
	shared
	region "/dev/$disk"
	load_fio "/dev/$disk" --rw=randrw --bs=1M --iodepth=4 --number_ios=60
	fio_was_counted "$region"
	nothing_in_flight "/dev/$disk"
}
promise "I/O that NVMe multipath and the disks below split" large_on_multipath

# The two controllers are reset in turn: I/O moves to the other one.
failover()
{
	local controller resets=0

	shared
	region "/dev/$disk"
	start_load "/dev/$disk" --rw=randrw --bs=4k --iodepth=16 --number_ios=8000
	while kill -0 "$load_pid" 2>/dev/null; do
		for controller in /sys/class/nvme/nvme*; do
			[[ $(<"$controller/serial") == dmstat-shared0* ]] || continue
			echo 1 >"$controller/reset_controller" || true
			sleep 0.3
		done
		resets=$((resets + 2))
	done
	echo "$resets resets"
	end_load "$region"
	nothing_in_flight "/dev/$disk"
}
promise "I/O that fails over to another path is one I/O" failover

# plug_in DISK
plug_in()
{
	echo 1 >/sys/bus/pci/rescan
	wait_until test -e "/sys/block/$1"
}

unplugged()
{
	local pci

	nvme_disk dmstat-nvme0
	region "/dev/$disk"
	start_fio "/dev/$disk" --rw=randrw --bs=4k --iodepth=16 --rate_iops=0
	wait_until has_counted "$region" 100
	pci=$(realpath "/sys/block/$disk/device/device")
	later plug_in "$disk"
	echo 1 >"$pci/remove"
	stop_fio
	wait_until test ! -e "/sys/block/$disk"
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}
promise "an NVMe disk that is unplugged under load takes its regions along" unplugged

run_promises "$@"
