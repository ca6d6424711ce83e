#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A thin pool that fills: what fails, what waits, and what of it is counted and told.

source "$(dirname "$0")/lib.sh"

# Blocks of a pool, in sectors.
BLOCK=128

# thin BLOCKS [FEATURES]: /dev/mapper/d, of 8 MiB, of a pool that has so many blocks.
thin()
{
	modprobe -q dm-thin-pool || skip "this kernel has no thin pools"
	# How long writes wait for space; another test may have set it.
	echo 60 >/sys/module/dm_thin_pool/parameters/no_space_timeout
	nullb 0 16
	dm meta "0 4096 linear /dev/nullb0 0"
	dm data "0 $(($1 * BLOCK)) linear /dev/nullb0 8192"
	dm pool "0 $(($1 * BLOCK)) thin-pool /dev/mapper/meta /dev/mapper/data $BLOCK 0 ${2-}"
	dmsetup message pool 0 "create_thin 0"
	dm d "0 16384 thin /dev/mapper/pool 0"
}

# listen: events of I/Os go to $work/events.
listen()
{
	stdbuf -oL dmstat-nl monitor -j --events io >"$work/events" &
	wait_until listens "$!"
}

# events FILTER: of the I/Os beyond block 4, through a filter of jq.
events()
{
	jq -sc --argjson from $((4 * BLOCK)) \
		"map(select(.sector != null and .sector >= \$from)) | $1" \
		"$work/events"
}

# told KIND COUNT: whether so many of these were told.
told()
{
	(($(events "map(select(.kind == \"$1\")) | length") == $2))
}

fails()
{
	thin 4 "1 error_if_no_space"
	listen
	region --tell-errors --area-size "$BLOCK" d
	io -c 6 -s "$BLOCK" write /dev/mapper/d 0 8 || true
	io -c 4 -s "$BLOCK" read /dev/mapper/d 0 8
	expect_counts "$region" <<-END
		0: read 1/8/0 write 1/8/0 discard 0/0/0 flight 0/0
		1: read 1/8/0 write 1/8/0 discard 0/0/0 flight 0/0
		2: read 1/8/0 write 1/8/0 discard 0/0/0 flight 0/0
		3: read 1/8/0 write 1/8/0 discard 0/0/0 flight 0/0
		4: read 0/0/0 write 1/8/1 discard 0/0/0 flight 0/0
		5: read 0/0/0 write 1/8/1 discard 0/0/0 flight 0/0
	END
	wait_until told error 2
	equal "errors and where" "$(events 'map([.error, .sector])')" \
		"[[28,$((4 * BLOCK))],[28,$((5 * BLOCK))]]"
}
promise "writes beyond a full pool fail with ENOSPC, and are counted and told" fails

waits()
{
	thin 4
	listen
	region --slow 2s --area-size "$BLOCK" d
	io -a -c 6 -s "$BLOCK" write /dev/mapper/d 0 8 &
	local writer=$!
	wait_until in_flight d 2
	wait_until told hang 2
	equal "in flight" "$(dmstat-nl inflight -j d |
		jq -c '[.inflight[].sector] | sort')" \
		"[$((4 * BLOCK)),$((5 * BLOCK))]"
	dmsetup load data --table "0 $((8 * BLOCK)) linear /dev/nullb0 8192"
	dmsetup suspend --nolockfs --noflush data
	dmsetup resume data
	dmsetup load pool --table "0 $((8 * BLOCK)) thin-pool /dev/mapper/meta /dev/mapper/data $BLOCK 0"
	dmsetup suspend --nolockfs --noflush pool
	dmsetup resume pool
	wait "$writer"
	equal "all writes" "$(total "$region")" \
		"read 0/0/0 write 6/48/0 discard 0/0/0"
	nothing_in_flight d
	wait_until told slow 2
	equal "told to hang, and told when they ended" \
		"$(events 'group_by(.sector) | map([.[0].sector,
		(map(.io_id) | unique | length)] + map(.kind))')" \
		"[[$((4 * BLOCK)),1,\"hang\",\"slow\"],[$((5 * BLOCK)),1,\"hang\",\"slow\"]]"
}
promise "writes that wait for the pool to grow hang, and are counted once it has" waits

run_promises "$@"
