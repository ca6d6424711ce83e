/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is counted for an area, where it lies in memory, and how it is summed.
 *
 * Areas are kept in chunks of DMSTAT_CHUNK_AREAS. A chunk is allocated when
 * the first I/O touches one of its areas. At first all CPUs count into its one
 * shared page, with atomic operations; once the chunk sees enough I/O, each
 * CPU that comes by gets a page of its own, written by that CPU only, with
 * operations that are atomic against its own interrupts. If such a page cannot
 * be had, the shared one goes on serving: once there is a chunk, no count is
 * ever lost.
 */
#ifndef _DMSTAT_COUNTERS_H
#define _DMSTAT_COUNTERS_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/mm_types.h>
#include <asm/local64.h>
#include <linux/dmstat.h>

#include "busy.h"

#define DMSTAT_OPERATIONS	(DMSTAT_OPERATION_DISCARD + 1)

/* More I/Os than this in one second, and a chunk's CPUs get their own pages. */
#define DMSTAT_CHUNK_HOT	128

/*
 * Gaps between two I/Os that are shorter than this may count as busy time; the
 * busy state of an area is written about once in that time (131 us).
 */
#define DMSTAT_BUSY_RESOLUTION_NS	131072LL

/*
 * A counter of a page: @local where the page belongs to a CPU, @shared where
 * all CPUs count into it.
 */
union dmstat_counter {
	local64_t local;
	atomic64_t shared;
};

struct dmstat_io_counters {
	union dmstat_counter ios;
	union dmstat_counter sectors;
	union dmstat_counter ns;
};

/* What every read and write touches: one cache line. */
struct dmstat_hot_counters {
	/* When the last I/O ended here: ktime_get_ns(). */
	u64 last_end;
	struct dmstat_io_counters io[2];	/* read, write */
} __aligned(64);

struct dmstat_cold_counters {
	struct dmstat_io_counters discard;
	union dmstat_counter errors[DMSTAT_OPERATIONS];
} __aligned(64);

/* The counters of a chunk's areas, for one CPU or for all. */
struct dmstat_counter_page {
	struct dmstat_hot_counters hot[DMSTAT_CHUNK_AREAS];
	struct dmstat_cold_counters cold[DMSTAT_CHUNK_AREAS];
};

static_assert(sizeof(struct dmstat_hot_counters) == 64);
static_assert(sizeof(struct dmstat_counter_page) == 4096);

/* What an area has counted. */
struct dmstat_area_values {
	u64 ios[DMSTAT_OPERATIONS];
	u64 sectors[DMSTAT_OPERATIONS];
	u64 ns[DMSTAT_OPERATIONS];
	u64 errors[DMSTAT_OPERATIONS];
	u64 busy_ns;
	u64 queue_ns;
};

/* What was cleared away; values given out are the difference to it. */
struct dmstat_baseline_page {
	struct dmstat_area_values area[DMSTAT_CHUNK_AREAS];
};

static_assert(sizeof(struct dmstat_baseline_page) <= 4096);

struct dmstat_chunk {
	/* Rarely written: set once, under cmpxchg(), and freed with the region. */
	struct dmstat_counter_page *shared;
	/* Under the region's read_lock. */
	struct dmstat_baseline_page *baseline;
	/* Hints, races are harmless; written only while CPUs lack a page. */
	u64 window_start;
	u32 window_ios;
	struct dmstat_busy busy;
	/* By CPU number; each set once, by its CPU, and freed with the region. */
	struct dmstat_counter_page *cpu[];
};

static inline void dmstat_count(union dmstat_counter *counter, s64 n,
				bool shared)
{
	if (shared)
		atomic64_add(n, &counter->shared);
	else
		local64_add(n, &counter->local);
}

static inline u64 dmstat_counter_read(const union dmstat_counter *counter)
{
	return atomic64_read(&counter->shared);
}

u64 dmstat_chunk_last_end(const struct dmstat_chunk *chunk, u32 i);
void dmstat_chunk_sum(const struct dmstat_chunk *chunk, u32 i,
		      struct dmstat_area_values *values);
void dmstat_values_sub(struct dmstat_area_values *values,
		       const struct dmstat_area_values *baseline);
void dmstat_values_add(struct dmstat_area_values *values,
		       const struct dmstat_area_values *more);
bool dmstat_values_any(const struct dmstat_area_values *values);

#endif /* _DMSTAT_COUNTERS_H */
