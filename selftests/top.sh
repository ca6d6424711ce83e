#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What stands on the screen of dmstat-nl top is what fio did, whatever happens to
# devices, the module and the terminal meanwhile.

source "$(dirname "$0")/lib.sh"

export LC_ALL=C.UTF-8

# ----------------------------------------------------------------- the terminal

in_tmux()
{
	tmux -f /dev/null -L top "$@"
}

# start_top COLUMNS LINES COMMAND...: on a terminal of its own, whose shell then
# says how it ended.
start_top()
{
	export TMUX_TMPDIR=$work
	later in_tmux kill-server
	# shellcheck disable=SC2016
	in_tmux new-session -d -x "$1" -y "$2" -s top env TERM=screen-256color \
		sh -c 'stty -a >$0.before; "$@"; echo "ended with $?"
			stty -a >$0.after; exec sleep 1000' "$work/stty" "${@:3}"
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

# field_is NAME NUMBER LEAST MOST
field_is()
{
	local value

	value=$(field "$1" "$2")
	[[ $value ]] && ((value >= $3 && value <= $4))
}

# on_screen NAME WHAT NUMBER LEAST MOST: wait for a value, and say what it is.
on_screen()
{
	local end=$((SECONDS + 40))

	until field_is "$1" "$3" "$4" "$5"; do
		((SECONDS < end)) || { screen; fail "$1, $2: $(field "$1" "$3")"; }
		sleep 0.1
	done
	echo "$1, $2: $(field "$1" "$3") ($4 to $5)"
}

ours()
{
	dmstat-nl list -j | jq '.regions | length'
}

regions_are()
{
	[[ $(ours) == "$1" ]]
}

# given_back: the terminal is as it was before.
given_back()
{
	shows 'ended with'
	equal "terminal" "$(cat "$work/stty.after")" "$(cat "$work/stty.before")"
	equal "alternate screen" "$(in_tmux display -p '#{alternate_on}')" 0
	equal "cursor" "$(in_tmux display -p '#{cursor_flag}')" 1
}

# ----------------------------------------------------------------- the promises

# Two devices on one disk: "busy" reads from 12 to 13 MiB, 100 times a second, and
# "slow" is written 20 times a second, with 50 ms for each.
loaded()
{
	nullb 0 32
	dm busy "0 32768 linear /dev/nullb0 0"
	need_module dm_delay
	dm slow "0 32768 delay /dev/nullb0 32768 0 /dev/nullb0 32768 50"
	start_fio /dev/mapper/busy --rw=randread --bs=4k --offset=12m --size=1m \
		--rate_iops=100
	start_fio /dev/mapper/slow --rw=randwrite --bs=8k --rate_iops=20 \
		--output="$work/fio.slow" --iodepth=4
}

# The strip of busy without colours: its characters, from the first place on.
strip_of_busy()
{
	screen | awk '/^device / { from = index($0, "where") }
		/^busy / { print substr($0, from) }'
}

numbers()
{
	loaded
	start_top 80 24 env NO_COLOR=1 LC_ALL=C dmstat-nl top --interval 2s
	on_screen busy "reads a second" 2 85 115
	on_screen busy "bytes a second" 3 $((85 * 4096)) $((115 * 4096))
	on_screen busy "writes a second" 5 0 0
	on_screen slow "writes a second" 5 17 23
	on_screen slow "bytes a second" 6 $((17 * 8192)) $((23 * 8192))
	# The delay and what a busy machine adds.
	shows '^slow .* ([5-9][0-9]|[12][0-9]{2})ms +[0-9]'
	shows '^all 2 '
	screen
	equal "columns" "$(screen | wc -L)" 80
	equal "the busiest first" "$(screen | awk '/^(busy|slow) / { print $1 }' | head -n 1)" slow
	echo "strip of busy: '$(strip_of_busy)'"
	# 12 to 13 of 16 MiB: of 12 cells, the tenth; of 10, the eighth.
	strip_of_busy | grep -qE '^ {7,10}[^ ]{1,2} *$'
	equal "only ASCII" "$(screen | LC_ALL=C grep -c '[^ -~]' || true)" 0
	equal "no colours" "$(in_tmux capture-pane -e -p | grep -c $'\e''\[[0-9;]*[34]8;' || true)" 0

	in_tmux resize-window -x 200 -y 50
	shows 'reads +writes +discards +flushes +in flight'
	shows '^slow .* ([5-9][0-9]|[12][0-9]{2})ms'
	equal "last line" "$(screen | sed -n 50p | grep -c 'q quit')" 1
	screen | head -n 6
	press q
	given_back
	equal "regions" "$(ours)" 0
}
promise "the rows are what fio did, also at 80 columns without colours" numbers

inside()
{
	loaded
	# A region of extents, as those made from files are.
	region --segments --user-data /srv/orders.ibd busy
	start_top 80 24 dmstat-nl top --interval 500ms --sort name
	on_screen busy "reads a second" 2 70 130
	equal "regions" "$(ours)" 5
	press Down Enter
	shows '^busy \([0-9:]+\), 16 MiB'
	shows '^1?[0-9][0-9] % of reads go to .* of the volume: 12 to 13 MiB'
	shows '^ +1[23](\.[0-9]+)? MiB +32 KiB .* /srv/orders\.ibd on nullb0'
	shows 'I/Os per second  *[0-9]'
	sleep 2
	screen
	((6 <= $(screen | grep -cE '^[0-9]{2}:[0-9]{2}:[0-9]{2}')))
	in_tmux capture-pane -e -p | grep -q $'\e''\[48;5;'

	press l
	shows 'I/Os per second by time'
	shows '1\.0us +32us +1\.0ms'
	press l b b b b
	shows 'mean time of an I/O'

	press Enter
	shows 'zoom: 1[23](\.[0-9]+)? MiB to 1[23]'
	equal "regions" "$(ours)" 7
	shows '^ +1[23](\.[0-9]+)? MiB +4 KiB '
	screen
	press Escape
	hides 'zoom:'
	wait_until regions_are 5
	press '?'
	shows 'show this help'
	press x Left
	shows '^all 2 '
	press '>' '<' '<'
	shows 'by oldest'
	press r c
	shows 'by oldest, reversed'
	kill -TERM "$(process)"
	given_back
	equal "regions" "$(ours)" 1
}
promise "Enter goes into a device and into an area of it, and back" inside

hang()
{
	local before

	linear hung 16
	dm other "0 32768 zero"
	start_top 100 30 dmstat-nl top --interval 500ms --old 2s
	shows '^hung '
	hold hung read /dev/mapper/hung 0 8
	shows '^hung .*suspended'
	shows '^hung .* [3-9]\.[0-9]s '
	in_tmux capture-pane -e -p | grep -q $'\e''\[[0-9;]*31m *[3-9]\.[0-9]s'
	press Home Down
	before=$(screen | head -n 1)
	hides "^$before\$"
	# The device that hangs is the busiest.
	press Enter
	shows '^hung \('
	shows 'suspended'
	shows '^[ 0-9.]+s read +4 KiB +0 B  nullb0 at 0 B, linear'
	shows 'oldest +[0-9.]+ s'
	screen
	io -c 20 read /dev/mapper/other 0 8
	press Escape
	shows '^other '
	release hung
	hides '^hung .*suspended'

	# Renamed, gone, and none at all.
	later remove_dm another
	dmsetup rename other another
	shows '^another '
	press '<' Home Down Enter
	shows '^another \('
	dmsetup remove another
	shows 'the device is gone'
	shows '^all 1 '
	remove_dm hung
	shows 'There are no device-mapper devices'
	dm late "0 32768 zero"
	shows '^late '
	start_fio /dev/mapper/late --rw=read --bs=4k --rate_iops=50 --size=16m
	on_screen late "reads a second" 2 30 70

	# Without the module, and with it again.
	rmmod dmstat
	shows 'the module is not loaded'
	sleep 1
	[[ ! -d /sys/module/dmstat ]]
	modprobe dmstat
	hides 'the module is not loaded'
	on_screen late "reads a second" 2 30 70
	equal "regions" "$(ours)" 2
	kill -KILL "$(process)"
	wait_until regions_are 0
	equal "regions" "$(ours)" 0
}
promise "the screen goes on when devices hang, come and go, and the module, too" hang

many()
{
	local names=(many{10..49}) tables

	tables=$(printf '%s,,,rw,0 2048 zero;' "${names[@]}")
	dmsetup create --concise "${tables%;}"
	later dmsetup remove "${names[@]}"
	start_top 80 24 dmstat-nl top --sort name
	shows '1 to 19 of 40, by name'
	equal "rows" "$(screen | grep -c '^many')" 19
	press End
	shows '22 to 40 of 40'
	equal "the last row" "$(screen | awk '/^many/ { name = $1 } END { print name }')" many49
	press PageUp PageUp PageUp
	shows '^many10 '
	press r
	shows 'by name, reversed'
	in_tmux resize-window -x 80 -y 50
	shows '^many49 '
	equal "rows" "$(screen | grep -c '^many')" 40
	in_tmux resize-window -x 20 -y 5
	sleep 1
	in_tmux resize-window -x 80 -y 24
	shows 'by name, reversed'
	press q
	given_back
	equal "regions" "$(ours)" 0
}
promise "40 devices scroll, and the terminal may have any size" many

# All that fio did, and no more, is in the rows of some intervals.
batch()
{
	local top kind

	linear d 16
	region --areas 4 d
	dmstat-nl top -j --interval 300ms >"$work/rows" d "region:$region" &
	top=$!
	wait_until regions_are 4
	sleep 1
	load_fio /dev/mapper/d --rw=randrw --bs=4k --size=8m --number_ios=500
	sleep 1
	kill -INT "$top"
	wait "$top" || fail "exit status $?"
	for kind in 'has("region_id") | not' 'has("region_id")'; do
		equal "$kind" "$(jq -cs "[.[].rows[] | select($kind)] |
			[map(.read.ios) , map(.write.ios), map(.read.sectors),
			 map(.write.sectors)] | map(add)" "$work/rows")" \
			"[$fio_reads,$fio_writes,$fio_read_sectors,$fio_write_sectors]"
	done
	equal "intervals a line" "$(wc -l <"$work/rows")" "$(jq -s length "$work/rows")"
	equal "module" "$(jq -s 'map(.module) | all' "$work/rows")" true

	dmstat-nl top --batch --count 2 --interval 200ms >"$work/text"
	cat "$work/text"
	equal "rows" "$(grep -cE '^(all|d) ' "$work/text")" 4
	TERM=dumb on_terminal 80 TERM=dumb dmstat-nl top --count 1 >"$work/text"
	cat "$work/text"
	grep -qE '^d ' "$work/text"
	within "width" "$(wc -L <"$work/text")" 40 80
	dmstat-nl top </dev/null >"$work/text" 2>&1 && fail "it runs"
	equal "without a terminal" "$(cat "$work/text")" \
		"dmstat-nl: this is not a terminal: use --batch"
	equal "regions" "$(ours)" 1
}
promise "rows for pipes have all that fio did" batch

run_promises "$@"
