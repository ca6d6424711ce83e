#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-nl slow prints each I/O that is slow, hangs or fails, and nothing else.

source "$(dirname "$0")/lib.sh"
source "$here/told.sh"

only_slow()
{
	local before after

	# dm-delay counts jiffies: the first is a part of one, and where a CPU had to
	# wait, they are late.
	delayed d 70
	start_slow -j 20ms d
	before=$(date +%s%N)
	io -c 5 -s 8 read /dev/mapper/d 0 8
	io -c 3 -s 100 write /dev/mapper/d 1000 8
	after=$(date +%s%N)
	wait_until printed 3
	end_slow
	cat "$work/ios"
	equal "events" "$(ios '"\(.kind) \(.operation) \(.sector) \(.sectors) \(.device_name)"')" \
		"slow write 1000 8 d
slow write 1100 8 d
slow write 1200 8 d"
	equal "took so long" "$(ios '.took_ns >= 50000000 and .took_ns < 5000000000')" \
		$'true\ntrue\ntrue'
	equal "started then" "$(ios ".started >= $before and
		.started + .took_ns <= $after")" $'true\ntrue\ntrue'
	equal "by" "$(ios '"\(.comm) \(.kernel_thread)"' | sort -u)" "io false"
	equal "one process" "$(ios .pid | sort -u | wc -l)" 1
	equal "numbers" "$(jq -s 'map(select(has("sequence")).sequence) |
		. == [range(.[0]; .[0] + length)]' "$work/events")" true
	equal "summary" "$(jq -c '.summary[] |
		[.device_name, .slow, .errors, .hangs, .lost]' "$work/summary")" \
		"[\"d\",3,0,$(wc -l <"$work/hangs"),0]"
	equal "longest" "$(jq '.summary[0].longest_ns' "$work/summary")" \
		"$(jq -s 'map(.took_ns) | max' "$work/ios")"
}
promise "each I/O that takes the time is printed, and no other" only_slow

failing()
{
	nullb 0 16
	need_module dm_flakey
	# The second half fails.
	dmsetup create e --table "0 16384 linear /dev/nullb0 0
16384 16384 error"
	later remove_dm e
	start_slow -j --errors 10s e
	! io -c 4 -s 4094 read /dev/mapper/e 16380 8 || true
	io write /dev/mapper/e 0 8
	io read /dev/mapper/e 20000 8 || true
	wait_until printed 2
	end_slow
	cat "$work/ios"
	equal "all are errors" "$(ios .kind | sort -u)" error
	equal "why" "$(ios '"\(.error) \(.error_text)"' | sort -u)" \
		"5 Input/output error"
	equal "failed" "$(ios '"\(.operation) \(.sector) \(.sectors)"' |
		grep -c 'read 20000 8')" 1
	equal "no write" "$(ios .operation | sort -u)" read
	equal "as the region counts" "$(jq '.summary[0].errors' "$work/summary")" \
		"$(wc -l <"$work/ios")"
}
promise "each I/O that fails is printed with --errors" failing

flaky()
{
	nullb 0 16
	need_module dm_flakey
	# Up for 0 s, down for 100 s: all I/O fails.
	dm f "0 32768 flakey /dev/nullb0 0 0 100"
	region --areas 1 f
	start_slow -j --errors 10s f
	io -c 7 -s 16 read /dev/mapper/f 0 8 || true
	wait_until printed 7
	end_slow
	equal "errors" "$(wc -l <"$work/ios")" \
		"$(dmstat-nl print -j "$region" | jq '.areas[0].read.errors')"
	equal "sectors" "$(ios .sector | paste -sd' ')" "0 16 32 48 64 80 96"
}
promise "of a disk that fails, each read is printed" flaky

quiet_about_errors()
{
	dm e "0 8192 error"
	start_slow -j 10s e
	io -c 3 read /dev/mapper/e 0 8 || true
	sleep 0.5
	end_slow
	equal "events" "$(cat "$work/ios")" ""
	equal "summary" "$(jq -c .summary "$work/summary")" "[]"
	timeout --preserve-status -s INT 2 dmstat-nl slow 10s e >"$work/text"
	cat "$work/text"
	grep -Eq '^no I/O that started after [0-9-]{10} [0-9:]{8} took 10 s or more$' \
		"$work/text"
}
promise "without it, they are not" quiet_about_errors

hanging()
{
	linear d 16
	start_slow -j 100ms d
	hold d write /dev/mapper/d 80 8
	wait_until printed 1 hang
	dmstat-nl inflight -j d >"$work/inflight"
	sleep 0.5
	release d
	wait_until printed 1
	end_slow
	cat "$work/events"
	equal "events" "$(jq -r 'select(has("kind")) |
		"\(.kind) \(.operation) \(.sector) \(.sectors)"' "$work/events")" \
		"hang write 80 8
slow write 80 8"
	equal "one I/O" "$(jq -c 'select(has("kind")) | [.io_id, .comm, .pid]' \
		"$work/events" | sort -u | wc -l)" 1
	equal "by" "$(ios '"\(.comm) \(.pid)"')" "io $held"
	equal "it took longer in the end" "$(jq -s '.[1].took_ns >
		.[0].took_ns + 400000000' "$work/hangs" "$work/ios")" true
	jq -c '.inflight[]' "$work/inflight"
	equal "in the list" "$(jq -r '.inflight[] |
		"\(.comm) \(.pid) \(.kernel_thread) \(.sector)"' "$work/inflight")" \
		"io $held false 80"
	equal "summary" "$(jq -c '.summary[] | [.slow, .hangs]' "$work/summary")" \
		'[1,1]'
}
promise "an I/O that hangs is printed while it does, and when it ends" hanging

hung_before()
{
	local watched first

	linear d 16
	region d
	watched=$region
	hold d write /dev/mapper/d 80 8
	wait_until is_listed d
	sleep 0.3
	start_slow -j 100ms d
	wait_until printed 1 hang
	first=$held
	io write /dev/mapper/d 800 8 &
	held=$!
	wait_until printed 2 hang
	sleep 1
	dmsetup resume d
	wait "$first" "$held"
	wait_until printed 1
	end_slow
	cat "$work/events"
	equal "hangs" "$(jq -r '"\(.sector) \(.comm) \(.pid) \(.before)"' "$work/hangs")" \
		"80 io $first true
800 io $held null"
	equal "ended" "$(ios .sector)" 800
	equal "not older than it is" "$(jq -s --argjson now "$(date +%s%N)" '.[0] |
		.took_ns >= 300000000 and .time < $now and
		(.started + .took_ns - .time | fabs) < 1000' "$work/hangs")" true
	equal "summary" "$(jq -c '.summary[] | [.slow, .hangs]' "$work/summary")" \
		'[1,2]'
	grep -q "d is suspended: its I/O waits" "$work/errors"
	hold d read /dev/mapper/d 0 8
	wait_until is_listed d
	sleep 0.2
	dmstat-nl slow --count 1 100ms "$watched" >"$work/text"
	release d
	cat "$work/text"
	# Not on a terminal, so the date is there.
	grep -Eq "^$(date +%F) [0-9:]{8}\.[0-9]{3} +hang +[0-9]" "$work/text"
	grep -q "region $watched, hung before: its end is not told" "$work/text"
}
promise "what hangs when it starts is printed first, once" hung_before

not_ended()
{
	linear d 16
	region d
	start_slow -j 100ms d
	hold d write /dev/mapper/d 80 8
	wait_until printed 1 hang
	sleep 1
	end_slow
	cat "$work/summary"
	equal "summary" "$(jq -c '.summary[] | [.slow, .hangs, .not_ended,
		.longest_ns >= 1000000000]' "$work/summary")" '[0,1,1,true]'
	# Also if it hung before.
	timeout --preserve-status -s INT 3 dmstat-nl slow 100ms d >"$work/text"
	release d
	cat "$work/text"
	grep -Eq '^d +0 +0 +1 +0 +[0-9.]+ s 1 has not ended$' "$work/text"
}
promise "what has not ended is counted at the end, with its age" not_ended

# is_listed DEVICE: whether it has I/O in flight.
is_listed()
{
	(($(dmstat-nl inflight -j "$1" | jq '.inflight | length') > 0))
}

flush()
{
	nullb 0 16 cache_size=1
	need_module dm_delay
	dm d "0 32768 delay /dev/nullb0 0 0 /dev/nullb0 0 0 /dev/nullb0 0 60"
	# Another region that asks for more: not for us.
	dmstat-nl create --slow 1us --tell-errors d
	start_slow -j 30ms d
	io flush /dev/mapper/d 0 0
	io write /dev/mapper/d 0 8
	wait_until printed 1
	end_slow
	equal "events" "$(ios '"\(.kind) \(.operation) \(.region_id)"')" \
		"slow flush null"
}
promise "a flush is printed for its device; what others asked for is not" flush

of_a_region()
{
	local named

	delayed d 50
	named=$(dmstat-nl create --start 1000 --length 1000 d)
	start_slow -j 20ms "$named"
	io write /dev/mapper/d 0 8
	io write /dev/mapper/d 1992 8
	io write /dev/mapper/d 2000 8
	wait_until printed 1
	equal "the region that was named" "$(dmstat-nl list -j | jq -c \
		".regions[] | select(.region_id == $named) | [.slow_ns, .tell_errors]")" \
		'[0,false]'
	end_slow
	equal "events" "$(ios '"\(.sector) \(.of_region)"')" "1992 $named"
	equal "it is still there" "$(dmstat-nl list -j | jq '.regions[].region_id')" \
		"$named"
}
promise "of a region, the I/O of its sectors is printed, and it is not changed" of_a_region

of_a_group()
{
	nullb 0 16
	need_module dm_delay
	dm d "0 8192 delay /dev/nullb0 0 50"
	dm e "0 8192 delay /dev/nullb0 8192 50"
	dm f "0 8192 delay /dev/nullb0 16384 50"
	dmstat-nl create --group g --start 0 --length 80 d >/dev/null
	dmstat-nl create --group g --segments e >/dev/null
	start_slow -j 20ms g
	equal "regions" "$(ours | wc -l)" 2
	for name in d e f; do
		io write "/dev/mapper/$name" 72 8
		io write "/dev/mapper/$name" 80 8
	done
	wait_until printed 3
	end_slow
	equal "events" "$(ios '"\(.device_name) \(.sector)"')" \
		"d 72
e 72
e 80"
}
promise "of a group, that of each region in it" of_a_group

all_devices()
{
	nullb 0 16
	need_module dm_delay
	dm d "0 8192 delay /dev/nullb0 0 50"
	start_slow -j 20ms
	dm e "0 8192 delay /dev/nullb0 8192 50"
	wait_until owns 2
	io write /dev/mapper/e 8 8
	wait_until printed 1
	io write /dev/mapper/d 16 8
	wait_until printed 2
	dmsetup rename d other
	later remove_dm other
	dmsetup remove --retry e
	wait_until owns 1
	io write /dev/mapper/other 24 8
	wait_until printed 3
	end_slow
	equal "events" "$(ios '"\(.device_name) \(.sector)"')" \
		"e 8
d 16
other 24"
	equal "summary" "$(jq -c '.summary | map([.device_name, .slow]) | sort' \
		"$work/summary")" '[["e",1],["other",2]]'
}
promise "if nothing is named, devices that come and go are followed" all_devices

numbers_again()
{
	nullb 0 16
	need_module dm_delay
	dm d "0 8192 delay /dev/nullb0 0 0 /dev/nullb0 0 150"
	start_slow -j 100ms
	io write /dev/mapper/d 0 8
	wait_until printed 1
	dmsetup remove --retry d
	# It gets the numbers of the one that has gone.
	dm e "0 8192 linear /dev/nullb0 0"
	wait_until owns 1
	hold e read /dev/mapper/e 0 8
	wait_until is_listed e
	sleep 0.5
	end_slow
	release e
	equal "summary" "$(jq -c '.summary |
		map([.device_name, .minor, .slow, .not_ended])' "$work/summary")" \
		"$(jq -c '.summary | [["d", .[0].minor, 1, 0],
			["e", .[0].minor, 0, 1]]' "$work/summary")"
}
promise "a device with the numbers of one that has gone is another one" numbers_again

gone()
{
	local status=0

	dm d "0 8192 zero"
	dm e "0 8192 zero"
	start_slow 20ms d
	dmsetup remove d
	wait "$slow" || status=$?
	equal "exit status" "$status" 1
	cat "$work/errors"
	grep -q 'what was named is gone' "$work/errors"
}
promise "if all that was named is gone, it ends" gone

enough()
{
	delayed d 50
	stdbuf -oL dmstat-nl slow --count 2 20ms d >"$work/events" &
	slow=$!
	wait_until owns_regions
	io -c 5 write /dev/mapper/d 0 8
	wait "$slow"
	cat "$work/events"
	equal "lines" "$(grep -cE '^[0-9-]{10} [0-9:]{8}\.[0-9]{3} +(slow|hang) +[0-9.]+ m?s write +4 KiB +0 d +io [0-9]+' \
		"$work/events")" 2
	equal "in all" "$(awk '$1 == "d" { print $2 + $4 }' "$work/events")" 2
}
promise "it ends after --count events; text says what happened, and how often" enough

too_many()
{
	local all

	dm e "0 8192 error"
	region e
	start_slow -j --errors 10s e
	io -a -c 256 read /dev/mapper/e 0 8 || true
	io -c 5000 read /dev/mapper/e 0 8 || true
	sleep 2.5
	end_slow
	all=$(dmstat-nl print -j "$region" | jq '.areas[0].read.errors')
	equal "printed and lost" "$(jq -s '(map(select(.kind == "error")) | length) +
		(map(.lost // 0) | add)' "$work/ios")" "$all"
	echo "lost: $(jq '.summary[0].lost' "$work/summary") of $all"
	equal "summary" "$(jq '.summary[0].errors + .summary[0].lost' \
		"$work/summary")" "$all"
	(($(jq '.summary[0].lost' "$work/summary") > 0)) || fail "nothing was lost"
}
promise "what is lost is counted" too_many

reloaded()
{
	delayed d 50
	start_slow -j 20ms d
	unload
	load
	wait_until owns_regions
	io write /dev/mapper/d 8 8
	wait_until printed 1
	kill -INT "$slow"
	wait "$slow"
	grep -q 'the module was unloaded' "$work/errors"
	equal "events" "$(jq -r 'select(.kind == "slow") | .sector' "$work/events")" 8
}
promise "it goes on when the module is unloaded and loaded" reloaded

refusals()
{
	dm d "0 8192 zero"
	refused 2 "TIME" dmstat-nl slow
	refused 2 "TIME '20': a unit is missing" dmstat-nl slow 20 d
	refused 2 "TIME '0ms': too small" dmstat-nl slow 0ms d
	refused 2 "TIME 'd': not a whole number" dmstat-nl slow d
	refused 1 "no block device is named 'nothing'" \
		dmstat-nl slow 20ms nothing
	refused 1 "no such region" dmstat-nl slow 20ms 4000000
	refused 2 "--count '0': give 1 or more" dmstat-nl slow --count 0 20ms
	refused 1 "there is no cgroup '/nowhere'" \
		dmstat-nl create --cgroup /nowhere d
}
promise "what makes no sense is refused" refusals

slow_reader()
{
	dm e "0 8192 error"
	mkfifo "$work/pipe"
	while read -r _; do sleep 0.02; done <"$work/pipe" &
	"$@" >"$work/pipe" 2>"$work/errors" &
	slow=$!
	io -c 100000000 read /dev/mapper/e 0 8 &>/dev/null &
	sleep 5
	kill -INT "$slow"
	wait_until not_running
	cat "$work/errors"
}

not_running()
{
	! kill -0 "$slow" 2>/dev/null
}

slow_ends()
{
	slow_reader dmstat-nl slow -j --errors 1h e
}
promise "it ends when it is told to, however many events come" slow_ends

monitor_ends()
{
	load
	slow_reader sh -c 'sleep 1; dmstat-nl create --tell-errors e; exec dmstat-nl monitor -j'
}
promise "and so does monitor" monitor_ends

run_promises "$@"
