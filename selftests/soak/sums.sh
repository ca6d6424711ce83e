# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What soak.sh compares after the load: the regions of the program "witness", which
# no other program touches, with sysfs, with fio and with what was told.
# shellcheck disable=SC2154 # of lib.sh and soak.sh

# sys_counts NAME: READS SECTORS WRITES SECTORS DISCARDS SECTORS. An empty flush of a
# device-mapper device is a write.
sys_counts()
{
	local fields

	read -ra fields <"$(disk_of "$1")/stat"
	echo "${fields[0]} ${fields[2]} ${fields[4]} ${fields[6]}" \
		"${fields[11]} ${fields[13]}"
}

# The whole of each device, and all of it in areas, two cuts; of "alone", one cut.
make_witnesses()
{
	local name

	declare -gA whole areas odd sys_before
	for name in "${shared[@]}"; do
		region --program witness "$name"
		whole[$name]=$region
		region --program witness --area-size 8 --histogram 1ms,10ms \
			"$name"
		areas[$name]=$region
		region --program witness --area-size 1001 "$name"
		odd[$name]=$region
		sys_before[$name]=$(sys_counts "$name")
	done
	region --program witness --area-size 8 alone
	alone=$region
	sys_before[alone]=$(sys_counts alone)
	region --program cleared --area-size 8 linear
	cleared=$region
}

# The failed I/Os of a region that tells them, and its listener.
make_teller()
{
	stdbuf -oL dmstat-nl monitor -j --events io >"$work/told" \
		2>"$work/told.errors" &
	teller=$!
	wait_until listens "$teller"
	region --program teller --tell-errors --tell-rate 20 error
	telling=$region
}

# in_flight_on DEVICE...: what is in flight, as the kernel and the module see it.
in_flight_on()
{
	local name

	for name in "$@"; do
		grep -vx ' *0  *0' "$(disk_of "$name")/inflight"
	done
	dmstat-nl inflight "$@" 2>"$work/inflight.errors" ||
		cat "$work/inflight.errors"
}

all_ended()
{
	[[ ! $(in_flight_on "$@") ]]
}

# all_end DEVICE...: all their I/O ends soon.
all_end()
{
	soon all_ended "$@"
	equal "in flight" "$(in_flight_on "$@" || true)" ""
}

# read_regions PROGRAM: sets $counted to IOS SECTORS of reads, writes and discards,
# $failed and $missed to numbers of I/Os, each by region.
read_regions()
{
	local id lost errors rest

	declare -gA counted=() failed=() missed=()
	dmstat-nl print -j --active --program "$1" >"$work/regions" \
		2>"$work/warnings" || fail "$(cat "$work/warnings")"
	jq -r 'def io(f): "\(map(f.ios) | add // 0) \(map(f.sectors) | add // 0)";
		.regions[] | "\(.region.region_id) \(.region.missed) " +
		(.areas | "\(map(.read, .write, .discard | .errors) | add // 0) " +
		"\(io(.read)) \(io(.write)) \(io(.discard))")' \
		"$work/regions" >"$work/numbers"
	while read -r id lost errors rest; do
		missed[$id]=$lost
		failed[$id]=$errors
		counted[$id]=$rest
	done <"$work/numbers"
}

# Sets $flushes by device.
read_flushes()
{
	local name ios

	declare -gA flushes=()
	while read -r name ios; do
		flushes[$name]=$ios
	done < <(dmstat-nl devices -j |
		jq -r '.devices[] | "\(.name) \(.flush.ios)"')
}

# Sets $issued to READS WRITES of fio, $fio_failed to the number of those that
# failed, each by job.
read_fio()
{
	local name errors rest

	declare -gA issued=() fio_failed=()
	while read -r name errors rest; do
		fio_failed[$name]=$errors
		issued[$name]=$rest
	done < <(jq -r '.jobs[] | "\(.jobname) \(.total_err // 0)" +
		" \(.read.total_ios) \(.write.total_ios)"' "$work/fio.json")
}

# grown NAME: sys_counts(), from the beginning on, without flushes.
grown()
{
	local -a before now

	read -ra before <<<"${sys_before[$1]}"
	read -ra now < <(sys_counts "$1")
	echo $((now[0] - before[0])) $((now[1] - before[1])) \
		$((now[2] - before[2] - flushes[$1])) $((now[3] - before[3])) \
		$((now[4] - before[4])) $((now[5] - before[5]))
}

# ios NUMBERS: of all operations.
ios()
{
	local -a n

	read -ra n <<<"$1"
	echo $((n[0] + n[2] + n[4]))
}

# sectors REGION: of each operation.
sectors()
{
	local -a n

	read -ra n <<<"${counted[$1]}"
	echo "${n[1]} ${n[3]} ${n[5]}"
}

# whole_is_right NAME: the region of all of it has what the kernel has. Whether the
# kernel counts what the target fails depends on its version: see fio_agrees().
whole_is_right()
{
	local id=${whole[$1]} sys

	sys=$(grown "$1")
	if ((missed[$id])); then
		equal "$1, I/Os counted or missed" \
			$(($(ios "${counted[$id]}") + missed[$id])) "$(ios "$sys")"
	else
		equal "$1, IOS SECTORS of reads, writes, discards" \
			"${counted[$id]}" "$sys"
	fi
}

# areas_are_right NAME
areas_are_right()
{
	local id

	for id in "${areas[$1]}" "${odd[$1]}"; do
		((missed[$id] || missed[${whole[$1]}])) ||
			equal "$1, sectors in areas" \
				"$(sectors "$id")" "$(sectors "${whole[$1]}")"
	done
}

# fio_agrees NAME: where only fio has done I/O.
fio_agrees()
{
	local id=${whole[$1]} reads writes
	local -a n

	read -r reads writes <<<"${issued[$1]}"
	if ((missed[$id])); then
		equal "$1, I/Os counted or missed, as fio says" \
			$(($(ios "${counted[$id]}") + missed[$id])) \
			$((reads + writes))
		return
	fi
	read -ra n <<<"${counted[$id]}"
	equal "$1, READS WRITES and failures as fio says" \
		"${n[0]} ${n[2]}, ${failed[$id]}" "$reads $writes, ${fio_failed[$1]}"
}

# nothing_missed NAME: in none of its regions.
nothing_missed()
{
	equal "$1, missed" "${missed[${whole[$1]}]} ${missed[${areas[$1]}]} ${missed[${odd[$1]}]}" \
		"0 0 0"
}

# An I/O counts in each area that it touches, hence only sectors.
alone_is_right()
{
	local -a sys

	read -ra sys < <(grown alone)
	((missed[$alone])) || equal "alone, sectors in areas" \
		"$(sectors "$alone")" "${sys[1]} ${sys[3]} ${sys[5]}"
}

# What came out of each reading with clear, and what is left, is what the region
# of the whole device has.
pieces_are_right()
{
	readclear clear "$cleared" 1 >>"$work/out.clearer1"
	[[ $(dmstat-nl list -j "$cleared") == *'"missed": 0,'* ]] || {
		((low)) || fail "the region that is cleared has missed I/O"
		return 0
	}
	((!missed[${whole[linear]}])) || return 0
	equal "sectors that came out by clearing" "$(awk '{ n[$1] += $3 }
		END { print n["read"], n["write"], n["discard"] }' \
		"$work/out.clearer1" "$work/out.clearer2")" \
		"$(sectors "${whole[linear]}")"
}

# told_sum: events of failed I/Os, and how many were lost.
told_sum()
{
	jq -s --argjson id "$telling" 'map(select(.region_id == $id)) |
		(map(select(.kind == "error")) | length) +
		(map(.lost) | add // 0)' "$work/told"
}

told_all()
{
	(($(told_sum) == failed[$telling]))
}

# The events told, and those lost, are all I/Os that have failed.
events_are_right()
{
	read_regions teller
	((missed[$telling] == 0)) || return 0
	within "I/Os that have failed on error" "${failed[$telling]}" 1 10000000
	if grep -q overrun "$work/told"; then
		within "events told and lost, with overruns" "$(told_sum)" \
			1 "${failed[$telling]}"
		return
	fi
	soon told_all
	equal "events told and lost" "$(told_sum)" "${failed[$telling]}"
}

sums_are_right()
{
	local name

	all_end "${devices[@]}"
	read_regions witness
	read_flushes
	read_fio
	equal "witnesses" "${#counted[@]}" $((3 * ${#shared[@]} + 1))
	equal "alone, missed" $((low ? 0 : missed[$alone])) 0
	alone_is_right
	for name in "${shared[@]}"; do
		((low)) || nothing_missed "$name"
		[[ $name == error || $name == flakey ]] || whole_is_right "$name"
		areas_are_right "$name"
		case $name in
		linear | low | discard) ;;
		*) fio_agrees "$name" ;;
		esac
	done
	pieces_are_right
	events_are_right
}
