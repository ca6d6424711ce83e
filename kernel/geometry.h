/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Geometry: which sectors of a device an area of a region has, and in which
 * slot of the region's memory it counts.
 *
 * Areas are numbered by rising sector. In a region that was never changed,
 * areas and slots have the same numbers. When a region grows or shrinks, an
 * area keeps its slot, whatever its number becomes.
 */
#ifndef _DMSTAT_GEOMETRY_H
#define _DMSTAT_GEOMETRY_H

#include <linux/minmax.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "index_ref.h"
#include "memory.h"

/* A range of sectors of a region, as a request gives it. */
struct dmstat_kextent {
	sector_t start;
	sector_t end;			/* the first sector after it */
	u32 first_area;			/* it begins with */
};

/* How the extents of a region are cut. */
struct dmstat_cut {
	struct dmstat_kregion *region;	/* only for the pieces to point to */
	struct dmstat_memory *memory;	/* of the region, to be charged */
	u64 area_size;			/* sectors */
	u32 chunk_slots;		/* slots that are allocated together */
	bool of_extents;		/* not a range */
};

/*
 * Most pieces of a region. Extents that grow and shrink often leave their areas
 * in more and more pieces.
 */
#define DMSTAT_PIECES_MAX	(1U << 20)

/* Areas with consecutive slots, up to the first area of the next run. */
struct dmstat_run {
	u32 first_area;
	u32 first_slot;
};

/*
 * The areas of a region until it grows or shrinks, when another one replaces
 * it. The pieces are its extents, divided where consecutive areas have slots
 * that are not. Constant, but for what follows @size.
 */
struct dmstat_geometry {
	struct dmstat_index_one *pieces;	/* rising */
	struct dmstat_run *runs;		/* rising */
	u32 nr_pieces;
	u32 nr_runs;
	u32 nr_extents;			/* as they were given */
	u32 areas;
	u32 slots;			/* one more than the highest */
	u64 area_size;			/* sectors */
	/* Shifts an offset into an extent to the area there; -1: divide. */
	int area_shift;
	struct dmstat_memory *memory;	/* of the region; @size is charged to it */
	size_t size;
	/* The first index that has it, and the first that has the next one. An
	 * I/O counts here if it started in between. Set once, before the index
	 * is published; READ_ONCE().
	 */
	u64 since;
	u64 until;
	/* No I/O is in flight that started before @until; the region's shape
	 * to set, READ_ONCE().
	 */
	bool settled;
	struct rcu_work free;		/* has a reference to the region */
};

bool dmstat_extents_cut(struct dmstat_kextent *extents, u32 nr, u64 area_size,
			u32 *areas);

struct dmstat_geometry *
dmstat_geometry_new(const struct dmstat_cut *cut,
		    const struct dmstat_kextent *extents, u32 nr_extents,
		    u32 areas);
struct dmstat_geometry *
dmstat_geometry_next(const struct dmstat_cut *cut,
		     const struct dmstat_geometry *old,
		     const struct dmstat_kextent *extents, u32 nr_extents,
		     u32 areas);
void dmstat_geometry_free(struct dmstat_geometry *geometry);

const struct dmstat_index_one *
dmstat_geometry_first_at(const struct dmstat_geometry *geometry,
			 sector_t sector, sector_t end);
const struct dmstat_index_one *
dmstat_geometry_next_at(const struct dmstat_geometry *geometry,
			const struct dmstat_index_one *piece, sector_t end);
u32 dmstat_geometry_slot_of_many(const struct dmstat_geometry *geometry,
				 u32 area, u32 *nr);
const struct dmstat_index_ref *
dmstat_geometry_piece_of_many(const struct dmstat_geometry *geometry, u32 area);

void dmstat_geometry_each_gone(const struct dmstat_geometry *old,
			       const struct dmstat_geometry *next,
			       void (*fn)(struct dmstat_kregion *region,
					  u32 first, u32 nr));
unsigned long *dmstat_geometry_chunks(const struct dmstat_geometry *geometry,
				      u32 shift, u32 nr);
void dmstat_geometry_chunks_free(unsigned long *chunks, u32 nr);

/**
 * dmstat_geometry_slot() - find the slot of an area
 * @geometry: the geometry
 * @area: the area
 * @nr: set to how many areas, with this one, have consecutive slots from there
 *
 * Context: as for dmstat_geometry_first_at().
 * Return: the slot.
 */
static inline u32 dmstat_geometry_slot(const struct dmstat_geometry *geometry,
				       u32 area, u32 *nr)
{
	if (geometry->nr_runs > 1)
		return dmstat_geometry_slot_of_many(geometry, area, nr);
	*nr = geometry->areas - area;
	return geometry->runs->first_slot + area;
}

/**
 * dmstat_geometry_area_range() - the sectors of an area
 * @geometry: the geometry
 * @area: the area
 * @end: set to the first sector after it
 *
 * Context: as for dmstat_geometry_first_at().
 * Return: its first sector.
 */
static inline sector_t
dmstat_geometry_area_range(const struct dmstat_geometry *geometry, u32 area,
			   sector_t *end)
{
	const struct dmstat_index_ref *piece = &geometry->pieces->ref;
	u64 offset;

	if (geometry->nr_pieces > 1)
		piece = dmstat_geometry_piece_of_many(geometry, area);
	offset = (area - piece->first_area) * geometry->area_size;
	*end = piece->start + min(piece->end - piece->start,
				  offset + geometry->area_size);
	return piece->start + offset;
}

#endif /* _DMSTAT_GEOMETRY_H */
