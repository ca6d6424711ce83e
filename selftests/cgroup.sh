# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Cgroups of version 2, for tests that source lib.sh.

# has_cgroups: where they are mounted is $cgroups; until the promise ends, if they
# were not. Fails, and says why, if there are none.
has_cgroups()
{
	cgroups=
	if [[ ! -e /proc/cgroups ]]; then
		echo "this kernel has no cgroups"
		return 1
	fi
	cgroups=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
	[[ ! $cgroups ]] || return 0
	if ! mount -t cgroup2 none /sys/fs/cgroup; then
		echo "cgroups cannot be mounted"
		return 1
	fi
	later umount /sys/fs/cgroup
	cgroups=/sys/fs/cgroup
}

# new_cgroup NAME [CONTROLLERS]: $cgroups/NAME, with "+io" or these, until the promise
# ends. Fails, and says why, if it cannot be made.
new_cgroup()
{
	has_cgroups || return
	if ! echo "${2:-+io}" >"$cgroups/cgroup.subtree_control"; then
		echo "cgroups cannot have these controllers: ${2:-+io}"
		return 1
	fi
	mkdir "$cgroups/$1" || return
	later remove_cgroup "$1"
}

# Processes that are still in it go to the one above.
remove_cgroup()
{
	local process

	while read -r process; do
		echo "$process" >"$cgroups/cgroup.procs" || true
	done <"$cgroups/$1/cgroup.procs"
	wait_until rmdir "$cgroups/$1"
}

# in_cgroup NAME COMMAND...
in_cgroup()
{
	# shellcheck disable=SC2016 # of the inner shell
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$cgroups/$1" "${@:2}"
}
