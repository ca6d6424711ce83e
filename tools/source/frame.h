/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happened in regions, interval after interval: read from the kernel now,
 * or from a recording. Both sources call the same functions.
 */
#ifndef DMSTAT_NL_FRAME_H
#define DMSTAT_NL_FRAME_H

#include <stdint.h>

#include <dmstat.h>

/**
 * struct frame_sink - what a source calls for each interval
 * @begin: an interval begins: the time of its end, in nanoseconds since the
 *         Epoch, and how long it was
 * @region: a region of this interval; the sectors of its device, 0: these are not
 *          known; and the sectors of all its areas, without what lies between
 *          extents
 * @area: an area of this region in which something happened, or several that
 *        were merged; the counters have what was counted in the interval; and
 *        the sectors of the areas before it
 * @end: the interval ends
 * @data: passed to each
 *
 * Each returns 0, or another value to end the source, which returns it then.
 * What they get is valid until they return.
 */
struct frame_sink {
	int (*begin)(void *data, uint64_t time, uint64_t elapsed_ns);
	int (*region)(void *data, const struct dmstat_region *region,
		      uint64_t device_size, uint64_t sectors);
	int (*area)(void *data, const struct dmstat_area *area,
		    uint64_t offset);
	int (*end)(void *data);
	void *data;
};

#endif /* DMSTAT_NL_FRAME_H */
