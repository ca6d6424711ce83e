#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Failing I/O is counted, and with its error.

source "$(dirname "$0")/lib.sh"

error_target()
{
	nullb 0 16
	dm d "0 1000 linear /dev/nullb0 0
1000 1000 error
2000 1000 linear /dev/nullb0 1000"
	region --area-size 1000 d
	io -c 10 -s 8 read /dev/mapper/d 0 8
	io -c 3 -s 8 read /dev/mapper/d 1000 8
	io -c 2 -s 8 write /dev/mapper/d 1100 8
	io -c 5 -s 8 write /dev/mapper/d 2000 8
	expect_counts "$region" <<-END
		0: read 10/80/0 write 0/0/0 discard 0/0/0 flight 0/0
		1: read 3/24/3 write 2/16/2 discard 0/0/0 flight 0/0
		2: read 0/0/0 write 5/40/0 discard 0/0/0 flight 0/0
	END
}
promise "dm-error: failed reads and writes are counted, with their errors" \
	error_target

crosses_into_error()
{
	nullb 0 16
	dm d "0 1000 linear /dev/nullb0 0
1000 1000 error"
	region --area-size 500 d
	io read /dev/mapper/d 992 16
	expect_counts "$region" <<-END
		1: read 1/8/1 write 0/0/0 discard 0/0/0 flight 0/0
		2: read 1/8/1 write 0/0/0 discard 0/0/0 flight 0/0
	END
}
promise "an I/O with a failed part has failed in all of its areas" \
	crosses_into_error

flakey()
{
	modprobe -q dm-flakey || skip "this kernel has no dm-flakey"
	nullb 0 16 discard=1
	dm d "0 32768 flakey /dev/nullb0 0 0 60 1 error_writes"
	region d
	io -c 4 -s 8 write /dev/mapper/d 0 8
	io -c 6 -s 8 read /dev/mapper/d 0 8
	expect_counts "$region" <<-END
		0: read 6/48/0 write 4/32/4 discard 0/0/0 flight 0/0
	END
}
promise "dm-flakey that fails writes: only writes have errors" flakey

side_by_side()
{
	linear d 16
	region --areas 2 d
	hold d -a -c 8 -s 8 write /dev/mapper/d 0 8
	wait_until in_flight d 8
	dmsetup reload d --table "0 32768 error"
	release d
	expect_counts "$region" <<-END
		0: read 0/0/0 write 8/64/8 discard 0/0/0 flight 0/0
	END
	equal "in the table for people" \
		"$(dmstat-nl print "$region" | grep -o '[0-9]* errors')" \
		"8 errors"
}
promise "I/O in flight that fails later is counted, with its error" side_by_side

run_promises "$@"
