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

static u32 newer(u32 k)
{
	return (k + 1) % DMSTAT_BUSY_GAPS;
}

/**
 * dmstat_busy_take_back() - an I/O was in flight during gaps
 * @busy: the chunk's
 * @i: the area's index in the chunk
 * @start: when the I/O started, ktime_get_ns(); it ends now
 *
 * Of the gaps since @start nothing remains, of one across it the part before.
 * Gaps older than the ring remembers stay.
 *
 * Context: any, DMSTAT_BUSY_LOCKED of the area held.
 */
void dmstat_busy_take_back(struct dmstat_busy *busy, u32 i, u64 start)
{
	struct dmstat_busy_gap *gap = busy->gap[i];
	u32 newest = busy->newest[i], k = newest;
	u64 idle = gap[k].idle, began;

	for (; k != newer(newest) && gap[k].end > start; k = older(k)) {
		idle = gap[older(k)].idle;
		began = gap[k].end - (gap[k].idle - idle);
		if (start > began) {
			idle += start - began;
			WRITE_ONCE(gap[k].end, start);
			WRITE_ONCE(gap[k].idle, idle);
			break;
		}
	}

	while (k != newest) {
		k = newer(k);
		WRITE_ONCE(gap[k].idle, idle);
	}
}

/**
 * dmstat_busy_read() - busy time that is accounted for
 * @busy: the chunk's
 * @i: the area's index in the chunk
 * @stamp: where is put up to when it is, with flags
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 dmstat_busy_read(const struct dmstat_busy *busy, u32 i, u64 *stamp)
{
	int tries = READ_TRIES;
	s64 ns;

	do {
		*stamp = atomic64_read_acquire(&busy->stamp[i]);
		ns = (*stamp & ~DMSTAT_BUSY_FLAGS) -
		     READ_ONCE(busy->gap[i][READ_ONCE(busy->newest[i])].idle);
		/* Pairs with the release in dmstat_busy_unlock(). */
		smp_rmb();
	} while ((*stamp & DMSTAT_BUSY_LOCKED ||
		  atomic64_read(&busy->stamp[i]) != *stamp) && --tries);

	return max(ns, 0LL);
}
