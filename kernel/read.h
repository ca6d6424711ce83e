/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading and clearing the counters of areas.
 */
#ifndef _DMSTAT_READ_H
#define _DMSTAT_READ_H

#include <linux/rcupdate.h>
#include <linux/types.h>

#include "region.h"

struct dmstat_area_values;
struct dmstat_geometry;

/* The most areas to read before the lock is released. */
#define DMSTAT_READ_AREAS 256U

/* From when on a reader wants what was counted. */
enum dmstat_read_since {
	DMSTAT_SINCE_CLEAR,		/* of each area, or its creation */
	/* But for errors, again and longest_ns: a clear sets them back. */
	DMSTAT_SINCE_CREATION,
};

unsigned int dmstat_read_enter(struct dmstat_kregion *region);
void dmstat_read_leave(struct dmstat_kregion *region, unsigned int noio);

struct dmstat_area_values *
dmstat_read_values_new(const struct dmstat_kregion *region);
unsigned int dmstat_read_begin(struct dmstat_kregion *region);
void dmstat_read_end(struct dmstat_kregion *region, unsigned int noio);
bool dmstat_read_area(struct dmstat_kregion *region, u32 area,
		      enum dmstat_read_since since,
		      struct dmstat_area_values *values);
u32 dmstat_read_next(struct dmstat_kregion *region, u32 area, u32 end);
int dmstat_read_sum(struct dmstat_kregion *region, u32 first, u32 *nr,
		    enum dmstat_read_since since,
		    struct dmstat_area_values *sum,
		    struct dmstat_area_values *one);
int dmstat_clear_prepare(struct dmstat_kregion *region, u32 area);
void dmstat_clear_area(struct dmstat_kregion *region, u32 area,
		       const struct dmstat_area_values *values);
int dmstat_clear(struct dmstat_kregion *region);

/**
 * dmstat_read_geometry() - the areas of a region
 * @region: the region
 *
 * Context: between dmstat_read_enter() and dmstat_read_leave(), or with the
 * region's read_lock.
 * Return: its geometry.
 */
static inline const struct dmstat_geometry *
dmstat_read_geometry(const struct dmstat_kregion *region)
{
	return rcu_dereference_protected(region->geometry,
					 lockdep_is_held(&region->shape) ||
					 lockdep_is_held(&region->read_lock));
}

#endif /* _DMSTAT_READ_H */
