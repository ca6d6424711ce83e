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

#include "dmstat.h"

#define SNAPSHOT_OPERATIONS	(DMSTAT_DISCARD + 1)

/* Where an area is, and what it has counted. */
struct snapshot_entry {
	uint64_t index;
	uint64_t start;
	uint64_t length;
	uint64_t in_flight_read;
	uint64_t in_flight_write;
	uint64_t busy_ns;
	uint64_t queue_ns;
	struct dmstat_io io[SNAPSHOT_OPERATIONS];
};

/* Enough that a chunk is not felt, and little for a region of few areas. */
#define SNAPSHOT_CHUNK_ENTRIES	60

struct snapshot_chunk {
	struct snapshot_chunk *next;
	size_t count;
	struct snapshot_entry entries[SNAPSHOT_CHUNK_ENTRIES];
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
	bool spoilt;
	struct snapshot_entries entries;
};

/* A place in a row of entries; @chunk is NULL behind the last. */
struct snapshot_place {
	struct snapshot_chunk *chunk;
	size_t next;
};

void dmstat_snapshot_drop(struct snapshot_entries *entries);
void dmstat_snapshot_entry(struct snapshot_entry *entry,
			   const struct dmstat_area *area);
int dmstat_snapshot_add(struct dmstat_snapshot *snapshot,
			const struct snapshot_entry *entry);
int dmstat_snapshot_check(const struct dmstat_snapshot *snapshot,
			  const struct dmstat_area *area);
int dmstat_snapshot_region(struct dmstat *handle, uint32_t region_id,
			   struct dmstat_snapshot *snapshot);
int dmstat_snapshot_read(struct dmstat *handle,
			 struct dmstat_snapshot *snapshot,
			 dmstat_area_fn callback, void *data);

/* What comes next; NULL if nothing does. */
static inline const struct snapshot_entry *
snapshot_peek(const struct snapshot_place *place)
{
	return place->chunk ? &place->chunk->entries[place->next] : NULL;
}

/* Return: the chunk that was left behind, or NULL. */
static inline struct snapshot_chunk *
snapshot_advance(struct snapshot_place *place)
{
	struct snapshot_chunk *left = place->chunk;

	if (++place->next < left->count)
		return NULL;
	place->chunk = left->next;
	place->next = 0;
	return left;
}

#endif /* DMSTAT_SNAPSHOT_H */
