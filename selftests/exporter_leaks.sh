#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-exporter leaves nothing behind: many scrapes, malformed requests and a module
# that is loaded again, by a build with address sanitizer and under valgrind.

# shellcheck disable=SC2119
source "$(dirname "$0")/lib.sh"
source "$here/exporter_lib.sh"

# scraped SECONDS: by 50 at once; what is wrong ends in a status.
scraped()
{
	local early

	linear crowded 16
	region --areas 16 --histogram 1ms crowded
	start_exporter --user root
	exporter.py crowd "$port" 50 5
	early=$(resident)
	exporter.py crowd "$port" 50 "$1"
	exporter.py fuzz "$port" $((RANDOM * 10000)) 2000
	within "KiB, $early at first" "$(resident)" 1 $((early + early / 4))
	within "threads" "$(threads)" 2 3
	stop_exporter
}

sanitized()
{
	# What was freed is not kept, so that memory is compared.
	exporter_environment=(ASAN_OPTIONS=quarantine_size_mb=1)
	exporter_program=dmstat-exporter-sanitized
	scraped 60
}
promise "50 scrapers for a minute leave nothing behind (address sanitizer)" sanitized

under_valgrind()
{
	[[ -x $(command -v valgrind) ]] || skip "no valgrind"
	linear crowded 16
	region --areas 16 --histogram 1ms crowded
	exporter_program=valgrind
	start_exporter --quiet --error-exitcode=9 --leak-check=full \
		"$(command -v dmstat-exporter)" --user root --areas 4
	exporter.py crowd "$port" 10 5
	exporter.py fuzz "$port" $((RANDOM * 10000)) 200
	rmmod dmstat
	scrape
	modprobe dmstat
	scrape
	stop_exporter
}
promise "scrapes, malformed requests and a reload leave nothing behind (valgrind)" under_valgrind

run_promises "$@"
