#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same report by dmstats(8) and by the command: regions of both on one device,
# the same I/O, the same options.

source "$(dirname "$0")/lib.sh"

# both_regions [ATTRIBUTE=VALUE]...: of dm-stats and of dmstat, on an idle device, with the same areas.
both_regions()
{
	command -v dmstats >/dev/null || skip "dmstats is not installed"
	linear d 64 "$@"
	# dmstats does not print the last character of user data.
	dmstats create --precise --areas 4 --bounds 1ms,10ms,100ms \
		--userdata hello. /dev/mapper/d
	dmstats create --precise --start 16m --length 8m /dev/mapper/d
	dmstat-nl create --areas 4 --histogram 1ms,10ms,100ms --program dmstats \
		--user-data hello d >/dev/null
	dmstat-nl create --start 16m --length 8m --program dmstats d >/dev/null
}

# reported COMMAND OPTION...: its report; columns may have another width.
reported()
{
	local command=$1

	shift
	"$command" report "$@" 2>&1 | sed -E 's/ +/ /g; s/ $//'
}

# same WHAT OPTION...: both print the same, to the letter.
same()
{
	local theirs ours

	theirs=$(reported dmstats "${@:2}" d)
	ours=$(reported dmstat-nl "${@:2}" d)
	equal "$1" $'\n'"$ours" $'\n'"$theirs"
	[[ $theirs == *[0-9]* ]] || fail "nothing is in it"
}

# What does not change with I/O, and is not cleared.
places_are_the_same()
{
	local places=obj_type,stats_name,area_id,region_start,region_len,area_start
	local labels=area_count,program_id,user_data,group_id
	local bins=precise,hist_bounds,hist_ranges

	both_regions
	same "areas" --area -o "$places,area_len,area_offset,$labels,$bins"
	same "selected" --area -S 'region_len=64m && area_id>1' -o "$places,$labels"
	same "sorted" --area -O -area_start,region_len -o "$places"
	same "in sectors" --area --units s -o "$places,area_len"
	same "in KiB" --area --units k -o "$places,area_len"
	same "in powers of 1000" --area --units M -O area_start -o "$places"
	same "human" --area --units H -o "$places"
	same "without headings" --area --noheadings -o "$places,$bins"
	same "other separator" --area --separator ';' -o "$places"
	same "names" --area --nameprefixes -o "$places,area_len,$labels"
	same "unquoted" --area --nameprefixes --unquoted --noheadings -o "$places"
	same "rows" --area --rows -o "$places,$labels,hist_bounds"
	same "rows without headings" --area --rows --noheadings -o "$places"
	same "regions" --region -o "obj_type,stats_name,region_start,region_len,area_len,$labels"
	same "a regular expression" --area -S 'user_data=~^hel && area_start<30m' \
		-o "$places"
	same "one of two" --area -S 'area_start=48m || region_len=8m' -o "$places"
	same "not" --area -S '!(area_id=0)' -O area_id -o "$places"
	same "nanoseconds" --area --notimesuffix -o hist_bounds,hist_ranges
}
promise "places, labels and bounds are printed as dmstats does" places_are_the_same

# sorted COMMAND FIELDS DEVICE: the values of its report; lists have no order.
sorted()
{
	"$1" report --noheadings --separator ';' --region -o "$2" "$3" |
		tr ';,' '\n' | sort | paste -sd ';'
}

names_are_the_same()
{
	local names=name,mangled_name,unmangled_name,uuid,mangled_uuid,unmangled_uuid
	local state=attr,tables_loaded,suspended,readonly,devno,major,minor,segments
	local table=device_count,devnos_used,blkdevs_used,blkdevname,read_ahead,events
	local tree=devs_used,device_ref_count,names_using_dev,devnos_using_dev
	local parts=subsystem,vg_name,lv_name,lv_layer

	command -v dmstats >/dev/null || skip "dmstats is not installed"
	nullb 0 64
	nullb 1 64
	dmsetup create --uuid "LVM-$(printf '%064d' 1)-real" v--g-l--v-real \
		--table "0 65536 linear /dev/nullb0 0
65536 65536 linear /dev/nullb1 0"
	later dmsetup remove v--g-l--v-real
	for device in "over it" "and it"; do
		dmsetup create "$device" --table "0 65536 linear /dev/mapper/v--g-l--v-real 0"
		later dmsetup remove "$device"
	done
	for device in v--g-l--v-real "over it" "and it"; do
		dmstats create --precise "$device" >/dev/null
		dmstat-nl create --program dmstats "$device" >/dev/null
	done
	for fields in "$names" "$state" "$table" "$tree" "name,$parts" open; do
		for device in v--g-l--v-real "over it" "and it"; do
			equal "$fields of $device" \
				"$(sorted dmstat-nl "$fields" "$device")" \
				"$(sorted dmstats "$fields" "$device")"
		done
	done
}
promise "names, tables and what is below are printed as dmstats does" names_are_the_same

# Two lines of numbers, each at most so many percent, or two units, from the other.
near()
{
	[[ $2 ]] || fail "$1: nothing was printed"
	paste -d ' ' <(tr ':' '\n' <<<"$2") <(tr ':' '\n' <<<"$3") |
		awk -v most="$4" 'function abs(x) { return x < 0 ? -x : x }
			abs($1 - $2) > 2 && abs($1 - $2) > most / 100 * $1 {
				print $1 " is not near " $2
				wrong = 1
			}
			END { exit wrong }' || fail "$1: $2"$'\n'"dmstats: $3"
	echo "$1: $2, dmstats: $3"
}

# Counters are equal; times are measured at different points, dmstats' later.
counters_are_the_same()
{
	local counters=read_count,read_sector_count,write_count,write_sector_count
	local more=in_progress_count,avg_request_size
	local merged=reads_merged_count,writes_merged_count,reads_merged_per_sec
	local times=read_time,write_time,queue_ticks,io_ticks
	local fields

	both_regions irqmode=2 completion_nsec=3000000
	load_fio /dev/mapper/d --rw=randrw --bs=4k-64k --size=40m --number_ios=600 \
		--iodepth=4
	fields=area_start,$counters,$more,$times,hist_count
	# A reading of dmstats is the last: one for all that is compared.
	reported dmstats --area --noheadings -O area_start,area_len -o "$fields" d >"$work/theirs"
	reported dmstat-nl --area --noheadings -O area_start,area_len -o "$fields" d >"$work/ours"
	cat "$work/theirs" "$work/ours"
	equal "counters" $'\n'"$(cut -d: -f1-7 "$work/ours")" \
		$'\n'"$(cut -d: -f1-7 "$work/theirs")"
	equal "lines" "$(wc -l <"$work/ours")" 5
	equal "I/Os in histograms" \
		"$(awk -F: 'NF > 12 { print $12 + $13 + $14 + $15 }' "$work/ours")" \
		"$(awk -F: 'NF > 12 { print $12 + $13 + $14 + $15 }' "$work/theirs")"
	# dm-stats takes I/O that continues the last one for merged.
	equal "merged" "$(dmstat-nl report --area --noheadings -o "$merged,writes_merged_per_sec" d |
		sort | uniq -c | xargs)" "5 0:0:0.00:0.00"
	# A guest's CPU is taken away between the two points now and then.
	near "times" "$(cut -d: -f8-11 "$work/ours" | xargs | tr ' ' ':')" \
		"$(cut -d: -f8-11 "$work/theirs" | xargs | tr ' ' ':')" 25
}
promise "counters are equal to those of dmstats, and times are near" counters_are_the_same

# selected SELECTION KEYS: where the areas are that are in both reports.
selected()
{
	local theirs ours

	load_fio /dev/mapper/d --rw=randrw --bs=8k --size=20m --number_ios=300 >/dev/null
	theirs=$(dmstats report --area -S "$1" -O "$2" --noheadings -o area_start,read_count d)
	ours=$(dmstat-nl report --area -S "$1" -O "$2" --noheadings -o area_start,read_count d)
	dmstat-nl list -j | jq '.regions[].region_id' | xargs dmstat-nl clear
	[[ $theirs ]] || fail "nothing was selected"
	equal "$1, by $2" $'\n'"$ours" $'\n'"$theirs"
}

selections_are_the_same()
{
	both_regions
	selected 'read_count>10' -read_count,area_start,area_len
	selected 'read_count>=1 && write_count>=1 && area_len>8m' area_start
	selected 'read_sector_count=0 || write_count>100000' area_start
	selected 'area_id!=0' -write_count,area_start
}
promise "selections and orders by counters are those of dmstats" selections_are_the_same

# A group is one with an alias.
groups_are_the_same()
{
	both_regions
	dmstats group --regions 0-1 --alias both d
	for region in $(dmstat-nl list -j | jq '.regions[].region_id'); do
		dmstat-nl set --group both "$region"
	done
	load_fio /dev/mapper/d --rw=randread --bs=8k --size=40m --number_ios=300
	reported dmstats --group --noheadings -o obj_type,stats_name,region_len,read_count,read_sector_count,write_count d \
		>"$work/theirs"
	reported dmstat-nl --group --noheadings -o obj_type,stats_name,region_len,read_count,read_sector_count,write_count d \
		>"$work/ours"
	equal "group" "$(cat "$work/ours")" "$(cat "$work/theirs")"
	grep -q '^group:both:72.00m:[3-9]' "$work/ours"
}
promise "a group has the sums that dmstats has" groups_are_the_same

# dmstats counts an interval from the end of its last reading.
rates_are_the_same()
{
	local fields=reads_per_sec,writes_per_sec,throughput,interval

	both_regions
	start_fio /dev/mapper/d --rw=randrw --bs=8k --size=60m --rate_iops=100
	sleep 1
	dmstats report --region --noheadings --interval 4 --count 2 -o "$fields" d >"$work/theirs" &
	dmstat-nl report --region --noheadings --interval 4 --count 1 -o "$fields" d >"$work/ours"
	wait $!
	stop_fio
	cat "$work/theirs" "$work/ours"
	near "a second" "$(head -n 1 "$work/ours" | cut -d: -f1-4)" \
		"$(grep . "$work/theirs" | tail -n 2 | head -n 1 | cut -d: -f1-4)" 15
}
promise "rates of an interval are near those of dmstats" rates_are_the_same

# Every field of dmstats but two, whose time is not counted separately.
fields_are_there()
{
	local missing

	command -v dmstats >/dev/null || skip "dmstats is not installed"
	dmstats report -o help 2>&1 | sed -nE 's/^  ([a-z_]+) +- .*/\1/p' | sort >"$work/theirs"
	dmstat-nl report -o help | sed -nE 's/^  ([a-z0-9_]+) +- .*/\1/p' | sort >"$work/ours"
	missing=$(comm -23 "$work/theirs" "$work/ours" | xargs)
	equal "missing" "$missing" "read_ticks write_ticks"
	within "fields" "$(wc -l <"$work/ours")" 120 200
	equal "unit, width and type of each help line" \
		"$(dmstat-nl report -S help | grep -cE '^  [a-z0-9_]+ +- .* \[(number|size|string)\]$' |
		awk '{ print ($1 > 110) }')" 1
}
promise "each field of dmstats is there" fields_are_there

run_promises "$@"
