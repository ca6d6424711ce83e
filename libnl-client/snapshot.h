/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * snapshot: the counters of a region as they were at a time
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
 * struct snapshot_entry - where an area is, and what it has counted
 * @histograms: of which operations there are numbers in @bins, by bits
 * @bins: the histograms of these, one behind the other
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
	struct dmstat_io io[SNAPSHOT_OPERATIONS];
	uint64_t histograms;
	uint64_t bins[];
};

/* Enough that a chunk is not felt, and little for a region of few areas. */
#define SNAPSHOT_CHUNK_SIZE	12288

/* Entries one behind the other, each as long as its histograms make it. */
struct snapshot_chunk {
	struct snapshot_chunk *next;
	size_t used;
	unsigned char entries[SNAPSHOT_CHUNK_SIZE]
		__attribute__((aligned(__alignof__(struct snapshot_entry))));
};

/* Entries in rising order of their index. */
struct snapshot_entries {
	struct snapshot_chunk *first;
	struct snapshot_chunk *last;
};

/**
 * struct dmstat_snapshot - see dmstat.h
 * @info: what a caller sees
 * @start: first sector of the region
 * @length: its sectors
 * @area_size: sectors of an area
 * @of_extents: it was made of extents: where its areas are, only they tell
 * @first: first area that was asked for, or DMSTAT_DEFAULT
 * @count: how many were, or DMSTAT_DEFAULT
 * @bins: how many numbers each of its histograms has, 0: it has none
 * @bounds: of its histograms
 * @spoilt: it is neither what it was nor what it was to become
 * @entries: the areas that saw I/O
 */
struct dmstat_snapshot {
	struct dmstat_snapshot_info info;
	uint64_t start;
	uint64_t length;
	uint64_t area_size;
	bool of_extents;
	uint64_t first;
	uint64_t count;
	uint32_t bins;
	uint64_t bounds[DMSTAT_BOUNDS_MAX];
	bool spoilt;
	struct snapshot_entries entries;
};

/**
 * struct snapshot_place - a place in a row of entries
 * @chunk: NULL behind the last
 * @offset: of the next entry in it
 */
struct snapshot_place {
	struct snapshot_chunk *chunk;
	size_t offset;
};

void dmstat_snapshot_drop(struct snapshot_entries *entries);
int dmstat_snapshot_add(struct dmstat_snapshot *snapshot,
			const struct dmstat_area *area,
			const struct snapshot_entry **entry);
int dmstat_snapshot_check(const struct dmstat_snapshot *snapshot,
			  const struct dmstat_area *area);
const uint64_t *dmstat_snapshot_bins(const struct dmstat_snapshot *snapshot,
				     const struct snapshot_entry *entry,
				     int operation);
size_t dmstat_snapshot_entry_size(const struct dmstat_snapshot *snapshot,
				  const struct snapshot_entry *entry);
int dmstat_snapshot_region(struct dmstat *handle, uint32_t region_id,
			   struct dmstat_snapshot *snapshot);
int dmstat_snapshot_read(struct dmstat *handle,
			 struct dmstat_snapshot *snapshot,
			 dmstat_area_fn callback, void *data);

/* What comes next; NULL if nothing does. */
static inline const struct snapshot_entry *
snapshot_peek(const struct snapshot_place *place)
{
	return place->chunk ? (const struct snapshot_entry *)
			      &place->chunk->entries[place->offset] : NULL;
}

/* Return: the chunk that was left behind, or NULL. */
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
