# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The devices of a phase of soak.sh. Those with fio, in $devices, live as long as the
# phase; "churned" and "fs" have other I/O. Programs make regions on those in $shared:
# a device with one region takes shorter ways through the module.
# shellcheck disable=SC2034,SC2154 # for load.sh and sums.sh; of lib.sh

# device_of NAME TABLE TARGET [MODULE]: unless the kernel has no such target.
device_of()
{
	if ! dmsetup targets | grep -q "^$3 "; then
		modprobe -q "dm-${4:-$3}" || return 0
	fi
	dm "$1" "$2"
	devices+=("$1")
}

simple_devices()
{
	device_of low "0 16384 linear /dev/nullb0 16384" linear mod
	device_of stacked "0 8192 linear /dev/mapper/low 8192
8192 8192 linear /dev/mapper/low 0" linear mod
	device_of striped "0 16384 striped 2 128 /dev/nullb0 32768 /dev/nullb1 0" \
		striped mod
	device_of discard "0 32768 linear /dev/nullb0 65536" linear mod
	device_of crypt "0 8192 crypt aes-xts-plain64 $(printf '5a%.0s' {1..64}) 0 /dev/nullb1 8192 0" \
		crypt
	device_of delay "0 8192 delay /dev/nullb1 16384 3" delay
	device_of flakey "0 8192 flakey /dev/nullb1 24576 1 1" flakey
	device_of error "0 8192 error" error mod
}

thin_device()
{
	modprobe -q dm-thin-pool || return 0
	dm meta "0 4096 linear /dev/nullb1 40960"
	dm data "0 16384 linear /dev/nullb1 45056"
	dm pool "0 16384 thin-pool /dev/mapper/meta /dev/mapper/data 128 0"
	dmsetup message pool 0 "create_thin 0"
	device_of thin "0 8192 thin /dev/mapper/pool 0" thin thin-pool
}

snapshot_devices()
{
	modprobe -q dm-snapshot || return 0
	dm real "0 4096 linear /dev/nullb1 65536"
	dm cow "0 16384 linear /dev/nullb1 69632"
	device_of origin "0 4096 snapshot-origin /dev/mapper/real" \
		snapshot-origin snapshot
	device_of snapshot "0 4096 snapshot /dev/mapper/real /dev/mapper/cow N 16" \
		snapshot
}

make_devices()
{
	devices=()
	nullb 0 96 discard=1 irqmode=2 completion_nsec=200000
	nullb 1 64 cache_size=4
	device_of linear "0 16384 linear /dev/nullb0 0" linear mod
	simple_devices
	thin_device
	snapshot_devices
	shared=("${devices[@]}")
	device_of alone "0 8192 linear /dev/nullb0 180224" linear mod
	dm fs "0 24576 linear /dev/nullb0 98304"
	mounted ext4 /dev/mapper/fs -q -F -N 64
	write_file "$mnt/a" 1024
	say "devices: ${devices[*]}"
}
