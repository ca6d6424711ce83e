// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cells of an item as numbers to draw: what is measured of each.
 */
#include <stdlib.h>

#include "top/cells.h"
#include "view/strip.h"

#define NS_PER_SECOND	1e9
#define SECTOR		512

const char *cells_name(enum cells_by by)
{
	static const char *const names[] = {
		[CELLS_IOS] = "I/Os per second",
		[CELLS_READS] = "reads per second",
		[CELLS_WRITES] = "writes and discards per second",
		[CELLS_BYTES] = "bytes per second",
		[CELLS_LATENCY] = "mean time of an I/O",
		[CELLS_ERRORS] = "errors per second",
	};

	return names[by];
}

static uint64_t sum(const uint64_t *values)
{
	return values[DMSTAT_READ] + values[DMSTAT_WRITE] +
	       values[DMSTAT_DISCARD];
}

/* What is summed up over cells; divided by weight() in the end. */
static double amount(const struct watch_cell *cell, enum cells_by by)
{
	switch (by) {
	case CELLS_READS:
		return cell->ios[DMSTAT_READ];
	case CELLS_WRITES:
		return cell->ios[DMSTAT_WRITE] + cell->ios[DMSTAT_DISCARD];
	case CELLS_BYTES:
		return (double)sum(cell->sectors) * SECTOR;
	case CELLS_LATENCY:
		return sum(cell->ns);
	case CELLS_ERRORS:
		return cell->errors;
	default:
		return sum(cell->ios);
	}
}

static double rate(const struct watch_item *item, double amount)
{
	return item->elapsed_ns ? amount * NS_PER_SECOND / item->elapsed_ns : 0;
}

double cells_value(const struct watch_item *item, const struct watch_cell *cell,
		   enum cells_by by)
{
	const double value = amount(cell, by);
	const uint64_t ios = sum(cell->ios);

	if (by == CELLS_LATENCY)
		return ios ? value / ios : 0;
	return rate(item, value);
}

/* Sums of one by, spread over the cells of a strip. */
static void fit(const struct watch_item *item, enum cells_by by,
		double *values, double *cells, size_t width)
{
	size_t i;

	for (i = 0; i < item->cells_count; i++)
		values[i] = amount(&item->cells[i], by);
	strip_fit(values, item->cells_count, cells, width);
}

static void divide_by_ios(const struct watch_item *item, double *values,
			  double *cells, size_t width)
{
	double *ios = malloc(width * sizeof(*ios));
	size_t i;

	if (!ios)
		return;
	fit(item, CELLS_IOS, values, ios, width);
	for (i = 0; i < width; i++)
		cells[i] = ios[i] > 0 ? cells[i] / ios[i] : 0;
	free(ios);
}

size_t cells_fit(const struct watch_item *item, enum cells_by by,
		 size_t columns, double *cells)
{
	size_t width, i;
	double *values;

	if (!item->cells_count || !columns || !item->elapsed_ns)
		return 0;
	values = malloc(item->cells_count * sizeof(*values));
	if (!values)
		return 0;
	width = strip_width(item->cells_count, columns);
	fit(item, by, values, cells, width);
	if (by == CELLS_LATENCY)
		divide_by_ios(item, values, cells, width);
	for (i = 0; by != CELLS_LATENCY && i < width; i++)
		cells[i] = rate(item, cells[i]);
	free(values);
	return width;
}
