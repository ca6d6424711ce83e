#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-exporter with a thousand clients, slow ones, malformed requests, more regions
# than it exports, and a kernel that hangs: nothing piles up.

# shellcheck disable=SC2119
source "$(dirname "$0")/lib.sh"
source "$here/exporter_lib.sh"

fds_are()
{
	(($(fds) == $1))
}

many_clients()
{
	local before after

	linear crowded 16
	region --areas 16 --histogram 1ms crowded
	start_exporter
	before=$(fds)
	exporter.py queue "$port" 1000
	exporter.py fuzz "$port" $((RANDOM * 10000)) 3000
	exporter.py slow "$port"
	wait_until fds_are "$before"
	after=$(fds)
	equal "open files" "$after" "$before"
	equal "threads" "$(threads)" 2
	stop_exporter
}
promise "a thousand clients, slow ones and malformed requests harm nobody else" many_clients

is_up()
{
	scrape
	[[ $(sample dmstat_up) == 1 ]]
}

# stuck LEAST MOST: the answer, after milliseconds, is that of a scrape that took too
# long.
stuck()
{
	local start=${EPOCHREALTIME/./}

	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 0
	within "answered after ms" $(((${EPOCHREALTIME/./} - start) / 1000)) "$1" "$2"
}

kernel_hangs()
{
	linear stuck 16
	region stuck
	exporter_environment=(LD_PRELOAD="$(command -v exporter_hang.so)"
			      DMSTAT_HANG="$work/hang")
	start_exporter
	chmod 755 "$work"
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 1
	touch "$work/hang"
	stuck 7500 60000
	stuck 0 7000
	exporter.py crowd "$port" 20 1 || fail "not all scrapes were answered"
	equal "threads" "$(threads)" 2
	rm "$work/hang"
	wait_until is_up
	touch "$work/hang"
	curl -s "$url/metrics" >/dev/null &
	sleep 0.5
	stop_exporter
}
promise "a kernel that hangs keeps one thread, and no client" kernel_hangs

# many_regions COUNT OPTION...: all alike.
many_regions()
{
	local i

	for ((i = 0; i < $1; i++)); do
		dmstat-nl create "${@:2}" limited >/dev/null
	done
}

limits()
{
	linear limited 64
	many_regions 2 --group others
	many_regions 21 --length 1000k --area-size 1k --group some
	start_exporter --areas 1000 --group some
	scrape
	equal "regions without cells" "$(sample dmstat_regions_without_cells)" 1
	equal "all cells" "$(grep -c '^dmstat_cell_ios_total.*op="read"' "$work/metrics")" 20000
	stop_exporter
	start_exporter --group others --areas 1000
	scrape
	equal "of the group" "$(sample dmstat_regions)" 2
	stop_exporter
}
promise "there are at most 20,000 cells" limits

unread()
{
	linear limited 64
	many_regions 21 --areas 1000
	start_exporter --areas 1000
	exporter.py unread "$port"
	stop_exporter
}
promise "a client that does not read its answer is dropped" unread

same_size()
{
	local small large

	linear same 64
	start_exporter
	region --areas 100 same
	load_fio /dev/mapper/same --rw=randwrite --bs=4k --size=64m --io_size=2m
	scrape
	small=$(grep -c . "$work/metrics")
	dmstat-nl delete same
	region --area-size 512b same
	load_fio /dev/mapper/same --rw=randwrite --bs=4k --size=64m --io_size=2m
	scrape
	large=$(grep -c . "$work/metrics")
	equal "areas" "$(sample dmstat_region_areas)" 131072
	# A single area more has its busy time.
	equal "lines" "$large" "$small"
	stop_exporter
}
promise "a scrape has as many lines for 131,072 areas as for 100" same_size

run_promises "$@"
