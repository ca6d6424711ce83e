// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an item did in the last intervals.
 */
#include <stdlib.h>

#include "top/history.h"

static void add_bins(struct history_row *row, const struct watch_item *item)
{
	int operation;
	uint32_t i;

	for (i = 0; i <= DMSTAT_BOUNDS_MAX; i++) {
		row->bins[i] = 0;
		for (operation = 0; operation < WATCH_CELL_OPERATIONS;
		     operation++)
			row->bins[i] += item->io[operation].bins[i];
	}
}

void history_add(struct history *history, const struct watch_item *item,
		 uint64_t time)
{
	struct history_row *row = &history->rows[history->next];
	const size_t count = item->cells_count;
	double *amounts;
	size_t i;
	int by;

	if (!item->elapsed_ns)
		return;
	amounts = realloc(row->amounts,
			  (count * CELLS_BY_COUNT + 1) * sizeof(*amounts));
	if (!amounts)
		return;
	row->amounts = amounts;
	row->count = count;
	row->time = time;
	row->elapsed_ns = item->elapsed_ns;
	for (by = 0; by < CELLS_BY_COUNT; by++)
		for (i = 0; i < count; i++)
			*amounts++ = cells_amount(&item->cells[i], by);
	add_bins(row, item);

	history->next = (history->next + 1) % HISTORY_MAX;
	if (history->count < HISTORY_MAX)
		history->count++;
}

const struct history_row *history_at(const struct history *history, size_t back)
{
	if (back >= history->count)
		return NULL;
	return &history->rows[(history->next + HISTORY_MAX - 1 - back) %
			      HISTORY_MAX];
}

size_t history_fit(const struct history_row *row, enum cells_by by,
		   size_t columns, double *cells)
{
	const double *amounts = row->amounts + by * row->count;

	return cells_fit_amounts(amounts,
				 by == CELLS_LATENCY ? row->amounts : NULL,
				 row->count, row->elapsed_ns, columns, cells);
}

void history_end(struct history *history)
{
	size_t i;

	for (i = 0; i < HISTORY_MAX; i++) {
		free(history->rows[i].amounts);
		history->rows[i].amounts = NULL;
	}
	history->count = 0;
	history->next = 0;
}
