/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an item of a watch did in an interval, from what was read. For watch.c
 * alone.
 */
#ifndef DMSTAT_NL_WATCH_FILL_H
#define DMSTAT_NL_WATCH_FILL_H

#include "source/watched.h"

/** fill_begin() - forget the last interval */
void fill_begin(struct item *item);

/** fill_total() - take the counters of the region of one area */
void fill_total(struct item *item, const struct dmstat_region_delta *delta);

/**
 * fill_map() - take those of the areas
 * @item: the item
 * @before: the earlier reading, or NULL
 * @after: the later reading
 * @merge: areas of a cell; 0 is 1
 *
 * Return: 0 or -ENOMEM.
 */
int fill_map(struct item *item, const struct dmstat_snapshot *before,
	     const struct dmstat_snapshot *after, uint32_t merge);

/** fill_rest() - take what was read of the rest of a disk */
void fill_rest(struct item *item, const struct dmstat_region_delta *delta);

/** fill_device() - take those of the device: flushes, missed I/Os, the oldest */
void fill_device(struct item *item, const struct dmstat_device_delta *delta);

#endif /* DMSTAT_NL_WATCH_FILL_H */
