#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Regions made of extents by the command: of a file, and of the segments of a
# table. Where a file is comes from filefrag(8), what is read and written from
# fio.

source "$(dirname "$0")/lib.sh"

# ------------------------------------------------------------ file systems

# mounted TYPE DEVICE [OPTION]...: a file system on a device, at $mnt, made with
# these options of mkfs.
mounted()
{
	mnt=$work/$1-${2##*/}
	modprobe -q "$1" || skip "this kernel has no $1"
	type -P "mkfs.$1" >/dev/null || skip "there is no mkfs.$1"
	"mkfs.$1" "${@:3}" "$2" >"$work/mkfs" 2>&1 || fail "$(cat "$work/mkfs")"
	mkdir "$mnt"
	mount -t "$1" ${mount_options:+-o "$mount_options"} "$2" "$mnt"
	later umount "$mnt"
}

ext4()
{
	linear d 24
	mounted ext4 /dev/mapper/d -q -F -N 64
}

# The least that mkfs.xfs makes.
xfs()
{
	linear d 304
	mounted xfs /dev/mapper/d
}

# write_file FILE KIB
write_file()
{
	dd if=/dev/zero of="$1" bs=64k count=$(($2 / 64)) conv=fsync \
		status=none
}

# in_pieces FILE COUNT: of 64 KiB each, which are 64 KiB apart on the device.
in_pieces()
{
	local piece

	write_file "$1" $(((2 * $2 - 1) * 64))
	for ((piece = 1; piece < $2; piece++)); do
		fallocate --collapse-range --offset $((piece * 64))KiB \
			--length 64KiB "$1"
	done
	sync -f "$1"
	within "pieces of ${1##*/}" "$(places "$1" | wc -l)" "$2" $(($2 + 4))
}

# map FILE: LOGICAL PHYSICAL LENGTH of each extent, in sectors.
map()
{
	filefrag -e -v -b512 "$1" | sed -nE \
		's/^ *[0-9]+: +([0-9]+)\.\. +[0-9]+: +([0-9]+)\.\. +[0-9]+: +([0-9]+):.*/\1 \2 \3/p'
}

# places FILE: START LENGTH of what it takes on the device, in rising order.
places()
{
	map "$1" | sort -n -k 2 | awk '{ $1 = $2; $2 = $3 }
		NR > 1 && $1 <= end {
			if ($1 + $2 > end) end = $1 + $2
			next
		}
		NR > 1 { print start, end - start }
		{ start = $1; end = $1 + $2 }
		END { print start, end - start }'
}

# place_of FILE SECTOR: where that one is on the device.
place_of()
{
	map "$1" | awk -v sector="$2" '$1 <= sector && sector < $1 + $3 {
		print $2 + sector - $1
	}'
}

# areas REGION: START LENGTH of each.
areas()
{
	dmstat-nl print -j "$1" | jq -r '.areas[] | "\(.start) \(.length)"'
}

# --------------------------------------------------------------------- files

alone()
{
	in_pieces "$mnt/a" 4
	# Among them what takes all the rest, if there is not much of that.
	write_file "$mnt/b" "$1" 2>"$work/full" || cat "$work/full"
	region --file "$mnt/a"
	equal "areas" "$(areas "$region")" "$(places "$mnt/a")"
	equal "device" "$(dmstat-nl list -j | jq -r '.regions[].device_name')" d

	io -c 100 -s 8 write "$mnt/b" 0 8
	io -c 100 -s 8 read "$mnt/b" 0 8
	equal "after I/O to the other file" "$(total "$region")" \
		"read 0/0/0 write 0/0/0 discard 0/0/0"
	load_fio "$mnt/a" --rw=randrw --bs=4k --iodepth=4 --number_ios=500 \
		--overwrite=1 --fallocate=none
	equal "after I/O to the file" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
}

alone_on_ext4()
{
	ext4
	alone 24000
}
promise "ext4: a file's region counts the I/O of that file, all of it and no other" \
	alone_on_ext4

alone_on_xfs()
{
	xfs
	alone 3000
}
promise "xfs: a file's region counts the I/O of that file, all of it and no other" \
	alone_on_xfs

by_offset()
{
	local piece place

	ext4
	in_pieces "$mnt/a" 4
	region --file "$mnt/a" d
	for piece in 0 3 1; do
		io -c $((piece + 1)) read "$mnt/a" $((piece * 128 + 8)) 8
	done
	for piece in 0 3 1; do
		place=$(place_of "$mnt/a" $((piece * 128 + 8)))
		equal "reads where piece $piece is" "$(dmstat-nl print -j "$region" |
			jq --argjson at "$place" '.areas[] | select(.start <= $at and
				$at < .start + .length) | .read.ios')" $((piece + 1))
	done
	equal "all" "$(total "$region")" \
		"read 7/56/0 write 0/0/0 discard 0/0/0"
}
promise "a read is counted where the file system has what is read" by_offset

cut_apart()
{
	ext4
	in_pieces "$mnt/a" 2
	region --area-size 48k --program files --histogram 1ms --file "$mnt/a"
	equal "areas" "$(areas "$region")" "$(places "$mnt/a" |
		awk '{ for (; $2 > 96; $1 += 96) { print $1, 96; $2 -= 96 }
			print $1, $2 }')"
	equal "the region" "$(dmstat-nl list -j | jq -c '.regions[] |
		[.extents, .areas, .area_size, .program_id]')" \
		"[$(places "$mnt/a" | wc -l),$(areas "$region" | wc -l),96,\"files\"]"
	io -c 3 write "$mnt/a" 0 8
	equal "histogram" "$(dmstat-nl print -j "$region" |
		jq '[.areas[].write.histogram[]?.ios] | add')" 3
}
promise "an area size cuts each extent from its own start" cut_apart

reserved()
{
	ext4
	fallocate --length 256KiB "$mnt/a"
	region --file "$mnt/a"
	equal "areas" "$(areas "$region")" "$(places "$mnt/a")"
	io write "$mnt/a" 128 8
	equal "writes" "$(total "$region")" "read 0/0/0 write 1/8/0 discard 0/0/0"

	# What is only in memory yet gets its place first.
	head -c 100000 /dev/zero >"$mnt/b"
	region --file "$mnt/b"
	equal "areas" "$(areas "$region")" "$(places "$mnt/b")"
}
promise "what is reserved and what was just written belongs to a file" reserved

shared()
{
	xfs
	write_file "$mnt/a" 256
	# Blocks of the middle once more at the end, and of another file's.
	xfs_io -c "reflink $mnt/a 65536 262144 131072" "$mnt/a" >"$work/xfs_io"
	cp --reflink=always "$mnt/a" "$mnt/b"
	sync -f "$mnt/a"
	within "extents" "$(map "$mnt/a" | wc -l)" 2 9
	region --file "$mnt/a"
	equal "areas" "$(areas "$region")" "$(places "$mnt/a")"
	equal "sectors" "$(areas "$region" | awk '{ n += $2 } END { print n }')" 512
	io read "$mnt/b" 200 8
	equal "through the other file" "$(total "$region")" \
		"read 1/8/0 write 0/0/0 discard 0/0/0"
}
promise "blocks that a file has twice, or shares, are in its region once" shared

while_growing()
{
	xfs
	exec 9>>"$mnt/a"
	head -c 200000 /dev/zero >&9
	region --file "$mnt/a"
	exec 9>&-
	equal "areas begin as the file" "$(areas "$region" | head -n 1 |
		cut -d' ' -f 1)" "$(place_of "$mnt/a" 0)"
}
promise "xfs: what it plans for a file that grows is no hindrance" while_growing

# refused MESSAGE ARGUMENT...: dmstat-nl create refuses, and that is in what it
# says.
refused()
{
	local said

	said=$(! dmstat-nl create "${@:2}" 2>&1) || fail "made: ${*:2}"
	echo "$said"
	[[ $said == *"$1"* ]] || fail "'${*:2}' was not refused by '$1'"
}

refused_files()
{
	ext4
	dm e "0 8 zero"
	mkdir "$mnt/folder"
	mkfifo "$mnt/pipe"
	truncate -s 1M "$mnt/sparse"
	touch "$mnt/empty"
	write_file "$mnt/a" 64
	refused "not a regular file" --file "$mnt/folder"
	refused "not a regular file" --file "$mnt/pipe"
	refused "not a regular file" --file /dev/mapper/d
	refused "No such file" --file "$mnt/none"
	refused "takes no space" --file "$mnt/sparse"
	refused "takes no space" --file "$mnt/empty"
	refused "is on d, not on 'e': leave out the device" --file "$mnt/a" e
	refused "none" --file "$mnt/a" none
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}
promise "what is no file with data on the device is refused in words" refused_files

refused_file_systems()
{
	local loop

	nullb 0 64
	dm d "0 65536 linear /dev/nullb0 0"
	mkdir "$work/tmpfs"
	mount -t tmpfs tmpfs "$work/tmpfs"
	later umount "$work/tmpfs"
	write_file "$work/tmpfs/a" 64
	refused "not on one block device alone" --file "$work/tmpfs/a"

	mounted ext4 /dev/mapper/d -q -F -N 64 -O inline_data -I 256
	echo small >"$mnt/a"
	refused "no blocks of its own" --file "$mnt/a"
	write_file "$mnt/b" 64
	region --file "$mnt/b"

	modprobe -q loop || skip "this kernel has no loop"
	dm e "0 65536 linear /dev/nullb0 65536"
	loop=$(losetup --find --show /dev/mapper/e)
	later losetup --detach "$loop"
	mounted ext4 "$loop" -q -F -N 64
	write_file "$mnt/a" 64
	refused "is on ${loop##*/}, which is not a device-mapper device" \
		--file "$mnt/a"
	refused "is on ${loop##*/}, which is not a device-mapper device" \
		--file "$mnt/a" e
}
promise "file systems that have no places on a device are refused in words" \
	refused_file_systems

without_fiemap()
{
	linear d 16
	mounted minix /dev/mapper/d
	write_file "$mnt/a" 64
	refused "does not tell where files are" --file "$mnt/a"
}
promise "a file system that does not tell where files are is refused" \
	without_fiemap

realtime()
{
	nullb 0 400
	dm d "0 622592 linear /dev/nullb0 0"
	dm r "0 131072 linear /dev/nullb0 622592"
	mount_options=rtdev=/dev/mapper/r
	mounted xfs /dev/mapper/d -m reflink=0,rmapbt=0 \
		-r rtdev=/dev/mapper/r
	xfs_io -f -c "chattr +r" "$mnt/a"
	write_file "$mnt/a" 64
	refused "realtime device" --file "$mnt/a"
	write_file "$mnt/b" 64
	region --file "$mnt/b"
}
promise "xfs: a file on the realtime device is refused" realtime

# told COUNT FLAGS ARGUMENT...: dmstat-nl create, if the file system tells of so
# many extents, the last with these flags.
told()
{
	FIEMAP="$1 $2" LD_PRELOAD=$(type -P fake_fiemap.so) \
		dmstat-nl create "${@:3}"
}

# refused_if_told MESSAGE COUNT FLAGS
refused_if_told()
{
	local said

	said=$(! told "$2" "$3" --file "$mnt/a" 2>&1) || fail "made: $2 $3"
	echo "$said"
	[[ $said == *"$1"* ]] || fail "$2 extents, $3: not refused by '$1'"
}

told_by_others()
{
	ext4
	write_file "$mnt/a" 64
	refused_if_told "not on the device yet" 2 0x6
	refused_if_told "compresses or encrypts it" 3000 0x8
	refused_if_told "compresses or encrypts it" 1 0x80
	refused_if_told "no blocks of its own" 1 0x300
	refused_if_told "does not tell where it is" 1 0x2
	refused_if_told "in more than 65536 pieces" 65537 0
	# What is planned behind the end does not matter, nor who else has it.
	region=$(told 17 0x6 --file "$mnt/a")
	equal "extents" "$(areas "$region" | tail -n 1)" "240 8"
	region=$(told 3000 0x3801 --file "$mnt/a")
	equal "extents" "$(areas "$region" | tail -n 1)" "47984 8"
}
promise "what a file system tells that is no place is refused in words" \
	told_by_others

# ------------------------------------------------------------------ segments

segments()
{
	nullb 0 16
	dm d "0 1000 linear /dev/nullb0 8000
1000 24 error
1024 5000 linear /dev/nullb0 2000
6024 8 linear /dev/nullb0 16"
	region --segments d
	equal "areas" "$(areas "$region")" "0 1000
1000 24
1024 5000
6024 8"
	io -c 2 read /dev/mapper/d 992 8
	io -c 3 read /dev/mapper/d 1024 8
	io -c 4 write /dev/mapper/d 6024 8
	io read /dev/mapper/d 1000 8
	expect_counts "$region" <<-END
		0: read 2/16/0 write 0/0/0 discard 0/0/0 flight 0/0
		1: read 1/8/1 write 0/0/0 discard 0/0/0 flight 0/0
		2: read 3/24/0 write 0/0/0 discard 0/0/0 flight 0/0
		3: read 0/0/0 write 4/32/0 discard 0/0/0 flight 0/0
	END
	region --segments --area-size 600 /dev/mapper/d
	equal "areas of 600 sectors" "$(areas "$region" | paste -sd,)" \
		"0 600,600 400,1000 24,$(seq -f '%.0f 600' -s, 1024 600 5224),5824 200,6024 8"
}
promise "segments: each of the table is an area, or cut from its start" segments

# Of 2 sectors each.
many_segments()
{
	nullb 0 65
	seq 0 2 $((2 * $1 - 2)) |
		sed 's|.*|& 2 linear /dev/nullb0 &|' >"$work/table"
	dmsetup create d "$work/table"
	later remove_dm d
}

# dmstat-nl as a process that may do all but administer the network.
without_net_admin()
{
	setpriv --bounding-set -net_admin --inh-caps -net_admin dmstat-nl "$@"
}

as_many_as_can_be()
{
	local said

	many_segments 65537
	refused "has more than 65536 segments" --segments d

	sed -i '$d' "$work/table"
	dmsetup load d "$work/table"
	dmsetup resume d
	said=$(! without_net_admin create --segments d 2>&1) ||
		fail "made, although the request may not be sent"
	echo "$said"
	[[ $said == *"give the process CAP_NET_ADMIN"* ]]

	region --segments d
	equal "the region" "$(dmstat-nl list -j | jq -c '.regions[] |
		[.extents, .areas, .start, .length]')" "[65536,65536,0,131072]"
	io -c 3 read /dev/mapper/d 80000 2
	io read /dev/mapper/d 131070 2
	expect_counts "$region" <<-END
		40000: read 3/6/0 write 0/0/0 discard 0/0/0 flight 0/0
		65535: read 1/2/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
}
promise "65,536 segments are counted, each apart, and more are refused" \
	as_many_as_can_be

for_people()
{
	nullb 0 16
	dm d "0 64 linear /dev/nullb0 0
64 1024 linear /dev/nullb0 2048"
	dmstat-nl create d
	dmstat-nl list >"$work/without"
	region --segments d
	dmstat-nl list | tee "$work/list"
	equal "columns without such a region" \
		"$(grep -c EXTENTS "$work/without" || true)" 0
	equal "columns with one" "$(grep -c ' AREAS EXTENTS ' "$work/list")" 1
	grep -qE "^ *$region d .* 2 +2 +[0-9.]+ K?i?B" "$work/list"
	equal "print" "$(dmstat-nl print "$region" | head -n 1)" \
		"region $region on d: 2 areas of at most 512 KiB in 2 extents, start 0 B, length 544 KiB"
	dmstat-nl delete "$region"
	equal "regions" "$(dmstat-nl list -j | jq -c '[.regions[].extents]')" "[0]"
}
promise "list and print say how many extents there are" for_people

# -------------------------------------------------------------- command line

# misused ARGUMENT...: dmstat-nl create says how it is used.
misused()
{
	local status=0

	dmstat-nl create "$@" || status=$?
	equal "status of '$*'" "$status" 2
}

misuse()
{
	linear d 16
	misused --segments
	misused --file
	misused --file /x d e
	misused --file /x --segments d
	misused --file /x --start 8
	misused --file /x --areas 2
	misused --segments --start 8 d
	misused --segments --areas 2 d
	misused --segments=1 d
	misused --file /x --area-size 1x
	refused "No such file" --file "" d
}
promise "options that do not go together are refused with status 2" misuse

run_promises "$@"
