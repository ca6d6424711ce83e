# SPDX-License-Identifier: GPL-2.0-only
#
# What measure and functions-guest read, and how; $1 of both is the folder that
# build made.
# shellcheck shell=bash disable=SC2034 # used by who reads this file

folder=$1
sectors=$((1024 * 2048))
parameters=/sys/module/bio_bench/parameters
bounds=10us,20us,50us,100us,200us,500us,1ms,2ms,5ms,10ms
export DM_DISABLE_UDEV=1

# Before the last round each chunk of areas has to see 128 reads, so that CPUs
# count by themselves there.
rounds=3

modprobe dm-mod
insmod "$folder/bio_bench.ko"
dmsetup create bench --table "0 $sectors zero"
dmsetup create other --table "0 $sectors zero"

# Regions beside each other, as arguments of "create".
disjoint()
{
	local i
	for ((i = 0; i < $1; i++)); do
		echo "--start $((i * sectors / $1)) --length $((sectors / $1))" \
			"--area-size 2048"
	done
}
