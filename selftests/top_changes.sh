#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The screen of dmstat-nl top goes on whatever happens to devices, the module and
# the terminal meanwhile.

source "$(dirname "$0")/lib.sh"
source "$here/cgroup.sh"
source "$here/tmux.sh"

hang()
{
	local before

	linear hung 16
	dm other "0 32768 zero"
	start_top 100 30 dmstat-nl top --interval 500ms --old 2s
	shows '^hung '
	hold hung read /dev/mapper/hung 0 8
	shows '^hung .*suspended'
	shows '^hung .* [3-9]\.[0-9]s suspended'
	in_tmux capture-pane -e -p | grep -q $'\e''\[[0-9;]*31m *[3-9]\.[0-9]s'
	press Home Down
	before=$(screen | head -n 1)
	hides "^$before\$"
	# The device that hangs is the busiest.
	press Enter
	shows '^hung \('
	shows 'suspended'
	shows '^[ 0-9.]+s read +4 KiB +0 B  io [0-9]+ +nullb0 at 0 B, linear'
	shows 'by +io [0-9]+'
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
	shows '^all 2 '
	remove_dm hung
	shows '^nullb0 '
	remove_nullb nullb0
	shows 'There are no devices whose I/O'
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

narrow()
{
	local late

	has_cgroups >"$work/why" || skip "$(cat "$work/why")"
	linear hung 16
	dm late "0 16384 delay /dev/nullb0 16384 8000"
	start_top 80 24 dmstat-nl top --interval 500ms --old 1s
	shows '^hung '
	io read /dev/mapper/late 0 8 &
	late=$!
	shows '^late .* I/O hangs *$'
	wait "$late"
	hold hung read /dev/mapper/hung 0 8
	shows '^hung .* [0-9.]+s suspended *$'
	press Home Enter
	shows 'by +io [0-9]+  / *$'
	shows ' suspended *$'
	press Escape
	in_tmux resize-window -x 160 -y 24
	shows '^hung .* I/O hangs, suspended *$'
	release hung
}
promise "in 80 columns, words are whole; the cgroup is shown where there is room" narrow

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
	# No row has room, and the selected device, the last, goes.
	press End
	dmsetup remove many10
	sleep 2
	press Enter
	in_tmux resize-window -x 80 -y 24
	shows '^many11 \('
	press Escape
	shows 'by name, reversed'
	dmsetup create many10 --table '0 2048 zero'
	shows '^all 40 '
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
