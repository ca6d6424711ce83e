/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The busiest areas of an item in its last intervals.
 */
#ifndef DMSTAT_NL_TOP_BUSIEST_H
#define DMSTAT_NL_TOP_BUSIEST_H

#include "top/history.h"

/** BUSIEST_INTERVALS - how many intervals count, so that the list is calm */
#define BUSIEST_INTERVALS	10

/** BUSIEST_MAX - how many areas are listed */
#define BUSIEST_MAX	64

/**
 * struct busiest_area - an area
 * @cell: its number among the cells
 * @amounts: what was counted in it, by enum cells_by
 * @key: what it is sorted by
 */
struct busiest_area {
	size_t cell;
	double amounts[CELLS_BY_COUNT];
	double key;
};

/**
 * struct busiest - the list
 * @areas: the areas, the busiest first
 * @count: how many
 * @sums: of all areas, by enum cells_by
 * @elapsed_ns: of the intervals that count
 */
struct busiest {
	struct busiest_area areas[BUSIEST_MAX];
	size_t count;
	double sums[CELLS_BY_COUNT];
	uint64_t elapsed_ns;
};

/** busiest_find() - find them, from an interval on that was @back ago */
void busiest_find(struct busiest *busiest, const struct history *history,
		  size_t back, enum cells_by by);

#endif /* DMSTAT_NL_TOP_BUSIEST_H */
