#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-nl apply: regions become what configuration files ask for, and nothing else
# changes.

source "$(dirname "$0")/conf.sh"
source "$here/cgroup.sh"

# apply [ARGUMENT]...: of $work/conf, or of what is given.
apply()
{
	dmstat-nl apply "${@:-$work/conf}" | tee "$work/said"
}

# would STATUS [ARGUMENT]...: a dry run ends with this status.
would()
{
	local status=0

	dmstat-nl apply --dry-run "${@:2}" "$work/conf" >"$work/said" || status=$?
	cat "$work/said"
	equal "status of the dry run" "$status" "$1"
}

said()
{
	grep -qF -- "$1" "$work/said" || fail "it did not say: $1"
}

# settled: nothing is left to do.
settled()
{
	would 0
	said "nothing to do"
}

# refuses WORDS [ARGUMENT]...: apply ends with status 1, with that in its message.
refuses()
{
	local status=0

	dmstat-nl apply "${@:2}" >"$work/said" 2>&1 || status=$?
	cat "$work/said"
	equal "status" "$status" 1
	said "$1"
	said "dmstat-nl: nothing was done"
}

# regions FILTER: of each region, by rising id.
regions()
{
	dmstat-nl list -j | jq -c "[.regions | sort_by(.region_id)[] | $1]"
}

named()
{
	local before

	zeros db1 db2 web1
	config one <<-END
		databases {
			devices = [ "db*", "/dev/mapper/none?" ]
			areas = 4
		}
	END
	would 3
	said "databases: would create a region on db1: 1 MiB in 4 areas"
	said "2 to create"
	equal "regions after the dry run" "$(regions .)" "[]"
	apply
	said "databases: created region"
	equal "regions" "$(regions '[.device_name, .areas]' | jq -c sort)" \
		'[["db1",4],["db2",4]]'
	before=$(regions .)
	settled
	apply
	said "nothing to do: 2 regions are as asked for"
	equal "regions" "$(regions .)" "$before"
	zeros db3
	would 3
	apply
	said "1 created, 2 as asked for already"
	equal "devices" "$(regions .device_name)" '["db1","db2","db3"]'
}
promise "what is missing is made; a second time, there is nothing to do" named

# described: what list says of all regions, but what no two have in common.
described()
{
	dmstat-nl list -j | jq -c '.regions | sort_by(.device_name)[] |
		del(.region_id, .memory, .created)'
}

as_create()
{
	local options settings number=0
	# One that has all of the device, however it grows.
	local one="--area-size $((1 << 54))"

	printf 'from a file' >"$work/data"
	while IFS='|' read -r options settings; do
		number=$((number + 1))
		zeros "d$number"
		eval "dmstat-nl create $options d$number"
		echo "block$number { devices = \"d$number\" $settings }"
	done >"$work/blocks" <<-END
		$one| segments = 0
		$one| areas = 1
		--start 16 --length 100k --areas 7| start = 16 length = "100k" areas = "7"
		--area-size 12| area_size = 12
		--segments --area-size 64k| segments = 1 area_size = "64k"
		$one --histogram auto --program p --group g --user-data 'x y'| histogram = "auto" program = "p" group = "g" user_data = "x y"
		$one --histogram 1ms,20ms --user-data-file $work/data| histogram = [ "1ms", "20ms" ] user_data_file = "$work/data"
		$one --histogram 1ms,20ms| histogram = "1ms,20ms"
		$one --slow 20ms --tell-errors --tell-rate 7| slow = "20ms" tell_errors = 1 tell_rate = 7
		$one --tell-errors| tell_errors = "yes"
	END
	grep '{' "$work/blocks" | tee /dev/stderr | config one
	described >"$work/by-create"
	equal "regions" "$(wc -l <"$work/by-create")" 10
	dmstat-nl delete --all
	apply
	equal "regions" "$(described)" "$(cat "$work/by-create")"
	settled
	rm "$work/conf/one.conf"
	apply
	said "10 deleted"
	equal "regions" "$(regions .)" "[]"
}
promise "what create says by options, a file says by keys of these names" as_create

of_cgroup()
{
	zeros d
	new_cgroup apply >"$work/why" || skip "$(cat "$work/why")"
	config one <<<'x { devices = "d" cgroup = "/apply" }'
	apply
	equal "cgroup" "$(regions .cgroup)" '["/apply"]'
	settled
	config one <<<'x { devices = "d" cgroup = "/none" areas = 4 }'
	! dmstat-nl apply "$work/conf" 2>"$work/err" || fail "there is no such cgroup"
	grep "one.conf:1: block 'x': nothing of it is done" "$work/err"
	equal "cgroup" "$(regions '[.cgroup, .areas]')" '[["/apply",1]]'
}
promise "a region of a cgroup; if there is none, the region stays as it is" of_cgroup

changed()
{
	local before

	linear d 16
	config one <<<'x { devices = "d" areas = 4 group = "a" }'
	apply
	io -c 10 write /dev/mapper/d 0 8
	before=$(regions '[.region_id, .created]')
	config one <<-END
		x {
			devices = "d" areas = 4
			group = "b" program = "p" user_data = "u"
			slow = "10ms" tell_errors = 1
		}
	END
	would 3
	said "group 'a' -> 'b'"
	said "slow none -> 10 ms, tell errors no -> yes, tell rate none -> 1000"
	equal "group" "$(regions .group)" '["a"]'
	apply
	said "1 changed"
	equal "labels" "$(regions '[.group, .program_id, .user_data, .slow_ns]')" \
		'[["b","p","u",10000000]]'
	settled
	config one <<<'x { devices = "d" areas = 4 }'
	apply
	equal "labels" "$(regions '[.group, .program_id, .user_data, .slow_ns,
		.tell_errors]')" '[["","",null,0,false]]'
	settled
	equal "ids" "$(regions '[.region_id, .created]')" "$before"
	equal "writes" "$(total "$(regions .region_id | jq '.[]')")" \
		"read 0/0/0 write 10/80/0 discard 0/0/0"

	dmstat-nl set --group by-hand d
	apply
	said "group 'by-hand' -> ''"
	equal "group" "$(regions .group)" '[""]'
}
promise "what can be changed in place is, and the counts stay" changed

replaced()
{
	local settings number=0 before

	while read -r settings; do
		number=$((number + 1))
		zeros "d$number"
		echo "b$number { devices = \"d$number\" areas = 4 }" \
			>>"$work/before"
		echo "b$number { devices = \"d$number\" $settings }"
	done >"$work/after" <<-END
		areas = 8
		area_size = 512
		areas = 4 histogram = "auto"
		areas = 4 start = 8
		segments = 1
	END
	config one <"$work/before"
	apply
	before=$(regions .created)
	config one <"$work/after"
	would 3
	equal "lines" "$(grep -c 'would delete and create again region' "$work/said")" 5
	said "5 to delete and create again"
	equal "before" "$(regions .created)" "$before"
	apply
	equal "regions" "$(regions .device_name)" '["d1","d2","d3","d4","d5"]'
	equal "of before" "$(jq -nc "$before - $(regions .created) | length")" 5
	equal "areas" "$(regions .areas)" '[8,4,4,4,1]'
	settled
}
promise "what cannot be changed is deleted and made again, and it says so" replaced

others()
{
	local theirs

	zeros d e
	dmstat-nl create --areas 4 --program p --group g d
	config one <<<'x { devices = [ "d", "e" ] areas = 4 program = "p" group = "g" }'
	theirs=$(regions .)
	apply
	equal "regions" "$(regions . | jq length)" 3
	settled
	config one <<<'x { devices = "e" areas = 4 program = "p" group = "g" }'
	would 3
	said "on d: not asked for any more"
	apply
	said "1 deleted"
	equal "regions" "$(regions '[.device_name, .program_id, .group]')" \
		'[["d","p","g"],["e","p","g"]]'
	rm "$work/conf/one.conf"
	apply
	equal "regions" "$(regions .)" "$theirs"
	apply
	said "no region is asked for"
}
promise "what is not asked for any more goes; what others made stays" others

governed()
{
	zeros a b c
	config a <<<'a { devices = "a" }'
	config b <<<'b { devices = "b" }'
	apply
	equal "devices" "$(regions .device_name)" '["a","b"]'

	mkdir "$work/other"
	echo 'b { devices = "c" }' >"$work/other/c.conf"
	apply "$work/other/c.conf"
	said "1 created"
	equal "devices" "$(regions .device_name)" '["a","b","c"]'
	(cd "$work/conf" && apply ./../conf/a.conf)
	said "nothing to do: 1 region is as asked for"

	echo >"$work/conf/a.conf"
	apply "$work/conf/a.conf"
	equal "devices" "$(regions .device_name)" '["b","c"]'
	rm "$work/conf/b.conf"
	apply
	equal "devices" "$(regions .device_name)" '["c"]'
	apply "$work/other"
	said "nothing to do: 1 region is as asked for"

	# A block that moves within a folder keeps its region.
	mv "$work/other/c.conf" "$work/other/d.conf"
	apply "$work/other"
	said "nothing to do: 1 region is as asked for"
	rm "$work/other/d.conf"
	apply "$work/other"
	said "1 deleted"
}
promise "apply FILE touches only what came from that file or folder" governed

by_default()
{
	zeros d
	[[ ! -e /etc/dmstat.d ]] || skip "there is an /etc/dmstat.d"
	dmstat-nl apply 2>&1 | tee "$work/said"
	said "there is no /etc/dmstat.d"
	mkdir /etc/dmstat.d
	later rm -r /etc/dmstat.d
	echo 'x { devices = "d" }' >/etc/dmstat.d/x.conf
	echo 'y { devices = "d"' >/etc/dmstat.d/y.conf.dpkg-old
	echo 'z { devices = "d"' >/etc/dmstat.d/.z.conf
	dmstat-nl apply
	equal "devices" "$(regions .device_name)" '["d"]'
	equal "of two blocks" "$(echo 'y { devices = "*" }' >/etc/dmstat.d/y.conf
		dmstat-nl apply -j | jq -c '[.created, .kept, .failed]')" '[1,1,0]'
}
promise "without an argument, /etc/dmstat.d/*.conf is read; two blocks make two regions" \
	by_default

as_json()
{
	zeros d
	config one <<<'x { devices = "d" }'
	equal "dry run" "$({ dmstat-nl apply --dry-run -j "$work/conf" || true; } | jq -c \
		'[.dry_run, .created, (.actions[] | .action, .done, .device_name)]')" \
		'[true,1,"create",false,"d"]'
	dmstat-nl apply -j "$work/conf" | jq -c \
		'[.created, (.actions[] | .block, .region_id)]' >"$work/said"
	equal "apply" "$(cat "$work/said")" "[1,\"x\",$(regions .region_id |
		jq '.[]')]"
	config one <<<'x { devices = "d" group = "g" areas = 2 }'
	equal "differences" "$(dmstat-nl apply -j "$work/conf" |
		jq -c '[.replaced, .actions[].differs]')" '[1,["areas","group"]]'
}
promise "JSON has each action, and how many there were" as_json

mistakes()
{
	local line text

	zeros d
	config good <<<'good { devices = "d" }'
	while IFS='|' read -r text line message; do
		printf '%b\n' "$text" >"$work/conf/bad.conf"
		refuses "$work/conf/bad.conf:$line: $message" "$work/conf"
	done <<-'END'
		x {\n\n devices = "d|3|the text that starts with "d has no " at its end
		x {\n devices = d }|2|d is no number: write it in quotation marks: "d"
		x {\n devices = "d"\n|1|the block 'x' has no } at its end
		x { devices = "d" }\n}|2|there is no block that this } ends
		x {\n devices = “d” }|2|“d”: write straight quotation marks
		x { devices = "d" areas = -1 }|1|-1 is no whole number
		x { devices = "d" areas = 0x10 }|1|0x10 is no whole number
		x { devices = "d" areas = 8k }|1|8k is no number: write it in quotation marks
		x { devices = "d", "e" }|1|',': a list has [ ] around it
		x { devices = "d"; }|1|';': leave it out
		x { devices = "d" areas = 8; }|1|';': leave it out
		x { devices = d; }|1|d is no number: write it in quotation marks: "d"
		x {\n // all of them\n devices = "d" }|2|a comment begins with #
		[x]\ndevices = "d"|1|a block is written NAME { ... }
		x = { devices = "d" }|1|'x': leave out the = between
		\xef\xbb\xbfx { devices = "d" }|1|a byte order mark
		devices = "d"|1|'devices': a key is in a block: write NAME { ... } around it
		x {\n y {\n|2|'y': a block in a block
		x { devices = [ "d" "e" ] }|1|a comma is missing in a list
		x { devices = [ "d",\n |1|the list that starts here has no ] at its end
		x { devices "d" }|1|'devices': a = is missing
		x { devices = }|1|a value is missing
		x { devices = "d" areas = 010 }|1|010: leave out the 0
		x { devices = "d" areas = 1234567890123456789 }|1|1234567890123456789 is too large
		x/y { devices = "d" }|1|'x/y' is not the name of a block
		x {\n devices = "d"\n area = 3 }|3|unknown key 'area': do you mean 'areas'?
		x { device = "d" }|1|unknown key 'device': do you mean 'devices'?
		x { devices = "d" area-size = 3 }|1|unknown key 'area-size': do you mean 'area_size'?
		x { devices = "d" colour = 3 }|1|unknown key 'colour'; there are devices, uuids
		x { devices = 5 }|1|devices: give a text in quotation marks
		x { devices = [] }|1|devices: the list is empty
		x { devices = "" }|1|devices: an empty text matches nothing
		x { devices = "dm-0" }|1|devices: 'dm-0': another device after a reboot: give the name
		x { devices = [ "d",\n "/dev/dm-12" ] }|2|devices: '/dev/dm-12': another device
		x { devices = "253:3" }|1|devices: '253:3': another device
		x { devices = "d" areas = [ 1, 2 ] }|1|areas: give one value, not a list
		x { devices = "d" areas = 0 }|1|areas: '0': give 1 or more
		x { devices = "d" area_size = 0 }|1|area_size: '0': give a sector or more
		x { devices = "d" length = "0k" }|1|length: '0k': give a sector or more
		x { devices = "d" areas = "4x" }|1|areas: '4x': not a number
		x { devices = "d" area_size = "1MiB" }|1|area_size: '1MiB': not a whole number and one of bskmgtpeBSKMGTPE: write 1m
		x { devices = "d" slow = 5 }|1|slow: '5': a unit is missing
		x { devices = "d" tell_errors = 2 }|1|tell_errors: give 1 for yes, or 0 for no
		x { devices = "d" tell_rate = 5 }|1|the block 'x' has tell_rate, but tells nothing
		x { devices = "d"\n histogram = [ "5ms",\n "1ms" ] }|3|histogram: '1ms': not longer than
		x { devices = "d" areas = 1 area_size = 1 }|1|the block 'x' has areas and area_size
		x { devices = "d" areas = 1 areas = 2 }|1|areas is there twice
		x { devices = "d" files = "/x" }|1|the block 'x' has devices and files
		x { devices = "d" follow = "inode" }|1|the block 'x' has follow, which is for files
		x { files = "/x" follow = "name" }|1|follow: 'name': give "inode" or "path"
		x { files = "x" }|1|files: 'x': give the whole path
		x { files = "/x" areas = 3 }|1|the block 'x' has files and areas
		x { areas = 3 }|1|the block 'x' names nothing
		x { devices = "d" user_data_file = "/none" }|1|user_data_file: '/none': No such file
		x { devices = "d" user_data = "a" user_data_file = "/dev/null" }|1|the block 'x' has user_data and
		x { devices = "d" }\nx { devices = "e" }|2|there is a block 'x' in
		x { devices = "d" }\0|1|a zero byte
	END
	config bad <<<'good { devices = "d" }'
	refuses "good.conf:1: there is a block 'good' in $work/conf/bad.conf:1" \
		"$work/conf"
	rm "$work/conf/bad.conf"
	equal "regions" "$(regions .)" "[]"
	config long <<<"x { devices = \"d\" group = \"$(printf 'g%.0s' {1..256})\" }"
	refuses "group: the text has 256 bytes: at most 255" "$work/conf"
	refuses "/none: No such file" "$work/none"
	equal "regions" "$(regions .)" "[]"
}
promise "a bad file is refused with its line, and nothing is done, from any file" mistakes

trusted()
{
	zeros d
	config one <<<'x { devices = "d" }'
	chmod g+w "$work/conf/one.conf"
	refuses "one.conf: others than its owner may write to it" "$work/conf"
	chmod g-w,o+w "$work/conf/one.conf"
	refuses "may write to it" "$work/conf"
	chmod o-w "$work/conf/one.conf"
	chown 1000 "$work/conf/one.conf"
	refuses "one.conf: it belongs to user 1000" "$work/conf"
	rm "$work/conf/one.conf"
	mkfifo "$work/conf/one.conf"
	refuses "one.conf: not a regular file" "$work/conf"
	rm "$work/conf/one.conf"
	mkdir "$work/conf/one.conf"
	refuses "one.conf: not a regular file" "$work/conf"
	rmdir "$work/conf/one.conf"
	apply
}
promise "files that others can write to are refused" trusted

trusted_folder()
{
	local folder=$work/conf

	zeros d
	config one <<<'x { devices = "d" }'
	ln -s conf "$work/link"
	for path in "$folder" "$work/link/" "$folder/one.conf" "$work/link/one.conf"; do
		chmod 775 "$folder"
		refuses "$folder: others than its owner may write to this folder" "$path"
		chmod 757 "$folder"
		refuses "may write to this folder: 'chmod go-w' it" "$path"
		chmod 755 "$folder"
		chown 1000 "$folder"
		refuses "$folder: it belongs to user 1000" "$path"
		chown 0 "$folder"
	done
	(cd "$folder" && chmod 777 . && refuses "$folder: others" one.conf)
	equal "regions" "$(regions .)" "[]"
	# As /tmp: whoever puts a file there cannot make it root's.
	chmod 1777 "$folder"
	apply
	said "1 created"
	chmod 755 "$folder"
	settled
}
promise "files in a folder that others can write to are refused" trusted_folder

# volume NAME SUFFIX TARGET: a device as LVM makes it.
volume()
{
	volumes=$((volumes + 1))
	dmsetup create "v--g-$1" --table "0 2048 $3" \
		--uuid "LVM-$(printf '%064d' "$volumes")$2"
	later remove_dm "v--g-$1"
}

beyond()
{
	zeros d other
	config one <<<'x { devices = "d" start = "1g" } y { devices = "other" }'
	! dmstat-nl apply "$work/conf" 2>"$work/err" || fail "not all of it can be done"
	grep "one.conf:1: block 'x': start and length are not on 'd' of 1 MiB" \
		"$work/err"
	equal "regions" "$(regions .device_name)" '["other"]'
}
promise "a range that is not on a device is said, and the others are done" beyond

# refused_areas SETTINGS MESSAGE: in a dry run and in a real one.
refused_areas()
{
	local option

	config one <<<"x { devices = \"d\" $1 } y { devices = \"other\" areas = 2048 }"
	for option in --dry-run ''; do
		# shellcheck disable=SC2086
		! dmstat-nl apply $option "$work/conf" >"$work/said" 2>"$work/err" ||
			fail "not all of it can be done"
		cat "$work/said" "$work/err"
		grep -qF "one.conf:1: block 'x': $2" "$work/err"
		said "1 failed"
	done
	equal "regions" "$(regions .device_name)" '["other"]'
}

too_many_areas()
{
	modprobe dm-zero
	dm other "0 2048 zero"
	dm d "0 2048 zero"
	refused_areas 'areas = 2049' \
		"2049 areas in 2048 sectors of 'd': give at most 2048"
	refused_areas 'start = 8 areas = 2041' \
		"2041 areas in 2040 sectors of 'd': give at most 2040"
	dmsetup remove d
	dm d "0 8589934592 zero"
	refused_areas 'area_size = 1' \
		"8589934592 areas in 8589934592 sectors of 'd': give an area_size of at least 3 sectors"
}
promise "more areas than sectors are refused in the dry run, too" too_many_areas

# matched SETTINGS: the devices that get regions, without the beginning of volumes.
matched()
{
	config one <<<"x { $1 }"
	apply >&2
	regions .device_name | jq -c 'map(ltrimstr("v--g-")) | sort'
}

of_names()
{
	volumes=0
	zeros other
	volume db--1 '' zero
	volume web '' error
	volume pool_tdata -tdata error
	volume db--1-real -real zero
	equal "vg/lv" "$(matched 'devices = "v-g/db*"')" '["db--1"]'
	equal "/dev/vg/lv" "$(matched 'devices = [ "/dev/v-g/[dp]*", "v-g/none" ]')" \
		'["db--1"]'
	equal "the volumes that lvs shows" "$(matched 'devices = "v-g/*"')" \
		'["db--1","web"]'
	equal "a hidden one" "$(matched 'devices = "v-g/pool_tdata"')" \
		'["pool_tdata"]'
	equal "device-mapper's names" "$(matched 'devices = [ "v--g-d*", "/dev/mapper/oth?r" ]')" \
		'["db--1","db--1-real","other"]'
	mkdir -p /dev/disk/by-label
	ln -s /dev/mapper/other /dev/disk/by-label/home
	later rm /dev/disk/by-label/home
	equal "a link of udev" "$(matched 'devices = "/dev/disk/by-label/home"')" \
		'["other"]'
	equal "uuids and names" "$(matched 'uuids = "LVM-*0002" devices = "other"')" \
		'["other","web"]'
	equal "types" "$(matched 'types = [ "none", "err*" ]')" \
		'["pool_tdata","web"]'
	equal "types of devices" "$(matched 'devices = "v-g/*" types = "zero"')" \
		'["db--1"]'
	equal "all" "$(matched 'devices = "*"' | jq length)" 5
	equal "none" "$(matched 'devices = "v-g/no*"' 2>"$work/err")" '[]'
	cat "$work/err"
	grep -qx "dmstat-nl: $work/conf/one.conf:1: block 'x': nothing matches it now" \
		"$work/err"
}
promise "devices are matched by names, vg/lv, uuids and types of targets" of_names

# missing KEYS SAYS: of what is there, nothing else is said.
missing()
{
	echo "block: $1"
	config one <<<"x { $1 }"
	dmstat-nl apply --dry-run "$work/conf" >/dev/null 2>"$work/err" || (($? == 3))
	cat "$work/err"
	equal "said" "$(sed "s,^dmstat-nl: $work/conf/one.conf:1: block 'x': ,," "$work/err")" "$2"
}

what_is_missing()
{
	volumes=0
	zeros other
	volume db--1 '' zero
	missing 'devices = "other"' ""
	missing 'devices = [ "other", "v-g/logs", "v-g/*" ]' "'v-g/logs' matches nothing now"
	missing 'devices = "v-g/db-11"' "'v-g/db-11' matches nothing now: do you mean 'v-g/db-1'?"
	missing 'devices = "v-g/db-2"' "'v-g/db-2' matches nothing now"
	zeros mpatha
	missing 'devices = "mpathb"' "'mpathb' matches nothing now"
	missing 'devices = "mpath"' "'mpath' matches nothing now: do you mean 'mpatha'?"
	missing 'devices = "V-G/db-1"' "'V-G/db-1' matches nothing now: do you mean 'v-g/db-1'?"
	missing 'devices = "v-g-db-1"' "'v-g-db-1' matches nothing now: do you mean 'v--g-db--1'?"
	missing 'devices = "/dev/mapper/othr"' \
		"'/dev/mapper/othr' matches nothing now: do you mean 'other'?"
	missing 'devices = "v-g"' \
		"'v-g' matches nothing now: 'v-g/*' are the volumes of this group"
	missing 'devices = "/dev/v-g/"' \
		"'/dev/v-g/' matches nothing now: 'v-g/*' are the volumes of this group"
	missing 'devices = "other,more"' "'other,more' matches nothing now: a list is [ \"a\", \"b\" ]"
	missing 'devices = "/srv/db"' \
		"'/srv/db' matches nothing now: files and folders are named by 'files'"
	missing 'files = "/dev/mapper/other"' \
		"'/dev/mapper/other' matches nothing now: devices are named by 'devices'"
	missing 'files = "/proc/version"' "'/proc/version' matches nothing now: it has no data on a disk"
	missing 'files = "/dev/null"' "'/dev/null' matches nothing now: it is neither a file nor a folder"
	missing "files = [ \"$work/none\", \"$work/no*\" ]" "'$work/none' matches nothing now"
}
promise "what a block names and is not there is told, with what may be meant" what_is_missing

one_area()
{
	local name

	zeros d e f
	config one <<-END
		default { devices = "d" }
		one { devices = "e" areas = 1 }
		two { devices = "f" areas = 2 }
	END
	would 3
	said "default: would create a region on d: 1 MiB in 1 area"
	said "one: would create a region on e: 1 MiB in 1 area"
	apply
	dmstat-nl list | tee "$work/list"
	equal "area sizes as shown" "$(awk '$5 == "1" && $6 == "MiB" && $7 == "1" ||
		$7 == "512" && $9 == "2" { print $2 }' "$work/list" | sort | xargs)" "d e f"
	region=$(regions 'select(.device_name == "d").region_id' | jq '.[]')
	equal "as reported" "$(dmstat-nl report --region -o area_len --noheadings \
		--units s d | tr -d ' ')" 2048
	io -c 10 write /dev/mapper/d 0 8
	for name in d e f; do
		resize "$name" 4096
	done
	apply
	said "3 changed"
	equal "areas" "$(regions '[.device_name, .length, .areas]' | jq -c sort)" \
		'[["d",4096,1],["e",4096,1],["f",4096,4]]'
	io -c 5 write /dev/mapper/d 2048 8
	equal "writes" "$(total "$region")" "read 0/0/0 write 15/120/0 discard 0/0/0"
	settled
}
promise "one area stays one when the device grows; several keep their size" one_area

# lvm_of_nullb COMMAND ARGUMENT...: of volumes on /dev/nullb0.
lvm_of_nullb()
{
	lvm "$1" --devices /dev/nullb0 --config 'devices { types = ["nullb", 16] }' \
		"${@:2}" >"$work/lvm" 2>&1 || fail "$(cat "$work/lvm")"
}

of_lvm()
{
	command -v lvm >/dev/null || skip "there is no lvm"
	nullb 0 64
	lvm_of_nullb pvcreate /dev/nullb0
	lvm_of_nullb vgcreate v-g /dev/nullb0
	later lvm_of_nullb vgchange -an v-g
	lvm_of_nullb lvcreate -Zn -l 2 -n db v-g
	config one <<<'x { devices = "v-g/d*" areas = 4 }'
	apply
	region=$(regions .region_id | jq '.[]')
	io -c 10 write /dev/v-g/db 0 8

	lvm_of_nullb lvextend -l +2 v-g/db
	would 3
	said "length 8 MiB -> 16 MiB"
	apply
	equal "length and areas" "$(regions '[.region_id, .length, .areas]')" \
		"[[$region,32768,8]]"
	equal "writes" "$(total "$region")" "read 0/0/0 write 10/80/0 discard 0/0/0"
	io -c 5 write /dev/v-g/db 16384 8
	equal "writes" "$(total "$region")" "read 0/0/0 write 15/120/0 discard 0/0/0"
	settled

	lvm_of_nullb lvrename v-g/db v-g/data
	settled
	lvm_of_nullb lvrename v-g/data v-g/web
	apply
	equal "regions" "$(regions .)" "[]"
}
promise "a logical volume that grows and is renamed" of_lvm

# paths: the files that have regions, below $mnt.
paths()
{
	regions .file | jq -c --arg mnt "$mnt/" 'map(ltrimstr($mnt)) | sort'
}

of_files()
{
	ext4
	mkdir -p "$mnt/mail/a/b"
	write_file "$mnt/mail/one.db" 128
	write_file "$mnt/mail/two.txt" 64
	write_file "$mnt/mail/a/b/three.db" 64
	write_file "$mnt/big file" 64
	touch "$mnt/mail/empty"
	ln -s one.db "$mnt/mail/link.db"
	ln "$mnt/mail/one.db" "$mnt/mail/same.db"
	config one <<<"mail { files = [ \"$mnt/mail\", \"$mnt/big*\" ] area_size = \"64k\" }"
	would 3
	said "mail: would create a region of $mnt/big file on d: 1 extent of 64 KiB"
	apply
	equal "all" "$(paths)" '["big file","mail/a/b/three.db","mail/one.db","mail/two.txt"]'
	region=$(regions 'select(.file | endswith("/one.db")) | .region_id' | jq '.[]')
	equal "sectors" "$(areas "$region" | awk '{ n += $2 } END { print n }')" 256
	settled
	config one <<<"mail { files = \"$mnt/mail\" recursive = 0 area_size = \"64k\" }"
	apply
	equal "of a folder" "$(paths)" '["mail/one.db","mail/two.txt"]'
	config one <<<"mail { files = \"$mnt/mail/*.db\" group = \"g\" area_size = \"64k\" }"
	apply
	said "user data"
	equal "of a pattern" "$(paths)" '["mail/one.db"]'
	equal "with a group" "$(regions .group)" '["g"]'
	config one <<<"mail { files = \"$mnt/mail/*.db\" follow = \"path\" }"
	apply
	equal "by paths" "$(paths)" '["mail/one.db","mail/same.db"]'
	settled
}
promise "files are named by paths, patterns and folders" of_files

of_xfs()
{
	xfs
	write_file "$mnt/a" 128
	write_file "$mnt/b" 64
	config one <<<"x { files = \"$mnt\" }"
	apply
	equal "files" "$(paths)" '["a","b"]'
	io -c 5 write "$mnt/a" 0 8
	equal "writes" "$(total "$(regions 'select(.file | endswith("/a")) | .region_id' |
		jq '.[]')" | cut -d ' ' -f 4)" "5/40/0"
	settled
}
promise "files on xfs" of_xfs

moved()
{
	local inode path

	ext4
	write_file "$mnt/a1" 64
	write_file "$mnt/a2" 64
	config one <<-END
		inode { files = "$mnt/a*" area_size = "64k" }
		path { files = "$mnt/a*" area_size = "64k" follow = "path" user_data = "p" }
	END
	apply
	# file_region USER-DATA FILE: the id of its region.
	file_region()
	{
		regions "select(.user_data == $1 and .file == \"$mnt/$2\") | .region_id" |
			jq '.[]'
	}
	inode=$(file_region null a1)
	path=$(file_region '"p"' a1)
	mv "$mnt/a1" "$mnt/a3"
	write_file "$mnt/a1" 64
	apply
	equal "by inode: of the file that moved" "$(file_region null a3)" "$inode"
	equal "by path: of the file that is there" "$(file_region '"p"' a1)" "$path"
	equal "where it is" "$(areas "$path")" "$(areas "$(file_region null a1)")"
	equal "regions" "$(regions . | jq length)" 6
	settled
	rm "$mnt"/a*
	apply
	equal "regions" "$(regions .)" "[]"
}
promise "a file that moves keeps its region by inode, its successor by path" moved

grown()
{
	ext4
	write_file "$mnt/a" 256
	config one <<<"x { files = \"$mnt/a\" area_size = \"64k\" }"
	apply
	region=$(regions .region_id | jq '.[]')
	io -c 10 write "$mnt/a" 0 8
	dd if=/dev/zero of="$mnt/a" bs=64k count=4 seek=4 conv=notrunc,fsync status=none
	would 3
	said "would change region $region of $mnt/a on d: extents"
	apply
	equal "region" "$(regions .region_id)" "[$region]"
	equal "sectors" "$(areas "$region" | awk '{ n += $2 } END { print n }')" 1024
	equal "writes of before" "$(area_value "$region" 0 .write.ios)" 10
	truncate -s 64k "$mnt/a"
	apply
	equal "sectors" "$(areas "$region" | awk '{ n += $2 } END { print n }')" 128
	equal "writes of before" "$(area_value "$region" 0 .write.ios)" 10
	settled
}
promise "a file that grows and shrinks keeps its region, and what it counted" grown

damaged()
{
	local before

	zeros d e
	config one <<<'x { devices = [ "d", "e" ] }'
	apply
	# As if it had been killed while it wrote.
	truncate -s -5 /run/dmstat/apply.state
	apply
	said "nothing to do: 2 regions are as asked for"
	later dmstat-nl delete --all
	echo "what is this?" >>/run/dmstat/apply.state
	later rm /run/dmstat/apply.state
	before=$(regions .)
	! dmstat-nl apply "$work/conf" 2>"$work/err" || fail "nothing can be known"
	grep "apply.state:4: it is damaged: delete it" "$work/err"
	equal "regions" "$(regions .)" "$before"
}
promise "a state that is damaged is refused; an incomplete line is not lost" damaged

unreadable()
{
	local before

	ext4
	write_file "$mnt/a" 64
	mkdir "$work/elsewhere"
	printf 1 | tee "$work/elsewhere/"{a,b,c}
	config one <<<"x { files = [ \"$mnt/a\", \"$work/elsewhere\" ] }"
	! dmstat-nl apply "$work/conf" 2>"$work/err" || fail "not all of it can be done"
	cat "$work/err"
	equal "messages" "$(wc -l <"$work/err")" 1
	equal "files" "$(paths)" '["a"]'
	before=$(regions .)
	! apply 2>/dev/null || fail "not all of it can be done"
	equal "regions" "$(regions .)" "$before"
}
promise "a file that cannot be watched is said, and the others are done" unreadable

too_many()
{
	local before

	ext4
	zeros other
	write_file "$mnt/a" 64
	mkdir "$work/many"
	config one <<-END
		x { files = [ "$mnt/a", "$work/many" ] }
		y { devices = "other" }
	END
	apply
	before=$(regions '[.region_id, .created]' | jq -c '.[:1]')
	dmstat-nl delete other
	seq 10001 | (cd "$work/many" && split -l 1 -a 4)
	! dmstat-nl apply "$work/conf" >"$work/said" 2>"$work/err" ||
		fail "not all of it can be done"
	cat "$work/said" "$work/err"
	grep -q "more than 10000 files" "$work/err"
	grep -q "$work/conf/one.conf:1: block 'x': nothing of it is done" "$work/err"
	said "y: created region"
	said "1 created, 1 failed"
	equal "the region of x" "$(regions '[.region_id, .created]' |
		jq -c '.[:1]')" "$before"
	rm -r "$work/many"
	apply
	said "nothing to do: 2 regions are as asked for"
}
promise "a folder with too many files is said; its block stays, the others are done" too_many

reloaded()
{
	zeros d e
	config one <<<'x { devices = "d" }'
	apply
	unload
	load
	# The id that the region had.
	region e
	apply
	said "1 created"
	equal "devices" "$(regions .device_name)" '["e","d"]'
	rm "$work/conf/one.conf"
	apply
	equal "devices" "$(regions .device_name)" '["e"]'
}
promise "after the module was loaded again, others' regions are left alone" reloaded

# crowd COUNT: that many devices, c1 to cCOUNT.
crowd()
{
	modprobe dm-zero
	dmsetup create --concise \
		"$(seq -f 'c%g,,,rw,0 2048 zero' -s ';' "$1")"
	later dmsetup remove_all
}

two_at_once()
{
	crowd 100
	config one <<<'x { devices = "c*" }'
	apply >"$work/first" &
	apply >"$work/second"
	wait $!
	tail -n 1 "$work/first" "$work/second"
	equal "regions" "$(regions . | jq length)" 100
}
promise "two at once make each region once" two_at_once

killed()
{
	local i pid

	crowd 100
	for i in 1 2 3 4 5; do
		config one <<<"x { devices = \"c*\" areas = $i }"
		dmstat-nl apply "$work/conf" >"$work/said" &
		pid=$!
		sleep "0.$i"
		# It may be done already.
		kill -KILL "$pid" || true
		wait "$pid" || true
		regions . | jq length
	done
	apply | tail -n 1
	equal "regions" "$(regions .areas | jq -c 'unique, length')" $'[5]\n100'
	settled
}
promise "killed at any time, it makes nothing twice" killed

run_promises "$@"
