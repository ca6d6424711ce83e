/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an item did in the last intervals: its cells, and how long its I/Os took.
 */
#ifndef DMSTAT_NL_TOP_HISTORY_H
#define DMSTAT_NL_TOP_HISTORY_H

#include "top/cells.h"

/** HISTORY_MAX - intervals that are kept */
#define HISTORY_MAX	1000

/**
 * struct history_row - an interval
 * @time: its end, in nanoseconds since the Epoch
 * @elapsed_ns: its length
 * @count: number of cells
 * @amounts: @count amounts for each enum cells_by
 * @bins: I/Os by time, without flushes
 */
struct history_row {
	uint64_t time;
	uint64_t elapsed_ns;
	size_t count;
	double *amounts;
	uint64_t bins[DMSTAT_BOUNDS_MAX + 1];
};

/**
 * struct history - the intervals; all zero at first
 * @rows: a ring
 * @count: how many there are
 * @next: where the next one goes
 */
struct history {
	struct history_row rows[HISTORY_MAX];
	size_t count;
	size_t next;
};

/** history_add() - add the last interval of an item, if there was one */
void history_add(struct history *history, const struct watch_item *item,
		 uint64_t time);

/** history_at() - the interval that was @back before the last; NULL: none */
const struct history_row *history_at(const struct history *history,
				     size_t back);

/** history_fit() - its cells as those of a strip, as cells_fit() */
size_t history_fit(const struct history_row *row, enum cells_by by,
		   size_t columns, double *cells);

/** history_end() - free all intervals */
void history_end(struct history *history);

#endif /* DMSTAT_NL_TOP_HISTORY_H */
