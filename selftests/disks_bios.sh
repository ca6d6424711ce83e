#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Disks whose drivers get bios, not requests, and end each where it began.

source "$(dirname "$0")/lib.sh"
source "$here/disks_lib.sh"

# as_fio DISK: what fio did was counted, also where the kernel does not count.
as_fio()
{
	watch "$1"
	by_fio "/dev/$1"
	fio_was_counted "$region"
	nothing_left "$1"
}

on_null_blk_bios()
{
	nullb 3 64 queue_mode=0 irqmode=2 completion_nsec=50000 ||
		skip "this null_blk has no bios"
	[[ ! -d /sys/block/nullb3/mq ]] || skip "this null_blk has no bios"
	as_fio nullb3
}
promise "null_blk, in bios" on_null_blk_bios

on_brd()
{
	modprobe brd rd_nr=1 rd_size=65536
	later rmmod brd
	as_fio ram0
}
promise "brd" on_brd

on_zram()
{
	modprobe -q zram num_devices=1 || skip "this kernel has no zram"
	later rmmod zram
	echo 64M >/sys/block/zram0/disksize
	as_fio zram0
	# It does not count discards. Before 6.4 the page cache reads single pages
	# without a bio.
	agrees zram0
	io -c 20 -s 64 discard /dev/zram0 64 32
	equal "discards" "$(area_value "$region" 0 .discard.ios)" 20
}
promise "zram" on_zram

# ------------------------------------------------------- persistent memory

# Memory that the kernel's command line says is persistent: see vm/disks.
on_pmem()
{
	modprobe -q nd_e820 || skip "this kernel has no persistent memory"
	modprobe nd_pmem
	wait_until test -b /dev/pmem0
	echo 1 >/sys/block/pmem0/queue/iostats
	as_fio pmem0
	agrees pmem0
}
promise "persistent memory" on_pmem

nd=/sys/bus/nd

# as_sectors TABLE: pmem0 becomes pmem0s, of which no sector is ever half written.
as_sectors()
{
	echo namespace0.0 >"$nd/drivers/nd_pmem/unbind"
	echo 512 >"$nd/devices/$1/sector_size"
	cat /proc/sys/kernel/random/uuid >"$nd/devices/$1/uuid"
	echo namespace0.0 >"$nd/devices/$1/namespace"
	echo "$1" >"$nd/drivers/nd_pmem/bind"
}

as_bytes()
{
	echo "$1" >"$nd/drivers/nd_pmem/unbind"
	echo >"$nd/devices/$1/namespace"
	# The table is still found on it.
	echo 1 >"$nd/devices/namespace0.0/force_raw"
	echo namespace0.0 >"$nd/drivers/nd_pmem/bind"
}

on_btt()
{
	local table

	modprobe -q nd_e820 || skip "this kernel has no persistent memory"
	modprobe -q nd_btt || skip "this kernel has no block translation table"
	modprobe nd_pmem
	wait_until test -b /dev/pmem0
	table=$(<"$nd/devices/region0/btt_seed")
	later as_bytes "$table"
	as_sectors "$table"
	wait_until test -b /dev/pmem0s
	echo 1 >/sys/block/pmem0s/queue/iostats
	as_fio pmem0s
	agrees pmem0s
}
promise "persistent memory, by sectors" on_btt

# -------------------------------------------------------------------- drbd

drbdsetup=/lib/drbd/drbdsetup-84

# drbd_end MINOR DISK: one of two ends, on a disk.
drbd_end()
{
	drbdmeta --force "$1" v08 "$2" internal create-md >/dev/null
	$drbdsetup new-resource "end$1"
	later eval "$drbdsetup down end$1 || true"
	$drbdsetup new-minor "end$1" "$1" 0
	$drbdsetup attach "$1" "$2" "$2" internal --c-plan-ahead=0 --resync-rate=100M
}

# drbd_addresses END: its own, and that of the other.
drbd_addresses()
{
	echo "ipv4:127.0.0.1:$((7788 + $1)) ipv4:127.0.0.1:$((7789 - $1))"
}

# drbd_connect END
drbd_connect()
{
	# shellcheck disable=SC2046
	$drbdsetup connect "end$1" $(drbd_addresses "$1") --protocol C
}

# drbd_disconnect END [OPTION]...: the other one waits for it.
drbd_disconnect()
{
	# shellcheck disable=SC2046
	$drbdsetup disconnect $(drbd_addresses "$1") "${@:2}"
}

drbd_connected()
{
	wait_until grep -q "^ 0: cs:Connected " /proc/drbd
}

# Both have the same data.
drbd_synced()
{
	wait_until grep -q "^ 0: cs:Connected .* ds:UpToDate/UpToDate" /proc/drbd
}

# drbd_pair DISK PEER: drbd0 on a disk, with the same data as drbd1 on its peer.
drbd_pair()
{
	[[ -x $drbdsetup ]] || skip "there is no drbdsetup"
	modprobe -q drbd usermode_helper=/bin/true || skip "this kernel has no drbd"
	later rmmod drbd
	ip link set lo up
	drbd_end 0 "$1"
	drbd_end 1 "$2"
	drbd_connect 0
	drbd_connect 1
	drbd_connected
	$drbdsetup new-current-uuid --clear-bitmap 0
	drbd_synced
	$drbdsetup primary 0
}

# data_writes REGION
data_writes()
{
	area_value "$1" 0 .write.ios
}

on_drbd()
{
	local top below peer

	nullb 3 64 discard=1
	nullb 4 64 discard=1
	drbd_pair /dev/nullb3 /dev/nullb4

	# The sectors after that have data of drbd's own.
	region --length "$(blockdev --getsz /dev/drbd0)" /dev/nullb3; below=$region
	region --length "$(blockdev --getsz /dev/drbd0)" /dev/nullb4; peer=$region
	as_fio drbd0
	agrees drbd0
	top=$region
	io -c 20 -s 64 discard /dev/drbd0 64 32
	equal "discards" "$(area_value "$top" 0 .discard.ios)" 20
	equal "writes of the disk below" "$(data_writes "$below")" "$fio_writes"
	equal "writes of its peer" "$(data_writes "$peer")" "$fio_writes"
	# And the first, before drbd0 was watched.
	equal "reads of the disk below" "$(area_value "$below" 0 .read.ios)" \
		$((1 + fio_reads))
	equal "reads of its peer" "$(area_value "$peer" 0 .read.ios)" 0

	# The connection goes under load, and comes again.
	start_fio /dev/drbd0 --rw=randrw --bs=4k --iodepth=16 --rate_iops=0
	wait_until has_counted "$top" 2000
	drbd_disconnect 1
	sleep 0.5
	drbd_connect 1
	drbd_synced
	stop_fio
	agrees drbd0

	# It hangs.
	$drbdsetup suspend-io 0
	io read /dev/drbd0 8 8 &
	wait_until in_flight /dev/drbd0 1
	$drbdsetup resume-io 0
	wait
	agrees drbd0

	dmstat-nl delete "$below" "$peer"
	$drbdsetup down end0
	no_regions drbd0
}
promise "drbd, with its peer" on_drbd

# What its disk no longer does the peer does; then that goes, too. fio is the
# witness: drbd itself counts a read a second time that it tries again.
without_disk()
{
	nullb 3 64
	nullb 4 64
	dm low "0 131072 linear /dev/nullb3 0"
	drbd_pair /dev/mapper/low /dev/nullb4
	watch drbd0
	start_load /dev/drbd0 --rw=randrw --bsrange=4k-64k --iodepth=16 \
		--number_ios=800 --rate_iops=150
	wait_until has_counted "$region" 100
	dmsetup suspend --nolockfs low
	dmsetup load low --table "0 131072 error"
	dmsetup resume low
	end_load "$region"
	grep "^ 0: cs:Connected .* ds:Diskless/UpToDate" /proc/drbd
	nothing_left drbd0

	drbd_disconnect 0 --force
	region /dev/drbd0
	io -c 5 -s 8 read /dev/drbd0 0 8
	io -c 7 -s 8 write /dev/drbd0 0 8
	equal "failed" "$(total "$region")" "read 5/40/5 write 7/56/7 discard 0/0/0"
	nothing_in_flight /dev/drbd0
}
promise "drbd whose disk fails, and then its peer" without_disk

run_promises "$@"
