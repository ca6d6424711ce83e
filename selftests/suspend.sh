#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices that are suspended, get another table or another name.

source "$(dirname "$0")/lib.sh"

queued()
{
	linear d 16
	region --areas 2 d
	hold d -a -c 100 -s 8 write /dev/mapper/d 0 8
	wait_until in_flight d 100
	equal "while suspended" "$(counts "$region")" \
		"0: read 0/0/0 write 0/0/0 discard 0/0/0 flight 0/100"
	dmsetup reload d --table "0 16384 linear /dev/nullb0 16384
16384 16384 linear /dev/nullb0 0"
	release d
	expect_counts "$region" <<-END
		0: read 0/0/0 write 100/800/0 discard 0/0/0 flight 0/0
	END
}
promise "I/O queued while suspended, the table changed, counts once" queued

again_and_again()
{
	local i

	linear d 16 irqmode=2 completion_nsec=200000
	region --areas 4 d
	start_load /dev/mapper/d --rw=randrw --bs=4k --iodepth=16 --numjobs=2 \
		--number_ios=3000
	for i in {1..8}; do
		sleep 0.2
		dmsetup suspend --noflush --nolockfs d
		((i % 2)) || dmsetup reload d --table \
			"0 16384 linear /dev/nullb0 0
16384 16384 linear /dev/nullb0 16384"
		dmsetup resume d
	done
	end_load "$region"
	nothing_in_flight d
}
promise "suspended and resumed under load: no I/O is lost or counted twice" \
	again_and_again

grown()
{
	nullb 0 16
	dm d "0 8192 linear /dev/nullb0 0"
	region --areas 2 d
	dmsetup reload d --table "0 32768 linear /dev/nullb0 0"
	dmsetup resume d
	io read /dev/mapper/d 8184 16
	io read /dev/mapper/d 20000 8
	expect_counts "$region" <<-END
		1: read 1/8/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
	region --start 16384 d
	io read /dev/mapper/d 20000 8
	expect_counts "$region" <<-END
		0: read 1/8/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
}
promise "after a device has grown, old regions stay and new ones see all of it" \
	grown

shrunk()
{
	linear d 16
	region --areas 4 d
	io -c 4 -s 8192 read /dev/mapper/d 0 8
	dmsetup reload d --table "0 8192 linear /dev/nullb0 0"
	dmsetup resume d
	io read /dev/mapper/d 0 8
	equal "areas" "$(counts "$region" | cut -d ' ' -f 1-3 | xargs)" \
		"0: read 2/16/0 1: read 1/8/0 2: read 1/8/0 3: read 1/8/0"
}
promise "a device that has shrunk keeps its regions" shrunk

renamed()
{
	linear d 16
	region d
	dmsetup rename d other
	later remove_dm other
	equal "name in the region" "$(dmstat-nl list -j |
		jq -r '.regions[0].device_name')" other
	equal "found by the new name" "$(dmstat-nl list -j other |
		jq '.regions | length')" 1
	equal "name in the list of devices" "$(dmstat-nl devices -j |
		jq -r '.devices | map(.name | select(IN("d", "other"))) | join(" ")')" \
		other
	io read /dev/mapper/other 0 8
	expect_counts "$region" <<-END
		0: read 1/8/0 write 0/0/0 discard 0/0/0 flight 0/0
	END
}
promise "a renamed device keeps its regions and shows its new name" \
	renamed

run_promises "$@"
