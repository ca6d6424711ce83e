// SPDX-License-Identifier: GPL-2.0-only
/*
 * The busiest areas of an item in its last intervals.
 */
#include <stdlib.h>
#include <string.h>

#include "top/busiest.h"

static void add_row(struct busiest_area *areas, const struct history_row *row)
{
	const double *amount = row->amounts;
	size_t i;
	int by;

	for (by = 0; by < CELLS_BY_COUNT; by++)
		for (i = 0; i < row->count; i++)
			areas[i].amounts[by] += *amount++;
}

static int compare(const void *a, const void *b)
{
	const struct busiest_area *left = a, *right = b;

	if (left->key != right->key)
		return left->key > right->key ? -1 : 1;
	return left->cell < right->cell ? -1 : 1;
}

static double key_of(const struct busiest_area *area, enum cells_by by)
{
	const double ios = area->amounts[CELLS_IOS];

	if (by != CELLS_LATENCY)
		return area->amounts[by];
	return ios > 0 ? area->amounts[by] / ios : 0;
}

static void choose(struct busiest *busiest, struct busiest_area *areas,
		   size_t count, enum cells_by by)
{
	size_t i;
	int j;

	for (i = 0; i < count; i++) {
		areas[i].cell = i;
		areas[i].key = key_of(&areas[i], by);
		for (j = 0; j < CELLS_BY_COUNT; j++)
			busiest->sums[j] += areas[i].amounts[j];
	}
	qsort(areas, count, sizeof(*areas), compare);
	for (i = 0; i < count && i < BUSIEST_MAX && areas[i].key > 0; i++)
		busiest->areas[busiest->count++] = areas[i];
}

void busiest_find(struct busiest *busiest, const struct history *history,
		  size_t back, enum cells_by by)
{
	const struct history_row *row = history_at(history, back);
	const size_t count = row ? row->count : 0;
	struct busiest_area *areas;
	size_t i;

	memset(busiest, 0, sizeof(*busiest));
	if (!count)
		return;
	areas = calloc(count, sizeof(*areas));
	if (!areas)
		return;
	for (i = 0; i < BUSIEST_INTERVALS; i++) {
		row = history_at(history, back + i);
		if (!row || row->count != count)
			break;
		add_row(areas, row);
		busiest->elapsed_ns += row->elapsed_ns;
	}
	choose(busiest, areas, count, by);
	free(areas);
}
