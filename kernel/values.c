// SPDX-License-Identifier: GPL-2.0-only
/*
 * The values of an area: summed over the sets of its chunk. Reading changes
 * nothing. What was cleared is subtracted by the reader; only counters that all
 * CPUs share are set back.
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include "busy.h"
#include "values.h"

/**
 * dmstat_values_size() - the size of the values of an area
 * @layout: how the region counts
 *
 * Context: any.
 * Return: bytes.
 */
size_t dmstat_values_size(const struct dmstat_layout *layout)
{
	struct dmstat_area_values *values;

	return struct_size(values, bins, DMSTAT_OPERATIONS * layout->nr_bins);
}

/**
 * dmstat_baseline_size() - the size of the baseline of an area
 * @layout: how the region counts
 *
 * Context: any.
 * Return: bytes.
 */
size_t dmstat_baseline_size(const struct dmstat_layout *layout)
{
	struct dmstat_area_baseline *baseline;

	return struct_size(baseline, bins, DMSTAT_OPERATIONS * layout->nr_bins);
}

static __always_inline void zero(const struct dmstat_layout *layout,
				 struct dmstat_area_values *values)
{
	*values = (struct dmstat_area_values) {};
	if (layout->nr_bins)
		memset(values->bins, 0, DMSTAT_OPERATIONS * layout->nr_bins *
		       sizeof(*values->bins));
}

/**
 * dmstat_values_zero() - set values to those of an area that has counted
 * nothing
 * @layout: how the region counts
 * @values: the values
 *
 * Context: any.
 */
void dmstat_values_zero(const struct dmstat_layout *layout,
			struct dmstat_area_values *values)
{
	zero(layout, values);
}

/* Add what a set has counted in an area. */
static __always_inline void
add_area(const struct dmstat_layout *layout, struct dmstat_counter_set *set,
	 u32 i, struct dmstat_area_values *values)
{
	const struct dmstat_io_counters *io;
	const union dmstat_counter *from;
	u64 ios, longest, *to;
	u32 bin;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		io = &set->area[i].io[op];
		ios = dmstat_counter_read(&io->ios);
		/* It is counted first: the rest is 0, or is just being counted. */
		if (!ios)
			continue;
		values->ios[op] += ios;
		values->sectors[op] += dmstat_counter_read(&io->sectors);
		values->ns[op] += dmstat_counter_read(&io->ns);
		longest = atomic64_read(&io->longest_ns);
		values->longest_ns[op] = max(values->longest_ns[op], longest);
		from = dmstat_set_bins(layout, set, i, op);
		to = &values->bins[op * layout->nr_bins];
		for (bin = 0; bin < layout->nr_bins; bin++)
			to[bin] += dmstat_counter_read(&from[bin]);
	}
}

/**
 * dmstat_values_sum() - what an area has counted since its region was made
 * @layout: how the region counts
 * @chunk: the chunk
 * @i: the area's index in the chunk
 * @values: result: the sums, over I/Os that have ended
 *
 * Context: any; the caller keeps the region from being freed.
 */
void dmstat_values_sum(const struct dmstat_layout *layout,
		       const struct dmstat_chunk *chunk, u32 i,
		       struct dmstat_area_values *values)
{
	struct dmstat_counter_set *set;
	int cpu = 0, op;

	zero(layout, values);
	add_area(layout, chunk->shared, i, values);
	while ((set = dmstat_chunk_set(chunk, &cpu)))
		add_area(layout, set, i, values);
	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		values->errors[op] =
			atomic64_read(&chunk->rare[i].errors[op]);
		values->again[op] =
			atomic64_read(&chunk->shared->area[i].again[op]);
		values->queue_ns += values->ns[op];
	}
}

/**
 * dmstat_values_add() - add the values of an area to a sum over areas
 * @layout: how the region counts
 * @sum: the sum
 * @values: what to add
 *
 * Context: any.
 */
void dmstat_values_add(const struct dmstat_layout *layout,
		       struct dmstat_area_values *sum,
		       const struct dmstat_area_values *values)
{
	u32 bin;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		sum->ios[op] += values->ios[op];
		sum->sectors[op] += values->sectors[op];
		sum->ns[op] += values->ns[op];
		sum->errors[op] += values->errors[op];
		sum->again[op] += values->again[op];
		sum->longest_ns[op] = max(sum->longest_ns[op],
					  values->longest_ns[op]);
	}
	sum->busy_ns += values->busy_ns;
	sum->queue_ns += values->queue_ns;
	sum->in_flight[0] += values->in_flight[0];
	sum->in_flight[1] += values->in_flight[1];
	sum->clears += values->clears;
	for (bin = 0; bin < DMSTAT_OPERATIONS * layout->nr_bins; bin++)
		sum->bins[bin] += values->bins[bin];
}

static u64 all_ns(const struct dmstat_area_values *values)
{
	u64 ns = 0;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++)
		ns += values->ns[op];
	return ns;
}

/**
 * dmstat_values_add_chunk() - add what areas of a chunk have counted to a sum
 * @layout: how the region counts
 * @chunk: the chunk
 * @i: the index in it of the first of the areas
 * @nr: how many
 * @sum: the sum, over I/Os that have ended
 * @ns: by area: the sum of their times is added
 *
 * Much faster than to read one area after the other.
 *
 * Context: any; the caller keeps the region from being freed.
 */
void dmstat_values_add_chunk(const struct dmstat_layout *layout,
			     const struct dmstat_chunk *chunk, u32 i, u32 nr,
			     struct dmstat_area_values *sum, u64 *ns)
{
	const struct dmstat_area_counters *shared = chunk->shared->area;
	struct dmstat_counter_set *set;
	u64 before = all_ns(sum), after;
	u32 last = i + nr, at;
	int cpu = -1, op;

	while ((set = dmstat_chunk_set(chunk, &cpu))) {
		for (at = i; at < last; at++) {
			add_area(layout, set, at, sum);
			after = all_ns(sum);
			ns[at - i] += after - before;
			before = after;
		}
	}
	for (; i < last; i++) {
		for (op = 0; op < DMSTAT_OPERATIONS; op++) {
			sum->errors[op] +=
				atomic64_read(&chunk->rare[i].errors[op]);
			sum->again[op] += atomic64_read(&shared[i].again[op]);
		}
	}
}

/* What areas and sums over areas have in common. */
static void sub_counters(const struct dmstat_layout *layout,
			 struct dmstat_area_values *values,
			 const struct dmstat_area_baseline *baseline)
{
	u32 bin;
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		values->ios[op] -= baseline->ios[op];
		values->sectors[op] -= baseline->sectors[op];
		/* CPUs may disagree a little about the time: not below 0. */
		values->ns[op] = max_t(s64, values->ns[op] - baseline->ns[op],
				       0);
	}
	values->queue_ns -= baseline->queue_ns;
	for (bin = 0; bin < DMSTAT_OPERATIONS * layout->nr_bins; bin++)
		values->bins[bin] -= baseline->bins[bin];
}

/**
 * dmstat_values_sub() - subtract what was cleared
 * @layout: how the region counts
 * @values: what an area has counted
 * @baseline: what was cleared
 *
 * Context: process, with the region's read_lock.
 */
void dmstat_values_sub(const struct dmstat_layout *layout,
		       struct dmstat_area_values *values,
		       const struct dmstat_area_baseline *baseline)
{
	sub_counters(layout, values, baseline);
	values->busy_ns -= baseline->busy_ns;
	values->clears = baseline->clears;
}

/**
 * dmstat_values_add_clears() - add how often an area was cleared, and subtract
 * nothing
 * @values: what the area, or areas, have counted since their region was made
 * @baseline: what was cleared of one of them
 *
 * Context: process, with the region's read_lock.
 */
void dmstat_values_add_clears(struct dmstat_area_values *values,
			      const struct dmstat_area_baseline *baseline)
{
	values->clears += baseline->clears;
}

/**
 * dmstat_values_sub_from_sum() - subtract what was cleared of one of the areas
 * @layout: how the region counts
 * @sum: what areas have counted, without their busy times
 * @baseline: what was cleared of one of them
 *
 * Context: process, with the region's read_lock.
 */
void dmstat_values_sub_from_sum(const struct dmstat_layout *layout,
				struct dmstat_area_values *sum,
				const struct dmstat_area_baseline *baseline)
{
	sub_counters(layout, sum, baseline);
	sum->clears += baseline->clears;
}

/* A longer I/O that ended since the reading stays. */
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
 * dmstat_values_clear() - clear what a reader was given of an area
 * @layout: how the region counts
 * @chunk: the chunk; it has a baseline
 * @i: the area's index in the chunk
 * @given: what the reader was given
 *
 * Context: process, with the region's read_lock held since the reading.
 */
void dmstat_values_clear(const struct dmstat_layout *layout,
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
 * dmstat_values_reset() - let an area be as if it had never seen I/O
 * @layout: how the region counts
 * @chunk: the chunk
 * @i: the area's index in the chunk; no CPU uses it
 *
 * Context: process; no reader and no I/O uses the area.
 */
void dmstat_values_reset(const struct dmstat_layout *layout,
			 struct dmstat_chunk *chunk, u32 i)
{
	size_t bins_size = DMSTAT_OPERATIONS * layout->nr_bins *
			   sizeof(union dmstat_counter);
	struct dmstat_counter_set *set;
	int cpu = -1;

	while ((set = dmstat_chunk_set(chunk, &cpu))) {
		memset(&set->area[i], 0, sizeof(set->area[i]));
		memset(dmstat_set_bins(layout, set, i, 0), 0, bins_size);
	}
	memset(&chunk->busy[i], 0, sizeof(chunk->busy[i]));
	memset(&chunk->rare[i], 0, sizeof(chunk->rare[i]));
	if (chunk->baseline)
		memset(dmstat_chunk_baseline(layout, chunk, i), 0,
		       dmstat_baseline_size(layout));
}

/**
 * dmstat_values_any_bin() - whether the histogram of an operation has counted
 * anything
 * @layout: how the region counts
 * @values: what an area has counted
 * @op: the operation
 *
 * Context: any.
 * Return: true if any bin is not zero.
 */
bool dmstat_values_any_bin(const struct dmstat_layout *layout,
			   const struct dmstat_area_values *values, int op)
{
	const u64 *bins = &values->bins[op * layout->nr_bins];
	u32 bin;

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
 * Context: any.
 * Return: true if any counter is not zero.
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
