/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps on a grid of equal steps of time, as a picture needs them.
 */
#ifndef DMSTAT_NL_GRID_H
#define DMSTAT_NL_GRID_H

#include <stddef.h>
#include <stdint.h>

struct map;

/*
 * What a picture has pixels for. More would not be seen: a program that shows
 * it smaller leaves some out, and a hot spot may be in them.
 */
#define GRID_STEPS	950
#define GRID_ROWS	340

/**
 * struct grid_time - the steps of time that several maps share
 * @begin: of the first, in nanoseconds since the Epoch
 * @end: of the last
 * @steps: how many
 */
struct grid_time {
	uint64_t begin;
	uint64_t end;
	size_t steps;
};

/**
 * struct grid - a map on the grid
 * @time: the steps
 * @rows: cells of the map, or several at a time, or bins of its histogram
 * @cells_per_row: how many cells; the last row may have fewer
 * @values: row after row, the value of each step; 0: there was none; below 0:
 *          it is not known, because the step was not watched
 * @most: the highest of them
 * @least: the lowest of them above 0
 */
struct grid {
	struct grid_time time;
	size_t rows;
	size_t cells_per_row;
	float *values;
	float most;
	float least;
};

/** grid_time_of() - find the steps that suit all of these maps */
void grid_time_of(struct grid_time *time, struct map *const *maps,
		  size_t count);

/** grid_is_watched() - whether a step was watched */
static inline int grid_is_watched(const struct grid *grid, size_t step)
{
	return grid->values[step] >= 0;
}

/**
 * grid_cells() - lay the cells of a map on the grid
 * @grid: set to it; the caller frees it
 * @time: the steps
 * @map: the map
 *
 * Each interval is counted in the one step that has its middle, so that values
 * are those that were measured, and not mixed from neighbours.
 *
 * Return: 0; -ENOMEM.
 */
int grid_cells(struct grid *grid, const struct grid_time *time,
	       const struct map *map);

/** grid_bins() - the same for its histogram, in I/Os a second */
int grid_bins(struct grid *grid, const struct grid_time *time,
	      const struct map *map);

/** grid_free() - free the values */
void grid_free(struct grid *grid);

#endif /* DMSTAT_NL_GRID_H */
