// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flushes of a watched device: counting and reading them.
 */
#include <linux/bitops.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "flush.h"

/**
 * dmstat_flush_init() - prepare to count the flushes of a device
 * @flush: zeroed memory
 *
 * Context: any.
 */
void dmstat_flush_init(struct dmstat_kflush *flush)
{
	spin_lock_init(&flush->lock);
}

/**
 * dmstat_flush_start() - a flush starts
 * @flush: the device's
 * @start: dmstat_clock_ns()
 *
 * Context: any, preemption disabled.
 */
void dmstat_flush_start(struct dmstat_kflush *flush, u64 start)
{
	dmstat_busy_start_cold(&flush->busy,
			       dmstat_busy_one[DMSTAT_OPERATION_FLUSH], start);
}

/* Bins are by powers of two of a microsecond. */
static u32 bin_of(u64 ns)
{
	return min_t(u32, fls64(div_u64(ns, NSEC_PER_USEC)),
		     DMSTAT_FLUSH_BINS - 1);
}

/**
 * dmstat_flush_end() - a flush ends
 * @flush: the device's
 * @start: when it started
 * @now: dmstat_clock_ns()
 * @failed: whether it failed
 *
 * Context: any, preemption disabled.
 */
void dmstat_flush_end(struct dmstat_kflush *flush, u64 start, u64 now,
		      bool failed)
{
	u64 ns = max_t(s64, now - start, 0);

	dmstat_busy_end_cold(&flush->busy,
			     dmstat_busy_one[DMSTAT_OPERATION_FLUSH], start,
			     now);
	atomic64_inc(&flush->ios);
	atomic64_add(ns, &flush->ns);
	atomic64_inc(&flush->bins[bin_of(ns)]);
	dmstat_longest(&flush->longest_ns, ns);
	if (failed)
		atomic64_inc(&flush->errors);
}

/**
 * dmstat_flush_leave() - a flush that has started is not counted after all
 * @flush: the device's
 * @start: when it started
 * @again: whether it ended as BLK_STS_AGAIN, which is counted
 *
 * Context: any, preemption disabled.
 */
void dmstat_flush_leave(struct dmstat_kflush *flush, u64 start, bool again)
{
	if (again)
		atomic64_inc(&flush->again);
	dmstat_busy_end_cold(&flush->busy,
			     dmstat_busy_one[DMSTAT_OPERATION_FLUSH], start,
			     start);
}

/**
 * dmstat_flush_read() - what the flushes of a device have counted
 * @flush: the device's
 * @values: result
 *
 * Context: any but interrupt.
 */
void dmstat_flush_read(struct dmstat_kflush *flush,
		       struct dmstat_flush_values *values)
{
	struct dmstat_busy_values busy;
	u32 bin;

	values->ios = atomic64_read(&flush->ios);
	values->ns = atomic64_read(&flush->ns);
	values->errors = atomic64_read(&flush->errors);
	values->again = atomic64_read(&flush->again);
	values->longest_ns = atomic64_read(&flush->longest_ns);
	for (bin = 0; bin < DMSTAT_FLUSH_BINS; bin++)
		values->bins[bin] = atomic64_read(&flush->bins[bin]);

	spin_lock(&flush->lock);
	dmstat_busy_read_cold(&flush->busy, &flush->shown_busy, &busy);
	spin_unlock(&flush->lock);
	values->busy_ns = busy.busy_ns;
	values->in_flight = busy.in_flight[1];
}
