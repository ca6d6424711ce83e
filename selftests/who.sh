#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who does an I/O: what dmstat-nl slow and inflight say, and regions that are limited
# to a cgroup.

source "$(dirname "$0")/lib.sh"
source "$here/cgroup.sh"
source "$here/told.sh"

# cgroup: $cgroups/slow, which has the io controller.
cgroup()
{
	new_cgroup slow "+io +memory" >"$work/why" || skip "$(cat "$work/why")"
}

who()
{
	delayed d 50
	cgroup
	start_slow -j 20ms d
	in_cgroup slow io write /dev/mapper/d 0 8
	# Written back by a kernel thread.
	in_cgroup slow dd if=/dev/zero of=/dev/mapper/d bs=4k count=1 seek=100 2>/dev/null
	wait_until printed 2
	end_slow
	cat "$work/ios"
	equal "direct" "$(ios 'select(.sector == 0) |
		"\(.comm) \(.kernel_thread) \(.cgroup)"')" "io false /slow"
	equal "inode" "$(ios 'select(.sector == 0) | .cgroup_id')" \
		"$(stat -c %i "$cgroups/slow")"
}
promise "the cgroup has its path" who

removed_cgroup()
{
	local id pid

	linear d 16
	region --slow 1ms d
	cgroup
	id=$(stat -c %i "$cgroups/slow")
	dmsetup suspend --noflush --nolockfs d
	in_cgroup slow io write /dev/mapper/d 0 8 &
	held=$!
	wait_until in_flight d 1
	pid=$(dmstat-nl inflight -j d | jq '.inflight[0].pid')
	equal "process" "$(cat "/proc/$pid/comm")" io
	dmstat-nl inflight d | tee "$work/text"
	grep -Eq " io $pid +/slow$" "$work/text"
	on_terminal 80 dmstat-nl inflight d | tee "$work/text"
	equal "too long for a terminal" "$(awk 'length > 80' "$work/text")" ""
	echo "$pid" >"$cgroups/cgroup.procs"
	rmdir "$cgroups/slow"
	dmstat-nl inflight d | tee "$work/text"
	grep -Eq " io $pid +#$id$" "$work/text"
	mkdir "$cgroups/slow"
	stdbuf -oL dmstat-nl monitor --events io >"$work/events" &
	monitor=$!
	wait_until listens "$monitor"
	release d
	# There, "#" is before the number of the event alone.
	wait_until grep -q ' slow: ' "$work/events"
	kill -INT "$monitor"
	wait "$monitor"
	cat "$work/events"
	grep -qE " slow: write .*, by io $pid, cgroup $id \(removed\)$" "$work/events"
	equal "lines with two" "$(grep -c '#.*#' "$work/events" || true)" 0
}
promise "inflight shows who it is, and the id of a cgroup that was removed" removed_cgroup

root_cgroup()
{
	linear d 16
	region d
	dmsetup suspend --noflush --nolockfs d
	io write /dev/mapper/d 0 8 &
	held=$!
	wait_until in_flight d 1
	# shellcheck disable=SC2016
	unshare --mount sh -c 'umount -R /sys/fs/cgroup; ! mountpoint -q /sys/fs/cgroup &&
		dmstat-nl inflight d' 2>"$work/err" | tee "$work/text"
	cat "$work/err"
	grep -Eq " io [0-9]+ +/$" "$work/text"
	equal "JSON" "$(dmstat-nl inflight -j d | jq -r '.inflight[0].cgroup')" /
	release d
}
promise "the root cgroup is /, also where no cgroup is mounted" root_cgroup

limited()
{
	delayed d 50
	cgroup
	region --cgroup "$cgroups/slow" d
	dmstat-nl create --cgroup /slow d >"$work/second"
	io -c 3 write /dev/mapper/d 0 8
	in_cgroup slow io -c 2 write /dev/mapper/d 0 8
	equal "counted" "$(total "$region")" "read 0/0/0 write 2/16/0 discard 0/0/0"
	equal "by its path below" "$(total "$(<"$work/second")")" \
		"read 0/0/0 write 2/16/0 discard 0/0/0"
	refused 1 "there is no cgroup ''" dmstat-nl create --cgroup "" d
	equal "listed" "$(dmstat-nl list -j | jq -r '.regions[] |
		"\(.cgroup_id) \(.cgroup)"' | sort -u)" \
		"$(stat -c %i "$cgroups/slow") /slow"
	dmstat-nl list | tee "$work/list"
	grep -q 'CGROUP' "$work/list"

	# Of such a region, slow prints the same I/O.
	start_slow -j 20ms "$region"
	io write /dev/mapper/d 80 8
	in_cgroup slow io write /dev/mapper/d 88 8
	wait_until printed 1
	end_slow
	equal "events" "$(ios '"\(.sector) \(.cgroup)"')" "88 /slow"
}
promise "a region can be limited to a cgroup" limited

run_promises "$@"
