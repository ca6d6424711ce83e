#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Exact accounting: I/O that is known to the sector, and its counts.

source "$(dirname "$0")/lib.sh"

counts_reads()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	io -c 5 -s 8 read /dev/mapper/d 8 8
	expect_counts "$region" <<-END
		0: read 5/40/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
}
promise "reads are counted with their sectors, and only as reads" counts_reads

counts_writes()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	io -c 3 -s 8192 write /dev/mapper/d 1 7
	expect_counts "$region" <<-END
		0: read 0/0/0 write 1/7/0 discard 0/0/0 flight 0/0
		1: read 0/0/0 write 1/7/0 discard 0/0/0 flight 0/0
		2: read 0/0/0 write 1/7/0 discard 0/0/0 flight 0/0
	END
}
promise "writes are counted with their sectors, and only as writes" \
	counts_writes

discard_apart()
{
	linear d 16 discard=1
	region --areas 4 /dev/mapper/d
	io -c 2 -s 100 discard /dev/mapper/d 0 64
	io write /dev/mapper/d 0 8
	expect_counts "$region" <<-END
		0: read 0/0/0 write 1/8/0 discard 2/128/0 flight 0/0
	END
	within "ns of discards" "$(area_value "$region" 0 .discard.ns)" \
		1 10000000000
}
promise "discards are counted separately from writes" discard_apart

discard_split()
{
	linear d 16 discard=1
	echo 65536 >"$(disk_of d)/queue/discard_max_bytes"
	region --area-size 1000 --length 8000 /dev/mapper/d
	io discard /dev/mapper/d 500 2000
	expect_counts "$region" <<-END
		0: read 0/0/0 write 0/0/0 discard 1/500/0 flight 0/0
		1: read 0/0/0 write 0/0/0 discard 1/1000/0 flight 0/0
		2: read 0/0/0 write 0/0/0 discard 1/500/0 flight 0/0
	END
}
promise "a discard that is split to the device's limits is counted once" \
	discard_split

# A file of ext4 can have its blocks zeroed, and null_blk cannot.
zeroes_are_writes()
{
	local loop

	need_module loop
	nullb 0 16
	mkfs.ext4 -q -F /dev/nullb0
	mkdir "$work/files"
	mount -t ext4 /dev/nullb0 "$work/files"
	later umount "$work/files"
	truncate -s 8M "$work/files/disk"
	loop=$(losetup --show -f "$work/files/disk")
	later losetup -d "$loop"
	dm d "0 16384 linear $loop 0"
	region /dev/mapper/d
	io zero /dev/mapper/d 64 128
	expect_counts "$region" <<-END
		0: read 0/0/0 write 1/128/0 discard 0/0/0 flight 0/0
	END
}
promise "write zeroes is counted as a write" zeroes_are_writes

flush_not_counted()
{
	linear d 16 cache_size=1
	region /dev/mapper/d
	io -c 3 flush /dev/mapper/d 0 0
	equal "after three flushes" "$(counts "$region")" ""
	io -c 4 -s 8 sync-write /dev/mapper/d 0 8
	expect_counts "$region" <<-END
		0: read 0/0/0 write 4/32/0 discard 0/0/0 flight 0/0
	END
}
promise "a flush is not counted, a write with a flush is counted once" \
	flush_not_counted

crosses_areas()
{
	linear d 16
	region --area-size 100 --length 1000 /dev/mapper/d
	io read /dev/mapper/d 90 20
	io write /dev/mapper/d 250 200
	expect_counts "$region" <<-END
		0: read 1/10/0 write 0/0/0 discard 0/0/0 flight 0/0
		1: read 1/10/0 write 0/0/0 discard 0/0/0 flight 0/0
		2: read 0/0/0 write 1/50/0 discard 0/0/0 flight 0/0
		3: read 0/0/0 write 1/100/0 discard 0/0/0 flight 0/0
		4: read 0/0/0 write 1/50/0 discard 0/0/0 flight 0/0
	END
}
promise "an I/O that crosses areas counts in each, its sectors divided" \
	crosses_areas

last_area_short()
{
	linear d 16
	region --start 10 --length 250 --area-size 100 /dev/mapper/d
	io -s 1 -c 3 read /dev/mapper/d 257 1
	io read /dev/mapper/d 256 8
	expect_counts "$region" <<-END
		2: read 4/7/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
	equal "last area" "$(area_value "$region" 2 '"\(.start)+\(.length)"')" \
		210+50
	equal "its line in dm-stats' format" \
		"$(dmstat-nl print --format dmstats "$region" | tail -n 1 |
		cut -d ' ' -f 1-4)" "210+50 4 0 7"
}
promise "a short last area has its length and counts to its end only" \
	last_area_short

start_and_length()
{
	linear d 16
	region --start 1000 --length 100 /dev/mapper/d
	io read /dev/mapper/d 0 8
	io read /dev/mapper/d 992 8
	io read /dev/mapper/d 1100 8
	equal "I/O beside the region" "$(counts "$region")" ""
	io read /dev/mapper/d 1000 8
	io read /dev/mapper/d 996 8
	io write /dev/mapper/d 1099 8
	io write /dev/mapper/d 900 300
	expect_counts "$region" <<-END
		0: read 2/12/0 write 2/101/0 discard 0/0/0 flight 0/0
	END
}
promise "a region counts the sectors between its start and its end" \
	start_and_length

regions_overlap()
{
	local whole low high dots=() i

	linear d 16
	region --areas 2 /dev/mapper/d; whole=$region
	region --length 1000 /dev/mapper/d; low=$region
	region --start 500 --length 1000 --area-size 250 /dev/mapper/d; high=$region
	for i in {0..9}; do
		region --start $((600 + i)) --length 1 /dev/mapper/d
		dots+=("$region")
	done
	io read /dev/mapper/d 400 300
	io write /dev/mapper/d 960 80
	expect_counts "$whole" <<-END
		0: read 1/300/0 write 1/80/0 discard 0/0/0 flight 0/0
	END
	expect_counts "$low" <<-END
		0: read 1/300/0 write 1/40/0 discard 0/0/0 flight 0/0
	END
	expect_counts "$high" <<-END
		0: read 1/200/0 write 0/0/0 discard 0/0/0 flight 0/0
		1: read 0/0/0 write 1/40/0 discard 0/0/0 flight 0/0
		2: read 0/0/0 write 1/40/0 discard 0/0/0 flight 0/0
	END
	for i in "${dots[0]}" "${dots[9]}"; do
		expect_counts "$i" <<-END
			0: read 1/1/0 write 0/0/0 discard 0/0/0 flight 0/0
		END
	done
}
promise "regions that overlap each count on their own" regions_overlap

started_before()
{
	local before

	linear d 16
	region --start 32760 /dev/mapper/d; before=$region
	hold d -a -c 10 -s 8 read /dev/mapper/d 0 8
	wait_until in_flight d 10
	region --areas 2 /dev/mapper/d
	equal "in flight when the region is made" "$(counts "$region")" ""
	release d
	equal "when that I/O has ended" "$(counts "$region")" ""
	io read /dev/mapper/d 0 8
	expect_counts "$region" <<-END
		0: read 1/8/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
	equal "region $before" "$(counts "$before")" ""
}
promise "a region counts only I/O that started after it was made" started_before

first_region_started_before()
{
	linear d 16
	dmsetup suspend --noflush --nolockfs d
	io -a -c 10 -s 8 write /dev/mapper/d 0 8 &
	sleep 0.5
	region /dev/mapper/d
	dmsetup resume d
	wait
	equal "after I/O whose start was not seen" "$(counts "$region")" ""
	io write /dev/mapper/d 0 8
	expect_counts "$region" <<-END
		0: read 0/0/0 write 1/8/0 discard 0/0/0 flight 0/0
	END
}
promise "the first region of all counts only I/O that started after it" \
	first_region_started_before

ends_after_deletion()
{
	local kept

	linear d 16
	region --areas 4 /dev/mapper/d; kept=$region
	region /dev/mapper/d
	hold d -a -c 20 -s 8 write /dev/mapper/d 0 8
	wait_until in_flight d 20
	dmstat-nl delete "$region"
	region --areas 3 /dev/mapper/d
	release d
	expect_counts "$kept" <<-END
		0: read 0/0/0 write 20/160/0 discard 0/0/0 flight 0/0
	END
	equal "a region made meanwhile" "$(counts "$region")" ""
}
promise "I/O that ends after its region is gone still counts in the others" \
	ends_after_deletion

ends_after_last_deletion()
{
	linear d 16
	region /dev/mapper/d
	hold d -a -c 20 -s 8 write /dev/mapper/d 0 8
	wait_until in_flight d 20
	dmstat-nl delete "$region"
	region /dev/mapper/d
	release d
	equal "a region made after the last was deleted" \
		"$(counts "$region")" ""
	io -a -c 20 -s 8 write /dev/mapper/d 0 8
	expect_counts "$region" <<-END
		0: read 0/0/0 write 20/160/0 discard 0/0/0 flight 0/0
	END
}
promise "I/O that ends after the last region is gone does no harm" \
	ends_after_last_deletion

shows_in_flight()
{
	linear d 16 discard=1
	region --areas 2 /dev/mapper/d
	hold d -a -c 7 -s 4095 read /dev/mapper/d 0 8
	wait_until in_flight d 7
	io -a -c 3 write /dev/mapper/d 16380 8 &
	wait_until in_flight d 10
	io discard /dev/mapper/d 0 8 &
	wait_until in_flight d 11
	expect_counts "$region" <<-END
		0: read 0/0/0 write 0/0/0 discard 0/0/0 flight 5/4
		1: read 0/0/0 write 0/0/0 discard 0/0/0 flight 3/3
	END
	release d
	wait
	expect_counts "$region" <<-END
		0: read 5/36/0 write 3/12/0 discard 1/8/0 flight 0/0
		1: read 3/20/0 write 3/12/0 discard 0/0/0 flight 0/0
	END
}
promise "I/O in flight is shown in the areas that it touches, by direction" \
	shows_in_flight

clear_in_flight()
{
	linear d 16
	region --areas 2 /dev/mapper/d
	io -c 5 read /dev/mapper/d 0 8
	hold d -a -c 7 -s 8 read /dev/mapper/d 0 8
	wait_until in_flight d 7
	dmstat-nl clear "$region"
	expect_counts "$region" <<-END
		0: read 0/0/0 write 0/0/0 discard 0/0/0 flight 7/0
	END
	release d
	expect_counts "$region" <<-END
		0: read 7/56/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
	dmstat-nl clear "$region"
	equal "all of area 0 after a clear" "$(area_value "$region" 0 \
		'[.read, .write, .discard] | map(add) | add')" 0
	equal "busy and queue" "$(area_value "$region" 0 \
		'"\(.busy_ns) \(.queue_ns)"')" "0 0"
}
promise "a clear leaves I/O in flight, which counts when it ends" \
	clear_in_flight

reading_changes_nothing()
{
	local first

	linear d 16
	region --areas 4 /dev/mapper/d
	io -a -c 50 -s 600 write /dev/mapper/d 0 8
	first=$(dmstat-nl print -j "$region")
	dmstat-nl print "$region" >"$work/table"
	dmstat-nl print --format dmstats "$region" >"$work/lines"
	equal "read again" "$(dmstat-nl print -j "$region" | md5sum)" \
		"$(md5sum <<<"$first")"
}
promise "reading changes no counter" reading_changes_nothing

# Clears a region repeatedly as long as $work/go exists.
clear_often()
{
	while [[ -e $work/go ]]; do
		dmstat-nl print -j --active --clear "$region"
	done >"$work/cleared"
}

give_and_clear()
{
	local given=0

	linear d 16 irqmode=2 completion_nsec=50000
	region --areas 16 /dev/mapper/d
	touch "$work/go"
	clear_often &
	load_fio /dev/mapper/d --rw=randrw --bs=512 --iodepth=8 --numjobs=2 \
		--number_ios=1500
	rm "$work/go"
	wait $!
	dmstat-nl print -j --active --clear "$region" >>"$work/cleared"
	equal "left at last" "$(total "$region")" \
		"read 0/0/0 write 0/0/0 discard 0/0/0"
	given=$(grep -c '"region"' "$work/cleared")
	within "readings" "$given" 5 100000
	equal "printed in all" "$(jq -s -r 'map(.areas[]) |
		"read \(map(.read.ios) | add)/\(map(.read.sectors) | add)" +
		" write \(map(.write.ios) | add)/\(map(.write.sectors) | add)"' \
		"$work/cleared")" \
		"read $fio_reads/$fio_read_sectors write $fio_writes/$fio_write_sectors"
}
promise "print --clear prints and clears, with nothing lost or printed twice" \
	give_and_clear

several_cpus()
{
	local cpus cpu n=0 pids=()

	cpus=$(nproc)
	((cpus > 1)) || skip "this machine has one CPU"
	linear d 16
	region --areas 2 /dev/mapper/d
	for ((cpu = 0; cpu < cpus; cpu++)); do
		taskset -c "$cpu" bash -c "
			io -c 2000 -s 8 read /dev/mapper/d 8192 8
			io -c 1000 -s 8 write /dev/mapper/d 12288 16" &
		pids+=($!)
		n=$((n + 1))
	done
	wait "${pids[@]}"
	expect_counts "$region" <<-END
		0: read $((n * 1024))/$((n * 8192))/0 write $((n * 512))/$((n * 8184))/0 discard 0/0/0 flight 0/0
		1: read $((n * 976))/$((n * 7808))/0 write $((n * 489))/$((n * 7816))/0 discard 0/0/0 flight 0/0
	END
}
promise "I/O from several CPUs into the same areas is counted exactly" \
	several_cpus

interrupts()
{
	linear d 16 irqmode=2 completion_nsec=20000 submit_queues=2
	region --areas 4 /dev/mapper/d
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=32 --numjobs=2 \
		--number_ios=4000
	equal total "$(total "$region" | sed 's/ discard.*//')" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0"
}
promise "I/O that ends in timer interrupts on busy CPUs is counted exactly" \
	interrupts

time_adds_up()
{
	local start end

	linear d 16 irqmode=2 completion_nsec=2000000
	region /dev/mapper/d
	start=$(date +%s%N)
	io -c 50 read /dev/mapper/d 0 8
	end=$(date +%s%N)
	read -r read_ns busy queue < <(area_value "$region" 0 \
		'"\(.read.ns) \(.busy_ns) \(.queue_ns)"')
	within "read ns of 50 reads of 2 ms" "$read_ns" 100000000 $((end - start))
	within "busy ns" "$busy" "$read_ns" $((end - start))
	equal "queue ns when nothing is in flight" "$queue" "$read_ns"
}
promise "busy time is at least the sum of I/Os one by one, at most the time passed" \
	time_adds_up

ids_are_not_reused()
{
	local first second

	linear d 16
	region /dev/mapper/d; first=$region
	dmstat-nl delete "$first"
	region /dev/mapper/d; second=$region
	within "the id after $first was deleted" "$second" $((first + 1)) \
		4294967295
	dmstat-nl delete "$second"
	! dmstat-nl print "$first" || fail "region $first is still there"
}
promise "the id of a deleted region is not given to the next one" \
	ids_are_not_reused

huge_areas()
{
	local large_region

	linear d $((8 << 20)) discard=1
	region d
	large_region=$(dmstat-nl create --start 8 \
		--area-size 18446744073709551612s d)
	io discard /dev/mapper/d $(((1 << 32) - 4)) 8
	expect_counts "$region" <<-END
		0: read 0/0/0 write 0/0/0 discard 1/8/0 flight 0/0
	END
	expect_counts "$large_region" <<-END
		0: read 0/0/0 write 0/0/0 discard 1/8/0 flight 0/0
	END
	dmstat-nl delete "$large_region"
	io discard /dev/mapper/d $(((1 << 32) - 4)) 8
	expect_counts "$region" <<-END
		0: read 0/0/0 write 0/0/0 discard 2/16/0 flight 0/0
	END
}
promise "areas may be larger than 2 TiB" huge_areas

run_promises "$@"
