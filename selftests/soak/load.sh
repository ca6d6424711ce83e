# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The load of soak.sh: fio, and programs that are called again and again.
# shellcheck disable=SC2154 # of lib.sh and soak.sh

# job NAME OPTION...: a job of fio on a device.
job()
{
	printf '[%s]\nfilename=/dev/mapper/%s\n' "$1" "$1"
	printf '%s\n' "${@:2}"
}

# jobs_of_fio DEVICE...; writes of a verifying job are read back within a second or so.
jobs_of_fio()
{
	local name

	cat <<-END
		[global]
		thread
		direct=1
		ioengine=libaio
		bs=4k
		iodepth=2
		rate_iops=10
		time_based
		runtime=36000
		randseed=$seed
	END
	for name in "$@"; do
		case $name in
		error | flakey)
			job "$name" rw=randrw continue_on_error=all ;;
		linear | alone)
			job "$name" rw=randrw bsrange=4k-32k ;;
		stacked | discard)
			job "$name" rw=randrw ;;
		low)
			job "$name" rw=randread ;;
		origin | snapshot)
			job "$name" rw=randwrite verify=crc32c verify_backlog=32 ;;
		*)
			job "$name" rw=randwrite verify=crc32c verify_backlog=32 \
				fsync=16 ;;
		esac
	done
}

# begin_fio DEVICE...: until there is I/O on the last one.
begin_fio()
{
	local last=${*: -1}

	jobs_of_fio "$@" >"$work/jobs"
	fio_before=$(sys_counts "$last")
	fio --output-format=json --output="$work/fio" "$work/jobs" \
		2>"$work/fio.errors" &
	fio_pid=$!
	wait_until fio_is_at_work "$last"
}

# fio_is_at_work DEVICE
fio_is_at_work()
{
	[[ $(sys_counts "$1") != "$fio_before" ]]
}

# In order, with all the I/O that it has started. What it prints before its JSON is
# that it was ended.
end_fio()
{
	kill -INT "$fio_pid"
	wait "$fio_pid" || true
	sed -n '/^{/,$p' "$work/fio" >"$work/fio.json"
	equal "jobs of fio with an error" "$(jq -c '[.jobs[] | select(.error != 0 and
		.jobname != "error" and .jobname != "flakey") |
		"\(.jobname): \(.error)"]' "$work/fio.json")" "[]"
}

# Each of the functions below is a program of the load. One that fails is called
# again, because its subject may just have gone or memory may be at its limit.

# during NAME COMMAND...
during()
{
	local count=0

	set +eE
	trap - ERR EXIT
	RANDOM=$((seed + $(cksum <<<"$1" | cut -c 1-4)))
	# fio has its I/O to do.
	renice -n 10 "$BASHPID" >/dev/null
	while [[ -e $work/go ]]; do
		"${@:2}" >>"$work/out.$1" 2>>"$work/err.$1"
		count=$((count + 1))
		echo "$count" >"$work/count.$1"
		sleep 0.$((RANDOM % 10))
	done
}

# pick WORD...: sets $picked to one of them. A subshell would have a seed of its own.
pick()
{
	local words=("$@")

	picked=${words[RANDOM % $#]}
}

# A region of some kind on some device; sets $id.
make_one()
{
	local name kinds=(whole areas histogram segments file group slow tell owned)

	id=
	pick "${shared[@]}"
	name=$picked
	[[ ! $cgroups ]] || kinds+=(cgroup)
	pick "${kinds[@]}"
	case $picked in
	whole)	set -- "$name" ;;
	areas)	set -- --areas $((1 + RANDOM % 500)) --start $((RANDOM % 999)) "$name" ;;
	histogram) set -- --area-size 64 --histogram 100us,1ms,10ms "$name" ;;
	segments) set -- --segments --area-size 100 "$name" ;;
	file)	set -- --file "$mnt/a" ;;
	group)	set -- --group soak --areas 3 "$name" ;;
	slow)	set -- --slow 1ms "$name" ;;
	tell)	set -- --tell-errors --areas 7 "$name" ;;
	cgroup)	set -- --cgroup "$cgroups/soak" "$name" ;;
	owned)	timeout -s KILL 1 dmstat-nl slow --errors 1ms "$name" >/dev/null
		return ;;
	esac
	id=$(dmstat-nl create --program soak "$@")
}

# Of what this program has, two are kept at most.
regions_come_and_go()
{
	local id

	make_one || return
	[[ $id ]] || return 0
	case $((RANDOM % 4)) in
	0) dmstat-nl set --group other --slow 5ms --tell-errors yes "$id" ;;
	1) dmstat-nl print --active --clear "$id" ;;
	2) dmstat-nl clear "$id" ;;
	3) dmstat-nl list -j --program soak ;;
	esac >/dev/null
	((RANDOM % 3)) || dmstat-nl delete --program soak
	((RANDOM % 2)) || dmstat-nl delete "$id"
}

devices_come_and_go()
{
	local name=churned size=$((8192 + 1024 * (RANDOM % 8)))

	dmsetup create "$name" --table "0 $size linear /dev/nullb0 122880"
	dmstat-nl create --program soak --areas 50 "$name"
	dmstat-nl create --program soak --segments "$name"
	io -c 20 -s 8 write "/dev/mapper/$name" 0 8
	dmsetup rename "$name" renamed && name=renamed
	dmsetup load "$name" --table "0 $size linear /dev/nullb0 122880
$size 1024 error"
	dmsetup suspend "$name"
	dmsetup resume "$name"
	io -c 3 -s 8 read "/dev/mapper/$name" $((size - 8)) 8
	dmstat-nl inflight "$name"
	((RANDOM % 2)) || dmsetup remove --force "$name"
	dmsetup remove --retry "$name"
}

suspends()
{
	local name

	pick linear low striped stacked crypt
	name=$picked
	dmsetup table --showkeys "$name" >"$work/table"
	dmsetup suspend --noflush --nolockfs "$name"
	dmstat-nl inflight -j "$name"
	((RANDOM % 2)) || dmsetup load "$name" "$work/table"
	dmsetup resume "$name"
	sleep 0.3
}

discards()
{
	local start=$((RANDOM % 16384))

	io discard /dev/mapper/discard "$start" $((1 + RANDOM % 16384))
	io -c 10 -s 16 discard /dev/mapper/discard "$start" 8
	sleep 0.3
}

files()
{
	local bytes=$((1 + RANDOM % 64))

	dd if=/dev/urandom of="$mnt/b$((RANDOM % 4))" bs=16k count="$bytes" \
		conv=fsync status=none
	((RANDOM % 3)) || rm -f "$mnt"/b?
}

of_cgroup()
{
	[[ ! $cgroups ]] ||
		in_cgroup soak io -c 20 -s 64 read /dev/mapper/linear 0 8
	sleep 0.3
}

clears()
{
	readclear clear "$cleared" 1
}

# It reads, then stops reading, then dies.
listeners_stall()
{
	local pid

	case $((RANDOM % 3)) in
	0) dmstat-nl monitor -j >/dev/null & ;;
	1) dmstat-nl slow 1ms >/dev/null & ;;
	2) "$example" 1 <>"$work/input" >/dev/null & ;;
	esac
	pid=$!
	sleep 1
	((RANDOM % 4)) || kill -KILL "$pid"
	kill -STOP "$pid"
	sleep $((1 + RANDOM % 3))
	((RANDOM % 2)) || kill -CONT "$pid"
	kill -KILL "$pid"
	wait
}

# Not the areas of all regions: new ones come as fast as a slow machine prints them.
watch_all()
{
	dmstat-nl print --active "${odd[stacked]}"
	dmstat-nl list -j
	dmstat-nl devices
	dmstat-nl report --interval 200ms --count 2 "${whole[stacked]}"
} >/dev/null

declare -A commands=(
	[churn]="churn linear 5"
	[makers1]=regions_come_and_go
	[makers2]=regions_come_and_go
	[devices]=devices_come_and_go
	[suspends]=suspends
	[discards]=discards
	[files]=files
	[cgroup]=of_cgroup
	[clearer1]=clears
	[clearer2]=clears
	[listener1]=listeners_stall
	[listener2]=listeners_stall
	[watcher]=watch_all
)

# begin_programs NAME...
begin_programs()
{
	local name

	programs=("$@")
	rm -f "$work"/count.*
	touch "$work/go"
	[[ -e $work/input ]] || mkfifo "$work/input"
	for name in "${programs[@]}"; do
		# shellcheck disable=SC2086 # words
		during "$name" ${commands[$name]} &
	done
}

# went_round NAME: whether it has come to an end once.
went_round()
{
	(($(cat "$work/count.$1" 2>/dev/null || echo 0) >= 1))
}

# jobs_ended: whether only fio and the teller are left.
jobs_ended()
{
	! jobs -pr | grep -vxE "$fio_pid|$teller" >/dev/null
}

# Each has come to an end once, and none is left.
end_programs()
{
	local name

	for name in "${programs[@]}"; do
		wait_until went_round "$name"
	done
	rm "$work/go"
	say "the programs end"
	wait_until jobs_ended
	say "$(for name in "${programs[@]}"; do
		echo -n "$name $(<"$work/count.$name") "
	done)times"
}
