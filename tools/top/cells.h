/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cells of an item as numbers to draw: what is measured of each.
 */
#ifndef DMSTAT_NL_TOP_CELLS_H
#define DMSTAT_NL_TOP_CELLS_H

#include "source/watch.h"

/** enum cells_by - what a strip or a map shows of a cell */
enum cells_by {
	CELLS_IOS,
	CELLS_READS,
	CELLS_WRITES,
	CELLS_BYTES,
	CELLS_LATENCY,
	CELLS_ERRORS,
	CELLS_BY_COUNT
};

/** cells_name() - "I/Os per second", say */
const char *cells_name(enum cells_by by);

/** cells_value() - a cell's number: a rate, or the mean time in nanoseconds */
double cells_value(const struct watch_item *item, const struct watch_cell *cell,
		   enum cells_by by);

/**
 * cells_fit() - the cells of an item as the cells of a strip
 * @item: the item
 * @by: what is measured
 * @columns: most cells of the strip
 * @cells: set to its cells
 *
 * Return: how many cells it has; 0: nothing is known.
 */
size_t cells_fit(const struct watch_item *item, enum cells_by by,
		 size_t columns, double *cells);

#endif /* DMSTAT_NL_TOP_CELLS_H */
