#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The first I/O of an area, for which memory is needed: with PREEMPT_RT it cannot be
# allocated where I/O starts, so some is kept ready, and a work item counts the I/O
# that finds none.

source "$(dirname "$0")/lib.sh"

parameters=/sys/module/dmstat/parameters

is_rt()
{
	[[ $(uname -v) == *PREEMPT_RT* ]]
}

used()
{
	cat "$parameters/memory_used"
}

# Whether the module holds no more than so many bytes.
holds()
{
	(($(used) <= $1))
}

# I/Os that a region has missed.
missed()
{
	dmstat-nl list -j | jq ".regions[] | select(.region_id == $1) | .missed // 0"
}

has_total()
{
	[[ $(total "$1") == "$2" ]]
}

# So many writes of 8 sectors, each in a chunk of its own: one in 32 areas.
writes()
{
	io -a -c "$2" -s 256 write /dev/mapper/d $(($1 * 256)) 8
}

# With the least that can be kept ready; more than that start before any ends.
late()
{
	if is_rt; then load_with rt_chunks=8; fi
	dm d "0 4194304 zero"
	region --area-size 8 d
	hold d -a -c 250 -s 256 write /dev/mapper/d 0 8
	wait_until in_flight d 250
	release d
	wait_until has_total "$region" "read 0/0/0 write 250/2000/0 discard 0/0/0"
	equal "missed" "$(missed "$region")" 0
	equal "areas" "$(counts "$region" | wc -l)" 250
	nothing_in_flight d
	# Again, in the same areas.
	writes 0 250
	equal "afterwards" "$(total "$region")" \
		"read 0/0/0 write 500/4000/0 discard 0/0/0"
}
promise "I/Os in new areas are counted, more than memory is ready for" late

# A region that was there before, and is at another place, misses nothing.
two_regions()
{
	if is_rt; then load_with rt_chunks=8; fi
	dm d "0 4194304 zero"
	region --area-size 8 d
	local small=$region
	region --area-size 4096 d
	local large=$region
	hold d -a -c 100 -s 256 write /dev/mapper/d 0 8
	wait_until in_flight d 100
	region --area-size 8 d
	release d
	wait_until has_total "$small" "read 0/0/0 write 100/800/0 discard 0/0/0"
	wait_until has_total "$large" "read 0/0/0 write 100/800/0 discard 0/0/0"
	equal "the region that came later" "$(counts "$region")" ""
	equal "missed" "$(missed "$small") $(missed "$large")" "0 0"
}
promise "such I/Os are counted in each region that was there" two_regions

# So many issue at once, as fast as they can.
full_speed()
{
	local i pids=() ios

	dm d "0 4194304 zero"
	region --area-size 8 d
	for i in 0 1 2 3; do
		writes $((i * 4096)) 4096 & pids+=($!)
	done
	wait "${pids[@]}"
	wait_until all_known "$region" 16384
	ios=$(missed "$region")
	echo "of 16384 I/Os in 16384 new chunks, $ios were missed"
	is_rt || equal "missed" "$ios" 0
}

# all_known REGION IOS: whether so many were counted or missed.
all_known()
{
	local counted
	counted=$(total "$1" | sed 's/.*write \([0-9]*\).*/\1/')
	echo "$counted counted, $(missed "$1") missed" >"$work/known"
	((counted + $(missed "$1") == $2))
}
promise "at full speed, each I/O in a new area is counted or known to be missed" \
	full_speed

at_limit()
{
	local before

	dm d "0 4194304 zero"
	region --area-size 8 d
	before=$(used)
	echo "$before" >"$parameters/memory_limit"
	later limit 0
	writes 0 500
	wait_until all_known "$region" 500
	equal "missed" "$(missed "$region")" 500
	dmstat-nl print "$region" >/dev/null 2>"$work/warning"
	if is_rt; then grep "or load the module with more rt_chunks (now 128)$" "$work/warning"; fi
	limit 0
	writes 0 500
	wait_until all_known "$region" 1000
	equal "missed later" "$(missed "$region")" 500
}

limit()
{
	echo "$1" >"$parameters/memory_limit"
}
promise "at the memory limit I/Os in new areas are missed, and later counted" at_limit

given_back()
{
	local before during

	before=$(used)
	dm d "0 4194304 zero"
	region --area-size 8 d
	during=$(used)
	echo "$((during - before)) bytes more with a region"
	if is_rt; then
		((during - before > 1000000)) || fail "nothing is kept ready"
	fi
	writes 0 4096
	dmstat-nl delete "$region"
	wait_until holds "$before"
}
promise "with the last region all memory is given back" given_back

run_promises "$@"
