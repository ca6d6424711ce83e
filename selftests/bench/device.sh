# SPDX-License-Identifier: GPL-2.0-only
#
# What measure and functions-guest have in common: what is read or written, and
# which regions are there. $1 of both is the folder that build made.
# shellcheck shell=bash disable=SC2034 # used by who reads this file

folder=$1
sectors=$((8 << 20))
parameters=/sys/module/bio_bench/parameters
bounds=10us,20us,50us,100us,200us,500us,1ms,2ms,5ms,10ms
bounds_ns=10000,20000,50000,100000,200000,500000,1000000,2000000,5000000,10000000
export DM_DISABLE_UDEV=1

modprobe dm-mod
insmod "$folder/bio_bench.ko"
modprobe dmstat

# The I/O, as parameters of bio_bench. What is larger than 4 KiB is written: to
# dm-zero, a read costs what it takes to fill its memory.
declare -A patterns=(
	[turn]="step=2048 places=1024"
	[one]="places=256"
	[sparse]="places=1048576 jump=1"
	[slow]="step=2048 places=1024 batch=32 pause_us=10000"
	[touch]="places=1048576 batches=40"
	[touch-chunk]="step=256 places=32768 batches=40"
	[two]="write=1 sectors=2048 start=1024 step=2048 places=1023"
	[three]="write=1 sectors=128 step=136 places=512"
	[sixteen]="write=1 sectors=128 step=128 places=64"
	[deep-one]="depth=32 places=256"
	[deep-turn]="depth=32 step=2048 places=1024"
	# Each chunk of 32 areas once.
	[fill]="write=1 sectors=256 step=256 places=32768 batches=256"
	[heat]="step=2048 places=1024 batches=1000"
)

# Regions, as arguments of the program regions: COUNT START NEXT LENGTH AREA_SIZE.
declare -A regions=(
	[1024]="1 0 0 $((1 << 21)) 2048"
	[million]="1 0 0 $sectors 8"
	[32k]="1 0 0 $((1 << 21)) 64"
	[4k]="1 0 0 $((1 << 21)) 8"
	[4-over]="4 0 0 $((1 << 21)) 2048"
	[1024-beside]="1024 0 2048 2048 2048"
	[1024-large-beside]="1024 0 $((sectors / 1024)) $((sectors / 1024)) 8"
)

# io DEVICE PATTERN: do it, of the defaults and of what PATTERN says.
io()
{
	local word

	for word in write=0 sectors=8 start=0 step=8 places=1 jump=0 dwell=1 \
		depth=1 batch=128 batches=100 pause_us=0 ${patterns[$2]}; do
		echo "${word#*=}" >"$parameters/${word%%=*}"
	done
	echo "/dev/mapper/$1" >$parameters/run
}

# device NAME [TARGET]
device()
{
	dmsetup create "$1" --table "0 $sectors ${2-zero}"
}

# histogram WHO DEVICE [BOUNDS]: a region as [1024] of precise times, and bounds.
histogram()
{
	local length=$((1 << 21))

	if [[ $1 == dmstat ]]; then
		dmstat-nl create --length $length --area-size 2048 \
			${3+--histogram $bounds} "$2"
	else
		dmsetup message "$2" 0 @stats_create "0+$length" 2048 \
			${3+2 precise_timestamps "histogram:$bounds_ns"} \
			${3-1 precise_timestamps}
	fi >/dev/null
}

# watch dmstat|dm-stats REGIONS DEVICE...
watch()
{
	local who=$1 which=$2
	shift 2
	case $which in
	precise) histogram "$who" "$1" ;;
	histogram) histogram "$who" "$1" "$bounds" ;;
	*)	# shellcheck disable=SC2086 # words
		"$folder/regions" "$who" ${regions[$which]} "$@" ;;
	esac
}
