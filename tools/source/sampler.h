/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions that are read again and again, for a map of each.
 */
#ifndef DMSTAT_NL_SAMPLER_H
#define DMSTAT_NL_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "source/place.h"

struct frame_sink;
struct sampled;
struct scope;

/**
 * struct sampler - what is read
 * @dmstat: the handle; it owns the regions that were created for this
 * @areas_per_cell: how many areas of a region are merged
 * @regions: the regions
 * @count: how many
 * @places: where the areas of those of extents are
 */
struct sampler {
	struct dmstat *dmstat;
	uint64_t (*areas_per_cell)(const struct dmstat_region *region);
	struct sampled *regions;
	size_t count;
	struct place_list places;
};

/**
 * sampler_open() - find the regions of a scope
 * @sampler: set to them; @dmstat and @areas_per_cell are given
 * @scope: devices, regions and groups; all: all regions or, if there are none,
 *         all devices
 * @create: where a device has no region, create one that the handle owns; else
 *          that is an error
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int sampler_open(struct sampler *sampler, const struct scope *scope,
		 bool create);

/**
 * sampler_run() - read them, interval after interval
 * @sampler: the regions
 * @interval: nanoseconds
 * @count: how many intervals
 * @sink: called for each
 *
 * Return: 0 when @count is reached or the user interrupts; EXIT_FAILURE after
 * saying why; what @sink returned.
 */
int sampler_run(struct sampler *sampler, uint64_t interval, uint64_t count,
		const struct frame_sink *sink);

/** sampler_once() - read what was counted so far, as one interval */
int sampler_once(struct sampler *sampler, const struct frame_sink *sink);

/** sampler_close() - free all but the handle */
void sampler_close(struct sampler *sampler);

#endif /* DMSTAT_NL_SAMPLER_H */
