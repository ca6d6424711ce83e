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
		layout->search = kmalloc_array(2 * size, sizeof(*bounds),
					       GFP_KERNEL);
		if (!layout->search)
			return -ENOMEM;
		for (i = 0; i < size; i++)
			layout->search[i] = i < nr_bounds ?
				min_t(u64, bounds[i], S64_MAX) : S64_MAX;
		memcpy(&layout->search[size], bounds,
		       nr_bounds * sizeof(*bounds));
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
	kfree(layout->search);
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
	       kmalloc_size_roundup(4 * layout->first_step *
				    sizeof(*layout->search)) : 0;
}

/**
 * dmstat_layout_baseline_size() - bytes of what was cleared away of an area
 * @layout: the layout
 *
 * Return: bytes.
 */
size_t dmstat_layout_baseline_size(const struct dmstat_layout *layout)
{
	struct dmstat_area_baseline *baseline;

	return struct_size(baseline, bins, DMSTAT_OPERATIONS * layout->nr_bins);
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

	dmstat_values_zero(layout, values);
	while ((set = dmstat_chunk_set(chunk, &cpu))) {
		add_area(&set->area[i], values);
		add_bins(layout, set, i, values);
	}
	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		values->errors[op] =
			atomic64_read(&chunk->rare[i].errors[op]);
		values->again[op] =
			atomic64_read(&chunk->shared->area[i].again[op]);
		values->queue_ns += values->ns[op];
	}
}

/* One that is longer than what was given, and came since, stays. */
static void clear_longest(const struct dmstat_chunk *chunk, u32 i,
			  const struct dmstat_area_values *given)
{
	struct dmstat_counter_set *set;
	atomic64_t *longest_ns;
	int cpu = -1, op;
	u64 ns;

	while ((set = dmstat_chunk_set(chunk, &cpu))) {
		for (op = 0; op < DMSTAT_OPERATIONS; op++) {
			longest_ns = &set->area[i].io[op].longest_ns;
			ns = atomic64_xchg(longest_ns, 0);
			if (ns > given->longest_ns[op])
				dmstat_longest(longest_ns, ns);
		}
	}
}

/**
 * dmstat_chunk_cleared() - take what a reader was given off an area
 * @layout: how the region counts
 * @chunk: the chunk; it has a baseline
 * @i: the area's index in the chunk
 * @given: what the reader was given
 *
 * Context: process, with the region's read_lock held since the reading.
 */
void dmstat_chunk_cleared(const struct dmstat_layout *layout,
			  struct dmstat_chunk *chunk, u32 i,
			  const struct dmstat_area_values *given)
{
	struct dmstat_area_baseline *baseline =
		dmstat_chunk_baseline(layout, chunk, i);
	u32 bin;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		baseline->ios[op] += given->ios[op];
		baseline->sectors[op] += given->sectors[op];
		baseline->ns[op] += given->ns[op];
		atomic64_sub(given->errors[op], &chunk->rare[i].errors[op]);
		atomic64_sub(given->again[op],
			     &chunk->shared->area[i].again[op]);
	}
	baseline->busy_ns += given->busy_ns;
	baseline->queue_ns += given->queue_ns;
	baseline->clears++;
	for (bin = 0; bin < DMSTAT_OPERATIONS * layout->nr_bins; bin++)
		baseline->bins[bin] += given->bins[bin];
	clear_longest(chunk, i, given);
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

/**
 * dmstat_values_sub() - take off what was cleared away
 * @layout: how the region counts
 * @values: what an area has counted
 * @baseline: what was cleared away
 */
void dmstat_values_sub(const struct dmstat_layout *layout,
		       struct dmstat_area_values *values,
		       const struct dmstat_area_baseline *baseline)
{
	u32 bin;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		values->ios[op] -= baseline->ios[op];
		values->sectors[op] -= baseline->sectors[op];
		/* CPUs may disagree a little about the time. */
		values->ns[op] = max_t(s64, values->ns[op] - baseline->ns[op],
				       0);
	}
	values->busy_ns -= baseline->busy_ns;
	values->queue_ns -= baseline->queue_ns;
	values->clears = baseline->clears;
	for (bin = 0; bin < DMSTAT_OPERATIONS * layout->nr_bins; bin++)
		values->bins[bin] -= baseline->bins[bin];
}

/**
 * dmstat_values_any_io() - whether an operation has counted anything
 * @layout: how the region counts
 * @values: what an area has counted
 * @op: the operation
 *
 * A reader may meet an I/O while it is being counted, and clear what is there.
 * The next one is then given what was missing: perhaps a bin alone.
 *
 * Return: true if anything is other than zero.
 */
bool dmstat_values_any_io(const struct dmstat_layout *layout,
			  const struct dmstat_area_values *values, int op)
{
	const u64 *bins = &values->bins[op * layout->nr_bins];
	u32 bin;

	if (values->ios[op] || values->again[op] || values->sectors[op] ||
	    values->ns[op] || values->errors[op] || values->longest_ns[op])
		return true;
	for (bin = 0; bin < layout->nr_bins; bin++) {
		if (bins[bin])
			return true;
	}
	return false;
}

/**
 * dmstat_values_any() - whether an area saw I/O
 * @layout: how the region counts
 * @values: what the area has counted
 *
 * Return: true if anything is other than zero.
 */
bool dmstat_values_any(const struct dmstat_layout *layout,
		       const struct dmstat_area_values *values)
{
	int op;

	if (values->busy_ns || values->queue_ns)
		return true;
	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		if (dmstat_values_any_io(layout, values, op))
			return true;
	}
	return false;
}
