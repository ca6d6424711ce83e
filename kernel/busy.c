// SPDX-License-Identifier: GPL-2.0-only
/*
 * Busy time of an area: taking back gaps that were none, and reading.
 */
#include <linux/kernel.h>
#include <linux/processor.h>

#include "busy.h"

/* What is read without the lock is read again if it moved, so often. */
#define READ_TRIES 8

static u32 older(u32 k)
{
	return (k - 1) % DMSTAT_BUSY_GAPS;
}

/**
 * dmstat_busy_take_back() - an I/O was in flight during gaps
 * @busy: the area's
 * @start: when the I/O started, dmstat_clock_ns(); it ends now
 *
 * Of the gaps since @start nothing remains, of one across it the part before.
 * Gaps older than the ring remembers stay.
 *
 * Context: any, DMSTAT_BUSY_LOCKED of the area held.
 */
void dmstat_busy_take_back(struct dmstat_busy *busy, u64 start)
{
	u64 back = 0, in_gap;
	u32 k = busy->newest;

	do {
		struct dmstat_busy_gap *gap = &busy->gap[k];

		if (gap->end <= start)
			break;
		in_gap = min(gap->end - start, gap->ns);
		gap->ns -= in_gap;
		WRITE_ONCE(gap->end, gap->end - in_gap);
		back += in_gap;
		k = older(k);
	} while (k != busy->newest);

	WRITE_ONCE(busy->idle, busy->idle - back);
}

/**
 * dmstat_busy_read() - busy time that is accounted for
 * @busy: the area's
 * @stamp: where is put up to when it is, with flags
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 dmstat_busy_read(const struct dmstat_busy *busy, u64 *stamp)
{
	int tries = READ_TRIES;
	s64 ns;

	do {
		*stamp = atomic64_read_acquire(&busy->stamp);
		ns = (*stamp & ~DMSTAT_BUSY_FLAGS) -
		     READ_ONCE(busy->idle);
		/* Pairs with the release in dmstat_busy_unlock(). */
		smp_rmb();
	} while ((*stamp & DMSTAT_BUSY_LOCKED ||
		  atomic64_read(&busy->stamp) != *stamp) && --tries);

	return max(ns, 0LL);
}
