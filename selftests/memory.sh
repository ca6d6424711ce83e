# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What a debug kernel knows of memory that a test did not give back, for
# run-tests: what kmemleak finds, and what the module has allocated from the
# slab and vmalloc and not freed. The module is unloaded then, so its code has no
# names.

kmemleak=/sys/kernel/debug/kmemleak
slabs=/sys/kernel/debug/slab
shrinkers=/sys/kernel/slab

# Whether the kernel was built to tell.
memory_is_traced()
{
	[[ -w $kmemleak && -d $slabs && -e $slabs/kmalloc-64/alloc_traces ]]
}

# COUNT CACHE ALLOCATED-BY, of objects that no code in the kernel has allocated
# or that dmstat has; then the same of vmalloc. KASAN keeps what was freed until
# the cache is shrunk.
module_memory()
{
	local cache

	for cache in "$slabs"/{kmalloc,dmstat}*; do
		[[ -e $cache ]] || continue
		echo 1 >"$shrinkers/${cache##*/}/shrink"
		awk -v cache="${cache##*/}" '
			/^ *[0-9]+ (0x|.*\[dmstat\])/ { print $1, cache, $2 }
		' "$cache/alloc_traces"
	done
	awk '$3 ~ /^0x/ || /\[dmstat\]/ { print 1, "vmalloc", $3 }' \
		/proc/vmallocinfo
}

# What kmemleak has found, less what kmem_cache_create() and device-mapper lose
# themselves when they are made to fail half-way, which fault_sweep does.
found_leaks()
{
	awk '/^unreferenced object/ {
			if (!known) printf "%s", report
			report = ""
			known = 0
		}
		/sysfs_slab_add|dm_sysfs_init/ { known = 1 }
		{ report = report $0 "\n" }
		END { if (!known) printf "%s", report }' $kmemleak
}

# kmemleak keeps silent about what is younger than 5 s, and about what has
# changed since the scan before. Of what it reports some was only on its way from
# one place to another: it is asked again. The file says that it is empty.
scan_for_leaks()
{
	sleep 5.5
	echo scan >$kmemleak
	echo scan >$kmemleak
	[[ $(head -n 1 $kmemleak) ]] || return 0
	sleep 1
	echo scan >$kmemleak
	found_leaks
	echo clear >$kmemleak
}

# memory_note NOTE: what there is before the first test. Each of these takes a
# minute or so under emulation. What ext4 allocates for good when it is loaded
# would look like ours: that code is gone, too.
memory_note()
{
	modprobe -q ext4 || true
	echo scan >$kmemleak
	echo clear >$kmemleak
	module_memory | sort >"$1"
}

# memory_left NOTE: what is left since the NOTE, which is then up to date.
memory_left()
{
	scan_for_leaks | sed 's/^/kmemleak: /'
	module_memory | sort >"$1.new"
	comm -13 "$1" "$1.new" |
		sed 's/^/not freed (number, cache, allocated by): /'
	mv "$1.new" "$1"
}
