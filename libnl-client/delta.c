// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * delta: what happened between two readings of a region
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * An area that is in one reading only has counted nothing in the other.
 */
#include <errno.h>
#include <stdlib.h>

#include "handle.h"
#include "snapshot.h"

#define NS_PER_SECOND	1e9

/**
 * struct comparison - of two readings
 * @elapsed_ns: time between the two
 * @callback: the caller's
 * @data: passed to it
 */
struct comparison {
	uint64_t elapsed_ns;
	dmstat_delta_fn callback;
	void *data;
};

static const struct snapshot_entry nothing;

/*
 * Only counters that never go back by themselves tell. Busy time may for a
 * moment, and so may the time in queue: an I/O can end while it is summed.
 */
static bool was_cleared(const struct snapshot_entry *before,
			const struct snapshot_entry *after)
{
	int i;

	for (i = 0; i < SNAPSHOT_OPERATIONS; i++)
		if (after->io[i].ios < before->io[i].ios ||
		    after->io[i].sectors < before->io[i].sectors ||
		    after->io[i].ns < before->io[i].ns ||
		    after->io[i].errors < before->io[i].errors ||
		    after->io[i].again < before->io[i].again)
			return true;
	return false;
}

static uint64_t growth(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

static void compare_io(struct dmstat_io *growth_of,
		       const struct dmstat_io *before,
		       const struct dmstat_io *after)
{
	growth_of->ios = growth(before->ios, after->ios);
	growth_of->sectors = growth(before->sectors, after->sectors);
	growth_of->ns = growth(before->ns, after->ns);
	growth_of->errors = growth(before->errors, after->errors);
	growth_of->again = growth(before->again, after->again);
	/* There is no telling when that was. */
	growth_of->longest_ns = after->longest_ns;
}

static double ratio(uint64_t amount, uint64_t elapsed_ns)
{
	return elapsed_ns ? (double)amount / elapsed_ns : 0;
}

static void rate(struct dmstat_rate *rate, const struct dmstat_io *io,
		 uint64_t elapsed_ns)
{
	rate->ios_per_s = ratio(io->ios, elapsed_ns) * NS_PER_SECOND;
	rate->sectors_per_s = ratio(io->sectors, elapsed_ns) * NS_PER_SECOND;
	rate->mean_ns = io->ios ? io->ns / io->ios : 0;
}

/* Tell the caller of an area; @before or @after may be NULL. */
static int give(const struct comparison *comparison,
		const struct snapshot_entry *before,
		const struct snapshot_entry *after)
{
	const uint64_t elapsed_ns = comparison->elapsed_ns;
	const struct snapshot_entry *where = after ? after : before;
	struct dmstat_rate rates[SNAPSHOT_OPERATIONS];
	struct dmstat_io io[SNAPSHOT_OPERATIONS];
	struct dmstat_delta delta = {
		.elapsed_ns = elapsed_ns,
		.read = &rates[DMSTAT_READ],
		.write = &rates[DMSTAT_WRITE],
		.discard = &rates[DMSTAT_DISCARD],
	};
	struct dmstat_area area = {
		.index = where->index,
		.start = where->start,
		.length = where->length,
		.read = &io[DMSTAT_READ],
		.write = &io[DMSTAT_WRITE],
		.discard = &io[DMSTAT_DISCARD],
	};
	int i;

	before = before ? before : &nothing;
	after = after ? after : &nothing;
	delta.cleared = was_cleared(before, after);
	if (delta.cleared)
		before = &nothing;

	area.in_flight_read = after->in_flight_read;
	area.in_flight_write = after->in_flight_write;
	area.busy_ns = growth(before->busy_ns, after->busy_ns);
	area.queue_ns = growth(before->queue_ns, after->queue_ns);
	for (i = 0; i < SNAPSHOT_OPERATIONS; i++) {
		compare_io(&io[i], &before->io[i], &after->io[i]);
		rate(&rates[i], &io[i], elapsed_ns);
	}

	/* An I/O that ends brings along all of its time. */
	delta.area = &area;
	delta.utilization = ratio(area.busy_ns, elapsed_ns);
	if (delta.utilization > 1)
		delta.utilization = 1;
	delta.queue_depth = ratio(area.queue_ns, elapsed_ns);
	return comparison->callback(&delta, comparison->data);
}

/* A region's id is used again, if only when the module was loaded anew. */
static bool is_same_region(const struct dmstat_snapshot *a,
			   const struct dmstat_snapshot *b)
{
	return a->info.region_id == b->info.region_id &&
	       a->info.created == b->info.created &&
	       a->info.areas == b->info.areas && a->start == b->start &&
	       a->length == b->length && a->area_size == b->area_size;
}

int dmstat_delta(const struct dmstat_snapshot *before,
		 const struct dmstat_snapshot *after,
		 dmstat_delta_fn callback, void *data)
{
	struct snapshot_place olds = { before->entries.first, 0 };
	struct snapshot_place news = { after->entries.first, 0 };
	const struct comparison comparison = {
		.elapsed_ns = after->info.taken_ns - before->info.taken_ns,
		.callback = callback,
		.data = data,
	};
	const struct snapshot_entry *old, *new;
	int ret = 0;

	if (before->spoilt || after->spoilt || !is_same_region(before, after) ||
	    before->first != after->first || before->count != after->count ||
	    after->info.taken_ns < before->info.taken_ns)
		return -EINVAL;

	while (!ret) {
		old = snapshot_peek(&olds);
		new = snapshot_peek(&news);
		if (!old && !new)
			break;
		if (old && new && old->index > new->index)
			old = NULL;
		else if (old && new && old->index < new->index)
			new = NULL;
		if (old)
			snapshot_advance(&olds);
		if (new)
			snapshot_advance(&news);
		ret = give(&comparison, old, new);
	}
	return ret;
}

/**
 * struct update - a snapshot that becomes a later one
 * @comparison: of what it was with what it becomes
 * @snapshot: what it becomes
 * @olds: what is left of what it was
 */
struct update {
	struct comparison comparison;
	struct dmstat_snapshot *snapshot;
	struct snapshot_place olds;
};

/* Take the next of the old entries; its chunk is freed if it was the last. */
static void take_old(struct update *update, struct snapshot_entry *old)
{
	*old = *snapshot_peek(&update->olds);
	free(snapshot_advance(&update->olds));
}

/* Tell of the old entries before @index: these areas have counted nothing. */
static int give_olds(struct update *update, uint64_t index)
{
	const struct snapshot_entry *next;
	struct snapshot_entry old;
	int ret = 0;

	while (!ret && (next = snapshot_peek(&update->olds)) &&
	       next->index < index) {
		take_old(update, &old);
		ret = give(&update->comparison, &old, NULL);
	}
	return ret;
}

static int update_area(const struct dmstat_area *area, void *data)
{
	struct update *update = data;
	const struct snapshot_entry *next;
	struct snapshot_entry old, new;
	int ret;

	ret = dmstat_snapshot_check(update->snapshot, area);
	if (!ret)
		ret = give_olds(update, area->index);
	if (ret)
		return ret;

	dmstat_snapshot_entry(&new, area);
	next = snapshot_peek(&update->olds);
	if (!next || next->index != new.index)
		next = NULL;
	else
		take_old(update, &old);

	ret = dmstat_snapshot_add(update->snapshot, &new);
	if (ret)
		return ret;
	return give(&update->comparison, next ? &old : NULL, &new);
}

int dmstat_snapshot_update(struct dmstat *handle,
			   struct dmstat_snapshot *snapshot,
			   dmstat_delta_fn callback, void *data)
{
	struct update update = {
		.comparison = {
			.callback = callback,
			.data = data,
		},
		.snapshot = snapshot,
		.olds = { snapshot->entries.first, 0 },
	};
	struct snapshot_entries olds;
	struct dmstat_snapshot new;
	int ret;

	if (snapshot->spoilt)
		return dmstat_failure_errno(&handle->failure, -EINVAL);

	ret = dmstat_snapshot_region(handle, snapshot->info.region_id, &new);
	if (ret)
		return ret;
	if (!is_same_region(snapshot, &new))
		return dmstat_failure_text(&handle->failure, -ENOENT,
					   "the region is gone; another has its number");

	update.comparison.elapsed_ns = new.info.taken_ns -
				       snapshot->info.taken_ns;
	new.first = snapshot->first;
	new.count = snapshot->count;
	*snapshot = new;
	ret = dmstat_snapshot_read(handle, snapshot, update_area, &update);
	if (!ret) {
		handle->busy = true;
		ret = give_olds(&update, UINT64_MAX);
		handle->busy = false;
		if (ret < 0)
			dmstat_failure_errno(&handle->failure, ret);
	}

	olds = (struct snapshot_entries){ update.olds.chunk, NULL };
	dmstat_snapshot_drop(&olds);
	if (ret) {
		dmstat_snapshot_drop(&snapshot->entries);
		snapshot->info.active = 0;
		snapshot->spoilt = true;
	}
	return ret;
}
