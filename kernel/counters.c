// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums the counters of an area over the pages that its chunk has. Reading
 * changes nothing; what was cleared away is taken off by the reader.
 */
#include <linux/cpumask.h>

#include "counters.h"

static void add_in_flight(const struct dmstat_counter_page *page, u32 i,
			  s64 *in_flight, u64 *last_end)
{
	const struct dmstat_hot_counters *hot = &page->hot[i];

	*in_flight += (s64)dmstat_counter_read(&hot->in_flight);
	*last_end = max(*last_end, READ_ONCE(hot->last_end));
}

/**
 * dmstat_chunk_in_flight() - how many I/Os are in flight in an area
 * @chunk: the chunk
 * @i: the area's index in the chunk
 * @last_end: where the time of the last end is put, 0 if there was none
 *
 * Without a lock, so a moving number: good for telling busy from idle.
 *
 * Context: any; the caller keeps the region from being freed.
 * Return: the number; below 0 only while it moves.
 */
s64 dmstat_chunk_in_flight(const struct dmstat_chunk *chunk, u32 i,
			   u64 *last_end)
{
	const struct dmstat_counter_page *page;
	s64 in_flight = 0;
	unsigned int cpu;

	*last_end = 0;
	add_in_flight(chunk->shared, i, &in_flight, last_end);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		page = READ_ONCE(chunk->cpu[cpu]);
		if (page)
			add_in_flight(page, i, &in_flight, last_end);
	}

	return in_flight;
}

static void add_io(const struct dmstat_io_counters *io,
		   enum dmstat_operation op, struct dmstat_area_values *values)
{
	values->ios[op] += dmstat_counter_read(&io->ios);
	values->sectors[op] += dmstat_counter_read(&io->sectors);
	values->ns[op] += dmstat_counter_read(&io->ns);
}

static void add_page(const struct dmstat_counter_page *page, u32 i,
		     struct dmstat_area_values *values)
{
	const struct dmstat_hot_counters *hot = &page->hot[i];
	const struct dmstat_cold_counters *cold = &page->cold[i];
	int op;

	add_io(&hot->io[DMSTAT_OPERATION_READ], DMSTAT_OPERATION_READ, values);
	add_io(&hot->io[DMSTAT_OPERATION_WRITE], DMSTAT_OPERATION_WRITE,
	       values);
	add_io(&cold->discard, DMSTAT_OPERATION_DISCARD, values);
	for (op = 0; op < DMSTAT_OPERATIONS; op++)
		values->errors[op] += dmstat_counter_read(&cold->errors[op]);
}

/**
 * dmstat_chunk_sum() - what an area has counted since its region was made
 * @chunk: the chunk
 * @i: the area's index in the chunk
 * @now: ktime_get_ns()
 * @values: where the sums are put; queue_ns is that of ended I/Os only
 *
 * Context: any; the caller keeps the region from being freed.
 */
void dmstat_chunk_sum(const struct dmstat_chunk *chunk, u32 i, u64 now,
		      struct dmstat_area_values *values)
{
	const struct dmstat_busy *busy = &chunk->busy[i];
	const struct dmstat_counter_page *page;
	u64 stamp, until, last_end;
	unsigned int cpu;
	int op;

	memset(values, 0, sizeof(*values));
	add_page(chunk->shared, i, values);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		page = READ_ONCE(chunk->cpu[cpu]);
		if (page)
			add_page(page, i, values);
	}

	for (op = 0; op < DMSTAT_OPERATIONS; op++)
		values->queue_ns += values->ns[op];

	values->busy_ns = atomic64_read(&busy->ns);
	stamp = atomic64_read(&busy->stamp);
	until = dmstat_chunk_in_flight(chunk, i, &last_end) > 0 ?
		now : last_end;
	if ((s64)(until - stamp) > 0)
		values->busy_ns += until - stamp;
}

/* A value that moved backwards for a moment is shown as standing still. */
static u64 sub(u64 value, u64 baseline)
{
	return (s64)(value - baseline) > 0 ? value - baseline : 0;
}

/**
 * dmstat_values_sub() - take off what was cleared away
 * @values: what an area has counted
 * @baseline: what was cleared away
 */
void dmstat_values_sub(struct dmstat_area_values *values,
		       const struct dmstat_area_values *baseline)
{
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
}

/**
 * dmstat_values_add() - add to what was cleared away
 * @values: what was cleared away
 * @more: what is cleared away now
 */
void dmstat_values_add(struct dmstat_area_values *values,
		       const struct dmstat_area_values *more)
{
	int op;

	for (op = 0; op < DMSTAT_OPERATIONS; op++) {
		values->ios[op] += more->ios[op];
		values->sectors[op] += more->sectors[op];
		values->ns[op] += more->ns[op];
		values->errors[op] += more->errors[op];
	}
	values->busy_ns += more->busy_ns;
	values->queue_ns += more->queue_ns;
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
