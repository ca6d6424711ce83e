# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What tests of dmstat-nl slow share.

# start_slow ARGUMENT...: dmstat-nl slow in the background, until it listens.
start_slow()
{
	# shellcheck disable=SC2154 # of lib.sh
	stdbuf -oL dmstat-nl slow "$@" >"$work/events" 2>"$work/errors" &
	slow=$!
	wait_until owns_regions
}

# owns_regions: the regions that the background job has created are there.
owns_regions()
{
	(($(ours | wc -l) > 0))
}

# owns COUNT: so many are.
owns()
{
	(($(ours | wc -l) == $1))
}

# ours: ids of the regions of dmstat-nl slow.
ours()
{
	dmstat-nl list -j | jq -r '.regions[] |
		select(.owned and .slow_ns > 0) | .region_id'
}

# end_slow: as a user would. I/Os that have ended go to $work/ios, those that hang to
# $work/hangs: any I/O may, if it is in flight when the kernel looks. The totals go to
# $work/summary.
end_slow()
{
	local status=0

	kill -INT "$slow"
	wait "$slow" || status=$?
	cat "$work/errors"
	equal "exit status" "$status" 0
	jq -c 'select(has("kind") and .kind != "hang")' "$work/events" >"$work/ios"
	jq -c 'select(.kind == "hang")' "$work/events" >"$work/hangs"
	jq -c 'select(has("summary"))' "$work/events" >"$work/summary"
	equal "regions left" "$(ours)" ""
}

# printed COUNT [KIND]: whether that many events were printed, by default of I/Os
# that have ended.
printed()
{
	(($(grep -cE "\"kind\": \"(${2-slow|error})\"" "$work/events" || true) >= $1))
}

# ios FILTER: of each event.
ios()
{
	jq -r "$1" "$work/ios"
}

# delayed NAME MS: writes take that long, reads do not.
delayed()
{
	nullb 0 16
	need_module dm_delay
	dm "$1" "0 32768 delay /dev/nullb0 0 0 /dev/nullb0 0 $2"
}
