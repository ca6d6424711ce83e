/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * snapshot: the counters of a region at one time
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_SNAPSHOT_H
#define DMSTAT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "export.h"

#define SNAPSHOT_OPERATIONS	(DMSTAT_DISCARD + 1)

/**
 * struct snapshot_entry - an area: see struct dmstat_area
 * @index: index in the region
 * @start: first sector
 * @length: sectors
 * @in_flight_read: reads in flight
 * @in_flight_write: writes and discards in flight
 * @busy_ns: time with I/O in flight
 * @queue_ns: time in flight, summed over all I/Os
 * @clears: number of clears
 * @areas: number of areas that were merged
 * @io: counters by operation
 * @histograms: bit set of the operations that have bins in @bins
 * @bins: the histograms of these operations, one after the other
 */
struct snapshot_entry {
	uint64_t index;
	uint64_t start;
	uint64_t length;
	uint64_t in_flight_read;
	uint64_t in_flight_write;
	uint64_t busy_ns;
	uint64_t queue_ns;
	uint64_t clears;
	uint64_t areas;
	struct dmstat_io io[SNAPSHOT_OPERATIONS];
	uint64_t histograms;
	uint64_t bins[];
};

/* Large enough to allocate rarely, small enough for a region of few areas. */
#define SNAPSHOT_CHUNK_SIZE	12288

/* @used of @size bytes of entries, one after the other, of different sizes. */
struct snapshot_chunk {
	struct snapshot_chunk *next;
	size_t used;
	size_t size;
	unsigned char entries[]
		__attribute__((aligned(__alignof__(struct snapshot_entry))));
};

/* A list of entries by rising index. */
struct snapshot_entries {
	struct snapshot_chunk *first;
	struct snapshot_chunk *last;
};

/**
 * struct dmstat_snapshot - see dmstat.h
 * @info: what the caller can see
 * @start: first sector of the region
 * @length: sectors of the region
 * @area_size: sectors of an area; the last may be shorter
 * @of_extents: the region is made of extents, so the place of an area cannot be
 * @resizes: how often the region was resized
 *              computed
 * @first: first area that was requested, or DMSTAT_DEFAULT
 * @count: number of areas that were requested, or DMSTAT_DEFAULT
 * @merge: how many areas were to be merged; 0: none
 * @uncleared: the counters are those since the region was created
 * @age_ns: time since the region was created; 0: the clock was set back
 * @small: the first chunk has a single entry, the others grow
 * @bins: bins of each histogram; 0: no histograms
 * @bounds: @bins - 1 bounds of the histograms, in nanoseconds
 * @spoilt: an update failed, so there are no entries
 * @entries: the areas that saw I/O
 */
struct dmstat_snapshot {
	struct dmstat_snapshot_info info;
	uint64_t start;
	uint64_t length;
	uint64_t area_size;
	bool of_extents;
	uint64_t resizes;
	uint64_t first;
	uint64_t count;
	uint32_t merge;
	bool uncleared;
	uint64_t age_ns;
	bool small;
	uint32_t bins;
	uint64_t bounds[DMSTAT_BOUNDS_MAX];
	bool spoilt;
	struct snapshot_entries entries;
};

/**
 * struct snapshot_place - a position in a list of entries
 * @chunk: chunk of the next entry; NULL at the end of the list
 * @offset: offset of the next entry in @chunk, in bytes
 */
struct snapshot_place {
	struct snapshot_chunk *chunk;
	size_t offset;
};

uint64_t dmstat_snapshot_now(void);
void dmstat_snapshot_drop(struct snapshot_entries *entries);
int dmstat_snapshot_add(struct dmstat_snapshot *snapshot,
			const struct dmstat_area *area,
			const struct snapshot_entry **entry);
int dmstat_snapshot_describe(struct dmstat_snapshot *snapshot,
			     const struct dmstat_region *region);
int dmstat_snapshot_check(const struct dmstat_snapshot *snapshot,
			  const struct dmstat_area *area);
int dmstat_snapshot_check_place(const struct dmstat_snapshot *snapshot,
				uint64_t index, uint64_t areas,
				uint64_t start, uint64_t length);
const uint64_t *dmstat_snapshot_bins(const struct dmstat_snapshot *snapshot,
				     const struct snapshot_entry *entry,
				     int operation);
size_t dmstat_snapshot_entry_size(const struct dmstat_snapshot *snapshot,
				  const struct snapshot_entry *entry);
int dmstat_snapshot_region(struct dmstat *handle, uint32_t region_id,
			   struct dmstat_snapshot *snapshot);
int dmstat_snapshot_check_resized(struct dmstat *handle,
				  const struct dmstat_snapshot *snapshot,
				  int ret);
int dmstat_snapshot_read(struct dmstat *handle,
			 struct dmstat_snapshot *snapshot,
			 dmstat_area_fn callback, void *data);

/* Return: the next entry, or NULL at the end of the list. */
static inline const struct snapshot_entry *
snapshot_peek(const struct snapshot_place *place)
{
	return place->chunk ? (const struct snapshot_entry *)
			      &place->chunk->entries[place->offset] : NULL;
}

/* Return: the chunk of the entry that was passed, if that was its last. */
static inline struct snapshot_chunk *
snapshot_advance(const struct dmstat_snapshot *snapshot,
		 struct snapshot_place *place)
{
	struct snapshot_chunk *left = place->chunk;

	place->offset += dmstat_snapshot_entry_size(snapshot,
						    snapshot_peek(place));
	if (place->offset < left->used)
		return NULL;
	place->chunk = left->next;
	place->offset = 0;
	return left;
}

#endif /* DMSTAT_SNAPSHOT_H */
