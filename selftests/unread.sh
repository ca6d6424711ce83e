#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A signal ends a command whose output goes to a pipe that nobody reads.

source "$(dirname "$0")/conf.sh"

# start_unread COMMAND...: whatever it prints, it has to wait.
start_unread()
{
	rm -f "$work/pipe"
	mkfifo "$work/pipe"
	exec {pipe}<>"$work/pipe"
	head -c 65536 /dev/zero >"$work/pipe"
	"$@" >"$work/pipe" 2>"$work/errors" {pipe}>&- &
	pid=$!
}

# ends_by SIGNAL: with success and without a word; sets $took to the milliseconds.
ends_by()
{
	local start=${EPOCHREALTIME/./} status=0

	kill -0 "$pid"
	kill -"$1" "$pid"
	wait_s=10 wait_until eval "! kill -0 $pid 2>/dev/null"
	took=$(((${EPOCHREALTIME/./} - start) / 1000))
	echo "ms until SIG$1 ended it: $took"
	wait "$pid" || status=$?
	equal "exit status" "$status" 0
	equal "errors" "$(cat "$work/errors")" ""
	exec {pipe}>&-
}

# soon FUNCTION [ARGUMENT]...: within a second; where other guests are busy, in one
# of some tries.
soon()
{
	local tries

	for tries in {1..5}; do
		"$@"
		((took > 1000 * slower)) || return 0
	done
	fail "$* took longer than a second, $tries times"
}

# A reading each 100 ms.
interval()
{
	echo "$2:"
	# shellcheck disable=SC2086
	start_unread dmstat-nl $2 --interval 100ms
	sleep 1
	ends_by "$1"
}

by_interval()
{
	local command signal

	linear d 16
	region --areas 4 d
	for signal in TERM INT; do
		for command in "top --batch" "top -j" report "report -j" inflight heat; do
			soon interval "$signal" "$command"
		done
	done
	equal "regions" "$(dmstat-nl list -j | jq '.regions | length')" 1
}
promise "top, report, inflight and heat end, although nobody reads what they print" \
	by_interval

monitor()
{
	start_unread dmstat-nl monitor
	wait_until listens "$pid"
	dmstat-nl clear "$region"
	io -c 3 write /dev/mapper/d 0 8
	sleep 1
	ends_by TERM
}

slow()
{
	start_unread dmstat-nl slow 1us d
	wait_until eval "(( \$(dmstat-nl list -j | jq '.regions | length') > 1 ))"
	io -c 3 write /dev/mapper/d 0 8
	sleep 1
	ends_by INT
}

by_event()
{
	linear d 16
	region --slow 1us d
	soon monitor
	soon slow
	equal "regions" "$(dmstat-nl list -j | jq '.regions | length')" 1
}
promise "so do monitor and slow" by_event

apply()
{
	dmstat-nl delete --all
	start_unread dmstat-nl apply --watch "$work/conf"
	wait_until eval "(( \$(dmstat-nl list -j | jq '.regions | length') == 1 ))"
	sleep 1
	# It reads its files again, after it could write.
	kill -HUP "$pid"
	sleep 0.5
	ends_by TERM
}

by_watching()
{
	linear d 16
	config one <<<'b { devices = "d" }'
	soon apply
}
promise "so does apply --watch" by_watching

# What is read soon after the signal is whole.
read_late()
{
	linear d 16
	region d
	start_unread dmstat-nl report -j --interval 100ms
	sleep 1
	kill -TERM "$pid"
	# The pipe ends when both have closed it.
	exec {reader}<"$work/pipe"
	exec {pipe}>&-
	tr -d '\0' <&"$reader" >"$work/json"
	exec {reader}<&-
	wait "$pid"
	cat "$work/json"
	equal "intervals" "$(jq -s 'length' "$work/json")" 1
}
promise "a reader that comes soon after the signal gets all lines" read_late

run_promises "$@"
