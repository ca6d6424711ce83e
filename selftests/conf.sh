# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of dmstat-nl apply share: configuration files, and devices that they
# name.

source "$(dirname "$0")/filesystem.sh"

# config NAME: a file of $work/conf, from stdin.
config()
{
	mkdir -p "$work/conf"
	cat >"$work/conf/$1.conf"
}

# zeros NAME...: devices without a disk, of 1 MiB.
zeros()
{
	local name

	modprobe dm-zero
	for name; do
		dm "$name" "0 2048 zero"
	done
}

# resize NAME SECTORS: of a device of one zero target.
resize()
{
	dmsetup suspend "$1"
	dmsetup load "$1" --table "0 $2 zero"
	dmsetup resume "$1"
}
