/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many events a region may tell, or a device of its flushes, and how many
 * it has lost.
 */
#ifndef _DMSTAT_QUOTA_H
#define _DMSTAT_QUOTA_H

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/types.h>

/* Events in a second, if nothing else is asked for. */
#define DMSTAT_QUOTA_RATE	1000

struct dmstat_quota {
	u32 rate;			/* dmstat_lock to change; READ_ONCE() */
	/* The last second that had an event, and in the lower half, how many
	 * it had. Written by all CPUs.
	 */
	atomic64_t window;
	/* Events that were lost since a message last told that. */
	atomic64_t lost;
	/* Whether it is in the list of those that have lost events; xchg(). */
	bool listed;
	struct llist_node node;		/* in that list */
};

bool dmstat_quota_take(struct dmstat_quota *quota, u64 now);

#endif /* _DMSTAT_QUOTA_H */
