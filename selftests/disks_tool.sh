#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The command and the exporter with disks that are not device-mapper's, and with
# their partitions.

source "$(dirname "$0")/conf.sh"
source "$here/tmux.sh"
source "$here/disks_lib.sh"
source "$here/exporter_lib.sh"

# two_parts: the SCSI disk /dev/$disk of 64 MiB with two partitions: $part1, 8 MiB
# from sector 2048 on, and $part2, the rest from sector 18432 on.
two_parts()
{
	scsi_debug dev_size_mb=64
	parted "$disk"
}

# region_is FILTER WHAT: of the region that was made last.
region_is()
{
	equal "region $region" "$(dmstat-nl list -j "$region" | jq -c ".regions[] | $1")" "$2"
}

# made_as FILTER WHAT ARGUMENT...: what create makes of the arguments.
made_as()
{
	echo "create ${*:3}"
	region "${@:3}"
	region_is "$1" "$2"
	dmstat-nl delete "$region"
}

numbers_of()
{
	cat "/sys/class/block/$1/dev"
}

# --------------------------------------------------------------------- names

disk_names()
{
	local name

	scsi_debug
	ln -s "/dev/$disk" "$work/link"
	for name in "$disk" "/dev/$disk" "$(numbers_of "$disk")" "$work/link"; do
		made_as '[.device_name, .start, .length, .partition]' \
			"[\"$disk\",0,32768,null]" "$name"
	done
	equal "its row" "$(dmstat-nl devices -j |
		jq -c --arg disk "$disk" '.devices[] | select(.name == $disk) |
			[.size, .uuid]')" '[32768,""]'
	nullb 3 16
	made_as .device_name '"nullb3"' nullb3
}
promise "a disk has the names that people know" disk_names

partition_names()
{
	local name

	two_parts
	ln -s "/dev/$part1" "$work/link"
	for name in "$part1" "/dev/$part1" "$(numbers_of "$part1")" "$work/link" \
		"device:$part1"; do
		[[ $name == device:* ]] ||
			made_as '[.device_name, .start, .length, .partition]' \
				"[\"$disk\",2048,16384,\"$part1\"]" "$name"
		equal "list $name" "$(dmstat-nl list -j "$name" | jq -c .regions)" "[]"
	done
	equal "named twice" "$(dmstat-nl create -j "$part1" "/dev/$part1" "$part2" |
		jq -c '[.regions[].partition]')" "[\"$part1\",\"$part2\"]"
	dmstat-nl delete "$part1" "/dev/$part1" "$disk"
	made_as '[.start, .length, .areas]' "[2056,16,2]" \
		--start 8 --length 16 --areas 2 "$part1"
	made_as '[.start, .length]' "[18440,$((131072 - 18440))]" --start 8 "$part2"
	refused 1 "positions in the partition" dmstat-nl create --start 8 --length 16384 \
		"$part1"
	refused 1 "positions in the partition" dmstat-nl create --start 16384 "$part1"
	refused 1 "which has no segments" dmstat-nl create --segments "$part1"
	refused 1 "has no segments" dmstat-nl create --segments "$disk"
}
promise "a partition is a range of its disk, and positions are its own" \
	partition_names

wrong_names()
{
	scsi_debug
	modprobe loop
	wait_until test -b /dev/loop0
	truncate -s 8M "$work/image"
	refused 1 "'loop0' has no sectors: attach a file" dmstat-nl create loop0
	losetup /dev/loop0 "$work/image"
	region loop0
	losetup -d /dev/loop0
	refused 1 "cannot create a region on 'loop0': the device has no sectors yet: load a table and resume it, attach a file" \
		dmstat-nl create loop0
	dmstat-nl delete "$region"
	refused 1 "no block device is named '${disk}9'" dmstat-nl create "${disk}9"
	refused 1 "No such file" dmstat-nl create "/dev/${disk}9"
	refused 1 "there are no device-mapper devices: name disks" dmstat-nl create --all
}
promise "what is no disk is refused with what to write" wrong_names

# A device-mapper device goes first: its name has been this one before.
same_name()
{
	scsi_debug
	dm "$disk" "0 64 linear /dev/$disk 8"
	made_as .length 64 "$disk"
	made_as .length 32768 "/dev/$disk"
}
promise "a device-mapper device goes before a disk of its name" same_name

# --------------------------------------------------------------------- scope

in_partition()
{
	local whole first second

	two_parts
	region --area-size 8m "$disk"
	whole=$region
	region "$part1"
	first=$region
	region --start 8 "$part2"
	second=$region
	io -c 3 write "/dev/$part1" 0 8
	io -c 5 read "/dev/$part2" 8 8
	equal "in the first" "$(total "$first")" "read 0/0/0 write 3/24/0 discard 0/0/0"
	equal "in the second" "$(total "$second")" "read 5/40/0 write 0/0/0 discard 0/0/0"
	equal "print" "$(dmstat-nl print -j "$part1" | jq -c '[.region.region_id // .regions[].region.region_id]')" \
		"[$first]"
	dmstat-nl list | tee "$work/list"
	grep -qE "^ *$second $disk +$part2 " "$work/list"
	equal "report" "$(dmstat-nl report --noheadings --area -o region_id,partition "$part2")" \
		"$second:$part2"
	equal "title" "$(dmstat-nl print "$first" | head -n 1 | grep -c "on $disk ($part1): ")" 1

	refused 1 "cannot set region $first: in '$part1' it can have 8 MiB (16384 sectors)" \
		dmstat-nl set --length 16385 "$part1"
	dmstat-nl set --length 8m "$part1"
	dmstat-nl set --length 16385 "$first"
	dmstat-nl set --length 8m "$disk"
	dmstat-nl clear "$part2"
	equal "cleared" "$(total "$second" | cut -d' ' -f2), $(total "$first" | cut -d' ' -f4)" \
		"0/0/0, 3/24/0"
	dmstat-nl delete "$part1"
	equal "left" "$(dmstat-nl list -j | jq -c '[.regions[].region_id]')" "[$whole,$second]"
	refused 1 "no region in partition '$part1'" dmstat-nl delete "$part1"
	dmstat-nl delete --all "$part1"
	dmstat-nl delete "$disk"
	equal "left" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}
promise "what is named by a partition is what lies in it" in_partition

# waiting PARTITION COUNT: whether so many I/Os are in flight in it.
waiting()
{
	(($(dmstat-nl inflight -j "$1" | jq '.inflight | length') == $2))
}

in_flight_there()
{
	local held

	two_parts
	region "$disk"
	# Jiffies.
	echo 1000 >/sys/bus/pseudo/drivers/scsi_debug/delay
	io read "/dev/$part2" 0 8 &
	held=$!
	wait_until waiting "$part2" 1
	waiting "$part1" 0
	equal "sector" "$(dmstat-nl inflight -j "$part2" | jq '.inflight[0].sector')" 18432
	wait "$held"
}
promise "inflight of a partition has what waits there" in_flight_there

# --------------------------------------------------------------------- files

# of_file: a file on $mnt, which is on a partition or on all of $1, from sector $2 on.
of_file()
{
	local found

	write_file "$mnt/file" 256
	sync -f "$mnt/file"
	region --file "$mnt/file"
	region_is '[.device_name, .group]' "[\"$1\",\"$mnt/file\"]"
	found=$(filefrag -b512 -e "$mnt/file" | awk '$1 == "0:" { print $4 + 0 }')
	region_is .start "$((found + $2))"
	dd if="$mnt/file" of=/dev/null bs=64k iflag=direct status=none
	equal "read" "$(total "$region" | awk '{ print $2 }' | cut -d/ -f2)" 512
}

file_on_partition()
{
	two_parts
	mounted ext4 "/dev/$part2" -q -F -N 64
	of_file "$disk" 18432
	region_is .partition "\"$part2\""
	made_as .device_name "\"$disk\"" --file "$mnt/file" "$disk"
	made_as .device_name "\"$disk\"" --file "$mnt/file" "$part2"
	refused 1 "is on $part2, not on '$part1'" dmstat-nl create --file "$mnt/file" "$part1"
}
promise "a file on a partition is counted where it is on the disk" file_on_partition

file_on_disk()
{
	local loop

	scsi_debug dev_size_mb=32
	mounted ext4 "/dev/$disk" -q -F -N 64
	of_file "$disk" 0
	truncate -s 16M "$work/image"
	loop=$(losetup -f --show "$work/image")
	later losetup -d "$loop"
	mounted ext4 "$loop" -q -F -N 64
	of_file "${loop#/dev/}" 0
	# The disk stays without its file, and so would the region.
	dmstat-nl delete "$region"
}
promise "so is one on a disk or a loop device without partitions" file_on_disk

# ----------------------------------------------------------------------- top

# rows FILTER: of each row of one interval, in their order.
rows()
{
	jq -c "[.rows[] | $1]" "$work/top"
}

# top [ARGUMENT]...: the second of two intervals, to $work/top.
top()
{
	dmstat-nl top -j --interval 1s --count 2 "$@" | tail -n 1 >"$work/top"
}

# volumes: "one" and "two" on $part2, which read together 200 times a second, and
# $part1, which is read 50 times.
volumes()
{
	two_parts
	dm one "0 16384 linear /dev/$part2 0"
	dm two "0 16384 linear /dev/$part2 16384"
	start_fio /dev/mapper/one --rw=randread --bs=4k --rate_iops=150
	start_fio /dev/mapper/two --rw=randread --bs=4k --rate_iops=50 \
		--output="$work/fio.two"
	start_fio "/dev/$part1" --rw=randread --bs=4k --rate_iops=50 \
		--output="$work/fio.part"
	wait_until are_read /dev/mapper/{one,two} "/dev/$part1"
}

# are_read PATH...: whether each has been read a few times.
are_read()
{
	local path

	for path; do
		(($(awk '{ print $1 }' "/sys/dev/block/$(mountpoint -x "$path")/stat") > 10)) ||
			return
	done
}

as_tree()
{
	volumes
	top --sort ios one two "$disk"
	equal "rows" "$(rows '[.name, .depth]')" \
		"[[\"one\",0],[\"$disk\",1],[\"two\",0]]"
	equal "in the total" "$(rows '[.in_total, .rest_in_total]')" \
		"[[true,false],[false,true],[true,false]]"
	top --sort ios --reverse one two "$disk"
	equal "the least first" "$(rows '[.name, .depth]')" \
		"[[\"two\",0],[\"$disk\",1],[\"one\",0]]"
	top --flat --sort ios one two "$disk"
	equal "flat" "$(rows '[.name, .depth]')" \
		"[[\"$disk\",0],[\"one\",0],[\"two\",0]]"
	dmstat-nl top --batch --interval 1s --count 1 one two "$disk" | tee "$work/text"
	grep -qE "^  $disk \+1 " "$work/text"
}
promise "top shows a disk once, below the first of the volumes on it" as_tree

# rates: reads a second of a row, or of all.
rate()
{
	jq "$1 | .read.ios_per_s | round" "$work/top"
}

each_once()
{
	local reads

	volumes
	sleep 1
	top
	jq -c '[.rows[] | [.name, .in_total, .read.ios]]' "$work/top"
	reads=$(jq --arg disk "$disk" '.rows[] | select(.name == $disk) | .read.ios' "$work/top")
	# Disks of the machine itself are idle.
	within "reads of the disk" "$reads" 100 400
	within "reads of all" "$(jq .all.read.ios "$work/top")" $((reads - 20)) $((reads + 20))
	equal "all at once" "$(jq '[.rows[] | select(.name | test("one|two|sd"))] | length' "$work/top")" 3
	equal "disks without sectors" "$(rows 'select(.length == 0)')" "[]"
}
promise "the line for all has each I/O once, also of a disk with other partitions" \
	each_once

part_row()
{
	volumes
	top "$part1"
	equal "rows" "$(rows '[.name, .partition, .start, .length]')" \
		"[[\"$disk\",\"$part1\",2048,16384]]"
	within "reads" "$(rate '.rows[0]')" 40 60
	dmstat-nl top --batch --interval 1s --count 1 "$part1" | tee "$work/text"
	grep -qE "^$part1 " "$work/text"
}
promise "top of a partition has its I/O alone" part_row

# One that has a device of its own, and one of which a volume uses a part.
used_part()
{
	local all rows

	volumes
	top one two "$part2"
	equal "with its volumes" "$(rows '[.name, .partition, .in_total]' | jq -c sort)" \
		"[[\"one\",null,true],[\"$disk\",\"$part2\",false],[\"two\",null,true]]"
	all=$(jq .all.read.ios "$work/top")
	rows=$(jq '[.rows[] | select(.partition == null) | .read.ios] | add' "$work/top")
	equal "reads of all" "$all" "$rows"
	top one two "$part1"
	equal "beside them" "$(rows '.in_total' | jq -c unique)" "[true]"
	region --start 8 "$part1"
	top one "region:$region"
	equal "a region beside them" "$(rows '.in_total' | jq -c unique)" "[true]"
	top "$disk" "region:$region"
	equal "a region of the disk" \
		"$(rows '[.region_id != null, .in_total]' | jq -c sort)" \
		"[[false,true],[true,false]]"
}
promise "a partition or region is in the sum unless another row has its I/O" used_part

part_flushes()
{
	local flushes

	two_parts
	start_fio "/dev/$part2" --rw=write --bs=4k --fsync=1 --rate_iops=20
	top "$part1" "$part2"
	flushes=$(jq '.rows[0].flush.ios' "$work/top")
	within "flushes of the disk" "$flushes" 5 200
	equal "of both, and of all" "$(jq -c '[.rows[1].flush.ios, .all.flush.ios]' "$work/top")" \
		"[$flushes,$flushes]"
}
promise "top of partitions has the flushes of their disk, and sums them once" part_flushes

# "below" is on both partitions of the disk, and "upper" on that.
on_two_parts()
{
	two_parts
	dm below "0 8192 linear /dev/$part1 0"$'\n'"8192 8192 linear /dev/$part2 0"
	dm upper "0 16384 linear /dev/mapper/below 0"
	top below "$disk"
	dmstat-nl top --batch --interval 1s --count 1 below "$disk" | tee "$work/text"
	grep -qE "^  $disk " "$work/text"
	! grep -qF "$disk +" "$work/text" || fail "a volume on two partitions is one row"
	top upper "$disk"
	equal "below one that is not shown" "$(rows '[.name, .depth, .in_total]')" \
		"[[\"upper\",0,true],[\"$disk\",1,false]]"
}
promise "a volume on two partitions is above the disk once, whatever is between" \
	on_two_parts

on_loop()
{
	local loop

	scsi_debug dev_size_mb=32
	mounted ext4 "/dev/$disk" -q -F -N 64
	truncate -s 8M "$mnt/image"
	loop=$(losetup -f --show --direct-io=on "$mnt/image")
	later losetup -d "$loop"
	top
	equal "loop devices" "$(rows 'select(.name | startswith("loop")) | [.name, .in_total]')" \
		"[[\"${loop#/dev/}\",false]]"
	top "$loop"
	equal "without its disk" "$(rows .in_total)" "[true]"
	dm upper "0 8192 linear $loop 0"
	top
	equal "what is on a loop device" \
		"$(rows 'select(.name == "upper") | .in_total')" "[false]"
	top upper "$loop"
	equal "without the disk" "$(rows '[.name, .in_total]' | jq -c sort)" \
		"[[\"${loop#/dev/}\",false],[\"upper\",true]]"
}
promise "a loop device is left out of the sum with the disk of its file" on_loop

on_screen()
{
	volumes
	start_top 80 24 env NO_COLOR=1 dmstat-nl top --interval 1s one two "$disk"
	shows "^  $disk \+1 "
	shows "^all 3 "
	screen
	press t
	shows "^$disk "
	hides "^  $disk"
	press t Down Down Enter
	shows "^$disk \([0-9:]+\), 64 MiB"
	shows "${disk}[12] at [0-9.]+ [KM]iB"
	screen
	in_tmux resize-window -x 200 -y 50
	sleep 2
	screen | head -n 20
}
promise "the screen has the tree, and partitions of a disk" on_screen

part_on_screen()
{
	two_parts
	start_top 80 24 env NO_COLOR=1 dmstat-nl top --interval 1s "$part1"
	shows "^$part1 "
	press Enter
	shows "^$part1 \(of $disk\), 1 MiB to 9 MiB"
	shows "^flushes "
	screen
}
promise "the screen of a partition says where it is, and has its disk's flushes" \
	part_on_screen

# ---------------------------------------------------------------------- apply

# made: the devices of all regions.
made()
{
	dmstat-nl list -j | jq -c '[.regions[].device_name] | unique'
}

# applied VALUE WHAT: a block with this line makes regions on that.
applied()
{
	echo "block: $1"
	config one <<<"b { $1 }"
	dmstat-nl apply "$work/conf"
	equal "made on" "$(made)" "$2"
	dmstat-nl apply "$work/conf" | grep -F "nothing to do"
}

by_pattern()
{
	scsi_debug
	nullb 3 16
	zeros one sdx
	later rm -rf /dev/disk/by-test
	mkdir -p /dev/disk/by-test
	ln -s "/dev/$disk" /dev/disk/by-test/serial-1
	applied 'devices = "*"' '["one","sdx"]'
	applied 'devices = "s*"' '["sdx"]'
	applied 'devices = "?d*"' '["sdx"]'
	applied 'uuids = "*"' '["one","sdx"]'
	applied 'types = "*"' '["one","sdx"]'
	applied "devices = \"$disk\"" "[\"$disk\"]"
	applied 'devices = "nullb*"' '["nullb3"]'
	applied "devices = \"/dev/$disk\"" "[\"$disk\"]"
	applied 'devices = "/dev/disk/by-test/serial-*"' "[\"$disk\"]"
	applied 'types = "nullb"' '["nullb3"]'
	applied 'types = [ "zero", "nullb" ]' '["nullb3","one","sdx"]'
	applied "devices = \"sd*\" types = \"disk\"" "[\"$disk\"]"
}
promise "apply takes a disk only if a pattern clearly means disks" by_pattern

cd_drive()
{
	modprobe -q sr_mod || skip "this kernel has no CD drives"
	scsi_debug ptype=5
	applied "devices = \"$disk\" types = \"sr\"" "[\"$disk\"]"
	applied 'devices = "sr*" types = "disk"' '[]'
}
promise "apply takes a CD drive for no disk" cd_drive

# refuses SAYS <BLOCK: apply fails, says so, and leaves regions as they are.
refuses()
{
	local before status=0

	before=$(dmstat-nl list -j | jq -c '[.regions[] | [.region_id, .length]]')
	config one
	dmstat-nl apply "$work/conf" >"$work/said" 2>&1 || status=$?
	cat "$work/said"
	tr '\n' ' ' <"$work/said" | grep -qF "$1" || fail "not said: $1"
	equal "status" "$status" 1
	equal "regions" "$(dmstat-nl list -j |
		jq -c '[.regions[] | [.region_id, .length]]')" "$before"
}

applied_to_partition()
{
	local name

	two_parts
	later rm -rf /dev/disk/by-test
	mkdir -p /dev/disk/by-test
	ln -s "/dev/$part1" /dev/disk/by-test/part
	config one <<<"b { devices = \"$disk\" length = 2048 }"
	dmstat-nl apply "$work/conf"
	for name in "$part1" "/dev/$part1" /dev/disk/by-test/part; do
		refuses "'$name' is a partition: name its disk, $disk, with start = 2048 and length = 16384" \
			<<<"b { devices = \"$name\" }"
		equal "messages" "$(grep -c '^dmstat-nl: ' "$work/said")" 1
	done
	refuses "name its disk, $disk, with start = 2056 and length = 8" \
		<<<"b { devices = \"$part1\" start = 8 length = 8 }"
	refuses "name its disk, $disk, with start and length" \
		<<<"b { devices = \"$part1\" start = 16384 }"

	# One mistake in a list hides neither the next nor what is right.
	refuses "'$part2' is a partition: name its disk, $disk, with start = 18432" \
		<<<"b { devices = [ \"$part1\", \"$disk\", \"$part2\" ] length = 2048 }"
	equal "messages" "$(grep -c '^dmstat-nl: ' "$work/said")" 2

	refuses "$work/conf/one.conf:1: block 'b': nothing is done with '$disk'" \
		<<<"b { devices = \"$disk\" segments = 1 }"

	# There may be other devices that a pattern matches, later.
	config one <<<"b { devices = [ \"$disk?\", \"$disk\" ] length = 2048 }"
	dmstat-nl apply "$work/conf" >"$work/said" 2>&1
	cat "$work/said"
	equal "messages" "$(tr '\n' ' ' <"$work/said" |
		grep -cF "'$disk?' names partitions: name their disks, with start and length")" 1
	grep -F "nothing to do" "$work/said"

	# A volume may be called so.
	zeros "$part1"
	config one <<<"b { devices = \"$part1\" }"
	dmstat-nl apply "$work/conf" >"$work/said" 2>&1
	equal "messages" "$(grep -c '^dmstat-nl: ' "$work/said" || true)" 0
	equal "made on" "$(made)" "[\"$part1\"]"
}
promise "apply says that a partition is no device of its own, and deletes nothing" \
	applied_to_partition

# ab!c, which is /dev/ab/c, as cciss!c0d0 was.
of_folder()
{
	null_disk 'ab!c' 16
	sfdisk -q --force --no-reread /dev/ab/c >/dev/null <<<2048,16384
	wait_until test -b /dev/ab/c1
	applied 'devices = "ab!c" length = 2048' '["ab!c"]'
	refuses "'ab!c1' is a partition: name its disk, ab!c, with start = 2048" \
		<<<'b { devices = "ab!c1" }'
	refuses "'/dev/ab/c1' is a partition: name its disk, ab!c, with start = 2048" \
		<<<'b { devices = "/dev/ab/c1" }'
}
promise "apply knows partitions of a disk whose name has a folder" of_folder

# The same inode on two partitions: tune2fs gives these no time of birth.
files_on_partitions()
{
	local part

	two_parts
	for part in "$part1" "$part2"; do
		mounted ext4 "/dev/$part" -q -F -N 64 -I 128
		write_file "$mnt/file" 64
		sync -f "$mnt/file"
		stat -c "%n: inode %i, born %w" "$mnt/file"
	done
	config one <<<"b { files = [ \"$work/ext4-$part1/file\", \"$work/ext4-$part2/file\" ] }"
	dmstat-nl apply "$work/conf"
	equal "regions" "$(dmstat-nl list -j |
		jq -c '[.regions[] | [.device_name, .partition]] | sort')" \
		"[[\"$disk\",\"$part1\"],[\"$disk\",\"$part2\"]]"
	dmstat-nl apply "$work/conf" | grep -F "nothing to do: 2 regions"
	write_file "$mnt/file" 256
	sync -f "$mnt/file"
	dmstat-nl apply "$work/conf" >/dev/null
	dmstat-nl apply "$work/conf" | grep -F "nothing to do: 2 regions"
}
promise "apply tells files of one inode on two partitions apart" files_on_partitions

appears()
{
	(($(made | jq length) == $1))
}

comes_later()
{
	config one <<<'b { devices = [ "nullb*", "/dev/disk/by-test/*" ] }'
	later rm -rf /dev/disk/by-test
	mkdir -p /dev/disk/by-test
	dmstat-nl apply --watch "$work/conf" >"$work/watch" 2>&1 &
	nullb 3 16
	wait_until appears 1
	nullb 5 16
	wait_until appears 2
	scsi_debug
	ln -s "/dev/$disk" /dev/disk/by-test/late
	wait_until appears 3
	made
}
promise "apply --watch takes disks as they come, and links to them" comes_later

# A loop device without a file: its region waits for the next one.
no_medium()
{
	local loop id

	modprobe loop
	truncate -s 1M "$work/image"
	loop=$(losetup -f --show "$work/image")
	config one <<<"x { devices = \"${loop#/dev/}\" }"
	# The device stays, and so would its region.
	later dmstat-nl delete --all
	dmstat-nl apply "$work/conf"
	id=$(dmstat-nl list -j | jq '.regions[].region_id')
	losetup -d "$loop"
	wait_until grep -qx 0 "/sys/block/${loop#/dev/}/size"
	dmstat-nl apply "$work/conf" >"$work/said" 2>&1 || fail "$(<"$work/said")"
	equal "said" "$(<"$work/said")" "1 waiting for a medium or for a file's place"
	losetup "$loop" "$work/image"
	later losetup -d "$loop"
	dmstat-nl apply "$work/conf" | grep -F "nothing to do: 1 region"
	equal "regions" "$(dmstat-nl list -j | jq '.regions[].region_id')" "$id"
}
promise "apply waits, without a word, for a device that has no medium" no_medium

# ------------------------------------------------------------------- exporter

labelled()
{
	scsi_debug
	dm one "0 64 linear /dev/$disk 0"
	region "$disk"
	region one
	# shellcheck disable=SC2119
	start_exporter
	scrape -f
	equal "of the disk" "$(sample dmstat_region_areas "device=\"$disk\"" 'kind="disk"' \
		'vg=""' 'lv=""')" 1
	equal "of the volume" "$(sample dmstat_region_areas 'device="one"' 'kind="dm"')" 1
	equal "sizes" "$(sample dmstat_device_size_bytes 'kind="dm"')" 32768
	stop_exporter
}
promise "the exporter says which devices are disks" labelled

# ----------------------------------------------------------------------- rest

owned()
{
	dmstat-nl list -j | jq -e '.regions | length > 0' >/dev/null
}

# Of all devices that there are, each I/O is told once.
told_once()
{
	local slow

	scsi_debug ndelay=20000000
	dm one "0 32768 linear /dev/$disk 0"
	dmstat-nl slow -j 5ms >"$work/slow" &
	slow=$!
	wait_until owned
	io -c 2 read /dev/mapper/one 0 8
	sleep 2
	kill -INT "$slow"
	wait "$slow" || true
	cat "$work/slow"
	equal "told by" "$(jq -rc 'select(.kind == "slow") | .device_name' "$work/slow" 2>/dev/null |
		sort | uniq -c | tr -s ' ' | paste -sd,)" " 2 one"
}
promise "slow, if nothing is named, tells an I/O of a volume and not of its disk, too" \
	told_once

told_of_partitions()
{
	local json slow

	scsi_debug dev_size_mb=64 ndelay=20000000
	parted "$disk"
	dmstat-nl slow -j 5ms "$part2" "$part1" >"$work/json" &
	json=$!
	dmstat-nl slow 5ms "$part2" "$part1" "/dev/$part2" >"$work/slow" &
	slow=$!
	wait_until watched_is "$disk" 4
	io -c 2 read "/dev/$part1" 0 8
	io read "/dev/$part2" 0 8
	sleep 2
	equal "regions" "$(watched "$disk")" 4
	kill -INT "$slow" "$json"
	wait "$slow" "$json" || true
	cat "$work/slow" "$work/json"
	equal "each I/O" "$(jq -rc 'select(.kind == "slow") | [.device_name, .partition, .sector]' "$work/json")" \
		"[\"$disk\",\"$part1\",2048]"$'\n'"[\"$disk\",\"$part1\",2048]"$'\n'"[\"$disk\",\"$part2\",18432]"
	equal "lines" "$(grep -cE " slow .* 2048 +$disk .* $part1\$" "$work/slow")" 2
	equal "summary" "$(sed -n '/^DEVICE/,$p' "$work/slow" | awk '{ print $1, $2, $3 }' | paste -sd,)" \
		"DEVICE OF SLOW,$disk $part1 2,$disk $part2 1"
}
promise "slow says in which of the partitions that were named an I/O is" \
	told_of_partitions

# watched NAME: how many regions are on a device.
watched()
{
	dmstat-nl list -j | jq --arg name "$1" '[.regions[] | select(.device_name == $name)] | length'
}

watched_is()
{
	(($(watched "$1") == $2))
}

loses_medium()
{
	local loop slow

	truncate -s 8M "$work/image"
	loop=$(losetup -f --show "$work/image")
	dmstat-nl slow 5s >"$work/slow" 2>&1 &
	slow=$!
	wait_until watched_is "${loop#/dev/}" 1
	losetup -d "$loop"
	wait_until watched_is "${loop#/dev/}" 0
	losetup "$loop" "$work/image"
	later losetup -d "$loop"
	wait_until watched_is "${loop#/dev/}" 1
	kill -0 "$slow" || fail "slow has ended: $(<"$work/slow")"
	kill -INT "$slow"
	wait "$slow" || true
}
promise "slow goes on when a loop device loses its file, and when it is back" \
	loses_medium

reported()
{
	scsi_debug
	region --areas 2 "$disk"
	equal "fields of device-mapper" "$(dmstat-nl report --noheadings --separator '|' \
		-o name,blkdevname,vg_name,lv_name,uuid,suspended,region_id "$disk" | head -n 1)" \
		"$disk|$disk|||||$region"
	dmstat-nl heat --once "$disk" >/dev/null
	equal "completion" "$(dmstat-nl devices -j | jq -r '.devices[].name' | grep -cx "$disk")" 1
}
promise "report leaves what only device-mapper knows empty" reported

run_promises "$@"
