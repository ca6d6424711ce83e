// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quotas: at most so many events in each second. All CPUs share the count, but
 * at most @rate of them write it in a second.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "quota.h"

/**
 * dmstat_quota_take() - take one event from a quota
 * @quota: the quota
 * @now: dmstat_clock_ns()
 *
 * A second that is over does not begin again: CPUs may disagree about the time,
 * and a look for I/O that hangs has one time for all that it finds.
 *
 * Context: any.
 * Return: false if there have been too many in this second.
 */
bool dmstat_quota_take(struct dmstat_quota *quota, u64 now)
{
	u32 second = div_u64(now, NSEC_PER_SEC);
	s64 window = atomic64_read(&quota->window);
	u64 next;

	do {
		next = window;
		if (second > upper_32_bits(window))
			next = (u64)second << 32;
		if (lower_32_bits(next) >= READ_ONCE(quota->rate))
			return false;
	} while (!atomic64_try_cmpxchg(&quota->window, &window, next + 1));
	return true;
}
