#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-nl deletes many regions: by their ids, of a device, of a program.

source "$(dirname "$0")/lib.sh"

# regions: "DEVICE PROGRAM" of each region, a line each.
regions()
{
	dmstat-nl list -j |
		jq -r '.regions[] | "\(.device_name) \(.program_id)"' | sort
}

# what_there_is: on d one without a program, two of a, one of b; on e one of a.
what_there_is()
{
	local program

	nullb 0 16
	dm d "0 8192 linear /dev/nullb0 0"
	dm e "0 8192 linear /dev/nullb0 8192"
	ids=()
	region d
	ids+=("$region")
	for program in a a b; do
		region --program "$program" d
		ids+=("$region")
	done
	region --program a e
	ids+=("$region")
}

by_ids()
{
	local ids

	what_there_is
	# In any order, and one of them twice.
	dmstat-nl delete "${ids[4]}" "${ids[1]}" "${ids[2]}" "${ids[1]}"
	equal "left" "$(regions | xargs)" "d d b"
}
promise "regions are deleted by their ids, in any order" by_ids

one_is_missing()
{
	local ids

	what_there_is
	! dmstat-nl delete "${ids[3]}" 4000000000 "${ids[0]}" 2>"$work/said" ||
		fail "no failure"
	cat "$work/said"
	equal "lines about it" "$(wc -l <"$work/said")" 1
	grep -q "cannot delete region 4000000000: no such region" "$work/said"
	equal "left" "$(regions | xargs)" "d a d a e a"
}
promise "an id that does not exist is named, and the other regions are deleted" \
	one_is_missing

more_than_a_request_lists()
{
	local i ids missing=()

	what_there_is
	for ((i = 1; i <= 5000; i++)); do
		missing+=($((1000000 + i)))
	done
	! dmstat-nl delete "${missing[@]}" "${ids[@]:0:2}" 2>"$work/said" ||
		fail "no failure"
	equal "lines" "$(wc -l <"$work/said")" 5000
	equal "left" "$(regions | wc -l)" 3
}
promise "more ids than fit into a request are deleted, too" \
	more_than_a_request_lists

of_a_program()
{
	local ids

	what_there_is
	dmstat-nl delete --program a d
	equal "left" "$(regions | xargs)" "d d b e a"
	dmstat-nl delete --program a
	equal "left" "$(regions | xargs)" "d d b"
}
promise "the regions of a program are deleted, on a device or on all" \
	of_a_program

# not_deleted WORDS ARGUMENT...: delete fails with these words, and deletes nothing.
not_deleted()
{
	! dmstat-nl delete "${@:2}" 2>"$work/said" || fail "no failure"
	cat "$work/said"
	grep -qF -- "$1" "$work/said"
	equal "left" "$(regions | wc -l)" 5
}

of_no_program()
{
	local ids

	what_there_is
	not_deleted "no region has the program id 'c'" --program c
	not_deleted "no region has the program id 'c'" --all --program c
	not_deleted "no region on device 'e' has the program id 'b'" --program b e
	not_deleted "region ${ids[3]} has not the program id 'a'" \
		--program a "${ids[3]}"
	not_deleted "--program is empty" --program ''
}
promise "a program id that is mistyped or empty deletes nothing, and is reported" \
	of_no_program

of_a_device()
{
	local ids

	what_there_is
	dmstat-nl delete --all d
	equal "left" "$(regions | xargs)" "e a"
	dmstat-nl delete --all d
	region d
	dmstat-nl delete --all
	equal "left" "$(regions | xargs)" ""
	dmstat-nl delete --all
	! dmstat-nl delete --all none 2>/dev/null || fail "of no device"
}
promise "the regions of a device are deleted, or all" of_a_device

of_several()
{
	local ids

	what_there_is
	dmstat-nl delete "${ids[1]}" e "${ids[0]}"
	equal "left" "$(regions | xargs)" "d a d b"
	dmstat-nl delete d
	equal "left" "$(regions | xargs)" ""
}
promise "ids and devices are deleted together" of_several

by_accident()
{
	local ids

	what_there_is
	not_deleted "name what to delete: regions, devices or groups, or --program; --all for all regions"
	not_deleted "no block device is named 'none'" "${ids[0]}" none e
	not_deleted "no region is in a group 'g'" "${ids[0]}" group:g
	dmstat-nl delete e
	! dmstat-nl delete e 2>"$work/said" || fail "deleted twice"
	grep -qF "no region on device 'e'" "$work/said"
}
promise "without --all nothing is deleted that was not named" by_accident

run_promises "$@"
