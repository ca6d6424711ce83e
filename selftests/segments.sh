#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Regions of the segments of a device's table: each segment is an area.

source "$(dirname "$0")/filesystem.sh"

segments()
{
	nullb 0 16
	dm d "0 1000 linear /dev/nullb0 8000
1000 24 error
1024 5000 linear /dev/nullb0 2000
6024 8 linear /dev/nullb0 16"
	region --segments d
	equal "areas" "$(areas "$region")" "0 1000
1000 24
1024 5000
6024 8"
	io -c 2 read /dev/mapper/d 992 8
	io -c 3 read /dev/mapper/d 1024 8
	io -c 4 write /dev/mapper/d 6024 8
	io read /dev/mapper/d 1000 8
	expect_counts "$region" <<-END
		0: read 2/16/0 write 0/0/0 discard 0/0/0 flight 0/0
		1: read 1/8/1 write 0/0/0 discard 0/0/0 flight 0/0
		2: read 3/24/0 write 0/0/0 discard 0/0/0 flight 0/0
		3: read 0/0/0 write 4/32/0 discard 0/0/0 flight 0/0
	END
	region --segments --area-size 600 /dev/mapper/d
	equal "areas of 600 sectors" "$(areas "$region" | paste -sd,)" \
		"0 600,600 400,1000 24,$(seq -f '%.0f 600' -s, 1024 600 5224),5824 200,6024 8"
}
promise "each segment of the table is an area, or several from its start on" segments

# Of 2 sectors each.
many_segments()
{
	nullb 0 65
	seq 0 2 $((2 * $1 - 2)) |
		sed 's|.*|& 2 linear /dev/nullb0 &|' >"$work/table"
	dmsetup create d "$work/table"
	later remove_dm d
}

# dmstat-nl as a process without CAP_NET_ADMIN.
without_net_admin()
{
	setpriv --bounding-set -net_admin --inh-caps -net_admin dmstat-nl "$@"
}

as_many_as_can_be()
{
	local said

	many_segments 65537
	not_created "has more than 65536 segments" --segments d

	sed -i '$d' "$work/table"
	dmsetup load d "$work/table"
	dmsetup resume d
	said=$(! without_net_admin create --segments d 2>&1) ||
		fail "made, although the request may not be sent"
	echo "$said"
	[[ $said == *"give the process CAP_NET_ADMIN"* ]]

	region --segments d
	equal "the region" "$(dmstat-nl list -j | jq -c '.regions[] |
		[.extents, .areas, .start, .length]')" "[65536,65536,0,131072]"
	io -c 3 read /dev/mapper/d 80000 2
	io read /dev/mapper/d 131070 2
	expect_counts "$region" <<-END
		40000: read 3/6/0 write 0/0/0 discard 0/0/0 flight 0/0
		65535: read 1/2/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
}
promise "65,536 segments are counted separately, and more are refused" \
	as_many_as_can_be

for_people()
{
	nullb 0 16
	dm d "0 64 linear /dev/nullb0 0
64 1024 linear /dev/nullb0 2048"
	dmstat-nl create d
	dmstat-nl list >"$work/without"
	region --segments d
	dmstat-nl list | tee "$work/list"
	equal "columns without such a region" \
		"$(grep -c EXTENTS "$work/without" || true)" 0
	equal "columns with one" "$(grep -c ' AREAS EXTENTS ' "$work/list")" 1
	grep -qE "^ *$region d .* 2 +2 +[0-9.]+ K?i?B" "$work/list"
	equal "print" "$(dmstat-nl print "$region" | head -n 1)" \
		"region $region on d: 2 areas of at most 512 KiB in 2 extents, start 0 B, span 544 KiB"
	dmstat-nl delete "$region"
	equal "regions" "$(dmstat-nl list -j | jq -c '[.regions[].extents]')" "[0]"
}
promise "list and print say how many extents there are" for_people

run_promises "$@"
