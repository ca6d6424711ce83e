/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Busy time of an area: time with at least one I/O in flight, of I/Os that
 * have ended.
 *
 * It is kept from the ends of I/Os alone. All time since the last end was busy
 * if the I/O that ends started before that; if it started later, the time
 * between is a gap, taken for idle. A longer I/O that was in flight all the
 * while shows when it ends: the last gaps are remembered, and those since its
 * start are taken back.
 */
#ifndef _DMSTAT_BUSY_H
#define _DMSTAT_BUSY_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/types.h>

/* Areas that are kept together, see counters.h. */
#define DMSTAT_CHUNK_SHIFT	5
#define DMSTAT_CHUNK_AREAS	BIT(DMSTAT_CHUNK_SHIFT)
#define DMSTAT_CHUNK_MASK	(DMSTAT_CHUNK_AREAS - 1)

#define DMSTAT_BUSY_GAPS	4	/* a power of two */

/* In a stamp, whose two lowest bits are no time. */
#define DMSTAT_BUSY_SKIPPED	1ULL	/* I/Os ended since, not accounted for */
#define DMSTAT_BUSY_LOCKED	2ULL	/* a CPU is at work on the gaps */
#define DMSTAT_BUSY_FLAGS	3ULL

struct dmstat_busy_gap {
	u64 end;		/* ktime_get_ns() */
	u64 idle;		/* all gaps up to and with this one, ns */
};

/*
 * Busy time of the areas of a chunk. Written by all CPUs, for an area about
 * once in DMSTAT_BUSY_RESOLUTION_NS at most.
 */
struct dmstat_busy {
	/* Accounted up to here: ktime_get_ns(), and flags. */
	atomic64_t stamp[DMSTAT_CHUNK_AREAS];
	/* Both under DMSTAT_BUSY_LOCKED of the area, read without. The gaps
	 * are a ring; all zero at first: one gap until the first I/O.
	 */
	u32 newest[DMSTAT_CHUNK_AREAS];
	struct dmstat_busy_gap gap[DMSTAT_CHUNK_AREAS][DMSTAT_BUSY_GAPS];
};

/* Never waited for: the CPU that has it may have been interrupted by this. */
static inline bool dmstat_busy_lock(struct dmstat_busy *busy, u32 i, s64 stamp)
{
	return atomic64_try_cmpxchg_acquire(&busy->stamp[i], &stamp,
					    stamp | DMSTAT_BUSY_LOCKED);
}

static inline void dmstat_busy_unlock(struct dmstat_busy *busy, u32 i, u64 now)
{
	atomic64_set_release(&busy->stamp[i], now & ~DMSTAT_BUSY_FLAGS);
}

/* Under the lock: a gap of @ns that ends at @end. */
static inline void dmstat_busy_add_gap(struct dmstat_busy *busy, u32 i,
				       u64 end, u64 ns)
{
	struct dmstat_busy_gap *gap = busy->gap[i];
	u32 newest = busy->newest[i];
	u64 idle = gap[newest].idle + ns;

	newest = (newest + 1) % DMSTAT_BUSY_GAPS;
	WRITE_ONCE(gap[newest].idle, idle);
	WRITE_ONCE(gap[newest].end, end);
	WRITE_ONCE(busy->newest[i], newest);
}

/* Whether an I/O that started at @start was in flight during a gap. */
static inline bool dmstat_busy_during_gap(const struct dmstat_busy *busy,
					  u32 i, u64 start)
{
	return start < READ_ONCE(busy->gap[i][READ_ONCE(busy->newest[i])].end);
}

void dmstat_busy_take_back(struct dmstat_busy *busy, u32 i, u64 start);
u64 dmstat_busy_read(const struct dmstat_busy *busy, u32 i, u64 *stamp);

#endif /* _DMSTAT_BUSY_H */
