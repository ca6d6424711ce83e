#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz.sh [OPTION]... [FUNCTION]...: whatever is sent to the family, it is
# answered, and does no harm. Without options 200,000 messages of seed 1, or
# $DMSTAT_FUZZ_MESSAGES. By hand:
#
#	fuzz.sh --seed N --messages N fuzzing
#	fuzz.sh --seed N --seconds S fuzzing
#	fuzz.sh --seed N --replay PROCESS:N replay
#
# The fuzzer is in fuzz/; what it knows of the family it has from the YAML spec.
# What it once found is kept in fuzz/cases/ and sent first.

source "$(dirname "$0")/lib.sh"

# From so many messages on, what they have to have reached is known.
enough=100000
messages=${DMSTAT_FUZZ_MESSAGES:-200000}

options=(--messages "$messages")
while [[ ${1-} == --* ]]; do
	[[ $1 != --messages ]] || messages=$2
	[[ $1 != --seconds ]] || messages=1
	options+=("$1" "${2?"$1 wants a value"}")
	shift 2
done

# In a kernel tree this folder is tools/testing/selftests/dmstat.
root=$here/..
[[ -d $root/uapi ]] || root=$here/../../../..
fuzzer=$root/build/selftests/fuzz/fuzz
[[ -x $fuzzer ]] || fuzzer=$here/fuzz/fuzz
spec=$root/Documentation/netlink/specs/dmstat.yaml
sources=${DMSTAT_SOURCES:-$root/kernel}

# Of memory so much that most requests fit, and so little that some do not.
limit=$((256 << 10))
parameters=/sys/module/dmstat/parameters

# What is not always reached: ids that are all used, memory that fails for other
# reasons than the limit, devices caught at the moment when they go, kernels
# without tracepoints, two numbers that have to meet (there is a case for that).
not_reached='no region id is free: delete regions
no memory to list devices: try again
interrupted: some regions may be left
no memory for the answer: nothing was done, try again
no memory: nothing was set, try again
over the module'\''s memory limit: nothing was set; delete regions, or raise the parameter memory_limit
no memory: nothing was made; use fewer areas or fewer regions that overlap, or try again
no memory to read areas: continue with the first one that was not sent
no memory to clear an area: it was not sent
no memory: some areas were cleared, the others are unchanged
cannot attach to the tracepoints of the block layer
the device is request-based: this kernel has no tracepoints block_split and block_rq_complete to see its I/O
no memory for the extents: nothing was made, try again
over the module'\''s memory limit: use fewer extents, delete regions, or raise the parameter memory_limit
more than 65536 extents: make several regions
first-area + area-count does not fit 64 bits
the device is going away'

# What only a dump is refused with: kernels before 6.7 cannot say it.
[[ $(printf '%s\n' 6.7 "$(uname -r)" | sort -V | head -n 1) == 6.7 ]] ||
	not_reached+='
first-area is beyond the region'\''s last area
first-area + area-count is beyond the region'\''s last area
the device has no region, so its I/O is not followed: make one first'

# ---------------------------------------------------------------- devices

request_based()
{
	modprobe dm_multipath
	modprobe dm_round_robin
	nullb 1 4
	dm "$1" "0 8192 multipath 0 0 1 1 round-robin 0 1 1 /dev/nullb1 1000"
}

# With I/O that takes some time, huge, failing, request-based, without a table,
# with one that is not in use yet; cases take the last one that is listed.
devices()
{
	dmsetup create unused --notable
	later dmsetup remove unused
	dmsetup load unused --table "0 8 zero"
	linear d 16 irqmode=2 completion_nsec=50000000
	dm huge "0 $((1 << 50)) zero"
	dm error "0 32768 error"
	request_based multipath
	dmsetup create empty --notable
	later dmsetup remove empty
}

# Some I/O is in flight at any time, and little of the processor is used.
start_io()
{
	start_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --rate_iops=100
}

# ----------------------------------------------------------------- memory

# region_fits LIMIT: whether a region can be made under this limit of memory.
region_fits()
{
	echo "$1" >"$parameters/memory_limit"
	region --areas 64 d 2>/dev/null || return
	dmstat-nl delete "$region"
}

# least_limit FROM STEP: the first limit under which the region can be made.
least_limit()
{
	least=$1
	until region_fits "$least"; do
		least=$((least + $2))
		((least <= limit)) || fail "no region fits $limit bytes"
	done
	# What was deleted is given back a little later.
	unload
	load inflight_slots=64
}

# Each step begins where the one before it still failed.
find_least_limit()
{
	least_limit 8 1024
	least_limit $((least - 1016)) 64
	least_limit $((least - 56)) 8
	echo "a region needs $least bytes"
}

# --------------------------------------------------------------- promises

cases()
{
	load_with inflight_slots=64
	devices
	"$fuzzer" "$here"/fuzz/cases/*.txt
	echo "cases: $(find "$here/fuzz/cases" -name '*.txt' | wc -l)"
}
promise "what once broke is answered as it has to be" cases

syzkaller()
{
	local missing

	"$here/fuzz/describe.py" --constants "$spec" >"$work/constants"
	within "constants" "$(wc -l <"$work/constants")" 10 1000
	missing=$(grep -woE 'DMSTAT_(CMD|A)_[A-Z0-9_]+' "$here/fuzz/dmstat.txt" |
		sort -u | grep -vxFf - "$work/constants" || true)
	equal "not in fuzz/dmstat.txt" "$missing" ""
}
promise "syzkaller's description has each request and attribute of the spec" \
	syzkaller

# count WORD: the number after it in the line that begins with "requests".
count()
{
	awk -v word="$1" '$1 == "requests" {
		for (i = 1; i < NF; i++)
			if ($i == word)
				print $(i + 1) + 0
	}' "$work/fuzz"
}

# Each operation was accepted and refused, many times.
check_operations()
{
	local line words

	within "percent of the requests accepted" "$(count percent)" 25 75
	grep '^operation' "$work/fuzz" >"$work/operations"
	while read -r line; do
		read -ra words <<<"$line"
		within "${words[1]} ${words[2]} accepted" "${words[6]}" \
			$((enough / 1000)) $((10 * messages))
		within "${words[1]} ${words[2]} refused" "${words[10]}" \
			$((enough / 1000)) $((10 * messages))
	done <"$work/operations"
}

# Each message in the sources was met, but for what is hard to meet.
check_refusals()
{
	local missed

	sed -n 's/^refusal [0-9]* [A-Z]* //p' "$work/fuzz" | sort -u \
		>"$work/met"
	missed=$("$here/fuzz/refusals.py" "$sources"/*.c |
		grep -vxF "$not_reached" | grep -vxFf "$work/met" || true)
	equal "refusals that were not met" "$missed" ""
}

# Nothing has stayed: not a byte is missing, and none was given back twice.
check_memory()
{
	dmstat-nl delete --all
	! region_fits $((least - 8)) ||
		fail "a region can be made under a limit of $((least - 8))"
	wait_until region_fits "$least"
	echo "$limit" >"$parameters/memory_limit"
	echo "a region needs $least bytes still"
}

check_exact()
{
	region --areas 8 d
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=8 \
		--number_ios=500
	equal "afterwards" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "in flight" "$(dmstat-nl inflight -j d | jq -c .inflight)" "[]"
	dmstat-nl delete "$region"
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}

fuzzing()
{
	load_with inflight_slots=64
	devices
	find_least_limit
	echo "$limit" >"$parameters/memory_limit"
	start_io
	later rm -f /dev/shm/dmstat-fuzz
	"$fuzzer" --record /dev/shm/dmstat-fuzz "${options[@]}" | tee "$work/fuzz"
	stop_fio
	check_memory
	check_exact
	unload
	if ((messages < enough)); then
		echo "not looked at for so few messages: what they reached"
		return
	fi
	check_operations
	check_refusals
}
promise "right or wrong, each message is answered; then all is as before" \
	fuzzing

replay()
{
	load_with inflight_slots=64
	devices
	"$fuzzer" "${options[@]}"
}
# Only by name, for it needs to be told what.
[[ " $* " != *" replay "* ]] || promise "a datagram of a run, once more" replay

run_promises "$@"
