# SPDX-License-Identifier: GPL-2.0-only
#
# What measure and functions-guest share: the devices, the table of what is
# measured, and how to do I/O and make regions. $1 of both is the folder that
# build made.
# shellcheck shell=bash disable=SC2034 # used by what sources this file

folder=$1
sectors=$((8 << 20))
parameters=/sys/module/bio_bench/parameters
export DM_DISABLE_UDEV=1

modprobe dm-mod
insmod "$folder/bio_bench.ko"
# shellcheck disable=SC2086 # words
modprobe dmstat memory_limit=$((1 << 30)) ${DMSTAT_PARAMETERS-}

# I/O patterns, as parameters of bio_bench. Large I/Os are writes: dm-zero ignores
# these, but fills the memory of a read.
declare -A patterns=(
	[turn]="step=2048 places=1024"
	[one]="places=256"
	[sparse]="places=1048576 jump=1"
	# 32 I/Os every 15 ms
	[slow]="step=2048 places=1024 batch=32 pause_us=15000"
	[touch]="places=1048576"
	[touch-chunk]="step=256 places=32768"
	[two]="write=1 sectors=2048 start=1024 step=2048 places=1023"
	[two-jump]="write=1 sectors=2048 start=1024 step=4096 places=512 jump=1"
	[three]="write=1 sectors=128 step=136 places=512"
	[three-sparse]="write=1 sectors=128 step=136 places=8192 jump=1"
	[sixteen]="write=1 sectors=128 step=128 places=64"
	[sixteen-sparse]="write=1 sectors=128 step=128 places=8192 jump=1"
	[deep-turn]="depth=32 step=2048 places=1024"
	[deep-one]="depth=32 places=256"

	# Done before others: touch each area of 4 KiB; touch each of 1 MiB; give
	# the CPU counters of its own in each area, or in each chunk of 32 areas
	# by many I/Os in a row.
	[fill-4k]="write=1 sectors=256 step=256 places=32768 batches=256"
	[fill-1m]="step=2048 places=1024 batches=8"
	[heat]="step=2048 places=1024 batches=1000"
	[heat-chunks]="step=65536 places=32 dwell=1024 batches=256"
)

# Regions, as arguments of the program regions: COUNT START NEXT LENGTH AREA_SIZE.
gib=$((2 << 20))
declare -A regions=(
	[1024]="1 0 0 $gib 2048"
	[1000]="1 0 0 $gib 2098"
	[million]="1 0 0 $sectors 8"
	[32k]="1 0 0 $gib 64"
	[4k]="1 0 0 $gib 8"
	[over]="4 0 0 $gib 2048"
	[beside]="1024 0 2048 2048 2048"
	[elsewhere]="1 $gib 0 $gib 2048"
)

# The table: NAME|MUST|LESS|REGIONS|TARGET|PATTERNS|TITLE. dmstat may take at most
# MUST. LESS names a row to subtract; with /N, the difference is divided by N. The
# last of PATTERNS is measured, the others are done before it.
rows=(
"turn|280||1024|zero|turn turn turn|4 KiB, hot, 1,024 areas in turn"
"uneven|280||1000|zero|turn turn turn|the same, areas of 1,049 KiB"
"one|235||1024|zero|one one|4 KiB, hot, one area"
"sparse|290||million|zero|fill-4k rest sparse|4 KiB, sparse, a million areas"
"slow|290||1024|zero|fill-1m rest slow slow|4 KiB, sparse, 1,024 areas, 2 I/Os a second in each"
"touch-chunk|||million|zero|touch-chunk|4 KiB, first touch, areas 32 apart"
"touch|1500||million|zero|touch|4 KiB, first touch, all areas in turn"
"two|450||1024|zero|two two two|1 MiB over 2 areas of 1 MiB, in turn"
"two-jump|450||1024|zero|two-jump two-jump|the same, jumping about"
"three|530||32k|zero|three three three|64 KiB over 2 to 3 areas of 32 KiB, in turn"
"three-sparse|530||32k|zero|three-sparse rest three-sparse|the same, sparse"
"sixteen|1500||4k|zero|sixteen sixteen sixteen|64 KiB over 16 areas of 4 KiB, in turn"
"sixteen-sparse|1500||4k|zero|sixteen-sparse rest sixteen-sparse|the same, sparse"
"deep-turn|||1024|hold|deep-turn deep-turn deep-turn|4 KiB, 32 in flight, 1,024 areas in turn"
"deep-one|||1024|hold|deep-one deep-one|4 KiB, 32 in flight, one area"
"over|125|turn/3|over|zero|turn turn turn|each further region over the same sectors, more"
"beside|40|turn|beside|zero|heat turn turn|1,024 regions beside each other, hot, more than one"
"beside-slow|40|slow|beside|zero|fill-1m rest slow slow|1,024 regions beside each other, sparse, more than one"
"precise|||precise|zero|turn turn turn|4 KiB, hot, dm-stats with precise_timestamps"
"histogram|45|precise|histogram|zero|turn turn turn|10 histogram bounds, more"
"bound|6|one|bound|zero|one one|a bound of slow I/O that is not exceeded, more"
"limit|||limit|zero|one one|4 KiB, hot, one area of a region limited to a cgroup"
"elsewhere|||elsewhere|zero|turn turn turn|where the device has no region"
)

# row_of NAME: sets must, less, which, target, done_before and pattern, title.
row_of()
{
	local line name words

	for line in "${rows[@]}"; do
		IFS='|' read -r name must less which target words title <<<"$line"
		if [[ $name == "$1" ]]; then
			read -ra done_before <<<"$words"
			pattern=${done_before[-1]}
			unset 'done_before[-1]'
			return
		fi
	done
	echo "dmstat: there is no row $1" >&2
	return 2
}

# io DEVICE PATTERN [WORD]...: do I/O. WORDs replace defaults, and what PATTERN
# says replaces both. The pattern "rest" is a second without I/O.
io()
{
	local device=$1 pattern=$2 word
	shift 2

	if [[ $pattern == rest ]]; then
		sleep 1
		return
	fi
	for word in write=0 sectors=8 start=0 step=8 places=1 jump=0 dwell=1 \
		depth=1 batch=128 batches=40 pause_us=0 \
		"$@" ${patterns[$pattern]}; do
		echo "${word#*=}" >"$parameters/${word%%=*}"
	done
	echo "/dev/mapper/$device" >$parameters/run
}

# device NAME [TARGET]
device()
{
	dmsetup create "$1" --table "0 $sectors ${2-zero}"
}

# The first region ever of dm-stats switches on a static key, which costs every
# I/O of every device 10 instructions from then on. It has to be on for all
# figures, or those before and after would differ.
enable_stats()
{
	device stats
	dmsetup message stats 0 @stats_create - /1 >/dev/null
	dmsetup remove stats
}

# precise dmstat|dm-stats DEVICE [BOUNDS]: a region as [1024], with times in
# nanoseconds, as dmstat always has them, and with a histogram if there are bounds.
precise()
{
	local options=(1 precise_timestamps)

	if [[ $1 == dmstat ]]; then
		dmstat-nl create --length $gib --area-size 2048 \
			${3+--histogram "$3"} "$2"
	else
		[[ ! ${3-} ]] || options=(2 precise_timestamps "histogram:$3")
		dmsetup message "$2" 0 @stats_create "0+$gib" 2048 "${options[@]}"
	fi >/dev/null
}

# watch dmstat|dm-stats REGIONS DEVICE...
watch()
{
	local by=$1 which=$2
	local ns=10000,20000,50000,100000,200000,500000
	shift 2
	ns+=,1000000,2000000,5000000,10000000
	case $which in
	precise) precise "$by" "$1" ;;
	histogram)
		[[ $by == dm-stats ]] || ns=${ns//,/ns,}ns
		precise "$by" "$1" "$ns" ;;
	bound | limit)
		# dm-stats has neither: it has the same region without.
		if [[ $by == dmstat ]]; then
			"$folder/special" "$which" "$1" $gib 2048
		else
			watch "$by" 1024 "$1"
		fi ;;
	*)	# shellcheck disable=SC2086 # words
		"$folder/regions" "$by" ${regions[$which]} "$@" ;;
	esac
}
