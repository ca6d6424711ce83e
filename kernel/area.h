/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an I/O does in areas: it starts, is counted, or leaves without a trace.
 */
#ifndef _DMSTAT_AREA_H
#define _DMSTAT_AREA_H

#include <linux/blk_types.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "busy.h"
#include "chunk.h"
#include "index.h"
#include "inflight.h"
#include "region.h"

void dmstat_area_bin_slow(const struct dmstat_chunk *chunk, u32 i,
			  struct dmstat_counter_set *set, u32 operation,
			  s64 elapsed);
bool dmstat_ref_prepare(const struct dmstat_index_ref *ref, sector_t sector,
			u32 sectors);
void dmstat_ref_leave(const struct dmstat_index_ref *ref,
		      const struct dmstat_kinflight *io, bool again);

/* ------------------------------------------------------------ one area */

/*
 * The area of a region that an I/O in @ref's segment touches, if it is only
 * one: its chunk, and its index there.
 * Return: the chunk; NULL if there are more areas, or it has none, or the
 * region is limited to a cgroup.
 */
static __always_inline struct dmstat_chunk *
dmstat_ref_place(const struct dmstat_index_ref *ref, sector_t sector,
		 u32 sectors, u32 *i)
{
	const struct dmstat_kregion *region = ref->region;
	const struct dmstat_layout *layout = &region->store.layout;
	int shift = READ_ONCE(region->area_shift);
	sector_t offset = sector - ref->start;
	u64 slot;

	if (likely(shift >= 0)) {
		slot = offset >> shift;
		if (unlikely((offset + sectors - 1) >> shift != slot))
			return NULL;
	} else {
		if (unlikely(shift <= DMSTAT_SHIFT_LIMITED))
			return NULL;
		slot = div64_u64(offset, region->area_size);
		if (unlikely(offset + sectors >
			     (slot + 1) * region->area_size))
			return NULL;
	}

	slot += ref->first_slot;
	*i = slot & layout->chunk_mask;
	return dmstat_slot_chunk(&region->store, slot);
}

/* The same, where dmstat_ref_place() has found one area with a chunk. */
static __always_inline struct dmstat_chunk *
dmstat_ref_chunk(const struct dmstat_index_ref *ref, sector_t sector, u32 *i)
{
	const struct dmstat_store *store = &ref->region->store;
	u64 slot = ref->first_slot +
		   dmstat_region_area_of(ref->region, sector - ref->start);

	*i = slot & store->layout.chunk_mask;
	return dmstat_slot_chunk(store, slot);
}

/* Count an I/O in all counters of a set but the histogram. */
static __always_inline void
dmstat_set_count(struct dmstat_counter_set *set, u32 i, bool shared,
		 u32 operation, u32 sectors, s64 elapsed)
{
	struct dmstat_io_counters *io = &set->area[i].io[operation];

	dmstat_count(&io->ios, 1, shared);
	dmstat_count(&io->sectors, sectors, shared);
	/* CPUs may disagree a little about the time: it can be negative. */
	dmstat_count(&io->ns, elapsed, shared);
	dmstat_longest(&io->longest_ns, elapsed);
}

/* Count an I/O in the histogram of a set. */
static __always_inline void
dmstat_set_count_bin(const struct dmstat_chunk *chunk, u32 i,
		     struct dmstat_counter_set *set, bool shared,
		     u32 operation, s64 elapsed)
{
	const struct dmstat_layout *layout = &chunk->store->layout;
	union dmstat_counter *bins;

	bins = dmstat_set_bins(layout, set, i, operation);
	dmstat_count(&bins[dmstat_bin(layout, elapsed)], 1, shared);
}

/* Count an I/O that ends where it is in flight; @set is this CPU's, or NULL. */
static __always_inline void
dmstat_area_count(struct dmstat_chunk *chunk, u32 i,
		  struct dmstat_counter_set *set, u32 operation, u64 one,
		  u32 sectors, u64 start, u64 now)
{
	/* It leaves first: a reader must not see it both in flight and
	 * counted.
	 */
	if (likely(set)) {
		dmstat_busy_end(chunk, i, set, one, start, now);
		smp_wmb();	/* pairs with add_in_flight()'s */
		dmstat_set_count(set, i, false, operation, sectors,
				 now - start);
	} else {
		dmstat_busy_end(chunk, i, NULL, one, start, now);
		smp_wmb();	/* likewise */
		dmstat_set_count(chunk->shared, i, true, operation, sectors,
				 now - start);
	}
	if (unlikely(chunk->has_bins))
		dmstat_area_bin_slow(chunk, i, set, operation, now - start);
}

/* -------------------------------------------------- areas of an extent */

/* A walk over the areas of an extent that some sectors touch, by their slots. */
struct dmstat_areas {
	const struct dmstat_index_ref *ref;
	u64 slot;			/* where the walk is */
	u64 last;
	sector_t from;
	sector_t end;			/* of the sectors in the extent */
};

static __always_inline struct dmstat_areas
dmstat_ref_areas(const struct dmstat_index_ref *ref, sector_t sector,
		 u32 sectors)
{
	const struct dmstat_kregion *region = ref->region;
	sector_t from = max(sector, ref->start);
	sector_t end = min(sector + sectors, ref->end);
	u64 first = ref->first_slot;

	return (struct dmstat_areas) {
		.ref = ref,
		.slot = first + dmstat_region_area_of(region,
						      from - ref->start),
		.last = first + dmstat_region_area_of(region,
						      end - 1 - ref->start),
		.from = from,
		.end = end,
	};
}

/* The chunk where the walk is, or NULL. */
static __always_inline struct dmstat_chunk *
dmstat_areas_chunk(const struct dmstat_areas *areas)
{
	return dmstat_slot_chunk(&areas->ref->region->store, areas->slot);
}

/* The last area of the chunk where the walk is. */
static __always_inline u64
dmstat_areas_last(const struct dmstat_areas *areas)
{
	return min(areas->last,
		   areas->slot | areas->ref->region->store.layout.chunk_mask);
}

/*
 * Return: whether each of the areas has a chunk, and they are at most @room,
 * which is reduced by their number.
 */
static __always_inline bool
dmstat_ref_is_prepared(const struct dmstat_index_ref *ref, sector_t sector,
		       u32 sectors, s64 *room)
{
	struct dmstat_areas areas = dmstat_ref_areas(ref, sector, sectors);

	*room -= areas.last - areas.slot + 1;
	if (*room < 0)
		return false;
	while (areas.slot <= areas.last) {
		if (!dmstat_areas_chunk(&areas))
			return false;
		areas.slot = dmstat_areas_last(&areas) + 1;
	}
	return true;
}

/* An I/O starts in areas that have chunks. */
static __always_inline void
dmstat_ref_start(const struct dmstat_index_ref *ref, sector_t sector,
		 u32 sectors, u32 operation, u64 now)
{
	struct dmstat_areas areas = dmstat_ref_areas(ref, sector, sectors);
	struct dmstat_chunk *chunk;
	u64 last;

	while (areas.slot <= areas.last) {
		chunk = dmstat_areas_chunk(&areas);
		last = dmstat_areas_last(&areas);
		for (; areas.slot <= last; areas.slot++)
			dmstat_busy_start(chunk, areas.slot &
					  ref->region->store.layout.chunk_mask,
					  dmstat_busy_one[operation], now);
	}
}

/* An I/O ends where dmstat_ref_start() was called. */
static __always_inline void
dmstat_ref_count(const struct dmstat_index_ref *ref,
		 const struct dmstat_kinflight *io, u64 now,
		 blk_status_t status)
{
	struct dmstat_areas areas = dmstat_ref_areas(ref, io->sector,
						     io->sectors);
	const struct dmstat_kregion *region = ref->region;
	const struct dmstat_layout *layout = &region->store.layout;
	struct dmstat_counter_set *set;
	struct dmstat_chunk *chunk;
	sector_t to;
	u64 last;
	u32 i;

	/* Not a sum with the size of an area, which may be larger than any
	 * device.
	 */
	to = ref->start + min((areas.slot - ref->first_slot + 1) *
			      region->area_size, ref->end - ref->start);
	while (areas.slot <= areas.last) {
		chunk = dmstat_areas_chunk(&areas);
		set = dmstat_chunk_cpu_set(chunk, now);
		last = dmstat_areas_last(&areas);
		for (; areas.slot <= last; areas.slot++) {
			i = areas.slot & layout->chunk_mask;
			to = min(to, areas.end);
			dmstat_area_count(chunk, i, set, io->operation,
					  dmstat_busy_one[io->operation],
					  to - areas.from, io->start_ns, now);
			if (unlikely(status))
				atomic64_inc(&chunk->rare[i]
					     .errors[io->operation]);
			areas.from = to;
			to += region->area_size;
		}
	}
}

#endif /* _DMSTAT_AREA_H */
