#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Regions of files: filefrag(8) says where a file is, fio what is read and
# written.

source "$(dirname "$0")/filesystem.sh"

# in_pieces FILE COUNT: pieces of 64 KiB each, 64 KiB apart on the device.
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

# places FILE: START LENGTH of its extents on the device, in rising order.
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

# place_of FILE SECTOR: where that sector is on the device.
place_of()
{
	map "$1" | awk -v sector="$2" '$1 <= sector && sector < $1 + $3 {
		print $2 + sector - $1
	}'
}

alone()
{
	in_pieces "$mnt/a" 4
	# One of them takes all the rest, if that is not much.
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
promise "a read is counted where the file system has the data" by_offset

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

	# Data that are only in memory get their place first.
	head -c 100000 /dev/zero >"$mnt/b"
	region --file "$mnt/b"
	equal "areas" "$(areas "$region")" "$(places "$mnt/b")"
}
promise "reserved blocks and data just written belong to a file" reserved

shared()
{
	xfs
	write_file "$mnt/a" 256
	# Blocks of the middle again at the end, and in another file.
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
promise "xfs: speculative allocation for a file that grows does no harm" while_growing

# regions_of ARGUMENT...: "FILE GROUP" of each region that list has.
regions_of()
{
	dmstat-nl list -j "$@" | jq -r '.regions[] | "\(.file) \(.group)"'
}

by_their_files()
{
	local real

	ext4
	real=$(realpath "$mnt")
	write_file "$mnt/a" 64
	write_file "$mnt/b" 64
	write_file "$mnt/c" 64
	dmstat-nl create --file "$mnt/a" "$mnt/b" | tee "$work/ids"
	equal "ids" "$(wc -l <"$work/ids")" 2
	equal "files" "$(regions_of)" "$real/a $real/a
$real/b $real/b"
	dmstat-nl delete --all
	ln -s b "$mnt/link"
	dmstat-nl create --file "$mnt/b" "$mnt/a" "$mnt/link" "$mnt//a" >"$work/ids"
	equal "named twice, in their order" "$(regions_of)" "$real/b $real/b
$real/a $real/a"
	equal "ids" "$(wc -l <"$work/ids")" 2
	equal "of a file" "$(regions_of "$mnt/b")" "$real/b $real/b"
	dmstat-nl list | tee "$work/list"
	grep -qE " $real/a\$" "$work/list"
	equal "print of a file" "$(dmstat-nl print "$mnt/a" | head -n 1 |
		grep -o ', file .*')" ", file $real/a"
	! dmstat-nl list "$mnt/c" 2>"$work/said" || fail "of no region"
	grep -qF "no region is of '$mnt/c'" "$work/said"

	dmstat-nl create -j --group db --file "$mnt/c" >"$work/json"
	equal "with a group" "$(jq -c '[.file, .group, .user_data]' "$work/json")" \
		"[\"$real/c\",\"db\",\"$real/c\"]"
	dmstat-nl create --group db --user-data x --file "$mnt/c"
	equal "group" "$(regions_of db)" "$real/c db
null db"
	rm "$mnt/a"
	dmstat-nl delete "$real/a"
	equal "left" "$(regions_of | wc -l)" 3
}
promise "a file names its region, and list shows it" by_their_files

directories()
{
	local i real

	ext4
	real=$(realpath "$mnt")
	mkdir -p "$mnt/db/base/1"
	for i in db/b db/a db/base/1/c; do
		write_file "$mnt/$i" 64
	done
	touch "$mnt/db/empty"
	ln -s ../../etc "$mnt/db/link"
	mkfifo "$mnt/db/fifo"
	mkdir "$mnt/db/other"
	mount -t tmpfs tmpfs "$mnt/db/other"
	later umount "$mnt/db/other"
	write_file "$mnt/db/other/d" 64
	dmstat-nl create -j --file "$mnt/db" >"$work/json" 2>"$work/said"
	cat "$work/said"
	equal "said" "$(cat "$work/said")" \
		"dmstat-nl: 1 file without data was left out"
	equal "files" "$(jq -r '.regions[].file' "$work/json")" "$real/db/a
$real/db/b
$real/db/base/1/c"
}
promise "a directory means each file in it and below, on its file system" directories

run_promises "$@"
