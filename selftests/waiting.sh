#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Disks come and go without waiting for requests, however large these are.

source "$(dirname "$0")/lib.sh"

tracefs=/sys/kernel/tracing

# The largest possible requests, repeatedly.
crowd_in()
{
	modprobe -q dm-zero || skip "this kernel has no dm-zero"
	dm crowded "0 8000000 zero"
	crowd crowded >"$work/crowd" &
	wait_until test -s "$work/crowd"
}

rounds_of_crowd()
{
	wc -l <"$work/crowd"
}

untrace()
{
	echo nop >"$tracefs/current_tracer"
	echo >"$tracefs/set_ftrace_filter"
}

# trace FUNCTION...: how long each call takes from now on.
trace()
{
	[[ -e $tracefs/trace ]] || mount -t tracefs tracefs "$tracefs"
	grep -qw function_graph "$tracefs/available_tracers" ||
		skip "this kernel has no function_graph tracer"
	echo "$*" >"$tracefs/set_ftrace_filter"
	later untrace
	echo function_graph >"$tracefs/current_tracer"
}

# longest FUNCTION: calls, and microseconds of the longest one.
longest()
{
	sed -n "s/^[^|]*) *[^ 0-9|]* *\([0-9.]*\) us *|.*\<$1\>.*/\1/p" \
		"$tracefs/trace" |
		awk '{ n++; if ($1 > longest) longest = $1 }
			END { printf "%d %d\n", n, longest }'
}

# A disk that is not watched arrives and goes: of null_blk, and of device-mapper.
disk_of_null_blk()
{
	echo 1 >/sys/kernel/config/nullb/nullb1/power
	echo 0 >/sys/kernel/config/nullb/nullb1/power
}

disk_of_device_mapper()
{
	dmsetup create fleeting --table "0 8 zero"
	dmsetup remove fleeting
}

# They come and go under locks of the driver core and the block layer.
disks_do_not_wait()
{
	local i function n longest

	nullb 1 16
	echo 0 >/sys/kernel/config/nullb/nullb1/power
	crowd_in
	trace device_add device_del
	for ((i = 0; i < 12; i++)); do
		disk_of_null_blk
		disk_of_device_mapper
	done
	echo "the crowd went round $(rounds_of_crowd) times"
	for function in device_add device_del; do
		read -r n longest < <(longest "$function")
		within "calls of $function" "$n" 24 1000000
		# A request holds dmstat_lock for a second and more.
		within "us of the longest" "$longest" 0 200000
	done
}
promise "disks come and go without waiting for large requests" \
	disks_do_not_wait

run_promises "$@"
