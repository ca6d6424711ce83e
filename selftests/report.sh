#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Differences, which readers compute from counters that are not cleared.

source "$(dirname "$0")/lib.sh"

# The sum over all intervals of a reader, an area a line.
sums()
{
	jq -s -r '[.[].regions[].areas[]] | group_by(.index)[] |
		"\(.[0].index): read \(map(.read.ios) | add)" +
		"/\(map(.read.sectors) | add) write \(map(.write.ios) | add)" +
		"/\(map(.write.sectors) | add) errors" +
		" \(map(.read.errors + .write.errors) | add)"' "$1"
}

two_readers()
{
	local first second

	linear d 16
	region --areas 4 /dev/mapper/d
	io -c 7 write /dev/mapper/d 0 8
	dmstat-nl report -j --interval 500ms "$region" >"$work/one" &
	first=$!
	dmstat-nl report -j --interval 700ms "$region" >"$work/two" &
	second=$!
	wait_until has_read "$work/one" 1
	wait_until has_read "$work/two" 1
	io -c 100 -s 8 read /dev/mapper/d 8192 8
	wait_until has_read "$work/one" 3
	wait_until has_read "$work/two" 3
	io -c 20 -s 8 write /dev/mapper/d 16384 16
	wait_until has_read "$work/one" 6
	wait_until has_read "$work/two" 6
	kill -INT "$first" "$second"
	wait "$first" "$second"
	equal "what the first reader saw" "$(sums "$work/one")" \
		"1: read 100/800 write 0/0 errors 0"$'\n'"2: read 0/0 write 20/320 errors 0"
	equal "what the second reader saw" "$(sums "$work/two")" \
		"$(sums "$work/one")"
	equal "what the region has" "$(total "$region")" \
		"read 100/800/0 write 27/376/0 discard 0/0/0"
	equal "areas that were cleared" \
		"$(jq -s '[.[].regions[].areas[] | select(.cleared)] | length' "$work/one" \
		"$work/two")" 0
}
promise "two readers each see all I/O, and clear nothing" two_readers

rates_fit_the_time()
{
	linear d 16 irqmode=2 completion_nsec=2000000
	region --areas 4 /dev/mapper/d
	dmstat-nl report -j --interval 1 --count 2 "$region" >"$work/report" &
	io -c 200 read /dev/mapper/d 0 8
	wait $!
	equal intervals "$(jq -s 'length' "$work/report")" 2
	jq -e -s 'def near(a; b): (a - b) * (a - b) < 1 + 0.0001 * b * b;
		.[] | .elapsed_ns as $ns | $ns > 500000000 and
		(.regions | length) == 1 and .regions[0].elapsed_ns == $ns and
		(.regions[0].areas | length) <= 1 and
		all(.regions[0].areas[]; .index == 0 and
		near(.read.ios_per_s * $ns; .read.ios * 1e9) and
		near(.read.sectors_per_s * $ns; .read.sectors * 1e9) and
		(.read.ios == 0 or .read.mean_ns >= 1990000) and
		.utilization >= 0 and .utilization <= 1 and
		near(.queue_depth * $ns; .queue_ns))' "$work/report" ||
		fail "$(cat "$work/report")"
}
promise "rates are counts divided by the time that passed" rates_fit_the_time

told_of_a_clear()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	io -c 50 write /dev/mapper/d 0 8
	io -c 50 write /dev/mapper/d 8192 8
	dmstat-nl report -j --interval 500ms "$region" >"$work/report" &
	wait_until has_read "$work/report" 1
	dmstat-nl clear "$region"
	io -c 5 write /dev/mapper/d 0 8
	wait_until has_read "$work/report" 4
	kill -INT $!
	wait $!
	equal "after a clear" "$(jq -s -c '[.[].regions[].areas[]] | group_by(.index) |
		map([.[0].index, (map(.write.ios) | add), any(.cleared)])' \
		"$work/report")" "[[0,5,true],[1,0,true]]"
}
promise "a reader sees that another process has cleared" told_of_a_clear

# After the clear the first area counts more than before. What it counted between
# the reading and the clear is not lost.
told_of_an_outgrown_clear()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	io -c 5 read /dev/mapper/d 0 8
	io -c 5 read /dev/mapper/d 8192 8
	dmstat-nl report -j --interval 3 --count 1 "$region" >"$work/report" &
	sleep 1
	io -c 10 read /dev/mapper/d 0 8
	dmstat-nl print --clear --area 0 "$region" >/dev/null
	io -c 25 read /dev/mapper/d 0 128
	io -c 3 read /dev/mapper/d 8192 8
	wait $!
	equal "after the clear" "$(jq -c '.regions[].areas |
		map([.index, .read.ios, .cleared, .clears])' "$work/report")" \
		"[[0,35,true,1],[1,3,false,0]]"
}
promise "a reader sees a clear even if the counters are larger than before" told_of_an_outgrown_clear

# reports FIELDS COMMAND...: the report of an interval in which the command is run,
# for each type of object that is a sum, and as JSON for each area.
reports()
{
	local type fields=$1 pids=()

	shift
	for type in region group device; do
		dmstat-nl report -o "$fields" "--$type" --noheadings --interval 5s \
			--count 1 >"$work/$type" &
		pids+=($!)
	done
	dmstat-nl report -j --interval 5s --count 1 >"$work/json" &
	pids+=($!)
	sleep 2
	"$@"
	wait "${pids[@]}"
	head "$work/region" "$work/group" "$work/device"
}

some_cleared()
{
	io -c 2 read /dev/mapper/d $((1023 << 5)) 8
	dmstat-nl print --clear --area 1023 "$region" >/dev/null
	io -c 5 read /dev/mapper/d $((1023 << 5)) 8
}

all_cleared()
{
	io -c 3 read /dev/mapper/d 0 8
	io -c 4 read /dev/mapper/d $((1023 << 5)) 8
	dmstat-nl clear "$region"
	io -c 6 read /dev/mapper/d 0 8
}

# growth WHAT READS AREAS: what reports() has written, and each area of it.
growth()
{
	local type

	for type in region group device; do
		equal "$1, $type" "$(<"$work/$type")" "$2:1"
	done
	equal "$1, areas" \
		"$(jq -c '.regions[].areas | map([.index, .read.ios, .cleared])' \
		"$work/json")" "$3"
}

in_spite_of_clears()
{
	local fields=read_count,cleared

	linear d 16
	region --areas 1024 --group g /dev/mapper/d
	io -c 2000 read /dev/mapper/d 0 8
	io -c 3 read /dev/mapper/d $((1023 << 5)) 8

	reports "$fields" some_cleared
	growth "some areas were cleared" 7 "[[1023,7,true]]"
	reports "$fields" all_cleared
	growth "all were cleared" 13 "[[0,9,true],[1023,4,true]]"

	equal "a single report is since the clear" \
		"$(dmstat-nl report -o read_count --region --noheadings | xargs)" 6
}
promise "the growth in an interval is exact, whatever was cleared in it" in_spite_of_clears

seen_in_flight()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	hold d -a -c 3 -s 8 read /dev/mapper/d 0 8
	wait_until in_flight d 3
	dmstat-nl report -j --interval 1s --count 1 "$region" >"$work/report"
	equal "while I/O is in flight" "$(jq -c '[.regions[].areas[] | [.index, .read.ios,
		.in_flight_read, .queue_depth > 2.9 and .queue_depth < 3.1]]' \
		"$work/report")" "[[0,0,3,true]]"
	release d
}
promise "I/O that does not end is seen in the queue" seen_in_flight

table_for_people()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	hold d -a -c 2 read /dev/mapper/d 8192 8
	wait_until in_flight d 2
	dmstat-nl report --active --interval 300ms --count 2 >"$work/table"
	dmstat-nl report --active --interval 1s --count 1 >"$work/second"
	release d
	cat "$work/table"
	equal "headings" "$(grep -c '^Name' "$work/table")" 2
	equal "areas" "$(grep -cE "^d +$region area +1 +4.00m " "$work/table")" 2
	equal "regions" "$(grep -cE "^d +$region region +0 " "$work/table")" 2
	equal "queue and utilization" "$(sed -nE 's/^d .* (2\.[0-9]{2}) +(100\.00|99\.[0-9]+) +0 *$/seen/p' \
		"$work/table" | sort | uniq -c | xargs)" "4 seen"
	equal "times" "$(grep -cE '^[-0-9]{10} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}$' "$work/table")" 2
	equal "a time" "$(head -n 1 "$work/second" | sed -E 's/[0-9]/0/g')" "0000-00-00 00:00:00"
}
promise "report has a table for people, with the time of day" table_for_people

# has_ios COUNT: whether the first area has seen more reads.
has_ios()
{
	(($(area_value "$region" 0 .read.ios) > $1))
}

# headings WIDTH [OPTION]...: those of a report on a terminal of that width; the
# report goes to $work/WIDTH.
headings()
{
	on_terminal "$1" dmstat-nl report "${@:2}" >"$work/$1"
	within "width of $1" "$(wc -L <"$work/$1")" 30 "$1" >&2
	grep -m 1 Name "$work/$1" | xargs
}

fits_the_terminal()
{
	local all="Name RgID ObjType ArID ArStart ArSize R/s W/s RSz/s WSz/s RdAWait WrAWait Longest QSize Util% Errors"

	linear a-rather-long-name 16
	region --areas 4 --histogram 1ms a-rather-long-name
	start_fio /dev/mapper/a-rather-long-name --rw=randrw --bs=4k --size=16m
	wait_until has_ios 10
	equal "on 200 columns" "$(headings 200 --interval 500ms --count 2)" "$all"
	equal "on 80 columns" "$(headings 80 --interval 500ms --count 2)" \
		"Name RgID ObjType ArID ArStart R/s W/s RdAWait WrAWait Util%"
	cat "$work/80"
	equal "on 60 columns" "$(headings 60)" "Name RgID ArID ArStart R/s W/s Util%"
	equal "in a pipe" "$(dmstat-nl report | head -n 1 | xargs)" "$all"
	equal "with COLUMNS" "$(COLUMNS=60 dmstat-nl report | head -n 1 | xargs)" \
		"Name RgID ArID ArStart R/s W/s Util%"
	equal "a field more" "$(headings 80 -o +p99)" \
		"Name RgID ObjType ArID ArStart R/s W/s WrAWait Util% P99"
	equal "histograms" "$(headings 60 --histogram)" "Name RgID ArID Histogram Counts"
	equal "fields that were asked for" "$(COLUMNS=20 dmstat-nl report \
		-o name,region_id,read_count,write_count,p50,p99 | head -n 1 | xargs)" \
		"Name RgID #Reads #Writes P50 P99"
	stop_fio
}
promise "on a terminal the usual fields fit, and no other is left out" fits_the_terminal

# bins_of: of the one row on stdin, and below it, without those that are empty.
bins_of()
{
	sed -n '/^a-rather/,$p' | grep -oE '>?[0-9]+[mu]?s: *[0-9.]+%?' | tr -d ' ' |
		sed -E '/:0(\.00%)?$/d' | paste -sd,
}

histograms_fit()
{
	local all

	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 16
	dm a-rather-long-name "0 32768 delay /dev/nullb0 0 100 /dev/nullb0 0 0"
	region --areas 2 --histogram auto a-rather-long-name
	io -c 3 read /dev/mapper/a-rather-long-name 0 8
	equal "on 80 columns" "$(headings 80 --histogram --region)" \
		"Name RgID ObjType ArID ArStart ArSize Util% AWait P50 P99"
	cat "$work/80"
	within "lines" "$(wc -l <"$work/80")" 4 6
	equal "below the headings" "$(sed -n 2p "$work/80")" "        Histogram Counts"
	equal "bins with I/O" "$(bins_of <"$work/80")" \
		"$(dmstat-nl report --histogram --region | bins_of)"
	equal "in percent" "$(headings 80 --histogram --region --relative >/dev/null
		bins_of <"$work/80")" \
		"$(dmstat-nl report --histogram --region --relative | bins_of)"
	equal "with another field on 200 columns" "$(headings 200 --histogram -o +error_count)" \
		"Name RgID ObjType ArID ArStart ArSize Util% AWait P50 P99 Errors"
	cat "$work/200"
	equal "without I/O" "$(grep -EA 1 ' 8.00m +8.00m ' "$work/200" | grep -c us: || true)" 0
	equal "again and again" "$(headings 80 --histogram --interval 300ms --count 2 >/dev/null
		grep -cx '        Histogram Counts' "$work/80")" 2
	# Writes are not delayed: their bins are far from those of the reads.
	io -c 300 write /dev/mapper/a-rather-long-name 0 8
	headings 80 --histogram --region >/dev/null
	cat "$work/80"
	within "lines" "$(wc -l <"$work/80")" 5 10

	all=$(dmstat-nl report --histogram --region)
	equal "lines in a pipe" "$(wc -l <<<"$all")" 2
	equal "bins in a pipe" "$(tail -n 1 <<<"$all" | tr -cd : | wc -c)" 32
	equal "lines for a program" "$(COLUMNS=80 dmstat-nl report --histogram --region |
		wc -l)" 2
	equal "selected by all bins" "$(on_terminal 80 dmstat-nl report --histogram --region \
		-S hist_count_bounds=~1073741824us | grep -c '^a-rather')" 1
}
promise "on a terminal, histograms that do not fit are below their rows" histograms_fit

# The longest time of an interval is right with and without histograms.
longest()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 16
	dm d "0 32768 delay /dev/nullb0 0 100 /dev/nullb0 0 0"
	region --areas 2 --histogram 50ms,30s d
	dmstat-nl report -j --interval 500ms "$region" >"$work/report" &
	wait_until has_read "$work/report" 1
	io -c 3 read /dev/mapper/d 0 8
	wait_until has_read "$work/report" 4
	io -c 3 read /dev/mapper/d 0 8
	io -c 2 write /dev/mapper/d 0 8
	wait_until has_read "$work/report" 6
	kill -INT $!
	wait $!
	jq -c '.regions[].areas[] | [.read | .ios, .longest_least_ns, .longest_ns, .mean_ns,
		[.histogram[].ios]]' "$work/report"
	equal "growth of the bins" "$(jq -s -c '[.[].regions[].areas[] |
		.read.histogram | map(.ios)] | transpose | map(add)' \
		"$work/report")" "[0,6,0]"
	equal "no I/O, no time" "$(jq -s '[.[].regions[].areas[].discard |
		.longest_ns, .longest_least_ns] | add' "$work/report")" 0
	equal "longest times" "$(jq -s '[.[].regions[].areas[].read | select(.ios > 0) |
		.longest_least_ns >= 50e6 and .longest_least_ns <= .longest_ns and
		.longest_least_ns >= .mean_ns and .longest_ns < 30e9 and
		.longest_ns <= .ns] | all and length > 0' "$work/report")" true
}
promise "an interval has its longest time, and the growth of each bin" longest

histogram_fields()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 16
	dm d "0 32768 delay /dev/nullb0 0 100 /dev/nullb0 0 0"
	region --areas 2 --histogram 50ms,30s d
	io -c 3 read /dev/mapper/d 0 8
	dmstat-nl report --histogram --interval 300ms --noheadings --area \
		-o area_id,hist_count,hist_bounds,p50,p99_9,read_p90,write_p99 >"$work/text" &
	wait_until eval "((\$(wc -l <$work/text) >= 2))"
	io -c 4 read /dev/mapper/d 0 8
	wait_until eval "((\$(awk -F: '{ sum += \$3 } END { print sum }' $work/text) == 4))"
	kill -INT $!
	wait $!
	cat "$work/text"
	equal "in other bins" "$(awk -F: '{ sum += $2 + $4 } END { print sum }' "$work/text")" 0
	equal "bounds" "$(cut -d: -f5 "$work/text" | sort -u)" "0s,50ms,30s"
	equal "quantiles" "$(awk -F: '$3 && $6 >= 50 && $6 <= $7 && $8 >= $6 && $8 <= 30000 &&
		$9 == "" { print "right" } !$3 && $6 $7 $8 $9 == "" { print "none" }' \
		"$work/text" | sort | uniq -c | sed -E 's/^ +[0-9]+ //' | xargs)" "none right"
	equal "lines" "$(dmstat-nl report --histogram -S area_id=0 --area | sed -E 's/ +$//' | tail -n 1 |
		grep -oE '0s: +0,  50ms: +7,   30s: +0$' | tr -s ' ')" "0s: 0, 50ms: 7, 30s: 0"
	equal "in percent" "$(dmstat-nl report --histogram --relative --noheadings --region |
		grep -oE '0s:.*')" "0s:0.00%:50ms:100.00%:30s:0.00%"
}
promise "an interval's histogram and quantiles are fields" histogram_fields

gone_while_watched()
{
	local status=0

	linear d 16
	region /dev/mapper/d
	dmstat-nl report -j --interval 200ms "$region" >"$work/report" \
		2>"$work/error" &
	wait_until has_read "$work/report" 1
	dmstat-nl delete "$region"
	wait $! || status=$?
	equal "exit status" "$status" 1
	equal "what it says" "$(grep -c "region $region: " "$work/error")" 1
	jq -s length "$work/report"
}
promise "report ends when the region that it was asked for goes" gone_while_watched

run_promises "$@"
