#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-exporter as its systemd units run it, in a guest that boots systemd
# (vm/vm --systemd).

# shellcheck disable=SC2119
source "$(dirname "$0")/lib.sh"
source "$here/exporter_lib.sh"

units=/run/systemd/system
installed=/usr/local

# install: what make install puts on a host, as far as this needs it.
install_exporter()
{
	local built=$here/../build

	[[ -d /run/systemd/system ]] || skip "systemd does not run here"
	install -D "$built/tools/dmstat-exporter" "$installed/sbin/dmstat-exporter"
	install -D "$built"/libnl-client/libdmstat.so.0 "$installed/lib/libdmstat.so.0"
	ldconfig
	sed "s,@sbindir@,$installed/sbin," \
		"$here/../tools/systemd/dmstat-exporter.service.in" \
		>"$units/dmstat-exporter.service"
	cp "$here/../tools/systemd/dmstat-exporter.socket" "$units/"
	systemctl daemon-reload
	later systemctl stop dmstat-exporter.socket dmstat-exporter.service
}

answers()
{
	curl -s "$url/-/healthy" | grep -qx ok
}

main_pid()
{
	systemctl show -P MainPID dmstat-exporter.service
}

# reads_counters: the service reads them, as a user of its own.
reads_counters()
{
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 1
	equal "regions" "$(sample dmstat_region_areas)" 7
	grep -E '^(Uid|Cap(Eff|Bnd)|NoNewPrivs|Seccomp):' "/proc/$(main_pid)/status"
	equal "capabilities" \
		"$(awk '/^CapEff:/ { print $2 }' "/proc/$(main_pid)/status")" 0000000000200000
	[[ $(awk '/^Uid:/ { print $2 }' "/proc/$(main_pid)/status") != 0 ]] ||
		fail "it runs as root"
}

as_service()
{
	install_exporter
	linear unit 16
	region --area-size 2341k unit
	systemctl start dmstat-exporter.service ||
		fail "$(journalctl -u dmstat-exporter.service | tail -n 20)"
	equal "state" "$(systemctl is-active dmstat-exporter.service)" active
	reads_counters
	# It loads the module again only if it is started again.
	rmmod dmstat
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 0
	systemctl restart dmstat-exporter.service
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 1
	systemctl stop dmstat-exporter.service
	equal "result" "$(systemctl show -P Result dmstat-exporter.service)" success
}
promise "the service reads the counters as a user of its own" as_service

by_socket()
{
	install_exporter
	linear unit 16
	region --area-size 2341k unit
	systemctl start dmstat-exporter.socket
	equal "state" "$(systemctl is-active dmstat-exporter.service || true)" inactive
	wait_until answers
	reads_counters
	equal "state" "$(systemctl is-active dmstat-exporter.service)" active
	echo 'ARGS="--listen :9999"' >/etc/default/dmstat-exporter
	later rm /etc/default/dmstat-exporter
	systemctl restart dmstat-exporter.service && fail "it started with two addresses"
	journalctl -u dmstat-exporter.service | grep 'dmstat-exporter.socket has the address' |
		tail -n 1
}
promise "the socket starts the service with the first scrape" by_socket

run_promises "$@"
