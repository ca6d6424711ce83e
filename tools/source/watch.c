// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching devices as they come, change and go. All owned regions are read
 * together. The areas of an item in focus, and those of regions that exist
 * without us, are read by themselves, at a resolution of their own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source/array.h"
#include "source/device.h"
#include "source/disk.h"
#include "source/stack.h"
#include "source/watch.h"
#include "source/watch_file.h"
#include "source/watch_fill.h"
#include "source/watched.h"

/**
 * struct watch - see watch.h
 * @dmstat: the handle, which owns the regions
 * @events: tell when the module is unloaded and loaded
 * @spec: what to watch
 * @before: the last reading of the owned regions and all devices, or NULL
 * @items: the items
 * @count: how many
 * @last_id: id of the item that was added last
 * @files: files that regions were made from
 * @files_changed: regions came or went since they were read
 * @away: the module is not loaded
 * @changed: it was unloaded or loaded since the last reading
 */
struct watch {
	struct dmstat *dmstat;
	struct dmstat_events *events;
	struct watch_spec spec;
	struct dmstat_snapshots *before;
	struct item **items;
	size_t count;
	uint64_t last_id;
	struct watch_files files;
	bool files_changed;
	bool away;
	bool changed;
};

/* ------------------------------------------------------------------- items */

static struct item *add(struct watch *watch, struct item *item)
{
	struct item **items;

	if (!item)
		return NULL;
	items = array_grow(watch->items, watch->count, sizeof(*items));
	if (!items) {
		item_free(item);
		return NULL;
	}
	watch->items = items;
	items[watch->count++] = item;
	item->shown.id = ++watch->last_id;
	return item;
}

static void remove_at(struct watch *watch, size_t place)
{
	item_free(watch->items[place]);
	watch->count--;
	memmove(&watch->items[place], &watch->items[place + 1],
		(watch->count - place) * sizeof(*watch->items));
}

static struct item *find(const struct watch *watch, uint64_t id)
{
	size_t i;

	for (i = 0; i < watch->count; i++)
		if (watch->items[i]->shown.id == id)
			return watch->items[i];
	return NULL;
}

static bool is_on(const struct item *item, uint32_t major, uint32_t minor)
{
	return item->shown.major == major && item->shown.minor == minor;
}

/* -------------------------------------------------------------- the module */

static void forget_readings(struct watch *watch)
{
	size_t i;

	dmstat_snapshots_free(watch->before);
	watch->before = NULL;
	for (i = 0; i < watch->count; i++) {
		item_forget_regions(watch->items[i]);
		fill_begin(watch->items[i]);
	}
}

/* All regions are gone, also those that others had made. */
static void module_gone(struct watch *watch)
{
	size_t i;

	forget_readings(watch);
	watch_files_end(&watch->files);
	watch->files_changed = true;
	for (i = watch->count; i--;)
		if (watch->items[i]->shown.kind == WATCH_REGION)
			remove_at(watch, i);
	watch->away = true;
	watch->changed = true;
}

static int take_event(const struct dmstat_event *event, void *data)
{
	struct watch *watch = data;

	if (event->type == DMSTAT_EVENT_MODULE_GONE) {
		module_gone(watch);
	} else if (event->type == DMSTAT_EVENT_MODULE_BACK) {
		module_gone(watch);
		watch->away = false;
	} else if (event->type == DMSTAT_EVENT_OVERRUN ||
		   (event->region && event->region->extents)) {
		watch->files_changed = true;
	}
	return 0;
}

bool watch_listen(struct watch *watch)
{
	dmstat_events_read(watch->events, take_event, watch);
	return watch->changed;
}

int watch_fd(const struct watch *watch)
{
	return dmstat_events_fd(watch->events);
}

bool watch_is_away(const struct watch *watch)
{
	return watch->away;
}

/* --------------------------------------------------------------- following */

/* Whether the kernel still has a region that was created before the reading. */
static bool is_there(const struct dmstat_snapshots *set, uint32_t region_id)
{
	return !region_id || dmstat_snapshots_find(set, region_id);
}

/* Create what was not created yet, or what somebody has deleted. */
static void complete_regions(struct watch *watch, struct item *item,
			     const struct dmstat_snapshots *set)
{
	if (item->shown.kind != WATCH_REGION &&
	    !is_there(set, item->map_id))
		item_delete_regions(item, watch->dmstat);
	if (!is_there(set, item->total_id))
		item->total_id = 0;
	if (!is_there(set, item->rest_id))
		item->rest_id = 0;
	item_create_regions(item, watch->dmstat, watch->spec.areas);
}

/* A region does not grow with its device. */
static void follow_size(struct watch *watch, struct item *item, uint64_t size)
{
	struct watch_item *shown = &item->shown;

	if (shown->kind != WATCH_DEVICE || shown->length == size)
		return;
	item_delete_regions(item, watch->dmstat);
	shown->length = size;
}

static const struct item *find_part(const struct watch *watch,
				    const struct watch_part *part)
{
	const struct watch_item *shown;
	size_t i;

	for (i = 0; i < watch->count; i++) {
		shown = &watch->items[i]->shown;
		if (shown->kind == WATCH_PARTITION &&
		    is_on(watch->items[i], part->major, part->minor) &&
		    shown->start == part->range.start &&
		    shown->length == part->range.length)
			return watch->items[i];
	}
	return NULL;
}

/* Partitions that were named come back with their disk. */
static int follow_parts(struct watch *watch, const struct dmstat_device *device)
{
	const struct watch_part *part;
	struct item *item;
	size_t i;

	for (i = 0; i < watch->spec.parts_count; i++) {
		part = &watch->spec.parts[i];
		if (part->major != device->major ||
		    part->minor != device->minor || find_part(watch, part))
			continue;
		item = add(watch, item_new_partition(device, &part->range));
		if (!item)
			return -ENOMEM;
		item->seen = true;
		item_create_regions(item, watch->dmstat, watch->spec.areas);
	}
	return 0;
}

static int follow_device(struct watch *watch, const struct dmstat_snapshots *set,
			 const struct dmstat_device *device)
{
	const bool suspended = device_is_suspended(device->major,
						   device->minor);
	bool known = false;
	struct item *item;
	int error = 0;
	size_t i;

	/* A drive without a medium; it comes back with the next one. */
	if (!device->size && !disk_is_mapped(device->major, device->minor))
		return 0;

	for (i = 0; !error && i < watch->count; i++) {
		item = watch->items[i];
		if (!is_on(item, device->major, device->minor))
			continue;
		if (item->shown.kind == WATCH_DEVICE)
			known = true;
		if (item->shown.kind != WATCH_REGION)
			item->seen = true;
		item->shown.suspended = suspended;
		error = item_rename(item, device->name, device->uuid);
		follow_size(watch, item, device->size);
		complete_regions(watch, item, set);
	}
	if (!error)
		error = follow_parts(watch, device);
	if (error || known || (watch->spec.wants_device &&
			       !watch->spec.wants_device(device,
							 watch->spec.data)))
		return error;

	item = add(watch, item_new(WATCH_DEVICE, device));
	if (!item)
		return -ENOMEM;
	item->seen = true;
	item->shown.suspended = suspended;
	item_create_regions(item, watch->dmstat, watch->spec.areas);
	return 0;
}

static int follow_region(const struct dmstat_region *region, void *data)
{
	struct watch *watch = data;
	struct item *item;
	size_t i;

	if (region->owned && !strcmp(region->program_id, WATCH_PROGRAM))
		return 0;
	if (!watch->spec.wants_region(region, watch->spec.data))
		return 0;
	for (i = 0; i < watch->count; i++) {
		item = watch->items[i];
		if (item->shown.kind == WATCH_REGION &&
		    item->shown.region_id == region->region_id) {
			item->seen = true;
			return 0;
		}
	}
	item = add(watch, item_new_region(region));
	if (!item)
		return -ENOMEM;
	item->seen = true;
	return 0;
}

static struct item *find_device(const struct watch *watch, uint32_t major,
				uint32_t minor)
{
	size_t i;

	for (i = 0; i < watch->count; i++)
		if (watch->items[i]->shown.kind == WATCH_DEVICE &&
		    is_on(watch->items[i], major, minor))
			return watch->items[i];
	return NULL;
}

static bool watches_device(uint32_t major, uint32_t minor, void *data)
{
	return find_device(data, major, minor);
}

/* Without memory, the items above it are not known. */
static void set_above(const struct watch *watch, struct watch_item *shown,
		      const struct stack_use *use)
{
	size_t i;

	free(shown->above);
	shown->above = calloc(use->holders_count + 1, sizeof(*shown->above));
	shown->above_count = shown->above ? use->holders_count : 0;
	for (i = 0; i < shown->above_count; i++)
		shown->above[i] = find_device(watch, use->holders[i].major,
					      use->holders[i].minor)->shown.id;
}

/* Whether a row for more than an item has all of it: its device, or a partition. */
static bool is_in_other(const struct watch *watch,
			const struct watch_item *shown)
{
	const struct watch_item *other;
	size_t i;

	for (i = 0; i < watch->count; i++) {
		other = &watch->items[i]->shown;
		if (other->kind == WATCH_DEVICE &&
		    is_on(watch->items[i], shown->major, shown->minor))
			return true;
		if (other->kind == WATCH_PARTITION && other != shown &&
		    is_on(watch->items[i], shown->major, shown->minor) &&
		    shown->start >= other->start &&
		    shown->start + shown->length <=
		    other->start + other->length)
			return true;
	}
	return false;
}

/* A loop device on a file of a watched disk: the disk will count its I/O. */
static bool is_loop_of(const struct watch *watch,
		       const struct watch_item *shown)
{
	uint32_t major = shown->major, minor = shown->minor;

	return stack_loop_disk(&major, &minor) &&
	       find_device(watch, major, minor);
}

/* Of several partitions of a disk, the sum has the first one's flushes. */
static bool is_first_part(const struct watch *watch, const struct item *item)
{
	const struct watch_item *shown = &item->shown;
	size_t i;

	for (i = 0; watch->items[i] != item; i++)
		if (watch->items[i]->shown.kind == WATCH_PARTITION &&
		    is_on(watch->items[i], shown->major, shown->minor) &&
		    !watch->items[i]->shown.has_holder)
			return false;
	return true;
}

/* Find out what is on an item, so that all sums have each I/O once. */
static void follow_above(struct watch *watch, struct item *item)
{
	struct watch_item *shown = &item->shown;
	struct stack_use use;

	stack_use_get(shown->major, shown->minor, shown->length,
		      watches_device, watch, &use);
	item->is_in_file = is_loop_of(watch, shown);
	if (shown->kind == WATCH_DEVICE) {
		set_above(watch, shown, &use);
		if (item->is_in_file)
			extent_list_free(&use.rest);
		item_count_rest(item, watch->dmstat, &use.rest);
		shown->has_holder = use.all || use.some;
	} else {
		shown->has_holder = is_in_other(watch, shown) ||
				    stack_use_touches(&use, shown->start,
						      shown->length);
	}
	shown->has_holder = shown->has_holder || item->is_in_file;
	shown->shares_disk = shown->kind == WATCH_PARTITION &&
			     (use.all || use.some ||
			      !is_first_part(watch, item));
	stack_use_free(&use);
}

/* Whether all watched devices that an item is on are in files of watched disks. */
static bool is_on_files(const struct watch *watch, const struct item *item)
{
	const struct item *below;
	size_t i, j;

	for (i = 0; i < watch->count; i++) {
		below = watch->items[i];
		for (j = 0; j < below->shown.above_count; j++)
			if (below->shown.above[j] == item->shown.id &&
			    !below->is_in_file)
				return false;
	}
	return true;
}

/* The disk of a loop device's file counts the I/O of what is on that, too. */
static bool leave_out_above(const struct watch *watch, const struct item *item)
{
	struct item *above;
	bool changed = false;
	size_t i;

	for (i = 0; item->is_in_file && i < item->shown.above_count; i++) {
		above = find(watch, item->shown.above[i]);
		if (!above || above->is_in_file || !is_on_files(watch, above))
			continue;
		above->is_in_file = true;
		above->shown.has_holder = true;
		above->shown.has_rest = false;
		changed = true;
	}
	return changed;
}

static void leave_out_files(const struct watch *watch)
{
	bool changed;
	size_t i;

	do {
		changed = false;
		for (i = 0; i < watch->count; i++)
			if (leave_out_above(watch, watch->items[i]))
				changed = true;
	} while (changed);
}

static int follow(struct watch *watch, const struct dmstat_snapshots *set)
{
	const struct dmstat_device *device;
	int error = 0;
	size_t i;

	for (i = 0; i < watch->count; i++)
		watch->items[i]->seen = false;
	if (watch->spec.wants_region)
		error = dmstat_regions(watch->dmstat, NULL, follow_region,
				       watch);
	for (i = 0; !error; i++) {
		device = dmstat_snapshots_device_at(set, i);
		if (!device)
			break;
		error = follow_device(watch, set, device);
	}
	if (error)
		return error;

	for (i = watch->count; i--;) {
		if (watch->items[i]->seen)
			continue;
		item_delete_regions(watch->items[i], watch->dmstat);
		remove_at(watch, i);
	}
	for (i = 0; i < watch->count; i++)
		follow_above(watch, watch->items[i]);
	leave_out_files(watch);
	return 0;
}

/* ----------------------------------------------------------------- reading */

/* How many areas of each owned region are one cell. */
static uint32_t cell_areas(const struct watch *watch)
{
	return (watch->spec.areas + watch->spec.cells - 1) / watch->spec.cells;
}

/* A walk over what was read of all owned regions. */
struct reading {
	struct watch *watch;
	uint32_t merge;
};

/* Of one that has just got the focus, its own map has no beginning yet. */
static bool is_read_with_all(const struct item *item,
			     const struct dmstat_region_delta *delta)
{
	if (item->shown.kind == WATCH_REGION)
		return false;
	return !item->in_focus || (!item->map && delta->before);
}

static int take_region(const struct dmstat_region_delta *delta, void *data)
{
	const struct reading *reading = data;
	const struct watch *watch = reading->watch;
	const uint32_t id = delta->region->region_id;
	struct item *item;
	size_t i;

	for (i = 0; i < watch->count; i++) {
		item = watch->items[i];
		if (item->total_id == id) {
			fill_total(item, delta);
			return 0;
		}
		if (item->rest_id == id) {
			fill_rest(item, delta);
			return 0;
		}
		if (item->map_id == id && is_read_with_all(item, delta))
			return fill_map(item, delta->before, delta->after,
					reading->merge);
	}
	return 0;
}

static int take_device(const struct dmstat_device_delta *delta, void *data)
{
	const struct reading *reading = data;
	const struct watch *watch = reading->watch;
	size_t i;

	for (i = 0; i < watch->count; i++)
		if (is_on(watch->items[i], delta->device->major,
			  delta->device->minor))
			fill_device(watch->items[i], delta);
	return 0;
}

/* Read the map of an item by itself. A region that is gone is none to read. */
static int read_map(struct watch *watch, struct item *item)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct dmstat_snapshot *after;
	uint32_t merge;
	int error;

	merge = item->in_focus ? watch->spec.areas : watch->spec.cells;
	merge = (item->map_areas + merge - 1) / merge;
	if (merge != item->map_merge) {
		dmstat_snapshot_free(item->map);
		item->map = NULL;
	}
	query.region_id = item->map_id;
	query.merge = merge > 1 ? merge : 0;
	query.flags = DMSTAT_AREAS_UNCLEARED;
	error = dmstat_snapshot_take(watch->dmstat, &query, &after);
	if (error)
		return error == -ENOENT ? 0 : error;

	/* What it counted before we came is none of this interval. */
	if (item->map || !item->shown.cells_count)
		error = fill_map(item, item->map ? item->map : after, after,
				 merge);
	dmstat_snapshot_free(item->map);
	item->map = after;
	item->map_merge = merge;
	/* Another region may have got its id: begin again. */
	return error == -EINVAL ? 0 : error;
}

static int read_maps(struct watch *watch)
{
	struct item *item;
	int error = 0;
	size_t i;

	for (i = 0; i < watch->count && !error; i++) {
		item = watch->items[i];
		if (!item->map_id)
			continue;
		if (item->in_focus || item->shown.kind == WATCH_REGION) {
			error = read_map(watch, item);
		} else if (item->map) {
			dmstat_snapshot_free(item->map);
			item->map = NULL;
		}
	}
	return error;
}

static int fill(struct watch *watch, const struct dmstat_snapshots *after,
		uint32_t merge)
{
	struct reading reading = { watch, merge };
	size_t i;
	int error;

	for (i = 0; i < watch->count; i++)
		fill_begin(watch->items[i]);
	error = dmstat_region_deltas(watch->before, after, take_region,
				     &reading);
	if (!error)
		error = dmstat_device_deltas(watch->before, after, take_device,
					     &reading);
	return error ? error : read_maps(watch);
}

static int read_all(struct watch *watch)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	const uint32_t merge = cell_areas(watch);
	struct dmstat_snapshots *after;
	int error;

	filter.program_id = WATCH_PROGRAM;
	error = dmstat_snapshots_take(watch->dmstat, &filter,
				      merge > 1 ? merge : 0,
				      DMSTAT_AREAS_UNCLEARED, &after);
	if (error)
		return error;
	error = fill(watch, after, merge);
	if (!error)
		error = follow(watch, after);
	if (!error && watch->files_changed) {
		error = watch_files_read(&watch->files, watch->dmstat);
		watch->files_changed = error;
	}
	dmstat_snapshots_free(watch->before);
	watch->before = after;
	return error;
}

int watch_read(struct watch *watch)
{
	int error;

	watch_listen(watch);
	watch->changed = false;
	if (watch->away)
		return 0;
	error = read_all(watch);
	if (error != -ENOENT)
		return error;
	module_gone(watch);
	return 0;
}

uint64_t watch_taken(const struct watch *watch)
{
	return watch->before ?
	       dmstat_snapshots_info(watch->before)->taken_ns : 0;
}

size_t watch_count(const struct watch *watch)
{
	return watch->count;
}

const struct watch_item *watch_at(const struct watch *watch, size_t place)
{
	return place < watch->count ? &watch->items[place]->shown : NULL;
}

const struct watch_item *watch_find(const struct watch *watch, uint64_t id)
{
	const struct item *item = find(watch, id);

	return item ? &item->shown : NULL;
}

const char *watch_file_at(const struct watch *watch,
			  const struct watch_item *item, uint64_t start,
			  uint64_t length)
{
	return watch_files_at(&watch->files, item->major, item->minor, start,
			      length);
}

int watch_inflight(const struct watch *watch, const struct watch_item *item,
		   dmstat_inflight_fn callback, void *data)
{
	if (watch->away)
		return 0;
	return dmstat_inflight(watch->dmstat, item->major, item->minor,
			       callback, data);
}

void watch_focus(struct watch *watch, uint64_t id, bool on)
{
	struct item *item = find(watch, id);

	if (item)
		item->in_focus = on;
}

uint64_t watch_add_range(struct watch *watch, const struct watch_item *of,
			 uint64_t start, uint64_t length)
{
	const struct dmstat_device device = {
		.major = of->major,
		.minor = of->minor,
		.name = of->name,
		.uuid = of->uuid,
		.size = length,
	};
	struct item *item = add(watch, item_new(WATCH_RANGE, &device));

	if (!item)
		return 0;
	item->shown.start = start;
	item_create_regions(item, watch->dmstat, watch->spec.areas);
	return item->shown.id;
}

void watch_remove(struct watch *watch, uint64_t id)
{
	size_t i;

	for (i = 0; i < watch->count; i++) {
		if (watch->items[i]->shown.id != id)
			continue;
		if (!watch->away)
			item_delete_regions(watch->items[i], watch->dmstat);
		remove_at(watch, i);
		return;
	}
}

int watch_open(struct dmstat *dmstat, const struct watch_spec *spec,
	       struct watch **result)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int error;

	if (!watch)
		return -ENOMEM;
	watch->dmstat = dmstat;
	watch->spec = *spec;
	watch->files_changed = true;
	error = dmstat_events_open(&watch->events);
	if (!error)
		error = watch_read(watch);
	if (error && error != -EAGAIN) {
		watch_close(watch);
		return error;
	}
	*result = watch;
	return 0;
}

void watch_close(struct watch *watch)
{
	dmstat_snapshots_free(watch->before);
	dmstat_events_close(watch->events);
	while (watch->count) {
		if (!watch->away)
			item_delete_regions(watch->items[watch->count - 1],
					    watch->dmstat);
		remove_at(watch, watch->count - 1);
	}
	watch_files_end(&watch->files);
	free(watch->items);
	free(watch);
}
