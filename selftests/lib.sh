# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the shell tests share. A test is a list of promises, each a function that
# fails if one of its commands fails. They run one after the other, each in a
# subshell that removes all devices it made. What a promise prints becomes its
# diagnostics.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$here:$here/../build/selftests:$PATH

# udev must not read from devices whose I/O is counted.
export DM_DISABLE_UDEV=1

source "$here/ktap.sh"

# By how much kernels that find bugs are slower, about.
slower=1
[[ $(uname -r) != *-@(k[ac]san|rt-debug) ]] || slower=10

promise_names=()
promise_functions=()

# --------------------------------------------------------------- promises

# promise NAME FUNCTION: NAME says what dmstat promises, FUNCTION tries it.
promise()
{
	promise_names+=("$1")
	promise_functions+=("$2")
}

fail()
{
	echo "FAILED: $*"
	exit $KSFT_FAIL
}

# skip WHY: the promise cannot be tried on this machine.
skip()
{
	echo "$*" >"$work/skip"
	exit $KSFT_SKIP
}

# equal WHAT SEEN EXPECTED
equal()
{
	[[ $2 == "$3" ]] || fail "$1: $2"$'\n'"expected: $3"
	echo "$1: $2"
}

# within WHAT SEEN LEAST MOST: of whole numbers, both ends included.
within()
{
	(($2 >= $3 && $2 <= $4)) || fail "$1: $2, expected $3 to $4"
	echo "$1: $2 ($3 to $4)"
}

# refused STATUS WORDS COMMAND...: with nothing on stdout.
refused()
{
	local status=0

	"${@:3}" >"$work/out" 2>"$work/err" || status=$?
	cat "$work/err"
	equal "status" "$status" "$1"
	equal "output" "$(cat "$work/out")" ""
	grep -qF -- "$2" "$work/err" || fail "expected: $2"
}

# wait_until COMMAND...: until it succeeds, for 100 s or $wait_s; debug kernels are
# slow.
wait_until()
{
	local seconds=${wait_s:-100}
	((slower == 1)) || seconds=500
	local end=$((SECONDS + seconds))

	until "$@"; do
		((SECONDS < end)) || fail "waited $seconds s without success for: $*"
		sleep 0.05
	done
}

# later COMMAND...: run it at the end of the promise; the last one runs first.
later()
{
	{
		printf '%q ' "$@"
		echo
	} >>"$work/undo"
}

# Jobs may have I/O on a suspended device, so wait for them last.
clean_up()
{
	local status=$? pids

	set +eE
	trap - ERR EXIT
	pids=$(jobs -p)
	# shellcheck disable=SC2086
	[[ ! $pids ]] || kill -KILL $pids 2>/dev/null
	touch "$work/undo"
	tac "$work/undo" >"$work/undo.reverse"
	# shellcheck disable=SC1091
	source "$work/undo.reverse"
	wait 2>/dev/null
	exit $status
}

try_promise()
{
	set -eEu -o pipefail
	trap clean_up EXIT
	trap 'echo "FAILED: ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
	load
	"$1"
}

# run_promise INDEX: diagnostics, then the result.
run_promise()
{
	local name=${promise_names[$1]} status start=${EPOCHREALTIME/./}

	work=$(mktemp -d)
	(try_promise "${promise_functions[$1]}") 2>&1 </dev/null |
		sed -u '/: line [0-9]*: .* Killed /d' | ktap_diagnostics
	status=${PIPESTATUS[0]}
	# A command that fails may do so with this status.
	((status != KSFT_SKIP)) || [[ -e $work/skip ]] || status=$KSFT_FAIL
	echo "# took $(((${EPOCHREALTIME/./} - start) / 1000)) ms"
	ktap_result "$status" "$name" "$(cat "$work/skip" 2>/dev/null)"
	rm -rf "$work"
}

# only FUNCTION...: try these promises and no others.
only()
{
	local i

	for i in "${!promise_functions[@]}"; do
		[[ " $* " == *" ${promise_functions[i]} "* ]] ||
			unset "promise_names[i]" "promise_functions[i]"
	done
	promise_names=("${promise_names[@]}")
	promise_functions=("${promise_functions[@]}")
}

# run_promises [FUNCTION]...: the last line of each test, with its arguments:
# the promises to try, all if there are none.
run_promises()
{
	local i

	[[ ! ${1-} ]] || only "$@"

	ktap_begin
	((EUID == 0)) || ktap_skip_all "needs root"
	ktap_plan "${#promise_names[@]}"
	for i in "${!promise_names[@]}"; do
		run_promise "$i"
	done
	unload
	ktap_end
}

# ----------------------------------------------------------------- module

load()
{
	need_module dmstat "$@"
}

unload()
{
	[[ ! -d /sys/module/dmstat ]] || rmmod dmstat
}

# need_module NAME [PARAMETER=VALUE]...: unless it is there.
need_module()
{
	[[ -d /sys/module/${1//-/_} ]] || modprobe "$@"
}

# load_with PARAMETER=VALUE...: for this promise only.
load_with()
{
	unload
	load "$@"
	later unload
}

# ---------------------------------------------------------------- devices

remove_nullb()
{
	echo 0 >"/sys/kernel/config/nullb/$1/power"
	rmdir "/sys/kernel/config/nullb/$1"
}

# null_disk NAME MIB [ATTRIBUTE=VALUE]...: a disk in memory. A ! in its name is a slash
# in that of its node.
null_disk()
{
	local folder=/sys/kernel/config/nullb/$1 attribute

	need_module null_blk nr_devices=0
	[[ -d ${folder%/*} ]] ||
		mount -t configfs configfs /sys/kernel/config
	mkdir "$folder"
	later remove_nullb "$1"
	for attribute in size="$2" blocksize=512 memory_backed=1 "${@:3}"; do
		echo "${attribute#*=}" >"$folder/${attribute%%=*}"
	done
	echo 1 >"$folder/power"
	wait_until test -b "/dev/${1//!//}"
}

# nullb NUMBER MIB [ATTRIBUTE=VALUE]...: /dev/nullbNUMBER, such a disk.
nullb()
{
	null_disk "nullb$1" "${@:2}"
}

# scsi_debug [PARAMETER=VALUE]...: a SCSI disk of 16 MiB in memory, /dev/$disk,
# whose I/O ends in timer interrupts.
scsi_debug()
{
	local found="/sys/bus/pseudo/drivers/scsi_debug/adapter0/host*/target*/*/block/*"

	need_module sd_mod
	modprobe scsi_debug dev_size_mb=16 ndelay=100000 "$@"
	later rmmod scsi_debug
	# shellcheck disable=SC2086
	wait_until ls $found
	# shellcheck disable=SC2034,SC2086
	disk=$(basename $found)
	wait_until test -b "/dev/$disk"
}

remove_dm()
{
	[[ -e /dev/mapper/$1 ]] || return 0
	dmsetup remove "$1" &>/dev/null && return
	dmsetup resume "$1"
	dmsetup remove --retry "$1"
}

# dm NAME TABLE: /dev/mapper/NAME.
dm()
{
	dmsetup create "$1" --table "$2"
	later remove_dm "$1"
}

# linear NAME MIB [ATTRIBUTE=VALUE]...: a linear device on /dev/nullb0.
linear()
{
	nullb 0 "$2" "${@:3}"
	dm "$1" "0 $(($2 * 2048)) linear /dev/nullb0 0"
}

# lvm_quietly COMMAND [ARGUMENT]...: of LVM, which sees no disk but /dev/nullb0.
lvm_quietly()
{
	lvm "$1" --devices /dev/nullb0 \
		--config 'devices { types = ["nullb", 16] }' \
		"${@:2}" >"$work/lvm" 2>&1 || {
		cat "$work/lvm"
		return 1
	}
}

# path_of_adapter NUMBER: the disk that an adapter of scsi_debug has.
path_of_adapter()
{
	local block="/sys/bus/pseudo/drivers/scsi_debug/adapter$1/host*/target*/*/block/*"

	# shellcheck disable=SC2086
	wait_until ls $block >/dev/null
	# shellcheck disable=SC2086
	basename $block
}

# two_paths [PARAMETER=VALUE]...: /dev/$first and /dev/$second, the same 16 MiB.
two_paths()
{
	need_module sd_mod
	modprobe scsi_debug dev_size_mb=16 add_host=2 max_luns=1 "$@"
	later rmmod scsi_debug
	first=$(path_of_adapter 0)
	second=$(path_of_adapter 1)
	wait_until test -b "/dev/$first"
	wait_until test -b "/dev/$second"
}

# multipath NAME [FEATURES]: on /dev/$first and /dev/$second, which take turns,
# request by request.
multipath()
{
	need_module dm_multipath
	need_module dm_round_robin
	dm "$1" "0 32768 multipath ${2-0} 0 1 1 round-robin 0 2 1 /dev/$first 1 /dev/$second 1"
}

# disk_of NAME: the /sys folder of a device-mapper device.
disk_of()
{
	echo "/sys/dev/block/$(mountpoint -x "/dev/mapper/$1")"
}

# largest NAME KIB: what a request to a multipath device may carry.
largest()
{
	echo "$2" >"$(disk_of "$1")/queue/max_sectors_kb"
}

# ---------------------------------------------------------------- regions

# region ARGUMENT...: dmstat-nl create; sets $region to the id.
region()
{
	# shellcheck disable=SC2034
	region=$(dmstat-nl create "$@")
}

# counts REGION [OPTION]...: a line for each area that saw I/O:
#   INDEX: read IOS/SECTORS/ERRORS write ... discard ... flight READ/WRITE
counts()
{
	dmstat-nl print -j --active "${@:2}" "$1" | jq -r '
		def io: "\(.ios)/\(.sectors)/\(.errors)";
		.areas[] | "\(.index): read \(.read|io) write \(.write|io)" +
		" discard \(.discard|io)" +
		" flight \(.in_flight_read)/\(.in_flight_write)"'
}

# total REGION: IOS/SECTORS/ERRORS of all areas together, on one line.
total()
{
	dmstat-nl print -j --active "$1" | jq -r '
		def io(f): "\(map(f.ios)|add // 0)/" +
			"\(map(f.sectors)|add // 0)/\(map(f.errors)|add // 0)";
		.areas | "read \(io(.read)) write \(io(.write))" +
		" discard \(io(.discard))"'
}

# area_value REGION AREA FILTER: an area, through a filter of jq.
area_value()
{
	dmstat-nl print -j --area "$2" "$1" | jq -r ".areas[0] | $3"
}

# expect_counts REGION: counts() must print what is on stdin.
expect_counts()
{
	local seen expected

	seen=$(counts "$1")
	expected=$(cat)
	equal "region $1" $'\n'"$seen" $'\n'"$expected"
}

# has_counted REGION IOS: whether at least so many reads and writes were counted.
has_counted()
{
	(($(dmstat-nl print -j "$1" |
		jq '.areas | map(.read.ios + .write.ios) | add') >= $2))
}

# has_read FILE INTERVALS: whether dmstat-nl report -j has printed so many intervals.
has_read()
{
	(($(grep -c '"elapsed_ns"' "$1" || true) >= $2))
}

# in_flight DEVICE COUNT: whether so many I/Os are in flight.
in_flight()
{
	(($(dmstat-nl inflight "$1" | tail -n +2 | wc -l) == $2))
}

# nothing_in_flight DEVICE
nothing_in_flight()
{
	equal "in flight" "$(dmstat-nl inflight -j "$1" | jq -c .inflight)" "[]"
}

# listens PID: whether a subscriber of events waits for them: it has joined. System
# calls are poll() of x86 and ppoll() of arm64.
listens()
{
	[[ $(cat "/proc/$1/wchan" 2>/dev/null) == *poll* ]] ||
		[[ $(cat "/proc/$1/syscall") =~ ^(7|73)\  ]]
}

# hold DEVICE IO-ARGUMENT...: I/O that stays in flight until release().
hold()
{
	dmsetup suspend --noflush --nolockfs "$1"
	io "${@:2}" &
	held=$!
}

release()
{
	dmsetup resume "$1"
	wait "$held"
}

# on_terminal COLUMNS COMMAND...: its output on a terminal of this width.
on_terminal()
{
	script -qefc "stty rows 24 cols $1; ${*:2}" /dev/null </dev/null |
		tr -d '\r'
}

# -------------------------------------------------------------------- fio

# load_fio DEVICE OPTION...: runs fio; sets $fio_reads, $fio_writes,
# $fio_read_sectors and $fio_write_sectors to what it issued.
load_fio()
{
	fio --output-format=json --output="$work/fio" --name=load --thread \
		--filename="$1" --direct=1 --ioengine=libaio "${@:2}"
	# shellcheck disable=SC2034
	read -r fio_reads fio_read_sectors fio_writes fio_write_sectors < <(
		jq -r '.jobs | "\(map(.read.total_ios) | add)" +
			" \(map(.read.io_bytes) | add / 512)" +
			" \(map(.write.total_ios) | add)" +
			" \(map(.write.io_bytes) | add / 512)"' "$work/fio")
	echo "fio: $fio_reads reads of $fio_read_sectors sectors," \
		"$fio_writes writes of $fio_write_sectors sectors"
}

# start_fio DEVICE OPTION...: I/O in the background until the end of the promise or
# stop_fio(), at a rate that leaves CPU time to others.
start_fio()
{
	fio --output="$work/fio.background" --name=load --thread \
		--filename="$1" --direct=1 --ioengine=libaio --time_based \
		--runtime=600 --rate_iops=500 "${@:2}" &
	fio_pid=$!
}

stop_fio()
{
	kill -KILL "$fio_pid" 2>/dev/null || true
	wait "$fio_pid" || true
}

# remove_by_force NAME: while start_fio() uses it. The table is replaced by dm-error;
# the device, and its regions, go with the last user.
remove_by_force()
{
	local disk

	disk=$(dmsetup info -c --noheadings -o blkdevname "$1")
	dmsetup remove --force "$1" 2>/dev/null || true
	dmsetup remove --deferred "$1" 2>/dev/null || true
	stop_fio
	wait_until test ! -e "/dev/mapper/$1" || dmsetup remove --retry "$1"
	# Its name goes first.
	wait_until test ! -e "/sys/block/$disk"
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
}

# start_load DEVICE OPTION...: load_fio in the background.
start_load()
{
	load_fio "$@" >"$work/fio.result" &
	load_pid=$!
}

# end_load REGION: wait for it; all that it issued, and no more, was counted.
end_load()
{
	wait "$load_pid"
	cat "$work/fio.result"
	equal "I/Os and sectors" "$(total "$1")" \
		"$(awk '{ printf "read %d/%d/0 write %d/%d/0 discard 0/0/0",
			$2, $5, $7, $10 }' "$work/fio.result")"
}
