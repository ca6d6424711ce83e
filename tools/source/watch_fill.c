// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an item of a watch did in an interval, from what was read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source/watch_fill.h"

void fill_begin(struct item *item)
{
	struct watch_item *shown = &item->shown;

	memset(shown->io, 0, sizeof(shown->io));
	shown->elapsed_ns = 0;
	shown->has_busy = false;
	shown->busy = 0;
	shown->queue = 0;
	shown->in_flight = 0;
	shown->oldest_ns = 0;
	shown->missed = 0;
	shown->cells_count = 0;
	memset(shown->rest, 0, sizeof(shown->rest));
	shown->rest_queue = 0;
	shown->rest_in_flight = 0;
}

static void add_io(struct watch_io *to, const struct dmstat_io *io,
		   const struct dmstat_rate *rate,
		   const struct dmstat_histogram *histogram)
{
	uint32_t i;

	to->ios += io->ios;
	to->sectors += io->sectors;
	to->ns += io->ns;
	to->errors += io->errors;
	to->again += io->again;
	if (rate->longest_most_ns > to->longest_ns)
		to->longest_ns = rate->longest_most_ns;
	for (i = 0; histogram && i < histogram->bins; i++)
		to->bins[i] += histogram->ios[i];
}

static void add_area(struct watch_item *shown, const struct dmstat_delta *delta)
{
	const struct dmstat_area *area = delta->area;

	add_io(&shown->io[DMSTAT_READ], area->read, delta->read,
	       area->histogram[DMSTAT_READ]);
	add_io(&shown->io[DMSTAT_WRITE], area->write, delta->write,
	       area->histogram[DMSTAT_WRITE]);
	add_io(&shown->io[DMSTAT_DISCARD], area->discard, delta->discard,
	       area->histogram[DMSTAT_DISCARD]);
	shown->queue += delta->queue_depth;
	shown->in_flight += area->in_flight_read + area->in_flight_write;
}

void fill_total(struct item *item, const struct dmstat_region_delta *delta)
{
	struct watch_item *shown = &item->shown;

	shown->elapsed_ns = delta->total->elapsed_ns;
	shown->has_busy = true;
	shown->busy = delta->total->utilization;
	add_area(shown, delta->total);
}

void fill_rest(struct item *item, const struct dmstat_region_delta *delta)
{
	struct watch_item *shown = &item->shown, rest = { 0 };

	add_area(&rest, delta->total);
	memcpy(shown->rest, rest.io, sizeof(shown->rest));
	shown->rest_queue = rest.queue;
	shown->rest_in_flight = rest.in_flight;
}

/* Make the cells, and write where each is. */
static int begin_cells(struct item *item, uint32_t merge)
{
	struct watch_item *shown = &item->shown;
	const size_t count = (item->map_areas + merge - 1) / merge;
	const uint64_t size = item->map_area_size * merge;
	struct watch_cell *cells;
	size_t i;

	cells = realloc(shown->cells, count * sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	shown->cells = cells;
	shown->cells_count = count;
	memset(cells, 0, count * sizeof(*cells));
	for (i = 0; i < count && !shown->extents; i++) {
		cells[i].start = shown->start + i * size;
		cells[i].length = size;
		if (i == count - 1)
			cells[i].length = shown->length - i * size;
	}
	return 0;
}

/* A walk over areas, or over several areas merged into a cell each. */
struct filling {
	struct item *item;
	uint32_t merge;
};

static int take_area(const struct dmstat_delta *delta, void *data)
{
	const struct dmstat_area *area = delta->area;
	const struct dmstat_io *const ios[] = {
		[DMSTAT_READ] = area->read,
		[DMSTAT_WRITE] = area->write,
		[DMSTAT_DISCARD] = area->discard,
	};
	struct filling *filling = data;
	struct watch_item *shown = &filling->item->shown;
	const size_t place = area->index / filling->merge;
	struct watch_cell *cell;
	int i;

	if (place >= shown->cells_count)
		return 0;
	cell = &shown->cells[place];
	cell->start = area->start;
	cell->length = area->length;
	for (i = 0; i < WATCH_CELL_OPERATIONS; i++) {
		cell->ios[i] = ios[i]->ios;
		cell->sectors[i] = ios[i]->sectors;
		cell->ns[i] = ios[i]->ns;
		cell->errors += ios[i]->errors;
	}
	cell->in_flight = area->in_flight_read + area->in_flight_write;

	/* Without a region of one area, the total is the sum of all. */
	if (!filling->item->total_id) {
		shown->elapsed_ns = delta->elapsed_ns;
		add_area(shown, delta);
	}
	return 0;
}

int fill_map(struct item *item, const struct dmstat_snapshot *before,
	     const struct dmstat_snapshot *after, uint32_t merge)
{
	struct filling filling = { item, merge ? merge : 1 };
	int error;

	error = begin_cells(item, filling.merge);
	if (error)
		return error;
	if (!item->total_id && before)
		item->shown.elapsed_ns = dmstat_snapshot_info(after)->taken_ns -
					 dmstat_snapshot_info(before)->taken_ns;
	return dmstat_delta(before, after, take_area, &filling);
}

void fill_device(struct item *item, const struct dmstat_device_delta *delta)
{
	struct watch_item *shown = &item->shown;
	struct watch_io *to = &shown->io[DMSTAT_FLUSH];
	const struct dmstat_flush *flush = delta->flush;

	shown->oldest_ns = delta->device->oldest_ns;
	if (shown->kind != WATCH_DEVICE && shown->kind != WATCH_PARTITION)
		return;
	shown->missed = delta->missed;
	to->ios = flush->ios;
	to->ns = flush->ns;
	to->errors = flush->errors;
	to->again = flush->again;
	to->longest_ns = delta->rate->longest_most_ns;
	memcpy(to->bins, flush->histogram, sizeof(flush->histogram));
}
