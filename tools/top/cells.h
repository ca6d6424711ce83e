/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cells of an item as numbers to draw: what is measured of each.
 */
#ifndef DMSTAT_NL_TOP_CELLS_H
#define DMSTAT_NL_TOP_CELLS_H

#include "out/unit.h"
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

/** cells_unit() - what cells_fit_amounts() counts, as in a second if a rate */
enum unit cells_unit(enum cells_by by);

/** cells_amount() - what was counted in a cell; of the latency, the time */
double cells_amount(const struct watch_cell *cell, enum cells_by by);

/** cells_rate() - a cell's I/Os a second */
double cells_rate(const struct watch_item *item, const struct watch_cell *cell);

/**
 * cells_fit_amounts() - amounts as the cells of a strip
 * @amounts: by cells_amount()
 * @ios: by cells_amount() with CELLS_IOS, to divide by; NULL: make it a rate
 * @count: how many
 * @elapsed_ns: in which time
 * @columns: most cells of the strip
 * @cells: set to its cells
 *
 * Return: how many cells it has; 0: nothing is known.
 */
size_t cells_fit_amounts(const double *amounts, const double *ios, size_t count,
			 uint64_t elapsed_ns, size_t columns, double *cells);

/** cells_fit() - the same for the I/Os a second of an item */
size_t cells_fit(const struct watch_item *item, size_t columns, double *cells);

#endif /* DMSTAT_NL_TOP_CELLS_H */
