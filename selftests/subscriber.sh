#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a program hears that follows the regions with libdmstat: the library's
# example, which prints its copy of the list when its input ends.

source "$(dirname "$0")/lib.sh"

example=$here/../build/libnl-client/example-events
export LD_LIBRARY_PATH=$here/../build/libnl-client

# follow [BUFFER]: the example, in the background, until heard().
follow()
{
	[[ -x $example ]] || skip "needs $example"
	mkfifo "$work/input"
	"$example" "$@" <"$work/input" >"$work/output" 2>"$work/errors" &
	follower=$!
	exec 9>"$work/input"
	wait_until listens "$follower"
}

# heard: end the example; what it knows goes to $work/output.
heard()
{
	local status=0

	exec 9>&-
	wait "$follower" || status=$?
	cat "$work/errors"
	equal "exit status" "$status" 0
	tail -n 1 "$work/output"
}

# The copy must be what the kernel has.
is_right()
{
	equal "its copy" "$(grep '^region' "$work/output" | sort)" \
		"$(dmstat-nl list -j | jq -r '.regions[] |
		"region \(.region_id) on \(.major):\(.minor)"' | sort)"
}

# lists: how often it has listed the regions.
lists()
{
	sed -n 's/.* listed \([0-9]*\) times$/\1/p' "$work/output"
}

changes()
{
	local first second

	dm d "0 8192 zero"
	region d
	follow
	first=$(dmstat-nl create d)
	second=$(dmstat-nl create d)
	dmstat-nl set --program x "$second"
	dmstat-nl delete "$region"
	heard
	is_right
	equal "regions" "$(grep '^region' "$work/output" | cut -d ' ' -f 2 | paste -sd' ')" \
		"$first $second"
	equal "lists" "$(lists)" 1
}
promise "a program that follows the regions knows all of them after a single list" changes

# It lists again and again while 10,000 changes are made, of which most are lost.
tiny_buffer()
{
	local i many

	dm d "0 8192 zero"
	follow 1
	many=$(printf 'd %.0s' {1..50})
	for i in {1..100}; do
		# shellcheck disable=SC2086
		dmstat-nl create $many >"$work/ids"
		# Each tenth time, the first one stays.
		((i % 10)) || sed -i 1d "$work/ids"
		# shellcheck disable=SC2046
		dmstat-nl delete $(cat "$work/ids")
	done
	heard
	is_right
	equal "regions" "$(grep -c '^region' "$work/output")" 10
	(($(lists) > 1)) || fail "nothing was lost"
}
promise "with a tiny buffer and 10,000 changes it is right at the end" tiny_buffer

stopped()
{
	dm d "0 8192 zero"
	follow 1
	kill -STOP "$follower"
	dmstat-nl create d d d >"$work/ids"
	# shellcheck disable=SC2046
	dmstat-nl clear $(for i in {1..2000}; do cat "$work/ids"; done)
	dmstat-nl delete "$(head -n 1 "$work/ids")"
	kill -CONT "$follower"
	heard
	is_right
	equal "regions" "$(grep -c '^region' "$work/output")" 2
}
promise "a program that was stopped is right when it goes on" stopped

reloaded()
{
	dm d "0 8192 zero"
	dmstat-nl create d d d >/dev/null
	follow
	unload
	load
	region d
	heard
	is_right
	equal "regions" "$(grep -c '^region' "$work/output")" 1
}
promise "it is right after the module was unloaded and loaded" reloaded

run_promises "$@"
