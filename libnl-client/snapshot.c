// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * snapshot: the counters of a region at one time
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * The entries are in a list of chunks: it grows without copying, and the chunks
 * can be freed one by one while they are compared with a later reading.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "area.h"
#include "handle.h"
#include "scope.h"

/**
 * dmstat_snapshot_drop() - free entries
 * @entries: the entries; becomes an empty list
 */
void dmstat_snapshot_drop(struct snapshot_entries *entries)
{
	struct snapshot_chunk *chunk, *next;

	for (chunk = entries->first; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*entries = (struct snapshot_entries){ NULL, NULL };
}

/* Return: how many of the three lowest bits are set. */
static size_t count_bits(uint64_t bits)
{
	return (bits & 1) + (bits >> 1 & 1) + (bits >> 2 & 1);
}

/**
 * dmstat_snapshot_entry_size() - size of an entry
 * @snapshot: the snapshot that it belongs to
 * @entry: the entry; its @bins need not be set
 *
 * Return: its size in bytes.
 */
size_t dmstat_snapshot_entry_size(const struct dmstat_snapshot *snapshot,
				  const struct snapshot_entry *entry)
{
	return sizeof(*entry) + count_bits(entry->histograms) *
	       snapshot->bins * sizeof(*entry->bins);
}

/**
 * dmstat_snapshot_bins() - find the bins of a histogram
 * @snapshot: the snapshot that the entry belongs to
 * @entry: the entry
 * @operation: DMSTAT_READ, DMSTAT_WRITE or DMSTAT_DISCARD
 *
 * Return: its bins, as many as the region has; NULL, all are 0.
 */
const uint64_t *dmstat_snapshot_bins(const struct dmstat_snapshot *snapshot,
				     const struct snapshot_entry *entry,
				     int operation)
{
	const uint64_t before = (1U << operation) - 1;

	if (!(entry->histograms & 1U << operation))
		return NULL;
	return &entry->bins[count_bits(entry->histograms & before) *
			    snapshot->bins];
}

/* Set all but the bins. */
static void set_entry(struct snapshot_entry *entry,
		      const struct dmstat_area *area)
{
	int i;

	*entry = (struct snapshot_entry){
		.index = area->index,
		.start = area->start,
		.length = area->length,
		.in_flight_read = area->in_flight_read,
		.in_flight_write = area->in_flight_write,
		.busy_ns = area->busy_ns,
		.queue_ns = area->queue_ns,
		.clears = area->clears,
		.areas = area->areas,
		.io = {
			[DMSTAT_READ] = *area->read,
			[DMSTAT_WRITE] = *area->write,
			[DMSTAT_DISCARD] = *area->discard,
		},
	};
	for (i = 0; i < SNAPSHOT_OPERATIONS; i++)
		if (area->histogram[i])
			entry->histograms |= 1U << i;
}

static void set_bins(const struct dmstat_snapshot *snapshot,
		     struct snapshot_entry *entry,
		     const struct dmstat_area *area)
{
	uint64_t *bins = entry->bins;
	int i;

	for (i = 0; i < SNAPSHOT_OPERATIONS; i++) {
		if (!area->histogram[i])
			continue;
		memcpy(bins, area->histogram[i]->ios,
		       snapshot->bins * sizeof(*bins));
		bins += snapshot->bins;
	}
}

/**
 * dmstat_snapshot_check_place() - check the place of areas in their region
 * @snapshot: a snapshot of the region
 * @index: index of the first area
 * @areas: number of areas
 * @start: first sector
 * @length: sectors
 *
 * Return: 0; -EBADMSG, the region cannot have such areas.
 */
int dmstat_snapshot_check_place(const struct dmstat_snapshot *snapshot,
				uint64_t index, uint64_t areas,
				uint64_t start, uint64_t length)
{
	const uint64_t area_size = snapshot->area_size;
	uint64_t offset, left;

	if (index >= snapshot->info.areas ||
	    areas > snapshot->info.areas - index)
		return -EBADMSG;
	if (snapshot->of_extents)
		return 0;

	offset = index * area_size;
	left = snapshot->length - offset;
	if (start != snapshot->start + offset ||
	    length != (areas > (left - 1) / area_size ?
		       left : areas * area_size))
		return -EBADMSG;
	return 0;
}

/**
 * dmstat_snapshot_check() - check an area against its region
 * @snapshot: a snapshot of the region
 * @area: the area, from the kernel
 *
 * Return: 0; -EBADMSG, the region cannot have such an area.
 */
int dmstat_snapshot_check(const struct dmstat_snapshot *snapshot,
			  const struct dmstat_area *area)
{
	int i;

	for (i = 0; i < SNAPSHOT_OPERATIONS; i++)
		if (area->histogram[i] &&
		    area->histogram[i]->bins != snapshot->bins)
			return -EBADMSG;
	return dmstat_snapshot_check_place(snapshot, area->index, area->areas,
					   area->start, area->length);
}

/* Return: bytes for entries in the next chunk, of which the first has @size. */
static size_t next_chunk_size(const struct dmstat_snapshot *snapshot,
			      size_t size)
{
	const struct snapshot_chunk *last = snapshot->entries.last;
	size_t next = SNAPSHOT_CHUNK_SIZE;

	if (snapshot->small)
		next = last ? 2 * last->size : size;
	if (next > SNAPSHOT_CHUNK_SIZE)
		next = SNAPSHOT_CHUNK_SIZE;
	return next > size ? next : size;
}

static struct snapshot_chunk *add_chunk(struct snapshot_entries *entries,
					size_t size)
{
	struct snapshot_chunk *chunk;

	chunk = malloc(sizeof(*chunk) + size);
	if (!chunk)
		return NULL;

	chunk->next = NULL;
	chunk->used = 0;
	chunk->size = size;
	if (entries->last)
		entries->last->next = chunk;
	else
		entries->first = chunk;
	entries->last = chunk;
	return chunk;
}

/**
 * dmstat_snapshot_add() - append an entry for an area
 * @snapshot: the snapshot
 * @area: the area, checked by dmstat_snapshot_check(); its index is above that
 *        of the last entry
 * @entry: set to the new entry
 *
 * Return: 0 or -ENOMEM.
 */
int dmstat_snapshot_add(struct dmstat_snapshot *snapshot,
			const struct dmstat_area *area,
			const struct snapshot_entry **entry)
{
	struct snapshot_chunk *chunk = snapshot->entries.last;
	struct snapshot_entry new, *place;
	size_t size;

	set_entry(&new, area);
	size = dmstat_snapshot_entry_size(snapshot, &new);
	if (!chunk || size > chunk->size - chunk->used) {
		chunk = add_chunk(&snapshot->entries,
				  next_chunk_size(snapshot, size));
		if (!chunk)
			return -ENOMEM;
	}

	place = (struct snapshot_entry *)&chunk->entries[chunk->used];
	memcpy(place, &new, sizeof(new));
	set_bins(snapshot, place, area);
	chunk->used += size;
	snapshot->info.active++;
	*entry = place;
	return 0;
}

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * UINT64_C(1000000000) + time.tv_nsec;
}

/** dmstat_snapshot_now() - time of a reading, in ns of CLOCK_MONOTONIC */
uint64_t dmstat_snapshot_now(void)
{
	return now(CLOCK_MONOTONIC);
}

static uint64_t age(uint64_t created)
{
	const uint64_t real = now(CLOCK_REALTIME);

	return real > created ? real - created : 0;
}

/**
 * dmstat_snapshot_describe() - set what a snapshot knows of its region
 * @snapshot: the snapshot; its entries, its time and the request are kept
 * @region: the region
 *
 * Return: 0; -EBADMSG, there cannot be such a region.
 */
int dmstat_snapshot_describe(struct dmstat_snapshot *snapshot,
			     const struct dmstat_region *region)
{
	uint64_t areas;

	/* dmstat_snapshot_check_place() computes places from these. */
	areas = region->area_size ?
		region->length / region->area_size +
		!!(region->length % region->area_size) : 0;
	if (region->extents)
		areas = region->areas;
	if (!areas || region->areas != areas || !region->length ||
	    region->start + region->length < region->start)
		return -EBADMSG;

	snapshot->info.region_id = region->region_id;
	snapshot->info.areas = region->areas;
	snapshot->info.created = region->created;
	snapshot->info.missed = region->missed;
	snapshot->info.clears = region->clears;
	snapshot->info.cleared = region->cleared;
	snapshot->start = region->start;
	snapshot->length = region->length;
	snapshot->area_size = region->area_size;
	snapshot->of_extents = region->extents;
	snapshot->resizes = region->resizes;
	snapshot->age_ns = age(region->created);
	snapshot->bins = region->bounds_count ? region->bounds_count + 1 : 0;
	memcpy(snapshot->bounds, region->bounds,
	       region->bounds_count * sizeof(*region->bounds));
	return 0;
}

/**
 * dmstat_snapshot_region() - request a region, and take the time
 * @handle: the handle
 * @region_id: the region
 * @snapshot: initialised from the region, without entries
 *
 * Return: 0 or a negative error number.
 */
int dmstat_snapshot_region(struct dmstat *handle, uint32_t region_id,
			   struct dmstat_snapshot *snapshot)
{
	const struct dmstat_region *region;
	int ret;

	ret = dmstat_region_get(handle, region_id, &region);
	if (ret)
		return ret;

	*snapshot = (struct dmstat_snapshot){
		.info.taken_ns = dmstat_snapshot_now(),
	};
	ret = dmstat_snapshot_describe(snapshot, region);
	if (!ret && region->region_id != region_id)
		ret = -EBADMSG;
	return ret ? dmstat_failure_errno(&handle->failure, ret) : 0;
}

/**
 * dmstat_snapshot_check_resized() - find out why areas are not as expected
 * @handle: the handle
 * @snapshot: the region as it was before its areas were read
 * @ret: what reading them returned
 *
 * Return: -EAGAIN, the region was resized meanwhile; else @ret.
 */
int dmstat_snapshot_check_resized(struct dmstat *handle,
				  const struct dmstat_snapshot *snapshot,
				  int ret)
{
	const struct dmstat_region *region;

	if (ret != -EBADMSG && ret != -EAGAIN)
		return ret;
	if (dmstat_region_get(handle, snapshot->info.region_id, &region) ||
	    region->created != snapshot->info.created ||
	    region->resizes == snapshot->resizes)
		return dmstat_failure_errno(&handle->failure, ret);
	return dmstat_failure_text(&handle->failure, -EAGAIN,
				   "the region was resized meanwhile: take another snapshot");
}

/**
 * dmstat_snapshot_read() - read the areas of a region that saw I/O
 * @handle: the handle
 * @snapshot: its region and what was requested of it are used; @callback may
 *            add entries to it
 * @callback: called for each area
 * @data: passed to @callback
 *
 * Return: as dmstat_areas().
 */
int dmstat_snapshot_read(struct dmstat *handle,
			 struct dmstat_snapshot *snapshot,
			 dmstat_area_fn callback, void *data)
{
	const struct dmstat_area_query query = {
		.struct_size = sizeof(query),
		.region_id = snapshot->info.region_id,
		.flags = DMSTAT_AREAS_ACTIVE |
			 (snapshot->uncleared ? DMSTAT_AREAS_UNCLEARED : 0),
		.first = snapshot->first,
		.count = snapshot->count,
		.merge = snapshot->merge,
	};

	return dmstat_areas(handle, &query, callback, data);
}

static int keep_area(const struct dmstat_area *area, void *data)
{
	struct dmstat_snapshot *snapshot = data;
	const struct snapshot_entry *entry;
	int ret;

	ret = dmstat_snapshot_check(snapshot, area);
	if (ret)
		return ret;
	return dmstat_snapshot_add(snapshot, area, &entry);
}

static void drop(struct dmstat_snapshot **snapshot)
{
	dmstat_snapshot_free(*snapshot);
}

int dmstat_snapshot_take(struct dmstat *handle,
			 const struct dmstat_area_query *query,
			 struct dmstat_snapshot **snapshot)
{
	struct dmstat_area_query mine;
	struct dmstat_snapshot *new ON_EXIT(drop) = NULL;
	int ret;

	*snapshot = NULL;
	ret = dmstat_area_query_copy(&mine, query);
	if (!ret && (mine.flags & DMSTAT_AREAS_CLEAR || mine.filter))
		ret = -EINVAL;
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	new = calloc(1, sizeof(*new));
	if (!new)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	ret = dmstat_snapshot_region(handle, mine.region_id, new);
	if (ret)
		return ret;

	new->first = mine.first;
	new->count = mine.count;
	new->merge = mine.merge;
	new->uncleared = mine.flags & DMSTAT_AREAS_UNCLEARED;
	ret = dmstat_snapshot_read(handle, new, keep_area, new);
	ret = dmstat_snapshot_check_resized(handle, new, ret);
	if (ret)
		return ret;

	*snapshot = new;
	new = NULL;
	return 0;
}

void dmstat_snapshot_free(struct dmstat_snapshot *snapshot)
{
	if (!snapshot)
		return;

	dmstat_snapshot_drop(&snapshot->entries);
	free(snapshot);
}

const struct dmstat_snapshot_info *
dmstat_snapshot_info(const struct dmstat_snapshot *snapshot)
{
	return &snapshot->info;
}

/* Set an area's histograms; of an operation without I/O, all bins are 0. */
static void give_histograms(const struct dmstat_snapshot *snapshot,
			    const struct snapshot_entry *entry,
			    struct dmstat_histogram *histograms,
			    struct dmstat_area *area)
{
	const size_t size = snapshot->bins * sizeof(*histograms->ios);
	const uint64_t *bins;
	int i;

	for (i = 0; i < SNAPSHOT_OPERATIONS && size; i++) {
		bins = dmstat_snapshot_bins(snapshot, entry, i);
		if (bins)
			memcpy(histograms[i].ios, bins, size);
		else
			memset(histograms[i].ios, 0, size);
		histograms[i].bins = snapshot->bins;
		area->histogram[i] = &histograms[i];
	}
}

int dmstat_snapshot_areas(const struct dmstat_snapshot *snapshot,
			  dmstat_area_fn callback, void *data)
{
	struct snapshot_place place = { snapshot->entries.first, 0 };
	struct dmstat_histogram histograms[SNAPSHOT_OPERATIONS];
	const struct snapshot_entry *entry;
	struct dmstat_area area;
	int ret;

	if (snapshot->spoilt)
		return -EINVAL;

	for (; (entry = snapshot_peek(&place));
	     snapshot_advance(snapshot, &place)) {
		area = (struct dmstat_area){
			.index = entry->index,
			.start = entry->start,
			.length = entry->length,
			.in_flight_read = entry->in_flight_read,
			.in_flight_write = entry->in_flight_write,
			.busy_ns = entry->busy_ns,
			.queue_ns = entry->queue_ns,
			.clears = entry->clears,
			.region_id = snapshot->info.region_id,
			.areas = entry->areas,
			.read = &entry->io[DMSTAT_READ],
			.write = &entry->io[DMSTAT_WRITE],
			.discard = &entry->io[DMSTAT_DISCARD],
		};
		give_histograms(snapshot, entry, histograms, &area);
		ret = callback(&area, data);
		if (ret)
			return ret;
	}
	return 0;
}

EXPORT(dmstat_snapshot_take);
EXPORT(dmstat_snapshot_free);
EXPORT(dmstat_snapshot_info);
EXPORT(dmstat_snapshot_areas);
