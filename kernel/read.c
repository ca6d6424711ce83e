// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading what the areas of a region have counted, and clearing it. Reading
 * changes nothing. Clearing does not touch the counters either, but for those
 * of the longest I/Os: it notes what was read, and takes that off from then on.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "chunk.h"
#include "clock.h"
#include "inflight.h"
#include "read.h"
#include "region.h"

/**
 * dmstat_reading_new() - room for reading a region
 * @region: the region
 *
 * Context: process, may sleep.
 * Return: the room, for kfree(), or NULL.
 */
struct dmstat_reading *dmstat_reading_new(const struct dmstat_region *region)
{
	size_t size = offsetof(struct dmstat_reading, values) +
		      dmstat_layout_values_size(&region->layout);

	return kmalloc(size, GFP_KERNEL);
}

static struct dmstat_chunk *area_chunk(const struct dmstat_region *region,
				       u32 area)
{
	return READ_ONCE(region->chunks[area >> region->layout.chunk_shift]);
}

/* The areas of a region that an I/O in flight touches. Return: false if none. */
static bool in_flight_areas(const struct dmstat_region *region,
			    const struct dmstat_inflight_copy *io, u32 *first,
			    u32 *last)
{
	/* It started before the region was made? */
	return io->generation >= region->generation &&
	       dmstat_region_areas(region, io->sector,
				   io->sector + io->sectors, first, last);
}

/**
 * dmstat_read_span() - where in a region I/O is in flight
 * @region: the region
 * @span: where it is put
 *
 * Context: process, with a reference to the region.
 */
void dmstat_read_span(const struct dmstat_region *region,
		      struct dmstat_read_span *span)
{
	struct dmstat_inflight_walk walk = {};
	struct dmstat_inflight_copy io;
	u32 first, last;

	*span = (struct dmstat_read_span) { .first = U32_MAX };
	while (dmstat_inflight_next(&region->device->inflight, &walk, &io)) {
		if (in_flight_areas(region, &io, &first, &last)) {
			span->first = min(span->first, first);
			span->last = max(span->last, last);
		}
	}
}

/**
 * dmstat_read_any_active() - whether any of some areas may have seen I/O
 * @region: the region
 * @first: the first of the areas
 * @nr: how many, at least 1
 * @span: where I/O is in flight
 *
 * Return: false if none did. May be true if only their neighbours did.
 */
bool dmstat_read_any_active(const struct dmstat_region *region, u32 first,
			    u32 nr, const struct dmstat_read_span *span)
{
	u32 shift = region->layout.chunk_shift;
	u32 last = first + (nr - 1), i;

	if (first <= span->last && last >= span->first)
		return true;
	for (i = first >> shift; i <= last >> shift; i++) {
		if (READ_ONCE(region->chunks[i]))
			return true;
	}
	return false;
}

static void add_in_flight(const struct dmstat_region *region,
			  const struct dmstat_inflight_copy *io,
			  struct dmstat_in_flight *in_flight)
{
	u32 last_wanted = in_flight->first + (in_flight->nr - 1);
	bool write = io->operation != DMSTAT_OPERATION_READ;
	u64 age = max_t(s64, in_flight->now - io->start_ns, 0);
	u32 first, last, i;

	if (!in_flight_areas(region, io, &first, &last))
		return;
	if (first > last_wanted || last < in_flight->first)
		return;

	first = max(first, in_flight->first) - in_flight->first;
	last = min(last, last_wanted) - in_flight->first;
	for (i = first; i <= last; i++) {
		in_flight->area[i].ios[write]++;
		in_flight->area[i].age_ns += age;
	}
}

/**
 * dmstat_read_in_flight() - what is in flight in some areas
 * @region: the region
 * @first: the first of the areas
 * @nr: how many, at most DMSTAT_READ_AREAS
 * @in_flight: where it is put
 *
 * Context: process, with a reference to the region.
 */
void dmstat_read_in_flight(const struct dmstat_region *region, u32 first,
			   u32 nr, struct dmstat_in_flight *in_flight)
{
	struct dmstat_inflight_walk walk = {};
	struct dmstat_inflight_copy io;

	memset(in_flight->area, 0, nr * sizeof(*in_flight->area));
	in_flight->first = first;
	in_flight->nr = nr;
	in_flight->now = dmstat_clock_ns();
	while (dmstat_inflight_next(&region->device->inflight, &walk, &io))
		add_in_flight(region, &io, in_flight);
}

/**
 * dmstat_read_area() - what an area has counted since it was cleared
 * @region: the region
 * @area: the area
 * @reading: has what is in flight in it; where the values are put
 *
 * Context: process, with the region's read_lock.
 * Return: whether the area saw any I/O.
 */
bool dmstat_read_area(const struct dmstat_region *region, u32 area,
		      struct dmstat_reading *reading)
{
	const struct dmstat_layout *layout = &region->layout;
	const struct dmstat_in_flight *in_flight = &reading->in_flight;
	const struct dmstat_chunk *chunk = area_chunk(region, area);
	struct dmstat_area_values *values = &reading->values;
	u32 i = area & layout->chunk_mask;

	if (chunk)
		dmstat_chunk_sum(layout, chunk, i, values);
	else
		dmstat_values_zero(layout, values);

	values->queue_ns += in_flight->area[area - in_flight->first].age_ns;
	if (chunk && chunk->baseline)
		dmstat_values_sub(layout, values,
				  dmstat_chunk_baseline(layout, chunk, i));
	return dmstat_values_any(values);
}

/**
 * dmstat_clear_prepare() - make sure that an area can be cleared
 * @region: the region
 * @area: the area
 *
 * Context: process, with the region's read_lock; may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmstat_clear_prepare(struct dmstat_region *region, u32 area)
{
	struct dmstat_chunk *chunk = area_chunk(region, area);

	if (!chunk)
		chunk = dmstat_chunk_new(region,
					 area >> region->layout.chunk_shift,
					 GFP_KERNEL);
	return chunk ? dmstat_chunk_baseline_new(region, chunk) : -ENOMEM;
}

/**
 * dmstat_clear_area() - take what was read off what will be read
 * @region: the region
 * @area: the area, prepared with dmstat_clear_prepare()
 * @values: what dmstat_read_area() gave
 *
 * Nothing that was counted since is lost.
 *
 * Context: process, with the region's read_lock held since the reading.
 */
void dmstat_clear_area(struct dmstat_region *region, u32 area,
		       const struct dmstat_area_values *values)
{
	const struct dmstat_layout *layout = &region->layout;
	struct dmstat_chunk *chunk = area_chunk(region, area);
	u32 i = area & layout->chunk_mask;

	dmstat_values_add(layout, dmstat_chunk_baseline(layout, chunk, i),
			  values);
	dmstat_chunk_clear_longest(chunk, i, values);
}

static int clear_areas(struct dmstat_region *region, u32 first, u32 nr,
		       struct dmstat_reading *reading)
{
	int ret = 0;
	u32 i;

	mutex_lock(&region->read_lock);
	dmstat_read_in_flight(region, first, nr, &reading->in_flight);
	for (i = 0; i < nr && !ret; i++) {
		if (!dmstat_read_area(region, first + i, reading))
			continue;
		ret = dmstat_clear_prepare(region, first + i);
		if (!ret)
			dmstat_clear_area(region, first + i, &reading->values);
	}
	mutex_unlock(&region->read_lock);
	return ret;
}

/**
 * dmstat_clear() - set all counters of a region to zero
 * @region: the region
 *
 * Context: process, with a reference to the region; may sleep.
 * Return: 0; -ENOMEM, some areas are cleared and the others unchanged.
 */
int dmstat_clear(struct dmstat_region *region)
{
	struct dmstat_reading *reading;
	struct dmstat_read_span span;
	u32 first = 0, nr;
	int ret = 0;

	reading = dmstat_reading_new(region);
	if (!reading)
		return -ENOMEM;

	dmstat_read_span(region, &span);
	while (first < region->areas && !ret) {
		nr = min(region->areas - first, DMSTAT_READ_AREAS);
		if (dmstat_read_any_active(region, first, nr, &span))
			ret = clear_areas(region, first, nr, reading);
		if (first > U32_MAX - nr)
			break;
		first += nr;
		cond_resched();
	}
	if (!ret)
		atomic64_set(&region->missed, 0);

	kfree(reading);
	return ret;
}
