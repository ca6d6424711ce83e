// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums the counters of an area over the pages that its chunk has. Reading
 * changes nothing; what was cleared away is taken off by the reader.
 */
#include <linux/cpumask.h>

#include "counters.h"

/* The next page of a chunk: the shared one, then the CPUs'; @cpu is -1 at first.
 * Return: NULL if there are no more.
 */
static const struct dmstat_counter_page *
next_page(const struct dmstat_chunk *chunk, int *cpu)
{
	const struct dmstat_counter_page *page;
	int i = (*cpu)++;

	if (i < 0)
		return chunk->shared;
	for (; i < (int)nr_cpu_ids; i = (*cpu)++) {
		page = READ_ONCE(chunk->cpu[i]);
		if (page)
			return page;
	}
	return NULL;
}

/**
 * dmstat_chunk_last_end() - when the last I/O of an area ended that was skipped
 * @chunk: the chunk
 * @i: the area's index in the chunk
 *
 * Context: any; the caller keeps the region from being freed.
 * Return: ktime_get_ns() of then, or 0.
 */
u64 dmstat_chunk_last_end(const struct dmstat_chunk *chunk, u32 i)
{
	const struct dmstat_counter_page *page;
	u64 last = 0;
	int cpu = -1;

	while ((page = next_page(chunk, &cpu)))
		last = max(last, READ_ONCE(page->hot[i].last_end));
	return last;
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
 * @values: where the sums are put, of I/Os that have ended
 *
 * Context: any; the caller keeps the region from being freed.
 */
void dmstat_chunk_sum(const struct dmstat_chunk *chunk, u32 i,
		      struct dmstat_area_values *values)
{
	const struct dmstat_counter_page *page;
	int cpu = -1, op;
	u64 stamp;
	s64 since;

	memset(values, 0, sizeof(*values));
	while ((page = next_page(chunk, &cpu)))
		add_page(page, i, values);
	for (op = 0; op < DMSTAT_OPERATIONS; op++)
		values->queue_ns += values->ns[op];

	values->busy_ns = dmstat_busy_read(&chunk->busy, i, &stamp);
	if (stamp & DMSTAT_BUSY_SKIPPED) {
		since = dmstat_chunk_last_end(chunk, i) -
			(stamp & ~DMSTAT_BUSY_FLAGS);
		values->busy_ns += max(since, 0LL);
	}
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
