#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Very many areas on a machine that may have 64 CPUs: the memory of a region depends
# on the areas that see I/O and the CPUs that do it, not on the number of possible
# ones. Needs such a machine (vm --cpus 64 --append maxcpus=2), and so is a step of
# its own in "make check" and "make check-debug".

source "$(dirname "$0")/lib.sh"

parameters=/sys/module/dmstat/parameters
areas=1000000
area_sectors=8
chunk_sectors=$((32 * area_sectors))
page=4096

# Two of them are there, with numbers 0 and 1.
need_many_cpus()
{
	equal "possible CPUs" "$(</sys/devices/system/cpu/possible)" 0-63
	equal "CPUs" "$(</sys/devices/system/cpu/online)" 0-1
}

# zero NAME: a device that takes I/O and keeps nothing.
zero()
{
	need_module dm_zero
	dm "$1" "0 $((areas * area_sectors)) zero"
}

# memory [REGION]: bytes that a region reports, or all regions together.
memory()
{
	dmstat-nl list -j | jq --arg id "${1-}" '[.regions[] |
		select($id == "" or "\(.region_id)" == $id) | .memory] |
		add // 0'
}

missed()
{
	dmstat-nl list -j | jq '.regions[0].missed'
}

# counted: I/Os of all areas of the region.
counted()
{
	dmstat-nl print -j --active "$region" 2>/dev/null |
		jq '[.areas[] | .read.ios + .write.ios] | add // 0'
}

# ------------------------------------------------------------------ made

made()
{
	local took

	need_many_cpus
	zero d
	create_time d "$areas" 5 >"$work/took"
	awk '{ print "made in " $1 " us, " $2 " bytes" }' "$work/took"
	took=$(sort -n "$work/took" | head -n 1)
	within "us, the best of 5" "${took% *}" 1 99999
	within "bytes before any I/O" "${took#* }" 1 $((32 << 20))
}
promise "a region of 1000000 areas for 64 CPUs is made in 100 ms and 32 MiB" \
	made

# It would need 120 bytes, and 104 for each possible CPU, for each area: 6.8 GB.
dm_stats()
{
	need_many_cpus
	zero d
	dmsetup message d 0 @stats_create - /1000
	! dmsetup message d 0 @stats_create - "/$areas" 1 precise_timestamps \
		>"$work/answer" 2>&1 || fail "dm-stats made it"
	cat "$work/answer"
	grep -q "Cannot allocate memory" "$work/answer"
	region --areas "$areas" d
}
promise "the same is refused by dm-stats" dm_stats

# --------------------------------------------------------------- as touched

# heat CPU FIRST COUNT: issue enough I/O from a CPU to chunks to give it counters of
# its own there: more than 128 a second.
heat()
{
	local i

	for ((i = $2; i < $2 + $3; i++)); do
		taskset -c "$1" io -c 200 read /dev/mapper/d \
			$((i * chunk_sectors)) "$area_sectors" >/dev/null
	done
}

# grown WHAT BEFORE EXPECTED
grown()
{
	equal "bytes more for $1" $(($(memory) - $2)) "$3"
}

as_touched()
{
	local before chunk n=4

	need_many_cpus
	zero d
	region --areas "$areas" d
	before=$(memory)
	io read /dev/mapper/d 0 "$area_sectors"
	chunk=$(($(memory) - before))
	within "bytes of a chunk of 32 areas" "$chunk" "$page" $((4 * page))

	before=$(memory)
	taskset -c 0 io -c "$n" -s "$chunk_sectors" read /dev/mapper/d \
		"$chunk_sectors" "$area_sectors"
	grown "one I/O in $n other chunks" "$before" $((n * chunk))

	before=$(memory)
	taskset -c 1 io -c $((n * 32)) -s "$area_sectors" read /dev/mapper/d \
		"$chunk_sectors" "$area_sectors"
	grown "one in each area there, from another CPU" "$before" 0

	heat 0 1 "$n"
	grown "200 in each chunk from CPU 0" "$before" $((n * page))
	heat 0 1 "$n"
	grown "as many again" "$before" $((n * page))
	heat 1 1 "$n"
	grown "200 in each chunk from CPU 1" "$before" $((2 * n * page))

	equal "counted" "$(counted)" $((1 + n + n * 32 + 3 * n * 200))
	equal "missed" "$(missed)" 0
}
promise "memory follows the areas touched, and the CPUs that touched them" \
	as_touched

# ---------------------------------------------------------- really held

# With the free pages that each CPU keeps, megabytes for seconds, and that MemFree
# of /proc/meminfo leaves out.
free_bytes()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk -v page="$page" '$1 == "nr_free_pages" || $1 == "count:" { n += $2 }
		END { printf "%.0f\n", n * page }' /proc/zoneinfo
}

region_is_freed()
{
	local free

	free=$(free_bytes)
	echo "bytes free: $free"
	((free >= $1))
}

# touch_chunks COUNT: eight by an I/O.
touch_chunks()
{
	io -c $(($1 / 8)) -s $((8 * chunk_sectors)) read /dev/mapper/d 0 \
		$((8 * chunk_sectors))
}

# Memory that the kernel lacks while a region uses it. Debug kernels need more for
# each object and keep freed ones for a while: run-tests checks there whether all
# were freed.
really_held()
{
	local before reported given slack=$((4 << 20)) factor=1 n=8000

	need_many_cpus
	[[ $(uname -r) != *-k[ac]san ]] || factor=4 slack=$((64 << 20))
	zero d
	# What is allocated once, for the device.
	region --areas 1 d
	touch_chunks "$n"

	# And memory that the kernel frees later.
	free_bytes >/dev/null
	sleep 2
	before=$(free_bytes)
	region --areas "$areas" d
	touch_chunks "$n"
	given=$((before - $(free_bytes)))
	reported=$(memory "$region")
	within "bytes reported" "$reported" $((n * 2 * page)) $((n * 4 * page))
	within "bytes less that the kernel has" "$given" \
		$((reported - slack)) $((factor * reported + slack))

	dmstat-nl delete "$region"
	# To the byte it is counted in the next one.
	wait_until region_is_freed $((before - slack))
	echo "bytes less once it is deleted: $((before - $(free_bytes)))"
}
promise "a region reports the memory that it uses, and frees all of it" \
	really_held

# ------------------------------------------------------------- the limit

set_limit()
{
	echo "$1" >"$parameters/memory_limit"
}

keep_limit()
{
	later set_limit "$(<"$parameters/memory_limit")"
}

# All memory that is used.
used()
{
	cat "$parameters/memory_used"
}

used_is()
{
	(($(used) == $1))
}

# What a watched device takes besides its regions.
device_memory()
{
	echo $(($(used) - $(memory)))
}

sum()
{
	local device before second

	need_many_cpus
	keep_limit
	zero d
	equal "bytes at first" "$(used)" 0
	region --areas "$areas" d
	device=$(device_memory)
	within "bytes for the device" "$device" "$page" $((1 << 20))
	heat 0 0 2
	heat 1 1 2
	equal "for the device, after I/O" "$(device_memory)" "$device"
	dmstat-nl clear "$region"
	equal "for the device, after a clear" "$(device_memory)" "$device"

	before=$(used)
	region --areas 1000 d
	second=$(($(used) - before))
	dmstat-nl delete "$region"
	wait_until used_is "$before"
	set_limit $((before + second - 1))
	! dmstat-nl create --areas 1000 d || fail "made over the limit"
	equal "bytes after a refusal" "$(used)" "$before"
	# An old index is freed a moment later.
	set_limit $((before + second + (64 << 10)))
	region --areas 1000 d
	wait_until used_is $((before + second))

	set_limit 1
	dmstat-nl delete --all
	wait_until used_is 0
}
promise "the limit counts all memory to the byte, and 0 when all is freed" sum

# Random reads of all areas of so many chunks, from CPU 1.
load_hot()
{
	load_fio /dev/mapper/d --rw=randread --bs=4k --cpus_allowed=1 \
		--size=$(($1 * 128))k --io_size=16m --norandommap
}

# room BYTES: set a limit of which these are three quarters, the part that counters of
# a CPU's own may use.
room()
{
	set_limit $((4 * $1 / 3))
}

# The limit is reached; CPU 1 has no counters of its own anywhere.
hot_at_the_limit()
{
	local before chunks=2

	need_many_cpus
	# Two slow ones would not be hot.
	[[ $(uname -r) != *-k[ac]san ]] || chunks=1
	keep_limit
	zero d
	region --areas "$areas" d
	heat 0 0 "$chunks"
	before=$(memory)
	set_limit $(($(device_memory) + before))

	load_hot "$chunks"
	within "I/Os a second in each chunk" "$(jq --argjson chunks "$chunks" \
		'.jobs[0].read.iops / $chunks | floor' "$work/fio")" \
		129 1000000000
	equal "counted" "$(counted)" $((200 * chunks + fio_reads))
	equal "missed" "$(missed)" 0
	equal "bytes" "$(memory)" "$before"

	room $(($(device_memory) + before + chunks * page - 1))
	load_hot "$chunks"
	equal "counted" "$(counted)" $((200 * chunks + 2 * fio_reads))
	equal "missed" "$(missed)" 0
	equal "bytes, with room for one page less" "$(memory)" \
		$((before + (chunks - 1) * page))

	set_limit $((64 << 20))
	load_hot "$chunks"
	equal "counted" "$(counted)" $((200 * chunks + 3 * fio_reads))
	equal "bytes, with a higher limit" "$(memory)" \
		$((before + chunks * page))
}
promise "at the limit busy areas are counted exactly, within the limit" \
	hot_at_the_limit

# Both CPUs are due for counters of their own in 64 chunks, for which there is no
# room; then I/O comes to areas without any counters.
hot_first()
{
	local limit before

	need_many_cpus
	keep_limit
	zero d
	region --areas "$areas" d
	touch_chunks 64
	before=$(used)
	limit=$((2 * before))
	set_limit "$limit"
	load_fio /dev/mapper/d --rw=randread --bs=4k --cpus_allowed=0-1 \
		--cpus_allowed_policy=split --numjobs=2 --size=8m --io_size=64m \
		--norandommap
	within "bytes after a hot phase" "$(used)" $((before + 16 * page)) \
		$((3 * limit / 4))
	load_fio /dev/mapper/d --rw=read --bs=4k --offset=8m --number_ios=32
	equal "missed" "$(missed)" 0
	within "bytes" "$(used)" $((3 * limit / 4 - page)) "$limit"
}
promise "counters of a CPU's own leave a quarter of the limit to areas without any" \
	hot_first

new_areas_at_the_limit()
{
	local before limit known

	need_many_cpus
	keep_limit
	zero d
	region --areas "$areas" d
	heat 0 0 2
	before=$(memory)
	set_limit $(($(device_memory) + before))

	load_fio /dev/mapper/d --rw=randread --bs=4k --number_ios=1000 \
		--offset=1m --size=8m --cpus_allowed=1
	equal "counted in new areas" $(($(counted) - 400)) 0
	equal "missed" "$(missed)" "$fio_reads"
	equal "bytes" "$(memory)" "$before"

	# Known areas and new ones, and room for a few.
	known=$fio_reads
	limit=$((before + 10 * 4 * page))
	set_limit $(($(device_memory) + limit))
	load_fio /dev/mapper/d --rw=randread --bs=4k --number_ios=2000 \
		--size=8m --numjobs=2 --cpus_allowed=0-1
	echo "counted $(counted), missed $(missed)"
	equal "counted or missed" $(($(counted) + $(missed))) \
		$((400 + known + fio_reads))
	within "missed" "$(missed)" $((known + 1)) $((known + fio_reads - 1))
	within "bytes" "$(memory)" $((before + 1)) "$limit"

	set_limit $((256 << 20))
	dmstat-nl clear "$region"
	load_fio /dev/mapper/d --rw=randread --bs=4k --number_ios=1000 \
		--offset=1m --size=8m --cpus_allowed=1
	equal "counted, with a higher limit" "$(counted)" "$fio_reads"
	equal "missed" "$(missed)" 0
}
promise "at the limit I/O is missed only in new areas, and each is accounted for" \
	new_areas_at_the_limit

run_promises "$@"
