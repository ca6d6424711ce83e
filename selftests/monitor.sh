#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What dmstat-nl monitor prints: when, in which order, and what was lost.

source "$(dirname "$0")/lib.sh"

# listen [OPTION]...: print events to $work/events, a line each, from the making of
# $region on.
listen()
{
	linear d 16
	region d
	stdbuf -oL dmstat-nl monitor "$@" >"$work/events" 2>"$work/errors" &
	monitor=$!
	wait_until is_heard
}

is_heard()
{
	dmstat-nl clear "$region"
	sleep 0.1
	[[ -s $work/events ]]
}

# told EVENT: whether this was printed.
told()
{
	grep -q "$1" "$work/events"
}

# end: end the monitor as a user would.
end()
{
	local status=0

	kill -INT "$monitor"
	wait "$monitor" || status=$?
	equal "exit status" "$status" 0
	equal "errors" "$(cat "$work/errors")" ""
}

times()
{
	local before after

	listen -j
	before=$(date +%s%N)
	dmstat-nl set --program x "$region"
	dmstat-nl clear "$region"
	dmstat-nl delete "$region"
	wait_until told region_del
	after=$(date +%s%N)
	end
	jq -c '[.event, .time, .sequence]' "$work/events" | tail -n 3
	equal "numbers rise by one" "$(jq -s 'map(.sequence) |
		. == [range(.[0]; .[0] + length)] and .[0] > 0' "$work/events")" true
	equal "times rise" "$(jq -s 'map(.time) | . == sort' "$work/events")" true
	equal "and are those of now" "$(jq -s --argjson before "$before" \
		--argjson after "$after" '.[-3:] | map(.time >= $before and
		.time <= $after) | all' "$work/events")" true
}
promise "each event has its time and a number, one more than the one before" times

in_words()
{
	listen
	dmstat-nl delete "$region"
	wait_until told deleted
	end
	cat "$work/events"
	equal "lines" "$(grep -cvE \
		'^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3} #[0-9]+ region ' \
		"$work/events" || true)" 0
	equal "day" "$(cut -d ' ' -f 1 "$work/events" | sort -u)" "$(date +%F)"
}
promise "text has times and numbers, too" in_words

what_changed()
{
	listen
	dmstat-nl set --program x --group g "$region"
	dmstat-nl set --program '' "$region"
	dmstat-nl set --slow 40ms --tell-errors yes "$region"
	dmstat-nl set --slow off --tell-errors no "$region"
	# It makes a region that it owns.
	dm e "0 8192 zero"
	timeout -s INT 5 dmstat-nl heat --interval 1s --count 1 e >"$work/heat"
	wait_until told 'its program ended$'
	end
	cat "$work/events"
	told "region $region set on d ([0-9:]*): program x, group g$"
	told "region $region set on d ([0-9:]*): no program, group g$"
	told "region $region set on d ([0-9:]*): no program, group g, tells 40 ms, errors$"
	told 'created on e .*, until its program ends$'
	told 'deleted on e ([0-9:]*): its program ended$'
}
promise "it says what was set, and that an owner has ended" what_changed

# It reads nothing for a while, and then must not pretend that nothing happened.
lost()
{
	local many

	listen -j
	kill -STOP "$monitor"
	# More than fit into the 1 MiB that it requests.
	many=$(printf "$region %.0s" {1..10000})
	# shellcheck disable=SC2086
	dmstat-nl clear $many
	kill -CONT "$monitor"
	wait_until told overrun
	dmstat-nl delete "$region"
	wait_until told region_del
	end
	equal "reported once" "$(grep -c overrun "$work/events")" 1
	equal "where they are missing" "$(jq -s 'map(.event) as $events |
		($events | index("overrun")) as $at |
		.[$at + 1].sequence > .[$at - 1].sequence + 1' "$work/events")" true
	equal "nowhere else" "$(jq -s '[.[].sequence] | . as $n |
		[range(1; length) | select($n[.] and $n[. - 1] and
		$n[.] != $n[. - 1] + 1)] | length' "$work/events")" 0
}
promise "lost events are reported where they are missing" lost

# again WHAT TELLS: the module is unloaded and loaded; the monitor continues.
reloaded()
{
	listen -j
	unload
	wait_until told module_gone
	sleep 0.5
	load
	wait_until told module_back
	region d
	wait_until told region_new
	dmstat-nl delete "$region"
	wait_until told region_del
	unload
	load
	region d
	wait_until eval "(( \$(grep -c region_new $work/events) == 2 ))"
	dmstat-nl delete "$region"
	end
	equal "events" "$(jq -r .event "$work/events" | uniq | paste -sd' ')" \
		"region_clear module_gone module_back region_new region_del module_gone module_back region_new region_del"
	equal "numbers" "$(jq -s -c '[.[] | select(.event == "region_new") |
		.sequence]' "$work/events")" "[1,1]"
}
promise "it continues when the module is unloaded and loaded again, and says so" reloaded

reloaded_in_words()
{
	listen
	unload
	load
	wait_until told 'the module was loaded again: list again$'
	end
	grep 'module' "$work/events"
	told 'the module was unloaded: all regions are gone$'
}
promise "in text it continues, and says so, too" reloaded_in_words

# delayed NAME FIRST: a device whose writes take 50 ms.
delayed()
{
	need_module dm_delay
	dm "$1" "0 8192 delay /dev/nullb0 $2 0 /dev/nullb0 $2 50"
}

single_ios()
{
	listen -j
	delayed e 8192
	slow=$(dmstat-nl create --slow 20ms e)
	io write /dev/mapper/e 8 8
	wait_until told '"kind": "slow"'
	dmstat-nl delete "$slow"
	wait_until told region_del
	end
	jq -c 'select(.event == "io")' "$work/events"
	# It may have been seen while it was in flight.
	equal "the I/O" "$(jq -r 'select(.event == "io" and .kind != "hang") |
		"\(.kind) \(.region_id) \(.operation) \(.sector) \(.comm)"' \
		"$work/events")" "slow $slow write 8 io"
	equal "in its order" "$(jq -r .event "$work/events" | uniq | tail -n 3 | paste -sd' ')" \
		"region_new io region_del"
}
promise "it prints the I/Os that regions tell" single_ios

filtered()
{
	local slow other

	nullb 0 16
	delayed d 0
	delayed e 8192
	slow=$(dmstat-nl create --slow 20ms --start 0 --length 80 --group g d)
	other=$(dmstat-nl create --slow 20ms e)
	for filter in "$slow" g device:d; do
		stdbuf -oL dmstat-nl monitor "$filter" >"$work/events" 2>"$work/errors" &
		monitor=$!
		region=$slow
		wait_until is_heard
		dmstat-nl clear "$other"
		io write /dev/mapper/e 8 8
		io write /dev/mapper/d 8 8
		wait_until told "region $slow .*: slow: "
		end
		cat "$work/events"
		told "#[0-9]* region $slow on d ([0-9:]*): slow: write of 4 KiB at sector 8 took [0-9.]* ms, by io [0-9]*"
		equal "others" "$(grep -vc " region $slow " "$work/events" || true)" 0
	done
	stdbuf -oL dmstat-nl monitor --events io g >"$work/events" 2>"$work/errors" &
	monitor=$!
	sleep 1
	dmstat-nl clear "$slow" "$other"
	# In the group from now on.
	dmstat-nl set --group g "$other"
	io write /dev/mapper/e 16 8
	wait_until told "region $other"
	end
	cat "$work/events"
	equal "only I/Os" "$(grep -vcE ': (hang|slow): ' "$work/events" || true)" 0
}
promise "of regions, groups and devices that are named, it prints only the events of these" filtered

# A monitor that cannot continue must not look like one that was ended.
refused()
{
	local status=0

	setpriv --inh-caps=-all --bounding-set=-sys_admin --ambient-caps=-all \
		dmstat-nl monitor >"$work/events" 2>"$work/errors" || status=$?
	equal "exit status" "$status" 1
	cat "$work/errors"
	grep -q CAP_SYS_ADMIN "$work/errors"
}
promise "it fails, and says why, if it may not listen" refused

run_promises "$@"
