#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Zone append: a write that starts with the first sector of a zone and ends with the
# sector where the data went. It counts there. btrfs writes its data this way; on some
# kernels zonefs does. The witness is the tracepoint of the ends of bios.

source "$(dirname "$0")/lib.sh"
source "$here/witness.sh"

ms=1000000
zone=32768		# sectors
area=2048		# the same

# zoned [ATTRIBUTE=VALUE]...: "d", linear on a disk of 20 zones of 16 MiB.
zoned()
{
	modprobe -q zonefs || skip "this kernel has no zoned disks"
	nullb 0 320 zoned=1 zone_size=16 zone_nr_conv=0 "$@"
	dm d "0 655360 linear /dev/nullb0 0"
}

# mounted TYPE [OPTION]...: "d", on $mount.
mounted()
{
	mount=$work/mount
	mkdir "$mount"
	mount -t "$1" "${@:2}" /dev/mapper/d "$mount"
	later umount "$mount"
}

btrfs()
{
	modprobe -q btrfs || skip "this kernel has no btrfs"
	command -v mkfs.btrfs >/dev/null || skip "there is no mkfs.btrfs"
	mkfs.btrfs -q -f -O zoned -d single -m single /dev/mapper/d 2>/dev/null
	mounted btrfs
}

# zonefs: there is no mkfs.zonefs in Debian. Some kernels report an append as failed
# when it is not; with errors=repair they continue.
zonefs()
{
	python3 - <<-'END'
		import mmap, os, struct, zlib
		block = bytearray(4096)
		struct.pack_into('<I', block, 0, 0x5a4f4653)
		block[72:88] = os.urandom(16)
		struct.pack_into('<I', block, 4, zlib.crc32(block) ^ 0xffffffff)
		memory = mmap.mmap(-1, len(block))
		memory[:] = bytes(block)
		os.pwritev(os.open('/dev/mapper/d', os.O_WRONLY | os.O_DIRECT),
		           [memory], 0)
	END
	mounted zonefs -o errors=repair
}

# appends FILE COUNT [BYTES]: to a file of zonefs, one after the other.
appends()
{
	python3 - "$mount/seq/$1" "$2" "${3-65536}" <<-'END'
		import mmap, os, sys
		memory = mmap.mmap(-1, int(sys.argv[3]))
		file = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND |
		               os.O_DIRECT | os.O_SYNC)
		for i in range(int(sys.argv[2])):
		    try:
		        os.write(file, memory)
		    except OSError:
		        pass
	END
}

# write_file NAME MIB: by btrfs.
write_file()
{
	dd if=/dev/urandom of="$mount/$1" bs=1M count="$2" oflag=direct \
		status=none
}

# appended: how many appends there are in the trace.
appended()
{
	grep -c 'block_bio_queue: [0-9,]* N' "$work/trace" || true
}

need_appends()
{
	(($(appended))) || skip "this kernel's file system does not append"
	echo "$(appended) appends"
}

# written: "INDEX: IOS/SECTORS/ERRORS" of each area, by the trace. Failed writes are
# at the start of their zone.
written()
{
	awk -v size="$area" '/ block_bio_complete: / {
			sub(/.* block_bio_complete: /, "")
			if ($2 ~ /^F?R/ || !$5) next
			at = $3; left = $5
			while (left > 0) {
				i = int(at / size)
				n = (i + 1) * size - at
				if (n > left) n = left
				ios[i]++; sectors[i] += n
				errors[i] += $6 != "[0]"
				at += n; left -= n
			}
		}
		END { for (i in ios) printf "%d: %d/%d/%d\n", i, ios[i],
			sectors[i], errors[i] }' "$work/trace" | sort -n
}

# counted REGION: the same, by dmstat.
counted()
{
	counts "$1" | awk '$5 != "0/0/0" { print $1 " " $5 }'
}

# like_the_trace REGION: each area agrees with the trace.
like_the_trace()
{
	equal "written, by area" $'\n'"$(counted "$1")" $'\n'"$(written)"
	at_rest "$1"
}

# at_rest REGION: nothing is in flight, in the list and in the areas.
at_rest()
{
	nothing_in_flight d
	equal "in flight in areas" "$(dmstat-nl print -j "$1" | jq '[.areas[] |
		.in_flight_read + .in_flight_write] | add')" 0
}

# --------------------------------------------------------------- counting

by_btrfs()
{
	zoned
	btrfs
	trace_start d
	region --area-size "$area" d
	write_file x 8
	sync
	trace_stop
	need_appends
	like_the_trace "$region"
	within "the most in an area" "$(dmstat-nl print -j "$region" |
		jq '[.areas[].write.sectors] | max')" 1024 $((area * 2))
	within "areas of 1 MiB with data" "$(counted "$region" | wc -l)" 8 30
}
promise "btrfs: data counts where it was written, not where its zone starts" \
	by_btrfs

by_zonefs()
{
	local areas

	zoned
	zonefs
	trace_start d
	region --area-size "$area" d
	appends 3 40
	appends 5 7
	trace_stop
	need_appends
	like_the_trace "$region"
	areas=$(counted "$region")
	equal "in the zones' first areas" "$(grep -E '^(64|96): ' <<<"$areas")" \
		$'64: 16/2048/0\n96: 7/896/0'
}
promise "zonefs: an append counts where it was written" by_zonefs

# Areas of 100 sectors, appends of 128: most are over two areas.
over_two_areas()
{
	zoned
	zonefs
	trace_start d
	area=100
	region --area-size "$area" d
	region --area-size 1m d
	appends 3 40
	trace_stop
	need_appends
	area=2048
	like_the_trace "$region"
	area=100
	like_the_trace $((region - 1))
}
promise "an append over several areas counts in each, in several regions" \
	over_two_areas

# Areas of a sector: an append is large at the start of its zone, where it was
# written, or both.
over_many_areas()
{
	zoned
	zonefs
	trace_start d
	region --start $((4 * zone)) --length 2000 --area-size 1s d
	appends 3 20
	trace_stop
	need_appends
	wait_until in_flight d 0
	equal "areas, I/Os, sectors" "$(counters get "$region" | awk '
		$2 == "write.ios" { areas++; ios += $3 }
		$2 == "write.sectors" { sectors += $3 }
		END { print areas, ios, sectors }')" "2000 2000 2000"
	at_rest "$region"
}
promise "an append over many areas counts in each where it was written" \
	over_many_areas

# ------------------------------------------------------------------ time

# One after the other, each of 20 ms: the busy time of an area is their time.
one_by_one()
{
	local ns busy

	zoned irqmode=2 completion_nsec=20000000
	zonefs
	trace_start d
	region --area-size "$area" --histogram 10ms,1s d
	appends 3 40
	trace_stop
	need_appends
	like_the_trace "$region"
	while read -r ns busy; do
		within "busy ns of an area" "$busy" $((ns - ns / 50)) \
			$((ns + ns / 50))
	done < <(dmstat-nl print -j "$region" | jq -r '.areas[] |
		select(.write.ios > 0) | "\(.write.ns) \(.busy_ns)"')
	within "ns of all" "$(dmstat-nl print -j "$region" |
		jq '[.areas[].write.ns] | add')" $((40 * 20 * ms)) \
		$((40 * 1000 * ms))
	within "longest" "$(dmstat-nl print -j "$region" |
		jq '[.areas[].write.longest_ns] | max')" $((20 * ms)) \
		$((10000 * ms))
	equal "in the histograms" "$(dmstat-nl print -j "$region" | jq -c \
		'[.areas[].write | select(.ios > 0).histogram | map(.ios)] |
		transpose | map(add)')" "[0,40,0]"
}
promise "after appends one by one an area was busy as long as they took" one_by_one

# Side by side, so that the zone always has I/O in flight: an area is still busy no
# longer than it had I/O.
side_by_side()
{
	local i pids=()

	zoned irqmode=2 completion_nsec=50000000
	btrfs
	trace_start d
	region --area-size 8 d
	for i in 1 2 3; do
		dd if=/dev/urandom of="$mount/x$i" bs=128k count=6 oflag=direct \
			status=none &
		pids+=($!)
	done
	wait "${pids[@]}"
	sync
	trace_stop
	need_appends
	equal "areas that were busy for longer than they had I/O" \
		"$(dmstat-nl print -j "$region" | jq -c '[.areas[] |
			select(.busy_ns > .queue_ns + 1000000)] | length')" 0
	at_rest "$region"
}
promise "after appends side by side an area was busy only with its own writes" \
	side_by_side

# Readers run meanwhile: busy time grows no faster than time, no counter goes back.
while_read()
{
	local start elapsed

	zoned irqmode=2 completion_nsec=10000000
	zonefs
	region --area-size 1m d
	watch_start "$region" -p 5000
	start=${EPOCHREALTIME/./}
	appends 3 60 &
	appends 4 60 32768 &
	appends 5 60 4096
	wait %2 %3
	elapsed=$((${EPOCHREALTIME/./} - start))
	watch_stop
	at_rest "$region"
	within "longest busy time of an area, us" "$(dmstat-nl print -j \
		"$region" | jq '[.areas[].busy_ns] | max / 1000 | floor')" \
		10000 "$elapsed"
	equal "appends" "$(dmstat-nl print -j "$region" |
		jq '[.areas[].write.ios] | add')" 180
}
promise "while it is read nothing goes back, or grows faster than time" while_read

# went_to AREA: whether something was written there.
went_to()
{
	(($(area_value "$region" "$1" .write.ios)))
}

# In flight it is at the start of its zone.
in_flight_at_start()
{
	local seen

	[[ $(uname -r) == 6.1.* ]] || skip "newer zonefs does not append"
	zoned irqmode=2 completion_nsec=1500000000
	zonefs
	trace_start d
	region --area-size 64 d
	appends 3 2 &
	wait_until in_flight d 1
	wait_until went_to 2048
	wait_until in_flight d 1
	seen=$(dmstat-nl inflight -j d |
		jq -c '.inflight | map([.operation, .sector, .sectors])')
	seen+=$(dmstat-nl print -j "$region" |
		jq '[.areas[].in_flight_write] | add')
	wait $!
	trace_stop
	need_appends
	equal "in flight, in areas" "$seen" \
		"[[\"write\",$((4 * zone)),128]]0"
	area=64
	like_the_trace "$region"
}
promise "an append in flight is listed at the start of its zone" \
	in_flight_at_start

# ----------------------------------------------------------------- errors

# In a zone that cannot be written any more, the place is not known.
failing()
{
	zoned
	zonefs
	trace_start d
	region --area-size "$area" d
	appends 3 20
	echo $((4 * zone)) >/sys/kernel/config/nullb/nullb0/zone_readonly
	appends 3 1
	trace_stop
	need_appends
	echo "by the trace: $(written | xargs)"
	like_the_trace "$region"
	within "failed" "$(total "$region" | sed 's|.* write .*/\(.*\) .*|\1|; s| .*||')" \
		1 10
	equal "in the zone's first area" \
		"$(area_value "$region" 64 .write.errors)" 1
}
promise "an append that fails counts where its zone starts" failing

failing_on_btrfs()
{
	local start

	zoned
	btrfs
	trace_start d
	region --area-size "$area" d
	write_file x 2
	start=$(dmstat-nl print -j "$region" | jq '[.areas[] |
		select(.write.sectors > 1000).start][0]')
	start=$((start / zone * zone))
	echo "$start" >/sys/kernel/config/nullb/nullb0/zone_readonly
	! write_file y 1 || fail "what was written to a zone that is read only?"
	trace_stop
	need_appends
	like_the_trace "$region"
	within "failed at $start" \
		"$(area_value "$region" $((start / area)) .write.errors)" 1 100
}
promise "btrfs: data that cannot be written fails where its zone starts" \
	failing_on_btrfs

# -------------------------------------------------------- regions meanwhile

come_and_go()
{
	zoned irqmode=2 completion_nsec=2000000
	zonefs
	trace_start d
	region --area-size "$area" d
	appends 3 150 &
	while kill -0 $! 2>/dev/null; do
		churn d 20 >/dev/null || true
	done
	wait $!
	trace_stop
	need_appends
	like_the_trace "$region"
	region --area-size "$area" d
	equal "of a new one" "$(counts "$region")" ""
}
promise "regions come and go under appends, and the one that stays is right" \
	come_and_go

# A region at the start of the zone, one at its end, and one made while the append is
# in flight.
parts_of_a_zone()
{
	local first last

	zoned irqmode=2 completion_nsec=1500000000
	zonefs
	trace_start d
	region --start $((4 * zone)) --length 128 d; first=$region
	region --start $((4 * zone + 128)) --length 256 d; last=$region
	appends 3 2 &
	wait_until in_flight d 1
	region --area-size "$area" d
	wait $!
	trace_stop
	need_appends
	equal "in the zone's first 128 sectors" "$(counted "$first")" "0: 1/128/0"
	equal "in the next 256" "$(counted "$last")" "0: 1/128/0"
	equal "in one made meanwhile" "$(counted "$region")" "64: 1/128/0"
	at_rest "$first"
	at_rest "$last"
	at_rest "$region"
}
promise "an append counts in the regions where it went" parts_of_a_zone

# Appends start at the zone's first sector, in areas that stay, and end in these or in
# areas that come and go.
resized()
{
	local stay=$((4 * zone + 4 * area)) ids

	zoned irqmode=2 completion_nsec=2000000
	zonefs
	trace_start d
	ids=("$(resizer --create d $((20 * zone)) "$area")"
		"$(resizer --create d $((20 * zone)) "$area")")
	touch "$work/go"
	resizer "$work/go" "$stay" $((20 * zone)) "${ids[@]}" >"$work/resizer" &
	appends 3 150
	rm "$work/go"
	wait $!
	cat "$work/resizer"
	within "changes" "$(cut -d ' ' -f 1 "$work/resizer")" 20 1000000
	trace_stop
	need_appends
	for region in "${ids[@]}"; do
		equal "in areas that stay" \
			"$(resizer --sum "$stay" "$region" | grep -o 'write [0-9/]*')" \
			"$(written | awk -F '[: /]+' -v stay=$((stay / area)) '
				$1 < stay { ios += $2; sectors += $3 }
				END { printf "write %d/%d\n", ios, sectors }')"
		at_rest "$region"
	done
}
promise "an append counts where it was written while regions grow and shrink" resized

run_promises "$@"
