/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The extents of regions as the index has them: part of the regions, and copied
 * where several cover the same sectors.
 */
#ifndef _DMSTAT_INDEX_REF_H
#define _DMSTAT_INDEX_REF_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct dmstat_geometry;
struct dmstat_kregion;

/* An extent of a region, or a part of one. Constant. */
struct dmstat_index_ref {
	struct dmstat_kregion *region;
	sector_t start;
	sector_t end;			/* the first sector after it */
	u32 first_slot;			/* where its first area counts */
	u32 first_area;
	const struct dmstat_geometry *geometry;	/* that it is a piece of */
};

/* The extents that cover a segment, those first that came first. Constant. */
struct dmstat_index_refs {
	struct dmstat_index_ref first;	/* a copy, saves a cache line */
	const struct dmstat_index_ref *more[];	/* the others, then NULL */
};

/* A struct dmstat_index_refs with a single extent; part of the region. */
struct dmstat_index_one {
	struct dmstat_index_ref ref;
	const struct dmstat_index_ref *end;	/* NULL */
};

static_assert(offsetof(struct dmstat_index_one, end) ==
	      offsetof(struct dmstat_index_refs, more));

#endif /* _DMSTAT_INDEX_REF_H */
