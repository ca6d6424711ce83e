// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums the counters of an area over the sets that its chunk has. Reading
 * changes nothing; what was cleared away is taken off by the reader.
 */
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "counters.h"

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
	size_t area = sizeof(struct dmstat_area_counters);
	u32 size, i;

	*layout = (struct dmstat_layout) {};
	if (nr_bounds) {
		layout->nr_bins = nr_bounds + 1;
		size = roundup_pow_of_two(layout->nr_bins);
		layout->first_step = size / 2;
		layout->bounds = kmalloc_array(size, sizeof(*bounds),
					       GFP_KERNEL);
		if (!layout->bounds)
			return -ENOMEM;
		for (i = 0; i < size; i++)
			layout->bounds[i] = i < nr_bounds ? bounds[i] : U64_MAX;
	}

	area += DMSTAT_OPERATIONS * layout->nr_bins * sizeof(u64);
	layout->chunk_shift = min(ilog2(DMSTAT_SET_SIZE_MAX / area),
				  DMSTAT_CHUNK_SHIFT_MAX);
	layout->chunk_mask = BIT(layout->chunk_shift) - 1;
	layout->bins_offset = sizeof(struct dmstat_area_counters) <<
			      layout->chunk_shift;
	return 0;
}

/**
 * dmstat_layout_free() - free what a layout holds
 * @layout: the layout
 */
void dmstat_layout_free(struct dmstat_layout *layout)
{
	kfree(layout->bounds);
}

/**
 * dmstat_layout_set_size() - bytes of a set of counters
 * @layout: the layout
 *
 * Return: bytes, at most DMSTAT_SET_SIZE_MAX.
 */
size_t dmstat_layout_set_size(const struct dmstat_layout *layout)
{
	return (sizeof(struct dmstat_area_counters) +
		DMSTAT_OPERATIONS * layout->nr_bins * sizeof(u64)) <<
	       layout->chunk_shift;
}

/**
 * dmstat_layout_values_size() - bytes of the values of an area
 * @layout: the layout
 *
 * Return: bytes.
 */
size_t dmstat_layout_values_size(const struct dmstat_layout *layout)
{
	struct dmstat_area_values *values;

	return struct_size(values, bins, DMSTAT_OPERATIONS * layout->nr_bins);
}

/**
 * dmstat_layout_memory() - bytes that a layout holds
 * @layout: the layout
 *
 * Return: bytes.
 */
size_t dmstat_layout_memory(const struct dmstat_layout *layout)
{
	return layout->nr_bins ?
	       2 * layout->first_step * sizeof(*layout->bounds) : 0;
}

/* The next set of a chunk: the shared one, then the CPUs'; @cpu is -1 at first.
 * Return: NULL if there are no more.
 */
static struct dmstat_counter_set *next_set(const struct dmstat_chunk *chunk,
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

/**
 * dmstat_chunk_last_end() - when the last I/O of an area ended that was skipped
 * @chunk: the chunk
 * @i: the area's index in the chunk
 *
 * Context: any; the caller keeps the region from being freed.
 * Return: dmstat_clock_ns() of then, or 0.
 */
u64 dmstat_chunk_last_end(const struct dmstat_chunk *chunk, u32 i)
{
	const struct dmstat_counter_set *set;
	u64 last = 0;
	int cpu = -1;

	while ((set = next_set(chunk, &cpu)))
		last = max(last, READ_ONCE(set->area[i].last_end));
	return last;
}

static void add_area(const struct dmstat_area_counters *area,
		     struct dmstat_area_values *values)
{
	const struct dmstat_io_counters *io;
	u64 longest;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		io = &area->io[op];
		values->ios[op] += dmstat_counter_read(&io->ios);
		values->sectors[op] += dmstat_counter_read(&io->sectors);
		values->ns[op] += dmstat_counter_read(&io->ns);
		values->errors[op] += dmstat_counter_read(&area->errors[op]);
		longest = atomic64_read(&io->longest_ns);
		values->longest_ns[op] = max(values->longest_ns[op], longest);
	}
}

static void add_bins(const struct dmstat_layout *layout,
		     struct dmstat_counter_set *set, u32 i,
		     struct dmstat_area_values *values)
{
	union dmstat_counter *bins = dmstat_set_bins(layout, set, i, 0);
	u32 bin;

	for (bin = 0; bin < DMSTAT_OPERATIONS * layout->nr_bins; bin++)
		values->bins[bin] += dmstat_counter_read(&bins[bin]);
}

/**
 * dmstat_chunk_sum() - what an area has counted since its region was made
 * @layout: how the region counts
 * @chunk: the chunk
 * @i: the area's index in the chunk
 * @values: where the sums are put, of I/Os that have ended
 *
 * Context: any; the caller keeps the region from being freed.
 */
void dmstat_chunk_sum(const struct dmstat_layout *layout,
		      const struct dmstat_chunk *chunk, u32 i,
		      struct dmstat_area_values *values)
{
	struct dmstat_counter_set *set;
	int cpu = -1, op;
	u64 stamp;
	s64 since;

	dmstat_values_zero(layout, values);
	while ((set = next_set(chunk, &cpu))) {
		add_area(&set->area[i], values);
		add_bins(layout, set, i, values);
	}
	for (op = 0; op < DMSTAT_OPERATIONS; op++)
		values->queue_ns += values->ns[op];

	values->busy_ns = dmstat_busy_read(&chunk->busy[i], &stamp);
	if (stamp & DMSTAT_BUSY_SKIPPED) {
		since = dmstat_chunk_last_end(chunk, i) -
			(stamp & ~DMSTAT_BUSY_FLAGS);
		values->busy_ns += max(since, 0LL);
	}
}

/**
 * dmstat_chunk_clear_longest() - begin anew with an area's longest I/Os
 * @chunk: the chunk
 * @i: the area's index in the chunk
 * @given: what the reader who clears was given
 *
 * One that is longer than what was given, and came since, stays.
 *
 * Context: any; the caller keeps the region from being freed.
 */
void dmstat_chunk_clear_longest(const struct dmstat_chunk *chunk, u32 i,
				const struct dmstat_area_values *given)
{
	struct dmstat_counter_set *set;
	atomic64_t *longest_ns;
	int cpu = -1, op;
	u64 ns;

	while ((set = next_set(chunk, &cpu))) {
		for (op = 0; op < DMSTAT_OPERATIONS; op++) {
			longest_ns = &set->area[i].io[op].longest_ns;
			ns = atomic64_xchg(longest_ns, 0);
			if (ns > given->longest_ns[op])
				dmstat_longest(longest_ns, ns);
		}
	}
}

/**
 * dmstat_values_zero() - the values of an area that has counted nothing
 * @layout: how the region counts
 * @values: the values
 */
void dmstat_values_zero(const struct dmstat_layout *layout,
			struct dmstat_area_values *values)
{
	*values = (struct dmstat_area_values) {};
	if (layout->nr_bins)
		memset(values->bins, 0, DMSTAT_OPERATIONS * layout->nr_bins *
		       sizeof(*values->bins));
}

/* A value that moved backwards for a moment is shown as standing still. */
static u64 sub(u64 value, u64 baseline)
{
	return (s64)(value - baseline) > 0 ? value - baseline : 0;
}

/**
 * dmstat_values_sub() - take off what was cleared away
 * @layout: how the region counts
 * @values: what an area has counted
 * @baseline: what was cleared away
 */
void dmstat_values_sub(const struct dmstat_layout *layout,
		       struct dmstat_area_values *values,
		       const struct dmstat_area_values *baseline)
{
	u32 bin;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		values->ios[op] = sub(values->ios[op], baseline->ios[op]);
		values->sectors[op] = sub(values->sectors[op],
					  baseline->sectors[op]);
		values->ns[op] = sub(values->ns[op], baseline->ns[op]);
		values->errors[op] = sub(values->errors[op],
					 baseline->errors[op]);
	}
	values->busy_ns = sub(values->busy_ns, baseline->busy_ns);
	values->queue_ns = sub(values->queue_ns, baseline->queue_ns);
	for (bin = 0; bin < DMSTAT_OPERATIONS * layout->nr_bins; bin++)
		values->bins[bin] = sub(values->bins[bin], baseline->bins[bin]);
}

/**
 * dmstat_values_add() - add to what was cleared away
 * @layout: how the region counts
 * @values: what was cleared away
 * @more: what is cleared away now
 */
void dmstat_values_add(const struct dmstat_layout *layout,
		       struct dmstat_area_values *values,
		       const struct dmstat_area_values *more)
{
	u32 bin;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		values->ios[op] += more->ios[op];
		values->sectors[op] += more->sectors[op];
		values->ns[op] += more->ns[op];
		values->errors[op] += more->errors[op];
	}
	values->busy_ns += more->busy_ns;
	values->queue_ns += more->queue_ns;
	for (bin = 0; bin < DMSTAT_OPERATIONS * layout->nr_bins; bin++)
		values->bins[bin] += more->bins[bin];
}

/**
 * dmstat_values_any() - whether an area saw I/O
 * @values: what the area has counted
 *
 * Return: true if anything is other than zero.
 */
bool dmstat_values_any(const struct dmstat_area_values *values)
{
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		if (values->ios[op])
			return true;
	}
	return values->busy_ns || values->queue_ns;
}
