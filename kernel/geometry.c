// SPDX-License-Identifier: GPL-2.0-only
/*
 * Geometry: which sectors of a device an area of a region has.
 */
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "geometry.h"

static u64 extent_length(const struct dmstat_kextent *extent)
{
	return extent->end - extent->start;
}

/* A shift by which every offset is 0 if each extent is one area. */
static int find_shift(const struct dmstat_region_params *params)
{
	if (params->areas == params->nr_extents)
		return ilog2(U64_MAX);
	return is_power_of_2(params->area_size) ? ilog2(params->area_size) : -1;
}

/**
 * dmstat_region_cut() - cut the extents of a region into areas
 * @params: what has the extents; its areas are set
 * @area_size: of all areas but the last of each extent, in sectors
 *
 * Context: process, may sleep.
 * Return: false if there would be more areas than U32_MAX.
 */
bool dmstat_region_cut(struct dmstat_region_params *params, u64 area_size)
{
	u64 areas = 0;
	u32 i;

	for (i = 0; i < params->nr_extents; i++) {
		params->extents[i].first_area = areas;
		areas += div64_u64(extent_length(&params->extents[i]) - 1,
				   area_size) + 1;
		if (areas > U32_MAX)
			return false;
		if (!(i % 4096))
			cond_resched();
	}
	params->area_size = area_size;
	params->areas = areas;
	params->area_shift = find_shift(params);
	return true;
}

/* The last extent for which @before is true, or NULL. */
static const struct dmstat_kextent *
last_extent(const struct dmstat_kregion *region, u64 value,
	    bool (*before)(const struct dmstat_kextent *extent, u64 value))
{
	u32 low = 0, high = region->nr_extents;

	/* Most regions have one. */
	if (high == 1)
		return before(region->extents, value) ? region->extents : NULL;
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (before(&region->extents[middle], value))
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &region->extents[low - 1] : NULL;
}

static bool starts_before(const struct dmstat_kextent *extent, u64 sector)
{
	return extent->start < sector;
}

static bool begins_with_area(const struct dmstat_kextent *extent, u64 area)
{
	return extent->first_area <= area;
}

static u32 area_of(const struct dmstat_kregion *region,
		   const struct dmstat_kextent *extent, sector_t sector)
{
	return extent->first_area +
	       dmstat_region_area_of(region, sector - extent->start);
}

/**
 * dmstat_region_areas() - the areas that a range of sectors touches
 * @region: the region
 * @sector: the first sector
 * @end: the first sector after it
 * @first: set to the first of the areas
 * @last: set to the last of them
 *
 * Context: any.
 * Return: false if there are none.
 */
bool dmstat_region_areas(const struct dmstat_kregion *region, sector_t sector,
			 sector_t end, u32 *first, u32 *last)
{
	const struct dmstat_kextent *from, *to;

	to = last_extent(region, end, starts_before);
	if (!to || to->end <= sector)
		return false;
	*last = area_of(region, to, min(end, to->end) - 1);

	from = last_extent(region, sector + 1, starts_before);
	if (from && from->end > sector) {
		*first = area_of(region, from, sector);
	} else {
		/* @sector is in a gap; the next extent begins before @end. */
		from = from ? from + 1 : region->extents;
		*first = from->first_area;
	}
	return true;
}

/**
 * dmstat_region_area_range() - the sectors of an area
 * @region: the region
 * @area: the area
 * @end: set to the first sector after it
 *
 * Context: any.
 * Return: its first sector.
 */
sector_t dmstat_region_area_range(const struct dmstat_kregion *region, u32 area,
				  sector_t *end)
{
	const struct dmstat_kextent *extent =
		last_extent(region, area, begins_with_area);
	u64 offset = (area - extent->first_area) * region->area_size;

	*end = extent->start + min(extent_length(extent),
				   offset + region->area_size);
	return extent->start + offset;
}
