#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same regions in the kernel's own dm-stats and in dmstat, under load from fio:
# both must agree, and with fio itself and /sys/block/dm-N. Regions and their areas:
# each is START LENGTH AREA-SIZE in sectors; length 0 is the whole device.

source "$(dirname "$0")/lib.sh"

cuts=(
	"0 0 2048"		# a power of two
	"0 0 1000"		# not one, and a short last area
	"12345 50000 777"	# odd, with an offset
	"4096 8192 8192"	# a single area inside the device
	"0 0 0"			# the whole device
)

# dm_stats_region NAME START LENGTH AREA-SIZE [ARGUMENT]...: prints the id.
dm_stats_region()
{
	local where=- step=/1

	((!$3)) || where=$2+$3
	((!$4)) || step=$4
	dmsetup message "$1" 0 @stats_create "$where" "$step" "${@:5}"
}

# watch NAME: each cut in dmstat, in dm-stats with nanoseconds and with ticks.
watch()
{
	local cut start length size options

	regions=()
	for cut in "${cuts[@]}"; do
		read -r start length size <<<"$cut"
		options=(--start "$start")
		((!length)) || options+=(--length "$length")
		((!size)) || options+=(--area-size "$size")
		region "${options[@]}" "$1"
		regions+=("$region
			$(dm_stats_region "$1" "$start" "$length" "$size" \
				1 precise_timestamps)
			$(dm_stats_region "$1" "$start" "$length" "$size")")
	done
	sys_before=$(xargs <"$(disk_of "$1")/stat")
}

# Compares the lines of three files: dmstat's, and those of dm-stats with nanoseconds
# and with ticks. dm-stats prints the step as the length of the last area, too, and
# dmstat does not count merges.
#
# dmstat sees an I/O start a little before dm-stats and end a little later, so its
# time is longer, by at most 3 ms for each I/O. A time in ticks differs by at most one
# tick for each I/O at either end. A virtual machine may stand still in between: for
# that, 0.4 s is allowed in each area, but not in the average.
compare_lines()
{
	paste -d ' ' "$@" | awk -v tick="$tick_ns" -v still=4e8 '
	function bad(what) { print "FAILED: " what ": " $0; failed = 1 }
	function ns(ours, precise, ticks, ios, what) {
		if (ours < precise || ours > precise + 3e6 * ios + still)
			bad(what " ns, dm-stats with nanoseconds")
		if (ticks * 1e6 > precise + tick * ios + still ||
		    ticks * 1e6 < precise - tick * ios - still)
			bad(what " ns, dm-stats with ticks")
		skew += ours - precise
	}
	{
		split($1, at, "+"); split($15, precise_at, "+")
		if (at[1] != precise_at[1]) bad("start")
		if ($2 != $16 || $2 != $30) bad("reads")
		if ($4 != $18 || $4 != $32) bad("sectors read")
		if ($6 != $20 || $6 != $34) bad("writes")
		if ($8 != $22 || $8 != $36) bad("sectors written")
		if ($3 != 0 || $7 != 0) bad("merges")
		if ($10 != 0) bad("in flight")
		ns($5, $19, $33, $2, "read"); ns($9, $23, $37, $6, "write")
		ios += $2 + $6; sectors += $4 + $8; areas++
	}
	END {
		printf "%d areas: %d I/Os of %d sectors; %d us each" \
			" longer than for dm-stats\n", areas, ios, sectors,
			ios ? skew / ios / 1000 : 0
		if (skew > 3e6 * ios) bad("ns on average")
		exit failed || !ios
	}'
}

# agree NAME: the regions that watch() made agree.
agree()
{
	local ids ours precise ticks

	for ids in "${regions[@]}"; do
		# shellcheck disable=SC2086
		read -r ours precise ticks < <(echo $ids)
		dmstat-nl print --format dmstats --precise "$ours" \
			>"$work/ours"
		dmsetup message "$1" 0 @stats_print "$precise" >"$work/precise"
		dmsetup message "$1" 0 @stats_print "$ticks" >"$work/ticks"
		equal "lines" "$(wc -l <"$work/ours")" "$(wc -l <"$work/precise")"
		compare_lines "$work/ours" "$work/precise" "$work/ticks"
	done
}

# agree_with_sys NAME: and the same as /sys/block/dm-N/stat.
agree_with_sys()
{
	local before now

	read -r -a before <<<"$sys_before"
	read -r -a now < <(xargs <"$(disk_of "$1")/stat")
	equal "/sys/block/dm-N/stat" \
		"$((now[0] - before[0]))/$((now[2] - before[2])) $((now[4] - before[4]))/$((now[6] - before[6]))" \
		"$(whole_device)"
	equal "/sys/block/dm-N/inflight" \
		"$(xargs <"$(disk_of "$1")/inflight")" "0 0"
	equal "in flight for dmstat" "$(dmstat-nl inflight -j "$1" |
		jq '.inflight | length')" 0
}

# READS/SECTORS WRITES/SECTORS of the cut that is one area, the last.
whole_device()
{
	dmstat-nl print --format dmstats "$region" |
		awk '{ print $2 "/" $4 " " $6 "/" $8 }'
}

agree_with_fio()
{
	equal "fio" "$fio_reads/$fio_read_sectors $fio_writes/$fio_write_sectors" \
		"$(whole_device)"
}

tick_ns=10000000	# of HZ=100, the longest

random()
{
	linear d 32
	watch d
	load_fio /dev/mapper/d --rw=randrw --bsrange=512-64k --iodepth=8 \
		--numjobs=2 --cpus_allowed_policy=split --cpus_allowed=0-1 \
		--number_ios=1500
	agree d
	agree_with_sys d
	agree_with_fio
}
promise "random reads and writes of two CPUs: agrees with dm-stats, /sys and fio" random

sequential()
{
	linear d 32 irqmode=2 completion_nsec=30000
	watch d
	load_fio /dev/mapper/d --rw=rw --bs=12k --iodepth=4 --numjobs=2 \
		--offset_increment=9m --size=9m
	agree d
	agree_with_sys d
	agree_with_fio
}
promise "sequential reads and writes: agrees with dm-stats, /sys and fio" sequential

through_ext4()
{
	linear d 64
	watch d
	mkfs.ext4 -q /dev/mapper/d
	mkdir "$work/mount"
	mount /dev/mapper/d "$work/mount"
	fio --output=/dev/null --directory="$work/mount" --size=4m \
		--name=buffered --rw=randwrite --bs=4k --fsync=200 \
		--name=direct --rw=randrw --bs=8k --direct=1 \
		--ioengine=libaio --iodepth=4 || {
			umount "$work/mount"
			false
		}
	umount "$work/mount"
	agree d
	agree_with_sys d
}
promise "ext4, made, mounted, loaded and unmounted: agrees with dm-stats and /sys" \
	through_ext4

discards()
{
	linear d 32 discard=1
	watch d
	io -c 20 -s 1111 discard /dev/mapper/d 7 100
	io -c 20 -s 1000 write /dev/mapper/d 0 8
	agree d
}
promise "discards and writes together agree with the writes of dm-stats" discards

run_promises "$@"
