#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who does an I/O: what dmstat-nl slow and inflight say, and regions that are limited
# to a cgroup.

source "$(dirname "$0")/lib.sh"
source "$here/told.sh"

CGROUPS=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)

# cgroup: $CGROUPS/slow, which has the io controller.
cgroup()
{
	[[ -e /proc/cgroups ]] || skip "this kernel has no cgroups"
	if [[ ! $CGROUPS ]]; then
		mount -t cgroup2 none /sys/fs/cgroup || skip "cgroups cannot be mounted"
		later umount /sys/fs/cgroup
		CGROUPS=/sys/fs/cgroup
	fi
	echo "+io +memory" >"$CGROUPS/cgroup.subtree_control" ||
		skip "there is no io controller"
	mkdir "$CGROUPS/slow"
	later rmdir "$CGROUPS/slow"
}

# in_cgroup COMMAND...: in that cgroup.
in_cgroup()
{
	sh -c 'echo $$ >"$0/slow/cgroup.procs" && exec "$@"' "$CGROUPS" "$@"
}

who()
{
	delayed d 50
	cgroup
	start_slow -j 20ms d
	in_cgroup io write /dev/mapper/d 0 8
	# Written back by a kernel thread.
	in_cgroup dd if=/dev/zero of=/dev/mapper/d bs=4k count=1 seek=100 2>/dev/null
	wait_until printed 2
	end_slow
	cat "$work/ios"
	equal "direct" "$(ios 'select(.sector == 0) |
		"\(.comm) \(.kernel_thread) \(.cgroup)"')" "io false /slow"
	equal "inode" "$(ios 'select(.sector == 0) | .cgroup_id')" \
		"$(stat -c %i "$CGROUPS/slow")"
}
promise "the cgroup has its path" who

removed_cgroup()
{
	local id pid

	linear d 16
	region d
	cgroup
	id=$(stat -c %i "$CGROUPS/slow")
	dmsetup suspend --noflush --nolockfs d
	in_cgroup io write /dev/mapper/d 0 8 &
	held=$!
	wait_until in_flight d 1
	pid=$(dmstat-nl inflight -j d | jq '.inflight[0].pid')
	equal "process" "$(cat "/proc/$pid/comm")" io
	dmstat-nl inflight d | tee "$work/text"
	grep -Eq " io $pid +/slow$" "$work/text"
	on_terminal 80 dmstat-nl inflight d | tee "$work/text"
	equal "too long for a terminal" "$(awk 'length > 80' "$work/text")" ""
	echo "$pid" >"$CGROUPS/cgroup.procs"
	rmdir "$CGROUPS/slow"
	dmstat-nl inflight d | tee "$work/text"
	grep -Eq " io $pid +#$id$" "$work/text"
	mkdir "$CGROUPS/slow"
	release d
}
promise "inflight shows who it is, and the id of a cgroup that was removed" removed_cgroup

limited()
{
	delayed d 50
	cgroup
	region --cgroup "$CGROUPS/slow" d
	dmstat-nl create --cgroup /slow d >"$work/second"
	io -c 3 write /dev/mapper/d 0 8
	in_cgroup io -c 2 write /dev/mapper/d 0 8
	equal "counted" "$(total "$region")" "read 0/0/0 write 2/16/0 discard 0/0/0"
	equal "by its path below" "$(total "$(<"$work/second")")" \
		"read 0/0/0 write 2/16/0 discard 0/0/0"
	refused 1 "there is no cgroup ''" dmstat-nl create --cgroup "" d
	equal "listed" "$(dmstat-nl list -j | jq -r '.regions[] |
		"\(.cgroup_id) \(.cgroup)"' | sort -u)" \
		"$(stat -c %i "$CGROUPS/slow") /slow"
	dmstat-nl list | tee "$work/list"
	grep -q 'CGROUP' "$work/list"

	# Of such a region, slow prints the same I/O.
	start_slow -j 20ms "$region"
	io write /dev/mapper/d 80 8
	in_cgroup io write /dev/mapper/d 88 8
	wait_until printed 1
	end_slow
	equal "events" "$(ios '"\(.sector) \(.cgroup)"')" "88 /slow"
}
promise "a region can be limited to a cgroup" limited

run_promises "$@"
