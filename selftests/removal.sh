#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Removing devices, and unloading the module, under load.

source "$(dirname "$0")/lib.sh"

# listen: print events to $work/events, an object a line.
listen()
{
	stdbuf -oL dmstat-nl monitor -j >"$work/events" &
	# It has joined the group when it prints a region.
	dm heard "0 8 zero"
	wait_until is_heard
	dmsetup remove heard
	wait_until grep -q '"heard"' "$work/events"
}

is_heard()
{
	dmstat-nl create heard >/dev/null
	sleep 0.1
	[[ -s $work/events ]]
}

# events DEVICE: EVENT CAUSE REGION, a line each.
events()
{
	jq -r --arg name "$1" 'select(.region.device_name == $name) |
		"\(.event) \(.cause // "-") \(.region.region_id)"' \
		"$work/events"
}

regions_go()
{
	linear d 16
	linear_regions=()
	for _ in 1 2 3; do
		region --areas 100 d
		linear_regions+=("$region")
	done
	io -c 10 -s 800 write /dev/mapper/d 0 8
	listen
	dmsetup remove d
	equal "regions left" "$(dmstat-nl list -j |
		jq '.regions | map(select(.device_name == "d")) | length')" 0
	! dmstat-nl print "$region" || fail "region $region is still there"
	wait_until grep -q "\"region_id\": $region," "$work/events"
	equal "events" "$(events d | sort | xargs)" \
		"$(printf 'region_del device_removed %s\n' \
			"${linear_regions[@]}" | sort | xargs)"
}
promise "a watched device can be removed, and listeners learn of its regions" \
	regions_go

removed_under_load()
{
	linear d 16
	region --areas 4 d
	start_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2
	wait_until has_counted "$region" 100
	listen
	! dmsetup remove d 2>/dev/null || fail "a device in use was removed"
	kill -KILL "$fio_pid"
	dmsetup remove --retry d
	wait_until grep -q device_removed "$work/events"
	equal "events" "$(events d | xargs)" "region_del device_removed $region"
}
promise "a device is removed when fio has just been killed" removed_under_load

removed_by_force()
{
	linear d 16
	region --areas 4 d
	start_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2 \
		--continue_on_error=io
	wait_until has_counted "$region" 100
	remove_by_force d
}
promise "a device is removed by force under load" removed_by_force

logical_volume()
{
	command -v lvcreate >/dev/null || skip "there is no lvcreate"
	nullb 0 64
	lvm_quietly pvcreate /dev/nullb0
	lvm_quietly vgcreate dmstat_test /dev/nullb0
	later lvm_quietly vgchange -an dmstat_test
	lvm_quietly lvcreate -Zn -l 4 -n volume dmstat_test
	region --areas 10 /dev/dmstat_test/volume
	io -c 10 write /dev/dmstat_test/volume 0 8
	equal "device of the region" "$(dmstat-nl list -j |
		jq -r '.regions[0].device_name')" dmstat_test-volume
	expect_counts "$region" <<-END
		0: read 0/0/0 write 10/80/0 discard 0/0/0 flight 0/0
	END
	lvm_quietly lvremove -y dmstat_test/volume
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}
promise "a watched logical volume is counted, and can be removed" \
	logical_volume

unloaded_under_load()
{
	local i

	linear d 16 irqmode=2 completion_nsec=50000
	start_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2
	for i in 1 2 3 4; do
		region --areas 64 d
		region --start 100 --area-size 1000 d
		wait_until has_counted "$region" 100
		rmmod dmstat
		load
	done
	stop_fio
	region d
	io -c 3 read /dev/mapper/d 0 8
	equal "region ids start at 1 again" "$region" 1
	expect_counts "$region" <<-END
		0: read 3/24/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
}
promise "the module is unloaded and loaded under load" unloaded_under_load

unloaded_in_flight()
{
	linear d 16
	region d
	hold d -a -c 50 -s 8 write /dev/mapper/d 0 8
	wait_until in_flight d 50
	rmmod dmstat
	load
	region d
	release d
	equal "what started before the module was loaded" "$(counts "$region")" ""
}
promise "the module is unloaded with I/O in flight that ends later" \
	unloaded_in_flight

not_loaded()
{
	local slots told=0

	unload
	for slots in 0 4 100 2097152; do
		! modprobe dmstat inflight_slots="$slots" ||
			fail "it was loaded with $slots slots"
		told=$((told + 1))
		equal "told" "$(dmesg |
			grep -c "inflight_slots must be a power of two")" "$told"
	done
	load
}
promise "a wrong parameter is refused with a message in the kernel log" \
	not_loaded

run_promises "$@"
