// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an I/O does in areas, where it is not done inline: histograms, the first
 * I/O of a chunk, and I/O that is not counted after all.
 */
#include "area.h"

/**
 * dmstat_area_bin_slow() - count an I/O in the histogram of an area
 * @chunk: the chunk
 * @i: the area's index in it
 * @set: this CPU's, or NULL: the shared one
 * @operation: what the I/O did
 * @elapsed: ns
 *
 * Context: any, preemption disabled.
 */
void dmstat_area_bin_slow(const struct dmstat_chunk *chunk, u32 i,
			  struct dmstat_counter_set *set, u32 operation,
			  s64 elapsed)
{
	if (set)
		dmstat_set_count_bin(chunk, i, set, false, operation, elapsed);
	else
		dmstat_set_count_bin(chunk, i, chunk->shared, true, operation,
				     elapsed);
}

/**
 * dmstat_ref_prepare() - allocate the chunks that areas of an extent lack
 * @ref: the extent
 * @sector: the first sector of an I/O
 * @sectors: how many
 *
 * Context: any but NMI, preemption disabled since the index was read.
 * Return: false if memory is short or, on PREEMPT_RT, not ready.
 */
bool dmstat_ref_prepare(const struct dmstat_index_ref *ref, sector_t sector,
			u32 sectors)
{
	struct dmstat_areas areas = dmstat_ref_areas(ref, sector, sectors);
	struct dmstat_store *store = &ref->region->store;

	while (areas.slot <= areas.last) {
		if (!dmstat_areas_chunk(&areas) &&
		    !dmstat_chunk_new_in_probe(store, areas.slot >>
					       store->layout.chunk_shift))
			return false;
		areas.slot = dmstat_areas_last(&areas) + 1;
	}
	return true;
}

/**
 * dmstat_ref_leave() - an I/O that has started in areas is not counted
 * @ref: their extent, for which dmstat_ref_start() was called
 * @io: the I/O's entry
 * @again: whether it ended as BLK_STS_AGAIN, which is counted
 *
 * Context: any but NMI, preemption disabled since the index was read.
 */
void dmstat_ref_leave(const struct dmstat_index_ref *ref,
		      const struct dmstat_kinflight *io, bool again)
{
	struct dmstat_areas areas = dmstat_ref_areas(ref, io->sector,
						     io->sectors);
	struct dmstat_chunk *chunk;
	u32 i;

	for (; areas.slot <= areas.last; areas.slot++) {
		chunk = dmstat_areas_chunk(&areas);
		i = areas.slot & ref->region->store.layout.chunk_mask;
		if (again)
			atomic64_inc(&chunk->shared->area[i]
				     .again[io->operation]);
		dmstat_busy_leave(chunk, i, dmstat_busy_one[io->operation],
				  io->start_ns);
	}
}
