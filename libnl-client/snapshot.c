// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * snapshot: the counters of a region as they were at a time
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * Entries lie in a list of chunks: nothing is copied when it grows, and what
 * is compared with a later reading can be given back bit by bit.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "handle.h"
#include "structure.h"

#define QUERY_SIZE_0	sizeof(struct dmstat_area_query)

/**
 * dmstat_snapshot_drop() - free entries
 * @entries: the entries; there are none then
 */
void dmstat_snapshot_drop(struct snapshot_entries *entries)
{
	struct snapshot_chunk *chunk, *next;

	for (chunk = entries->first; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*entries = (struct snapshot_entries){ NULL };
}

/**
 * dmstat_snapshot_entry() - keep what an area has counted
 * @entry: where
 * @area: the area
 */
void dmstat_snapshot_entry(struct snapshot_entry *entry,
			   const struct dmstat_area *area)
{
	*entry = (struct snapshot_entry){
		.index = area->index,
		.start = area->start,
		.length = area->length,
		.in_flight_read = area->in_flight_read,
		.in_flight_write = area->in_flight_write,
		.busy_ns = area->busy_ns,
		.queue_ns = area->queue_ns,
		.io = {
			[DMSTAT_READ] = *area->read,
			[DMSTAT_WRITE] = *area->write,
			[DMSTAT_DISCARD] = *area->discard,
		},
	};
}

/**
 * dmstat_snapshot_check() - is this area one of the region's?
 * @snapshot: of the region
 * @area: the area, as the kernel tells of it
 *
 * Return: 0 or -EBADMSG.
 */
int dmstat_snapshot_check(const struct dmstat_snapshot *snapshot,
			  const struct dmstat_area *area)
{
	uint64_t offset, left;

	if (area->index >= snapshot->info.areas)
		return -EBADMSG;
	if (snapshot->of_extents)
		return 0;

	offset = area->index * snapshot->area_size;
	left = snapshot->length - offset;
	if (area->start != snapshot->start + offset ||
	    area->length != (left < snapshot->area_size ?
			     left : snapshot->area_size))
		return -EBADMSG;
	return 0;
}

/**
 * dmstat_snapshot_add() - add an entry behind the others
 * @snapshot: where
 * @entry: the entry; its index is above that of the last
 *
 * Return: 0 or -ENOMEM.
 */
int dmstat_snapshot_add(struct dmstat_snapshot *snapshot,
			const struct snapshot_entry *entry)
{
	struct snapshot_entries *entries = &snapshot->entries;
	struct snapshot_chunk *chunk = entries->last;

	if (!chunk || chunk->count == SNAPSHOT_CHUNK_ENTRIES) {
		chunk = malloc(sizeof(*chunk));
		if (!chunk)
			return -ENOMEM;
		chunk->next = NULL;
		chunk->count = 0;
		if (entries->last)
			entries->last->next = chunk;
		else
			entries->first = chunk;
		entries->last = chunk;
	}
	chunk->entries[chunk->count++] = *entry;
	snapshot->info.active++;
	return 0;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * UINT64_C(1000000000) + time.tv_nsec;
}

/**
 * dmstat_snapshot_region() - ask what the region is, and note the time
 * @handle: the handle
 * @region_id: the region
 * @snapshot: what is known of it now; there are no entries yet
 *
 * Return: 0 or a negative error number.
 */
int dmstat_snapshot_region(struct dmstat *handle, uint32_t region_id,
			   struct dmstat_snapshot *snapshot)
{
	const struct dmstat_region *region;
	uint64_t areas;
	int ret;

	ret = dmstat_region_get(handle, region_id, &region);
	if (ret)
		return ret;

	/* From these it can be told where an area has to be. */
	areas = region->area_size ?
		region->length / region->area_size +
		!!(region->length % region->area_size) : 0;
	if (region->extents)
		areas = region->areas;
	if (region->region_id != region_id || !areas ||
	    region->areas != areas ||
	    region->start + region->length < region->start)
		return dmstat_failure_errno(&handle->failure, -EBADMSG);

	*snapshot = (struct dmstat_snapshot){
		.info = {
			.region_id = region->region_id,
			.areas = region->areas,
			.created = region->created,
			.missed = region->missed,
			.taken_ns = now(),
		},
		.start = region->start,
		.length = region->length,
		.area_size = region->area_size,
		.of_extents = region->extents,
	};
	return 0;
}

/**
 * dmstat_snapshot_read() - walk the areas of the region that saw I/O
 * @handle: the handle
 * @snapshot: says which; the callback may add to its entries
 * @callback: called for each
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
		.flags = DMSTAT_AREAS_ACTIVE,
		.first = snapshot->first,
		.count = snapshot->count,
	};

	return dmstat_areas(handle, &query, callback, data);
}

static int keep_area(const struct dmstat_area *area, void *data)
{
	struct dmstat_snapshot *snapshot = data;
	struct snapshot_entry entry;
	int ret;

	ret = dmstat_snapshot_check(snapshot, area);
	if (ret)
		return ret;

	dmstat_snapshot_entry(&entry, area);
	return dmstat_snapshot_add(snapshot, &entry);
}

int dmstat_snapshot_take(struct dmstat *handle,
			 const struct dmstat_area_query *query,
			 struct dmstat_snapshot **snapshot)
{
	struct dmstat_area_query mine = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *new;
	int ret;

	*snapshot = NULL;
	ret = structure_copy(&mine, sizeof(mine), query, query->struct_size,
			     QUERY_SIZE_0);
	if (!ret && mine.flags & ~DMSTAT_AREAS_ACTIVE)
		ret = -EINVAL;
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	new = malloc(sizeof(*new));
	if (!new)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	ret = dmstat_snapshot_region(handle, mine.region_id, new);
	if (ret) {
		free(new);
		return ret;
	}

	new->first = mine.first;
	new->count = mine.count;
	ret = dmstat_snapshot_read(handle, new, keep_area, new);
	if (ret) {
		dmstat_snapshot_free(new);
		return ret;
	}
	*snapshot = new;
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

int dmstat_snapshot_areas(const struct dmstat_snapshot *snapshot,
			  dmstat_area_fn callback, void *data)
{
	struct snapshot_place place = { snapshot->entries.first, 0 };
	const struct snapshot_entry *entry;
	struct dmstat_area area;
	int ret;

	if (snapshot->spoilt)
		return -EINVAL;

	for (; (entry = snapshot_peek(&place)); snapshot_advance(&place)) {
		area = (struct dmstat_area){
			.index = entry->index,
			.start = entry->start,
			.length = entry->length,
			.in_flight_read = entry->in_flight_read,
			.in_flight_write = entry->in_flight_write,
			.busy_ns = entry->busy_ns,
			.queue_ns = entry->queue_ns,
			.read = &entry->io[DMSTAT_READ],
			.write = &entry->io[DMSTAT_WRITE],
			.discard = &entry->io[DMSTAT_DISCARD],
		};
		ret = callback(&area, data);
		if (ret)
			return ret;
	}
	return 0;
}
