/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The index of a device's regions, in which the hot path finds those that an
 * I/O touches. It is a tree and immutable once published: a change makes new
 * nodes where it touches old ones, and a new root that shares all others.
 */
#ifndef _DMSTAT_INDEX_H
#define _DMSTAT_INDEX_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "index_ref.h"

struct dmstat_device;
struct dmstat_region;

/* A range of sectors, up to the next one's start, with the same extents. */
struct dmstat_segment {
	sector_t start;
	const struct dmstat_index_refs *refs;	/* or NULL */
};

/* The refs of what ends the segments of a page. */
#define DMSTAT_INDEX_END ((const struct dmstat_index_refs *)1UL)

/* What an index is made of; dmstat_lock, but for what frees it. */
struct dmstat_index_part {
	struct list_head node;
	u64 change;			/* that made it, or that touches it */
	u32 size;			/* bytes */
	u32 nr : 30;			/* segments, or lists of a block */
	u32 kind : 2;
};

/*
 * A page: the segments of a range of 2^n sectors, cut to it, and the one that
 * ends them. They follow the table, of which each entry is the address of the
 * segment where its part of the range begins. A page of few segments has no
 * table. A fork: its entries are pages, or forks again.
 */
struct dmstat_index_node {
	struct dmstat_index_part part;
	/* Constant, and read by the hot path. */
	u16 mask;			/* of the table's entries */
	u8 shift;			/* sectors of an entry */
	unsigned long table[];
};

/* In an entry: the address is of a node and not of a segment. */
#define DMSTAT_INDEX_NODE BIT(0)

/* The root: a fork of all sectors up to a power of two, and what is beyond. */
struct dmstat_index {
	u64 generation;
	/* The only segment that has extents, if there is but one such; else no
	 * sectors.
	 */
	sector_t start;
	sector_t end;			/* the first sector after it */
	const struct dmstat_index_refs *refs;	/* its */
	u32 last;			/* entry: what is beyond */
	u32 shift;			/* sectors of the others */
	unsigned long table[];
};

/**
 * dmstat_index_segment() - the segment that a sector lies in
 * @index: the index
 * @sector: the sector
 *
 * Return: the segment. Another one may have the same extents and begin where it
 * ends.
 */
static inline const struct dmstat_segment *
dmstat_index_segment(const struct dmstat_index *index, sector_t sector)
{
	unsigned long entry = index->table[min_t(u64, sector >> index->shift,
						 index->last)];
	const struct dmstat_index_node *node;
	const struct dmstat_segment *segment;

	while (entry & DMSTAT_INDEX_NODE) {
		node = (const void *)(entry - DMSTAT_INDEX_NODE);
		entry = node->table[(sector >> node->shift) & node->mask];
	}
	segment = (const void *)entry;
	while (segment[1].start <= sector)
		segment++;
	return segment;
}

/* A walk over the extents that a range of sectors touches, each once. */
struct dmstat_index_walk {
	const struct dmstat_index *index;
	const struct dmstat_segment *segment;
	const struct dmstat_index_ref *ref;	/* the next one there, or NULL */
	const struct dmstat_index_ref *const *more;	/* those after it */
	bool later;			/* not the range's first segment */
	sector_t end;
};

void dmstat_index_walk_init(struct dmstat_index_walk *walk,
			    const struct dmstat_index *index,
			    sector_t sector, sector_t end);
const struct dmstat_index_ref *
dmstat_index_walk_next(struct dmstat_index_walk *walk);

int dmstat_index_add(struct dmstat_device *device,
		     struct dmstat_region *region);
void dmstat_index_remove(struct dmstat_device *device,
			 struct list_head *regions);
void dmstat_index_free(struct dmstat_index *index);

#endif /* _DMSTAT_INDEX_H */
