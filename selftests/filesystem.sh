# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of regions made of extents share: file systems, areas, and
# refusals of dmstat-nl create.

source "$(dirname "$0")/lib.sh"

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

# areas REGION: START LENGTH of each.
areas()
{
	dmstat-nl print -j "$1" | jq -r '.areas[] | "\(.start) \(.length)"'
}

# not_created MESSAGE ARGUMENT...: dmstat-nl create refuses, with that in its message.
not_created()
{
	local said

	said=$(! dmstat-nl create "${@:2}" 2>&1) || fail "made: ${*:2}"
	echo "$said"
	[[ $said == *"$1"* ]] || fail "'${*:2}' was not refused by '$1'"
}
