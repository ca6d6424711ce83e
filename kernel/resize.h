/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A region grows or shrinks in place.
 */
#ifndef _DMSTAT_RESIZE_H
#define _DMSTAT_RESIZE_H

#include <linux/types.h>

#include "chunk.h"

struct dmstat_geometry;
struct dmstat_kextent;
struct dmstat_kregion;

/* What a region is to be. Must be checked. */
struct dmstat_resize_spec {
	const struct dmstat_kextent *extents;	/* from dmstat_extents_cut() */
	u32 nr_extents;
	u32 areas;
};

/* A change in progress; on the stack of its task, which has the region's shape and
 * its read_lock.
 */
struct dmstat_resize {
	struct dmstat_kregion *region;	/* the caller's reference */
	struct dmstat_geometry *old;
	struct dmstat_geometry *next;
	struct dmstat_geometry *before;	/* the one before @old, or NULL */
	struct dmstat_chunks_old chunks;
	unsigned int noio;
	bool published;
};

int dmstat_resize_begin(struct dmstat_resize *resize,
			struct dmstat_kregion *region,
			const struct dmstat_resize_spec *spec);
int dmstat_resize_publish(struct dmstat_resize *resize);
void dmstat_resize_end(struct dmstat_resize *resize);
void dmstat_resize_stop(struct dmstat_kregion *region);

#endif /* _DMSTAT_RESIZE_H */
