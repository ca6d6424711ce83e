// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * delta: the difference between two readings of a region
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * All counters of an area are 0 in a reading that lacks the area.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "handle.h"
#include "rate.h"
#include "scope.h"
#include "snapshot.h"

/**
 * struct comparison - two readings that are compared
 * @region: either of the two, for the bounds and bins of the region
 * @elapsed_ns: time between the two
 * @whole: there is no earlier reading: compare with the region's creation
 * @callback: the caller's
 * @data: passed to @callback
 */
struct comparison {
	const struct dmstat_snapshot *region;
	uint64_t elapsed_ns;
	bool whole;
	dmstat_delta_fn callback;
	void *data;
};

static const struct snapshot_entry nothing;

static bool bins_are_less(const struct dmstat_snapshot *region,
			  const struct snapshot_entry *before,
			  const struct snapshot_entry *after, int operation)
{
	const uint64_t *old = dmstat_snapshot_bins(region, before, operation);
	const uint64_t *new = dmstat_snapshot_bins(region, after, operation);
	uint32_t i;

	for (i = 0; old && i < region->bins; i++)
		if ((new ? new[i] : 0) < old[i])
			return true;
	return false;
}

/*
 * An area's number of clears shows it if the area has counted anything since.
 * If it has not, the kernel skips the area, so all of its counters are 0.
 */
static bool was_cleared(const struct dmstat_snapshot *region,
			const struct snapshot_entry *before,
			const struct snapshot_entry *after)
{
	int i;

	/* Then the kernel gives each area that has ever counted anything. */
	if (region->uncleared)
		return after->clears != before->clears;
	if (before == &nothing)
		return false;
	if (after->clears != before->clears)
		return true;
	for (i = 0; i < SNAPSHOT_OPERATIONS; i++)
		if (after->io[i].ios < before->io[i].ios ||
		    after->io[i].sectors < before->io[i].sectors ||
		    after->io[i].ns < before->io[i].ns ||
		    after->io[i].errors < before->io[i].errors ||
		    after->io[i].longest_ns < before->io[i].longest_ns ||
		    after->io[i].again < before->io[i].again ||
		    bins_are_less(region, before, after, i))
			return true;
	return false;
}

static void compare_bins(const struct dmstat_snapshot *region,
			 const struct snapshot_entry *before,
			 const struct snapshot_entry *after, int operation,
			 struct dmstat_histogram *growth_of)
{
	const uint64_t *old = dmstat_snapshot_bins(region, before, operation);
	const uint64_t *new = dmstat_snapshot_bins(region, after, operation);
	uint32_t i;

	growth_of->bins = region->bins;
	for (i = 0; i < region->bins; i++)
		growth_of->ios[i] = rate_growth(old ? old[i] : 0,
						new ? new[i] : 0);
}

/* How long an I/O took in an interval with a clear; 0: not known of any. */
static uint64_t longest_known(const struct snapshot_entry *before,
			      const struct snapshot_entry *after, int operation)
{
	const uint64_t longest_ns = after->io[operation].longest_ns;

	/* Of several areas, some may not have been cleared. */
	if (after->areas > 1 && longest_ns <= before->io[operation].longest_ns)
		return 0;
	return longest_ns;
}

/* Call the callback for an area; @before or @after may be NULL. */
static int give(const struct comparison *comparison,
		const struct snapshot_entry *before,
		const struct snapshot_entry *after)
{
	const uint64_t elapsed_ns = comparison->elapsed_ns;
	const struct snapshot_entry *where = after ? after : before;
	const struct dmstat_snapshot *region = comparison->region;
	struct dmstat_histogram histograms[SNAPSHOT_OPERATIONS];
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
		.region_id = region->info.region_id,
		.areas = where->areas,
		.read = &io[DMSTAT_READ],
		.write = &io[DMSTAT_WRITE],
		.discard = &io[DMSTAT_DISCARD],
	};
	int i;

	before = before ? before : &nothing;
	after = after ? after : &nothing;
	delta.cleared = comparison->whole ?
			after->clears != 0 : was_cleared(region, before, after);
	if (delta.cleared && !region->uncleared)
		before = &nothing;

	area.in_flight_read = after->in_flight_read;
	area.in_flight_write = after->in_flight_write;
	area.clears = after->clears;
	area.busy_ns = rate_growth(before->busy_ns, after->busy_ns);
	area.queue_ns = rate_growth(before->queue_ns, after->queue_ns);
	for (i = 0; i < SNAPSHOT_OPERATIONS; i++) {
		dmstat_rate_growth(&io[i], &before->io[i], &after->io[i]);
		if (region->bins) {
			compare_bins(region, before, after, i, &histograms[i]);
			area.histogram[i] = &histograms[i];
		}
		dmstat_rate(&rates[i], &io[i], elapsed_ns);
		if (delta.cleared && region->uncleared)
			dmstat_rate_longest_cleared(&rates[i], &io[i],
						    longest_known(before, after,
								  i),
						    region->bounds,
						    area.histogram[i]);
		else
			dmstat_rate_longest(&rates[i], &io[i],
					    before->io[i].longest_ns,
					    region->bounds, area.histogram[i]);
	}

	delta.area = &area;
	delta.utilization = rate_utilization(area.busy_ns, elapsed_ns);
	delta.queue_depth = rate_of(area.queue_ns, elapsed_ns);
	return comparison->callback(&delta, comparison->data);
}

/* After the module was reloaded, a region may have the id of an earlier one. */
static bool is_same_region(const struct dmstat_snapshot *a,
			   const struct dmstat_snapshot *b)
{
	return a->info.region_id == b->info.region_id &&
	       a->info.created == b->info.created &&
	       a->resizes == b->resizes &&
	       a->info.areas == b->info.areas && a->start == b->start &&
	       a->length == b->length && a->area_size == b->area_size &&
	       a->bins == b->bins &&
	       !memcmp(a->bounds, b->bounds, sizeof(a->bounds));
}

static int compare(const struct dmstat_snapshot *before,
		   const struct dmstat_snapshot *after,
		   const struct comparison *comparison)
{
	struct snapshot_place olds = { before->entries.first, 0 };
	struct snapshot_place news = { after->entries.first, 0 };
	const struct snapshot_entry *old, *new;
	int ret = 0;

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
			snapshot_advance(before, &olds);
		if (new)
			snapshot_advance(after, &news);
		ret = give(comparison, old, new);
	}
	return ret;
}

static bool are_comparable(const struct dmstat_snapshot *before,
			   const struct dmstat_snapshot *after)
{
	return !before->spoilt && is_same_region(before, after) &&
	       before->first == after->first &&
	       before->count == after->count &&
	       before->merge == after->merge &&
	       before->uncleared == after->uncleared &&
	       after->info.taken_ns >= before->info.taken_ns;
}

int dmstat_delta(const struct dmstat_snapshot *before,
		 const struct dmstat_snapshot *after,
		 dmstat_delta_fn callback, void *data)
{
	static const struct dmstat_snapshot empty;
	struct comparison comparison = {
		.region = after,
		.elapsed_ns = after->age_ns,
		.whole = !before,
		.callback = callback,
		.data = data,
	};

	if (after->spoilt || (before && !are_comparable(before, after)))
		return -EINVAL;

	if (before)
		comparison.elapsed_ns = after->info.taken_ns -
					before->info.taken_ns;
	return compare(before ? before : &empty, after, &comparison);
}

/**
 * struct update - state of dmstat_snapshot_update()
 * @handle: the handle
 * @comparison: compares old and new entries
 * @snapshot: has the new entries; NULL before the first change to it
 * @olds: the old entries that were not compared yet
 * @left: chunk of the old entry in use, if that is the chunk's last entry;
 *        freed when the next old entry is taken
 * @complete: all areas were read and compared
 */
struct update {
	struct dmstat *handle;
	struct comparison comparison;
	struct dmstat_snapshot *snapshot;
	struct snapshot_place olds;
	struct snapshot_chunk *left;
	bool complete;
};

/* Return: the next old entry, valid until this is called again. */
static const struct snapshot_entry *take_old(struct update *update)
{
	const struct snapshot_entry *old = snapshot_peek(&update->olds);

	free(update->left);
	update->left = snapshot_advance(update->snapshot, &update->olds);
	return old;
}

/* Areas below @index with an old entry but no new one have counted nothing. */
static int give_olds(struct update *update, uint64_t index)
{
	const struct snapshot_entry *next;
	int ret = 0;

	while (!ret && (next = snapshot_peek(&update->olds)) &&
	       next->index < index)
		ret = give(&update->comparison, take_old(update), NULL);
	return ret;
}

static int update_area(const struct dmstat_area *area, void *data)
{
	struct update *update = data;
	const struct snapshot_entry *next, *old = NULL, *new;
	int ret;

	ret = dmstat_snapshot_check(update->snapshot, area);
	if (!ret)
		ret = give_olds(update, area->index);
	if (ret)
		return ret;

	next = snapshot_peek(&update->olds);
	if (next && next->index == area->index)
		old = take_old(update);

	ret = dmstat_snapshot_add(update->snapshot, area, &new);
	if (ret)
		return ret;
	return give(&update->comparison, old, new);
}

/* Free the old entries; unless complete, the snapshot is unusable. */
static void update_end(struct update *update)
{
	struct snapshot_entries olds = { update->olds.chunk, NULL };
	struct dmstat_snapshot *snapshot = update->snapshot;

	if (!snapshot)
		return;

	handle_end(update->handle);
	free(update->left);
	dmstat_snapshot_drop(&olds);
	if (update->complete)
		return;

	dmstat_snapshot_drop(&snapshot->entries);
	snapshot->info.active = 0;
	snapshot->spoilt = true;
}

int dmstat_snapshot_update(struct dmstat *handle,
			   struct dmstat_snapshot *snapshot,
			   dmstat_delta_fn callback, void *data)
{
	struct update update ON_EXIT(update_end) = {
		.handle = handle,
		.comparison = {
			.region = snapshot,
			.callback = callback,
			.data = data,
		},
		.olds = { snapshot->entries.first, 0 },
	};
	struct dmstat_snapshot new;
	int ret;

	if (snapshot->spoilt)
		return dmstat_failure_errno(&handle->failure, -EINVAL);

	ret = dmstat_snapshot_region(handle, snapshot->info.region_id, &new);
	if (ret)
		return ret;
	if (new.info.created == snapshot->info.created &&
	    new.resizes != snapshot->resizes)
		return dmstat_failure_text(&handle->failure, -EAGAIN,
					   "the region was resized: take another snapshot");
	if (!is_same_region(snapshot, &new))
		return dmstat_failure_text(&handle->failure, -ENOENT,
					   "the region is gone; another has its number");

	update.comparison.elapsed_ns = new.info.taken_ns -
				       snapshot->info.taken_ns;
	new.first = snapshot->first;
	new.count = snapshot->count;
	new.merge = snapshot->merge;
	new.uncleared = snapshot->uncleared;
	*snapshot = new;
	update.snapshot = snapshot;
	ret = dmstat_snapshot_read(handle, snapshot, update_area, &update);
	ret = dmstat_snapshot_check_resized(handle, snapshot, ret);
	if (ret)
		return ret;

	/* No request is sent, but a callback must not use the handle. */
	handle_begin(handle);
	ret = give_olds(&update, UINT64_MAX);
	if (ret < 0)
		dmstat_failure_errno(&handle->failure, ret);
	update.complete = !ret;
	return ret;
}

EXPORT(dmstat_delta);
EXPORT(dmstat_snapshot_update);
