// SPDX-License-Identifier: GPL-2.0-only
/*
 * The maps of all regions of a source, made as its intervals come.
 */
#include <errno.h>
#include <stdlib.h>

#include "source/array.h"
#include "view/map.h"
#include "view/maps.h"

int maps_begin(void *data, uint64_t time, uint64_t elapsed_ns)
{
	struct maps *maps = data;

	maps->time = time;
	maps->elapsed_ns = elapsed_ns;
	return 0;
}

static struct map *find(struct maps *maps, const struct dmstat_region *region)
{
	size_t i;

	for (i = 0; i < maps->count; i++)
		if (map_is_of(maps->maps[i], region))
			return maps->maps[i];
	return NULL;
}

static struct map *add(struct maps *maps, const struct dmstat_region *region,
		       uint64_t sectors)
{
	struct map **grown;

	grown = array_grow(maps->maps, maps->count, sizeof(*grown));
	if (!grown)
		return NULL;
	maps->maps = grown;
	grown[maps->count] = map_new(maps->measure, region, sectors);
	return grown[maps->count] ? grown[maps->count++] : NULL;
}

int maps_region(void *data, const struct dmstat_region *region,
		uint64_t device_size, uint64_t sectors)
{
	struct maps *maps = data;

	maps->current = find(maps, region);
	if (!maps->current)
		maps->current = add(maps, region, sectors);
	if (!maps->current)
		return -ENOMEM;
	maps->current->device_size = device_size;
	map_begin(maps->current, maps->time, maps->elapsed_ns);
	return 0;
}

int maps_area(void *data, const struct dmstat_area *area, uint64_t offset)
{
	struct maps *maps = data;

	return map_add(maps->current, area, offset);
}

void maps_free(struct maps *maps)
{
	size_t i;

	for (i = 0; i < maps->count; i++)
		map_free(maps->maps[i]);
	free(maps->maps);
	maps->maps = NULL;
	maps->count = 0;
}
