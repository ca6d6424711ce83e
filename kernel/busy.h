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

#define DMSTAT_BUSY_GAPS	4	/* a power of two */

/* In a stamp: bits that no time has for 73 years. */
#define DMSTAT_BUSY_SKIPPED	BIT_ULL(61) /* I/Os ended, not accounted for */
#define DMSTAT_BUSY_LOCKED	BIT_ULL(62) /* a CPU is at work on the gaps */
#define DMSTAT_BUSY_FLAGS	(DMSTAT_BUSY_SKIPPED | DMSTAT_BUSY_LOCKED)

/*
 * Gaps between two I/Os that are shorter than this may count as busy time; the
 * busy state of an area is written about once in that time (131 us).
 */
#define DMSTAT_BUSY_RESOLUTION_NS	131072LL

struct dmstat_busy_gap {
	u64 end;		/* dmstat_clock_ns() */
	u64 ns;			/* how long it was */
};

/* Of one area. Written by all CPUs, once in that time at most. */
struct dmstat_busy {
	/* Accounted up to here: dmstat_clock_ns(), and flags. */
	atomic64_t stamp;
	/* These under DMSTAT_BUSY_LOCKED, read without. All zero at first:
	 * one gap until the first I/O.
	 */
	u64 idle;		/* all gaps, ns */
	u32 newest;		/* of the last gaps, a ring */
	struct dmstat_busy_gap gap[DMSTAT_BUSY_GAPS];
};

/* Never waited for: the CPU that has it may have been interrupted by this.
 * @stamp is not locked.
 */
static inline bool dmstat_busy_lock(struct dmstat_busy *busy, s64 stamp)
{
	return atomic64_try_cmpxchg_acquire(&busy->stamp, &stamp,
					    stamp | DMSTAT_BUSY_LOCKED);
}

static inline void dmstat_busy_unlock(struct dmstat_busy *busy, u64 now)
{
	atomic64_set_release(&busy->stamp, now);
}

/* Under the lock: a gap of @ns that ended at @end. */
static inline void dmstat_busy_add_gap(struct dmstat_busy *busy, u64 end,
				       u64 ns)
{
	u32 newest = (busy->newest + 1) % DMSTAT_BUSY_GAPS;

	busy->gap[newest].ns = ns;
	WRITE_ONCE(busy->gap[newest].end, end);
	WRITE_ONCE(busy->newest, newest);
	WRITE_ONCE(busy->idle, busy->idle + ns);
}

/* Whether an I/O that started at @start was in flight during a gap. */
static inline bool dmstat_busy_during_gap(const struct dmstat_busy *busy,
					  u64 start)
{
	return start < READ_ONCE(busy->gap[READ_ONCE(busy->newest)].end);
}

void dmstat_busy_take_back(struct dmstat_busy *busy, u64 start);
u64 dmstat_busy_read(const struct dmstat_busy *busy, u64 *stamp);

#endif /* _DMSTAT_BUSY_H */
