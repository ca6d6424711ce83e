# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# KTAP: how the shell scripts write results, and count those of others.

KSFT_PASS=0
KSFT_FAIL=1
KSFT_SKIP=4

ktap_number=0
ktap_failed=0

ktap_begin()
{
	echo "TAP version 13"
}

# ktap_plan NUMBER: how many results there are; after the first line, or last.
ktap_plan()
{
	echo "1..$1"
}

# ktap_skip_all WHY: nothing here can be tried; exits.
ktap_skip_all()
{
	echo "1..0 # SKIP $1"
	exit $KSFT_SKIP
}

# ktap_result STATUS NAME [REMARK]: of the next test; status as of kselftest.
ktap_result()
{
	local remark=${3:+ # $3}

	ktap_number=$((ktap_number + 1))
	case $1 in
	"$KSFT_PASS") echo "ok $ktap_number $2$remark" ;;
	"$KSFT_SKIP") echo "ok $ktap_number $2 # SKIP${3:+ $3}" ;;
	*)	echo "not ok $ktap_number $2$remark"
		ktap_failed=$((ktap_failed + 1)) ;;
	esac
}

# ktap_end: exits by what the results were.
ktap_end()
{
	exit $((ktap_failed ? KSFT_FAIL : KSFT_PASS))
}

# Make diagnostics of stdin.
ktap_diagnostics()
{
	sed -u 's/^/# /'
}

# ktap_count LOG: prints how many tests passed and how many failed, without those
# that are indented or in diagnostics.
ktap_count()
{
	awk '/^ok [0-9]/ { good++ }
	     /^not ok [0-9]/ { bad++ }
	     END { print good + 0, bad + 0 }' "$1"
}
