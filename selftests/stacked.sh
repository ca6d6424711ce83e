#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Device-mapper on device-mapper: each device counts the I/O it gets.

source "$(dirname "$0")/lib.sh"

two_linear()
{
	local low high

	linear low 16
	dm high "0 16384 linear /dev/mapper/low 8192"
	region --areas 4 low; low=$region
	region --areas 2 high; high=$region
	io -a -c 30 -s 8 write /dev/mapper/high 0 8
	io -c 10 -s 8 read /dev/mapper/high 8184 16
	io -c 2 read /dev/mapper/low 0 8
	expect_counts "$high" <<-END
		0: read 1/8/0 write 30/240/0 discard 0/0/0 flight 0/0
		1: read 10/152/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
	expect_counts "$low" <<-END
		0: read 2/16/0 write 0/0/0 discard 0/0/0 flight 0/0
		1: read 1/8/0 write 30/240/0 discard 0/0/0 flight 0/0
		2: read 10/152/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
	within "ns above, at least those below" \
		"$(area_value "$high" 0 .write.ns)" \
		"$(area_value "$low" 1 .write.ns)" 10000000000
}
promise "linear on linear: both count, each at its own sectors" two_linear

held_below()
{
	linear low 16
	dm high "0 16384 linear /dev/mapper/low 8192"
	region low
	region high
	hold low -a -c 9 -s 8 write /dev/mapper/high 0 8
	wait_until in_flight high 9
	wait_until in_flight low 9
	equal "first sectors below" "$(dmstat-nl inflight -j low |
		jq -c '.inflight | map(.sector) | sort')" \
		"[8192,8200,8208,8216,8224,8232,8240,8248,8256]"
	release low
	in_flight high 0
	in_flight low 0
	expect_counts "$region" <<-END
		0: read 0/0/0 write 9/72/0 discard 0/0/0 flight 0/0
	END
}
promise "I/O that is held below is in flight on both" held_below

on_striped()
{
	local low

	nullb 0 8
	nullb 1 8
	dm low "0 32768 striped 2 16 /dev/nullb0 0 /dev/nullb1 0"
	dm high "0 16384 linear /dev/mapper/low 0"
	region low; low=$region
	region high
	load_fio /dev/mapper/high --rw=randrw --bsrange=512-32k --iodepth=4 \
		--number_ios=500
	equal "above" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "below" "$(total "$low")" "$(total "$region")"
}
promise "linear on striped: an I/O that is split below is one I/O on both" \
	on_striped

crypt()
{
	local low key sectors_only='s|[0-9]*/\([0-9]*\)/[0-9]*|\1|g'

	key=$(printf 'a5%.0s' {1..64})
	modprobe -q dm-crypt || skip "this kernel has no dm-crypt"
	linear low 16
	dm high "0 32768 crypt aes-xts-plain64 $key 0 /dev/mapper/low 0"
	region low; low=$region
	region --areas 4 high
	load_fio /dev/mapper/high --rw=randrw --bs=4k --iodepth=4 \
		--number_ios=400
	equal "above" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "sectors below" "$(total "$low" | sed "$sectors_only")" \
		"$(total "$region" | sed "$sectors_only")"
}
promise "dm-crypt on linear: the device above counts I/O as it was issued" crypt

thin()
{
	local data

	modprobe -q dm-thin-pool || skip "this kernel has no dm-thin-pool"
	nullb 0 32
	nullb 1 8
	dm meta "0 16384 linear /dev/nullb1 0"
	dm data "0 65536 linear /dev/nullb0 0"
	dm pool "0 65536 thin-pool /dev/mapper/meta /dev/mapper/data 128 0 1 skip_block_zeroing"
	dmsetup message pool 0 "create_thin 0"
	dm volume "0 65536 thin /dev/mapper/pool 0"
	region data; data=$region
	region --areas 10 volume
	# Into a single block, because copies and zeroing of the pool are not known.
	io -c 16 -s 8 write /dev/mapper/volume 0 8
	io -c 16 -s 8 read /dev/mapper/volume 0 8
	io -c 4 read /dev/mapper/volume 60000 8
	expect_counts "$region" <<-END
		0: read 16/128/0 write 16/128/0 discard 0/0/0 flight 0/0
		9: read 4/32/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
	dmsetup message pool 0 "create_snap 1 0" 2>/dev/null || {
		dmsetup suspend volume
		dmsetup message pool 0 "create_snap 1 0"
		dmsetup resume volume
	}
	dm snapshot "0 65536 thin /dev/mapper/pool 1"
	region snapshot
	io -c 2 -s 8 write /dev/mapper/snapshot 0 8
	io read /dev/mapper/volume 0 8
	expect_counts "$region" <<-END
		0: read 0/0/0 write 2/16/0 discard 0/0/0 flight 0/0
	END
	within "sectors written to the pool's data" \
		"$(area_value "$data" 0 .write.sectors)" $((144)) 100000
}
promise "a thin volume and its snapshot: each counts the I/O it gets" thin

run_promises "$@"
