#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# I/O whose submitter does not wait (io_uring, RWF_NOWAIT): if the device cannot take
# it at once it ends with EAGAIN, and is no I/O, no error and no time. The witnesses
# are fio, which does not see that, and the tracepoint of the ends of bios.

source "$(dirname "$0")/lib.sh"
source "$here/witness.sh"

# sum REGION COUNTER: over all areas.
sum()
{
	counters get "$1" | awk -v name="$2" '$2 == name { n += $3 }
		END { printf "%.0f\n", n }'
}

# bins REGION OPERATION: the number of I/Os in the histogram.
bins()
{
	counters get "$1" | awk -v name="$2.bin" 'index($2, name) == 1 { n += $3 }
		END { printf "%.0f\n", n }'
}

# bounced NAME OPERATION: how many bounced, by the trace.
bounced()
{
	witnessed "$1" | awk -v name="$2" '$1 == name { print $6 }'
}

# like_fio NAME REGION: I/Os and sectors agree with fio, bounced I/O with the trace.
like_fio()
{
	equal "errors of fio" "$(jq '[.jobs[].error] | add' "$work/fio")" 0
	equal "I/Os and sectors" "$(total "$2")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "bounced" "$(sum "$2" read.again) $(sum "$2" write.again)" \
		"$(bounced "$1" read) $(bounced "$1" write)"
	nothing_in_flight "$1"
}

# one_tag NAME NS: a disk that takes one I/O at a time, for this long.
one_tag()
{
	nullb 0 64 queue_mode=2 hw_queue_depth=1 submit_queues=1 irqmode=2 \
		completion_nsec="$2"
	dm "$1" "0 131072 linear /dev/nullb0 0"
}

# --------------------------------------------------------------- counting

io_uring()
{
	one_tag d 2000000
	trace_start d
	region --areas 8 --histogram 1ms,10ms,100ms d
	load_fio /dev/mapper/d --ioengine=io_uring --rw=randrw --bs=4k \
		--iodepth=32 --number_ios=500
	trace_stop
	like_fio d "$region"
	within "bounced" "$(($(sum "$region" read.again) +
		$(sum "$region" write.again)))" 10 100000
	equal "in the histograms" \
		"$(bins "$region" read) $(bins "$region" write)" \
		"$fio_reads $fio_writes"
	# Bounced I/O comes back within microseconds.
	within "ns of the disk alone" "$(sum "$region" read.ns)" \
		$((fio_reads * 2000000)) $((fio_reads * 10000000000))
	equal "dmstat-nl print" "$(dmstat-nl print -j "$region" | jq -r \
		'.areas | "\(map(.read.again) | add) \(map(.write.again) | add)"')" \
		"$(sum "$region" read.again) $(sum "$region" write.again)"
}
promise "io_uring on a disk with one tag: bounced I/O is no I/O and no error" \
	io_uring

# The tag is held by a read in the first area for four seconds.
nothing_but_again()
{
	one_tag d 4000000000
	trace_start d
	region --areas 2 --histogram 1ms d
	watch_start "$region" -p 20000
	io read /dev/mapper/d 0 8 &
	wait_until in_flight d 1
	io -n -c 100 -s 8 read /dev/mapper/d 65536 8
	io -n -c 50 -s 8 write /dev/mapper/d 65536 8
	equal "in flight" "$(dmstat-nl inflight -j d |
		jq -c '.inflight | map([.sector, .operation])')" '[[0,"read"]]'
	wait $!
	watch_stop
	trace_stop
	counters get "$region" >"$work/counters"
	# The reader may have read while one was still in flight.
	equal "in the second area" "$(grep '^1 ' "$work/counters" |
		grep -v '^1 \(busy\|queue\) ')" \
		"1 read.again 100"$'\n'"1 write.again 50"
	equal "in the first one" "$(awk '$1 == 0 && $2 ~ /ios|again/' \
		"$work/counters")" "0 read.ios 1"
	agree d "$region"
}
promise "where all I/O bounces only that is counted" nothing_but_again

stacked()
{
	local low

	scsi_debug ndelay=5000000 max_queue=16
	echo "scheduler $(<"/sys/block/$disk/queue/scheduler")," \
		"$(<"/sys/block/$disk/queue/nr_requests") requests"
	dm low "0 32768 linear /dev/$disk 0"
	dm high "0 16384 linear /dev/mapper/low 0
16384 16384 linear /dev/mapper/low 16384"
	trace_start low high
	region low; low=$region
	region --areas 4 high
	load_fio /dev/mapper/high --ioengine=io_uring --rw=randread --bs=4k \
		--iodepth=128 --number_ios=600
	trace_stop
	like_fio high "$region"
	like_fio low "$low"
	within "bounced" "$(sum "$region" read.again)" 1 100000
}
promise "in a stack on a disk with a scheduler, each device counts what bounced there" \
	stacked

# There, device-mapper makes io_uring wait.
request_based()
{
	two_paths ndelay=1000000
	multipath d
	trace_start d
	region --areas 4 d
	load_fio /dev/mapper/d --ioengine=io_uring --rw=randrw --bs=4k \
		--iodepth=128 --number_ios=600
	trace_stop
	like_fio d "$region"
}
promise "dm-multipath: I/Os agree with fio, without errors" request_based

# The disk takes 4 KiB at a time: a larger I/O that may not wait bounces, although the
# disk is idle.
split()
{
	one_tag d 1000
	echo 4 >/sys/block/nullb0/queue/max_sectors_kb
	trace_start d
	region --area-size 128 d
	io -n read /dev/mapper/d 64 128
	io -n write /dev/mapper/d 1024 1024
	io read /dev/mapper/d 2048 64
	trace_stop
	equal "bounced, by the trace" \
		"$(bounced d read) $(bounced d write)" "1 1"
	equal "counted" "$(total "$region")" \
		"read 1/64/0 write 0/0/0 discard 0/0/0"
	equal "bounced, by area" "$(counters get "$region" | grep again)" \
		"$(printf '%s read.again 1\n' 0 1
		printf '%s write.again 1\n' {8..15})"
	nothing_in_flight d
}
promise "a large I/O that would be split bounces as one" split

# A target whose disk is busy, between two whose disks are not.
parts()
{
	one_tag d 4000000000
	nullb 1 16
	dmsetup reload d --table "0 64 linear /dev/nullb1 0
64 64 linear /dev/nullb0 0
128 64 linear /dev/nullb1 64"
	dmsetup resume d
	trace_start d
	region d
	io read /dev/mapper/d 64 8 &
	wait_until in_flight d 1
	io -n -c 5 write /dev/mapper/d 0 192
	io -n -c 3 write /dev/mapper/d 0 64
	wait $!
	io write /dev/mapper/d 0 192
	trace_stop
	equal "bounced, by the trace" "$(bounced d write)" 5
	equal "counted" "$(total "$region")" \
		"read 1/8/0 write 4/384/0 discard 0/0/0"
	equal "bounced" "$(sum "$region" write.again)" 5
	nothing_in_flight d
}
promise "an I/O with a part that bounces has bounced" parts

discards()
{
	local status=0

	nullb 0 16 queue_mode=2 hw_queue_depth=1 submit_queues=1 irqmode=2 \
		completion_nsec=20000000 discard=1
	dm d "0 32768 linear /dev/nullb0 0"
	trace_start d
	region d
	# With gaps, or the block layer would merge them.
	uring_discard /dev/mapper/d 32 128 64 || status=$?
	((status != 4)) || skip "this kernel has no discards that do not wait"
	((!status)) || fail "discards failed"
	trace_stop
	equal "counted" "$(total "$region")" \
		"read 0/0/0 write 0/0/0 discard 32/2048/0"
	equal "bounced" "$(sum "$region" discard.again)" "$(bounced d discard)"
	nothing_in_flight d
	(($(bounced d discard))) || skip "this kernel's discards wait after all"
}
promise "a discard that bounces is no I/O and no error" discards

# A reader that clears gets it once, like all counts.
cleared()
{
	one_tag d 4000000000
	region d
	io read /dev/mapper/d 0 8 &
	wait_until in_flight d 1
	io -n -c 7 read /dev/mapper/d 1024 8
	equal "given and cleared" "$(dmstat-nl print -j --clear "$region" |
		jq -c '.areas | map(.read.again)')" "[7]"
	equal "after it was given" "$(sum "$region" read.again)" 0
	io -n -c 2 read /dev/mapper/d 1024 8
	equal "since then" "$(sum "$region" read.again)" 2
	dmstat-nl clear "$region"
	equal "after clearing" "$(sum "$region" read.again)" 0
	wait $!
}
promise "the count of bounced I/O is cleared with all others" cleared

run_promises "$@"
