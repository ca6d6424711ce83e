/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching devices as they come, change and go: what they did in each interval.
 *
 * For each device two owned regions are created, which the kernel deletes when
 * the program ends, however it ends: one of a single area, with histograms, for
 * exact totals (an I/O that touches several areas counts once, and busy time is
 * known), and one of many small areas, for where the I/O is.
 */
#ifndef DMSTAT_NL_WATCH_H
#define DMSTAT_NL_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "source/watch_item.h"

/**
 * struct watch_part - a partition to watch
 * @major: major number of its disk
 * @minor: minor number
 * @range: its sectors
 */
struct watch_part {
	uint32_t major;
	uint32_t minor;
	struct dmstat_extent range;
};

/**
 * struct watch_spec - what to watch
 * @areas: areas of a device, of which an item in focus has a cell each
 * @cells: most cells of an item that is not in focus
 * @parts: partitions to watch
 * @parts_count: how many
 * @wants_device: whether to watch a device; NULL: all
 * @wants_region: whether to watch a region that exists; NULL: none
 * @data: passed to both
 */
struct watch_spec {
	uint32_t areas;
	uint32_t cells;
	const struct watch_part *parts;
	size_t parts_count;
	bool (*wants_device)(const struct dmstat_device *device, void *data);
	bool (*wants_region)(const struct dmstat_region *region, void *data);
	void *data;
};

/** struct watch - opaque */
struct watch;

/**
 * watch_open() - begin to watch
 * @dmstat: the handle, which must stay open until watch_close()
 * @spec: what to watch
 * @watch: set to the watch
 *
 * Return: 0 or a negative error number; dmstat_error() has the text.
 */
int watch_open(struct dmstat *dmstat, const struct watch_spec *spec,
	       struct watch **watch);

/** watch_close() - end it, and delete its regions */
void watch_close(struct watch *watch);

/**
 * watch_fd() - the file that is readable when watch_listen() has something to do
 * @watch: the watch
 */
int watch_fd(const struct watch *watch);

/**
 * watch_listen() - see whether the module was unloaded or loaded
 * @watch: the watch
 *
 * Return: whether it was, so that it is time for watch_read().
 */
bool watch_listen(struct watch *watch);

/** watch_is_away() - whether the module is not loaded, so there are no items */
bool watch_is_away(const struct watch *watch);

/**
 * watch_read() - end the interval: read what happened, and begin the next one
 * @watch: the watch; pointers to its items are not valid any more
 *
 * Does not wait for any device, nor for the module if it is not loaded.
 *
 * Return: 0 or a negative error number; after -EAGAIN, devices came and went,
 * and the interval goes on.
 */
int watch_read(struct watch *watch);

/** watch_taken() - when the last interval ended, as of clock_ns() */
uint64_t watch_taken(const struct watch *watch);

/** watch_count() - how many items there are */
size_t watch_count(const struct watch *watch);

/** watch_at() - the item at a place, from 0; NULL: there are not so many */
const struct watch_item *watch_at(const struct watch *watch, size_t place);

/** watch_find() - the item with an id; NULL: it is gone */
const struct watch_item *watch_find(const struct watch *watch, uint64_t id);

/**
 * watch_file_at() - find the file at a place of a device
 * @watch: the watch
 * @item: an item of the device
 * @start: first sector
 * @length: sectors
 *
 * Return: the name of the file that has most of it, if a region was made from
 * it; or NULL.
 */
const char *watch_file_at(const struct watch *watch,
			  const struct watch_item *item, uint64_t start,
			  uint64_t length);

/**
 * watch_inflight() - walk the I/Os in flight on the device of an item
 * @watch: the watch
 * @item: the item
 * @callback: called for each
 * @data: passed to @callback
 *
 * Return: as dmstat_inflight().
 */
int watch_inflight(const struct watch *watch, const struct watch_item *item,
		   dmstat_inflight_fn callback, void *data);

/**
 * watch_focus() - have an item in full detail, a cell for each area, or not
 * @watch: the watch
 * @id: the item
 * @on: whether from the next interval on
 */
void watch_focus(struct watch *watch, uint64_t id, bool on);

/**
 * watch_add_range() - watch a part of a device more closely
 * @watch: the watch
 * @of: an item of that device
 * @start: first sector
 * @length: sectors
 *
 * Return: the id of the new item, or 0: no memory.
 */
uint64_t watch_add_range(struct watch *watch, const struct watch_item *of,
			 uint64_t start, uint64_t length);

/** watch_remove() - stop to watch what watch_add_range() has added */
void watch_remove(struct watch *watch, uint64_t id);

#endif /* DMSTAT_NL_WATCH_H */
