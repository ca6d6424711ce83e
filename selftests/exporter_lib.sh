# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What tests of the exporter share, after lib.sh.

port=10413
url=http://127.0.0.1:$port

# "dmstat-exporter", or a build of it that finds bugs.
exporter_program=dmstat-exporter
exporter_environment=()

# start_exporter OPTION...: sets $exporter to its process. What it says goes to
# $work/said.
start_exporter()
{
	# shellcheck disable=SC2154
	env "${exporter_environment[@]}" "$exporter_program" "$@" \
		2>>"$work/said" &
	exporter=$!
	wait_until is_healthy
}

is_healthy()
{
	[[ -d /proc/$exporter ]] || fail "the exporter has ended: $(cat "$work/said")"
	[[ $(curl -s "$url/-/healthy") == ok ]]
}

# stop_exporter: by SIGTERM; it ends at once and without an error.
stop_exporter()
{
	local status=0

	kill "$exporter"
	wait "$exporter" || status=$?
	[[ ! -s $work/said ]] || sed 's/^/said: /' "$work/said"
	equal "exit status" "$status" 0
}

# scrape [OPTION OF CURL]...: to $work/metrics.
scrape()
{
	curl -sS "$@" "$url/metrics" >"$work/metrics"
}

# shellcheck disable=SC2034
openmetrics=(-H "Accept: application/openmetrics-text;version=1.0.0")

# sample NAME [LABEL]...: the sum of the samples with that name and these labels
# (key="value"), from $work/metrics; "none" without any.
sample()
{
	awk -v name="$1" -v labels="${*:2}" '
		BEGIN { count = split(labels, wanted, " ") }
		{
			split($1, parts, "{")
			if (parts[1] != name)
				next
			text = $0
			sub(/^[^{]*{/, ",", text)
			for (i = 1; i <= count; i++)
				if (!index(text, "," wanted[i] ","))
					if (!index(text, "," wanted[i] "}"))
						next
			sum += $NF
			found = 1
		}
		END { if (found) printf "%.15g\n", sum; else print "none" }' \
		"$work/metrics"
}

# fds: how many files the exporter has open.
fds()
{
	# shellcheck disable=SC2012
	ls "/proc/$exporter/fd" | wc -l
}

threads()
{
	awk '/^Threads:/ { print $2 }' "/proc/$exporter/status"
}

# resident: its memory, in KiB.
resident()
{
	awk '/^VmRSS:/ { print $2 }' "/proc/$exporter/status"
}
