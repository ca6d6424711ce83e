# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Memory that a test did not free, on a debug kernel, for run-tests: what kmemleak
# finds, and what the module has allocated from the slab and vmalloc. The module is
# unloaded by then, so its code has no names.

kmemleak=/sys/kernel/debug/kmemleak
slabs=/sys/kernel/debug/slab
shrinkers=/sys/kernel/slab

# Whether the kernel traces allocations.
memory_is_traced()
{
	[[ -w $kmemleak && -d $slabs && -e $slabs/kmalloc-64/alloc_traces ]]
}

# COUNT CACHE ALLOCATED-BY of objects that dmstat, or code without a name, has
# allocated; then the same for vmalloc. KASAN keeps freed objects until the cache is
# shrunk.
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

# What kmemleak has found, without what kmem_cache_create() and device-mapper
# themselves leak when they fail half-way, as in fault_sweep.
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

# kmemleak ignores objects younger than 5 s, and those that changed since the last
# scan. It may report a pointer that was being moved, so a find is scanned again.
# The file claims to be empty.
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

# memory_note NOTE: note what there is before the first test. This takes a minute or
# so under emulation. ext4 is loaded first, because what its init code allocates
# would look like memory of dmstat.
memory_note()
{
	modprobe -q ext4 || true
	echo scan >$kmemleak
	echo clear >$kmemleak
	module_memory | sort >"$1"
}

# memory_left NOTE: print what is left since the NOTE, and update that.
memory_left()
{
	scan_for_leaks | sed 's/^/kmemleak: /'
	module_memory | sort >"$1.new"
	comm -13 "$1" "$1.new" |
		sed 's/^/not freed (number, cache, allocated by): /'
	mv "$1.new" "$1"
}
