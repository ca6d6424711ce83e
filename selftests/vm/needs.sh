# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What building modules against a kernel needs: what its headers depend on, as
# the packages declare it. Packages that the host lacks, or has in too old a
# version, are unpacked into tools/ beside the kernel, where kbuild finds them.
# The host's own sources need not have these packages, and nothing is installed.
# A package that is installed is used as it is.

# shellcheck source=archive.sh
source "${BASH_SOURCE[0]%/*}/archive.sh"

# What is installed here; dpkg-query reads this variable too.
host_status=${DPKG_ADMINDIR:-/var/lib/dpkg}/status

# Where to look: Debian's preference, then the newest in any suite.
suites=("" bookworm-backports)

# in_archive PACKAGE: how apt knows a package of the kernel for $arch, by its name.
in_archive()
{
	if [[ $arch != "$native" && $1 == *-$arch ]]; then
		echo "$1:$arch"
	else
		echo "$1"
	fi
}

# What the compiler's commands and packages for $arch begin or end with.
target()
{
	case $arch in
	arm64) echo aarch64-linux-gnu ;;
	*) echo "$arch-linux-gnu" ;;
	esac
}

# A dependency on the compiler of another architecture, which may have a package of
# the kernel's around it: on the one that compiles for it here.
cross_compiler()
{
	if [[ $arch == "$native" ]]; then
		cat
	else
		sed -E "s/^(linux-compiler-)?(gcc-[0-9]+)(-[a-z0-9]+)?\$/\2-$(target)/"
	fi
}

# The dependencies of a package, one per line, with alternatives and versions.
dependencies()
{
	apt apt-cache show --no-all-versions "$(in_archive "$1")" |
		sed -n 's/^\(Pre-\)\?Depends: //p' | tr ',' '\n' |
		sed 's/^ *//; s/ *$//' | cross_compiler
}

# Whether a package is built from the kernel's sources, which have the names
# linux, linux-6.12, linux-signed-amd64, linux-signed-6.12-amd64.
is_of_kernel()
{
	local source
	source=$(apt apt-cache show --no-all-versions "$(in_archive "$1")" 2>/dev/null |
		sed -n 's/^Source: \([^ ]*\).*/\1/p') || :
	[[ $source =~ ^linux(-signed)?(-[0-9.]+)?(-$arch)?$ ]]
}

# The package of the kernel that meets a dependency; empty if there is none.
kernel_package_for()
{
	local name names
	read -ra names < <(sed 's/([^)]*)//g; s/:[a-z0-9]*//g; s/|/ /g' <<<"$1")
	for name in "${names[@]}"; do
		if is_of_kernel "$name"; then
			echo "$name"
			break
		fi
	done
}

# follow_headers RELEASE: "own PACKAGE" for the headers and each package of the
# kernel that they lead to, "need DEPENDENCY" for everything else that these
# depend on. The image's dependencies are not followed: installing needs them,
# building does not.
follow_headers()
{
	local queue=("linux-headers-$1") seen=" " package dependency own
	apt apt-cache show "$(in_archive "${queue[0]}")" >/dev/null 2>&1 || return
	while ((${#queue[@]})); do
		package=${queue[0]}
		queue=("${queue[@]:1}")
		[[ $seen != *" $package "* ]] || continue
		seen+="$package "
		echo "own $package"
		while read -r dependency; do
			own=$(kernel_package_for "$dependency")
			case $own in
			"") echo "need $dependency" ;;
			linux-image-*) ;;
			*) queue+=("$own") ;;
			esac
		done < <(dependencies "$package")
	done
}

# The packages of the kernel that are needed to build modules.
packages_to_build()
{
	follow_headers "$1" | sed -n 's/^own //p'
}

# keep_needs RELEASE FILE: write down what else is needed. Fails if the archive
# does not have the release.
keep_needs()
{
	local followed
	followed=$(follow_headers "$1") || return
	sed -n 's/^need //p' <<<"$followed" | sort -u >"$2.new"
	mv "$2.new" "$2"
}

# to_install DEPENDENCY...: what apt would install to meet them all, one
# PACKAGE=VERSION per line. Fails if that is impossible; $work/apt.log says why.
# The C library stays as it is: the running system cannot have two.
to_install()
{
	local suite libc
	libc=$(dpkg-query -W -f '${Version}' libc6:amd64)
	for suite in "${suites[@]}"; do
		if apt apt-get -o Dir::State::status="$host_status" -o quiet=0 \
			-o APT::Default-Release="$suite" --simulate --ignore-hold \
			--no-install-recommends satisfy "libc6 (= $libc)" "$@" \
			>"$work/apt.log" 2>&1; then
			sed -n 's/^Inst \([^ ]*\) \(\[[^]]*\] \)\?(\([^ ]*\) .*/\1=\3/p' \
				"$work/apt.log"
			return
		fi
	done
	return 1
}

# die_of_unmet RELEASE DEPENDENCY...: say which of them cannot be met.
die_of_unmet()
{
	local release=$1 dependency unmet=() names
	shift
	sed -n '/unmet dependencies/,$p' "$work/apt.log" >&2
	for dependency; do
		to_install "$dependency" >/dev/null || unmet+=("$dependency")
	done
	# Each alone can be met, but not all of them together.
	((${#unmet[@]})) || unmet=("$@")
	names=$(printf '%s, ' "${unmet[@]}")
	die "building modules for $release needs ${names%, }:" \
		"neither installed here nor in the archive"
}

# The makefile in build/ starts make again with tools/ in the environment:
# $(shell) passes on what make was started with, not what a makefile exports.
lead_to_tools()
{
	local makefile=$1/build/Makefile
	! grep -q DMSTAT_TOOLS "$makefile" || return 0
	{
		cat <<-'END'
			dmstat-here := $(dir $(realpath $(lastword $(MAKEFILE_LIST))))
			dmstat-tools := $(abspath $(dmstat-here)../../../tools)
			ifneq ($(DMSTAT_TOOLS),$(dmstat-tools))
			export DMSTAT_TOOLS := $(dmstat-tools)
			export PATH := $(dmstat-tools)/usr/bin:$(dmstat-tools)/bin:$(PATH)
			dmstat-lib := $(foreach lib,usr/lib lib,$(lib)/x86_64-linux-gnu $(lib))
			dmstat-lib := $(addprefix $(dmstat-tools)/,$(dmstat-lib)) $(LD_LIBRARY_PATH)
			export LD_LIBRARY_PATH := $(subst $() ,:,$(strip $(dmstat-lib)))
		END
		[[ $arch == "$native" ]] || echo "export CROSS_COMPILE := $(target)-"
		cat <<-'END'
			.PHONY: dmstat-again $(MAKECMDGOALS)
			dmstat-again: ; @$(MAKE) --no-print-directory $(MAKECMDGOALS)
			$(MAKECMDGOALS): dmstat-again ; @:
			else
		END
		cat "$makefile"
		echo endif
	} >"$makefile.new"
	mv "$makefile.new" "$makefile"
}

# unpack_tools RELEASE [PACKAGE=VERSION...]
unpack_tools()
{
	local release=$1 deb
	shift
	rm -rf "$work/tools" "$work/tool-debs"
	mkdir "$work/tools"
	if (($#)); then
		say "downloading what building for $release needs: $*"
		download "$work/tool-debs" "$@" || return
		for deb in "$work"/tool-debs/*.deb; do
			dpkg-deb -x "$deb" "$work/tools"
		done
	fi
	echo "$*" >"$work/tools/.packages"
	rm -rf "$kernels/$release/tools"
	mv -T "$work/tools" "$kernels/$release/tools"
}

# update_tools RELEASE DEPENDENCY...
update_tools()
{
	local release=$1 packages
	shift
	packages=$(to_install "$@") ||
		{ apt_update && packages=$(to_install "$@"); } ||
		die_of_unmet "$release" "$@"
	mapfile -t packages < <(printf '%s' "$packages")
	[[ "$(cat "$kernels/$release/tools/.packages" 2>/dev/null || echo none)" == "${packages[*]}" ]] ||
		unpack_tools "$release" "${packages[@]}"
}

# provide_tools RELEASE: have in tools/ what is needed and not installed. The
# answer holds until something is installed or removed.
provide_tools()
{
	local release=$1 folder=$kernels/$1 host needs
	lead_to_tools "$folder"
	host=$(stat -c '%s %.Y' "$host_status")
	[[ "$(cat "$folder/tools/.host" 2>/dev/null)" != "$host" ]] || return 0

	make_work_folder "$cache/unpack"
	mapfile -t needs <"$folder/needs"
	update_tools "$release" "${needs[@]}" ||
		{ apt_update && update_tools "$release" "${needs[@]}"; } ||
		die "cannot download what building for $release needs"
	echo "$host" >"$folder/tools/.host"
}
