/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pauses in long work that no task waits for, so that others get the CPU. The
 * scheduler alone would let it run for several milliseconds at a time.
 */
#ifndef _DMSTAT_PACE_H
#define _DMSTAT_PACE_H

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/types.h>

#define DMSTAT_PACE_WORK_NS	500000
#define DMSTAT_PACE_PAUSE_US	200

/* Owned by the task that does the work. */
struct dmstat_pace {
	u64 since;			/* ktime_get_ns() of the last pause */
};

/**
 * dmstat_pace() - pause if the last pause was some time ago
 * @pace: the caller's; all 0 at first
 *
 * Context: process, may sleep.
 */
static inline void dmstat_pace(struct dmstat_pace *pace)
{
	if (ktime_get_ns() - pace->since < DMSTAT_PACE_WORK_NS) {
		cond_resched();
		return;
	}
	if (pace->since)
		usleep_range(DMSTAT_PACE_PAUSE_US, 2 * DMSTAT_PACE_PAUSE_US);
	pace->since = ktime_get_ns();
}

#endif /* _DMSTAT_PACE_H */
