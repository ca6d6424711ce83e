// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the memory that areas count in: sizes, which depend on the
 * histogram, and the sets of a chunk.
 */
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "layout.h"

static size_t area_size(const struct dmstat_layout *layout)
{
	return sizeof(struct dmstat_area_counters) +
	       DMSTAT_OPERATIONS * layout->nr_bins * sizeof(u64);
}

static int init_bounds(struct dmstat_layout *layout, const u64 *bounds,
		       u32 nr_bounds)
{
	u32 size, i;

	layout->nr_bins = nr_bounds + 1;
	size = roundup_pow_of_two(layout->nr_bins);
	layout->first_step = size / 2;
	layout->search = kmalloc_array(2 * size, sizeof(*bounds), GFP_KERNEL);
	if (!layout->search)
		return -ENOMEM;
	for (i = 0; i < size; i++)
		layout->search[i] = i < nr_bounds ?
			min_t(u64, bounds[i], S64_MAX) : S64_MAX;
	memcpy(&layout->search[size], bounds, nr_bounds * sizeof(*bounds));
	return 0;
}

/**
 * dmstat_layout_init() - lay out the counters of a region
 * @layout: the layout
 * @bounds: of its histograms, rising, in ns
 * @nr_bounds: how many, at most DMSTAT_HISTOGRAM_BOUNDS_MAX; 0: no histogram
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmstat_layout_init(struct dmstat_layout *layout, const u64 *bounds,
		       u32 nr_bounds)
{
	int ret;

	*layout = (struct dmstat_layout) {};
	if (nr_bounds) {
		ret = init_bounds(layout, bounds, nr_bounds);
		if (ret)
			return ret;
	}
	layout->chunk_shift = min(ilog2(DMSTAT_SET_SIZE_MAX /
					area_size(layout)),
				  DMSTAT_CHUNK_SHIFT_MAX);
	layout->chunk_mask = BIT(layout->chunk_shift) - 1;
	layout->bins_offset = sizeof(struct dmstat_area_counters) <<
			      layout->chunk_shift;
	return 0;
}

/**
 * dmstat_layout_free() - free what a layout holds
 * @layout: the layout; unused from now on
 *
 * Context: any.
 */
void dmstat_layout_free(struct dmstat_layout *layout)
{
	kfree(layout->search);
}

/**
 * dmstat_layout_set_size() - the size of a set of counters
 * @layout: the layout
 *
 * Context: any.
 * Return: bytes, at most DMSTAT_SET_SIZE_MAX.
 */
size_t dmstat_layout_set_size(const struct dmstat_layout *layout)
{
	return area_size(layout) << layout->chunk_shift;
}

/**
 * dmstat_layout_memory() - the memory that a layout holds
 * @layout: the layout
 *
 * Context: any.
 * Return: bytes.
 */
size_t dmstat_layout_memory(const struct dmstat_layout *layout)
{
	return layout->nr_bins ?
	       kmalloc_size_roundup(4 * layout->first_step *
				    sizeof(*layout->search)) : 0;
}

/**
 * dmstat_chunk_set() - the next set of a chunk
 * @chunk: the chunk
 * @cpu: -1 at first, for the shared set; the CPUs' sets follow
 *
 * Context: any; the caller keeps the region from being freed.
 * Return: the set, or NULL if there are no more.
 */
struct dmstat_counter_set *dmstat_chunk_set(const struct dmstat_chunk *chunk,
					    int *cpu)
{
	struct dmstat_counter_set *set;
	int i = (*cpu)++;

	if (i < 0)
		return chunk->shared;
	for (; i < (int)nr_cpu_ids; i = (*cpu)++) {
		set = READ_ONCE(chunk->cpu[i]);
		if (set)
			return set;
	}
	return NULL;
}
