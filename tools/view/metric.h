/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of an area, or of several together, in an interval.
 */
#ifndef DMSTAT_NL_METRIC_H
#define DMSTAT_NL_METRIC_H

#include <stdbool.h>
#include <stdint.h>

#include <dmstat.h>

/* DMSTAT_READ, DMSTAT_WRITE, DMSTAT_DISCARD. */
#define METRIC_OPERATIONS	3

/* The quantiles that are shown: 50, 90, 99 and 99.9 %. */
#define METRIC_QUANTILES	4

/**
 * struct metric_io - the I/O of one operation
 * @ios: I/Os that ended
 * @sectors: their sectors
 * @ns: time that they took, summed
 * @errors: how many failed
 * @again: how many bounced
 * @longest_ns: the longest time, or an upper bound of it
 * @per_s: I/Os a second
 * @sectors_per_s: sectors a second
 * @mean_ms: mean time
 * @longest_ms: @longest_ns in milliseconds
 * @quantile_ms: quantiles of the times, guessed within their bin; NAN: unknown
 */
struct metric_io {
	uint64_t ios;
	uint64_t sectors;
	uint64_t ns;
	uint64_t errors;
	uint64_t again;
	uint64_t longest_ns;
	double per_s;
	double sectors_per_s;
	double mean_ms;
	double longest_ms;
	double quantile_ms[METRIC_QUANTILES];
};

/**
 * struct metrics - the numbers
 * @elapsed_ns: length of the interval
 * @elapsed_s: the same in seconds
 * @io: each operation
 * @sum: reads and writes together; errors, again, the longest time and the
 *       quantiles are those of discards, too
 * @in_flight_read: reads in flight at the end
 * @in_flight_write: writes and discards in flight at the end
 * @in_flight: all of these
 * @busy_ns: time with I/O in flight; of several areas the sum
 * @queue_ns: time in flight of all I/Os, summed
 * @size: mean sectors of a read or write
 * @queue: mean number of I/Os in flight
 * @util: share of the time with I/O in flight in percent, at most 100; of
 *        several areas, their sum
 * @busy: the same, but NAN of several areas
 * @service_ms: busy time for each read or write
 * @cleared: whether one of the areas was cleared
 * @bounds: bounds of the histograms; NULL: none, or areas have different ones
 * @bounds_count: how many; 0: see @bounds
 * @bins: how many I/Os of each operation took how long
 * @all_bins: of all operations together
 * @missed: I/Os not counted
 * @flush: flushes of the devices
 * @flush_per_s: flushes a second
 * @flush_ms: mean time of a flush
 * @flush_longest_ms: longest time of one, or an upper bound
 * @flush_util: share of the time with a flush in flight, in percent
 * @oldest_ms: age of the oldest I/O in flight on the devices
 */
struct metrics {
	uint64_t elapsed_ns;
	double elapsed_s;
	struct metric_io io[METRIC_OPERATIONS];
	struct metric_io sum;
	uint64_t in_flight_read;
	uint64_t in_flight_write;
	uint64_t in_flight;
	uint64_t busy_ns;
	uint64_t queue_ns;
	double size;
	double queue;
	double util;
	double busy;
	double service_ms;
	bool cleared;
	const uint64_t *bounds;
	uint32_t bounds_count;
	uint64_t bins[METRIC_OPERATIONS][DMSTAT_BOUNDS_MAX + 1];
	uint64_t all_bins[DMSTAT_BOUNDS_MAX + 1];
	uint64_t missed;
	struct dmstat_flush flush;
	double flush_per_s;
	double flush_ms;
	double flush_longest_ms;
	double flush_util;
	double oldest_ms;
};

/**
 * metrics_add() - add what happened in a region, or in an area of it
 * @metrics: the numbers, all zero at first
 * @region: the region
 * @delta: what happened
 * @elapsed_ns: in what time; the longest of all that are added counts
 */
void metrics_add(struct metrics *metrics, const struct dmstat_region *region,
		 const struct dmstat_delta *delta, uint64_t elapsed_ns);

/** metrics_add_device() - add what happened on a device; once for each */
void metrics_add_device(struct metrics *metrics,
			const struct dmstat_device_delta *delta);

/**
 * metrics_finish() - compute what follows from the sums
 * @metrics: the numbers
 * @areas: how many areas were added
 */
void metrics_finish(struct metrics *metrics, uint64_t areas);

#endif /* DMSTAT_NL_METRIC_H */
