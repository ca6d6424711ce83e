#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# heat: where the I/O is, as text. Pictures are tested by picture.py.

source "$(dirname "$0")/lib.sh"

export LC_ALL=C.UTF-8
unset NO_COLOR COLORTERM COLUMNS

# A region of four areas of 4 MiB.
quarters()
{
	linear d 16
	region --areas 4 d
}

# reads AREA COUNT: of 4 KiB each.
reads()
{
	io -c "$2" read /dev/mapper/d $(($1 * 8192)) 8
}

# has_rows FILE COUNT: whether so many rows have come.
has_rows()
{
	(($(grep -c '^[0-9:.]* .*|' "$1" || true) >= $2))
}

rows()
{
	quarters
	LC_ALL=C dmstat-nl heat --interval 500ms --count 6 "$region" >"$work/rows" &
	wait_until has_rows "$work/rows" 1
	reads 1 100
	io -c 10 write /dev/mapper/d $((3 * 8192)) 8
	wait
	cat "$work/rows"

	equal "title" "$(head -n 1 "$work/rows")" \
		"region $region on d: 4 areas of 4 MiB, start 0 B, length 16 MiB"
	equal "positions" "$(sed -n 2p "$work/rows" | xargs)" "0 8 MiB 16 MiB"
	equal "rows" "$(grep -c ' |.*| .* reads/s$' "$work/rows")" 6
	equal "width" "$(grep '|' "$work/rows" | sed 's/|[^|]*$/|/' | wc -L)" 63
	# Of 48 cells, the second 12; writes are not shown.
	grep -q '^[0-9:.]* |            ############                        |' \
		"$work/rows" || fail "no row with reads of the second area"
	equal "other rows" "$(grep '|' "$work/rows" |
		grep -vE '\| {12}[#*+=]{12} {24}\||\| {48}\|' || true)" ""
	# The rate times the time since the row before.
	within "reads" "$(grep '|' "$work/rows" | sed 's/|.*|//; s/:/ /g' |
		awk '{ now = $1 * 3600 + $2 * 60 + $3 }
		     now < before { before -= 86400 }
		     $4 { sum += $4 * (now - before) }
		     { before = now }
		     END { printf "%d", sum }')" 90 110
	equal "summary" "$(tail -n 1 "$work/rows")" \
		"100 % of reads go to 25 % of the device: 4 to 8 MiB"
}
promise "a row an interval shows where the I/O was" rows

once()
{
	quarters
	reads 0 3
	reads 2 3000
	io -c 4 write /dev/mapper/d 0 8
	dmstat-nl heat --once d >"$work/once"
	cat "$work/once"
	equal "strip" "$(sed -n '3s/\([▁▂▃▄▅▆▇█ ]\)\1*/\1/gp' "$work/once")" "│▂ █ │"
	equal "width" "$(sed -n 3p "$work/once" | wc -L)" 78
	equal "legend" "$(sed -n 4p "$work/once")" " ▁▂▃▄▅▆▇█ 0.5 to 5000 reads"
	equal "total" "$(sed -n 5p "$work/once")" "3003 reads in all"
	equal "summary" "$(sed -n 6p "$work/once")" \
		"over 99 % of reads go to 25 % of the device: 8 to 12 MiB"

	equal "writes" "$(dmstat-nl heat --once --by writes "$region" | tail -n 2)" \
		"4 writes in all"$'\n'"100 % of writes go to 25 % of the device: 0 to 4 MiB"
	equal "bytes" "$(dmstat-nl heat --once --by bytes | tail -n 2 | head -n 1)" \
		"11.7 MiB in all"
	equal "errors" "$(dmstat-nl heat --once --by errors | tail -n 2)" \
		"0 errors in all"$'\n'"no errors"
	dmstat-nl heat --once --by latency | tail -n 2 | tee "$work/latency"
	grep -qE '^[0-9.]+ (us|ms) on average$' "$work/latency"
	grep -qE ' of the I/O time is spent in 25 % of the device: 8 to 12 MiB$' \
		"$work/latency"
	equal "after all that" "$(total "$region")" \
		"read 3003/24024/0 write 4/32/0 discard 0/0/0"
}
promise "--once is one strip of what was counted so far, by each measure" once

no_regions()
{
	[[ ! $(dmstat-nl list) ]]
}

own_region()
{
	linear d 16
	dmstat-nl heat --interval 300ms d >"$work/rows" &
	local heat=$!
	wait_until grep -q '│' "$work/rows"
	dmstat-nl list -j | tee "$work/list"
	equal "while it runs" "$(jq -c '.regions[] | [.areas, .program_id]' \
		"$work/list")" '[512,"dmstat-nl"]'
	equal "bounds" "$(jq -c '.regions[].histogram_bounds | [length, .[0], .[-1]]' \
		"$work/list")" "[31,1000,1073741824000]"
	kill -INT "$heat"
	wait "$heat"
	equal "afterwards" "$(dmstat-nl list)" ""
	equal "summary" "$(tail -n 1 "$work/rows")" "no reads"

	dmstat-nl heat --interval 100ms d >"$work/rows" &
	heat=$!
	wait_until grep -q '│' "$work/rows"
	kill -KILL "$heat"
	wait_until no_regions
	equal "without arguments" "$(dmstat-nl heat --count 1 --interval 100ms |
		sed -n '1s/region [0-9]*/region N/p')" \
		"region N on d: 512 areas of 32 KiB, start 0 B, length 16 MiB, until its program ends"
}
promise "a device without a region gets one, which goes however heat ends" own_region

many()
{
	nullb 0 48
	dm a "0 32768 linear /dev/nullb0 0"
	dm b "0 32768 linear /dev/nullb0 32768"
	dmstat-nl create --areas 4 a
	dmstat-nl create --areas 4 b
	LC_ALL=C dmstat-nl heat --interval 300ms --count 5 >"$work/rows" &
	wait_until has_rows "$work/rows" 2
	io -c 50 read /dev/mapper/b 0 8
	wait
	cat "$work/rows"
	equal "titles" "$(grep -c '^region' "$work/rows")" 2
	equal "rows of each" "$(grep -cE '^[0-9:.]+ a \|' "$work/rows") $(
		grep -cE '^[0-9:.]+ b \|' "$work/rows")" "5 5"
	equal "summaries" "$(tail -n 2 "$work/rows")" \
		"a: no reads"$'\n'"b: 100 % of reads go to 25 % of the device: 0 to 4 MiB"
	equal "one of them" "$(dmstat-nl heat --once b | grep -c '^region')" 1
}
promise "regions have rows of their own, with the device's name" many

# Several of a device are told apart, and a sentence is about what there is.
of_one_device()
{
	local first second

	linear a 48
	first=$(dmstat-nl create --length 16m a)
	second=$(dmstat-nl create --start 16m --length 32m --areas 2 a)
	LC_ALL=C dmstat-nl heat --interval 300ms --count 3 >"$work/rows" &
	wait_until has_rows "$work/rows" 2
	io -c 9 read /dev/mapper/a 0 8
	io -c 5 read /dev/mapper/a 40960 8
	wait
	cat "$work/rows"
	equal "rows of each" "$(grep -cE "^[0-9:.]+ $first a \|" "$work/rows") $(
		grep -cE "^[0-9:.]+ $second a \|" "$work/rows")" "3 3"
	equal "summaries" "$(tail -n 2 "$work/rows")" \
		"region $first on a: reads go to the one area of the region
region $second on a: 100 % of reads go to 50 % of the region: 16 to 32 MiB"
	dmstat-nl clear --all
	equal "no average of nothing" \
		"$(dmstat-nl heat --by latency --once "$first" | tail -n 1)" "no I/O"
	! dmstat-nl heat --by latency --once | grep "on average" ||
		fail "nothing has an average"
	io -c 1 write /dev/mapper/a 0 8
	equal "other I/O" "$(dmstat-nl heat --once "$first" | tail -n 1)" \
		"no reads, but 1 write: --by writes shows them"
	equal "of reads" "$(dmstat-nl heat --once --by writes "$first" | tail -n 1)" \
		"writes go to the one area of the region"
}
promise "regions of one device have their ids before its name" of_one_device

long_names()
{
	nullb 0 16
	dm vg--of--a--database-tables "0 16384 linear /dev/nullb0 0"
	dm vg--of--a--database-tables--log "0 16384 linear /dev/nullb0 16384"
	LC_ALL=C dmstat-nl heat --interval 100ms --count 1 >"$work/rows"
	cat "$work/rows"
	equal "rows" "$(grep -oE '^[0-9:.]+ vg[^ ]+' "$work/rows" | cut -d ' ' -f 2 | paste -sd ' ')" \
		"vg--of--a...e-tables vg--of--a...les--log"
}
promise "long names in rows are cut in the middle, so that they still differ" long_names

odd_name()
{
	nullb 0 16
	dmsetup create 'a~b' --table "0 32768 linear /dev/nullb0 0"
	later remove_dm 'a\x7eb'
	dmstat-nl create 'a~b'
	dmstat-nl create --areas 2 'a~b'
	dmstat-nl report --json --interval 100ms --count 1 >"$work/recording"
	dmstat-nl heat --from "$work/recording" 'a~b' | tee "$work/rows"
	equal "summaries" "$(grep -cE '^region [0-9]+ on a~b: no reads' "$work/rows")" 2
	equal "rows" "$(grep -cE '^[0-9:.]+ [0-9]+ a~b ' "$work/rows")" 2
}
promise "a device is named as it is shown, also in a recording" odd_name

# An area may be as long as its extent: places are in sectors, not in areas.
extents()
{
	local once='100 % of reads go to 9.1 % of the region: 0 to 32.0 MiB'

	nullb 0 353
	dm d "0 65536 linear /dev/nullb0 0
65536 655360 linear /dev/nullb0 65544"
	dmstat-nl create --segments d
	dmstat-nl report --json --interval 300ms --count 4 >"$work/recording" &
	wait_until test -s "$work/recording"
	io -c 1000 read /dev/mapper/d 8 8
	wait
	LC_ALL=C dmstat-nl heat --once | tee "$work/once"
	equal "sentence" "$(tail -n 1 "$work/once")" "$once"
	equal "positions" "$(sed -n 2p "$work/once" | xargs)" "0 176 MiB 352 MiB"
	within "cells with reads, of 78" \
		"$(sed -n 3p "$work/once" | tr -d '| \n' | wc -c)" 7 8
	equal "total" "$(sed -n 5p "$work/once")" "1000 reads in all"
	equal "recording" \
		"$(dmstat-nl heat --from "$work/recording" | tail -n 1)" "$once"
	equal "sectors" "$(jq -s -c '[.[].regions[0] | .sectors, .areas[].offset] |
		unique' "$work/recording")" "[0,720896]"
	io -c 250 read /dev/mapper/d 65536 8
	equal "the long one, too" "$(dmstat-nl heat --once | tail -n 1)" \
		"80 % of reads go to 9.1 % of the region: 0 to 32.0 MiB"
}
promise "areas of extents have their length on the map" extents

removed()
{
	quarters
	dmstat-nl heat --interval 200ms "$region" >"$work/rows" 2>"$work/err" &
	local heat=$! status=0
	wait_until grep -q '│' "$work/rows"
	dmstat-nl delete "$region"
	wait "$heat" || status=$?
	equal "status" "$status" 1
	equal "words" "$(cat "$work/err")" \
		"dmstat-nl: region $region is gone"$'\n'"dmstat-nl: no region is left"
}
promise "heat ends when its region is deleted, and says so" removed

# painted VARIABLE=VALUE...: the escape sequences of a strip on a terminal.
painted()
{
	on_terminal 80 "env $* dmstat-nl heat --once $region" >"$work/strip"
	sed 's/\x1b/\n/g' "$work/strip" | grep -oE '^\[[0-9]+;[0-9]+;' | sort -u ||
		true
}

colours()
{
	quarters
	reads 1 10
	equal "256 colours" "$(painted TERM=xterm-256color)" "[48;5;"
	equal "24 bits" "$(painted TERM=xterm-256color COLORTERM=truecolor)" "[48;2;"
	equal "NO_COLOR" "$(painted TERM=xterm-256color NO_COLOR=1)" ""
	equal "characters instead" "$(grep -c '█' "$work/strip")" 2
	equal "8 colours" "$(painted TERM=linux)" ""
	equal "a dumb terminal" "$(painted TERM=dumb)" ""
	equal "no such terminal" "$(painted TERM=nonsense)" ""
	equal "no colours in ASCII" "$(painted TERM=dumb LC_ALL=C)" ""
	equal "bytes beyond ASCII" "$(LC_ALL=C grep '[^ -~]' "$work/strip" || true)" ""
	equal "a pipe" "$(TERM=xterm-256color dmstat-nl heat --once | grep $'\e' || true)" ""
	equal "a pipe that wants them" "$(TERM=xterm-256color dmstat-nl heat --once \
		--color always | grep -c $'\e\[48;5;')" 2
}
promise "colours follow the terminal, COLORTERM, NO_COLOR and the locale" colours

widths()
{
	quarters
	reads 1 10
	local width
	for width in 40 80 200; do
		on_terminal "$width" "dmstat-nl heat --interval 100ms --count 2" >"$work/rows"
		sed 's/\x1b\[[0-9;]*m//g' "$work/rows" >"$work/plain"
		within "width on $width columns" "$(grep '│' "$work/plain" | wc -L)" \
			$((width / 2)) "$width"
	done
	within "width of a pipe" "$(COLUMNS=100 dmstat-nl heat --once | wc -L)" 90 100
}
promise "rows fit the terminal" widths

from_report()
{
	quarters
	dmstat-nl report --json --interval 500ms --count 6 d >"$work/recording" &
	wait_until test -s "$work/recording"
	reads 1 100
	reads 3 20
	wait
	dmstat-nl heat --from "$work/recording" >"$work/rows"
	cat "$work/rows"
	equal "rows" "$(grep -c '│.*│' "$work/rows")" 6
	equal "summary" "$(tail -n 1 "$work/rows")" \
		"83 % of reads go to 25 % of the device: 4 to 8 MiB"
	equal "from the kernel and from the recording" \
		"$(dmstat-nl heat --from "$work/recording" --once d)" \
		"$(dmstat-nl heat --once d)"
	refused 1 "$work/recording has no such region" \
		dmstat-nl heat --from "$work/recording" e
}
promise "a recording that report makes is shown as what was counted" from_report

# recorded LINE...: read them as a recording; must be refused with $words.
recorded()
{
	printf '%s\n' "$@" >"$work/recording"
	refused 1 "dmstat-nl: $work/recording: $words" \
		dmstat-nl heat --from "$work/recording"
}

wrong_input()
{
	local good='{"time":2000000000,"elapsed_ns":1000000000,"regions":[]}' words
	local region='{"region_id":1,"device":"d","major":253,"minor":0,"start":0,"length":8,"areas_count":2,"area_size":4'

	refused 2 "--output x.gif: the name must end in" dmstat-nl heat --output x.gif
	refused 2 "--by 'heat': not reads, writes, bytes, latency or errors" dmstat-nl heat --by heat
	refused 2 "give one of them" dmstat-nl heat --once --output x.svg
	refused 2 "--interval goes with no --from" dmstat-nl heat --from x --interval 1
	refused 2 "takes no --interval" dmstat-nl heat --once --count 1
	refused 1 "$work/none: cannot be opened: No such file" \
		dmstat-nl heat --from "$work/none"
	refused 1 "/dev/null has no intervals" dmstat-nl heat --from /dev/null
	words="line 1: this is no JSON" recorded "hello"
	words="line 2: it ends in the middle of an object" recorded "$good" "${good%?}" "$good"
	words="line 1: no interval, as report --json" recorded "[1]"
	words='line 1: "regions" of an interval is no array' \
		recorded '{"time":2,"elapsed_ns":1,"regions":{}}'
	words='line 2: its time is before' \
		recorded "$good" '{"time":1000000001,"elapsed_ns":1,"regions":[]}'
	words='line 1: a region has no "areas"' \
		recorded "${good/\[\]/[$region\}]}"
	words='line 1: "index" of an area is 2: it must be 0 to 1' \
		recorded "${good/\[\]/[$region,\"areas\":[{\"index\":2\}]\}]}"
	words='line 1: there is more after the end' recorded "$good $good"

	printf '%s\n%s' "$good" "${good:0:20}" >"$work/recording"
	refused 1 "$work/recording: line 2: cut off" \
		dmstat-nl heat --from "$work/recording"
	refused 1 "is named 'nonsense'" dmstat-nl heat nonsense
	refused 1 "there is no device whose I/O can be counted" dmstat-nl heat
	linear d 16
	refused 1 "d has no region: nothing was counted" dmstat-nl heat --once d
	refused 1 "there is no region" dmstat-nl heat --once
}
promise "what is wrong on the command line or in a recording is refused" wrong_input

run_promises "$@"
