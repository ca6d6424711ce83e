#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# soak.sh [--time TIME] [--seed NUMBER] [--limited]: a long life in a short time. A phase is some
# seconds of everything at once; afterwards all sums must be equal, the module is
# unloaded and loaded under load, and all is removed. Phases follow each other, each
# with a seed of its own, for TIME (a number of s, m or h; default: 3m): none begins
# that would end later, if it took as long as the longest, but there is one at least.
# With --seed the first phase has that seed. In the second of each three phases memory
# is at its limit; with --limited it is the first of each three.

source "$(dirname "$0")/filesystem.sh"
source "$here/cgroup.sh"
source "$here/memory.sh"
source "$here/kernel_log.sh"
source "$here/soak/devices.sh"
source "$here/soak/load.sh"
source "$here/soak/sums.sh"

# shellcheck disable=SC2034 # of soak/load.sh
example=$here/../build/libnl-client/example-events
export LD_LIBRARY_PATH=$here/../build/libnl-client

# How long the load of a phase lasts, and how long what was begun may take after it;
# debug kernels are slower.
load_s=8
quiet_s=60
# shellcheck disable=SC2034 # of wait_until()
wait_s=300
if ((slower > 1)); then
	load_s=60
	quiet_s=600
fi

# Over what is used when the load starts, in phases with a low limit.
LOW_BYTES=$((512 * 1024))

# Slabs of other parts of the kernel grow from phase to phase.
DRIFT_KIB=8192

usage()
{
	echo "usage: soak.sh [--time TIME] [--seed NUMBER] [--limited]" >&2
	exit 2
}

# say TEXT: and when, in seconds of this phase.
say()
{
	echo "$((SECONDS - began)) s: $*"
}

# soon COMMAND...: wait until it succeeds, but not for ever: what is compared next
# says what is missing.
soon()
{
	local end=$((SECONDS + quiet_s))

	until "$@" || ((SECONDS >= end)); do
		sleep 0.1
	done
}

memory_used()
{
	cat /sys/module/dmstat/parameters/memory_used
}

memory_is()
{
	(($(memory_used) == $1))
}

# All that the module has allocated for regions is freed.
memory_is_free()
{
	soon memory_is "$loaded_bytes"
	equal "bytes of the module" "$(memory_used)" "$loaded_bytes"
}

set_limit()
{
	echo "$1" >/sys/module/dmstat/parameters/memory_limit
}

phase()
{
	local limit

	RANDOM=$seed
	limit=$(cat /sys/module/dmstat/parameters/memory_limit)
	new_cgroup soak || cgroups=
	make_devices
	make_teller
	make_witnesses
	((!low)) || set_limit $(($(memory_used) + LOW_BYTES))
	say "fio and programs begin"
	begin_fio "${devices[@]}"
	begin_programs "${!commands[@]}"
	sleep "$load_s"
	end_programs
	end_fio
	set_limit "$limit"
	say "sums"
	sums_are_right
	((!low)) || refusals
	kill -KILL "$teller"
	dmstat-nl delete --all
	memory_is_free
	say "the module goes and comes under load"
	reload
	say "end"
}

# In phases with a low limit some regions are refused.
refusals()
{
	within "regions refused" \
		"$(cat "$work"/err.* | grep -ci 'memory limit' || true)" 1 1000000
}

# unloaded: tries; what runs right now may hold the module.
unloaded()
{
	rmmod dmstat 2>>"$work/rmmod" || [[ ! -d /sys/module/dmstat ]]
}

# The module is unloaded and loaded while there is I/O, and while programs come and
# go. Afterwards it counts as before, and I/O that began before that is ignored.
reload()
{
	local before

	begin_fio linear stacked crypt
	begin_programs makers1 makers2 listener1
	wait_until went_round makers1
	wait_until unloaded
	say "unloaded; $(wc -l <"$work/rmmod") attempts were refused"
	load
	before=$(sys_counts stacked)
	region --program witness stacked
	whole[stacked]=$region
	region --program witness striped
	whole[striped]=$region
	io -c 50 -s 8 write /dev/mapper/striped 0 8
	end_programs
	end_fio
	all_end stacked striped
	read_regions witness
	equal "striped, IOS SECTORS of reads, writes, discards" \
		"${counted[${whole[striped]}]}" "0 0 50 400 0 0"
	sys_before[stacked]=$before
	flushes[stacked]=0
	equal "stacked, missed" "${missed[${whole[stacked]}]}" 0
	within "stacked, I/Os" "$(ios "${counted[${whole[stacked]}]}")" \
		1 "$(ios "$(grown stacked)")"
	dmstat-nl delete --all
	memory_is_free
}

# kernel_memory: KiB that are not reclaimable.
kernel_memory()
{
	awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { kib += $2 }
		END { print kib }' /proc/meminfo
}

# After each phase, when its devices are gone.
all_is_gone()
{
	local left

	dmsetup ls | grep -v '^No devices found' && fail "devices are left"
	memory_is_free
	unload
	left=$(bad_messages || true)
	[[ ! $left ]] || fail "kernel log: $left"
	if memory_is_traced; then
		memory_left "$note" >"$note.left"
		[[ ! -s $note.left ]] || fail "$(cat "$note.left")"
	fi
	now_kib=$(kernel_memory)
	echo "$now_kib" >"$kib_file"
	if ((first_kib)); then
		within "KiB of kernel memory more than after the first phase" \
			$((now_kib - first_kib)) -1000000 "$DRIFT_KIB"
	fi
}

# run_phases SECONDS SEED
run_phases()
{
	local end=$((SECONDS + $1)) number=0 longest=0 title

	seed=$2
	first_kib=0
	while ((number == 0 || SECONDS + longest <= end)); do
		began=$SECONDS
		low=$(((number + limited) % 3 == 1))
		title="phase $((number + 1)), seed $seed"
		((!low)) || title+=", memory at its limit"
		dmesg -C
		unload
		load
		loaded_bytes=$(memory_used)
		promise "$title: all sums are equal" phase
		run_promise $((2 * number))
		promise "$title: nothing is left" all_is_gone
		run_promise $((2 * number + 1))
		((first_kib)) || first_kib=$(cat "$kib_file")
		((SECONDS - began <= longest)) || longest=$((SECONDS - began))
		number=$((number + 1))
		seed=$((seed * 69069 % 32749 + 1))
	done
	ktap_plan $((2 * number))
}

seconds_of()
{
	case $1 in
	*[!0-9smh]* | [!0-9]*) usage ;;
	*s) echo "${1%s}" ;;
	*m) echo $((${1%m} * 60)) ;;
	*h) echo $((${1%h} * 3600)) ;;
	*) echo "$1" ;;
	esac
}

time=3m
first_seed=$((SRANDOM % 32749 + 1))
limited=0
while (($#)); do
	case $1 in
	--time) time=${2?"--time needs a value"}; shift ;;
	--seed) first_seed=${2?"--seed needs a value"}; shift ;;
	--limited) limited=1 ;;
	*) usage ;;
	esac
	shift
done
seconds=$(seconds_of "$time") || exit

ktap_begin
((EUID == 0)) || ktap_skip_all "needs root"
echo "# kernel $(uname -r), $(nproc) CPUs, $seconds s, first seed $first_seed"
note=$(mktemp)
kib_file=$(mktemp)
! memory_is_traced || memory_note "$note"
run_phases "$seconds" "$first_seed"
rm -f "$note"* "$kib_file"
ktap_end
