#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flushes: bios without sectors, counted for each watched device. The witness is
# the tracepoint by which they start, and /sys/block/dm-N/stat where that counts
# them.

source "$(dirname "$0")/lib.sh"
source "$here/witness.sh"

ms=1000000

# flushes NAME COUNTER: ios, ns, errors, longest, busy, again, in_flight, binN.
flushes()
{
	counters flush "$(device "$1")" |
		awk -v name="flush.$2" '$2 == name { n = $3 }
			END { printf "%.0f\n", n }'
}

# all_bins NAME: the number of flushes in the histogram.
all_bins()
{
	counters flush "$(device "$1")" |
		awk '$2 ~ /^flush\.bin/ { n += $3 } END { print n + 0 }'
}

# trace_of NAME OPERATION FIELD: 2 is IOS, 3 SECTORS, 4 NS, 5 ERRORS, 7 LONGEST,
# 8 BUSY.
trace_of()
{
	witnessed "$1" | awk -v name="$2" -v field="$3" \
		'$1 == name { print $field }'
}

# close_to WHAT SEEN EXPECTED: within 2 % and the time that a guest may stand still.
close_to()
{
	within "$1" "$2" $(($3 * 98 / 100 - 20 * ms)) \
		$(($3 * 102 / 100 + 20 * ms))
}

# slow_flushes NAME MS: reads and writes take no time.
slow_flushes()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 32 cache_size=4
	dm "$1" "0 65536 delay /dev/nullb0 0 0 /dev/nullb0 0 0 /dev/nullb0 0 $2"
}

# like_the_trace NAME: flushes and writes agree with the trace.
like_the_trace()
{
	equal "flushes, failed ones" "$(flushes "$1" ios) $(flushes "$1" errors)" \
		"$(trace_of "$1" flush 2) $(trace_of "$1" flush 5)"
	equal "in the histogram" "$(all_bins "$1")" "$(flushes "$1" ios)"
	close_to "ns" "$(flushes "$1" ns)" "$(trace_of "$1" flush 4)"
	close_to "busy ns" "$(flushes "$1" busy)" "$(trace_of "$1" flush 8)"
	close_to "longest" "$(flushes "$1" longest)" "$(trace_of "$1" flush 7)"
	equal "in flight" "$(flushes "$1" in_flight)" 0
	nothing_in_flight "$1"
}

# --------------------------------------------------------------- counting

one_by_one()
{
	slow_flushes d 40
	trace_start d
	region --areas 4 d
	equal "before the first" "$(counters flush "$(device d)")" ""
	io -c 20 flush /dev/mapper/d 0 0
	trace_stop
	like_the_trace d
	equal "flushes" "$(flushes d ios)" 20
	# dm-delay counts ticks of the clock and may be one early.
	within "ns" "$(flushes d ns)" $((20 * 36 * ms)) $((20 * 200 * ms))
	within "longest" "$(flushes d longest)" $((36 * ms)) $((2000 * ms))
	within "from 2^15 to 2^16 us" "$(flushes d bin16)" 15 20
	equal "busy, one by one" $(($(flushes d busy) / ms / 10)) \
		$(($(flushes d ns) / ms / 10))
	equal "in areas" "$(counts "$region")" ""
	equal "as the kernel counts them" "$(stat_of d 5)" 20
}
promise "a flush counts in its device, with its time, and in no area" \
	one_by_one

side_by_side()
{
	local i pids=()

	slow_flushes d 100
	trace_start d
	region d; region --areas 7 d
	for i in 1 2 3 4; do
		io -c 5 flush /dev/mapper/d 0 0 &
		pids+=($!)
	done
	wait "${pids[@]}"
	trace_stop
	like_the_trace d
	equal "flushes" "$(flushes d ios)" 20
	within "busy time, of that of all together" \
		$(($(flushes d busy) * 100 / $(flushes d ns))) 20 80
}
promise "flushes side by side: their times add up, busy time does not" \
	side_by_side

# Bin I has those of 2^(I-1) to 2^I us.
# from_bin BIN: how many are in the histogram from there on.
from_bin()
{
	counters flush "$(device d)" |
		awk -v first="$1" 'sub(/^flush\.bin/, "", $2) && $2 >= first { n += $3 }
			END { printf "%d\n", n }'
}

bins()
{
	local delay bin before

	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 32 cache_size=4
	dm d "0 65536 linear /dev/nullb0 0"
	region d
	for delay in 0:0 24:15 180:18 400:19; do
		bin=${delay#*:}
		delay=${delay%:*}
		dmsetup reload d --table "0 65536 delay /dev/nullb0 0 0 /dev/nullb0 0 0 /dev/nullb0 0 $delay"
		dmsetup resume d
		before=$(from_bin "$bin")
		io -c 3 flush /dev/mapper/d 0 0
		# The guest may stand still: then they are in later ones.
		equal "of $delay ms, from bin $bin on" \
			$(($(from_bin "$bin") - before)) 3
		((!bin)) || within "in bin $bin" "$(flushes d "bin$bin")" 1 6
	done
	equal "in all" "$(all_bins d)" "$(flushes d ios)"
}
promise "a flush is in the bin of its power of two of a microsecond" bins

# All I/O fails from the start.
errors()
{
	modprobe -q dm-flakey || skip "this kernel has no dm-flakey"
	nullb 0 32 cache_size=4
	dm d "0 65536 linear /dev/nullb0 0"
	trace_start d
	region d
	io -c 2 flush /dev/mapper/d 0 0
	dmsetup reload d --table "0 65536 flakey /dev/nullb0 0 0 3600"
	dmsetup resume d
	io -c 5 flush /dev/mapper/d 0 0
	trace_stop
	like_the_trace d
	equal "flushes, failed ones" "$(flushes d ios) $(flushes d errors)" "7 5"
	equal "in areas" "$(counts "$region")" ""
}
promise "a flush that fails is counted, with its error" errors

started_before()
{
	slow_flushes d 1500
	region d
	io flush /dev/mapper/d 0 0 &
	wait_until in_flight d 1
	dmstat-nl delete "$region"
	region d
	wait $!
	io -c 2 write /dev/mapper/d 0 8
	equal "flushes" "$(flushes d ios)" 0
	nothing_in_flight d
	io flush /dev/mapper/d 0 0
	equal "flushes" "$(flushes d ios)" 1
}
promise "a flush counts if it starts while its device has a region" \
	started_before

# -------------------------------------------------------------- in flight

# hanging NAME: of each I/O in flight, "OPERATION SECTORS".
hanging()
{
	dmstat-nl inflight -j "$1" |
		jq -r '.inflight | map("\(.operation) \(.sectors)") | join(", ")'
}

hangs()
{
	local start before after

	slow_flushes d 12000
	trace_start d
	region --areas 2 d
	watch_start "$region" -p 20000
	start=${EPOCHREALTIME/./}
	io flush /dev/mapper/d 0 0 &
	wait_until in_flight d 1
	equal "in flight" "$(hanging d)" "flush 0"
	equal "counted, in flight" \
		"$(flushes d ios) $(flushes d in_flight)" "0 1"
	before=$(flushes d busy)
	sleep 1
	after=$(flushes d busy)
	within "busy ns in a second" $((after - before)) $((990 * ms)) \
		$(((${EPOCHREALTIME/./} - start) * 1000))
	within "age" "$(dmstat-nl inflight -j d | jq '.inflight[0].age_ns')" \
		$((1000 * ms)) $(((${EPOCHREALTIME/./} - start) * 1000))
	equal "in flight in areas" "$(dmstat-nl print -j "$region" | jq -c \
		'[.areas[] | .in_flight_read, .in_flight_write, .queue_ns]')" \
		"[0,0,0,0,0,0]"
	wait $!
	watch_stop
	trace_stop
	like_the_trace d
}
promise "a flush that hangs is listed, and is busy time up to now" hangs

while_suspended()
{
	local i pids=()

	slow_flushes d 0
	region d
	dmsetup suspend --noflush --nolockfs d
	for i in 1 2 3; do
		io flush /dev/mapper/d 0 0 &
		pids+=($!)
	done
	io -a -c 2 -s 8 write /dev/mapper/d 0 8 &
	pids+=($!)
	wait_until in_flight d 5
	equal "in flight" "$(dmstat-nl inflight -j d |
		jq -c '.inflight | map(.operation) | sort')" \
		'["flush","flush","flush","write","write"]'
	equal "flushes in flight" "$(flushes d in_flight)" 3
	sleep 0.5
	dmsetup resume d
	wait "${pids[@]}"
	equal "flushes" "$(flushes d ios) $(flushes d in_flight)" "3 0"
	within "longest" "$(flushes d longest)" $((496 * ms)) $((100000 * ms))
	nothing_in_flight d
}
promise "a flush of a suspended device is listed until it is resumed" \
	while_suspended

# ------------------------------------------------------------- with writes

# FUA: a disk with FUA gets the write as it is; for others a flush follows.
sync_writes()
{
	slow_flushes d 20
	trace_start d
	region d
	io -c 10 -s 8 sync-write /dev/mapper/d 0 8
	trace_stop
	like_the_trace d
	equal "writes" "$(total "$region")" \
		"read 0/0/0 write 10/80/0 discard 0/0/0"
	equal "flushes" "$(flushes d ios)" 10
}
promise "a write with FUA stays a write" sync_writes

# file_system NAME MKFS...: files made durable one by one.
file_system()
{
	local name=$1 i

	shift
	trace_start "$name"
	region --areas 3 "$name"
	"$@" "/dev/mapper/$name" >/dev/null
	mkdir "$work/mount"
	mount "/dev/mapper/$name" "$work/mount"
	later umount "$work/mount"
	for i in {1..10}; do
		echo "$i" >"$work/mount/file$i"
		sync "$work/mount/file$i"
	done
	umount "$work/mount"
	sed -i '/umount/d' "$work/undo"
	blockdev --flushbufs "/dev/mapper/$name"
	trace_stop
	within "writes with a flush before" \
		"$(grep -c "block_bio_queue: .* FW.* + [1-9]" "$work/trace")" \
		1 10000
	like_the_trace "$name"
	equal "sectors written" "$(dmstat-nl print -j "$region" |
		jq '[.areas[].write.sectors] | add')" "$(trace_of "$name" write 3)"
}

ext4()
{
	modprobe -q ext4 || skip "this kernel has no ext4"
	slow_flushes d 20
	file_system d mkfs.ext4 -q
	# Writes with a flush wait for it first; dm-delay waits for whole ticks.
	within "longest write" "$(dmstat-nl print -j "$region" |
		jq '[.areas[].write.longest_ns] | max')" \
		$((15 * ms)) $((20000 * ms))
}
promise "ext4: a write with a flush stays a write, and fsync is a flush" ext4

xfs()
{
	modprobe -q xfs || skip "this kernel has no xfs"
	nullb 0 400 cache_size=4
	dm d "0 819200 linear /dev/nullb0 0"
	file_system d mkfs.xfs -q
}
promise "xfs: a write with a flush stays a write" xfs

# ----------------------------------------------------------------- targets

# Each device of a stack counts the flushes that it gets: device-mapper sends a flush
# to each target of a table.
stacked()
{
	local key

	modprobe -q dm-crypt || skip "this kernel has no dm-crypt"
	key=$(printf 'a5%.0s' {1..64})
	slow_flushes low 10
	dm middle "0 65536 crypt aes-xts-plain64 $key 0 /dev/mapper/low 0"
	dm high "0 30000 linear /dev/mapper/middle 0
30000 30000 linear /dev/mapper/middle 30000"
	trace_start low middle high
	region low; region middle; region high
	io -c 5 flush /dev/mapper/high 0 0
	io -c 3 flush /dev/mapper/middle 0 0
	trace_stop
	like_the_trace high
	like_the_trace middle
	like_the_trace low
	equal "flushes" "$(flushes high ios)" 5
	# Each of the two targets above may send a flush, or one for both.
	within "flushes below" "$(flushes middle ios)" 8 13
	within "the time above, less that below" \
		$(($(flushes high longest) - 10 * ms)) 0 $((5000 * ms))
}
promise "linear on dm-crypt on a slow disk: each counts what came to it" stacked

thin()
{
	modprobe -q dm-thin-pool || skip "this kernel has no dm-thin-pool"
	slow_flushes data 10
	nullb 1 8
	dm meta "0 16384 linear /dev/nullb1 0"
	dm pool "0 65536 thin-pool /dev/mapper/meta /dev/mapper/data 128 0"
	dmsetup message pool 0 "create_thin 0"
	dm d "0 65536 thin /dev/mapper/pool 0"
	trace_start d
	region d
	io -c 4 -s 128 write /dev/mapper/d 0 8
	io -c 6 flush /dev/mapper/d 0 0
	trace_stop
	like_the_trace d
	equal "flushes" "$(flushes d ios)" 6
	equal "writes" "$(total "$region")" \
		"read 0/0/0 write 4/32/0 discard 0/0/0"
}
promise "a thin volume: a flush that waits for metadata counts once" thin

# The trace has the ends of requests there, not those of bios.
multipath_flushes()
{
	two_paths ndelay=100000
	multipath d
	trace_start d
	region d
	io -c 7 flush /dev/mapper/d 0 0
	io -c 3 -s 8 sync-write /dev/mapper/d 0 8
	dmsetup suspend --noflush --nolockfs d
	io flush /dev/mapper/d 0 0 &
	wait_until in_flight d 1
	equal "in flight" "$(hanging d)" "flush 0"
	sleep 0.3
	dmsetup resume d
	wait $!
	trace_stop
	equal "flushes, failed ones, in flight" \
		"$(flushes d ios) $(flushes d errors) $(flushes d in_flight)" \
		"$(grep -c "block_bio_queue: .* FWS 0 + 0 " "$work/trace") 0 0"
	equal "flushes" "$(flushes d ios)" 11
	equal "as the kernel counts them" "$(stat_of d 16)" 11
	equal "in the histogram" "$(all_bins d)" 11
	within "longest" "$(flushes d longest)" $((296 * ms)) $((100000 * ms))
	within "busy ns" "$(flushes d busy)" "$(flushes d longest)" \
		"$(flushes d ns)"
	equal "writes" "$(total "$region")" \
		"read 0/0/0 write 3/24/0 discard 0/0/0"
	nothing_in_flight d
}
promise "dm-multipath: a flush counts once" multipath_flushes

# --------------------------------------------------------------- shown

in_words()
{
	slow_flushes d 20
	region d
	io -c 4 flush /dev/mapper/d 0 0
	equal "dmstat-nl devices" "$(dmstat-nl devices -j | jq -r '
		.devices[] | select(.name == "d").flush |
		"\(.ios) \(.ns) \(.errors) \(.longest_ns) \(.busy_ns) " +
		"\(.again) \(.in_flight) \([.histogram[].ios] | add)"')" \
		"4 $(flushes d ns) 0 $(flushes d longest) $(flushes d busy) 0 0 4"
}
promise "dmstat-nl devices shows what the kernel counted" in_words

run_promises "$@"
