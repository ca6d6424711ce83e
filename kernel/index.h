/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The index of a device's regions: it maps a sector to the extents of regions
 * that contain it. A tree, constant once published: a change copies the nodes
 * that it touches and the root, and shares all other nodes.
 */
#ifndef _DMSTAT_INDEX_H
#define _DMSTAT_INDEX_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "index_ref.h"

struct dmstat_geometry;
struct dmstat_kdevice;
struct dmstat_kregion;

/*
 * A range of sectors that are covered by the same extents. It ends where the
 * next segment starts. Constant.
 */
struct dmstat_segment {
	sector_t start;
	const struct dmstat_index_refs *refs;	/* NULL: no extent */
};

/* The refs of the entry that ends the segments of a page. */
#define DMSTAT_INDEX_END ((const struct dmstat_index_refs *)1UL)

/*
 * The head of each piece of an index. Protected by dmstat_lock while the piece
 * is in an index; then owned by the work that frees it.
 */
struct dmstat_index_part {
	struct list_head node;
	u64 change;			/* last one that made or touched it */
	u32 size;			/* bytes allocated */
	u32 nr : 30;			/* segments; in a block, lists */
	u32 kind : 2;
};

/*
 * A page or a fork; both are for a range of 2^n sectors, which the table
 * divides into parts of equal size.
 *
 * A page has segments, cut to its range, and one more that ends them. They
 * follow the table. An entry of the table is the address of the segment in
 * which its part begins. A page of few segments has no table, and its segments
 * are where the table would be.
 *
 * An entry of a fork is a page or another fork.
 */
struct dmstat_index_node {
	struct dmstat_index_part part;
	/* Read by the hot path; constant. */
	u16 mask;			/* number of entries - 1 */
	u8 shift;			/* sectors of an entry, log2 */
	unsigned long table[];
};

/* Set in an entry that is the address of a node and not of a segment. */
#define DMSTAT_INDEX_NODE BIT(0)

/*
 * The root: a fork of all sectors up to a power of two, with one more entry for
 * the sectors beyond. Constant.
 */
struct dmstat_index {
	u64 generation;
	/* The only segment with extents; empty if there are several. */
	sector_t start;
	sector_t end;			/* the first sector after it */
	const struct dmstat_index_refs *refs;
	u32 last;			/* the entry for the sectors beyond */
	u32 shift;			/* sectors of the others, log2 */
	unsigned long table[];
};

/**
 * dmstat_index_segment() - look up the segment of a sector
 * @index: the index
 * @sector: the sector
 *
 * Context: RCU read section, which also protects the result.
 * Return: the segment, cut to its page: the next page may continue it.
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

/*
 * A walk over the extents that overlap a range of sectors. It visits each
 * extent once.
 */
struct dmstat_index_walk {
	const struct dmstat_index *index;
	const struct dmstat_segment *segment;
	const struct dmstat_index_ref *ref;	/* next in @segment, or NULL */
	const struct dmstat_index_ref *const *more;	/* those after it */
	bool later;			/* beyond the first segment */
	sector_t end;			/* the first sector after the range */
};

/*
 * The same for an I/O that started under an earlier index: in a region that was
 * resized since, over the extents that it had then.
 */
struct dmstat_index_past {
	struct dmstat_index_walk walk;	/* first */
	u64 generation;			/* of the earlier index */
	sector_t sector;		/* the first of the range */
	u32 nr_done;			/* of the earlier geometries */
	const struct dmstat_geometry *geometry;	/* where the walk is, or NULL */
	const struct dmstat_index_one *piece;	/* next there, or NULL */
};

void dmstat_index_walk_init(struct dmstat_index_walk *walk,
			    const struct dmstat_index *index,
			    sector_t sector, sector_t end);
const struct dmstat_index_ref *
dmstat_index_walk_next(struct dmstat_index_walk *walk);

void dmstat_index_past_init(struct dmstat_index_past *past,
			    const struct dmstat_index *index,
			    sector_t sector, sector_t end, u64 generation);
const struct dmstat_index_ref *
dmstat_index_past_next(struct dmstat_index_past *past);

int dmstat_index_add(struct dmstat_kdevice *device,
		     struct dmstat_kregion *region);
int dmstat_index_replace(struct dmstat_kdevice *device,
			 struct dmstat_geometry *old,
			 struct dmstat_geometry *next);
void dmstat_index_remove(struct dmstat_kdevice *device,
			 struct list_head *regions);
void dmstat_index_free(struct dmstat_index *index);

#endif /* _DMSTAT_INDEX_H */
