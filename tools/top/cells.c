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

enum unit cells_unit(enum cells_by by)
{
	switch (by) {
	case CELLS_BYTES:
		return UNIT_BYTES;
	case CELLS_LATENCY:
		return UNIT_NS;
	default:
		return UNIT_NONE;
	}
}

static uint64_t sum(const uint64_t *values)
{
	return values[DMSTAT_READ] + values[DMSTAT_WRITE] +
	       values[DMSTAT_DISCARD];
}

double cells_amount(const struct watch_cell *cell, enum cells_by by)
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

double cells_rate(const struct watch_item *item, const struct watch_cell *cell)
{
	const double ios = cells_amount(cell, CELLS_IOS);

	return item->elapsed_ns ? ios * NS_PER_SECOND / item->elapsed_ns : 0;
}

static void divide(double *cells, size_t width, const double *ios, size_t count)
{
	double *weights = malloc(width * sizeof(*weights));
	size_t i;

	if (!weights)
		return;
	strip_fit(ios, count, weights, width);
	for (i = 0; i < width; i++)
		cells[i] = weights[i] > 0 ? cells[i] / weights[i] : 0;
	free(weights);
}

size_t cells_fit_amounts(const double *amounts, const double *ios, size_t count,
			 uint64_t elapsed_ns, size_t columns, double *cells)
{
	size_t width, i;

	if (!count || !columns || !elapsed_ns)
		return 0;
	width = strip_width(count, columns);
	strip_fit(amounts, count, cells, width);
	if (ios)
		divide(cells, width, ios, count);
	for (i = 0; !ios && i < width; i++)
		cells[i] *= NS_PER_SECOND / elapsed_ns;
	return width;
}

size_t cells_fit(const struct watch_item *item, size_t columns, double *cells)
{
	const size_t count = item->cells_count;
	double *amounts = calloc(count + 1, sizeof(*amounts));
	size_t width, i;

	if (!amounts)
		return 0;
	for (i = 0; i < count; i++)
		amounts[i] = cells_amount(&item->cells[i], CELLS_IOS);
	width = cells_fit_amounts(amounts, NULL, count, item->elapsed_ns,
				  columns, cells);
	free(amounts);
	return width;
}
