# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Counts compared with a witness: the tracepoints of the block layer, as the program
# witness reads them. Sourced after lib.sh, which
# has made the folder $work.
# shellcheck disable=SC2154

tracing=/sys/kernel/tracing
instance=$tracing/instances/dmstat

# KiB for each CPU: some 100,000 events.
TRACE_KIB=8192

# device NAME: MAJOR:MINOR.
device()
{
	mountpoint -x "/dev/mapper/$1"
}

# stat_of NAME FIELD: of /sys/block/dm-N/stat.
stat_of()
{
	awk -v field="$2" '{ print $field }' "$(disk_of "$1")/stat"
}

remove_trace()
{
	[[ ! -d $instance ]] || rmdir "$instance"
}

# filter NAME...: a filter of events, for these devices.
filter()
{
	local name number filter=

	for name in "$@"; do
		number=$(device "$name")
		filter+="${filter:+ || }dev == $((${number%:*} << 20 | ${number#*:}))"
	done
	echo "$filter"
}

# warm_up: under emulation, code that runs for the first time takes milliseconds. Run
# it before the first I/O that is measured.
warm_up()
{
	need_module dm_zero
	dmsetup create warm --table "0 1024 zero"
	dmstat-nl create --area-size 8 warm >/dev/null
	io read /dev/mapper/warm 0 8
	io write /dev/mapper/warm 512 8
	dmsetup remove warm
}

# trace_start NAME...: trace the I/O of devices.
trace_start()
{
	local event

	warm_up
	[[ -d $tracing/instances ]] || mount -t tracefs tracefs "$tracing" ||
		skip "this kernel has no tracefs"
	mkdir "$instance"
	later remove_trace
	echo mono >"$instance/trace_clock"
	echo "$TRACE_KIB" >"$instance/buffer_size_kb"
	for event in queue complete; do
		filter "$@" >"$instance/events/block/block_bio_$event/filter"
		echo 1 >"$instance/events/block/block_bio_$event/enable"
	done
}

# trace_stop: write all of the trace to $work/trace.
trace_stop()
{
	echo 0 >"$instance/tracing_on"
	equal "events lost" "$(cat "$instance"/per_cpu/cpu*/stats |
		awk '/overrun:|dropped/ { n += $NF } END { print n + 0 }')" 0
	cat "$instance/trace" >"$work/trace"
	remove_trace
}

# watch_start REGION [OPTION]...: read it as fast as possible until watch_stop.
watchers=()
watch_start()
{
	counters watch -l "$work/log.$1" "${@:2}" "$1" \
		>"$work/readings.$1" 2>"$work/wrong.$1" &
	watchers+=("$1 $!")
}

# watch_stop: no counter went back, no busy time grew faster than the clock.
watch_stop()
{
	local watcher region pid status=0

	for watcher in "${watchers[@]}"; do
		read -r region pid <<<"$watcher"
		kill -TERM "$pid"
		wait "$pid" || status=$?
		cat "$work/wrong.$region"
		within "readings of region $region" \
			"$(<"$work/readings.$region")" 10 10000000
	done
	watchers=()
	((!status)) || fail "a counter went back, or grew faster than time"
}

# agree NAME REGION...: each reading agrees with the trace.
agree()
{
	local region

	for region in "${@:2}"; do
		witness compare "$work/trace" "$(device "$1")" \
			"$work/log.$region" ||
			fail "region $region does not agree with the trace"
	done
}

# witnessed NAME: what the trace says, a line for each operation.
witnessed()
{
	witness summary "$work/trace" "$(device "$1")"
}
