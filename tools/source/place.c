// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the areas of regions of extents are.
 */
#include <errno.h>
#include <stdlib.h>

#include "source/array.h"
#include "source/place.h"
#include "source/session.h"

static const struct region_places *find(const struct place_list *list,
					const struct dmstat_region *region)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->regions[i].region_id == region->region_id &&
		    list->regions[i].created == region->created)
			return &list->regions[i];
	return NULL;
}

static int collect(const struct dmstat_area *area, void *data)
{
	struct region_places *places = data;
	struct dmstat_extent *extents;

	extents = array_grow(places->extents, places->count, sizeof(*extents));
	if (!extents)
		return -ENOMEM;
	places->extents = extents;
	extents[places->count++] = (struct dmstat_extent){
		.start = area->start,
		.length = area->length,
	};
	return 0;
}

static int add_up(struct region_places *places)
{
	uint64_t sectors = 0;
	size_t i;

	places->offsets = malloc((places->count + 1) *
				 sizeof(*places->offsets));
	if (!places->offsets)
		return -ENOMEM;
	for (i = 0; i < places->count; i++) {
		places->offsets[i] = sectors;
		sectors += places->extents[i].length;
	}
	places->offsets[i] = sectors;
	return 0;
}

int place_read(struct dmstat *dmstat, const struct dmstat_region *region,
	       struct place_list *list)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct region_places *places;
	int error;

	if (find(list, region))
		return 0;
	places = array_grow(list->regions, list->count, sizeof(*places));
	if (!places)
		return session_failed(dmstat, -ENOMEM, "region %u",
				      region->region_id);
	list->regions = places;

	places += list->count++;
	*places = (struct region_places){
		.region_id = region->region_id,
		.created = region->created,
	};
	query.region_id = region->region_id;
	error = dmstat_areas(dmstat, &query, collect, places);
	if (!error)
		error = add_up(places);
	if (error && error != -ENOENT)
		return session_failed(dmstat, error, "region %u",
				      region->region_id);
	return 0;
}

struct dmstat_extent place_get(const struct place_list *list,
			       const struct dmstat_region *region,
			       uint64_t index)
{
	const struct region_places *places = find(list, region);

	if (places && index < places->count)
		return places->extents[index];
	return (struct dmstat_extent){ 0 };
}

uint64_t place_offset(const struct place_list *list,
		      const struct dmstat_region *region, uint64_t index)
{
	const struct region_places *places = find(list, region);
	const uint64_t offset = index * region->area_size;

	if (places && places->offsets && index <= places->count)
		return places->offsets[index];
	return offset < region->length ? offset : region->length;
}

void place_list_free(struct place_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free(list->regions[i].extents);
		free(list->regions[i].offsets);
	}
	free(list->regions);
	*list = (struct place_list){ 0 };
}
