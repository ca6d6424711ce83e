/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flushes of a watched device: I/Os without sectors, which belong to no
 * area. A device does few at a time, so all CPUs count in one place.
 */
#ifndef _DMSTAT_FLUSH_H
#define _DMSTAT_FLUSH_H

#include <linux/atomic.h>
#include <linux/dmstat.h>
#include <linux/spinlock.h>

#include "busy.h"

struct dmstat_kflush {
	struct dmstat_busy busy;	/* always cold */
	atomic64_t ios;
	atomic64_t ns;
	atomic64_t errors;
	atomic64_t again;
	atomic64_t longest_ns;
	atomic64_t bins[DMSTAT_FLUSH_BINS];
	/* Covers @shown_busy and @busy.shown_at. */
	spinlock_t lock;
	u64 shown_busy;			/* the busy time that was given last */
};

/* Owned by the reader. */
struct dmstat_flush_values {
	u64 ios;
	u64 ns;
	u64 errors;
	u64 again;
	u64 longest_ns;
	u64 busy_ns;
	u32 in_flight;
	u64 bins[DMSTAT_FLUSH_BINS];
};

void dmstat_flush_init(struct dmstat_kflush *flush);
void dmstat_flush_start(struct dmstat_kflush *flush, u64 start);
void dmstat_flush_end(struct dmstat_kflush *flush, u64 start, u64 now,
		      bool failed);
void dmstat_flush_leave(struct dmstat_kflush *flush, u64 start, bool again);
void dmstat_flush_read(struct dmstat_kflush *flush,
		       struct dmstat_flush_values *values);

#endif /* _DMSTAT_FLUSH_H */
