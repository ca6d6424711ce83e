// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps on a grid of equal steps of time, as a picture needs them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/grid.h"
#include "view/map.h"

#define NS_PER_SECOND	1e9

static int compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* The median length of the intervals; 0 if there is no memory to sort them. */
static uint64_t usual_length(const struct map *map)
{
	uint64_t *lengths = malloc(map->count * sizeof(*lengths)), usual;
	size_t i;

	if (!lengths)
		return 0;
	for (i = 0; i < map->count; i++)
		lengths[i] = map->columns[i].end - map->columns[i].begin;
	qsort(lengths, map->count, sizeof(*lengths), compare);
	usual = lengths[map->count / 2];
	free(lengths);
	return usual;
}

void grid_time_of(struct grid_time *time, struct map *const *maps, size_t count)
{
	uint64_t step = UINT64_MAX, length;
	size_t i;

	*time = (struct grid_time) { .begin = UINT64_MAX };
	for (i = 0; i < count; i++) {
		const struct map *map = maps[i];

		if (!map->count)
			continue;
		if (map->columns[0].begin < time->begin)
			time->begin = map->columns[0].begin;
		if (map->columns[map->count - 1].end > time->end)
			time->end = map->columns[map->count - 1].end;
		length = usual_length(map);
		if (length && length < step)
			step = length;
	}
	length = time->end - time->begin;
	time->steps = (length + step / 2) / step;
	if (time->steps < 1)
		time->steps = 1;
	if (time->steps > GRID_STEPS)
		time->steps = GRID_STEPS;
}

static double step_of(const struct grid_time *time, double ns)
{
	return (ns - time->begin) * time->steps / (time->end - time->begin);
}

static size_t step_with(const struct grid_time *time, double ns)
{
	const double step = step_of(time, ns);

	return step < 0 ? 0 : step >= time->steps ? time->steps - 1 : step;
}

static size_t middle_step(const struct grid_time *time,
			  const struct map_column *column)
{
	return step_with(time, column->begin / 2.0 + column->end / 2.0);
}

/*
 * For each step, the columns that have their middle in it: the first one and how
 * many; a step that has none of its own but lies within a column has that.
 */
struct members {
	size_t first;
	size_t count;
};

static struct members *find_members(const struct grid_time *time,
				    const struct map *map)
{
	struct members *members = calloc(time->steps, sizeof(*members));
	size_t i, step, last;

	if (!members)
		return NULL;
	for (i = 0; i < map->count; i++) {
		step = middle_step(time, &map->columns[i]);
		if (!members[step].count++)
			members[step].first = i;
	}
	for (i = 0; i < map->count; i++) {
		step = step_with(time, map->columns[i].begin);
		last = step_with(time, map->columns[i].end);
		for (; step <= last; step++)
			/* Its middle must be within. */
			if (!members[step].count &&
			    step + 0.5 > step_of(time, map->columns[i].begin) &&
			    step + 0.5 < step_of(time, map->columns[i].end))
				members[step] = (struct members) { i, 1 };
	}
	return members;
}

static size_t cells_per_row(const struct map *map)
{
	return (map->cells + GRID_ROWS - 1) / GRID_ROWS;
}

static void add_cells(struct measure_sum *sum, const struct map_cell *cells,
		      size_t first, size_t end)
{
	size_t cell;

	for (cell = first; cells && cell < end; cell++) {
		sum->sum += cells[cell].sum;
		sum->ios += cells[cell].ios;
	}
}

/* The value of the cells of a row in some columns. */
static double value_of(const struct map *map, const struct members *members,
		       size_t row)
{
	const size_t first = row * cells_per_row(map);
	const size_t next = first + cells_per_row(map);
	const size_t end = next < map->cells ? next : map->cells;
	struct measure_sum sum = { 0 };
	double ns = 0;
	size_t i;

	for (i = members->first; i < members->first + members->count; i++) {
		ns += map->columns[i].elapsed_ns;
		add_cells(&sum, map->columns[i].cells, first, end);
	}
	return measure_value(map->measure, sum, ns / NS_PER_SECOND);
}

static double rate_of_bin(const struct map *map, const struct members *members,
			  size_t bin)
{
	double ios = 0, ns = 0;
	size_t i;

	for (i = members->first; i < members->first + members->count; i++) {
		ns += map->columns[i].elapsed_ns;
		if (map->columns[i].bins)
			ios += map->columns[i].bins[bin];
	}
	return ns > 0 ? ios / (ns / NS_PER_SECOND) : 0;
}

static int fill(struct grid *grid, const struct grid_time *time,
		const struct map *map, size_t rows,
		double (*value_at)(const struct map *map,
				   const struct members *members, size_t row))
{
	struct members *members = find_members(time, map);
	size_t row, step;
	float *value;

	*grid = (struct grid) {
		.time = *time,
		.rows = rows,
		.cells_per_row = 1,
	};
	grid->values = malloc(rows * time->steps * sizeof(*grid->values));
	if (!members || !grid->values) {
		free(members);
		grid_free(grid);
		return -ENOMEM;
	}

	value = grid->values;
	for (row = 0; row < rows; row++) {
		for (step = 0; step < time->steps; step++, value++) {
			*value = members[step].count ?
				 value_at(map, &members[step], row) : -1;
			if (*value > grid->most)
				grid->most = *value;
			if (*value > 0 &&
			    (grid->least == 0 || *value < grid->least))
				grid->least = *value;
		}
	}
	free(members);
	return 0;
}

int grid_cells(struct grid *grid, const struct grid_time *time,
	       const struct map *map)
{
	const size_t cells = cells_per_row(map);
	int error = fill(grid, time, map, (map->cells + cells - 1) / cells,
			 value_of);

	grid->cells_per_row = cells;
	return error;
}

int grid_bins(struct grid *grid, const struct grid_time *time,
	      const struct map *map)
{
	return fill(grid, time, map, map->region.bounds_count + 1, rate_of_bin);
}

void grid_free(struct grid *grid)
{
	free(grid->values);
	grid->values = NULL;
}
