#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-nl apply --watch: the regions stay as configuration files ask for while
# devices and files come, change and go.

source "$(dirname "$0")/watching.sh"

# ---------------------------------------------------------------- devices

devices()
{
	zeros db1 web1
	config one <<<'databases { devices = "db*" areas = 4 }'
	watch
	wait_until have db1
	zeros db2
	wait_until have db1 db2
	dmsetup remove db1
	wait_until have db2
	dmsetup rename web1 db3
	later remove_dm db3
	wait_until have db2 db3
	dmsetup rename db2 web2
	later remove_dm web2
	wait_until have db3
	resize db3 4096
	wait_until have_sizes 4096
	resize db3 1024
	wait_until have_sizes 1024
	ended
}
promise "devices that appear, are removed, renamed, grow and shrink are followed" \
	devices

kept_counts()
{
	nullb 0 8
	dm d "0 4096 linear /dev/nullb0 0"
	config one <<<'all { devices = "d" area_size = "1m" }'
	watch
	wait_until have d
	region=$(dmstat-nl list -j | jq '.regions[0].region_id')
	io write /dev/mapper/d 0 8
	dmsetup suspend d
	dmsetup load d --table "0 8192 linear /dev/nullb0 0"
	dmsetup resume d
	wait_until have_sizes 8192
	equal "region" "$(dmstat-nl list -j | jq '.regions[0].region_id')" \
		"$region"
	io write /dev/mapper/d 6144 8
	equal "writes of each area" "$(writes "$region")" "1 0 0 1"
	ended
}
promise "a region grows with its device and keeps its counts" kept_counts

# writes REGION: of each area.
writes()
{
	dmstat-nl print -j "$1" |
		jq -r '[.areas[].write.ios] | join(" ")'
}

# ------------------------------------------------------------------ files

# fs CONFIGURATION: ext4 at $mnt, and a configuration, in which %s is that.
fs()
{
	ext4
	# shellcheck disable=SC2059
	printf "$1" "$mnt" | config one
}

# groups: paths of the files that regions are made of.
groups()
{
	dmstat-nl list -j | jq -r '[.regions[].group] | sort | join(" ")' |
		sed "s,$mnt/,,g"
}

have_groups()
{
	[[ $(groups) == "$*" ]]
}

id_of()
{
	dmstat-nl list -j | jq --arg group "$mnt/$1" \
		'.regions[] | select(.group == $group).region_id'
}

# in_place FILE: whether its region is where it is.
in_place()
{
	local region

	region=$(id_of "$1")
	[[ $region ]] || return 1
	[[ $(sectors_of_file "$1") == $(sectors_of_region "$region") ]]
}

# The sectors, as ranges START-END.
sectors_of_file()
{
	filefrag -e -b512 "$mnt/$1" | tr -d ':.' |
		awk '$1 ~ /^[0-9]+$/ && NF >= 6 { print $4, $4 + $6 }' | join_ranges
}

sectors_of_region()
{
	dmstat-nl print -j "$1" |
		jq -r '.areas[] | "\(.start) \(.start + .length)"' | join_ranges
}

join_ranges()
{
	sort -n | awk '
		NR > 1 && $1 == end { end = $2; next }
		NR > 1 { print start, end }
		{ start = $1; end = $2 }
		END { if (NR) print start, end }'
}

files()
{
	fs 'f { files = "%s/*.db" follow = "path" }'
	write_file "$mnt/a.db" 256
	write_file "$mnt/other" 64
	watch
	wait_until have_groups a.db
	wait_until in_place a.db
	id=$(id_of a.db)

	echo "# grows"
	write_file "$mnt/between" 64
	dd if=/dev/zero of="$mnt/a.db" bs=64k count=8 oflag=append conv=notrunc,fsync \
		status=none
	wait_until in_place a.db
	equal "region" "$(id_of a.db)" "$id"
	echo "# shrinks"
	truncate -s 100K "$mnt/a.db"
	wait_until in_place a.db
	equal "region" "$(id_of a.db)" "$id"

	echo "# new ones"
	write_file "$mnt/b.db" 64
	wait_until have_groups a.db b.db
	: >"$mnt/empty.db"
	mkdir "$mnt/c.db.dir"
	mv "$mnt/other" "$mnt/c.db"
	wait_until have_groups a.db b.db c.db
	write_file "$mnt/empty.db" 64
	wait_until have_groups a.db b.db c.db empty.db

	echo "# replaced"
	write_file "$mnt/new" 512
	mv "$mnt/new" "$mnt/a.db"
	wait_until in_place a.db
	equal "region" "$(id_of a.db)" "$id"
	rm "$mnt/a.db"
	write_file "$mnt/a.db" 128
	wait_until in_place a.db

	echo "# renamed and removed"
	mv "$mnt/b.db" "$mnt/b"
	rm "$mnt/c.db"
	wait_until have_groups a.db empty.db
	umount "$mnt"
	wait_until have_groups ""
	mount /dev/mapper/d "$mnt"
	wait_until have_groups a.db empty.db
	ended
}
promise "files that come, grow, shrink, are replaced and removed are followed" \
	files

appended()
{
	fs 'f { files = "%s/log" follow = "path" }'
	write_file "$mnt/log" 64
	watch
	wait_until in_place log
	id=$(id_of log)
	# Something else gets the space behind it.
	write_file "$mnt/between" 64
	dd if=/dev/zero of="$mnt/log" bs=64k count=1 conv=notrunc oflag=direct \
		status=none
	equal "writes before" "$(total_of "$id")" 1
	dd if=/dev/zero of="$mnt/log" bs=64k count=1 oflag=append \
		conv=notrunc,fsync status=none
	wait_until in_place log
	dd if=/dev/zero of="$mnt/log" bs=64k count=2 conv=notrunc oflag=direct \
		status=none
	writes "$id"
	equal "writes" "$(total_of "$id")" 3
	ended
}
promise "what is written to a file that has grown is counted, and so is what was" \
	appended

total_of()
{
	echo $(($(writes "$1" | tr ' ' '+')))
}

by_inode()
{
	fs 'f { files = "%s/in/*" follow = "inode" }'
	mkdir "$mnt/in" "$mnt/out"
	write_file "$mnt/in/a" 64
	watch
	wait_until have_groups in/a
	id=$(id_of in/a)
	mv "$mnt/in/a" "$mnt/in/b"
	wait_until have_groups in/b
	mv "$mnt/in/b" "$mnt/out/c"
	wait_until have_groups out/c
	write_file "$mnt/in/b" 64
	wait_until have_groups in/b out/c
	equal "region" "$(id_of out/c)" "$id"
	write_file "$mnt/between" 64
	dd if=/dev/zero of="$mnt/out/c" bs=64k count=1 oflag=append \
		conv=notrunc,fsync status=none
	wait_until in_place out/c
	mv "$mnt/out/c" "$mnt/out/d"
	wait_until have_groups in/b out/d
	equal "region" "$(id_of out/d)" "$id"

	echo "# removed while it is open"
	exec 8<"$mnt/out/d"
	rm "$mnt/out/d"
	sleep 3
	equal "regions" "$(groups)" "in/b out/d"
	exec 8<&-
	wait_until have_groups in/b
	# Nothing holds the file system.
	umount "$mnt"
	wait_until have_groups ""
	mount /dev/mapper/d "$mnt"
	wait_until have_groups in/b
	ended
}
promise "by inode, a file is followed wherever it goes, until it is gone" by_inode

overflow()
{
	local most=/proc/sys/fs/inotify/max_queued_events before

	fs 'f { files = "%s/in/*.db" follow = "path" }'
	mkdir "$mnt/in"
	write_file "$mnt/in/first.db" 64
	before=$(cat "$most")
	later eval "echo $before >$most"
	echo 16 >"$most"
	watch
	wait_until in_place in/first.db
	sleep 2
	# Names that do not matter fill the queue before the one that does.
	kill -STOP "$watcher"
	touch "$mnt/in/other"{1..30}
	write_file "$mnt/in/last.db" 64
	kill -CONT "$watcher"
	wait_until have_groups in/first.db in/last.db
	ended
}
promise "a file is found although its event was lost in too many" overflow

# ----------------------------------------------------- module, others, reload

busy()
{
	linear d 16
	config one <<<'x { devices = "d" length = "1m" area_size = "64k" }'
	watch
	wait_until have_sizes 2048
	hold d write /dev/mapper/d 0 8
	wait_until in_flight d 1
	config one <<<'x { devices = "d" length = "2m" area_size = "64k" }'
	kill -HUP "$watcher"
	wait_until have_sizes 4096
	config one <<<'x { devices = "d" length = "3m" area_size = "64k" }'
	kill -HUP "$watcher"
	wait_until grep -q "0 failed, 1 busy" "$work/told"
	equal "sizes" "$(sizes)" 4096
	release d
	wait_until have_sizes 6144
	wait_until grep -q "STATUS=1 regions as asked for, .* 0 busy" "$work/told"
	ended
}
promise "a region that is busy is changed a second after its I/O has ended" busy

module()
{
	zeros d
	config one <<<'all { devices = "*" }'
	watch
	wait_until have d
	rmmod dmstat
	wait_until grep -q "was unloaded" "$work/log"
	zeros e
	sleep 2
	[[ ! -d /sys/module/dmstat ]] || fail "the module was loaded again"
	modprobe dmstat
	wait_until have d e
	ended
}
promise "regions are made again when the module was unloaded and loaded, not before" \
	module

others()
{
	zeros d
	config one <<<'all { devices = "*" }'
	watch
	wait_until have d
	region --program mine d
	dmstat-nl delete "$(dmstat-nl list -j |
		jq '[.regions[].region_id] | min')"
	wait_until have d d
	equal "regions" "$(dmstat-nl list -j | jq -c '[.regions[].program_id]')" \
		'["mine",""]'
	ended
}
promise "a region that others delete is made again, and theirs are left alone" others

reloaded()
{
	zeros d e
	config one <<<'one { devices = "d" }'
	watch
	wait_until have d
	config one <<<'one { devices = "d" areas = 2 } two { devices = "e" }'
	kill -HUP "$watcher"
	wait_until have d e
	config two <<<'three { devices = "e" areas = "many" }'
	kill -HUP "$watcher"
	wait_until grep -q "two.conf:1" "$work/log"
	wait_until grep -q "stays as it was" "$work/log"
	equal "regions" "$(names)" "d e"
	zeros f
	rm "$work/conf/two.conf"
	config one <<<'two { devices = [ "e", "f" ] }'
	kill -HUP "$watcher"
	wait_until have e f
	cat "$work/told"
	grep -qx RELOADING=1 "$work/told" || fail "no RELOADING=1"
	ended
	wait_until notified STOPPING=1
}
promise "SIGHUP has the configuration read again; one with mistakes changes nothing" \
	reloaded

# missing_are NAME TIMES: how often that was said.
missing_are()
{
	(($2 == $(grep -c "'$1' matches nothing now" "$work/log" || true)))
}

# What was said is not said again soon; so "gone", of which nothing was said, is looked
# for, too.
missing()
{
	zeros d gone
	config one <<<'x { devices = [ "d", "gone", "later", "more*" ] }'
	watch
	wait_until have d gone
	wait_until missing_are later 1
	zeros e later
	wait_until have d gone later
	dmsetup remove --retry later
	dmsetup remove --retry gone
	wait_until have d
	# In another pass.
	zeros more
	wait_until have d more
	missing_are later 1
	missing_are gone 0
	kill -HUP "$watcher"
	wait_until missing_are later 2
	wait_until missing_are gone 1
	ended
}
promise "what is named and not there is told when the configuration was read, once" missing

refused_at_start()
{
	config one <<<'one { devices = "d" areas = "many" }'
	refused 1 "one.conf:1" dmstat-nl apply --watch "$work/conf"
	config one <<<'one { devices = "d" }'
	refused 2 "not both" dmstat-nl apply --watch --dry-run "$work/conf"
}

run_promises "$@"
