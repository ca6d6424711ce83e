#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-nl apply --watch when a thousand devices or files come at once.

source "$(dirname "$0")/watching.sh"

flood()
{
	local i

	config one <<<'some { devices = "f*[02468]" }'
	watch
	modprobe dm-zero
	for ((i = 0; i < 1000; i++)); do
		echo "f$i,,,rw,0 8 zero"
	done >"$work/table"
	later remove_flood
	dmsetup create --concise "$(paste -sd';' "$work/table")" || fail "devices"
	dmsetup remove f0
	dmsetup rename f2 g2
	dmsetup rename f3 f2
	wait_s=100
	wait_until flood_is_followed
	ended
}
promise "1,000 devices at once are followed, to the last one" flood

flood_is_followed()
{
	[[ $(dmstat-nl list -j | jq '.regions | length') == 499 ]]
}

remove_flood()
{
	dmsetup ls | sed -n 's/^\([fg][0-9]*\)\t.*/\1/p' | xargs dmsetup remove
}

many_files()
{
	local i

	linear d 64
	mounted ext4 /dev/mapper/d -q -F -N 4096
	printf 'f { files = "%s/many" }' "$mnt" | config one
	watch
	mkdir "$mnt/many" "$mnt/many/below"
	for ((i = 0; i < 1000; i++)); do
		echo "$i" >"$mnt/many/$i"
	done
	sync -f "$mnt"
	mv "$mnt/many/7" "$mnt/many/below/seven"
	rm "$mnt/many/8"
	echo >"$mnt/many/last"
	sync -f "$mnt"
	wait_s=100
	wait_until many_are_followed
	ended
}
promise "1,000 files at once are followed, to the last one" many_files

many_are_followed()
{
	dmstat-nl list -j | jq -r '.regions[].group' | sed "s,$mnt/many/,," |
		sort >"$work/seen"
	(cd "$mnt/many" && find . -type f | sed 's,^\./,,' | sort) |
		cmp -s - "$work/seen"
}

leaks()
{
	local file

	watch_program=dmstat-nl-sanitized
	# stdbuf's own library comes before it.
	export ASAN_OPTIONS=verify_asan_link_order=0
	linear d 64
	mounted ext4 /dev/mapper/d -q -F
	mkdir "$mnt/in"
	config one <<-END
		path { files = "$mnt/in" follow = "path" }
		inode { files = "$mnt/in/*" follow = "inode" group = "g" }
		devices { devices = "e*" types = "zero" histogram = "auto" user_data = "u" }
	END
	watch
	zeros e1 e2
	for file in 1 2 3 4; do
		write_file "$mnt/in/$file" 64
	done
	wait_until has_regions 10
	mv "$mnt/in/1" "$mnt/in/5"
	mv "$mnt/in/2" "$mnt/2"
	rm "$mnt/in/3"
	dmsetup rename e2 f2
	later remove_dm f2
	# By path 4 and 5, by inode these and 2.
	wait_until has_regions 6
	config two <<<'mistake { devices = "e1" area = 5 }'
	kill -HUP "$watcher"
	wait_until grep -q "stays as it was" "$work/log"
	config two <<<'two { devices = [ "e1", "f2" ] segments = 1 }'
	kill -HUP "$watcher"
	# The file 2 is not named, and those that are named are looked for again.
	wait_until has_regions 7
	rmmod dmstat
	wait_until grep -q "was unloaded" "$work/log"
	modprobe dmstat
	wait_until has_regions 7
	ended
}
promise "what comes and goes leaves nothing behind (address sanitizer)" leaks

has_regions()
{
	[[ $(dmstat-nl list -j | jq '.regions | length') == "$1" ]]
}

run_promises "$@"
