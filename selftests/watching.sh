# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of dmstat-nl apply --watch share: starting and ending it, and what
# it tells the service manager.

source "$(dirname "$0")/conf.sh"

# What takes longer than that has not been noticed.
wait_s=20

watch_program=dmstat-nl

# watch: in the background, as the service manager starts it.
watch()
{
	export NOTIFY_SOCKET=$work/notify
	hear_notify
	stdbuf -oL "$watch_program" apply --watch "$work/conf" >"$work/log" 2>&1 &
	watcher=$!
	later show_log
	wait_until notified READY=1
}

show_log()
{
	cat "$work/log"
}

# What the manager is told, a line each, in $work/told.
hear_notify()
{
	cat >"$work/hear.py" <<-'END'
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		while True:
		    print(s.recv(4096).decode(), flush=True)
	END
	python3 "$work/hear.py" "$NOTIFY_SOCKET" >"$work/told" &
	wait_until test -S "$NOTIFY_SOCKET"
}

notified()
{
	grep -qx "$1" "$work/told"
}

# ended: SIGTERM ends it soon, and its regions stay.
ended()
{
	local before start status=0

	before=$(dmstat-nl list -j | jq '.regions | length')
	start=${EPOCHREALTIME/./}
	kill -TERM "$watcher"
	wait "$watcher" || status=$?
	equal "exit status" "$status" 0
	limit=1000
	[[ $slower == 1 && $watch_program == dmstat-nl ]] || limit=8000
	within "ms until it ended" $(((${EPOCHREALTIME/./} - start) / 1000)) \
		0 $limit
	equal "regions after it ended" \
		"$(dmstat-nl list -j | jq '.regions | length')" "$before"
}

# names: of the devices of all regions.
names()
{
	dmstat-nl list -j | jq -r '[.regions[].device_name] | sort | join(" ")'
}

have()
{
	[[ $(names) == "$*" ]]
}

# sizes: of all regions, in sectors.
sizes()
{
	dmstat-nl list -j | jq -r '[.regions[].length] | sort | join(" ")'
}

have_sizes()
{
	[[ $(sizes) == "$*" ]]
}
