#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's prometheus scrapes dmstat-exporter again and again while fio is busy on
# devices of known speed. What it says of them afterwards is what fio says.
#
# The load runs once, for DMSTAT_LOAD_SECONDS (60; at least 40), in the promise that
# comes first; the server, with what it has stored, is there for all.

source "$(dirname "$0")/lib.sh"

seconds=${DMSTAT_LOAD_SECONDS:-60}
# How often is scraped, in s; also how long a scrape may take.
interval=3
server=127.0.0.1:19090
exporter=127.0.0.1:19091
rules=$here/../tools/monitoring/prometheus-rules.yml
dashboard=$here/../tools/monitoring/grafana-dashboard.json

scene=$(mktemp -d)
trap 'kill $(cat "$scene"/*.pid 2>/dev/null) 2>/dev/null; rm -rf "$scene"' EXIT

# ------------------------------------------------------------ the servers

# daemon NAME COMMAND...: in the background, until this script ends. Not a job of the
# promise.
daemon()
{
	"${@:2}" >"$scene/$1.log" 2>&1 &
	echo $! >"$scene/$1.pid"
	disown
}

# answers NAME ADDRESS: whether a daemon does.
answers()
{
	kill -0 "$(<"$scene/$1.pid")" || fail "$1 has ended: $(tail -n 5 "$scene/$1.log")"
	curl -sf -o "$scene/answer" "http://$2"
}

start_exporter()
{
	daemon exporter dmstat-exporter --listen "$exporter" --areas 8
	wait_until answers exporter "$exporter/metrics"
}

start_prometheus()
{
	cat >"$scene/prometheus.yml" <<-END
		global:
		  scrape_interval: ${interval}s
		  evaluation_interval: ${interval}s
		rule_files:
		- $(realpath "$rules")
		scrape_configs:
		- job_name: dmstat
		  static_configs:
		  - targets: [$exporter]
	END
	daemon prometheus "$programs/prometheus" --config.file="$scene/prometheus.yml" \
		--storage.tsdb.path="$scene/data" --web.listen-address="$server"
	wait_until answers prometheus "$server/-/ready"
}

# query EXPRESSION [TIME]: what the server answers; TIME in s since 1970.
query()
{
	curl -sS --data-urlencode "query=$1" ${2:+--data-urlencode "time=$2"} \
		"http://$server/api/v1/query"
}

# table EXPRESSION [TIME]: a line for each value, with tabs: metric, device, operation,
# bound, VALUE; "-" for what it has not.
table()
{
	query "$@" | jq -r '.data.result[] | .value[1] as $value | .metric |
		[.__name__, .device, .op, .le] | map(. // "-") + [$value] | @tsv'
}

# value EXPRESSION [TIME]: of an expression that has one.
value()
{
	local values

	values=$(table "$@")
	[[ $values && $values != *$'\n'* ]] || fail "$1: not one value: $values"
	cut -f 5 <<<"$values"
}

# in_table FILE METRIC DEVICE OPERATION: the value there.
in_table()
{
	awk -F'\t' -v key="$2 $3 $4" '$1 " " $2 " " $3 == key { print $5; found++ }
		END { if (found != 1) print found + 0, "values of", key }' "$1"
}

# whole FACTOR NUMBER: their product, for within().
whole()
{
	awk -v factor="$1" -v number="$2" 'BEGIN { printf "%.0f\n", factor * number }'
}

# has_value EXPRESSION VALUE
has_value()
{
	[[ $(table "$1" | cut -f 5) == "$2" ]]
}

# scraped_since TIME: whether a scrape that had an answer began later; sets $scraped to
# when.
scraped_since()
{
	scraped=$(table "min(timestamp(dmstat_up)) > $1" | cut -f 5)
	[[ $scraped ]]
}

# -------------------------------------------------------------- the scene

bounds=8ms,32ms,128ms,512ms,2s

# tail: a read in twenty, of the last twentieth of the device, takes 200 ms.
# even: reads take 20 ms, writes 40, flushes 30.
# dmstat_test/volume: a logical volume, with more areas than the exporter shows.
# hung: suspended, with a read in flight. bad: reads fail.
make_devices()
{
	modprobe -q dm-delay || skip "this kernel has no dm-delay"
	nullb 0 64 cache_size=4 discard=1
	lvm_quietly pvcreate /dev/nullb0
	lvm_quietly vgcreate dmstat_test /dev/nullb0
	later lvm_quietly vgchange -an dmstat_test
	lvm_quietly lvcreate -Zn -l 14 -n volume dmstat_test
	nullb 1 64 cache_size=4
	dm tail "0 38912 linear /dev/nullb1 0
38912 2048 delay /dev/nullb1 38912 200"
	dm even "0 40960 delay /dev/nullb1 40960 20 /dev/nullb1 40960 40 /dev/nullb1 40960 30"
	dm hung "0 8192 linear /dev/nullb1 81920"
	dm bad "0 8192 error"
}

make_regions()
{
	region --histogram "$bounds" tail
	region --histogram "$bounds" --program test even
	region --areas 64 --group volumes dmstat_test/volume
	region hung
	region bad
}

# It notes when each job begins and ends.
run_fio()
{
	cd "$scene"
	fio --exec_prerun="date +%s.%N" --exec_postrun="date +%s.%N" \
		--output-format=json --output=said --thread --direct=1 \
		--ioengine=libaio --time_based --runtime="$seconds" \
		--lat_percentiles=1 --clat_percentiles=0 --percentile_list=50:99 \
		--name=tail --filename=/dev/mapper/tail --rw=randread --bs=4k \
		--iodepth=8 --rate_iops=40 \
		--name=even --filename=/dev/mapper/even --rw=randwrite --bs=8k \
		--iodepth=4 --rate_iops=20 \
		--name=dmstat_test-volume --filename=/dev/dmstat_test/volume \
		--rw=randrw --rwmixread=50 --bs=16k --iodepth=4 \
		--rate_iops=20,20 --fsync=8
	# It says where it keeps what these print.
	sed -n '/^{/,/^}/p' said >fio
	sort -n ./*.prerun.txt | tail -n 1 >begin
	sort -n ./*.postrun.txt | head -n 1 >end
	cd "$here"
	jq -r '.jobs[] | .jobname as $job | .sync as $sync |
		{ read, write } | to_entries[] | .value as $io | .key as $operation |
		{ ios: $io.total_ios, bytes: $io.io_bytes,
		  rate: ($io.total_ios * 1000 / ([$io.runtime, 1] | max)),
		  p50: $io.lat_ns.percentile["50.000000"],
		  p99: $io.lat_ns.percentile["99.000000"],
		  mean: $io.lat_ns.mean, flushes: $sync.total_ios } |
		to_entries[] | [.key, $job, $operation, "-", .value // 0] | @tsv' \
		"$scene/fio" >"$scene/fio.table"
}

# fio_says WHAT DEVICE OPERATION: ios, bytes, rate; p50, p99, mean in ns; flushes.
fio_says()
{
	in_table "$scene/fio.table" "$@"
}

now()
{
	echo "${EPOCHREALTIME/,/.}"
}

# What is slow and is not needed any more.
stop_scraping()
{
	kill "$(<"$scene/exporter.pid")"
	rm "$scene/exporter.pid"
	echo "global: {}" >"$scene/prometheus.yml"
	kill -HUP "$(<"$scene/prometheus.pid")"
}

play()
{
	programs=$("$here/vm/prometheus" --cached) || skip "run selftests/vm/prometheus first"
	((slower == 1)) || skip "this kernel is too slow to keep times"
	touch "$scene/tried"
	make_devices
	make_regions
	start_exporter
	start_prometheus
	wait_until has_value 'sum_over_time(dmstat_up[1m]) >= bool 2' 1
	hold hung read /dev/mapper/hung 0 8
	now >"$scene/before"
	run_fio
	io -c 5 read /dev/mapper/bad 0 8 || true
	io -c 20 -s 128 discard /dev/dmstat_test/volume 0 64
	now >"$scene/flush"
	io -c 10 flush /dev/mapper/even 0 0
	now >"$scene/last"
	wait_until scraped_since "$(<"$scene/last")"
	echo "$scraped" >"$scene/after"
	# Rules are evaluated each interval.
	sleep $((2 * interval))
	now >"$scene/judged"
	curl -sS "http://$server/api/v1/alerts" >"$scene/alerts"
	curl -sS "http://$server/api/v1/rules" >"$scene/rules"
	curl -sS "http://$exporter/metrics" >"$scene/metrics"
	stop_scraping
	release hung
	table '{__name__=~"dmstat_.*"}' "$(<"$scene/after")" >"$scene/table"
	touch "$scene/played"
}

# Each promise begins with this.
on_stage()
{
	if [[ ! -e $scene/played ]]; then
		[[ ! -e $scene/tried ]] || fail "the load did not end, see the first promise"
		play
	fi
	before=$(<"$scene/before")
	begin=$(<"$scene/begin")
	end=$(<"$scene/end")
	after=$(<"$scene/after")
	judged=$(<"$scene/judged")
}

# between FROM TO: whole seconds.
between()
{
	awk -v from="$1" -v to="$2" 'BEGIN { printf "%d\n", to - from }'
}

# last METRIC DEVICE [OPERATION]: its value after the load.
last()
{
	in_table "$scene/table" "$1" "$2" "${3:--}"
}

# --------------------------------------------------------------- promises

all_scraped()
{
	on_stage
	local took

	took=$(between "$begin" "$end")
	echo "the longest scrape took $(value "max_over_time(scrape_duration_seconds[${took}s])" \
		"$end") s"
	equal "every scrape had an answer" \
		"$(value "min_over_time(up{job=\"dmstat\"}[${took}s])" "$end")" 1
	equal "and the kernel's" "$(value "min_over_time(dmstat_up[${took}s])" "$end")" 1
	within "scrapes in $took s" \
		"$(value "count_over_time(dmstat_up[${took}s])" "$end")" \
		$((took / interval - 1)) $((took / interval + 1))
	equal "errors of scrapes" "$(last dmstat_scrape_errors_total -)" 0
}
promise "for a minute, under load, each scrape has an answer" all_scraped

# sum_but METRIC [DEVICE]: the sum over all other devices after the load.
sum_but()
{
	awk -F'\t' -v metric="$1" -v device="${2-}" '
		$1 == metric && $2 != device { sum += $5; found++ }
		END { if (found) print sum; else print "none" }' "$scene/table"
}

counts()
{
	on_stage
	local device operation volume=dmstat_test-volume

	for device in tail even $volume; do
		for operation in read write; do
			equal "$device: ${operation}s, their bytes" \
				"$(last dmstat_region_ios_total "$device" "$operation") $(
				)$(last dmstat_region_bytes_total "$device" "$operation")" \
				"$(fio_says ios "$device" "$operation") $(
				)$(fio_says bytes "$device" "$operation")"
		done
	done
	equal "$volume: flushes" "$(last dmstat_device_flushes_total "$volume")" \
		"$(fio_says flushes "$volume" write)"
	equal "$volume: discards, their bytes" \
		"$(last dmstat_region_ios_total "$volume" discard) $(
		)$(last dmstat_region_bytes_total "$volume" discard)" "20 $((20 * 64 * 512))"
	equal "even: flushes" "$(last dmstat_device_flushes_total even)" 10
	equal "bad: failed reads" "$(last dmstat_region_errors_total bad read)" 5
	equal "failed on others" "$(sum_but dmstat_region_errors_total bad)" 0
	equal "missed" "$(sum_but dmstat_region_missed_ios_total)" 0
	for device in tail:read even:write; do
		operation=${device#*:} device=${device%:*}
		equal "$device: all in the histogram" \
			"$(last dmstat_region_io_duration_seconds_count "$device" "$operation")" \
			"$(fio_says ios "$device" "$operation")"
	done
}
promise "the counters of the server end as what fio has done" counts

# A counter is read up to an interval after the scrape has begun; so at each end of a
# window the rate may be off by what an interval brings.
rates()
{
	on_stage
	local window device operation expected

	window=$(($(between "$begin" "$end") - interval))
	table "rate(dmstat_region_ios_total[${window}s])" "$end" >"$work/ios"
	table "round(rate(dmstat_region_bytes_total[${window}s]) $(
		)/ rate(dmstat_region_ios_total[${window}s]))" "$end" >"$work/bytes"
	while read -r device operation; do
		expected=$(whole 1000000 "$(fio_says rate "$device" "$operation")")
		within "$device: ${operation}s a second, in millionths" \
			"$(whole 1000000 "$(in_table "$work/ios" - "$device" "$operation")")" \
			$((expected - expected * 2 * interval / window)) \
			$((expected + expected * 2 * interval / window))
		equal "$device: bytes of a $operation" \
			"$(in_table "$work/bytes" - "$device" "$operation")" \
			$(($(fio_says bytes "$device" "$operation") /
			   $(fio_says ios "$device" "$operation")))
	done <<-END
		tail read
		even write
		dmstat_test-volume read
		dmstat_test-volume write
	END
}
promise "rate() is the rate of fio, within a scrape at each end" rates

# bin_of DEVICE OPERATION SECONDS: the bin of a time, "FROM TO".
bin_of()
{
	awk -F'\t' -v device="$1" -v operation="$2" '
		$1 == "dmstat_region_io_duration_seconds_bucket" &&
		$2 == device && $3 == operation { print $4 }' "$scene/table" | sort -g |
		awk -v time="$3" 'BEGIN { from = 0 }
			$1 == "+Inf" || $1 + 0 >= time + 0 { print from, $1; exit }
			{ from = $1 }'
}

# same_bin DEVICE OPERATION PERCENTILE: fio groups times, too, in bins of 1.6 %, and
# sees a little more than the kernel.
same_bin()
{
	local seen from to

	seen=$(in_table "$work/p$3" - "$1" "$2")
	read -r from to < <(bin_of "$1" "$2" "$seen")
	[[ $to != +Inf ]] || fail "$1: $seen s is in no bin"
	within "$1: fio's p$3 in ns, in the bin of $seen s" "$(fio_says "p$3" "$1" "$2")" \
		"$(whole 1e9 "$from")" "$(whole 1.032e9 "$to")"
}

quantiles()
{
	on_stage
	local percent

	for percent in 50 99; do
		table "histogram_quantile(0.$percent, rate($(
			)dmstat_region_io_duration_seconds_bucket[${seconds}s]))" \
			"$end" >"$work/p$percent"
	done
	same_bin tail read 50
	same_bin tail read 99
	same_bin even write 50
	same_bin even write 99
	equal "bin of the p50 of tail" "$(bin_of tail read \
		"$(in_table "$work/p50" - tail read)")" "0 0.008"
	equal "bin of its p99" "$(bin_of tail read \
		"$(in_table "$work/p99" - tail read)")" "0.128 0.512"
}
promise "the p50 and p99 of fio are in the bins that histogram_quantile() names" quantiles

# At least what dm-delay waits, which may be a tick of 4 ms too short; at most what the
# program saw.
means()
{
	on_stage
	within "mean write, ns" "$(whole 1e9 "$(value "$(
		)dmstat_region_io_seconds_total{device=\"even\",op=\"write\"} / $(
		)dmstat_region_ios_total{device=\"even\",op=\"write\"}" "$after")")" \
		36000000 "$(whole 1 "$(fio_says mean even write)")"
	within "mean flush, ns" "$(whole 1e9 "$(value "$(
		)dmstat_device_flush_duration_seconds_sum{device=\"even\"} / $(
		)dmstat_device_flush_duration_seconds_count{device=\"even\"}" "$after")")" \
		26000000 "$(awk -v from="$(<"$scene/flush")" -v to="$(<"$scene/last")" \
		'BEGIN { printf "%.0f\n", (to - from) / 10 * 1e9 }')"
}
promise "mean latency lies between what the device waits and what the program saw" means

alerts()
{
	on_stage
	local took

	took=$(between "$before" "$judged")
	equal "alerts that fired" "$(query \
		"last_over_time(ALERTS{alertstate=\"firing\"}[${took}s])" "$judged" |
		jq -r '.data.result[].metric | [.alertname, .device, .op // "-"] | join(" ")' |
		sort | paste -sd,)" \
		"DmstatDeviceHangs hung -,DmstatErrors bad read"
	equal "before" "$(query 'ALERTS{alertstate="firing"}' "$before" |
		jq -c .data.result)" "[]"
	jq -r '.data.alerts[].annotations | .summary, .description' "$scene/alerts" \
		>"$work/said"
	cat "$work/said"
	grep -qx "hung of $exporter hangs: I/O in flight for [0-9ms. ]*" "$work/said"
	grep -qF '"dmstat-nl inflight hung"' "$work/said"
	equal "rules with problems" \
		"$(jq -c '[.data.groups[].rules[] | select(.health != "ok") | .name]' \
		"$scene/rules")" "[]"
}
promise "alerts fire for the device that hangs and the one that fails, no others" alerts

checked()
{
	on_stage
	"$("$here/vm/prometheus" --cached)/promtool" check metrics <"$scene/metrics"
}
promise "promtool finds no fault with the metrics" checked

# fill_in: variables, as Grafana would.
fill_in()
{
	sed -e "s/\\\$__rate_interval/30s/g" -e "s/\\\$__range/${seconds}s/g" \
		-e 's/\$\(job\|instance\|kind\|device\|group\|region\|op\)/.*/g'
}

# expressions: "WHERE<tab>EXPRESSION" of all that the dashboard asks.
expressions()
{
	jq -r '(.panels[] | .title as $title | (.targets // [])[] |
			"\($title) \(.refId)\t\(.expr)"),
		(.annotations.list[] | select(.expr) | "\(.name)\t\(.expr)")' "$dashboard" |
		fill_in
}

# ask_all: answers in $work/N, one connection for all.
ask_all()
{
	local number=0 expression

	while read -r expression; do
		number=$((number + 1))
		((number == 1)) || echo next
		printf 'url = "http://%s/api/v1/query"\n' "$server"
		printf 'output = "%s"\nsilent\n' "$work/answer.$number"
		printf 'data-urlencode = "time=%s"\n' "$1"
		printf 'data-urlencode = "query=%s"\n' \
			"${expression//\"/\\\"}"
	done < <(cut -f 2 "$work/expressions") >"$work/curl"
	curl -K "$work/curl"
}

shown()
{
	on_stage
	local number answer

	expressions >"$work/expressions"
	# While there is load.
	ask_all "$end"
	jq -r 'select(.status != "success" or
		([.data.result[] | select(.value[1] != "NaN")] | length == 0)) |
		"\(input_filename)\t\(tojson)"' "$work"/answer.* >"$work/empty"
	while IFS=$'\t' read -r number answer; do
		sed -n "${number##*.}p" "$work/expressions"
		echo "${answer::300}"
	done <"$work/empty"
	equal "expressions without data" "$(wc -l <"$work/empty")" 0
	within "answers" "$(find "$work" -name 'answer.*' | wc -l)" \
		"$(wc -l <"$work/expressions")" 100
}
promise "each expression of the dashboard returns data" shown

# label_values(METRIC, LABEL) is what Grafana asks by this.
offered()
{
	on_stage
	local name metric label values
	while IFS=$'\t' read -r name metric label; do
		values=$(curl -sS -G --data-urlencode "match[]=$metric" \
			"http://$server/api/v1/label/$label/values" | jq -c .data)
		echo "$name: $values"
		[[ $values == \[\"* ]] || fail "no value for $name"
	done < <(jq -r '.templating.list[] | select(.type == "query") |
		.name as $name | .query.query |
		capture("^label_values\\((?<metric>.*), (?<label>\\w+)\\)$") |
		"\($name)\t\(.metric)\t\(.label)"' "$dashboard" | fill_in)
}
promise "each variable of the dashboard has values to choose from" offered

run_promises "$@"
