/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The map of a region: what was counted, by area and by time.
 *
 * It needs a bounded amount of memory, however many areas the region has and
 * however long it is watched: it has at most MAP_CELLS cells of the same size, and
 * when there are MAP_COLUMNS intervals, each two of them become one.
 */
#ifndef DMSTAT_NL_MAP_H
#define DMSTAT_NL_MAP_H

#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "view/measure.h"

#define MAP_CELLS	1000
#define MAP_COLUMNS	4096

/**
 * struct map_cell - what was counted in a cell, as in struct measure_sum
 * @sum: as there
 * @ios: as there
 */
struct map_cell {
	float sum;
	float ios;
};

/**
 * struct map_column - an interval, or several that follow each other
 * @begin: its start, in nanoseconds since the Epoch
 * @end: its end
 * @elapsed_ns: how much of the time between was watched
 * @cells: what was counted, cell by cell; NULL if nothing was
 * @bins: how many I/Os took how long, of any operation; NULL if there were none,
 *        or if the region has no histograms
 */
struct map_column {
	uint64_t begin;
	uint64_t end;
	uint64_t elapsed_ns;
	struct map_cell *cells;
	float *bins;
};

/**
 * struct map - the map of a region
 * @measure: what it shows
 * @region: the region; of its pointers, only @device_name and @group are valid
 * @device_size: sectors of its device; 0: not known
 * @sectors: sectors of all areas, without what lies between extents
 * @cell_sectors: sectors of a cell; the last one may have fewer
 * @cells: how many cells a column has
 * @others: writes, of a map of reads; reads, of one of writes
 * @columns: the intervals, in the order of time
 * @count: how many
 */
struct map {
	enum measure measure;
	struct dmstat_region region;
	uint64_t device_size;
	uint64_t sectors;
	uint64_t cell_sectors;
	size_t cells;
	uint64_t others;
	struct map_column *columns;
	size_t count;
};

/** map_areas_per_cell() - how many areas of a region are merged to a cell */
uint64_t map_areas_per_cell(const struct dmstat_region *region);

/**
 * map_new() - begin the map of a region
 * @measure: what it shows
 * @region: the region
 * @sectors: sectors of all its areas
 *
 * Return: the map; NULL if there is no memory.
 */
struct map *map_new(enum measure measure, const struct dmstat_region *region,
		    uint64_t sectors);

/** map_is_of() - whether the map is of this region, and not of one like it */
int map_is_of(const struct map *map, const struct dmstat_region *region);

/**
 * map_begin() - begin an interval
 * @map: the map
 * @end: its end, in nanoseconds since the Epoch
 * @elapsed_ns: how long it was
 */
void map_begin(struct map *map, uint64_t end, uint64_t elapsed_ns);

/**
 * map_add() - add what an area counted in the interval
 * @map: the map
 * @area: the area, or several that were merged
 * @offset: the sectors of the areas before it
 *
 * What an area of several cells has counted is spread over them.
 *
 * Return: 0; -ENOMEM.
 */
int map_add(struct map *map, const struct dmstat_area *area, uint64_t offset);

/**
 * map_summary() - describe where most of what was counted is
 * @text: SUMMARY_TEXT_MAX bytes
 * @map: the map
 *
 * Return: @text, as of summary_text().
 */
char *map_summary(char *text, const struct map *map);

/**
 * map_is_alone() - is it the only map of its device?
 * @map: the map
 * @maps: maps; it is one of them
 * @count: how many
 */
bool map_is_alone(const struct map *map, struct map *const *maps,
		  size_t count);

/** map_start() - where the first cell is; 0 if extents have no one place */
uint64_t map_start(const struct map *map);

/** map_whole() - what the map is of, in a word: "device" or "region" */
const char *map_whole(const struct map *map);

/** map_free() - free a map, or NULL */
void map_free(struct map *map);

#endif /* DMSTAT_NL_MAP_H */
