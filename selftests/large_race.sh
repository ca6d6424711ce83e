#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# I/O over many areas while regions, devices and the module come and go.

source "$(dirname "$0")/lib.sh"

sectors=200000

# Or its I/O would take too long.
((slower == 1)) || slower=5

# disk [ATTRIBUTE=VALUE]...: "d", on which discards take 2 ms.
disk()
{
	nullb 0 $((sectors / 2048 + 1)) memory_backed=1 discard=1 irqmode=2 \
		completion_nsec=2000000
	dm d "0 $sectors linear /dev/nullb0 0"
}

# again COMMAND...: repeat it as long as $work/go exists. It may fail, because its
# subject may just have gone.
again()
{
	while [[ -e $work/go ]]; do
		"$@" &>/dev/null || true
		echo round >>"$work/rounds"
	done
}

# Overlapping regions with many areas, and some with few.
regions()
{
	local made=() size

	for size in 8 8 24 1000 100000; do
		made+=("$(dmstat-nl create --area-size "$size" d)")
	done
	sleep "0.0$((RANDOM % 10))"
	dmstat-nl delete "${made[@]}"
}

discards()
{
	io -c 5 -s 777 discard /dev/mapper/d $((RANDOM * 3)) 80000
}

# A region of the device counts all discards that io() issues.
stop()
{
	sleep "$1"
	rm "$work/go"
	wait
	wait_until in_flight d 0
	within "rounds" "$(wc -l <"$work/rounds")" 4 1000000
}

regions_come_and_go()
{
	local stays seen i

	disk
	stays=$(dmstat-nl create --area-size 160 d)
	touch "$work/go"
	again regions &
	again regions &
	again dmstat-nl print --clear "$((stays + 5))" &
	for i in 1 2 3; do
		io -c $((60 / slower)) -s 1001 discard /dev/mapper/d $((i * 3)) 100000 &
	done
	stop 4
	seen=$(dmstat-nl print -j "$stays" | jq -r '.areas |
		"\(map(.discard.sectors) | add) \(map(.in_flight_write) | add)"')
	equal "sectors and in flight" "$seen" \
		"$((3 * (60 / slower) * 100000)) 0"
	equal "missed" "$(dmstat-nl list -j |
		jq "[.regions[].missed] | add")" 0
}
promise "a region counts I/O over many areas exactly while others come and go" \
	regions_come_and_go

device_goes()
{
	local i

	for ((i = 0; i < 6; i++)); do
		nullb 1 200 memory_backed=1 discard=1
		dmsetup create e --table "0 $sectors linear /dev/nullb1 0"
		dmstat-nl create --area-size 8 e >/dev/null
		dmstat-nl create --area-size 9 e >/dev/null
		io -c 3 discard /dev/mapper/e 0 "$sectors"
		sleep "0.0$i"
		dmsetup remove --retry e
		remove_nullb nullb1
		sed -i '/nullb1/d' "$work/undo"
	done
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
	rmmod dmstat
	load
}
promise "a device is removed while I/O over many areas is being counted" device_goes

module_goes()
{
	local i

	disk
	touch "$work/go"
	again discards &
	again discards &
	for ((i = 0; i < 8; i++)); do
		dmstat-nl create --area-size 8 d >/dev/null
		dmstat-nl create --area-size 80 d >/dev/null
		sleep "0.$((i * 7 % 10))"
		rmmod dmstat
		load
	done
	dmstat-nl create d >/dev/null
	stop 0
	region --area-size 8 d
	io discard /dev/mapper/d 4 80000
	wait_until in_flight d 0
	equal "afterwards" "$(total "$region")" \
		"read 0/0/0 write 0/0/0 discard 10001/80000/0"
}
promise "the module is unloaded while I/O over many areas is in flight or counted" \
	module_goes

# An I/O that does not end as long as the module is loaded.
in_flight_for_ever()
{
	disk
	region --area-size 8 d
	hold d discard /dev/mapper/d 0 80000
	wait_until in_flight d 1
	# Noted in its areas, and not.
	sleep 0.3
	rmmod dmstat
	load
	region --area-size 8 d
	equal "in flight" "$(dmstat-nl inflight -j d | jq -c .inflight)" "[]"
	release d
	equal "what started before" "$(counts "$region")" ""
	region d
	hold d discard /dev/mapper/d 0 80000
	wait_until in_flight d 1
	dmstat-nl delete --all
	release d
}
promise "regions and the module go while an I/O over many areas is in flight" in_flight_for_ever

run_promises "$@"
