#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The command prints the versions of all parts, in use and installed.

source "$(dirname "$0")/lib.sh"

versions()
{
	dmstat-nl version -j | jq -r '[.dmstat_nl, .libdmstat, .module_loaded,
		.module_installed, .module_file] | join(" ")'
}

one_version()
{
	local version file

	version=$(dmstat-nl --version)
	version=${version#dmstat-nl }
	file=$(modinfo -F filename dmstat)
	equal "loaded" "$(versions)" "$version $version $version $version $file"
	unload
	equal "unloaded" "$(versions)" "$version $version  $version $file"
	dmstat-nl version
	equal "in words" "$(dmstat-nl version | sed -n 2p)" "module loaded: none"
}
promise "version shows the loaded module and the one that would be loaded" one_version

# another_version FILE: make the module that is installed one of version 9.9.9.
another_version()
{
	cp "$1" "$work/dmstat.ko"
	later cp "$work/dmstat.ko" "$1"
	sed -i 's/\(\x00version=\)[0-9]\.[0-9]\.[0-9]\x00/\19.9.9\x00/' "$1"
}

upgraded()
{
	local file version printed

	file=$(modinfo -F filename dmstat)
	version=$(cat /sys/module/dmstat/version)
	another_version "$file"
	equal "upgraded" "$(versions)" "$version $version $version 9.9.9 $file"
	printed=$(dmstat-nl version)
	echo "$printed"
	grep -qx "module loaded: $version" <<<"$printed"
	grep -qx "module installed: 9.9.9, $file" <<<"$printed"
	grep -q 'modprobe -r dmstat && modprobe dmstat' <<<"$printed"
}
promise "version reports a module of another version than the one loaded" upgraded

not_installed()
{
	local folder

	unload
	folder=/lib/modules/$(uname -r)
	mount -t tmpfs none "$folder"
	later umount "$folder"
	equal "not installed" "$(versions | cut -d ' ' -f 3-)" "  "
	equal "in words" "$(dmstat-nl version | sed -n 3p)" \
		"module installed: none for kernel $(uname -r)"
}
promise "version reports that no module is installed" not_installed

run_promises "$@"
