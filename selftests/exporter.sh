#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dmstat-exporter serves what the kernel has counted, in the formats of Prometheus,
# to many clients, whatever they and the module do.

source "$(dirname "$0")/lib.sh"
source "$here/exporter_lib.sh"

# ---------------------------------------------------------------- numbers

# io_of REGION OPERATION: what dmstat-nl prints: I/Os, bytes, seconds, errors.
io_of()
{
	dmstat-nl print -j "$1" | jq -r --arg op "$2" '.areas |
		"\(map(.[$op].ios) | add) \(map(.[$op].sectors) | add * 512)" +
		" \(map(.[$op].ns) | add / 1e9) \(map(.[$op].errors) | add)"'
}

# exported REGION OPERATION: the same from the metrics.
exported()
{
	local labels=("region=\"$1\"" "op=\"$2\"")

	echo "$(sample dmstat_region_ios_total "${labels[@]}")" \
		"$(sample dmstat_region_bytes_total "${labels[@]}")" \
		"$(sample dmstat_region_io_seconds_total "${labels[@]}")" \
		"$(sample dmstat_region_errors_total "${labels[@]}")"
}

numbers()
{
	local one many op

	linear exported 64 discard=1
	region --area-size 1m --histogram 10us,100us,1ms,10ms,100ms \
		--group load --program fio exported
	many=$region
	region exported
	one=$region
	start_exporter
	load_fio /dev/mapper/exported --rw=randrw --bs=4k --size=64m --io_size=6m
	io -c 3 -s 2048 discard /dev/mapper/exported 2048 2048
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 1
	for op in read write discard; do
		for region in $many $one; do
			equal "region $region, $op" "$(exported "$region" "$op")" \
				"$(io_of "$region" "$op")"
		done
	done
	equal "reads of fio" \
		"$(sample dmstat_region_ios_total "region=\"$one\"" 'op="read"')" \
		"$fio_reads"
	equal "bytes that fio wrote" \
		"$(sample dmstat_region_bytes_total "region=\"$many\"" 'op="write"')" \
		$((fio_write_sectors * 512))
	equal "in the histogram" \
		"$(sample dmstat_region_io_duration_seconds_count "region=\"$many\"" 'op="read"')" \
		"$fio_reads"
	equal "below 1 ms" \
		"$(sample dmstat_region_io_duration_seconds_bucket "region=\"$many\"" 'op="read"' 'le="0.001"')" \
		"$(dmstat-nl print -j "$many" | jq '
			[.areas[].read.histogram | .[:3] | .[].ios] | add')"
	equal "busy, of many areas" \
		"$(sample dmstat_region_busy_seconds_total "region=\"$many\"")" none
	equal "busy, of one area" \
		"$(sample dmstat_region_busy_seconds_total "region=\"$one\"")" \
		"$(dmstat-nl print -j "$one" | jq '.areas[0].busy_ns / 1e9')"
	equal "areas, length" "$(sample dmstat_region_areas "region=\"$many\"") $(sample dmstat_region_length_bytes "region=\"$many\"")" \
		"64 $((64 << 20))"
	equal "labels" "$(sample dmstat_region_areas 'device="exported"' 'vg=""' \
		'lv=""' 'group="load"' 'program="fio"')" 64
	stop_exporter
}
promise "what is exported is what dmstat-nl prints and fio issued" numbers

hanging()
{
	linear hanging 16
	region hanging
	start_exporter
	hold hanging read /dev/mapper/hanging 0 8
	wait_until in_flight hanging 1
	sleep 1
	scrape
	equal "reads in flight" "$(sample dmstat_region_ios_in_flight 'op="read"')" 1
	within "age of the oldest, in ms" \
		"$(sample dmstat_device_oldest_io_seconds 'device="hanging"' | awk '{ print int($1 * 1000) }')" \
		1000 60000
	release hanging
	scrape
	equal "in flight" "$(sample dmstat_region_ios_in_flight)" 0
	equal "age of the oldest" "$(sample dmstat_device_oldest_io_seconds)" 0
	stop_exporter
}
promise "I/O that hangs shows in flight, with its age" hanging

failing()
{
	dm failing "0 32768 error"
	region failing
	start_exporter
	io read /dev/mapper/failing 0 8
	scrape "${openmetrics[@]}"
	equal "errors" "$(sample dmstat_region_errors_total 'op="read"')" 1
	created=$(sample dmstat_region_errors_created 'op="read"')
	ios=$(sample dmstat_region_ios_created 'op="read"')
	equal "since" "$created" "$ios"
	dmstat-nl clear "$region"
	scrape "${openmetrics[@]}"
	equal "errors after a clear" "$(sample dmstat_region_errors_total)" 0
	equal "I/Os after a clear" "$(sample dmstat_region_ios_total 'op="read"')" 1
	equal "I/Os still count from" "$(sample dmstat_region_ios_created 'op="read"')" "$ios"
	[[ $(sample dmstat_region_errors_created 'op="read"') != "$created" ]] ||
		fail "errors count from $created, as before the clear"
	stop_exporter
}
promise "a clear sets errors back, and no other counter" failing

flushed()
{
	nullb 0 16 cache_size=1
	dm flushed "0 32768 linear /dev/nullb0 0"
	region flushed
	start_exporter
	io -c 10 flush /dev/mapper/flushed 0 0
	scrape
	equal "flushes" "$(sample dmstat_device_flushes_total 'device="flushed"')" \
		"$(dmstat-nl devices -j | jq '.devices[] | select(.name == "flushed") | .flush.ios')"
	equal "flushes" "$(sample dmstat_device_flushes_total)" 10
	equal "in their histogram" \
		"$(sample dmstat_device_flush_duration_seconds_bucket 'le="+Inf"')" \
		"$(sample dmstat_device_flushes_total)"
	stop_exporter
}
promise "flushes of a device are counted" flushed

# ---------------------------------------------------------------- formats

strange()
{
	local name='a"b\c' group program=$'line\nbreak "\xc3\xa4" \xff\xc0\xaf\xed\xa0\x80'

	nullb 0 16
	dmsetup create "$name" --table "0 16384 linear /dev/nullb0 0"
	later dmsetup remove "$name"
	dmsetup create vg--1-lv --uuid "LVM-$(printf 'a%.0s' {1..64})" \
		--table "0 16384 linear /dev/nullb0 16384"
	later remove_dm vg--1-lv
	group='back\slash "quoted"'
	region --histogram 1us,1ms,1s,1000s --group "$group" --program "$program" \
		"$name"
	region vg--1-lv
	io write /dev/mapper/vg--1-lv 0 8
	start_exporter --areas 3
	scrape
	cp "$work/metrics" "$work/text"
	scrape "${openmetrics[@]}"
	exporter.py formats "$work/text" "$work/metrics" >"$work/parsed"
	head -n 1 "$work/parsed"
	tail -n 1 "$work/parsed" | jq -c .
	equal "device" "$(tail -n 1 "$work/parsed" | jq -r '.[0].device')" "$name"
	equal "group" "$(tail -n 1 "$work/parsed" | jq -r '.[0].group')" "$group"
	equal "program" "$(tail -n 1 "$work/parsed" | jq -r '.[0].program')" \
		$'line\nbreak "\xc3\xa4" \\xff\\xc0\\xaf\\xed\\xa0\\x80'
	equal "volume" "$(tail -n 1 "$work/parsed" | jq -r '.[1] | "\(.device) \(.vg) \(.lv)"')" \
		"vg--1-lv vg-1 lv"
	stop_exporter
}
promise "both formats parse, agree, and have any bytes in labels" strange

lint()
{
	local folder

	[[ -x $here/vm/prometheus ]] ||
		skip "there is no script that fetches promtool"
	folder=$("$here/vm/prometheus" --cached) || skip "promtool is not in the cache"
	linear linted 16
	region --areas 8 --histogram 1ms linted
	start_exporter --areas 2
	scrape
	"$folder/promtool" check metrics <"$work/metrics"
	scrape
	# What it does not find would not be found here either.
	! sed 's/^# HELP dmstat_up.*//' "$work/metrics" |
		"$folder/promtool" check metrics || fail "promtool finds nothing"
	stop_exporter
}
promise "promtool has no complaint about the metrics" lint

# type_for ACCEPT: the type that a client gets.
type_for()
{
	curl -s -o /dev/null -w '%{content_type}' -H "Accept: $1" "$url/metrics"
}

negotiation()
{
	local text="text/plain; version=0.0.4; charset=utf-8" accept
	local om="application/openmetrics-text; version=1.0.0; charset=utf-8"

	start_exporter
	for accept in "application/openmetrics-text" \
		"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1" \
		"text/plain;q=0.2 , Application/OpenMetrics-Text ; q=0.2"; do
		equal "$accept" "$(type_for "$accept")" "$om"
	done
	for accept in "" "*/*" "text/plain" "image/png" \
		"application/openmetrics-text;version=2.0.0" \
		"application/openmetrics-text;q=0" \
		"application/openmetrics-text;q=0.1,*/*;q=0.2" \
		"application/openmetrics-text;q=0.1,text/*"; do
		equal "$accept" "$(type_for "$accept")" "$text"
	done
	scrape "${openmetrics[@]}"
	equal "last line" "$(tail -n 1 "$work/metrics")" "# EOF"
	stop_exporter
}
promise "a client gets the format that it prefers" negotiation

# ----------------------------------------------------------------- limits

bounded()
{
	local first areas

	linear bounded 64
	region --areas 1000 bounded
	first=$region
	region bounded
	region bounded
	start_exporter --regions 2 --areas 7
	load_fio /dev/mapper/bounded --rw=write --bs=64k --size=64m --io_size=4m
	scrape
	equal "regions" "$(sample dmstat_regions)" 3
	equal "left out" "$(sample dmstat_regions_left_out)" 1
	equal "exported" "$(grep -c ^dmstat_region_areas "$work/metrics")" 2
	equal "cells" "$(grep -c "^dmstat_cell_ios_total.*region=\"$first\".*op=\"read\"" "$work/metrics")" 7
	equal "cells of one area" "$(grep -c '^dmstat_cell_ios_total.*op="read"' "$work/metrics")" 8
	equal "bytes of the cells" \
		"$(sample dmstat_cell_bytes_total "region=\"$first\"" 'op="write"')" \
		"$(sample dmstat_region_bytes_total "region=\"$first\"" 'op="write"')"
	areas=$(sample dmstat_region_areas "region=\"$first\"")
	equal "the last cell starts at" \
		"$(grep -o 'cell="6",start="[0-9]*"' "$work/metrics" | sort -u)" \
		"cell=\"6\",start=\"$(($(dmstat-nl print -j --area $((6 * ((areas + 6) / 7))) "$first" | jq '.areas[0].start') * 512))\""
	stop_exporter
}
promise "the number of series is bounded, and what is left out is said" bounded

# Cells are read in many datagrams; between two, the region changes its size.
resizes()
{
	local i up=0 resizer_pid

	linear resizes 16
	region --area-size 8s resizes
	exporter_program=dmstat-exporter-sanitized
	start_exporter --user root --areas 1000
	touch "$work/go"
	resizer "$work/go" 8 32768 "$region" >"$work/resizer" &
	resizer_pid=$!
	for i in {1..20}; do
		scrape
		up=$((up + $(sample dmstat_up)))
	done
	rm "$work/go"
	wait "$resizer_pid"
	cat "$work/resizer"
	equal "scrapes with counters" "$up" 20
	stop_exporter
}
promise "they are read while a region grows and shrinks" resizes

has_regions()
{
	(($(dmstat-nl list -j | jq '.regions | length') >= $1))
}

owned()
{
	linear owned 16
	start_exporter
	region owned
	dmstat-nl top --batch --count 100 --interval 1 >/dev/null &
	later kill $!
	wait_until has_regions 2
	scrape
	equal "regions" "$(sample dmstat_regions)" 1
	equal "exported" "$(grep -c ^dmstat_region_areas "$work/metrics")" 1
	stop_exporter
}
promise "regions that a running program owns are not exported" owned

# -------------------------------------------------------------------- HTTP

# status [OPTION OF CURL]... PATH
status()
{
	curl -s -o "$work/body" -w '%{http_code}' "${@:1:$#-1}" "$url${*: -1}"
}

requests()
{
	start_exporter
	equal "/" "$(status /)" 200
	grep -q 'href="/metrics"' "$work/body" || fail "no link to the metrics"
	equal "elsewhere" "$(status /metric)" 404
	equal "HEAD" "$(curl -sI "$url/metrics" | tr -d '\r' | sed -n '1p')" "HTTP/1.1 200 OK"
	equal "body of HEAD" "$(curl -sI "$url/metrics" | sed '1,/^\r$/d')" ""
	for method in POST PUT DELETE OPTIONS PATCH X; do
		equal "$method" "$(status -X "$method" /metrics)" 405
	done
	equal "a body with POST" "$(status -d 'text' /metrics)" 405
	equal "allowed" "$(curl -si -X POST "$url/metrics" | tr -d '\r' | grep ^Allow:)" \
		"Allow: GET, HEAD"
	equal "a body with GET" "$(status -X GET -d text /metrics)" 413
	equal "a long header" "$(status -H "X: $(printf 'y%.0s' {1..20000})" /metrics)" 431
	equal "a long path" "$(status "/$(printf 'y%.0s' {1..20000})")" 414
	equal "HTTP/1.0" "$(status -0 /metrics)" 200
	stop_exporter
}
promise "only GET and HEAD, of a bounded size, are answered" requests

left()
{
	local client

	linear left 16
	region left
	start_exporter
	for client in {1..300}; do
		exec {client}<>"/dev/tcp/127.0.0.1/$port"
		printf 'GET /met' >&"$client"
		exec {client}>&-
	done
	# Not after the 10 s that a request may take.
	scrape --max-time 8
	equal "dmstat_up" "$(sample dmstat_up)" 1
	stop_exporter
}
promise "clients that leave in the middle of a request keep nobody waiting" left

crowd()
{
	linear crowded 16
	region --areas 16 --histogram 1ms crowded
	exporter_program=dmstat-exporter-sanitized
	start_exporter --user root
	exporter.py crowd "$port" 50 2
	exporter.py fuzz "$port" $((RANDOM * 10000)) 300
	within "threads" "$(threads)" 2 3
	stop_exporter
}
promise "50 scrapers at once leave nothing behind (address sanitizer)" crowd

# ------------------------------------------------------------------ module

reloaded()
{
	linear reloaded 16
	region reloaded
	start_exporter
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 1
	rmmod dmstat
	scrape
	equal "without the module" "$(sample dmstat_up)" 0
	equal "regions" "$(sample dmstat_region_areas)" none
	equal "errors" "$(sample dmstat_scrape_errors_total)" 1
	[[ ! -d /sys/module/dmstat ]] || fail "the scrape has loaded the module"
	modprobe dmstat
	scrape
	equal "with the module" "$(sample dmstat_up)" 1

	exporter.py crowd "$port" 10 3 &
	crowd=$!
	for _ in 1 2 3; do
		wait_until rmmod dmstat
		sleep 0.2
		[[ ! -d /sys/module/dmstat ]] || fail "a scrape has loaded the module"
		modprobe dmstat
		sleep 0.2
	done
	wait "$crowd" || fail "not all scrapes were answered"
	scrape
	equal "in the end" "$(sample dmstat_up)" 1
	stop_exporter
	grep -q "the kernel module dmstat is not loaded" "$work/said"
	grep -q "counters can be read again" "$work/said"
}
promise "while the module is not loaded, dmstat_up is 0, and it stays so" reloaded

# ---------------------------------------------------------------- textfile

textfile()
{
	local file=$work/dmstat.prom i whole=0 inode

	linear written 16
	region written
	dmstat-exporter --textfile "$file"
	grep -qx 'dmstat_up 1' "$file"
	equal "mode" "$(stat -c %a "$file")" 644
	inode=$(stat -c %i "$file")
	dmstat-exporter --textfile "$file" --interval 10ms &
	exporter=$!
	for ((i = 0; i < 50; i++)); do
		[[ $(tail -n 1 "$file") == dmstat_exporter_build_info* ]] || break
		whole=$((whole + 1))
	done
	equal "whole readings" "$whole" 50
	[[ $(stat -c %i "$file") != "$inode" ]] || fail "the file was not replaced"
	# A request that is being answered keeps it for a moment.
	wait_until rmmod dmstat
	wait_until grep -qx 'dmstat_up 0' "$file"
	modprobe dmstat
	wait_until grep -qx 'dmstat_up 1' "$file"
	stop_exporter
	equal "files" "$(cd "$work" && ls ./*prom*)" "./dmstat.prom"
	refused 1 "cannot write /nowhere/x.prom: No such file" \
		dmstat-exporter --textfile /nowhere/x.prom
}
promise "--textfile replaces the file in one step" textfile

# -------------------------------------------------------------- privileges

privileges()
{
	start_exporter
	grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' "/proc/$exporter/status"
	equal "user" "$(awk '/^Uid:/ { print $2, $3, $4, $5 }' "/proc/$exporter/status")" \
		"65534 65534 65534 65534"
	for set in CapPrm CapEff; do
		equal "$set" "$(awk -v set="$set:" '$1 == set { print $2 }' "/proc/$exporter/status")" \
			0000000000200000
	done
	for set in CapInh CapBnd CapAmb; do
		equal "$set" "$(awk -v set="$set:" '$1 == set { print $2 }' "/proc/$exporter/status")" \
			0000000000000000
	done
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 1
	refused 1 "cannot listen on 127.0.0.1:$port: Address already in use" dmstat-exporter
	stop_exporter
	refused 1 "needs CAP_SYS_ADMIN" \
		setpriv --reuid 65534 --regid 65534 --clear-groups "$(command -v dmstat-exporter)"

	# As its unit does.
	setpriv --reuid 1 --regid 1 --clear-groups --inh-caps -all,+sys_admin \
		--ambient-caps +sys_admin --bounding-set -all,+sys_admin \
		"$(command -v dmstat-exporter)" --listen "[::1]:$port" 2>"$work/said" &
	exporter=$!
	url="http://[::1]:$port"
	wait_until is_healthy
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 1
	stop_exporter
}
promise "it runs as nobody, with CAP_SYS_ADMIN and no other capability" privileges

no_module()
{
	local folder

	folder=/lib/modules/$(uname -r)
	unload
	mount -t tmpfs none "$folder"
	later umount "$folder"
	start_exporter
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 0
	grep -q "it is not installed for kernel" "$work/said"
	umount "$folder"
	mount -t tmpfs none "$folder"
	status=0
	dmstat-exporter --textfile "$work/x.prom" || status=$?
	equal "status" "$status" 1
	grep -qx 'dmstat_up 0' "$work/x.prom"
	stop_exporter
}
promise "without a module that can be loaded it says so, and goes on" no_module

activated()
{
	linear activated 16
	region activated
	python3 - <<-END &
		import os, socket
		passed = socket.create_server(('127.0.0.1', $port))
		os.dup2(passed.fileno(), 3)
		os.set_inheritable(3, True)
		os.environ['LISTEN_FDS'] = '1'
		os.environ['LISTEN_PID'] = str(os.getpid())
		os.execvp('dmstat-exporter', ['dmstat-exporter'])
	END
	exporter=$!
	wait_until is_healthy
	scrape
	equal "dmstat_up" "$(sample dmstat_up)" 1
	stop_exporter
}
promise "it takes the socket that systemd has opened" activated

wrong()
{
	local text

	while IFS='|' read -r text args; do
		# shellcheck disable=SC2086
		refused 2 "$text" dmstat-exporter $args
	done <<-'END'
		unknown option --foo|--foo
		unexpected argument 'vg/lv'|vg/lv
		--listen '80': no port|--listen 80
		the port is not a number from 1 to 65535|--listen 127.0.0.1:0
		an address of IPv6 needs brackets|--listen ::1:9000
		--areas: at most 1000|--areas 1001
		--areas '0': give 1 or more|--areas 0
		--regions: at most 100000|--regions 100001
		--interval needs --textfile|--interval 5
		--textfile and --listen do not go together|--textfile x.prom --listen :9
		--no-created is of no use with --textfile|--textfile x.prom --no-created
		--listen is there twice|--listen :9 --listen :10
		names end in .prom|--textfile metrics.txt
		names end in .prom|--textfile /tmp/.prom
	END
	refused 1 "no such address on this machine" dmstat-exporter --listen 192.0.2.1:9
	refused 1 "no such user" dmstat-exporter --user no-such-user
	dmstat-exporter --help | grep -q -- '--listen ADDRESS:PORT'
	equal "version" "$(dmstat-exporter --version)" \
		"dmstat-exporter $(modinfo -F version dmstat)"
}
promise "wrong options are refused with what to write instead" wrong

page_of()
{
	sed -n 's/^\.It Fl \([hV] , \)*-\([a-z-]*\).*/--\2/p' "$1" | sort
}

documented()
{
	local page=$here/../Documentation/dmstat-exporter.8

	[[ -e $page ]] || skip "no manual page"
	equal "options" "$(page_of "$page")" \
		"$(dmstat-exporter --help | grep -oE '^  --[a-z-]+' | tr -d ' ' | sort)"
}
promise "the manual page has the options" documented

unit()
{
	local file=$work/dmstat-exporter.service

	[[ -x $(command -v systemd-analyze) ]] || skip "no systemd-analyze"
	[[ -e $here/../tools/systemd/dmstat-exporter.service.in ]] || skip "no unit"
	sed "s,@sbindir@/dmstat-exporter,$(command -v true)," \
		"$here/../tools/systemd/dmstat-exporter.service.in" >"$file"
	systemd-analyze security --offline=yes --threshold=20 "$file" | tail -n 1
}
promise "its unit is hardened, by what systemd says" unit

run_promises "$@"
