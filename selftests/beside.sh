#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat beside what people use instead: iostat, dmstats and biolatency watch the
# same load on the same volume. Where two of them show the same thing they show the
# same number. Documentation/comparison.rst says what each of them shows.

source "$(dirname "$0")/lib.sh"

# For how long each program watches; the load is over before that.
seconds=20
bounds=256us,512us,1024us,2048us,4096us,8192us,16384us,32768us,65536us

# A volume on a disk whose I/O takes a millisecond: /dev/mapper/vol on /dev/$disk.
volume()
{
	scsi_debug dev_size_mb=64 ndelay=1000000 lbpu=1
	dm vol "0 131072 linear /dev/$disk 0"
}

watch_iostat()
{
	iostat -xzy -o JSON "$seconds" 1 >"$work/iostat"
}

# Until it is interrupted. It prints a line when it begins.
watch_biolatency()
{
	stdbuf -oL biolatency -d "$disk" >"$work/biolatency" &
	biolatency=$!
	wait_until grep -q Tracing "$work/biolatency"
}

# Until it is interrupted, too: the rows of each second.
watch_top()
{
	dmstat-nl top -j vol >"$work/top" &
	top=$!
	wait_until test -s "$work/top"
}

# Reads, writes, writes that are flushed, and discards: 1,230 I/Os and 20 flushes
# or fewer, in some 8 seconds. At random times: if each I/O started at the same time
# after a tick, iostat's times would be wrong by the same amount.
put_load()
{
	local common=(--filename=/dev/mapper/vol --direct=1 --thread)

	fio --output="$work/load" "${common[@]}" --ioengine=libaio \
		--name=reads --rw=randread --bs=4k --number_ios=800 \
		--rate_iops=200 --rate_process=poisson \
		--name=writes --rw=randwrite --bs=16k --number_ios=400 \
		--rate_iops=100 --rate_process=poisson \
		--name=discards --rw=randtrim --bs=64k --number_ios=10 \
		--rate_iops=10 \
		--name=commits --ioengine=psync --rw=write --bs=4k \
		--number_ios=20 --rate_iops=10 --fsync=1
}

need_programs()
{
	local program

	for program in iostat:sysstat biolatency:libbpf-tools dmstats:dmsetup; do
		command -v "${program%:*}" >/dev/null ||
			skip "${program%:*} is missing: apt install ${program#*:}"
	done
}

# All of them see the load from before its beginning until after its end.
watch_load()
{
	watch_biolatency
	watch_top
	watch_iostat &
	iostat=$!
	put_load
	wait "$iostat"
	kill -INT "$biolatency" "$top"
	wait "$biolatency" "$top"
	dmstat-nl report --json >"$work/dmstat"
	dmstats report --area --noheadings --nameprefixes -o stats_all vol \
		>"$work/dmstats"
}

# dmstat FILTER: of the volume's only area, or of its flushes.
dmstat()
{
	jq -r ".regions[0] | .areas[0] + { flush } | $1" "$work/dmstat"
}

# iostat_value FILTER: of the volume, where $s is the interval.
iostat_value()
{
	jq --argjson s "$seconds" ".sysstat.hosts[0].statistics[0].disk[] |
		select(.disk_device | test(\"^dm\")) | $1" "$work/iostat"
}

# The views of dmstat-nl are of the same counters.
own_views()
{
	local op

	for op in read write discard flush; do
		equal "top, ${op}s" "$(jq -s "[.[].rows[].$op.ios] | add" "$work/top")" \
			"$(dmstat ".$op.ios")"
	done
	for op in read write; do
		equal "heat, ${op}s" "$(dmstat-nl heat --once --by "${op}s" "$region" |
			grep "in all")" "$(dmstat ".$op.ios") ${op}s in all"
	done
	equal "print, reads" "$(area_value "$region" 0 .read.ios)" \
		"$(dmstat .read.ios)"
}

# differ WHAT: two programs show different times.
differ()
{
	echo "DIFFERENT: $*"
	different=$*
}

# near WHAT SEEN EXPECTED PERCENT LEAST: not further apart than one of these.
near()
{
	awk -v seen="$2" -v expected="$3" -v percent="$4" -v least="$5" 'BEGIN {
		apart = seen > expected ? seen - expected : expected - seen
		exit !(apart <= least || apart <= expected * percent / 100) }' ||
		differ "$1: $2, expected about $3"
	echo "$1: $2, dmstat: $3"
}

# iostat's rates have two decimals; its times come from a clock with a tick of
# some milliseconds, so that an I/O of one may have taken none or a whole one, which
# evens out over many. For a volume it takes flushes for writes.
beside_iostat()
{
	local op letter io

	for op in read:r write:w discard:d; do
		letter=${op#*:}
		op=${op%:*}
		io=.$op
		[[ $op != write ]] || io='{
			ios: (.write.ios + .flush.ios), sectors: .write.sectors,
			ns: (.write.ns + .flush.ns) }'
		near "iostat, ${op}s" "$(iostat_value ".\"$letter/s\" * \$s")" \
			"$(dmstat "$io | .ios")" 0 1
		near "iostat, KiB of ${op}s" \
			"$(iostat_value ".\"${letter}kB/s\" * \$s")" \
			"$(dmstat "$io | .sectors / 2")" 0.5 1
		near "iostat, ms of a $op" \
			"$(iostat_value ".${letter}_await")" \
			"$(dmstat "$io | .ns / .ios / 1e6")" 15 \
			"$(dmstat "$io | 12 / (.ios | sqrt)")"
	done
	near "iostat, I/Os in flight" "$(iostat_value '."aqu-sz"')" \
		"$(dmstat "(.queue_ns + .flush.ns) / 1e9 / $seconds")" 15 0.03
	# Flushes may be in flight beside I/O, or alone.
	(within "iostat, % busy" "$(iostat_value '.util | floor')" \
		"$(dmstat ".busy_ns / 1e7 / $seconds * 0.85 - 2 | floor")" \
		"$(dmstat "(.busy_ns + .flush.busy_ns) / 1e7 / $seconds * 1.15 + 2 | floor")") ||
		differ "iostat, % busy"
}

# dmstats_value FIELD: dmstats clears what it reports, so it was asked once.
dmstats_value()
{
	sed -n "s/.*DM_${1^^}='\([^']*\)'.*/\1/p" "$work/dmstats"
}

# Discards are writes for dm-stats. It takes the time from when a volume passes an
# I/O on, a little later.
beside_dmstats()
{
	equal "dmstats, reads" "$(dmstats_value read_count)" \
		"$(dmstat .read.ios)"
	equal "dmstats, sectors of reads" "$(dmstats_value read_sector_count)" \
		"$(dmstat .read.sectors)"
	equal "dmstats, writes with discards" "$(dmstats_value write_count)" \
		"$(dmstat '.write.ios + .discard.ios')"
	equal "dmstats, sectors of writes with discards" \
		"$(dmstats_value write_sector_count)" \
		"$(dmstat '.write.sectors + .discard.sectors')"
	near "dmstats, ns of reads" "$(dmstats_value read_time)" \
		"$(dmstat .read.ns)" 10 0
	near "dmstats, ns of writes with discards" "$(dmstats_value write_time)" \
		"$(dmstat '.write.ns + .discard.ns')" 10 0
	near "dmstats, ns busy" "$(dmstats_value io_ticks)" \
		"$(dmstat .busy_ns)" 10 0
	beside_bins dmstats "$(dmstats_value hist_count | tr : '\n')" \
		"$(dmstat '[.read, .write, .discard | .histogram | map(.ios)] |
			transpose[] | add')" 5
}

# beside_bins WHO BINS BINS PERCENT: two histograms have the same sum, and the
# share below each bound does not differ by more.
beside_bins()
{
	[[ $2 && $3 ]] || fail "no bins of $1 or dmstat"
	paste <(echo "$2") <(echo "$3") | awk -v percent="$4" '
		{ a += $1; b += $2; as[NR] = a; bs[NR] = b }
		END {
			for (i = 1; i <= NR; i++) {
				apart = (as[i] - bs[i]) * 100 / b
				if (apart > percent || -apart > percent)
					exit 1
			}
			exit a != b || !a
		}' || differ "$1's bins:"$'\n'"$2"$'\n'"dmstat's:"$'\n'"$3"
	echo "$1, histogram: $(echo "$2" | paste -sd' ')"
	echo "dmstat, histogram: $(echo "$3" | paste -sd' ')"
}

# The counts of biolatency below the first bound, between two each, and above.
bins_of_biolatency()
{
	awk '$2 == "->" {
		bin = $3 < 256 ? 0 : $3 >= 65536 ? 9 : int(log($3 + 1) / log(2) - 8 + 0.5)
		bins[bin] += $5
	}
	END { for (bin = 0; bin < 10; bin++) print bins[bin] + 0 }' \
		"$work/biolatency"
}

# dmstat's, of all I/Os and the flushes, whose bins are of one microsecond and of
# powers of two of it.
bins_of_all()
{
	dmstat '[.read, .write, .discard, .flush | .histogram[] | {
			from_ns: (if .from_ns < 256000 then 0
				else [.from_ns, 65536000] | min end), ios
		}] | group_by(.from_ns)[] | map(.ios) | add'
}

# biolatency sees requests of the disk, and no volumes; flushes are among them. It
# takes the time from when the driver gets a request.
beside_biolatency()
{
	beside_bins biolatency "$(bins_of_biolatency)" "$(bins_of_all)" 10
}

# Counts are the same each time. The others measure times by a tick, or from a later
# point: where the host keeps a virtual CPU waiting, a load may differ, but not three.
same_numbers()
{
	need_programs
	volume
	region --histogram "$bounds" vol
	dmstats create --precise --bounds "$bounds" vol
	for _ in 1 2 3; do
		different=
		watch_load
		cat "$work/biolatency"
		dmstat-nl report vol
		own_views
		beside_iostat
		beside_dmstats
		beside_biolatency
		[[ $different ]] || return 0
		dmstat-nl clear "$region"
	done
	fail "three loads of three: $different"
}
promise "all views, iostat, dmstats and biolatency show the same numbers of a load" \
	same_numbers

run_promises "$@"
