/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Geometry: which sectors of a device an area of a region has.
 */
#ifndef _DMSTAT_GEOMETRY_H
#define _DMSTAT_GEOMETRY_H

#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/types.h>

#include "region.h"

/* The number, within its extent, of the area of a sector @offset into it. */
static __always_inline u64
dmstat_region_area_of(const struct dmstat_kregion *region, sector_t offset)
{
	if (likely(region->area_shift >= 0))
		return offset >> region->area_shift;
	return div64_u64(offset, region->area_size);
}

/* Whether a region counts only the I/O of a cgroup. */
static __always_inline bool
dmstat_region_is_limited(const struct dmstat_kregion *region)
{
	return region->area_shift <= DMSTAT_SHIFT_LIMITED;
}

bool dmstat_region_cut(struct dmstat_region_params *params, u64 area_size);
bool dmstat_region_areas(const struct dmstat_kregion *region, sector_t sector,
			 sector_t end, u32 *first, u32 *last);
sector_t dmstat_region_area_range(const struct dmstat_kregion *region, u32 area,
				  sector_t *end);

#endif /* _DMSTAT_GEOMETRY_H */
