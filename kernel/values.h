/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The values of an area: its counters summed over all sets, as a reader gets
 * them.
 */
#ifndef _DMSTAT_VALUES_H
#define _DMSTAT_VALUES_H

#include <linux/build_bug.h>
#include <linux/overflow.h>
#include <linux/types.h>

#include "layout.h"

/* What an area has counted; owned by the reader. */
struct dmstat_area_values {
	u64 ios[DMSTAT_OPERATIONS];
	u64 sectors[DMSTAT_OPERATIONS];
	u64 ns[DMSTAT_OPERATIONS];
	u64 errors[DMSTAT_OPERATIONS];
	u64 again[DMSTAT_OPERATIONS];
	u64 busy_ns;
	u64 queue_ns;
	u64 longest_ns[DMSTAT_OPERATIONS];
	u32 in_flight[2];		/* reads; writes and discards */
	u64 clears;
	u64 bins[];			/* by operation, bin */
};

/*
 * What an area had counted when it was last cleared: subtracted from what
 * readers are given. All of it: the region's read_lock.
 */
struct dmstat_area_baseline {
	u64 ios[DMSTAT_OPERATIONS];
	u64 sectors[DMSTAT_OPERATIONS];
	u64 ns[DMSTAT_OPERATIONS];
	u64 busy_ns;
	u64 queue_ns;
	u64 clears;			/* how often */
	u64 bins[];			/* by operation, bin */
};

static_assert(sizeof(struct dmstat_area_baseline) << DMSTAT_CHUNK_SHIFT_MAX <=
	      4096);

static inline struct dmstat_area_baseline *
dmstat_chunk_baseline(const struct dmstat_layout *layout,
		      const struct dmstat_chunk *chunk, u32 i)
{
	struct dmstat_area_baseline *baseline;

	return chunk->baseline + i * struct_size(baseline, bins,
			DMSTAT_OPERATIONS * layout->nr_bins);
}

size_t dmstat_values_size(const struct dmstat_layout *layout);
size_t dmstat_baseline_size(const struct dmstat_layout *layout);

void dmstat_values_zero(const struct dmstat_layout *layout,
			struct dmstat_area_values *values);
void dmstat_values_sum(const struct dmstat_layout *layout,
		       const struct dmstat_chunk *chunk, u32 i,
		       struct dmstat_area_values *values);
void dmstat_values_add(const struct dmstat_layout *layout,
		       struct dmstat_area_values *sum,
		       const struct dmstat_area_values *values);
void dmstat_values_add_chunk(const struct dmstat_layout *layout,
			     const struct dmstat_chunk *chunk, u32 i, u32 nr,
			     struct dmstat_area_values *sum, u64 *ns);
void dmstat_values_sub(const struct dmstat_layout *layout,
		       struct dmstat_area_values *values,
		       const struct dmstat_area_baseline *baseline);
void dmstat_values_add_clears(struct dmstat_area_values *values,
			      const struct dmstat_area_baseline *baseline);
void dmstat_values_sub_from_sum(const struct dmstat_layout *layout,
				struct dmstat_area_values *sum,
				const struct dmstat_area_baseline *baseline);
void dmstat_values_clear(const struct dmstat_layout *layout,
			 struct dmstat_chunk *chunk, u32 i,
			 const struct dmstat_area_values *given);
void dmstat_values_reset(const struct dmstat_layout *layout,
			 struct dmstat_chunk *chunk, u32 i);
bool dmstat_values_any_bin(const struct dmstat_layout *layout,
			   const struct dmstat_area_values *values, int op);
bool dmstat_values_any(const struct dmstat_layout *layout,
		       const struct dmstat_area_values *values);

/**
 * dmstat_values_any_io() - whether an operation has counted anything
 * @layout: how the region counts
 * @values: what an area has counted
 * @op: the operation
 *
 * A reader may read and clear an I/O while it is being counted. The next reader
 * is then given the rest: it may be a bin alone.
 *
 * Context: any.
 * Return: true if any counter is not zero.
 */
static inline bool
dmstat_values_any_io(const struct dmstat_layout *layout,
		     const struct dmstat_area_values *values, int op)
{
	if (values->ios[op] | values->again[op] | values->sectors[op] |
	    values->ns[op] | values->errors[op] | values->longest_ns[op])
		return true;
	return layout->nr_bins && dmstat_values_any_bin(layout, values, op);
}

#endif /* _DMSTAT_VALUES_H */
