#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What can be reported: objects, fields, JSON; and what is refused.

source "$(dirname "$0")/lib.sh"

# Two devices, with a region of two areas and one of a file's kind.
several()
{
	nullb 0 16
	nullb 1 16
	dm d "0 32768 linear /dev/nullb0 0"
	dm e "0 32768 linear /dev/nullb1 0"
	dm of_extents "0 8 linear /dev/nullb0 0
8 8 linear /dev/nullb0 800
16 16 linear /dev/nullb0 8000"
	region --areas 2 --program one d
	first=$region
	region --areas 1 --program two e
	second=$region
	dmstat-nl set --group both "$first"
	dmstat-nl set --group both "$second"
	region --segments of_extents
	io -c 3 read /dev/mapper/d 0 8
	io -c 2 read /dev/mapper/d 16384 8
	io -c 4 write /dev/mapper/e 0 8
}

# rows OPTION...: objects of a report.
rows()
{
	dmstat-nl report --noheadings -o obj_type,stats_name,region_id,area_id,read_count,write_count "$@" |
		xargs
}

objects()
{
	several
	equal "everything" "$(rows)" "area:both:$first:0:3:0 area:both:$first:1:2:0\
 area:both:$second:0:0:4 area:of_extents:$region:0:0:0 area:of_extents:$region:1:0:0\
 area:of_extents:$region:2:0:0 region:both:$first:0:5:0 region:of_extents:$region:0:0:0\
 group:both:$first-$second:0:5:4"
	equal "what saw I/O" "$(rows --active)" "area:both:$first:0:3:0 area:both:$first:1:2:0\
 area:both:$second:0:0:4 region:both:$first:0:5:0 group:both:$first-$second:0:5:4"
	equal "regions" "$(rows --region --active)" \
		"region:both:$first:0:5:0 region:both:$second:0:0:4"
	equal "devices" "$(rows --device)" \
		"device:d:$first:0:5:0 device:e:$second:0:0:4 device:of_extents:$region:0:0:0"
	equal "a device" "$(rows --region e)" "region:both:$second:0:0:4"
	equal "a region" "$(rows "$second")" "area:both:$second:0:0:4 group:both:$second:0:0:4"
	equal "a group" "$(rows --group both)" "group:both:$first-$second:0:5:4"
	equal "a program" "$(rows --region --program one)" "region:both:$first:0:5:0"
	equal "several" "$(rows --region "$first" of_extents)" \
		"region:both:$first:0:5:0 region:of_extents:$region:0:0:0"
	equal "selected" "$(rows -S 'write_count>3 && obj_type=area')" "area:both:$second:0:0:4"
	equal "sorted" "$(rows --device -O -write_count,-stats_name)" \
		"device:e:$second:0:0:4 device:of_extents:$region:0:0:0 device:d:$first:0:5:0"
	equal "decimals are compared" "$(rows --area -S 'await>0.0001 && read_await<600000.5')" \
		"$(rows --area --active)"
	equal "and not as whole numbers" "$(rows --area -S 'await>600000.5')" ""
	equal "where idle areas are" "$(dmstat-nl report --area --noheadings --units s \
		-o area_start,area_len,area_offset of_extents | xargs)" "0:8:0 8:8:8 16:16:16"
	equal "busy time of several areas" "$(dmstat-nl report --noheadings --region \
		-S 'util>0' -o area_count,busy | sed -E 's/[1-9]*[0-9]\.[0-9]+/x/' | xargs)" "2: 1:x"
}
promise "areas, regions, groups and devices are reported, and what arguments name" objects

json_of_fields()
{
	several
	dmstat-nl report -j -O -read_count,-area_id -S 'obj_type=area && (read_count>0 || area_id=0)' \
		-o region_id,name,group,group_id,area_start,read_count,reads_per_sec,util,p50,hist_count \
		"$first" of_extents >"$work/json"
	cat "$work/json"
	equal "lines" "$(wc -l <"$work/json")" 1
	equal "types" "$(jq -c '.report[0] | map(type)' "$work/json")" \
		'["number","string","string","number","number","number","number","number","null","string"]'
	equal "order and values" "$(jq -c '[.report[] | [.region_id, .name, .group, .group_id,
		.area_start, .read_count]]' "$work/json")" \
		"[[$first,\"d\",\"both\",$first,0,3],[$first,\"d\",\"both\",$first,16384,2],[$region,\"of_extents\",\"\",null,0,0]]"
	equal "rates" "$(jq '.report[0] | .reads_per_sec > 0 and .reads_per_sec < 1000 and
		.util > 0' "$work/json")" true
	equal "of a group" "$(dmstat-nl report -j --group -o region_id,read_count | jq -c .report)" \
		'[{"region_id":null,"read_count":5}]'
	equal "intervals" "$(dmstat-nl report -j --interval 100ms --count 3 -o region_id --region |
		jq -s -c 'map(.report | length)')" "[3,3,3]"
	equal "keys of a recording" "$(dmstat-nl report -j | jq -c 'keys, (.regions[0] | keys)')" \
		'["elapsed_ns","regions","time"]
["area_size","areas","areas_count","bounds_ns","clears","created","device","device_size","elapsed_ns","extents","flush","group","length","major","minor","missed","program_id","region_id","start"]'
}
promise "JSON has numbers where they are, of fields and of everything" json_of_fields

odd_texts()
{
	nullb 0 16
	dmsetup create --manglename none --table "0 32768 linear /dev/nullb0 0" -- $'a "b"\n, c=\'d\''
	later dmsetup remove --manglename none --retry -- $'a "b"\n, c=\'d\''
	dmstat-nl create --program 'x="1", y' --user-data $'\001z' -- $'a "b"\n, c=\'d\'' >/dev/null
	equal "JSON" "$(dmstat-nl report -j -o name,program_id,user_data,area_id | jq -c .report)" \
		'[{"name":"a \"b\"\n, c='"'d'"'","program_id":"x=\"1\", y","user_data":"017a","area_id":0}]'
	equal "text" "$(dmstat-nl report --noheadings -o name,program_id)" \
		'a "b"\x0a, c='"'d'"':x="1", y'
	equal "recording" "$(dmstat-nl report -j | jq -r '.regions[0].device')" \
		$'a "b"\n, c=\'d\''
}
promise "names may have any characters" odd_texts

# refuses STATUS WORDS OPTION...: a report with these options.
refuses()
{
	refused "$1" "$2" dmstat-nl report "${@:3}"
}

wrong_input()
{
	linear d 16
	region d
	refuses 2 "--options: unknown field 'nonsense': see 'dmstat-nl report -o help'" -o name,nonsense
	refuses 2 "--options: unknown field 'read_ticks'" -o +read_ticks
	refuses 2 "--sort: unknown field 'reads'" -O -reads
	refuses 2 "--select: unknown field 'reads'" -S 'reads>1'
	refuses 2 "--select 'read_count>x': Failed to parse numeric value" -S 'read_count>x'
	refuses 2 "--select 'name>d': Operator can be used only with" -S 'name>d'
	refuses 2 "--select '(area_id=0': " -S '(area_id=0'
	refuses 2 "--units 'x': give one of" --units x
	refuses 2 "--units '4kk': give one of" --units 4kk
	refuses 2 "--count '0': give 1 or more" --count 0
	refuses 2 "--interval '0': too small" --interval 0
	refuses 2 "with --json, --sort, --select and types of objects need --options" -j -O name
	refuses 2 "with --json, --sort, --select and types of objects need --options" -j --region
	refuses 1 "4000000" 4000000
	refuses 1 "nonsense" nonsense
	equal "help" "$(dmstat-nl report -o help | grep -c '^  p99_9 ')" 1
	equal "help on selections" "$(dmstat-nl report -S help | grep -c '=~  - Matching')" 1
}
promise "wrong fields, selections and units are refused with what is wrong" wrong_input

nothing_there()
{
	linear d 16
	equal "on a terminal" "$(on_terminal 80 dmstat-nl report)" "no regions"
	equal "of a script" "$(dmstat-nl report 2>&1)" ""
	refuses 1 "no region on device 'd'" d
	refuses 1 "no region on device 'd'" --interval 1s d
	equal "JSON" "$(dmstat-nl report -j | jq -c .regions)" "[]"
	equal "fields in JSON" "$(dmstat-nl report -j -o name | jq -c .report)" "[]"
	equal "intervals" "$(dmstat-nl report -j --interval 50ms --count 2 | jq -s -c 'map(.regions)')" "[[],[]]"
	dmstat-nl report -j --interval 300ms >"$work/report" &
	wait_until has_read "$work/report" 1
	region d
	wait_until eval "[[ \$(tail -n 1 $work/report | jq .regions[].region_id) == $region ]]"
	kill -INT $!
	wait $!
}
promise "without regions there is nothing, until one comes" nothing_there

without_the_module()
{
	local status=0 helper=/proc/sys/kernel/modprobe

	linear d 16
	region d
	dmstat-nl report --interval 200ms --noheadings >"$work/report" 2>"$work/error" &
	wait_until grep -q : "$work/report"
	later eval "echo $(<"$helper") >$helper"
	echo /bin/false >"$helper"
	unload
	wait $! || status=$?
	cat "$work/error"
	equal "status of the one that ran" "$status" 1
	equal "what it says" "$(grep -c '^dmstat-nl: cannot read the regions: ' "$work/error")" 1
	refuses 1 "the kernel module dmstat is not loaded"
	equal "help on fields" "$(dmstat-nl report -o help | grep -c '^  read_count ')" 1
}
promise "without the module it says so, and help needs none" without_the_module

run_promises "$@"
