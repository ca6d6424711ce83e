#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Differences, which readers compute from counters that are not cleared.

source "$(dirname "$0")/lib.sh"

# The sum over all intervals of a reader, an area a line.
sums()
{
	jq -s -r '[.[].areas[]] | group_by(.index)[] |
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
	dmstat-nl rates -j --interval 500ms "$region" >"$work/one" &
	first=$!
	dmstat-nl rates -j --interval 700ms "$region" >"$work/two" &
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
		"$(jq -s '[.[].areas[] | select(.cleared)] | length' "$work/one" \
		"$work/two")" 0
}
promise "two readers each see all I/O, and clear nothing" two_readers

rates_fit_the_time()
{
	linear d 16 irqmode=2 completion_nsec=2000000
	region --areas 4 /dev/mapper/d
	dmstat-nl rates -j --interval 1 --count 2 "$region" >"$work/rates" &
	io -c 200 read /dev/mapper/d 0 8
	wait $!
	equal intervals "$(jq -s 'length' "$work/rates")" 2
	jq -e -s 'def near(a; b): (a - b) * (a - b) < 1 + 0.0001 * b * b;
		.[] | .elapsed_ns as $ns | $ns > 500000000 and
		(.areas | length) <= 1 and
		all(.areas[]; .index == 0 and
		near(.read.ios_per_s * $ns; .read.ios * 1e9) and
		near(.read.sectors_per_s * $ns; .read.sectors * 1e9) and
		(.read.ios == 0 or .read.mean_ns >= 1990000) and
		.utilization >= 0 and .utilization <= 1 and
		near(.queue_depth * $ns; .queue_ns))' "$work/rates" ||
		fail "$(cat "$work/rates")"
}
promise "rates are counts divided by the time that passed" rates_fit_the_time

told_of_a_clear()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	io -c 50 write /dev/mapper/d 0 8
	io -c 50 write /dev/mapper/d 8192 8
	dmstat-nl rates -j --interval 500ms "$region" >"$work/rates" &
	wait_until has_read "$work/rates" 1
	dmstat-nl clear "$region"
	io -c 5 write /dev/mapper/d 0 8
	wait_until has_read "$work/rates" 4
	kill -INT $!
	wait $!
	equal "after a clear" "$(jq -s -c '[.[].areas[]] | group_by(.index) |
		map([.[0].index, (map(.write.ios) | add), any(.cleared)])' \
		"$work/rates")" "[[0,5,true],[1,0,true]]"
}
promise "a reader sees that another process has cleared" told_of_a_clear

# After the clear the first area counts more than before.
told_of_an_outgrown_clear()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	io -c 5 read /dev/mapper/d 0 8
	io -c 5 read /dev/mapper/d 8192 8
	dmstat-nl rates -j --interval 3 --count 1 "$region" >"$work/rates" &
	sleep 1
	io -c 10 read /dev/mapper/d 0 8
	dmstat-nl print --clear --area 0 "$region" >/dev/null
	io -c 25 read /dev/mapper/d 0 128
	io -c 3 read /dev/mapper/d 8192 8
	wait $!
	equal "after the clear" "$(jq -c '.areas |
		map([.index, .read.ios, .cleared, .clears])' "$work/rates")" \
		"[[0,25,true,1],[1,3,false,0]]"
}
promise "a reader sees a clear even if the counters are larger than before" told_of_an_outgrown_clear

seen_in_flight()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	hold d -a -c 3 -s 8 read /dev/mapper/d 0 8
	wait_until in_flight d 3
	dmstat-nl rates -j --interval 1s --count 1 "$region" >"$work/rates"
	equal "while I/O is in flight" "$(jq -c '[.areas[] | [.index, .read.ios,
		.in_flight_read, .queue_depth > 2.9 and .queue_depth < 3.1]]' \
		"$work/rates")" "[[0,0,3,true]]"
	release d
}
promise "I/O that does not end is seen in the queue" seen_in_flight

table_for_people()
{
	linear d 16
	region --areas 4 /dev/mapper/d
	hold d -a -c 2 read /dev/mapper/d 8192 8
	wait_until in_flight d 2
	dmstat-nl rates --interval 300ms --count 2 "$region" >"$work/table"
	release d
	cat "$work/table"
	equal "first line" "$(head -n 1 "$work/table")" \
		"region $region on d: 4 areas of 4 MiB, start 0 B, length 16 MiB"
	equal "headings" "$(grep -c INDEX "$work/table")" 2
	equal "rows" "$(grep -c '^ *1  *4 MiB ' "$work/table")" 2
	equal "intervals" "$(grep -c '^....-..-.. ..:..:..$' "$work/table")" 2
}
promise "rates has a table for people" table_for_people

# has_ios COUNT: whether the first area has seen more reads.
has_ios()
{
	(($(area_value "$region" 0 .read.ios) > $1))
}

fits_the_terminal()
{
	linear d 16
	region --areas 4 --histogram 1ms /dev/mapper/d
	start_fio /dev/mapper/d --rw=randrw --bs=4k --size=16m
	wait_until has_ios 10
	on_terminal 200 dmstat-nl rates --interval 500ms --count 2 "$region" |
		tail -n +2 >"$work/wide"
	on_terminal 80 dmstat-nl rates --interval 500ms --count 2 "$region" |
		tail -n +2 >"$work/narrow"
	on_terminal 40 dmstat-nl rates --interval 500ms --count 2 "$region" |
		tail -n +2 >"$work/narrowest"
	dmstat-nl rates --interval 500ms --count 2 "$region" | cat >"$work/pipe"
	on_terminal 80 dmstat-nl print "$region" | tail -n +2 >"$work/print"
	stop_fio
	cat "$work/narrow" "$work/wide"
	within "width of 80" "$(wc -L <"$work/narrow")" 60 80
	equal "headings" "$(grep -m 1 INDEX "$work/narrow" | xargs)" \
		"INDEX START READS/S R-TIME R-MAX WRITES/S W-TIME W-MAX QUEUE BUSY%"
	equal "all of them" "$(grep -m 1 INDEX "$work/wide" | xargs)" \
		"INDEX START LENGTH READS/S R-SIZE/S R-TIME R-MAX WRITES/S W-SIZE/S W-TIME W-MAX QUEUE BUSY%"
	equal "in a pipe" "$(grep -m 1 INDEX "$work/pipe" | xargs)" \
		"$(grep -m 1 INDEX "$work/wide" | xargs)"
	cat "$work/print"
	equal "headings of print" "$(grep -m 1 INDEX "$work/print" | xargs)" \
		"INDEX START LENGTH READS R-TIME WRITES W-TIME FLIGHT BUSY"
	within "width of print" "$(wc -L <"$work/print")" 60 80
	equal "rows of print" "$(wc -l <"$work/print")" 5
	within "width of 40" "$(wc -L <"$work/narrowest")" 30 40
	equal "on 40 columns" "$(grep -m 1 INDEX "$work/narrowest" | xargs)" \
		"INDEX START READS/S WRITES/S BUSY%"
}
promise "on a terminal of 80 columns the table fits" fits_the_terminal

# The longest time of an interval is right with and without histograms.
longest()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 16
	dm d "0 32768 delay /dev/nullb0 0 100 /dev/nullb0 0 0"
	region --areas 2 --histogram 50ms,30s d
	dmstat-nl rates -j --interval 500ms "$region" >"$work/rates" &
	wait_until has_read "$work/rates" 1
	io -c 3 read /dev/mapper/d 0 8
	wait_until has_read "$work/rates" 4
	io -c 3 read /dev/mapper/d 0 8
	io -c 2 write /dev/mapper/d 0 8
	wait_until has_read "$work/rates" 6
	kill -INT $!
	wait $!
	jq -c '.areas[] | [.read | .ios, .longest_least_ns, .longest_ns, .mean_ns,
		[.histogram[].ios]]' "$work/rates"
	equal "growth of the bins" "$(jq -s -c '[.[].areas[] |
		.read.histogram | map(.ios)] | transpose | map(add)' \
		"$work/rates")" "[0,6,0]"
	equal "no I/O, no time" "$(jq -s '[.[].areas[].discard |
		.longest_ns, .longest_least_ns] | add' "$work/rates")" 0
	equal "longest times" "$(jq -s '[.[].areas[].read | select(.ios > 0) |
		.longest_least_ns >= 50e6 and .longest_least_ns <= .longest_ns and
		.longest_least_ns >= .mean_ns and .longest_ns < 30e9 and
		.longest_ns <= .ns] | all and length > 0' "$work/rates")" true
}
promise "an interval has its longest time, and the growth of each bin" longest

# has_words COUNT: whether so many reads are in the histograms of the text.
has_words()
{
	(($(awk '$1 == "reads:" { sum += $2 } END { print sum + 0 }' \
		"$work/text") == $1))
}

histograms_in_words()
{
	local message

	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 16
	dm d "0 32768 delay /dev/nullb0 0 100 /dev/nullb0 0 0"
	region d
	message=$(! dmstat-nl rates --histogram "$region" 2>&1) ||
		fail "histograms of a region without any were printed"
	equal "refusal" "$message" \
		"dmstat-nl: region $region has no histograms: create one with --histogram"
	region --areas 2 --histogram 50ms,30s d
	io -c 3 read /dev/mapper/d 0 8
	dmstat-nl rates --histogram --interval 300ms "$region" >"$work/text" &
	wait_until eval "((\$(grep -c : $work/text) >= 3))"
	io -c 4 read /dev/mapper/d 0 8
	wait_until has_words 4
	kill -INT $!
	wait $!
	cat "$work/text"
	equal "bins" "$(grep -cE '^ *(less than 50 ms|30 s or more)  *[1-9]' \
		"$work/text" || true)" 0
	equal "areas" "$(grep '^area' "$work/text" | uniq)" "area 0: 8 MiB from 0 B on"
	equal "longest" "$(grep -c '^ *reads: ' "$work/text")" \
		"$(grep -cE '^ *reads: [0-9]+, the longest took (at most )?([1-9][0-9]{2} ms|[0-9.]+ s)$' \
		"$work/text")"
}
promise "the histograms of an interval are in the text, too" histograms_in_words

gone_while_watched()
{
	local status=0

	linear d 16
	region /dev/mapper/d
	dmstat-nl rates -j --interval 200ms "$region" >"$work/rates" \
		2>"$work/error" &
	wait_until has_read "$work/rates" 1
	dmstat-nl delete "$region"
	wait $! || status=$?
	equal "exit status" "$status" 1
	equal "what it says" "$(grep -c "region $region: " "$work/error")" 1
	jq -s length "$work/rates"
}
promise "rates ends when its region goes" gone_while_watched

run_promises "$@"
