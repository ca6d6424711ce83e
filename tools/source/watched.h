/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An item of a watch, and the regions that count for it. For watch.c alone.
 */
#ifndef DMSTAT_NL_WATCHED_H
#define DMSTAT_NL_WATCHED_H

#include "source/extent.h"
#include "source/watch_item.h"

/**
 * struct item - an item, and what nobody else needs to know of it
 * @shown: what others see
 * @total_id: the owned region of one area; 0: none
 * @rest_id: the owned region of the rest of a disk; 0: none
 * @rest: its extents
 * @map_id: the region whose areas are the cells: an owned one, or the region
 *          that is watched; 0: none
 * @map_areas: its areas
 * @map_area_size: sectors of each
 * @map_merge: areas of a cell at the last reading
 * @map: the last reading of the map alone; NULL: it is read with all others
 * @in_focus: a cell for each area is wanted
 * @is_in_file: it is a loop device whose file is on a watched disk, or on such ones
 * @seen: the device or region is still there, while they are compared
 */
struct item {
	struct watch_item shown;
	uint32_t total_id;
	uint32_t rest_id;
	struct extent_list rest;
	uint32_t map_id;
	uint64_t map_areas;
	uint64_t map_area_size;
	uint32_t map_merge;
	struct dmstat_snapshot *map;
	bool in_focus;
	bool is_in_file;
	bool seen;
};

/**
 * item_new() - a device, or a range of it
 * @kind: anything but WATCH_REGION
 * @device: the device
 *
 * Return: the item without regions, or NULL: no memory.
 */
struct item *item_new(enum watch_kind kind,
		      const struct dmstat_device *device);

/** item_new_region() - a region that exists without us; NULL: no memory */
struct item *item_new_region(const struct dmstat_region *region);

/**
 * item_rename() - follow a device's name
 *
 * Return: 0 or -ENOMEM.
 */
int item_rename(struct item *item, const char *name, const char *uuid);

/**
 * item_new_partition() - a partition
 * @device: its disk
 * @range: its sectors
 *
 * Return: the item without regions, or NULL: no memory.
 */
struct item *item_new_partition(const struct dmstat_device *device,
				const struct dmstat_extent *range);

/**
 * item_count_rest() - count what is in the rest of a disk, from the next interval
 * @item: the disk
 * @dmstat: the handle
 * @rest: the extents of that, which are taken over; none: not any more
 */
void item_count_rest(struct item *item, struct dmstat *dmstat,
		     struct extent_list *rest);

/** item_create_regions() - create what is missing; @problem says what failed */
void item_create_regions(struct item *item, struct dmstat *dmstat,
			 uint32_t areas);

/** item_delete_regions() - delete those that are ours, and forget the map */
void item_delete_regions(struct item *item, struct dmstat *dmstat);

/** item_forget_regions() - the kernel has none of them any more */
void item_forget_regions(struct item *item);

/** item_free() - free the item; its regions stay */
void item_free(struct item *item);

#endif /* DMSTAT_NL_WATCHED_H */
