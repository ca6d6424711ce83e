/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps of all regions of a source, made as its intervals come.
 */
#ifndef DMSTAT_NL_MAPS_H
#define DMSTAT_NL_MAPS_H

#include <stddef.h>
#include <stdint.h>

#include "view/measure.h"

struct dmstat_area;
struct dmstat_region;
struct map;

/**
 * struct maps - maps
 * @measure: what they show
 * @maps: the maps
 * @count: how many
 * @current: the map of the region whose areas come
 * @time: the end of the interval that comes, in nanoseconds since the Epoch
 * @elapsed_ns: how long it was
 */
struct maps {
	enum measure measure;
	struct map **maps;
	size_t count;
	struct map *current;
	uint64_t time;
	uint64_t elapsed_ns;
};

/* As a struct frame_sink has them; @data is the maps. */
int maps_begin(void *data, uint64_t time, uint64_t elapsed_ns);
int maps_region(void *data, const struct dmstat_region *region,
		uint64_t device_size, uint64_t sectors);
int maps_area(void *data, const struct dmstat_area *area, uint64_t offset);

/** maps_free() - free all of them */
void maps_free(struct maps *maps);

#endif /* DMSTAT_NL_MAPS_H */
