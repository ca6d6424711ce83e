#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What people see on a terminal of 80 columns, where nothing may wrap, and what
# scripts get, where nothing may be left out.

source "$(dirname "$0")/lib.sh"

long=vg--my--long_name-a_rather_long_volume--name

# fits WIDTH WHAT COMMAND...: its output goes to $work/shown.
fits()
{
	on_terminal "$1" "${@:3}" >"$work/shown"
	cat "$work/shown"
	within "width of $2" "$(wc -L <"$work/shown")" 1 "$1"
}

# A device after some use: flushes, discards, a long name.
in_use()
{
	nullb 0 16 cache_size=16 discard=1
	dm "$long" "0 32768 linear /dev/nullb0 0"
	region --areas 2 "$long"
	io -c 3 flush "/dev/mapper/$long" 0 0
	io write "/dev/mapper/$long" 0 8
	io discard "/dev/mapper/$long" 0 8
}

print_fits()
{
	in_use
	fits 80 print dmstat-nl print "$region"
	equal "headings" "$(grep INDEX "$work/shown" | xargs)" \
		"INDEX START LENGTH READS R-TIME WRITES W-TIME FLIGHT BUSY"
	equal "below the row" "$(grep -A 1 '^ *0 ' "$work/shown" |
		sed -nE 's/^ {8}(1 discard \(4 KiB, ).*/\1/p')" "1 discard (4 KiB, "
	grep -q '^3 flushes (mean ' "$work/shown"
	equal "the title" "$(tr '\n' ' ' <"$work/shown" | tr -s ' ' | grep -o '.*length 16 MiB')" \
		"region $region on $long: 2 areas of 8 MiB, start 0 B, length 16 MiB"

	dmstat-nl print "$region" >"$work/whole"
	equal "headings in a pipe" "$(grep INDEX "$work/whole" | xargs)" \
		"INDEX START LENGTH READS R-SIZE R-TIME WRITES W-SIZE W-TIME FLIGHT BUSY"
	equal "lines in a pipe" "$(wc -l <"$work/whole")" 5
	equal "in the row" "$(grep -cE '^ *0 .* 1 discard \(4 KiB, ' "$work/whole")" 1
}
promise "print fits 80 columns, where the areas are first of all" print_fits

lists_fit()
{
	local program="a program of such a long name that it does not fit either"

	in_use
	dmstat-nl set --program "$program" "$region"
	dmstat-nl clear "$region"
	fits 80 list dmstat-nl list
	grep -qE "^ *$region vg--my.*\.\.\..*--name " "$work/shown"
	grep -qE ' a progr.*\.\.\..* either$' "$work/shown"
	equal "headings" "$(head -n 1 "$work/shown" | xargs)" \
		"ID DEVICE START LENGTH AREAS PROGRAM"
	fits 60 list dmstat-nl list
	fits 80 devices dmstat-nl devices
	grep -qE '^vg--my.*\.\.\..*--name .* 3 +[0-9.]+ [mun]?s' "$work/shown"

	dmstat-nl list >"$work/whole"
	grep -qE " $long .* $program\$" "$work/whole"
	dmstat-nl devices | grep -qE "^$long "
}
promise "list and devices fit, with long names cut in the middle" lists_fit

report_fits()
{
	in_use
	fits 80 report dmstat-nl report --region
	grep -qE '^vg--my--lon\.\.\.lume--name +'"$region " "$work/shown"
	# The name is shortened before such a column is left out.
	grep -qE '^Name .* R/s +W/s .*WrAWait .*Util%$' "$work/shown"
	fits 50 report dmstat-nl report --region
	grep -qE '^vg--m\.\.\.name +'"$region " "$work/shown"
	equal "selected by the whole name" "$(on_terminal 80 dmstat-nl report --region \
		-S "'stats_name=\"$long\"'" | tail -n +2 | wc -l)" 1
	equal "the name in a pipe" "$(COLUMNS=50 dmstat-nl report --region |
		sed -n "s/^$long .*/whole/p")" whole
}
promise "report fits, with long names cut in the middle" report_fits

monitor_fits()
{
	nullb 0 16
	dm "$long" "0 32768 linear /dev/nullb0 0"
	fits 80 monitor "timeout -s INT 2 dmstat-nl monitor &
		sleep 0.5; dmstat-nl create $long >/dev/null; wait"
	equal "event" "$(tr '\n' ' ' <"$work/shown" | tr -s ' ' |
		grep -oE "created on $long \([0-9:]+\): 1 area of 16 MiB, start 0 B, length 16 MiB" |
		sed 's/ ([0-9:]*)//')" \
		"created on $long: 1 area of 16 MiB, start 0 B, length 16 MiB"
}
promise "monitor fits" monitor_fits

help_fits()
{
	local command

	for command in "" $(dmstat-nl help --table | awk '$1 == "command" { print $2 }'); do
		within "help $command" "$(dmstat-nl help ${command:+"$command"} | wc -L)" 20 80
	done
}
promise "help fits 80 columns" help_fits

# As in "watch", or before "| sort".
asked_for()
{
	in_use
	COLUMNS=80 dmstat-nl print "$region" >"$work/print"
	cat "$work/print"
	equal "headings" "$(grep INDEX "$work/print" | xargs)" \
		"INDEX START LENGTH READS R-TIME WRITES W-TIME FLIGHT BUSY"
	equal "one line for a row" "$(grep -cE '^ *0 .* discard' "$work/print")" 1
	equal "nonsense" "$(COLUMNS=8x dmstat-nl print "$region")" \
		"$(dmstat-nl print "$region")"
	COLUMNS=40 dmstat-nl list | grep -q " $long "
	equal "JSON" "$(COLUMNS=40 dmstat-nl print -j "$region" | jq -c '.areas[0] | keys')" \
		"$(dmstat-nl print -j "$region" | jq -c '.areas[0] | keys')"
}
promise "COLUMNS sets the width where there is no terminal" asked_for

nothing()
{
	linear d 16
	equal "list" "$(on_terminal 80 dmstat-nl list)" "no regions"
	equal "list of a script" "$(dmstat-nl list 2>&1)" ""
	region d
	on_terminal 80 dmstat-nl inflight d | tee "$work/shown"
	equal "inflight" "$(head -n 1 "$work/shown")" "nothing in flight"
	tr '\n' ' ' <"$work/shown" | tr -s ' ' |
		grep -qE "I/O that started before the device had a region is not known; its oldest region was created at [0-9: -]+ \([0-9]+ s ago\)"
	equal "inflight of a script" "$(dmstat-nl inflight d 2>&1)" ""
	equal "JSON" "$(on_terminal 80 dmstat-nl inflight -j d | jq -c .inflight)" "[]"
}
promise "an empty list says so on a terminal, and nowhere else" nothing

idle_device()
{
	nullb 0 16
	dm d "0 8192 linear /dev/nullb0 0"
	dm e "0 8192 linear /dev/nullb0 8192"
	region d
	dmstat-nl devices | tee "$work/devices"
	grep -qE '^d .* 1 +0$' "$work/devices"
	grep -qE '^e .* 0 +-$' "$work/devices"
}
promise "devices has no count for a device where nothing is counted" idle_device

long_messages()
{
	linear d 16
	on_terminal 60 "dmstat-nl create --bounds 1ms $long 2>&1;
		dmstat-nl delete 2>&1; dmstat-nl create /dev/nullb0 2>&1; true" |
		tee "$work/shown"
	within "width" "$(wc -L <"$work/shown")" 40 60
	tr '\n' ' ' <"$work/shown" | tr -s ' ' |
		grep -qF "name what to delete: regions, devices or groups, or --program; --all for all regions"
}
promise "messages break between words" long_messages

run_promises "$@"
