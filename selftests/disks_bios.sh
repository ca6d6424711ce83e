#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Disks whose drivers get bios, not requests, and end each where it began.

source "$(dirname "$0")/lib.sh"
source "$here/disks_lib.sh"

# by_fio DISK: where the kernel does not count: what fio did was counted.
by_fio()
{
	watch "$1"
	load_fio "/dev/$1" --rw=randrw --bsrange=4k-64k --iodepth=16 --numjobs=2 \
		--number_ios=400
	equal "the I/Os" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "in flight" "$(dmstat-nl inflight -j "/dev/$1" | jq -c .inflight)" "[]"
	missed_nothing "$1"
}

on_null_blk_bios()
{
	nullb 3 64 queue_mode=0 irqmode=2 completion_nsec=50000 ||
		skip "this null_blk has no bios"
	[[ ! -d /sys/block/nullb3/mq ]] || skip "this null_blk has no bios"
	by_fio nullb3
}
promise "null_blk, in bios" on_null_blk_bios

on_brd()
{
	modprobe brd rd_nr=1 rd_size=65536
	later rmmod brd
	by_fio ram0
}
promise "brd" on_brd

on_zram()
{
	modprobe -q zram num_devices=1 || skip "this kernel has no zram"
	later rmmod zram
	echo 64M >/sys/block/zram0/disksize
	by_fio zram0
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
	by_fio pmem0
	agrees pmem0
}
promise "persistent memory" on_pmem

run_promises "$@"
