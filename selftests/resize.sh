#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Regions grow and shrink under load; what stays counts exactly.

source "$(dirname "$0")/lib.sh"
source "$here/cgroup.sh"

# Of a disk of 16 MiB: areas before $stay always stay, $rest come and go.
sectors=32768
stay=12288
rest=$((sectors - stay))

# disk TIME: "d", on which I/O takes TIME ns.
disk()
{
	linear d 16 irqmode=2 completion_nsec=$(($1 * slower)) discard=1
}

# cgroup: make a cgroup that the promise and its children are in, $cgroup; none if
# the kernel has no cgroups.
cgroup()
{
	cgroup=
	new_cgroup resize || return 0
	echo "$BASHPID" >"$cgroups/resize/cgroup.procs"
	cgroup=/resize
}

# $resized: regions of all kinds, from the first sector on.
regions()
{
	resized=("$(dmstat-nl create --area-size 64s d)"
		"$(dmstat-nl create --area-size 24s --histogram 1ms,2ms d)"
		"$(dmstat-nl create --area-size 4096s d)"
		"$(resizer --create d "$sectors" 64)"
		"$(resizer --create d "$sectors" 24)")
	cgroup
	[[ ! $cgroup ]] || resized+=("$(dmstat-nl create --area-size 64s \
		--cgroup "$cgroup" d)")
	echo "regions: ${resized[*]}, the last one limited to a cgroup: ${cgroup:-no}"
}

# start: resize $resized until stop().
start()
{
	touch "$work/go"
	resizer "$work/go" "$stay" "$sectors" "${resized[@]}" >"$work/resizer" &
	resizer_pid=$!
}

# stop LEAST: when there were so many changes; no I/O is in flight.
stop()
{
	rm "$work/go"
	wait "$resizer_pid"
	cat "$work/resizer"
	within "changes" "$(cut -d ' ' -f 1 "$work/resizer")" "$1" 1000000
	wait_until in_flight d 0
	equal "missed" "$(dmstat-nl list -j | jq "[.regions[].missed] | add")" 0
}

# exact EXPECTED: of the areas that stayed; nothing is in flight in any area. Of
# discards, only the sectors are known.
exact()
{
	local region filter=''

	[[ $1 == *discard\ 0/0 ]] || filter='s|discard [0-9]*/|discard |'

	for region in "${resized[@]}"; do
		equal "region $region" "$(resizer --sum "$stay" "$region" |
			sed "$filter")" "$1 flight 0"
	done
}

under_load()
{
	disk 100000
	regions
	start
	# In areas that come and go, and over several at a time.
	start_fio /dev/mapper/d --rw=randrw --bsrange=4k-64k --iodepth=8 \
		--offset=$((stay * 512)) --size=$((rest * 512))
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=8 --numjobs=2 \
		--size=$((stay * 512)) --time_based --runtime=10
	stop_fio
	stop $((100 / slower))
	exact "read $fio_reads/$fio_read_sectors write $fio_writes/$fio_write_sectors discard 0/0"
}
promise "areas that stay count exactly while regions grow and shrink under load" \
	under_load

# An I/O in several areas counts in each.
discards()
{
	local count=$((40 / slower)) i

	disk 2000000
	regions
	start
	for i in 1 2 3; do
		io -c "$count" -s 1 discard /dev/mapper/d $((i * 3)) 12000 &
		pids[i]=$!
	done
	# In what comes and goes.
	io -c "$count" -s 7 discard /dev/mapper/d "$stay" 20000
	wait "${pids[@]}"
	stop $((5 / slower))
	exact "read 0/0 write 0/0 discard $((3 * count * 12000))"
}
promise "so they count I/O over many areas" discards

hangs()
{
	local i

	linear d 16 irqmode=2 completion_nsec=100000
	regions
	for i in 1 2 3; do
		hold d -a -c 64 -s 100 read /dev/mapper/d 0 256
		wait_until in_flight d 64
		start
		sleep 1
		rm "$work/go"
		wait "$resizer_pid"
		cat "$work/resizer"
		release d
	done
	start
	sleep 2
	stop 10
	for i in "${resized[@]}"; do
		equal "in flight in region $i" \
			"$(resizer --sum "$stay" "$i" | sed 's/.* flight //')" 0
	done
}
promise "I/O that hangs while regions grow and shrink ends where it started" hangs

run_promises "$@"
