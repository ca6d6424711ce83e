#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What arguments of the command name: devices by all of their names, regions,
# groups, programs; and which commands take them.

source "$(dirname "$0")/lib.sh"

# ids_of ARGUMENT...: the ids that list has.
ids_of()
{
	dmstat-nl list -j "$@" | jq -c '[.regions[].region_id]'
}

lv_uuid=abcdef-GHIJ-0123-4567-89kl-MNop-qrstuv
lvm_uuid=LVM-$(printf 'v%.0s' {1..32})${lv_uuid//-}

# two_devices: d and "my-vg/my lv" of LVM, whose region is $other.
two_devices()
{
	nullb 0 16
	dm d "0 8192 linear /dev/nullb0 0"
	dmsetup create 'my--vg-l\x20v' --uuid "$lvm_uuid" \
		--table "0 8192 linear /dev/nullb0 8192"
	later remove_dm 'my--vg-l\x20v'
	region d
	dmstat-nl create 'my--vg-l v' >"$work/other"
	other=$(<"$work/other")
}

by_names()
{
	local disk name

	two_devices
	disk=dm-$(dmsetup info -c --noheadings -o minor 'my--vg-l v')
	for name in 'my--vg-l v' 'my--vg-l\x20v' 'my-vg/l v' "$lvm_uuid" "$lv_uuid" "$disk" \
		"$(cat "/sys/class/block/$disk/dev")" \
		'device:my--vg-l v' "$other" "region:$other"; do
		equal "regions of $name" "$(ids_of "$name")" "[$other]"
	done
	equal "regions of both" "$(ids_of "$disk" "$region")" "[$region,$other]"
	equal "and of d" "$(ids_of d d)" "[$region]"
	dmstat-nl list | tee "$work/list"
	grep -qE "^ *$other my--vg-l v " "$work/list"
	dmstat-nl devices | grep -qE "^my--vg-l v "
	dmstat-nl print "$other" | grep -qE "^region $other on my--vg-l v: "
}
promise "a device has the names that dmsetup, LVM and the kernel give it" by_names

wrong_names()
{
	two_devices
	refused 1 "no block device is named 'none'" dmstat-nl list d none
	refused 1 "region 4000000000: no such region" dmstat-nl list 4000000000
	refused 2 "'0' is not a region's id" dmstat-nl list 0
	refused 2 "'d' is not a region's id" dmstat-nl list region:d
	refused 1 "no block device is named '7'" dmstat-nl list device:7
	refused 1 "no block device is named '${lv_uuid^^}'" \
		dmstat-nl list "${lv_uuid^^}"
	refused 1 "no region is in a group 'd'" dmstat-nl list group:d
	refused 1 "no region is in a group ''" dmstat-nl list group:
}
promise "what does not exist is refused by name" wrong_names

printed()
{
	two_devices
	io -c 3 read /dev/mapper/d 0 8
	equal "one region" "$(dmstat-nl print -j "$region" |
		jq -c '[.region.region_id, .areas[0].read.ios]')" "[$region,3]"
	equal "a device" "$(dmstat-nl print -j d |
		jq -c '[.regions[] | .region.region_id, .areas[0].read.ios]')" \
		"[$region,3]"
	equal "all" "$(dmstat-nl print -j |
		jq -c '[.regions[] | .region.region_id, .areas[0].read.ios]')" \
		"[$region,3,$other,0]"
	dmstat-nl print | tee "$work/print"
	equal "titles" "$(grep -c '^region [0-9]* on ' "$work/print")" 2
	equal "headings" "$(grep -c '^ *INDEX' "$work/print")" 2
	refused 2 "--clear would clear all regions" dmstat-nl print --clear
	refused 1 "choose one of the 2" dmstat-nl print --format dmstats
	equal "lines as the kernel's" "$(dmstat-nl print --format dmstats d |
		wc -l)" 1
	refused 1 "none of the 2 regions has histograms" \
		dmstat-nl print --histogram
	dmstat-nl print --clear d >"$work/print"
	equal "reads left" "$(total "$region")" \
		"read 0/0/0 write 0/0/0 discard 0/0/0"
}
promise "print takes devices, or nothing for all" printed

cleared()
{
	two_devices
	io -c 3 read /dev/mapper/d 0 8
	refused 2 "name what to clear" dmstat-nl clear
	refused 1 "no block device is named 'none'" dmstat-nl clear d none
	refused 1 "region 4000000000: no such region" dmstat-nl clear 4000000000
	equal "reads" "$(total "$region")" "read 3/24/0 write 0/0/0 discard 0/0/0"
	refused 1 "no region on device 'd' has the program id 'p'" \
		dmstat-nl clear --program p d
	dmstat-nl clear d
	equal "after clear" "$(total "$region")" \
		"read 0/0/0 write 0/0/0 discard 0/0/0"
	dmstat-nl clear --all
	equal "clears" "$(dmstat-nl list -j |
		jq -c '[.regions[].clears]')" "[2,1]"
}
promise "clear takes devices, and all regions only with --all" cleared

by_program()
{
	two_devices
	dmstat-nl set --program p "$other"
	equal "listed" "$(ids_of --program p)" "[$other]"
	equal "listed on d" "$(ids_of --program p d)" "[]"
	equal "printed" "$(dmstat-nl print -j --program p |
		jq -c '[.regions[].region.region_id]')" "[$other]"
	dmstat-nl clear --program p
	equal "clears" "$(dmstat-nl list -j |
		jq -c '[.regions[].clears]')" "[0,1]"
	equal "in flight" "$(dmstat-nl inflight -j --program p |
		jq -c '[.devices[].device.name]')" '["my--vg-l\\x20v"]'
	refused 1 "no region has the program id 'q'" dmstat-nl print --program q
	dmstat-nl delete --program p
	equal "left" "$(ids_of)" "[$region]"
}
promise "--program chooses regions for each command" by_program

hanging()
{
	local before half

	two_devices
	dmstat-nl create --start 4096 --length 4096 d >"$work/half"
	half=$(<"$work/half")
	dmstat-nl delete "$other"
	hold d -a -c 2 -s 4096 write /dev/mapper/d 0 8
	wait_until in_flight d 2
	equal "everywhere" "$(dmstat-nl inflight -j |
		jq -c '[.devices[] | .device.name, (.inflight | length)]')" '["d",2]'
	equal "on d" "$(dmstat-nl inflight -j d | jq -c '[.inflight[].sector] |
		sort')" "[0,4096]"
	equal "in one half" "$(dmstat-nl inflight -j "$half" |
		jq -c '[.inflight[].sector]')" "[4096]"
	equal "known since the oldest region" \
		"$(dmstat-nl inflight -j d | jq .known_since)" \
		"$(dmstat-nl list -j "$region" | jq '.regions[].created')"
	before=$(date +%s%N)
	dmstat-nl inflight -j --interval 100ms --count 3 >"$work/lists"
	equal "lists" "$(jq -s length "$work/lists")" 3
	equal "the last is 200 ms late" "$(jq -s --argjson before "$before" \
		'.[2].time - $before >= 2e8' "$work/lists")" true
	refused 2 "--count needs --interval" dmstat-nl inflight --count 3
	release d
	wait
	nothing_in_flight d
}
promise "inflight lists the I/O of devices, regions, or all; again and again" hanging

by_group()
{
	two_devices
	dmstat-nl set --group g "$region" "$other"
	dmstat-nl create --group g --program p d >"$work/third"
	dmstat-nl create d >"$work/alone"
	equal "group" "$(ids_of g)" "[$region,$other,$(<"$work/third")]"
	equal "forced" "$(ids_of group:g)" "[$region,$other,$(<"$work/third")]"
	equal "of a program" "$(ids_of --program p g)" "[$(<"$work/third")]"
	dmstat-nl list | tee "$work/list"
	equal "column" "$(head -n 1 "$work/list" | grep -c ' GROUP\b')" 1
	dm g "0 8192 zero"
	equal "a device comes first" "$(ids_of g)" "[]"
	equal "of the device" "$(ids_of device:g)" "[]"
	dmstat-nl set --group '' "$other"
	equal "without one" "$(ids_of group:g)" "[$region,$(<"$work/third")]"
	dmstat-nl clear group:g
	equal "clears" "$(dmstat-nl list -j | jq -c '[.regions[].clears]')" \
		"[1,0,1,0]"
	dmstat-nl delete group:g
	equal "left" "$(ids_of)" "[$other,$(<"$work/alone")]"
	refused 2 "name what to set" dmstat-nl set --group x
	refused 2 "give an option: --group" dmstat-nl set "$other"
}
promise "regions with one name are a group" by_group

on_several()
{
	nullb 0 16
	dm d "0 8192 linear /dev/nullb0 0"
	dm e "0 8192 linear /dev/nullb0 8192"
	equal "ids" "$(dmstat-nl create --areas 2 d e | wc -l)" 2
	equal "devices" "$(dmstat-nl list -j |
		jq -c '[.regions[] | .device_name, .areas]')" '["d",2,"e",2]'
	dmstat-nl delete --all
	! dmstat-nl create -j d none e >"$work/json" 2>"$work/err" ||
		fail "on no device"
	cat "$work/err"
	equal "the others" "$(jq -c '[.regions[].device_name]' "$work/json")" \
		'["d","e"]'
	dmstat-nl delete --all
	dmstat-nl create --all >"$work/ids"
	equal "on all" "$(dmstat-nl list -j |
		jq -c '[.regions[].device_name] | sort')" '["d","e"]'
	refused 2 "DEVICE (or --all) is missing" dmstat-nl create
}
promise "create takes several devices, or all" on_several

named_twice()
{
	local numbers

	linear d 16
	numbers=$(cat "$(disk_of d)/dev")
	dmstat-nl create --areas 2 d /dev/mapper/d "$numbers" d | tee "$work/ids"
	equal "ids" "$(wc -l <"$work/ids")" 1
	equal "regions" "$(ids_of)" "[$(<"$work/ids")]"
	equal "printed" "$(dmstat-nl print -j d "$numbers" | jq '.regions | length')" 1
	dmstat-nl delete "$numbers" d
	equal "deleted" "$(ids_of)" "[]"
	# In a list, as whenever several names are given.
	equal "JSON" "$(dmstat-nl create -j d d | jq -c '[.regions[].device_name]')" '["d"]'
	dmstat-nl create d
	equal "by another command" "$(ids_of | jq length)" 2
}
promise "a device that is named twice gets one region, and is deleted once" named_twice

no_table()
{
	local number

	dmsetup create nt --notable
	later dmsetup remove nt
	number=$(dmsetup info -c --noheadings -o minor nt)
	refused 1 "device 'nt' has no table" dmstat-nl create nt
	refused 1 "device 'dm-$number' has no table" dmstat-nl list "dm-$number"
}
promise "a device without a table is named as such" no_table

run_promises "$@"
