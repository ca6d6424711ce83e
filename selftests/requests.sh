#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Request-based devices: dm-multipath on two paths to one disk. I/O that the kernel
# merges, splits, or sends down another path counts as it was issued.

source "$(dirname "$0")/lib.sh"

ms=1000000

# ---------------------------------------------------------------- devices

# slow_and_fast: the same, but the first path takes half a second or more. The disk
# keeps no data, because null_blk would sleep, which is not allowed here.
slow_and_fast()
{
	nullb 0 16 memory_backed=0 irqmode=2 completion_nsec=500000000
	nullb 1 16 memory_backed=0
	first=nullb0
	second=nullb1
	multipath d
}

# kernel_counts NAME: the kernel's own counts in the form of total(), before merging.
kernel_counts()
{
	awk '{ printf "read %d/%d write %d/%d discard %d/%d\n", $1 + $2, $3,
		$5 + $6, $7, $12 + $13, $14 }' "$(disk_of "$1")/stat"
}

without_errors()
{
	sed -E 's|([0-9]+/[0-9]+)/[0-9]+|\1|g'
}

# --------------------------------------------------------------- counting

each_operation()
{
	two_paths ndelay=100000 lbpu=1 lbpws=1
	multipath d
	region --areas 4 d
	io -c 5 -s 8 read /dev/mapper/d 8 8
	io -c 3 -s 8192 write /dev/mapper/d 1 7
	io -c 2 -s 128 discard /dev/mapper/d 0 64
	io zero /dev/mapper/d 8192 128
	io -c 3 flush /dev/mapper/d 0 0
	io -c 4 -s 8 sync-write /dev/mapper/d 24576 8
	io read /dev/mapper/d 16380 8
	expect_counts "$region" <<-END
		0: read 5/40/0 write 1/7/0 discard 2/128/0 flight 0/0
		1: read 1/4/0 write 2/135/0 discard 0/0/0 flight 0/0
		2: read 1/4/0 write 1/7/0 discard 0/0/0 flight 0/0
		3: read 0/0/0 write 4/32/0 discard 0/0/0 flight 0/0
	END
	nothing_in_flight d
	equal "listed" "$(dmstat-nl devices -j |
		jq -r '.devices | map(.name | select(. == "d")) | join(" ")')" d
}
promise "reads, writes, discards and write zeroes of dm-multipath are counted" \
	each_operation

# The kernel counts merges separately; the sum with these, and the sectors, must agree
# exactly. It measures requests: from a little after the start of the bio to a little
# after its end, a quarter at most. fio measures from before until after that, and no
# I/O is faster than the disk.
like_the_kernel()
{
	local ns fio_ns kernel_ns

	two_paths ndelay=5000000 lbpu=1
	multipath d
	region d
	load_fio /dev/mapper/d --rw=randrw --bsrange=512-16k --iodepth=4 \
		--number_ios=400
	ns=$(area_value "$region" 0 '.read.ns + .write.ns')
	fio_ns=$(jq '[.jobs[] | .read, .write | .lat_ns.mean * .total_ios] |
		add | floor' "$work/fio")
	kernel_ns=$(awk '{ printf "%d000000", $4 + $8 }' "$(disk_of d)/stat")
	io -c 10 -s 64 discard /dev/mapper/d 0 64
	nothing_in_flight d

	equal "by fio" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 10/640/0"
	equal "by the kernel" "$(kernel_counts d)" \
		"$(total "$region" | without_errors)"
	within "ns" "$ns" $(((fio_reads + fio_writes) * 5 * ms)) "$fio_ns"
	within "ns by the kernel" "$kernel_ns" $((ns * 3 / 4)) $((ns * 5 / 4))
}
promise "counts agree with fio and the kernel, times are between disk and fio" \
	like_the_kernel

merged()
{
	two_paths ndelay=100000
	multipath d
	region --areas 2 d
	hold d -a -c 64 -s 8 write /dev/mapper/d 0 8
	wait_until in_flight d 64
	release d
	expect_counts "$region" <<-END
		0: read 0/0/0 write 64/512/0 discard 0/0/0 flight 0/0
	END
	within "requests" "$(awk '{ print $5 }' "$(disk_of d)/stat")" 1 32
	nothing_in_flight d
}
promise "I/Os that are merged into a request count one by one" merged

split()
{
	two_paths ndelay=100000 lbpu=1
	multipath d
	largest d 4
	echo 8192 >"$(disk_of d)/queue/discard_max_bytes"
	region --area-size 100 d
	io -c 3 read /dev/mapper/d 50 100
	io -a -c 20 -s 200 write /dev/mapper/d 1000 64
	io -c 2 discard /dev/mapper/d 8000 100
	expect_counts "$region" <<-END
		0: read 3/150/0 write 0/0/0 discard 0/0/0 flight 0/0
		1: read 3/150/0 write 0/0/0 discard 0/0/0 flight 0/0
		$(for i in {10..48..2}; do
			echo "$i: read 0/0/0 write 1/64/0 discard 0/0/0 flight 0/0"
		done)
		80: read 0/0/0 write 0/0/0 discard 2/200/0 flight 0/0
	END
	within "requests for 3 reads" "$(awk '{ print $1 }' "$(disk_of d)/stat")" \
		39 1000
	nothing_in_flight d
}
promise "an I/O that is split into requests counts once" split

# Of three requests at least one is slow and one is fast, in any order: the I/O ends
# with the slow one.
as_long_as_its_slowest_part()
{
	local i

	slow_and_fast
	largest d 4
	for i in 1 2 3 4; do
		region d
		io read /dev/mapper/d $((i * 1000)) 24
		within "ns of read $i" "$(area_value "$region" 0 .read.ns)" \
			$((500 * ms)) $((5000 * ms))
		equal "counted" "$(total "$region")" \
			"read 1/24/0 write 0/0/0 discard 0/0/0"
	done
	nothing_in_flight d
}
promise "an I/O that is split takes as long as the slowest of its parts" \
	as_long_as_its_slowest_part

split_load()
{
	load_with inflight_slots=8
	two_paths ndelay=20000
	multipath d
	largest d 4
	region --areas 8 d
	load_fio /dev/mapper/d --rw=randrw --bs=32k --iodepth=8 --numjobs=2 \
		--number_ios=300
	equal "I/Os and sectors" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	nothing_in_flight d
}
promise "I/Os that are split, more than there is room for, are counted exactly" \
	split_load

flushes()
{
	modprobe -q ext4 || skip "this kernel has no ext4"
	two_paths ndelay=20000
	multipath d
	region --areas 8 d
	mkfs.ext4 -q /dev/mapper/d
	mkdir "$work/mount"
	mount -t ext4 /dev/mapper/d "$work/mount"
	later umount "$work/mount"
	for i in {1..20}; do
		echo "$i" >"$work/mount/file$i"
		sync "$work/mount/file$i"
	done
	umount "$work/mount"
	later mount -t ext4 /dev/mapper/d "$work/mount"
	blockdev --flushbufs /dev/mapper/d
	echo "by the kernel: $(kernel_counts d)"
	within "flushes" "$(awk '{ print $16 }' "$(disk_of d)/stat")" 1 10000
	equal "sectors" "$(total "$region" | cut -d ' ' -f 3,4 | without_errors |
		cut -d / -f 2)" \
		"$(kernel_counts d | cut -d ' ' -f 3,4 | cut -d / -f 2)"
	nothing_in_flight d
}
promise "writes of a file system, with flushes, are counted once" flushes

stacked()
{
	local below

	two_paths ndelay=20000
	multipath d
	dm high "0 16384 linear /dev/mapper/d 8192"
	region --areas 2 d
	below=$region
	region high
	load_fio /dev/mapper/high --rw=randrw --bs=4k --iodepth=8 \
		--number_ios=300
	equal "above" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "below" "$(total "$below")" "$(total "$region")"
	within "ns above, at least those below" \
		"$(area_value "$region" 0 '.read.ns + .write.ns')" \
		"$(dmstat-nl print -j "$below" | jq '[.areas[] |
			.read.ns + .write.ns] | add')" 100000000000
}
promise "a volume on dm-multipath: each device counts the I/O it gets" stacked

# -------------------------------------------------------------- in flight

suspended()
{
	two_paths ndelay=100000
	multipath d
	region --start 32760 d
	hold d -a -c 7 -s 4096 read /dev/mapper/d 0 8
	wait_until in_flight d 7
	region --areas 2 d
	io -a -c 3 -s 100 write /dev/mapper/d 16380 8 &
	wait_until in_flight d 10
	equal "listed" "$(dmstat-nl inflight -j d | jq -c '.inflight |
		map(select(.operation == "write")) | sort_by(.sector) |
		map([.sector, .sectors])')" "[[16380,8],[16480,8],[16580,8]]"
	expect_counts "$region" <<-END
		0: read 0/0/0 write 0/0/0 discard 0/0/0 flight 0/1
		1: read 0/0/0 write 0/0/0 discard 0/0/0 flight 0/3
	END
	release d
	wait
	expect_counts "$region" <<-END
		0: read 0/0/0 write 1/4/0 discard 0/0/0 flight 0/0
		1: read 0/0/0 write 3/20/0 discard 0/0/0 flight 0/0
	END
	nothing_in_flight d
}
promise "while suspended, I/O is listed; a region counts only I/O that started later" \
	suspended

on_the_disk()
{
	local start elapsed age

	two_paths ndelay=100000
	multipath d
	largest d 4
	region d
	# In ticks: 6 s at 250 a second.
	echo 1500 >/sys/bus/pseudo/drivers/scsi_debug/delay
	start=${EPOCHREALTIME/./}
	io read /dev/mapper/d 1000 24 &
	wait_until in_flight d 1
	sleep 0.3
	dmstat-nl inflight -j d >"$work/inflight"
	elapsed=$(((${EPOCHREALTIME/./} - start) * 1000))
	equal "in flight" "$(jq -c '.inflight |
		map([.operation, .sector, .sectors])' "$work/inflight")" \
		'[["read",1000,24]]'
	age=$(jq '.inflight[0].age_ns' "$work/inflight")
	within "age" "$age" $((300 * ms)) "$elapsed"
	wait
	echo 0 >/sys/bus/pseudo/drivers/scsi_debug/delay
	nothing_in_flight d
	equal "counted" "$(total "$region")" \
		"read 1/24/0 write 0/0/0 discard 0/0/0"
}
promise "I/O in flight is listed as it was issued, although it was split" \
	on_the_disk

run_promises "$@"
