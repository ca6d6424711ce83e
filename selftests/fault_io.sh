#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# I/O while memory to count it is short: each I/O is counted in all of its areas, or
# counted as missed; when there is memory again, all are counted. The kernel fails
# allocations that cannot wait, such as those of the module when it sees I/O: for fio
# alone, or everywhere, interrupts included. Needs a kernel that can inject faults:
# see debug/.

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/told.sh"

slab=/sys/kernel/debug/failslab
pages=/sys/kernel/debug/fail_page_alloc
limit=/sys/module/dmstat/parameters/memory_limit

# ----------------------------------------------------------------- faults

# More than ever fire: the rest shows how many did.
most_faults=1000000000

set_fault()
{
	echo "$3" >"$1/$2"
}

need_faults()
{
	[[ -w $slab/times && -w $pages/times ]] ||
		skip "the kernel cannot inject faults"
	later no_faults "$slab"
	later no_faults "$pages"
}

# faults KIND PROBABILITY [all]: for $slab or $pages, in per cent; for processes of
# faulty(), or for all.
faults()
{
	set_fault "$1" task-filter "$([[ ${3-} ]] && echo 0 || echo 1)"
	set_fault "$1" ignore-gfp-wait 1
	set_fault "$1" verbose 0
	set_fault "$1" interval 1
	set_fault "$1" space 0
	set_fault "$1" times "$most_faults"
	[[ $1 != "$pages" ]] || set_fault "$1" min-order 0
	set_fault "$1" probability "$2"
}

no_faults()
{
	set_fault "$1" probability 0
	set_fault "$1" task-filter 0
	[[ $1 != "$pages" ]] || set_fault "$1" min-order 1
}

# faulty COMMAND...: run it, and all that it starts, with those faults.
faulty()
{
	echo 1 >/proc/self/make-it-fail
	"$@"
	echo 0 >/proc/self/make-it-fail
}

# expect_faults KIND: there were some; stop them.
expect_faults()
{
	no_faults "$1"
	within "faults of ${1##*/}" $((most_faults - $(<"$1/times"))) \
		1 "$most_faults"
}

# ---------------------------------------------------------------- counts

# look REGION: sets $counted (I/Os of all areas together), $missed and $memory.
# Messages about missed I/Os go to stderr.
look()
{
	read -r counted missed memory < <(
		dmstat-nl print -j --active "$1" 2>/dev/null | jq -r '
			([.areas[] | .read.ios, .write.ios, .discard.ios] |
			 add // 0) as $ios |
			"\($ios) \(.region.missed) \(.region.memory)"')
	echo "region $1: $counted counted, $missed missed, $memory bytes"
}

# Random reads and writes; sets $ios to their number.
load_random()
{
	load_fio /dev/mapper/d --rw=randrw --bs=4k "$@"
	ios=$((fio_reads + fio_writes))
}

# all_or_missed REGION IOS [AREAS]: so many I/Os, of so many areas each.
all_or_missed()
{
	local areas=${3-1}

	look "$1"
	equal "I/Os in some of their areas only" $((counted % areas)) 0
	equal "counted or missed" $((counted / areas + missed)) "$2"
	nothing_in_flight d
}

# some_missed IOS: but not all of them.
some_missed()
{
	within "missed" "$missed" 1 $(($1 - 1))
}

# exact REGION: I/O that is issued now is counted, and none is missed.
exact()
{
	dmstat-nl clear "$1"
	io -c 500 -s 8 write /dev/mapper/d 0 8
	equal "afterwards" "$(total "$1")" \
		"read 0/0/0 write 500/4000/0 discard 0/0/0"
	look "$1"
	equal "missed afterwards" "$missed" 0
	nothing_in_flight d
}

# ------------------------------------------------- counters of new areas

# A device whose I/O ends in the process that submits it: fio.
zero()
{
	dm d "0 $(($1 * 2048)) zero"
}

# first_touch KIND: the first I/O of areas, while all allocations of that kind fail,
# and then while some do.
first_touch()
{
	local before

	need_faults
	zero 16
	region --areas 4096 d
	look "$region"
	before=$memory

	faults "$1" 100
	faulty load_random --iodepth=4 --numjobs=3 --number_ios=500
	expect_faults "$1"
	all_or_missed "$region" "$ios"
	equal "counted" "$counted" 0
	equal "memory" "$memory" "$before"
	equal "missed on the device" \
		"$(dmstat-nl devices -j |
			jq '.devices[] | select(.name == "d").missed')" "$missed"

	dmstat-nl clear "$region"
	faults "$1" 10
	faulty load_random --iodepth=4 --numjobs=3 --number_ios=500
	expect_faults "$1"
	all_or_missed "$region" "$ios"
	some_missed "$ios"
	exact "$region"
}

touch_without_slab()
{
	first_touch "$slab"
}
promise "without memory for the counters of new areas I/O is missed, and reported" \
	touch_without_slab

touch_without_pages()
{
	first_touch "$pages"
}
promise "without pages for the counters of new areas I/O is missed, and reported" \
	touch_without_pages

# An I/O of 248 KiB is one of 62 areas, in two chunks: no memory for the second
# is no reason to count it in the first; but it is counted in the other region,
# where there is memory.
all_or_nothing()
{
	local whole

	need_faults
	zero 64
	region d
	whole=$region
	io write /dev/mapper/d 0 8
	region --area-size 8 d
	faults "$pages" 30
	faulty load_random --bs=248k --iodepth=4 --numjobs=2 --number_ios=120
	expect_faults "$pages"
	all_or_missed "$region" "$ios" 62
	some_missed "$ios"
	all_or_missed "$whole" $((ios + 1))
	equal "missed in the other region" "$missed" 0
	exact "$region"
}
promise "an I/O is counted in all of a region's areas or in none" all_or_nothing

# --------------------------------------------- counters of a CPU's own

# A chunk that sees much I/O gets a page for each CPU, or goes on without.
own_pages()
{
	local before

	need_faults
	zero 16
	region --areas 8 d
	io -c 8 -s 4096 write /dev/mapper/d 0 8
	look "$region"
	before=$memory

	faults "$pages" 100
	faulty load_random --iodepth=16 --numjobs=2 --number_ios=1500
	expect_faults "$pages"
	all_or_missed "$region" $((ios + 8))
	equal "missed" "$missed" 0
	equal "memory" "$memory" "$before"

	exact "$region"
	within "memory" "$memory" $((before + 4096)) $((before + 1000000))
}
promise "without a page for each CPU, busy areas are still counted exactly" \
	own_pages

# ------------------------------------------------------ too much in flight

overflow()
{
	local probability

	need_faults
	load_with inflight_slots=8
	linear d 16 irqmode=2 completion_nsec=50000000
	region --areas 8 d
	for probability in 100 10; do
		dmstat-nl clear "$region"
		# All areas have counters, so that only slots are short.
		io -c 8 -s 4096 read /dev/mapper/d 0 8
		faults "$slab" "$probability"
		faulty load_random --iodepth=64 --numjobs=2 --number_ios=1000
		expect_faults "$slab"
		all_or_missed "$region" $((ios + 8))
		some_missed "$ios"
	done
	exact "$region"
}
promise "more I/O in flight than there is memory for is missed, and reported" \
	overflow

# The parts of an I/O have slots in the in-flight table, too: without a slot for
# each part, the end of the I/O cannot be seen.
overflow_in_parts()
{
	local probability

	need_faults
	load_with inflight_slots=8
	two_paths ndelay=50000
	multipath d
	largest d 4
	region d
	for probability in 100 10; do
		dmstat-nl clear "$region"
		io read /dev/mapper/d 0 8
		faults "$slab" "$probability"
		faulty load_random --bs=32k --iodepth=16 --numjobs=2 \
			--number_ios=200
		expect_faults "$slab"
		all_or_missed "$region" $((ios + 1))
		some_missed "$ios"
	done
	exact "$region"
}
promise "an I/O with a part without a slot is missed, and reported" \
	overflow_in_parts

# --------------------------------------------------------- in interrupts

# A tenth of all allocations that cannot wait fails, in any context.
in_interrupts()
{
	need_faults
	load_with inflight_slots=8
	linear d 64 irqmode=2 completion_nsec=100000
	region --area-size 8 d
	faults "$slab" 10 all
	faults "$pages" 10 all
	load_random --iodepth=32 --numjobs=3 --number_ios=1000
	expect_faults "$slab"
	expect_faults "$pages"
	all_or_missed "$region" "$ios"
	some_missed "$ios"
	exact "$region"
}
promise "where I/O ends in interrupts, each is counted or missed" in_interrupts

# ------------------------------------------------------ without messages

# workers_fail VALUE: whether faults are for the kernel's workers, which send events.
workers_fail()
{
	local comm

	for comm in /proc/[0-9]*/comm; do
		! grep -qs '^kworker/u' "$comm" ||
			echo "$1" >"${comm%comm}make-it-fail" || true
	done
}

# told: how many errors were told, or told as lost.
told()
{
	jq -s 'map(select(has("kind"))) |
		(map(select(.kind == "error")) | length) +
		(map(.lost // 0) | add // 0)' "$work/events"
}

told_all()
{
	(($(told) == $1))
}

short_of_messages()
{
	need_faults
	dm e "0 8192 error"
	region e
	start_slow -j --errors 10s e
	later workers_fail 0
	faults "$slab" 30
	set_fault "$slab" ignore-gfp-wait 0
	workers_fail 1
	io -c 300 read /dev/mapper/e 0 8 || true
	sleep 2
	workers_fail 0
	set_fault "$slab" ignore-gfp-wait 1
	expect_faults "$slab"
	wait_until told_all 300
	end_slow
	within "lost" "$(jq '.summary[0].lost' "$work/summary")" 1 299
	equal "told or lost" "$(told)" 300
}
promise "an event without memory for its message is lost, and that is told" \
	short_of_messages

# -------------------------------------------------------- over the limit

restore_limit()
{
	echo "$1" >"$limit"
}

# The limit has room for some of the 512 chunks. The first one shows the size of a
# chunk. Memory of the device counts, too.
over_the_limit()
{
	local before

	later restore_limit "$(<"$limit")"
	zero 64
	region --area-size 8 d
	look "$region"
	before=$memory
	io write /dev/mapper/d 0 8
	look "$region"
	echo $((memory + 60 * (memory - before))) >"$limit"
	load_random --iodepth=4 --numjobs=3 --number_ios=1000
	all_or_missed "$region" $((ios + 1))
	some_missed "$ios"
	within "memory" "$memory" $((before + 1)) "$(<"$limit")"

	restore_limit 268435456
	exact "$region"
}
promise "I/O that would need more memory than the limit allows is missed" \
	over_the_limit

run_promises "$@"
