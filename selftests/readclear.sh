#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reading and clearing in one step, repeatedly, under I/O from all CPUs: each I/O is
# reported once.

source "$(dirname "$0")/lib.sh"

ROUNDS=1000

# A multiple of fio's blocks, so that no I/O crosses areas: 316 areas.
AREA_SIZE=104

# Endless I/O on every CPU; sets $fio_pid. It leaves CPU time to the readers, because
# 1,000 rounds take long on an emulated machine.
start_counted_fio()
{
	fio --output-format=json --output="$work/fio" --name=load --thread \
		--filename="$1" --direct=1 --ioengine=libaio --time_based \
		--runtime=600 --numjobs="$(nproc)" --group_reporting \
		--cpus_allowed="0-$(($(nproc) - 1))" \
		--cpus_allowed_policy=split "${@:2}" &
	fio_pid=$!
}

# End it in order, with all the I/O that it has started. It prints what ended it
# before its JSON.
stop_counted_fio()
{
	kill -INT "$fio_pid"
	wait "$fio_pid" || true
	sed -n '/^{/,$p' "$work/fio" >"$work/fio.json"
	equal "errors of fio" "$(jq '[.jobs[].error] | add' "$work/fio.json")" 0
}

# fio_did DIRECTION: IOS SECTORS
fio_did()
{
	jq -r --arg way "$1" '.jobs | map(.[$way]) |
		"\(map(.total_ios) | add) \(map(.io_bytes) | add / 512)"' \
		"$work/fio.json"
}

# came_out OPERATION FILE...: the sum of IOS SECTORS NS ERRORS over these files.
came_out()
{
	awk -v operation="$1" '$1 == operation {
			ios += $2; sectors += $3; ns += $4; errors += $5
		}
		END { printf "%.0f %.0f %.0f %.0f\n", ios, sectors, ns, errors }' \
		"${@:2}"
}

has_io()
{
	(($(dmstat-nl print -j --active "$region" | jq '.areas | length') > 0))
}

each_io_comes_out_once()
{
	local direction ios sectors ns errors watchers=() i

	linear d 16 irqmode=2 completion_nsec=20000 submit_queues="$(nproc)"
	region --area-size "$AREA_SIZE" /dev/mapper/d
	for i in 1 2; do
		readclear watch "$region" 8 >"$work/watcher$i" &
		watchers+=($!)
	done
	start_counted_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=4 \
		--norandommap --rate_iops=1000
	wait_until has_io

	readclear clear "$region" "$ROUNDS" >"$work/rounds"
	stop_counted_fio
	readclear clear "$region" 1 >"$work/rest"
	kill -TERM "${watchers[@]}"
	for i in "${watchers[@]}"; do
		wait "$i"
	done

	for direction in read write; do
		read -r ios sectors ns errors \
			< <(came_out "$direction" "$work"/{rounds,rest})
		equal "$direction: I/Os and sectors that came out" \
			"$ios $sectors" "$(fio_did "$direction")"
		within "$direction: ns" "$ns" "$((ios * 20000))" \
			$((ios * 10000000000))
		equal "$direction: errors" "$errors" 0
		equal "$direction: came out in more than one piece" "$((
			$(came_out "$direction" "$work/rounds" |
			cut -d ' ' -f 1) > ios / 2))" 1
	done
	equal "discards" "$(came_out discard "$work"/{rounds,rest})" "0 0 0 0"
	equal "left at last" "$(total "$region")" \
		"read 0/0/0 write 0/0/0 discard 0/0/0"
	for i in 1 2; do
		within "readings of watcher $i" "$(<"$work/watcher$i")" 10 1000000
	done
}
promise "1,000 times read and cleared under load: each I/O is reported once" \
	each_io_comes_out_once

run_promises "$@"
