// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading what the areas of a region have counted, and clearing it. Reading
 * changes no counter. Clearing notes what was read, and takes it off from then
 * on; only counters that all CPUs share are set back.
 */
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "busy.h"
#include "chunk.h"
#include "read.h"
#include "region.h"

/**
 * dmstat_values_new() - room for the values of an area
 * @region: the region
 *
 * Context: process, may sleep.
 * Return: the room, for kfree(), or NULL.
 */
struct dmstat_area_values *dmstat_values_new(const struct dmstat_region *region)
{
	return kmalloc(dmstat_values_size(&region->store.layout), GFP_KERNEL);
}

/**
 * dmstat_read_begin() - take a region's read_lock
 * @region: the region
 *
 * Another reader may wait for it while a device is suspended, and have to end
 * before the device is resumed. So memory is not reclaimed by I/O, which may be
 * I/O to that device, while the lock is held.
 *
 * Context: process, may sleep.
 * Return: for dmstat_read_end().
 */
unsigned int dmstat_read_begin(struct dmstat_region *region)
{
	mutex_lock(&region->read_lock);
	return memalloc_noio_save();
}

/**
 * dmstat_read_end() - release a region's read_lock
 * @region: the region
 * @noio: what dmstat_read_begin() returned
 */
void dmstat_read_end(struct dmstat_region *region, unsigned int noio)
{
	memalloc_noio_restore(noio);
	mutex_unlock(&region->read_lock);
}

static struct dmstat_chunk *area_chunk(const struct dmstat_region *region,
				       u32 area)
{
	const struct dmstat_store *store = &region->store;

	return READ_ONCE(store->chunks[area >> store->layout.chunk_shift]);
}

/**
 * dmstat_read_any_active() - whether any of some areas may have seen I/O
 * @region: the region
 * @first: the first of the areas
 * @nr: how many, at least 1
 *
 * Context: any, with a reference to the region.
 * Return: false if none did. May be true if only their neighbours did.
 */
bool dmstat_read_any_active(const struct dmstat_region *region, u32 first,
			    u32 nr)
{
	u32 shift = region->store.layout.chunk_shift;
	u32 last = first + (nr - 1), i;

	for (i = first >> shift; i <= last >> shift; i++) {
		if (READ_ONCE(region->store.chunks[i]))
			return true;
	}
	return false;
}

/* What is in flight now: counted as if it ended now. */
static void add_in_flight(struct dmstat_chunk *chunk, u32 i,
			  struct dmstat_area_values *values)
{
	struct dmstat_area_rare *rare = &chunk->rare[i];
	struct dmstat_busy_values busy;

	/* Pairs with the barrier between the two where an I/O ends. */
	smp_rmb();
	dmstat_busy_read(chunk, i, &busy);
	values->in_flight[0] = busy.in_flight[0];
	values->in_flight[1] = busy.in_flight[1];
	values->busy_ns = busy.busy_ns;
	/* An I/O that has ended since its time was summed is missing. */
	values->queue_ns += busy.age_ns;
	values->queue_ns = max(values->queue_ns, rare->shown_queue);
	rare->shown_queue = values->queue_ns;
}

/**
 * dmstat_read_area() - what an area has counted since it was cleared
 * @region: the region
 * @area: the area
 * @values: where that is put
 *
 * Context: process, with the region's read_lock.
 * Return: whether the area saw any I/O.
 */
bool dmstat_read_area(const struct dmstat_region *region, u32 area,
		      struct dmstat_area_values *values)
{
	const struct dmstat_layout *layout = &region->store.layout;
	struct dmstat_chunk *chunk = area_chunk(region, area);
	u32 i = area & layout->chunk_mask;

	if (!chunk) {
		dmstat_values_zero(layout, values);
		return false;
	}
	/* First what has ended, then what is in flight: no I/O is summed twice. */
	dmstat_values_sum(layout, chunk, i, values);
	add_in_flight(chunk, i, values);
	if (chunk->baseline)
		dmstat_values_sub(layout, values,
				  dmstat_chunk_baseline(layout, chunk, i));
	return dmstat_values_any(layout, values);
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
		chunk = dmstat_chunk_new(&region->store, area >>
					 region->store.layout.chunk_shift,
					 GFP_KERNEL);
	return chunk ? dmstat_chunk_baseline_new(chunk) : -ENOMEM;
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
	const struct dmstat_layout *layout = &region->store.layout;

	dmstat_values_clear(layout, area_chunk(region, area),
			    area & layout->chunk_mask, values);
}

static int clear_areas(struct dmstat_region *region, u32 first, u32 nr,
		       struct dmstat_area_values *values)
{
	unsigned int noio = dmstat_read_begin(region);
	int ret = 0;
	u32 i;

	for (i = 0; i < nr && !ret; i++) {
		if (!dmstat_read_area(region, first + i, values))
			continue;
		ret = dmstat_clear_prepare(region, first + i);
		if (!ret)
			dmstat_clear_area(region, first + i, values);
	}
	dmstat_read_end(region, noio);
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
	struct dmstat_area_values *values;
	u32 first = 0, nr;
	int ret = 0;

	values = dmstat_values_new(region);
	if (!values)
		return -ENOMEM;

	while (first < region->areas && !ret) {
		nr = min(region->areas - first, DMSTAT_READ_AREAS);
		if (dmstat_read_any_active(region, first, nr))
			ret = clear_areas(region, first, nr, values);
		if (first > U32_MAX - nr)
			break;
		first += nr;
		cond_resched();
	}
	if (!ret)
		atomic64_set(&region->missed, 0);

	kfree(values);
	return ret;
}
