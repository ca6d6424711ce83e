/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the areas of regions of extents are. A reading only says so for areas
 * that saw I/O, and the kernel never moves one, so it is read once for each
 * region.
 */
#ifndef DMSTAT_NL_PLACE_H
#define DMSTAT_NL_PLACE_H

#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

/**
 * struct region_places - where the areas of a region are
 * @region_id: id of the region
 * @created: when it was created, as another region may have its id later
 * @extents: an extent for each area
 * @offsets: the sectors of the areas before each, and of all of them
 * @count: how many areas
 */
struct region_places {
	uint32_t region_id;
	uint64_t created;
	struct dmstat_extent *extents;
	uint64_t *offsets;
	size_t count;
};

/**
 * struct place_list - those of all regions that were asked for
 * @regions: the regions
 * @count: how many
 */
struct place_list {
	struct region_places *regions;
	size_t count;
};

/**
 * place_read() - read where the areas of a region are, unless it is known
 * @dmstat: the handle
 * @region: the region
 * @list: the regions so far
 *
 * A region that has gone meanwhile is no error.
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int place_read(struct dmstat *dmstat, const struct dmstat_region *region,
	       struct place_list *list);

/**
 * place_get() - get where an area is
 * @list: the regions that were read
 * @region: the region
 * @index: index of the area
 *
 * Return: its extent; empty if that is not known.
 */
struct dmstat_extent place_get(const struct place_list *list,
			       const struct dmstat_region *region,
			       uint64_t index);

/**
 * place_offset() - get how many sectors are in the areas before one
 * @list: the regions that were read
 * @region: any region
 * @index: index of the area; the number of areas: the sectors of all
 *
 * Return: the sectors, without what lies between extents; as if areas before the
 * last one were full if that is not known.
 */
uint64_t place_offset(const struct place_list *list,
		      const struct dmstat_region *region, uint64_t index);

/** place_list_free() - free the list */
void place_list_free(struct place_list *list);

#endif /* DMSTAT_NL_PLACE_H */
