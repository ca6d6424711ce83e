#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All at once; afterwards all counts are exact and nothing has leaked.

source "$(dirname "$0")/lib.sh"

seconds=10

# during NAME COMMAND...: repeat it as long as $work/go exists. It may fail, because
# its subject may just have gone. Its output goes to $work/NAME.
during()
{
	while [[ -e $work/go ]]; do
		"${@:2}" >>"$work/$1" 2>/dev/null || true
		echo round >>"$work/$1.count"
	done
}

# rounds NAME...: the number of repetitions of each.
rounds()
{
	local name

	for name in "$@"; do
		within "rounds of $name" "$(wc -l <"$work/$name.count")" \
			2 1000000
	done
}

any_region()
{
	dmstat-nl list | awk 'NR > 1 { print $1 }' | shuf -n 1
}

read_regions()
{
	local region

	region=$(any_region)
	dmstat-nl print "$region"
	dmstat-nl print --active --clear "$region"
	dmstat-nl clear "$region"
	dmstat-nl inflight d
	dmstat-nl delete "$region"
}

come_and_go()
{
	dmsetup create e --table "0 32768 linear /dev/nullb1 0"
	dmstat-nl create --areas 50 e
	io -c 50 -s 8 write /dev/mapper/e 0 8
	dmsetup remove --retry e
}

suspend_and_resume()
{
	dmsetup suspend --noflush --nolockfs d
	dmsetup resume d
	sleep 0.5
}

many_regions()
{
	(($(dmstat-nl list | wc -l) > 16))
}

# It leaves every second region behind, of 4096 areas. Where programs start slowly,
# read_regions() would delete fewer, and everything would take longer and longer.
listen()
{
	hear d
	while [[ -e $work/go ]] && many_regions; do
		sleep 0.2
	done
}

reload_module()
{
	sleep 1
	rmmod dmstat
	sleep 0.2
	modprobe dmstat
}

# exact: a new region counts exactly the I/O that is issued on d now.
exact()
{
	region --areas 8 d
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=8 --numjobs=2 \
		--number_ios=1000
	equal "afterwards" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "in flight" "$(dmstat-nl inflight -j d | jq -c .inflight)" "[]"
}

two_devices()
{
	linear d 16 irqmode=2 completion_nsec=$((30000 * slower))
	nullb 1 16
	later remove_dm e
	start_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2
	touch "$work/go"
}

# went_round NAME: whether it was repeated often enough.
went_round()
{
	[[ -e $work/$1.count ]] && (($(wc -l <"$work/$1.count") >= 2))
}

# stop NAME...: after a while, when each of these was repeated often enough.
stop()
{
	local name

	sleep "$seconds"
	for name in "$@"; do
		wait_until went_round "$name"
	done
	rm "$work/go"
	stop_fio
	wait
}

without_unloading()
{
	two_devices
	during churn churn d $((500 / slower)) &
	during reader read_regions &
	during device come_and_go &
	during suspend suspend_and_resume &
	during hear listen &
	stop churn reader device suspend hear
	rounds churn reader device suspend hear
	awk '{ n += $1 } END { print n " events heard"; exit !n }' "$work/hear"
	awk '{ n += $1 } END { print n " regions made and deleted" }' \
		"$work/churn"
	dmstat-nl delete --all
	exact
}
promise "after regions and devices came and went under load, counts are exact" \
	without_unloading

with_unloading()
{
	two_devices
	during churn churn d $((500 / slower)) &
	during reader read_regions &
	during device come_and_go &
	during module reload_module &
	during hear listen &
	stop churn reader device module hear
	rounds churn reader device module hear
	unload
	load
	exact
}
promise "after the module was unloaded and loaded under load, counts are exact" with_unloading

nobody_loses()
{
	linear d 16 irqmode=2 completion_nsec=$((30000 * slower))
	region --areas 8 d
	touch "$work/go"
	during churn churn d $((100 / slower)) &
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2 \
		--number_ios=4000
	rm "$work/go"
	wait
	rounds churn
	equal "the region that stayed" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
}
promise "a region misses nothing while others come and go under load" \
	nobody_loses

overflow()
{
	load_with inflight_slots=8
	equal "slots" "$(cat /sys/module/dmstat/parameters/inflight_slots)" 8
	linear d 16 irqmode=2 completion_nsec=1000000
	region --areas 2 d
	hold d -a -c 256 -s 64 write /dev/mapper/d 0 8
	wait_until in_flight d 256
	equal "each once, in rising order of sectors" \
		"$(dmstat-nl inflight -j d | jq -c '.inflight |
		map(.sector) | sort == [range(0; 256 * 64; 64)]')" true
	release d
	equal "those 256" "$(counts "$region")" \
		"0: read 0/0/0 write 256/2048/0 discard 0/0/0 flight 0/0"
	dmstat-nl clear "$region"
	load_fio /dev/mapper/d --rw=randrw --bs=4k --iodepth=128 --numjobs=2 \
		--number_ios=2000
	equal "under load" "$(total "$region")" \
		"read $fio_reads/$fio_read_sectors/0 write $fio_writes/$fio_write_sectors/0 discard 0/0/0"
	equal "missed" "$(dmstat-nl list -j d | jq '.regions[0].missed')" 0
}
promise "more I/O in flight than the table has room for is counted exactly" \
	overflow

# KiB of kernel memory that is not reclaimable.
kernel_memory()
{
	awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { kib += $2 }
		END { print kib }' /proc/meminfo
}

use_much_memory()
{
	for _ in 1 2 3 4 5; do
		region --area-size 8 d
	done
	fio --output=/dev/null --name=load --filename=/dev/mapper/d \
		--direct=1 --rw=randread --bs=64k --size=8m
	echo "in use: $(dmstat-nl list -j |
		jq '.regions | map(.memory) | add / 1024 | floor') KiB"
	dmstat-nl delete --all
}

no_leak()
{
	local before i sheaf

	linear d 16
	use_much_memory
	unload
	load
	before=$(kernel_memory)
	for i in 1 2 3; do
		use_much_memory
		unload
		load
	done
	# Each round uses some 5 MiB.
	within "KiB of kernel memory, after, less before" \
		$(($(kernel_memory) - before)) -100000 3000
	equal "users of the module" "$(cat /sys/module/dmstat/refcnt)" 0
	# The reserve for large I/O exists as long as the module is loaded: 64 objects,
	# in whole slabs or, on newer kernels, whole sheaves.
	sheaf=$(cat /sys/kernel/slab/dmstat_large/sheaf_capacity 2>/dev/null || echo 0)
	! grep -s dmstat /proc/slabinfo |
		awk -v sheaf="$sheaf" '$2 > ($1 == "dmstat_large" ?
			63 + (sheaf > $5 ? sheaf : $5) : 0)' | grep . ||
		fail "objects are left"
}
promise "all memory is freed when regions and module go" no_leak

run_promises "$@"
