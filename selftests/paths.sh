#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dm-multipath whose paths fail and come back, and that is removed, under load. The
# counts without failures are in requests.sh.

source "$(dirname "$0")/lib.sh"

ms=1000000

# ------------------------------------------------------------------ paths

# path ORDER DISK: fail or reinstate.
path()
{
	dmsetup message d 0 "$1_path /dev/$2"
}

# unplug DISK: all I/O to it fails from now on.
unplug()
{
	echo offline >"/sys/block/$1/device/state"
}

plug_in()
{
	echo running >"/sys/block/$1/device/state"
}

# no_path NAME: whether both have failed.
no_path()
{
	(($(dmsetup status "$1" | grep -oE ' F [0-9]+' | wc -l) == 2))
}

# The one path fails; then there is none for a second.
tried_twice()
{
	two_paths ndelay=100000
	multipath d "1 queue_if_no_path"
	region d
	path fail "$second"
	unplug "$first"
	io -a -c 10 -s 100 write /dev/mapper/d 0 8 &
	wait_until no_path d
	wait_until in_flight d 10
	sleep 1
	equal "while there is no path" "$(counts "$region")" \
		"0: read 0/0/0 write 0/0/0 discard 0/0/0 flight 0/10"
	path reinstate "$second"
	wait
	expect_counts "$region" <<-END
		0: read 0/0/0 write 10/80/0 discard 0/0/0 flight 0/0
	END
	within "ns of both tries" "$(area_value "$region" 0 .write.ns)" \
		$((10000 * ms)) $((200000 * ms))
	nothing_in_flight d
	plug_in "$first"
}
promise "an I/O that is tried on two paths counts once, with all of its time" \
	tried_twice

fail_and_reinstate()
{
	local i

	two_paths ndelay=1000000
	multipath d "1 queue_if_no_path"
	region --areas 4 d
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2 \
		--number_ios=2000 >"$work/fio.result" &
	for i in 1 2 3 4; do
		path fail "$first"
		unplug "$second"
		sleep 0.2
		plug_in "$second"
		path reinstate "$second"
		path reinstate "$first"
		sleep 0.1
	done
	wait $!
	cat "$work/fio.result"
	within "failures of a path" "$(dmsetup status d |
		grep -oE ' A [0-9]+' | awk '{ n += $2 } END { print n }')" \
		4 10000
	equal "I/Os and sectors" "$(total "$region")" \
		"$(awk '{ printf "read %d/%d/0 write %d/%d/0 discard 0/0/0",
			$2, $5, $7, $10 }' "$work/fio.result")"
	nothing_in_flight d
}
promise "paths that fail and come back under load: each I/O counts once" \
	fail_and_reinstate

# ----------------------------------------------------------------- errors

without_paths()
{
	two_paths ndelay=100000
	multipath d
	largest d 4
	region --areas 2 d
	io -c 2 -s 8 write /dev/mapper/d 0 8
	unplug "$first"
	unplug "$second"
	io -c 3 -s 8 read /dev/mapper/d 0 8
	io -a -c 4 -s 100 write /dev/mapper/d 16384 64
	wait_until no_path d
	io -c 5 -s 8 read /dev/mapper/d 16384 8
	expect_counts "$region" <<-END
		0: read 3/24/3 write 2/16/0 discard 0/0/0 flight 0/0
		1: read 5/40/5 write 4/256/4 discard 0/0/0 flight 0/0
	END
	nothing_in_flight d
	plug_in "$first"
	plug_in "$second"
}
promise "without any path I/O fails, and is counted with its error" \
	without_paths

# scsi_debug cannot read sectors 0x1234 to 0x123d.
bad_sectors()
{
	two_paths ndelay=100000 opts=2
	multipath d
	largest d 4
	region --area-size 1024 d
	io -c 6 -s 1024 read /dev/mapper/d 560 64
	expect_counts "$region" <<-END
		0: read 1/64/0 write 0/0/0 discard 0/0/0 flight 0/0
		1: read 1/64/0 write 0/0/0 discard 0/0/0 flight 0/0
		2: read 1/64/0 write 0/0/0 discard 0/0/0 flight 0/0
		3: read 1/64/0 write 0/0/0 discard 0/0/0 flight 0/0
		4: read 1/64/1 write 0/0/0 discard 0/0/0 flight 0/0
		5: read 1/64/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
	nothing_in_flight d
}
promise "an I/O with a failed part has failed" bad_sectors

# The kernel decides how many of them fail.
merged_with_bad_sectors()
{
	local failed

	two_paths ndelay=100000 opts=2
	multipath d
	region d
	hold d -a -c 32 -s 8 read /dev/mapper/d 4536 8 >"$work/io"
	wait_until in_flight d 32
	release d
	cat "$work/io"
	failed=$(sed -n 's/.* \([0-9]*\) failed.*/\1/p' "$work/io")
	within "failed" "$failed" 1 32
	equal "counted" "$(total "$region")" \
		"read 32/256/$failed write 0/0/0 discard 0/0/0"
	nothing_in_flight d
}
promise "of merged I/Os only the failed ones are counted as failed" \
	merged_with_bad_sectors

# ------------------------------------------------------------ coming and going

removed()
{
	two_paths ndelay=100000
	multipath d
	region --areas 4 d
	start_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2
	wait_until has_counted "$region" 100
	! dmsetup remove d 2>/dev/null || fail "a device in use was removed"
	stop_fio
	dmsetup remove --retry d
	equal "regions" "$(dmstat-nl list -j | jq -c .regions)" "[]"
	multipath d
	region d
	io -c 3 read /dev/mapper/d 0 8
	equal "counted on a new one" "$(total "$region")" \
		"read 3/24/0 write 0/0/0 discard 0/0/0"
}
promise "a watched multipath device can be removed" removed

removed_by_force()
{
	two_paths ndelay=100000
	multipath d
	region --areas 4 d
	start_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2 \
		--continue_on_error=io
	wait_until has_counted "$region" 100
	remove_by_force d
}
promise "a multipath device is removed by force under load" removed_by_force

unloaded()
{
	local i

	two_paths ndelay=100000
	multipath d
	largest d 4
	start_fio /dev/mapper/d --rw=randrw --bs=16k --iodepth=16 --numjobs=2
	for i in 1 2; do
		region --areas 64 d
		wait_until has_counted "$region" 100
		rmmod dmstat
		load
	done
	stop_fio
	region d
	io -c 3 read /dev/mapper/d 0 64
	equal "counted" "$(total "$region")" \
		"read 3/192/0 write 0/0/0 discard 0/0/0"
	hold d -a -c 50 -s 8 write /dev/mapper/d 0 8
	wait_until in_flight d 50
	rmmod dmstat
	load
	region d
	release d
	equal "what started before the module was loaded" "$(counts "$region")" ""
	nothing_in_flight d
}
promise "the module is unloaded and loaded under load of dm-multipath" unloaded

beside_others()
{
	local other

	two_paths ndelay=100000
	multipath d
	dm e "0 32768 zero"
	region e
	other=$region
	region d
	io -c 5 -s 8 read /dev/mapper/d 0 8
	io -c 3 -s 8 read /dev/mapper/e 0 8
	dmstat-nl delete "$region"
	io -c 2 -s 8 read /dev/mapper/e 0 8
	io -c 2 -s 8 read /dev/mapper/d 0 8
	region d
	dmstat-nl delete "$other"
	io -c 4 -s 8 read /dev/mapper/d 0 64
	equal "counted" "$(total "$region")" \
		"read 4/256/0 write 0/0/0 discard 0/0/0"
	region e
	io -c 6 -s 8 read /dev/mapper/e 0 8
	equal "on the other device" "$(total "$region")" \
		"read 6/48/0 write 0/0/0 discard 0/0/0"
}
promise "devices of both kinds are watched beside each other" beside_others

run_promises "$@"
