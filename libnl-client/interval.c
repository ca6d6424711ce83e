// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * interval: the differences between two sets of snapshots
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include <errno.h>
#include <string.h>

#include "rate.h"
#include "set.h"

/* ------------------------------------------------------------------ devices */

/* A device and all that its delta points to. */
struct device_growth {
	struct dmstat_device_delta delta;
	struct dmstat_flush flush;
	struct dmstat_rate rate;
};

/* Is it the same device, watched all the time, as far as is known? */
static bool is_same_device(const struct dmstat_snapshots *before,
			   const struct set_device *old,
			   const struct set_device *new)
{
	const struct set_region *first = NULL;

	if (new->first)
		first = dmstat_set_find(before, new->first->region.region_id);
	if (first && first->region.created == new->first->region.created)
		return true;
	if (*new->device.uuid || *old->device.uuid)
		return !strcmp(old->device.uuid, new->device.uuid);
	return !strcmp(old->device.name, new->device.name);
}

static bool flush_restarted(const struct dmstat_flush *before,
			    const struct dmstat_flush *after)
{
	int i;

	for (i = 0; i < DMSTAT_FLUSH_BINS; i++)
		if (after->histogram[i] < before->histogram[i])
			return true;
	return after->ios < before->ios || after->ns < before->ns ||
	       after->errors < before->errors ||
	       after->longest_ns < before->longest_ns ||
	       after->busy_ns < before->busy_ns ||
	       after->again < before->again;
}

static void compare_flush(struct dmstat_flush *growth_of,
			  const struct dmstat_flush *before,
			  const struct dmstat_flush *after)
{
	int i;

	growth_of->ios = rate_growth(before->ios, after->ios);
	growth_of->ns = rate_growth(before->ns, after->ns);
	growth_of->errors = rate_growth(before->errors, after->errors);
	growth_of->busy_ns = rate_growth(before->busy_ns, after->busy_ns);
	growth_of->again = rate_growth(before->again, after->again);
	growth_of->longest_ns = after->longest_ns;
	growth_of->in_flight = after->in_flight;
	for (i = 0; i < DMSTAT_FLUSH_BINS; i++)
		growth_of->histogram[i] = rate_growth(before->histogram[i],
						      after->histogram[i]);
}

static void rate_flush(struct dmstat_rate *rate,
		       const struct dmstat_flush *growth_of,
		       uint64_t longest_before_ns, uint64_t elapsed_ns)
{
	const struct dmstat_io io = {
		.ios = growth_of->ios,
		.ns = growth_of->ns,
		.longest_ns = growth_of->longest_ns,
	};
	struct dmstat_histogram histogram = { .bins = DMSTAT_FLUSH_BINS };

	memcpy(histogram.ios, growth_of->histogram,
	       sizeof(growth_of->histogram));
	dmstat_rate(rate, &io, elapsed_ns);
	dmstat_rate_longest(rate, &io, longest_before_ns,
			    dmstat_flush_bounds(), &histogram);
}

/* @before is NULL if there is no earlier set. */
static void compare_device(const struct dmstat_snapshots *before,
			   const struct dmstat_snapshots *after,
			   const struct set_device *new,
			   struct device_growth *growth_of)
{
	const struct set_device *old = NULL;
	struct dmstat_device_delta *delta = &growth_of->delta;
	struct dmstat_flush since = { 0 };

	if (before)
		old = dmstat_set_device(before, new->device.major,
					new->device.minor);
	if (old && !is_same_device(before, old, new))
		old = NULL;

	*delta = (struct dmstat_device_delta){
		.device = &new->device,
		.is_new = !old,
		.flush = &growth_of->flush,
		.rate = &growth_of->rate,
	};
	if (old) {
		since = old->flush;
		delta->elapsed_ns = after->info.taken_ns -
				    before->info.taken_ns;
		delta->missed = rate_growth(old->device.missed,
					    new->device.missed);
	} else {
		delta->elapsed_ns = new->first ?
				    new->first->snapshot.age_ns : 0;
		delta->missed = new->device.missed;
	}
	delta->restarted = flush_restarted(&since, &new->flush);
	if (delta->restarted)
		since = (struct dmstat_flush){ 0 };

	compare_flush(&growth_of->flush, &since, &new->flush);
	rate_flush(&growth_of->rate, &growth_of->flush, since.longest_ns,
		   delta->elapsed_ns);
	delta->utilization = rate_utilization(growth_of->flush.busy_ns,
					      delta->elapsed_ns);
}

/* ------------------------------------------------------------------ regions */

/* The total of a region, and all that it points to. */
struct total {
	struct dmstat_delta delta;
	struct dmstat_area area;
	struct dmstat_io io[SNAPSHOT_OPERATIONS];
	struct dmstat_rate rate[SNAPSHOT_OPERATIONS];
	struct dmstat_histogram histogram[SNAPSHOT_OPERATIONS];
};

static void begin_total(struct total *total, const struct set_region *region)
{
	const uint32_t bins = region->snapshot.bins;
	int i;

	memset(total->io, 0, sizeof(total->io));
	memset(total->rate, 0, sizeof(total->rate));
	total->delta = (struct dmstat_delta){
		.area = &total->area,
		.read = &total->rate[DMSTAT_READ],
		.write = &total->rate[DMSTAT_WRITE],
		.discard = &total->rate[DMSTAT_DISCARD],
	};
	total->area = (struct dmstat_area){
		.start = region->region.start,
		.length = region->region.length,
		.region_id = region->region.region_id,
		.areas = region->region.areas,
		.read = &total->io[DMSTAT_READ],
		.write = &total->io[DMSTAT_WRITE],
		.discard = &total->io[DMSTAT_DISCARD],
	};
	for (i = 0; i < SNAPSHOT_OPERATIONS && bins; i++) {
		total->histogram[i].bins = bins;
		memset(total->histogram[i].ios, 0,
		       bins * sizeof(*total->histogram[i].ios));
		total->area.histogram[i] = &total->histogram[i];
	}
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void add_io(struct total *total, int operation,
		   const struct dmstat_io *io, const struct dmstat_rate *rate,
		   const struct dmstat_histogram *histogram)
{
	struct dmstat_rate *of_all = &total->rate[operation];
	struct dmstat_io *sum = &total->io[operation];
	uint32_t i;

	sum->ios += io->ios;
	sum->sectors += io->sectors;
	sum->ns += io->ns;
	sum->errors += io->errors;
	sum->again += io->again;
	sum->longest_ns = greater(sum->longest_ns, io->longest_ns);
	of_all->longest_least_ns = greater(of_all->longest_least_ns,
					   rate->longest_least_ns);
	of_all->longest_most_ns = greater(of_all->longest_most_ns,
					  rate->longest_most_ns);
	for (i = 0; histogram && i < histogram->bins; i++)
		total->histogram[operation].ios[i] += histogram->ios[i];
}

static int add_area(const struct dmstat_delta *delta, void *data)
{
	const struct dmstat_area *area = delta->area;
	struct total *total = data;

	total->delta.cleared |= delta->cleared;
	total->area.in_flight_read += area->in_flight_read;
	total->area.in_flight_write += area->in_flight_write;
	total->area.queue_ns += area->queue_ns;
	total->area.clears += area->clears;
	if (total->area.areas == 1)
		total->area.busy_ns = area->busy_ns;
	add_io(total, DMSTAT_READ, area->read, delta->read,
	       area->histogram[DMSTAT_READ]);
	add_io(total, DMSTAT_WRITE, area->write, delta->write,
	       area->histogram[DMSTAT_WRITE]);
	add_io(total, DMSTAT_DISCARD, area->discard, delta->discard,
	       area->histogram[DMSTAT_DISCARD]);
	return 0;
}

static void end_total(struct total *total, uint64_t elapsed_ns)
{
	int i;

	total->delta.elapsed_ns = elapsed_ns;
	total->delta.utilization = rate_utilization(total->area.busy_ns,
						    elapsed_ns);
	total->delta.queue_depth = rate_of(total->area.queue_ns, elapsed_ns);
	for (i = 0; i < SNAPSHOT_OPERATIONS; i++)
		dmstat_rate(&total->rate[i], &total->io[i], elapsed_ns);
}

/* After the module was reloaded, a region may have the id of an earlier one. */
static const struct dmstat_snapshot *earlier(const struct dmstat_snapshots *set,
					     const struct set_region *region)
{
	const struct set_region *old = NULL;

	if (set)
		old = dmstat_set_find(set, region->region.region_id);
	if (!old || old->region.created != region->region.created)
		return NULL;
	return &old->snapshot;
}

/* Fill in @delta, which may point to @total and @device. */
static int compare_region(const struct dmstat_snapshots *before,
			  const struct dmstat_snapshots *after,
			  const struct set_region *new, struct total *total,
			  struct device_growth *device,
			  struct dmstat_region_delta *delta)
{
	const struct dmstat_snapshot *old = earlier(before, new);
	const struct dmstat_snapshot_info *info = &new->snapshot.info;
	const struct set_device *on;
	int ret;

	begin_total(total, new);
	ret = dmstat_delta(old, &new->snapshot, add_area, total);
	if (ret)
		return ret;

	end_total(total, old ? info->taken_ns - old->info.taken_ns :
			       new->snapshot.age_ns);
	*delta = (struct dmstat_region_delta){
		.region = &new->region,
		.before = old,
		.after = &new->snapshot,
		.is_new = !old,
		.cleared = total->delta.cleared ||
			   info->clears != (old ? old->info.clears : 0),
		.missed = rate_growth_reset(old ? old->info.missed : 0,
					    info->missed),
		.total = &total->delta,
	};

	on = dmstat_set_device(after, new->region.major, new->region.minor);
	if (on) {
		compare_device(before, after, on, device);
		delta->device = &device->delta;
	}
	return 0;
}

static bool are_comparable(const struct dmstat_snapshots *before,
			   const struct dmstat_snapshots *after)
{
	return !before || (before->info.merge == after->info.merge &&
			   before->uncleared == after->uncleared &&
			   before->info.taken_ns <= after->info.taken_ns);
}

int dmstat_region_deltas(const struct dmstat_snapshots *before,
			 const struct dmstat_snapshots *after,
			 dmstat_region_delta_fn callback, void *data)
{
	struct dmstat_region_delta delta;
	struct device_growth device;
	struct total total;
	size_t i;
	int ret;

	if (!are_comparable(before, after))
		return -EINVAL;

	for (i = 0; i < after->info.regions; i++) {
		ret = compare_region(before, after, after->regions[i], &total,
				     &device, &delta);
		if (!ret)
			ret = callback(&delta, data);
		if (ret)
			return ret;
	}
	return 0;
}

int dmstat_device_deltas(const struct dmstat_snapshots *before,
			 const struct dmstat_snapshots *after,
			 dmstat_device_delta_fn callback, void *data)
{
	struct device_growth device;
	size_t i;
	int ret;

	if (!are_comparable(before, after))
		return -EINVAL;

	for (i = 0; i < after->info.devices; i++) {
		compare_device(before, after, after->devices[i], &device);
		ret = callback(&device.delta, data);
		if (ret)
			return ret;
	}
	return 0;
}

EXPORT(dmstat_region_deltas);
EXPORT(dmstat_device_deltas);
