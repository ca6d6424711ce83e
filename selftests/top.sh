#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What stands on the screen of dmstat-nl top is what fio did.

source "$(dirname "$0")/lib.sh"
source "$here/tmux.sh"

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
	shows '^all 3 '
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

# Of the map.
rows_are_at_least()
{
	(($1 <= $(screen | grep -cE '^[0-9]{2}:[0-9]{2}:[0-9]{2}')))
}

inside()
{
	loaded
	# A region of extents, as those made from files are.
	region --segments --user-data /srv/orders.ibd busy
	start_top 80 24 dmstat-nl top --interval 500ms --sort name
	on_screen busy "reads a second" 2 70 130
	equal "regions" "$(ours)" 7
	press Down Enter
	shows '^busy \([0-9:]+\), 16 MiB'
	shows '^1?[0-9][0-9] % of reads go to .* of the device: 12 to 13 MiB'
	shows '^ +1[23](\.[0-9]+)? MiB +32 KiB .* /srv/orders\.ibd on nullb0'
	shows 'I/Os per second  *[0-9]'
	wait_until rows_are_at_least 6
	screen
	in_tmux capture-pane -e -p | grep -q $'\e''\[48;5;'

	press l
	shows 'I/Os per second by time'
	shows '1\.0us +32us +1\.0ms'
	press l b b b b
	shows 'mean time of an I/O'

	press Enter
	shows 'zoom: 1[23](\.[0-9]+)? MiB to 1[23]'
	equal "regions" "$(ours)" 9
	shows '^ +1[23](\.[0-9]+)? MiB +4 KiB '
	screen
	press Escape
	hides 'zoom:'
	wait_until regions_are 7
	press '?'
	shows 'show this help'
	press x Left
	shows '^all 3 '
	press '>' '<' '<'
	shows 'by oldest'
	press r c
	shows 'by oldest, reversed'
	kill -TERM "$(process)"
	given_back
	equal "regions" "$(ours)" 1
}
promise "Enter goes into a device and into an area of it, and back" inside

# The I/O never stops.
without_gap()
{
	loaded
	start_top 80 24 env NO_COLOR=1 LC_ALL=C dmstat-nl top --interval 1s --sort name
	on_screen busy "reads a second" 2 70 130
	press Down Enter
	wait_until rows_are_at_least 4
	screen | tee "$work/screen"
	equal "rows without I/O" \
		"$(grep -cE '^[0-9]{2}:[0-9]{2}:[0-9]{2} *$' "$work/screen" || true)" 0
	! grep -E '^no (reads|I/O)' "$work/screen" || fail "it is not idle"
}
promise "the map of a device that is opened has no gap" without_gap

stopped()
{
	local pid

	linear d 16
	start_top 80 24 dmstat-nl top --interval 200ms
	pid=$(process)
	press C-s
	sleep 1
	kill -TERM "$pid"
	wait_s=5 wait_until eval "[[ ! -e /proc/$pid ]]"
	given_back
	shows 'ended with 0'
	equal "regions" "$(ours)" 0
}
promise "on a stopped terminal, too, a signal ends it" stopped

run_promises "$@"
