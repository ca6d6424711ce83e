#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The label of a region and what it tells, by the command: set, changed, removed,
# listed and notified.

source "$(dirname "$0")/lib.sh"

# value REGION NAME: a value of the region in list -j.
value()
{
	dmstat-nl list -j | jq -r --argjson id "$1" --arg name "$2" \
		'.regions[] | select(.region_id == $id) | .[$name]'
}

changed()
{
	linear d 16
	region --program one --user-data 'first words' d
	equal "program" "$(value "$region" program_id)" one
	equal "user data" "$(value "$region" user_data)" "first words"

	dmstat-nl set --program two "$region"
	equal "program" "$(value "$region" program_id)" two
	equal "user data" "$(value "$region" user_data)" "first words"
	dmstat-nl list | grep -E " two$"

	dmstat-nl set --user-data 'other words' --program three "$region"
	equal "both" "$(value "$region" program_id), $(value "$region" user_data)" \
		"three, other words"
	equal "what set -j prints" \
		"$(dmstat-nl set -j --program three "$region" | jq -r .user_data)" \
		"other words"

	dmstat-nl set --program '' "$region"
	equal "no program" "$(value "$region" program_id)" ""
	equal "user data" "$(value "$region" user_data)" "other words"
	dmstat-nl set --user-data '' "$region"
	equal "no user data" "$(value "$region" user_data)" null
}
promise "program id and user data are written, changed and removed" changed

# tells REGION: "BOUND ERRORS RATE"
tells()
{
	echo "$(value "$1" slow_ns) $(value "$1" tell_errors) $(value "$1" tell_rate)"
}

what_is_told()
{
	linear d 16
	region d
	equal "nothing" "$(tells "$region")" "0 false 0"
	[[ $(dmstat-nl list) != *TELLS* ]]
	dmstat-nl set --slow 20ms "$region"
	equal "a bound" "$(tells "$region")" "20000000 false 1000"
	dmstat-nl set --tell-errors yes --tell-rate 5 "$region"
	equal "errors, too" "$(tells "$region")" "20000000 true 5"
	dmstat-nl list | tee "$work/list"
	grep -q 'TELLS' "$work/list"
	grep -q '20 ms, errors' "$work/list"
	dmstat-nl set --slow off "$region"
	equal "only errors" "$(tells "$region")" "0 true 5"
	dmstat-nl set --tell-errors no "$region"
	equal "nothing" "$(tells "$region")" "0 false 0"

	region --slow 3us --tell-errors --tell-rate 7 d
	equal "created with both" "$(tells "$region")" "3000 true 7"
	refused 2 "a unit is missing" dmstat-nl set --slow 5 "$region"
	refused 2 "too small" dmstat-nl create --slow 0ms d
	refused 2 "not no or yes" \
		dmstat-nl set --tell-errors on "$region"
	refused 2 "give 1 or more" dmstat-nl set --tell-rate 0 "$region"
	refused 2 "too large" \
		dmstat-nl set --tell-rate 4294967296 "$region"
}
promise "what a region tells is given, changed and switched off" what_is_told

from_files()
{
	linear d 16
	printf 'a\0b\377' >"$work/bytes"
	region --user-data-file "$work/bytes" d
	equal "bytes that are no text" "$(value "$region" user_data_hex)" 610062ff
	equal "and no text" "$(value "$region" user_data)" null
	echo "from a pipe" | dmstat-nl set --user-data-file - "$region"
	equal "from a pipe" "$(value "$region" user_data)" "from a pipe"

	head -c 4096 /dev/zero | tr '\0' x >"$work/most"
	dmstat-nl set --user-data-file "$work/most" "$region"
	equal "4096 bytes" "$(value "$region" user_data)" "$(<"$work/most")"
	echo >>"$work/most"
	refused 1 "user data is too long: at most 4096 bytes" \
		dmstat-nl set --user-data-file "$work/most" "$region"
	refused 1 "cannot read '$work/none'" \
		dmstat-nl set --user-data-file "$work/none" "$region"
	equal "still 4096" "$(value "$region" user_data | wc -c)" 4097
	dmstat-nl set --user-data-file /dev/null "$region"
	equal "of an empty file" "$(value "$region" user_data)" null
}
promise "user data comes from files, too, and is any 4096 bytes" from_files

told()
{
	linear d 16
	region d
	stdbuf -oL dmstat-nl monitor -j >"$work/events" &
	wait_until is_listened_to
	dmstat-nl set --program new --user-data words "$region"
	dmstat-nl clear "$region"
	dmstat-nl delete "$region"
	wait_until grep -q region_del "$work/events"
	equal "events" "$(jq -r 'select(.region.program_id == "new") |
		"\(.event) \(.region.user_data)"' "$work/events" | paste -sd' ')" \
		"region_set words region_clear words region_del words"
}

# Listeners get this one first.
is_listened_to()
{
	dmstat-nl set --program '' "$region"
	sleep 0.1
	[[ -s $work/events ]]
}
promise "listeners get what was set, and a clear" told

told_in_words()
{
	local number

	linear d 16
	region d
	number=$(dmsetup info -c --noheadings --separator : -o major,minor d)
	stdbuf -oL dmstat-nl monitor >"$work/events" &
	wait_until is_listened_to
	dmstat-nl clear "$region"
	wait_until grep -q cleared "$work/events"
	# without the time and the number
	equal "what listeners got" \
		"$(sed 's/^[^a-z]*//' "$work/events" | uniq | paste -sd,)" \
		"region $region set on d ($number): no program, no group,region $region cleared on d ($number)"
}
promise "the text has what was set, and a clear, too" told_in_words

# clears: the clears of the region in the list.
clears()
{
	dmstat-nl list -j | jq -c '.regions[0] | [.clears, .cleared > 0]'
}

cleared()
{
	local before after

	linear d 16
	region --areas 4 d
	equal "never" "$(clears)" "[0,false]"
	equal "no column" "$(dmstat-nl list | grep -c CLEAR || true)" 0
	dmstat-nl clear "$region"
	equal "by clear" "$(clears)" "[1,true]"
	io write /dev/mapper/d 0 8
	before=$(date +%s%N)
	dmstat-nl print --clear "$region" >/dev/null
	after=$(date +%s%N)
	equal "by a reader" "$(clears)" "[2,true]"
	within "when" "$(value "$region" cleared)" "$before" "$after"
	dmstat-nl list
	equal "in words" "$(dmstat-nl list | sed -E '1!d; s/ +/ /g')" \
		" ID DEVICE START LENGTH AREA-SIZE AREAS MEMORY AGE CLEARS CLEARED PROGRAM"
	dmstat-nl list | tail -n 1 |
		grep -qE " 2 $(date +%F) [0-9:]{8}\$" ||
		fail "$(dmstat-nl list)"
	within "width of 80" "$(script -qefc "stty rows 24 cols 80; dmstat-nl list" \
		/dev/null </dev/null | tr -d '\r' | wc -L)" 60 80
}
promise "the list shows the number of clears of a region, and the time of the last" cleared

refusals()
{
	linear d 16
	region d
	refused 2 "give an option: --group, --program, --user-data, --slow" \
		dmstat-nl set "$region"
	refused 2 "give --user-data or --user-data-file, once" \
		dmstat-nl set --user-data a --user-data-file /dev/null "$region"
	refused 1 "no such region" dmstat-nl set --program x 4000000
	refused 1 "program id is too long: at most 255 bytes" \
		dmstat-nl set --program "$(printf 'x%.0s' {1..256})" "$region"
	equal "program" "$(value "$region" program_id)" ""
}
promise "wrong labels are refused with a message" refusals

run_promises "$@"
