#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Readers at full speed under load: no counter goes back, and what several readers
# with --clear get adds up to the counts of a region that is not cleared.

source "$(dirname "$0")/lib.sh"
source "$here/witness.sh"

# load DEVICE SECONDS: reads and writes at a depth of 64 on all CPUs, discards and
# flushes beside them.
load_for()
{
	local flusher

	while :; do
		io -c 5 flush "$1" 0 0 >/dev/null
		io -c 5 -s 100 discard "$1" 16000 200 >/dev/null
		sleep 0.05
	done &
	flusher=$!
	fio --output="$work/fio" --name=load --thread --filename="$1" \
		--direct=1 --rw=randrw --norandommap --bsrange=4k-32k \
		--ioengine=libaio --iodepth=64 --numjobs="$(nproc)" \
		--cpus_allowed="0-$(($(nproc) - 1))" \
		--cpus_allowed_policy=split --time_based --runtime="$2"
	kill "$flusher"
	wait "$flusher" || true
	wait_until in_flight d 0
}

# disk NS: each I/O on it takes this long.
disk()
{
	linear d 16 irqmode=2 completion_nsec="$1" discard=1 cache_size=1 \
		submit_queues="$(nproc)"
}

never_back()
{
	local kept=()

	disk "$1"
	region --areas 12 --histogram 100us,1ms,10ms d; kept+=("$region")
	region d; kept+=("$region")
	for region in "${kept[@]}"; do
		watch_start "$region"
	done
	load_for /dev/mapper/d 8
	watch_stop
	within "I/Os" "$(area_value "${kept[1]}" 0 '.read.ios + .write.ios')" \
		200 100000000
	within "discards" "$(area_value "${kept[1]}" 0 .discard.ios)" 5 1000000
}
slow_io() { never_back 20000000; }
fast_io() { never_back 50000; }
promise "I/O of 20 ms at a depth of 64: no counter goes back" slow_io
promise "I/O of 50 us at a depth of 64: no counter goes back" fast_io

# The sum of several readers, compared with a region that was not cleared. Times of
# I/O in flight are those of the moment when an area was read: busy and queue time may
# differ by one per cent and 10 ms.
compare_sums()
{
	awk -v kept="$1" '
	function bad(what, key) {
		printf "FAILED: %s of area %s: %.0f, kept %.0f\n", what, key,
			given[key], had[key]
		failed = 1
	}
	{
		key = $1 " " $2
		keys[key] = 1
		if (FILENAME == kept) had[key] = $3
		else if ($2 ~ /longest/) {
			if ($3 > given[key]) given[key] = $3
		} else given[key] += $3
	}
	END {
		for (key in keys) {
			apart = given[key] - had[key]
			if (apart < 0) apart = -apart
			if (key ~ /busy|queue/) {
				if (apart > had[key] / 100 + 10e6)
					bad("time", key)
				if (apart > most) most = apart
				times++
			} else if (apart) bad("counter", key)
			else same++
		}
		printf "%d counters are the same; %d times, %.0f us apart at most\n",
			same, times, most / 1000
		exit failed || !same || !times
	}' "$@"
}

clearing()
{
	local kept cleared i pids=()

	disk 5000000
	region --areas 6 --histogram 1ms,10ms,100ms d; kept=$region
	region --areas 6 --histogram 1ms,10ms,100ms d; cleared=$region
	for i in 1 2 3; do
		counters clear "$cleared" >"$work/given.$i" &
		pids+=($!)
	done
	watch_start "$kept" -p 2000
	load_for /dev/mapper/d 8
	watch_stop
	for i in "${pids[@]}"; do
		kill -TERM "$i"
		wait "$i"
	done
	counters get "$kept" >"$work/kept"
	compare_sums "$work/kept" "$work"/given.*
	within "readers that got something" \
		"$(find "$work" -name 'given.*' -size +0 | wc -l)" 2 3
	equal "left" "$(counters get "$cleared")" ""
}
promise "readers that clear get all counts, once" clearing

run_promises "$@"
