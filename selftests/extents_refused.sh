#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Files that cannot be a region are refused, each case with its own message.

source "$(dirname "$0")/filesystem.sh"

refused_files()
{
	ext4
	dm e "0 8 zero"
	mkdir "$mnt/folder"
	mkfifo "$mnt/pipe"
	truncate -s 1M "$mnt/sparse"
	touch "$mnt/empty"
	write_file "$mnt/a" 64
	not_created "there is no file with data" --file "$mnt/folder"
	not_created "not a regular file" --file "$mnt/pipe"
	not_created "not a regular file" --file /dev/mapper/d
	not_created "No such file" --file "$mnt/none"
	not_created "takes no space" --file "$mnt/sparse"
	not_created "takes no space" --file "$mnt/empty"
	not_created "is on d, not on 'e': leave out the device" --file "$mnt/a" e
	not_created "none" --file "$mnt/a" none
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}
promise "files without data on a device are refused with a message" refused_files

refused_file_systems()
{
	local loop

	nullb 0 64
	dm d "0 65536 linear /dev/nullb0 0"
	mkdir "$work/tmpfs"
	mount -t tmpfs tmpfs "$work/tmpfs"
	later umount "$work/tmpfs"
	write_file "$work/tmpfs/a" 64
	not_created "not on one block device alone" --file "$work/tmpfs/a"

	mounted ext4 /dev/mapper/d -q -F -N 64 -O inline_data -I 256
	echo small >"$mnt/a"
	not_created "no blocks of its own" --file "$mnt/a"
	write_file "$mnt/b" 64
	region --file "$mnt/b"

	modprobe -q loop || skip "this kernel has no loop"
	dm e "0 65536 linear /dev/nullb0 65536"
	loop=$(losetup --find --show /dev/mapper/e)
	later losetup --detach "$loop"
	mounted ext4 "$loop" -q -F -N 64
	write_file "$mnt/a" 64
	not_created "is on ${loop##*/}, not on 'e': leave out the device" \
		--file "$mnt/a" e
}
promise "file systems that are not on a device are refused with a message" \
	refused_file_systems

without_fiemap()
{
	linear d 16
	mounted minix /dev/mapper/d
	write_file "$mnt/a" 64
	not_created "does not report where files are" --file "$mnt/a"
}
promise "a file system that does not report where files are is refused" \
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
	not_created "realtime device" --file "$mnt/a"
	write_file "$mnt/b" 64
	region --file "$mnt/b"
}
promise "xfs: a file on the realtime device is refused" realtime

# told COUNT FLAGS ARGUMENT...: dmstat-nl create with a file system that reports so
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
	refused_if_told "does not report where it is" 1 0x2
	refused_if_told "has more than 65536 extents" 65537 0
	# Preallocation after the end does not matter, nor do shared extents.
	region=$(told 17 0x6 --file "$mnt/a")
	equal "extents" "$(areas "$region" | tail -n 1)" "240 8"
	region=$(told 3000 0x3801 --file "$mnt/a")
	equal "extents" "$(areas "$region" | tail -n 1)" "47984 8"
}
promise "extents without a place on the device are refused with a message" \
	told_by_others

# misused ARGUMENT...: dmstat-nl create prints its usage.
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
	misused --file /x --all
	misused --all d
	not_created "No such file" --file "" d
	not_created "is a file or a directory: give --file '$work'" "$work"
}
promise "options that do not go together are refused with status 2" misuse

run_promises "$@"
