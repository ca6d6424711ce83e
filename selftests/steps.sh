# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What check and check-debug share. A step is a command with a log in $logs, and
# counts as one result, or as many as its tests report. A step that fails does not
# stop the others; the last line counts all results.

logs=${logs:?the folder for logs must be set}
PATH=$PATH:/usr/sbin:/sbin
# shellcheck source=ktap.sh
source selftests/ktap.sh
# Not the flags of the make that called.
MAKEFLAGS=-j$(nproc)
export MAKEFLAGS

# For those that source this.
# shellcheck disable=SC2034
series=(6.1 6.12)
# Other architectures than this one, for which all is built.
# shellcheck disable=SC2034
foreign=(arm64 s390x)

# On a kernel, tests that take long, and that "make check" runs on the other one
# alone, or, if both have them, not at all; "make check-debug" runs them on this one.
# Those that want a kernel without null_blk come first.
declare -A elsewhere=(
	[6.1]='abi_event|abi_notify|accounting.sh|apply.sh|delete.sh|extents.sh'
	[6.12]='abi_merge|abi_owned|abi_resize|abi_set|apply_watch.sh|arguments.sh'
)
elsewhere[6.1]+='|extents_refused.sh|monitor.sh|prometheus.sh|removal.sh'
elsewhere[6.1]+='|report.sh|requests.sh|resize.sh|segments.sh|slow.sh|spec.py'
elsewhere[6.1]+='|striped.sh|terminal.sh|top_changes.sh|unread.sh|waiting.sh'
elsewhere[6.1]+='|disks_tool.sh'
elsewhere[6.12]+='|busy.sh|exporter.sh|flush.sh|flush_shown.sh|heat.sh|histogram.sh'
elsewhere[6.12]+='|in_flight.sh|set.sh'
elsewhere[6.12]+='|large.sh|latency.sh|million.sh|monotone.sh|nowait.sh|oracle.sh'
elsewhere[6.12]+='|readclear.sh|report_fields.sh|requeue.sh|scope.sh|stacked.sh'
elsewhere[6.12]+='|stress.sh|suspend.sh|thin.sh|top.sh|ynl.py'
for s in "${series[@]}"; do
	elsewhere[$s]+='|apply_flood.sh|beside.sh|clients.sh|completion.py'
	elsewhere[$s]+='|exporter_clients.sh|exporter_leaks.sh|first_touch.sh|growth.sh'
	elsewhere[$s]+='|paths.sh|report_dmstats.sh'
	elsewhere[$s]+='|subscriber.sh|swap.sh|zone_append.sh'
done

# selftests_on KERNEL TEST...
selftests_on()
{
	DMSTAT_VM_CONSOLE=$logs/console-$1 selftests/vm/vm --kernel "$1" --cpus 2 \
		--memory 1536 --timeout 2400 -- selftests/run-tests "${@:2}"
}

# many_cpus_on KERNEL: 64 CPUs, of which two are started: on 6.12 the parameter
# possible_cpus does not add possible CPUs.
many_cpus_on()
{
	local tests
	mapfile -t tests < <(make -s -C selftests list-many-cpus | tr ' ' '\n')
	DMSTAT_VM_CONSOLE=$logs/console-many-cpus-$1 selftests/vm/vm \
		--kernel "$1" --cpus 64 --append maxcpus=2 --memory 1536 \
		--timeout 1800 -- selftests/run-tests "${tests[@]}"
}

# disks_on KERNEL TEST...: with the disks that vm/disks says.
disks_on()
{
	local options
	mapfile -t options < <(selftests/vm/disks)
	DMSTAT_VM_CONSOLE=$logs/console-disks-$1 selftests/vm/vm --kernel "$1" \
		--cpus 2 --memory 1536 "${options[@]}" --timeout 7200 -- \
		selftests/run-tests "${@:2}"
}

# library_on KERNEL: its tests that need the module.
library_on()
{
	local log=$logs/library-$1.out
	selftests/vm/vm --kernel "$1" --cpus 2 --timeout 300 -- \
		selftests/vm/test-library 2>&1 | tee "$log"
	count_ktap "$log" "${PIPESTATUS[0]}"
}

# exporter_unit_on KERNEL: the exporter's units, with the host's systemd.
exporter_unit_on()
{
	local log=$logs/exporter-unit-$1.out
	selftests/vm/vm --kernel "$1" --systemd --timeout 300 -- \
		selftests/exporter_unit.sh 2>&1 | tee "$log"
	count_ktap "$log" "${PIPESTATUS[0]}"
}

# soak_on KERNEL CPUS TIME
soak_on()
{
	local log=$logs/soak-$1.out
	DMSTAT_VM_CONSOLE=$logs/console-soak-$1 \
		selftests/vm/soak "$1" "$2" --time "$3" 2>&1 | tee "$log"
	count_ktap "$log" "${PIPESTATUS[0]}"
}

# boot_on KERNEL: guests with systemd, which run the unit.
boot_on()
{
	local log=$logs/boot-$1.out
	DMSTAT_VM_CONSOLE=$logs/console-boot-$1 selftests/vm/boot "$1" 2>&1 |
		tee "$log"
	count_ktap "$log" "${PIPESTATUS[0]}"
}

passed=0
failed=0

# count_ktap LOG STATUS: print "N passed, N failed" for a log in KTAP.
count_ktap()
{
	local good bad

	read -r good bad < <(ktap_count "$1")
	((bad || $2 == 0)) || bad=1
	echo "$good passed, $bad failed"
	((bad == 0))
}

# account LOG STATUS: add a step's results to the totals.
account()
{
	local line good=1 bad=0
	line=$(tail -n 1 "$1")
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
		good=${BASH_REMATCH[1]}
		bad=${BASH_REMATCH[2]}
		(($2 == 0 || bad)) || bad=1
	elif (($2)); then
		good=0
		bad=1
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	counted="$good passed, $bad failed"
	((bad == 0))
}

# finish TITLE LOG STATUS SECONDS: a line of 80 columns at most.
finish()
{
	local verdict=FAILED

	if account "$2" "$3"; then verdict=ok; fi
	case $counted in
	"1 passed, 0 failed"|"0 passed, 1 failed") counted= ;;
	*) counted=", ${counted%, 0 failed}" ;;
	esac
	printf '  %-51s %-6s %4d s%s\n' "$1" "$verdict" "$4" "$counted"
	[[ $verdict == FAILED ]] || return 0
	echo "  --- from $2:"
	{
		# A test says what was wrong before its result.
		grep -E -B 8 '^(# )*not ok' "$2" | head -n 80
		echo "..."
		tail -n 20 "$2"
	} | sed 's/^/  | /'
	echo "  ---"
}

# step NAME TITLE COMMAND...: run one step.
step()
{
	local name=$1 title=$2 log=$logs/$1.log start=$SECONDS status=0
	shift 2
	wanted "$name" || return 0
	printf '  %s ...\n' "$title"
	"$@" >"$log" 2>&1 </dev/null || status=$?
	finish "$title" "$log" $status $((SECONDS - start))
}

# beside_step NAME TITLE COMMAND...: start a step in the background; see join.
beside=()
beside_step()
{
	local name=$1 title=$2 log=$logs/$1.log start=$SECONDS
	shift 2
	wanted "$name" || return 0
	printf '  %s ...\n' "$title"
	(
		"$@" >"$log" 2>&1 </dev/null
		echo "$? $((SECONDS - start))" >"$logs/$name.status"
	) &
	beside+=("$!|$name|$title")
}

# join: wait for the steps that run beside.
join()
{
	local entry pid name title status seconds
	for entry in "${beside[@]}"; do
		IFS='|' read -r pid name title <<<"$entry"
		wait "$pid"
		read -r status seconds <"$logs/$name.status"
		finish "$title" "$logs/$name.log" "$status" "$seconds"
	done
	beside=()
}

# The names of the steps to run; all if there are none.
only=()
# Those that there are.
known=()
wanted()
{
	known+=("$1")
	((${#only[@]} == 0)) || [[ " ${only[*]} " == *" $1 "* ]]
}

# A misspelt name must not look like a step that passes.
find_unknown()
{
	local name
	for name in "${only[@]}"; do
		[[ " ${known[*]} " != *" $name "* ]] || continue
		echo "there is no step '$name'; there are: ${known[*]}" | fold -s -w 80
		failed=$((failed + 1))
	done
}

# begin TITLE SET...: before the first step; installs sets of packages.
begin()
{
	local title=$1
	shift
	mkdir -p "$logs"
	started=$SECONDS
	selftests/vm/packages "$@" || {
		echo "0 passed, 1 failed"
		exit 1
	}
	echo "dmstat: $title, logs in $logs"
}

# end TITLE: after the last step; exits.
end()
{
	find_unknown
	echo "dmstat: $1 took $((SECONDS - started)) s"
	echo "$passed passed, $failed failed"
	((failed == 0))
	exit
}
