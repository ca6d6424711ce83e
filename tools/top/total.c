// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line for all: what the items of a watch did together.
 */
#include <string.h>

#include "top/total.h"

/* Histograms of other bounds than ours cannot be added to ours. */
static bool same_bounds(const struct watch_item *all,
			const struct watch_item *item)
{
	return item->bounds_count == all->bounds_count &&
	       !memcmp(item->bounds, all->bounds,
		       all->bounds_count * sizeof(*all->bounds));
}

static void add_io(struct watch_io *to, const struct watch_io *io, bool bins)
{
	size_t i;

	to->ios += io->ios;
	to->sectors += io->sectors;
	to->ns += io->ns;
	to->errors += io->errors;
	to->again += io->again;
	if (io->longest_ns > to->longest_ns)
		to->longest_ns = io->longest_ns;
	for (i = 0; bins && i <= DMSTAT_BOUNDS_MAX; i++)
		to->bins[i] += io->bins[i];
}

static void add_item(struct watch_item *all, const struct watch_item *item)
{
	const bool bins = same_bounds(all, item);
	int i;

	for (i = 0; i < WATCH_OPERATIONS; i++)
		if (i != DMSTAT_FLUSH || !item->shares_disk)
			add_io(&all->io[i], &item->io[i],
			       bins || i == DMSTAT_FLUSH);
	if (item->elapsed_ns > all->elapsed_ns)
		all->elapsed_ns = item->elapsed_ns;
	all->queue += item->queue;
	all->in_flight += item->in_flight;
	if (!item->shares_disk)
		all->missed += item->missed;
}

/* Of a disk that those above use in part. */
static void add_rest(struct watch_item *all, const struct watch_item *item)
{
	int i;

	for (i = 0; i < WATCH_CELL_OPERATIONS; i++)
		add_io(&all->io[i], &item->rest[i], true);
	all->queue += item->rest_queue;
	all->in_flight += item->rest_in_flight;
}

void total_of(struct watch_item *all, const struct watch *watch)
{
	const struct watch_item *item;
	size_t i;

	memset(all, 0, sizeof(*all));
	all->bounds_count = DMSTAT_FLUSH_BINS - 1;
	memcpy(all->bounds, dmstat_flush_bounds(),
	       all->bounds_count * sizeof(*all->bounds));
	for (i = 0; (item = watch_at(watch, i)); i++) {
		if (item->oldest_ns > all->oldest_ns)
			all->oldest_ns = item->oldest_ns;
		if (item->kind == WATCH_RANGE)
			continue;
		if (!item->has_holder)
			add_item(all, item);
		else if (item->has_rest)
			add_rest(all, item);
	}
}
