// SPDX-License-Identifier: GPL-2.0-only
/*
 * The map of a region: what was counted, by area and by time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/map.h"
#include "view/summary.h"

uint64_t map_areas_per_cell(const struct dmstat_region *region)
{
	return (region->areas + MAP_CELLS - 1) / MAP_CELLS;
}

/*
 * Areas of extents may be of any size: then cells have no whole areas. One area may
 * be much larger than its region, but no cell is larger than the map.
 */
static uint64_t cell_sectors(const struct dmstat_region *region,
			     uint64_t sectors)
{
	uint64_t size = (sectors + MAP_CELLS - 1) / MAP_CELLS;

	if (!region->extents || region->areas * region->area_size == sectors)
		size = map_areas_per_cell(region) * region->area_size;
	return sectors && size > sectors ? sectors : size;
}

struct map *map_new(enum measure measure, const struct dmstat_region *region,
		    uint64_t sectors)
{
	struct map *map = calloc(1, sizeof(*map));

	if (!map)
		return NULL;
	map->measure = measure;
	map->region = *region;
	map->region.program_id = "";
	map->region.user_data = NULL;
	map->region.device_name = strdup(region->device_name);
	map->region.group = strdup(region->group);
	map->sectors = sectors;
	map->cell_sectors = cell_sectors(region, sectors);
	map->cells = (sectors + map->cell_sectors - 1) / map->cell_sectors;
	map->columns = malloc(MAP_COLUMNS * sizeof(*map->columns));
	if (!map->region.device_name || !map->region.group || !map->columns) {
		map_free(map);
		return NULL;
	}
	return map;
}

/* An id may be that of another region after the module was loaded again. */
int map_is_of(const struct map *map, const struct dmstat_region *region)
{
	const struct dmstat_region *ours = &map->region;

	return ours->region_id == region->region_id &&
	       ours->major == region->major && ours->minor == region->minor &&
	       ours->start == region->start &&
	       ours->length == region->length &&
	       ours->areas == region->areas &&
	       ours->area_size == region->area_size &&
	       ours->bounds_count == region->bounds_count &&
	       !memcmp(ours->bounds, region->bounds,
		       ours->bounds_count * sizeof(ours->bounds[0]));
}

/* Give @to what @from has, either of which may be NULL. */
static void join_cells(struct map_cell **to, struct map_cell *from,
		       size_t count)
{
	size_t i;

	if (!*to) {
		*to = from;
		return;
	}
	for (i = 0; from && i < count; i++) {
		(*to)[i].sum += from[i].sum;
		(*to)[i].ios += from[i].ios;
	}
	free(from);
}

static void join_bins(float **to, float *from, size_t count)
{
	size_t i;

	if (!*to) {
		*to = from;
		return;
	}
	for (i = 0; from && i < count; i++)
		(*to)[i] += from[i];
	free(from);
}

/* Make one column of each two. */
static void halve(struct map *map)
{
	struct map_column *left, *right;
	size_t i;

	for (i = 0; i + 1 < map->count; i += 2) {
		left = &map->columns[i];
		right = left + 1;
		left->end = right->end;
		left->elapsed_ns += right->elapsed_ns;
		join_cells(&left->cells, right->cells, map->cells);
		join_bins(&left->bins, right->bins,
			  map->region.bounds_count + 1);
		map->columns[i / 2] = *left;
	}
	if (i < map->count)
		map->columns[i / 2] = map->columns[i];
	map->count = (map->count + 1) / 2;
}

void map_begin(struct map *map, uint64_t end, uint64_t elapsed_ns)
{
	if (map->count == MAP_COLUMNS)
		halve(map);
	map->columns[map->count++] = (struct map_column) {
		.begin = end > elapsed_ns ? end - elapsed_ns : 0,
		.end = end,
		.elapsed_ns = elapsed_ns,
	};
}

static int add_bins(struct map *map, struct map_column *column,
		    const struct dmstat_area *area)
{
	const uint32_t bins = map->region.bounds_count + 1;
	const struct dmstat_histogram *histogram;
	uint32_t operation, i;

	if (bins == 1)
		return 0;
	if (!column->bins)
		column->bins = calloc(bins, sizeof(*column->bins));
	if (!column->bins)
		return -ENOMEM;
	for (operation = DMSTAT_READ; operation <= DMSTAT_DISCARD;
	     operation++) {
		histogram = area->histogram[operation];
		if (!histogram || histogram->bins != bins)
			continue;
		for (i = 0; i < bins; i++)
			column->bins[i] += histogram->ios[i];
	}
	return 0;
}

static void spread(const struct map *map, struct map_cell *cells,
		   const struct measure_sum *sum, uint64_t offset,
		   uint64_t length)
{
	const uint64_t size = map->cell_sectors, end = offset + length;
	size_t cell = offset / size;
	uint64_t from, to;
	double share;

	for (; cell * size < end && cell < map->cells; cell++) {
		from = offset > cell * size ? offset : cell * size;
		to = end < (cell + 1) * size ? end : (cell + 1) * size;
		share = (double)(to - from) / length;
		cells[cell].sum += sum->sum * share;
		cells[cell].ios += sum->ios * share;
	}
}

int map_add(struct map *map, const struct dmstat_area *area, uint64_t offset)
{
	struct measure_sum sum = measure_area(map->measure, area);
	struct map_column *column = &map->columns[map->count - 1];

	if (map->measure == MEASURE_READS)
		map->others += area->write->ios;
	else if (map->measure == MEASURE_WRITES)
		map->others += area->read->ios;
	if (sum.ios > 0 || sum.sum > 0) {
		if (!column->cells)
			column->cells = calloc(map->cells,
					       sizeof(*column->cells));
		if (!column->cells)
			return -ENOMEM;
		spread(map, column->cells, &sum, offset, area->length);
	}
	return sum.ios > 0 ? add_bins(map, column, area) : 0;
}

char *map_summary(char *text, const struct map *map)
{
	double totals[MAP_CELLS] = { 0 };
	const struct summary_map all = {
		.measure = map->measure,
		.sums = totals,
		.count = map->cells,
		.start = map_start(map),
		.area_size = map->cell_sectors,
		.length = map->sectors,
		.whole = map_whole(map),
		.others = map->others,
	};
	size_t i, cell;

	for (i = 0; i < map->count; i++)
		for (cell = 0; map->columns[i].cells && cell < map->cells;
		     cell++)
			totals[cell] += map->columns[i].cells[cell].sum;
	return summary_text(text, &all);
}

bool map_is_alone(const struct map *map, struct map *const *maps,
		  size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (maps[i] != map &&
		    maps[i]->region.major == map->region.major &&
		    maps[i]->region.minor == map->region.minor)
			return false;
	return true;
}

uint64_t map_start(const struct map *map)
{
	return map->region.extents ? 0 : map->region.start;
}

const char *map_whole(const struct map *map)
{
	return map->region.length == map->device_size && !map->region.extents ?
	       "device" : "region";
}

void map_free(struct map *map)
{
	size_t i;

	if (!map)
		return;
	for (i = 0; i < map->count; i++) {
		free(map->columns[i].cells);
		free(map->columns[i].bins);
	}
	free(map->columns);
	free((char *)map->region.device_name);
	free((char *)map->region.group);
	free(map);
}
