// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and clearing the counters of areas. Reading changes no counter.
 * Clearing stores what was read as a baseline, which later readings subtract;
 * only counters that all CPUs share are reset.
 */
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "busy.h"
#include "chunk.h"
#include "geometry.h"
#include "memory.h"
#include "read.h"
#include "region.h"
#include "values.h"

/**
 * dmstat_read_values_new() - allocate the values of an area
 * @region: the region
 *
 * Context: process, may sleep.
 * Return: the values, for kfree(), or NULL.
 */
struct dmstat_area_values *
dmstat_read_values_new(const struct dmstat_kregion *region)
{
	return kmalloc(dmstat_values_size(&region->store.layout), GFP_KERNEL);
}

/**
 * dmstat_read_enter() - keep the areas of a region from being renumbered
 * @region: the region
 *
 * As long as it is not left, the region does not grow or shrink. Reclaim does no
 * I/O meanwhile, as for dmstat_read_begin().
 *
 * Context: process, may sleep, without dmstat_lock and the region's read_lock.
 * Return: for dmstat_read_leave().
 */
unsigned int dmstat_read_enter(struct dmstat_kregion *region)
{
	down_read(&region->shape);
	return memalloc_noio_save();
}

/**
 * dmstat_read_leave() - let a region grow and shrink again
 * @region: the region
 * @noio: what dmstat_read_enter() returned
 */
void dmstat_read_leave(struct dmstat_kregion *region, unsigned int noio)
{
	memalloc_noio_restore(noio);
	up_read(&region->shape);
}

/**
 * dmstat_read_begin() - take a region's read_lock
 * @region: the region
 *
 * A program may suspend a device and read counters before it resumes it. It
 * could wait for this lock, and the holder of the lock for reclaim, that is for
 * I/O to the suspended device. So reclaim does no I/O while the lock is held.
 *
 * Context: process, may sleep.
 * Return: for dmstat_read_end().
 */
unsigned int dmstat_read_begin(struct dmstat_kregion *region)
{
	mutex_lock(&region->read_lock);
	return memalloc_noio_save();
}

/**
 * dmstat_read_end() - release a region's read_lock
 * @region: the region
 * @noio: what dmstat_read_begin() returned
 */
void dmstat_read_end(struct dmstat_kregion *region, unsigned int noio)
{
	memalloc_noio_restore(noio);
	mutex_unlock(&region->read_lock);
}

/* Where an area counts. */
struct place {
	u32 slot;
	u32 chunk;
	u32 i;				/* index in the chunk */
	u32 nr;				/* areas in consecutive slots, with it */
};

static __always_inline struct place
place_of(const struct dmstat_kregion *region, u32 area)
{
	const struct dmstat_layout *layout = &region->store.layout;
	struct place place;

	place.slot = dmstat_geometry_slot(dmstat_read_geometry(region), area,
					  &place.nr);
	place.chunk = place.slot >> layout->chunk_shift;
	place.i = place.slot & layout->chunk_mask;
	return place;
}

static struct dmstat_chunk *chunk_of(const struct dmstat_kregion *region,
				     const struct place *place)
{
	return dmstat_slot_chunk(&region->store, place->slot);
}

/*
 * Skip areas in consecutive slots that have no chunk. @looked: whether that one
 * is missing is remembered.
 * Return: how many of them.
 */
static u32 skip(struct dmstat_kregion *region, const struct place *place,
		u32 nr, bool *looked)
{
	u32 shift = region->store.layout.chunk_shift, i = place->chunk;
	u32 last = (place->slot + nr - 1) >> shift;

	/* Before the others are looked for. */
	if (!*looked) {
		*looked = true;
		if (dmstat_chunk_look(&region->store, i++))
			return 0;
	}
	for (; i <= last; i++) {
		if (READ_ONCE(region->store.chunks[i]))
			return max(i << shift, place->slot) - place->slot;
		if (!(i % 4096))
			cond_resched();
	}
	return nr;
}

/**
 * dmstat_read_next() - skip areas that have seen no I/O
 * @region: the region
 * @area: where to begin
 * @end: where to end, above @area and at most the number of areas
 *
 * That chunks are missing is remembered, as dmstat_chunk_look() says, but once for
 * all that are skipped, with the time before the first is looked for. That is later
 * than the reader's request, from which the reader measures time.
 *
 * Context: process, may sleep; between dmstat_read_enter() and
 * dmstat_read_leave().
 * Return: the first area that has seen I/O, or is in a chunk of which another area
 * has; or @end.
 */
u32 dmstat_read_next(struct dmstat_kregion *region, u32 area, u32 end)
{
	bool looked = false;
	struct place place;
	u32 nr, skipped;

	while (area < end) {
		place = place_of(region, area);
		nr = min(place.nr, end - area);
		skipped = skip(region, &place, nr, &looked);
		area += skipped;
		if (skipped < nr)
			break;
		cond_resched();
	}
	return area;
}

/* I/O that ended between two sums is in neither: no reader is given less. */
static u64 show_queue(struct dmstat_area_rare *rare, u64 queue_ns)
{
	if (queue_ns < rare->shown_queue)
		return rare->shown_queue;
	/* Most areas of a sum have not changed: do not write to them. */
	if (queue_ns != rare->shown_queue)
		rare->shown_queue = queue_ns;
	return queue_ns;
}

/* Add what is in flight, as if it ended now. */
static void add_in_flight(struct dmstat_chunk *chunk, u32 i,
			  struct dmstat_area_values *values)
{
	struct dmstat_busy_values busy;

	/* Pairs with the smp_wmb() where an I/O leaves the flight and is counted. */
	smp_rmb();
	dmstat_busy_read(chunk, i, dmstat_chunk_unseen(chunk), &busy);
	values->in_flight[0] = busy.in_flight[0];
	values->in_flight[1] = busy.in_flight[1];
	values->busy_ns = busy.busy_ns;
	values->queue_ns = show_queue(&chunk->rare[i],
				      values->queue_ns + busy.age_ns);
}

/**
 * dmstat_read_area() - read an area
 * @region: the region
 * @area: the area
 * @since: from when on; to clear the area afterwards, DMSTAT_SINCE_CLEAR
 * @values: set to what was counted
 *
 * Context: process, with the region's read_lock.
 * Return: whether any counter is not 0.
 */
bool dmstat_read_area(struct dmstat_kregion *region, u32 area,
		      enum dmstat_read_since since,
		      struct dmstat_area_values *values)
{
	const struct dmstat_layout *layout = &region->store.layout;
	const struct dmstat_area_baseline *baseline;
	struct place place = place_of(region, area);
	struct dmstat_chunk *chunk = dmstat_chunk_look(&region->store,
						       place.chunk);
	u32 i = place.i;

	if (!chunk) {
		dmstat_values_zero(layout, values);
		return false;
	}
	/* In this order, so that no I/O is summed twice. */
	dmstat_values_sum(layout, chunk, i, values);
	add_in_flight(chunk, i, values);
	if (!chunk->baseline)
		return dmstat_values_any(layout, values);
	baseline = dmstat_chunk_baseline(layout, chunk, i);
	if (since == DMSTAT_SINCE_CLEAR)
		dmstat_values_sub(layout, values, baseline);
	else
		dmstat_values_add_clears(values, baseline);
	return dmstat_values_any(layout, values);
}

/**
 * dmstat_clear_prepare() - allocate what is needed to clear an area
 * @region: the region
 * @area: the area
 *
 * Context: as for dmstat_read_area(); may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmstat_clear_prepare(struct dmstat_kregion *region, u32 area)
{
	struct place place = place_of(region, area);
	struct dmstat_chunk *chunk = chunk_of(region, &place);

	if (!chunk)
		chunk = dmstat_chunk_new(&region->store, place.chunk,
					 DMSTAT_GFP_LOCKED);
	return chunk ? dmstat_chunk_baseline_new(chunk) : -ENOMEM;
}

/**
 * dmstat_clear_area() - clear an area by what was read
 * @region: the region
 * @area: the area, prepared with dmstat_clear_prepare()
 * @values: what dmstat_read_area() read
 *
 * What was counted since then is kept.
 *
 * Context: process, with the region's read_lock held since dmstat_read_area().
 */
void dmstat_clear_area(struct dmstat_kregion *region, u32 area,
		       const struct dmstat_area_values *values)
{
	struct place place = place_of(region, area);

	dmstat_values_clear(&region->store.layout, chunk_of(region, &place),
			    place.i, values);
}

/* Add what is in flight in areas whose I/O that has ended took @ns, each. */
static void add_all_in_flight(struct dmstat_chunk *chunk, u32 i, u32 nr,
			      const u64 *ns, struct dmstat_area_values *sum)
{
	struct dmstat_busy_values busy;
	u32 last = i + nr;
	u64 queue_ns;

	/* Pairs with the smp_wmb() where an I/O leaves the flight and is counted. */
	smp_rmb();
	preempt_disable();
	for (; i < last; i++) {
		queue_ns = *ns++;
		if (!dmstat_busy_is_empty(&chunk->busy[i])) {
			dmstat_busy_read(chunk, i, dmstat_chunk_unseen(chunk),
					 &busy);
			sum->in_flight[0] += busy.in_flight[0];
			sum->in_flight[1] += busy.in_flight[1];
			queue_ns += busy.age_ns;
		}
		sum->queue_ns += show_queue(&chunk->rare[i], queue_ns);
	}
	preempt_enable();
}

/* Subtract what was cleared of an area from @sum, if that is wanted. */
static void sum_cleared(const struct dmstat_layout *layout,
			const struct dmstat_chunk *chunk, u32 i,
			enum dmstat_read_since since,
			struct dmstat_area_values *sum)
{
	const struct dmstat_area_baseline *baseline =
		dmstat_chunk_baseline(layout, chunk, i);

	if (since == DMSTAT_SINCE_CLEAR)
		dmstat_values_sub_from_sum(layout, sum, baseline);
	else
		dmstat_values_add_clears(sum, baseline);
}

/* Add areas of a chunk to @sum. */
static void sum_chunk(const struct dmstat_layout *layout,
		      struct dmstat_chunk *chunk, u32 i, u32 nr,
		      enum dmstat_read_since since,
		      struct dmstat_area_values *sum)
{
	u64 ns[1 << DMSTAT_CHUNK_SHIFT_MAX] = {};
	u32 last = i + nr;

	/* In this order, so that no I/O is summed twice. */
	dmstat_values_add_chunk(layout, chunk, i, nr, sum, ns);
	add_all_in_flight(chunk, i, nr, ns, sum);
	if (!chunk->baseline)
		return;
	for (; i < last; i++)
		sum_cleared(layout, chunk, i, since, sum);
}

/* Add areas of a chunk to @sum; @area becomes the first after them. */
static void sum_areas(struct dmstat_kregion *region, u32 *area, u32 nr,
		      enum dmstat_read_since since,
		      struct dmstat_area_values *sum)
{
	const struct dmstat_layout *layout = &region->store.layout;
	struct place place = place_of(region, *area);
	struct dmstat_chunk *chunk = chunk_of(region, &place);

	nr = min3(nr, place.nr, layout->chunk_mask + 1 - place.i);
	if (chunk)
		sum_chunk(layout, chunk, place.i, nr, since, sum);
	*area += nr;
}

/* Add an area to @sum and clear it; @area becomes the next one. */
static int sum_and_clear(struct dmstat_kregion *region, u32 *area,
			 struct dmstat_area_values *sum,
			 struct dmstat_area_values *one)
{
	int ret;

	if (dmstat_read_area(region, *area, DMSTAT_SINCE_CLEAR, one)) {
		ret = dmstat_clear_prepare(region, *area);
		if (ret)
			return ret;
		dmstat_clear_area(region, *area, one);
	}
	dmstat_values_add(&region->store.layout, sum, one);
	(*area)++;
	return 0;
}

/* Add areas to @sum, as many as are read under one lock. */
static int sum_some(struct dmstat_kregion *region, u32 *area, u32 nr,
		    enum dmstat_read_since since,
		    struct dmstat_area_values *sum,
		    struct dmstat_area_values *one)
{
	unsigned int noio = dmstat_read_begin(region);
	u32 end = *area + min(nr, DMSTAT_READ_AREAS);
	int ret = 0;

	while (*area < end && !ret) {
		if (one)
			ret = sum_and_clear(region, area, sum, one);
		else
			sum_areas(region, area, end - *area, since, sum);
	}
	dmstat_read_end(region, noio);
	return ret;
}

/**
 * dmstat_read_sum() - read areas as one, and clear them if wanted
 * @region: the region
 * @first: the first of the areas
 * @nr: how many; set to how many were read
 * @since: from when on; to clear them, DMSTAT_SINCE_CLEAR
 * @sum: set to the sum of what they counted; without their busy times, unless
 *       they are cleared
 * @one: to clear them, values for use meanwhile; else NULL
 *
 * Context: process, may sleep; between dmstat_read_enter() and
 * dmstat_read_leave().
 * Return: 0; -ENOMEM, the area after @nr could not be cleared.
 */
int dmstat_read_sum(struct dmstat_kregion *region, u32 first, u32 *nr,
		    enum dmstat_read_since since,
		    struct dmstat_area_values *sum,
		    struct dmstat_area_values *one)
{
	u32 area = first, end = first + *nr;
	int ret = 0;

	dmstat_values_zero(&region->store.layout, sum);
	while (area < end && !ret) {
		area = dmstat_read_next(region, area, end);
		if (area < end)
			ret = sum_some(region, &area, end - area, since, sum,
				       one);
		cond_resched();
	}
	*nr = area - first;
	return ret;
}

static int clear_areas(struct dmstat_kregion *region, u32 first, u32 nr,
		       struct dmstat_area_values *values)
{
	unsigned int noio = dmstat_read_begin(region);
	int ret = 0;
	u32 i;

	for (i = 0; i < nr && !ret; i++) {
		if (!dmstat_read_area(region, first + i, DMSTAT_SINCE_CLEAR,
				      values))
			continue;
		ret = dmstat_clear_prepare(region, first + i);
		if (!ret)
			dmstat_clear_area(region, first + i, values);
	}
	dmstat_read_end(region, noio);
	return ret;
}

/**
 * dmstat_clear() - clear all areas of a region
 * @region: the region
 *
 * Context: process, with a reference to the region; may sleep.
 * Return: 0; -ENOMEM, only some areas were cleared.
 */
int dmstat_clear(struct dmstat_kregion *region)
{
	struct dmstat_area_values *values;
	u32 area = 0, nr, areas;
	unsigned int noio;
	int ret = 0;

	values = dmstat_read_values_new(region);
	if (!values)
		return -ENOMEM;

	noio = dmstat_read_enter(region);
	areas = dmstat_read_geometry(region)->areas;
	while (area < areas && !ret) {
		area = dmstat_read_next(region, area, areas);
		nr = min(areas - area, DMSTAT_READ_AREAS);
		ret = clear_areas(region, area, nr, values);
		area += nr;
		cond_resched();
	}
	dmstat_read_leave(region, noio);
	if (!ret)
		atomic64_set(&region->missed, 0);

	kfree(values);
	return ret;
}
