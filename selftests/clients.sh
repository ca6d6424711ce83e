#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ordinary netlink clients, which ignore an error number at the end of a dump, see
# that a dump is refused.

source "$(dirname "$0")/lib.sh"

uapi=$here/../uapi/linux/dmstat.h
[[ -e $uapi ]] || uapi=$here/../../../../include/uapi/linux/dmstat.h

# number_of NAME: the value of one of the header's enumerators.
number_of()
{
	awk -v name="DMSTAT_$1" '
		/^enum/ { value = 0 }
		/^\t[A-Z_]+( = 1)?,/ {
			if (/ = 1/)
				value = 1
			sub(/[ ,].*/, "", $1)
			if ($1 == name)
				print value
			value++
		}' "$uapi"
}

# expect WHAT COMMAND [ATTRIBUTE:KIND:VALUE]...: the answer to the next dump.
expect()
{
	local argument request

	request=$(number_of "CMD_$2")
	for argument in "${@:3}"; do
		request+=" $(number_of "A_${argument%%:*}"):${argument#*:}"
	done
	requests+=("$request")
	expected+=("${*:2} gives $1")
	asked+=("${*:2}")
}

# ask COMMAND...: have the client request all of these dumps.
ask()
{
	local answers=() said=() i

	mapfile -t answers < <(printf '%s\n' "${requests[@]}" | "$@")
	for i in "${!asked[@]}"; do
		said+=("${asked[i]} gives ${answers[i]-nothing}")
	done
	equal "$*" "$(printf '%s\n' "" "${said[@]}")" \
		"$(printf '%s\n' "" "${expected[@]}")"
	requests=() expected=() asked=()
}

numbers_of()
{
	local numbers
	numbers=$(mountpoint -x "/dev/mapper/$1")
	major=${numbers%:*}
	minor=${numbers#*:}
}

refused()
{
	local client=$1 id major minor
	local requests=() expected=() asked=()

	nullb 0 16
	dm a "0 16384 linear /dev/nullb0 0"
	dm b "0 16384 linear /dev/nullb0 16384"
	region --areas 3 a
	id=$region
	numbers_of b

	expect "2 objects" DEVICE_GET
	expect "1 objects" REGION_GET
	expect "3 objects" AREA_GET "AREA_REGION_ID:u32:$id"
	expect "3 objects" AREA_GET

	expect ENOENT AREA_GET "AREA_REGION_ID:u32:$((id + 1))"
	expect ENOENT INFLIGHT_GET "INFLIGHT_MAJOR:u32:$major" \
		"INFLIGHT_MINOR:u32:$minor"
	expect ENODEV INFLIGHT_GET "INFLIGHT_MAJOR:u32:$major" \
		INFLIGHT_MINOR:u32:4711

	expect EINVAL DEVICE_GET "DEVICE_MAJOR:u32:$major"
	expect EINVAL REGION_GET "REGION_REGION_ID:u32:$id"
	expect EINVAL REGION_GET "REGION_MAJOR:u32:$major"
	expect EINVAL AREA_GET "AREA_MAJOR:u32:$major"
	expect EINVAL AREA_GET AREA_FIRST_AREA:u64:1
	expect EINVAL INFLIGHT_GET "INFLIGHT_MINOR:u32:$minor"

	expect ERANGE REGION_GET \
		"REGION_PROGRAM_ID:string:$(printf %0256d 0)"
	expect ERANGE AREA_GET "AREA_REGION_ID:u32:$id" \
		AREA_FIRST_AREA:u64:3
	expect ERANGE AREA_GET "AREA_REGION_ID:u32:$id" \
		AREA_AREA_COUNT:u64:4
	ask "$client"

	expect EPERM DEVICE_GET
	expect EPERM REGION_GET
	expect EPERM AREA_GET "AREA_REGION_ID:u32:$id"
	expect EPERM INFLIGHT_GET "INFLIGHT_MAJOR:u32:$major" \
		"INFLIGHT_MINOR:u32:$minor"
	ask setpriv --reuid 65534 --regid 65534 --clear-groups "$client"
}

libnl()
{
	refused client_libnl
}
promise "a plain libnl-3 program sees that a dump is refused, and why" libnl

libmnl()
{
	[[ $(type -P client_libmnl) ]] || skip "built without libmnl"
	refused client_libmnl
}
promise "a plain libmnl program sees that a dump is refused, and why" libmnl

pyroute2()
{
	/usr/bin/python3 -c 'import pyroute2' 2>/dev/null ||
		skip "no pyroute2 for Python"
	refused client_pyroute2.py
}
promise "a plain pyroute2 program sees that a dump is refused, and why" \
	pyroute2

run_promises "$@"
