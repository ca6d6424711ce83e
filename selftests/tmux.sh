# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What tests of dmstat-nl top share: a terminal of its own, and what stands on it.

export LC_ALL=C.UTF-8

in_tmux()
{
	tmux -f /dev/null -L top "$@"
}

# start_top COLUMNS LINES COMMAND...: on a terminal of its own, whose shell then
# says how it ended.
start_top()
{
	# shellcheck disable=SC2154 # of lib.sh
	export TMUX_TMPDIR=$work
	later in_tmux kill-server
	# shellcheck disable=SC2016
	in_tmux new-session -d -x "$1" -y "$2" -s top env TERM=screen-256color \
		sh -c 'stty -a >$0.before; "$@"; status=$?
			stty -a >$0.after; echo "ended with $status"
			exec sleep 1000' "$work/stty" "${@:3}"
	shows 'dmstat-nl top'
}

screen()
{
	in_tmux capture-pane -p
}

# seen PATTERN: whether it is on the screen.
seen()
{
	screen | grep -qE -- "$1"
}

unseen()
{
	! seen "$1"
}

# waits_for seen|unseen PATTERN: fail with the screen if it does not come.
waits_for()
{
	local end=$((SECONDS + 40))

	until "$1" "$2"; do
		((SECONDS < end)) || { screen; fail "not $1: $2"; }
		sleep 0.1
	done
}

shows()
{
	waits_for seen "$1"
}

hides()
{
	waits_for unseen "$1"
}

press()
{
	in_tmux send-keys "$@"
}

# process: the process that is tested.
process()
{
	pgrep -nx dmstat-nl
}

# field NAME NUMBER: a field of a device's row, k and M multiplied out.
field()
{
	screen | awk -v name="$1" -v number="$2" '$1 == name {
		value = $number + 0
		if ($number ~ /[0-9]k$/) value *= 1000
		if ($number ~ /[0-9]K$/) value *= 1024
		if ($number ~ /[0-9]M$/) value *= 1048576
		printf "%d\n", value
		exit }'
}

# on_screen NAME WHAT NUMBER LEAST MOST: wait for a value, and say what it is.
on_screen()
{
	local value end=$((SECONDS + 40))

	until value=$(field "$1" "$3") && [[ $value ]] &&
		((value >= $4 && value <= $5)); do
		((SECONDS < end)) || { screen; fail "$1, $2: $value"; }
		sleep 0.1
	done
	echo "$1, $2: $value ($4 to $5)"
}

ours()
{
	dmstat-nl list -j | jq '.regions | length'
}

regions_are()
{
	[[ $(ours) == "$1" ]]
}

# without_size FILE: what stty has printed, without what a test has changed.
without_size()
{
	sed 's/rows [0-9]*; columns [0-9]*; //' "$1"
}

# given_back: the terminal is as it was before.
given_back()
{
	shows 'ended with'
	equal "terminal" "$(without_size "$work/stty.after")" \
		"$(without_size "$work/stty.before")"
	equal "alternate screen" "$(in_tmux display -p '#{alternate_on}')" 0
	equal "cursor" "$(in_tmux display -p '#{cursor_flag}')" 1
}
