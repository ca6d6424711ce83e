# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts that keep kernels in the cache share: where it is, and how
# packages are fetched from Debian's archive, or from the sources in the file that
# DMSTAT_SOURCES names (lines as in sources.list). Nothing is installed, root is
# not needed, and apt's own sources are left alone.

cache=${DMSTAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dmstat}
# shellcheck disable=SC2034 # used where this is sourced
kernels=$cache/kernels
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# Which release of Debian; another one has lists of its own.
debian=bookworm
# For which architecture; lists of another one are kept with those of amd64, and its
# packages are called NAME:ARCH.
arch=amd64
# What apt takes for its own.
native=amd64

die()
{
	echo "dmstat: ${0##*/}: $*" >&2
	exit 1
}

say()
{
	echo "dmstat: $*" >&2
}

own_apt()
{
	local suffix=-$debian
	[[ $debian != bookworm ]] || suffix=
	[[ $arch == amd64 ]] || suffix+=-$arch
	echo "$cache/apt$suffix"
}

# apt with sources, lists and cache of our own, all below own_apt's folder.
apt()
{
	local tool=$1 own foreign=()
	own=$(own_apt)
	shift
	[[ $arch == "$native" ]] || foreign=(-o APT::Architectures::="$arch")
	"$tool" -qq -o Dir::Etc::sourcelist="$own/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::State="$own" -o Dir::State::lists="$own/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$own/cache" \
		-o APT::Default-Release= -o APT::Architecture="$native" \
		-o APT::Architectures::="$native" "${foreign[@]}" \
		-o APT::Get::List-Cleanup=0 -o APT::Sandbox::User= \
		-o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}

# The URI where the host itself gets Debian's archive with this label.
host_mirror()
{
	local label=$1 default=$2 uri
	# shellcheck disable=SC2016 # apt fills in what looks like variables
	uri=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(SITE)' \
		"Created-By: Packages" 2>/dev/null |
		sed -n "s/^Debian|$label|\(http.*\)/\1/p" | head -n 1) || :
	echo "${uri:-$default}"
}

write_sources()
{
	local mirror security
	if [[ ${DMSTAT_SOURCES-} ]]; then
		cat "$DMSTAT_SOURCES"
		return
	fi
	[[ -r $keyring ]] || die "no $keyring: install debian-archive-keyring"
	mirror=$(host_mirror Debian http://deb.debian.org/debian)
	security=$(host_mirror Debian-Security http://deb.debian.org/debian-security)
	cat <<-END
		deb [signed-by=$keyring] $mirror $debian main
		deb [signed-by=$keyring] $mirror $debian-backports main
		deb [signed-by=$keyring] $security $debian-security main
	END
}

# Once in a run: a download that failed would fail again.
updated=
apt_update()
{
	local own
	[[ ! $updated ]] || return 0
	own=$(own_apt)
	updated=yes
	mkdir -p "$own/lists/partial" "$own/cache/archives/partial"
	write_sources >"$own/sources.list"
	say "asking $(grep -om 1 '[a-z]*:/[^ ]*' "$own/sources.list") what it has"
	apt apt-get update >&2 || say "not every list of packages could be fetched; going on"
}

download()
{
	local to=$1
	shift
	mkdir -p "$to"
	(cd "$to" && apt apt-get download "$@" >&2)
}

# make_work_folder FOLDER: as $work, for as long as the script runs.
# Only when there is something to fetch: a guest sees the cache as it was.
# With the lock held, leftovers are those of a crash.
make_work_folder()
{
	work=$1
	rm -rf "$work"
	mkdir "$work"
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}
