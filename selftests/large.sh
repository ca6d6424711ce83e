#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# I/O over more than 64 areas, which is counted from a work queue: it counts like any
# other I/O, a moment later.

source "$(dirname "$0")/lib.sh"

ms=1000000

# sparse SECTORS: /dev/$loop, a file in memory, on which discards are fast. dm-zero
# takes none before 6.12.
sparse()
{
	need_module loop
	mkdir "$work/tmpfs"
	mount -t tmpfs dmstat "$work/tmpfs"
	later umount "$work/tmpfs"
	truncate -s $(($1 * 512)) "$work/tmpfs/disk"
	loop=$(losetup -f)
	losetup "$loop" "$work/tmpfs/disk"
	later losetup -d "$loop"
}

# disk SECTORS: "d" on that.
disk()
{
	sparse "$1"
	dm d "0 $1 linear $loop 0"
}

# issue OPERATION SECTOR SECTORS: on "d", and note it in $work/issued.
issue()
{
	io "$1" /dev/mapper/d "$2" "$3" >/dev/null
	echo "$2 $3" >>"$work/issued"
}

discard()
{
	issue discard "$@"
}

# settled: nothing is in flight, so all is counted.
settled()
{
	wait_until in_flight d 0
}

# expected START LENGTH AREA-SIZE: what the areas of a region should have of the I/O
# in $work/issued, as seen() prints it.
expected()
{
	awk -v start="$1" -v length_="$2" -v size="$3" '
		function min(a, b) { return a < b ? a : b }
		function max(a, b) { return a > b ? a : b }
		{
			from = max($1, start)
			end = min($1 + $2, start + length_)
			while (from < end) {
				i = int((from - start) / size)
				to = min(start + (i + 1) * size, end)
				ios[i]++
				sectors[i] += to - from
				from = to
			}
		}
		END {
			for (i in ios)
				print i, ios[i], sectors[i]
		}' "$work/issued" | sort -n
}

# seen REGION: AREA IOS SECTORS of writes and discards, for areas that have any.
seen()
{
	counters get "$1" | awk '
		$2 ~ /^(write|discard).ios$/ { ios[$1] += $3 }
		$2 ~ /^(write|discard).sectors$/ { sectors[$1] += $3 }
		END {
			for (i in ios)
				print i, ios[i], sectors[i]
		}' | sort -n
}

# exact WHAT REGION START LENGTH AREA-SIZE
exact()
{
	settled
	expected "$3" "$4" "$5" >"$work/expected"
	seen "$2" >"$work/seen"
	cmp "$work/expected" "$work/seen" ||
		fail "$1: $(diff "$work/expected" "$work/seen" | head -n 10)"
	echo "$1: $(wc -l <"$work/seen") areas are right"
	[[ -s $work/seen ]] || fail "no area has anything"
}

# has_missed REGION IOS
has_missed()
{
	(($(missed "$1") == $2))
}

# missed REGION
missed()
{
	dmstat-nl list -j | jq ".regions[] | select(.region_id == $1) | .missed"
}

# device_missed: of "d".
device_missed()
{
	dmstat-nl devices -j | jq '.devices[] | select(.name == "d") | .missed'
}

memory()
{
	cat /sys/module/dmstat/parameters/memory_used
}

memory_is()
{
	(($(memory) == $1))
}

# parameter NAME VALUE: of the module, until the end of the promise.
parameter()
{
	local file=/sys/module/dmstat/parameters/$1

	later eval "echo $(<"$file") >$file"
	echo "$2" >"$file"
}

# Among others, just below and above the limit where an I/O becomes large.
counted_exactly()
{
	local at sectors whole odd part

	disk 60000
	region --area-size 8 d
	whole=$region
	region --start 1000 --length 49999 --area-size 7 d
	odd=$region
	region --start 20001 --length 30000 --area-size 300 d
	part=$region
	for sectors in 248 256 257 512 4096 39999; do
		for at in 0 999 20000; do
			discard "$at" "$sectors"
		done
	done
	exact "areas of 8" "$whole" 0 60000 8
	exact "areas of 7" "$odd" 1000 49999 7
	exact "areas of 300" "$part" 20001 30000 300
	equal "missed" "$(missed "$whole") $(missed "$odd") $(missed "$part")" \
		"0 0 0"
}
promise "an I/O counts once in all its areas, however many these are" \
	counted_exactly

# An area of each of many regions, and each extent of a region.
many_regions()
{
	local regions=() i

	disk 100000
	for ((i = 0; i < 80; i++)); do
		region --start $((i % 7)) d
		regions+=("$region")
	done
	# The disk's granularity, so that the I/O is not split.
	discard 104 8
	discard 8 50000
	discard 0 8
	for i in 0 1 79; do
		exact "region $i" "${regions[i]}" $((i % 7)) \
			$((100000 - i % 7)) 100000
	done
}
promise "an I/O counts in each of many regions" many_regions

extents()
{
	sparse 6000
	seq 0 2 5998 | sed "s|.*|& 2 linear $loop &|" >"$work/table"
	dmsetup create d "$work/table"
	later remove_dm d
	region --segments d
	discard 1 5000
	discard 100 3
	exact "areas of a segment" "$region" 0 6000 2
}
promise "an I/O counts in thousands of extents" extents

histograms()
{
	disk 100000
	region --area-size 100 --histogram 1us,1000s d
	discard 56 50000
	settled
	equal "in the bins" "$(dmstat-nl print -j --histogram "$region" |
		jq '[.areas[].discard.histogram[].ios] | add')" 501
}
promise "an I/O over many areas counts in histograms" histograms

# There is memory in one region, and none in the other.
refused()
{
	local has lacks before

	disk 300000
	region --area-size 1000 --length 100000 d
	has=$region
	region --start 200000 --area-size 8 d
	lacks=$region
	discard 0 100000
	exact "the region with room" "$has" 0 100000 1000
	before=$(memory)
	parameter memory_limit $((before + 1000000))
	discard 0 300000
	exact "the region with room" "$has" 0 100000 1000
	equal "counted where there is none" "$(seen "$lacks")" ""
	equal "missed" "$(missed "$has") $(missed "$lacks") $(device_missed)" \
		"0 1 1"
	wait_until memory_is "$before"
	equal "memory_used" "$(memory)" "$before"
	# A small I/O has room.
	discard 250000 8
	equal "counted" "$(seen "$lacks")" "6250 1 8"
	parameter memory_limit $((before + 100000000))
	discard 0 300000
	settled
	equal "missed" "$(missed "$has") $(missed "$lacks") $(device_missed)" \
		"0 1 1"
	equal "areas" "$(seen "$lacks" | awk '{ areas[$2]++ }
		END { print areas[1], areas[2] }')" "12499 1"
}
promise "an I/O that the memory limit refuses is missed and leaves nothing behind" \
	refused

# suspended COUNT: so many writes of 1,000 sectors, in flight.
suspended()
{
	local i

	hold d -a -c "$1" -s 8 write /dev/mapper/d 0 1000
	for ((i = 0; i < $1; i++)); do
		echo "$((i * 8)) 1000" >>"$work/issued"
	done
	wait_until in_flight d "$1"
}

resumed()
{
	release d
	wait
	settled
}

bounded()
{
	local first other

	disk 100000
	parameter large_ios 8
	region --area-size 8 d
	first=$region
	region --start 90000 d
	other=$region
	suspended 12
	resumed
	equal "counted" "$(seen "$first" |
		awk '{ sum += $3 } END { print sum }')" 8000
	wait_until has_missed "$first" 4
	equal "missed" "$(missed "$first") $(missed "$other")" "4 0"
	equal "missed by the device" "$(device_missed)" 4
	# There is room again.
	rm "$work/issued"
	region --area-size 8 d
	suspended 8
	resumed
	exact "afterwards" "$region" 0 100000 8
}
promise "at most so many wait to be counted: the others are missed" bounded

# It counts in the regions that exist when it starts and when it ends.
regions_change()
{
	local before=() i

	disk 10000
	for i in 8 8 8 9; do
		region --area-size "$i" d
		before+=("$region")
	done
	suspended 1
	# Noted by now.
	wait_until shown "${before[0]}" 124
	region --area-size 8 d
	dmstat-nl delete "${before[1]}"
	# 63 areas: small, until there are a hundred regions more.
	issue write 0 128 &
	wait_until in_flight d 2
	for ((i = 0; i < 100; i++)); do
		dmstat-nl create d >/dev/null
	done
	resumed
	exact "was there before" "${before[0]}" 0 10000 8
	exact "likewise" "${before[3]}" 0 10000 9
	equal "came later" "$(seen "$region" |
		awk '{ ios += $2; sectors += $3 }
			END { print NR, ios, sectors }')" "16 16 128"
	equal "left in flight" "$(dmstat-nl print -j "${before[0]}" |
		jq '[.areas[].in_flight_write] | add')" 0
}
promise "regions may come and go while an I/O over many areas is in flight" regions_change

# shown REGION AREA: whether one I/O is in flight there.
shown()
{
	(($(area_value "$1" "$2" .in_flight_write) == 1))
}

# In each area, compared with the time that the I/O took.
busy()
{
	local seen

	disk 64000
	region --area-size 64 d
	hold d discard /dev/mapper/d 0 64000
	wait_until shown "$region" 999
	sleep 2
	equal "in flight" "$(dmstat-nl inflight -j d |
		jq -c '.inflight | map(.sectors)')" "[64000]"
	release d
	settled
	seen=$(counters get "$region" | awk '
		$2 == "discard.ns" { ns[$1] = $3 }
		$2 == "busy" { busy[$1] = $3 }
		END {
			for (i in ns) {
				ratio = busy[i] / ns[i]
				least = !least || ratio < least ? ratio : least
				most = ratio > most ? ratio : most
			}
			printf "%d %d\n", 1000 * least, 1000 * most
		}')
	within "least busy of an area, of 1,000" "${seen% *}" 980 1000
	within "most busy" "${seen#* }" 980 1020
	within "ns" "$(counters get "$region" |
		awk '$1 == 77 && $2 == "discard.ns" { print $3 }')" \
		$((2000 * ms)) $((200000 * ms))
}
promise "all areas of an I/O are busy as long as it takes, and show it in flight" busy

# Small I/O beside it.
short_ones()
{
	local i

	disk 60000
	region --area-size 8 d
	counters watch "$region" >"$work/watch" &
	for ((i = 0; i < 8; i++)); do
		discard 0 50000
		issue write 0 8
	done
	settled
	kill -TERM $!
	wait $! || fail "a counter went back, or busy time ran ahead"
	exact "areas" "$region" 0 60000 8
}
promise "no counter goes back while I/Os over many areas are counted" short_ones

errors()
{
	dm d "0 100000 error"
	region --area-size 8 d
	io read /dev/mapper/d 0 2048
	settled
	equal "errors of reads" "$(counters get "$region" |
		awk '$2 == "read.errors" { sum += $3 } END { print sum }')" 256
}
promise "an I/O over many areas that fails is an error in all of them" errors

# Of 32 KiB each, on two paths.
parts()
{
	two_paths ndelay=100000
	multipath d
	largest d 32
	region --area-size 8 d
	issue write 8 1000
	issue write 80 1000
	exact "areas" "$region" 0 32768 8
	equal "missed" "$(missed "$region")" 0
}
promise "an I/O over many areas that is split counts once in all of them" parts

# Behind a read that has the disk's only tag.
again()
{
	nullb 0 64 queue_mode=2 hw_queue_depth=1 submit_queues=1 irqmode=2 \
		completion_nsec=$((1500000000 * slower))
	dm d "0 131072 linear /dev/nullb0 0"
	region --length 10000 --area-size 8 d
	io read /dev/mapper/d 50000 8 &
	wait_until in_flight d 1
	io -n write /dev/mapper/d 80 800
	wait $!
	settled
	equal "bounced, by area" "$(counters get "$region" | grep again)" \
		"$(printf '%s write.again 1\n' {10..109})"
	equal "counted" "$(seen "$region")" ""
	equal "busy" "$(dmstat-nl print -j "$region" |
		jq '[.areas[] | .busy_ns + .in_flight_write] | add')" 0
}
promise "an I/O over many areas that bounces is counted so in all, and is no I/O" again

run_promises "$@"
