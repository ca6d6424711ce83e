// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * set: snapshots of many regions, and of the devices, at one time
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * Three dumps: the areas, then the regions, then the devices. The areas come
 * first because a region that was deleted before they are read would look as if
 * it had counted nothing. A region that is deleted after that has areas, but is
 * not listed, and is dropped. One that is created meanwhile is listed without
 * areas; what it has counted shows in the next set.
 */
#include "set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "handle.h"
#include "scope.h"

/* Each dump may be interrupted by regions or devices that come and go. */
#define DUMP_TRIES	10

static void free_region(struct set_region *region)
{
	dmstat_snapshot_drop(&region->snapshot.entries);
	free(region->bytes);
	free(region);
}

/* Free the regions from the one with index @keep on. */
static void drop_regions(struct dmstat_snapshots *set, size_t keep)
{
	while (set->info.regions > keep)
		free_region(set->regions[--set->info.regions]);
}

static void drop_devices(struct dmstat_snapshots *set)
{
	while (set->info.devices) {
		struct set_device *device = set->devices[--set->info.devices];

		free(device->bytes);
		free(device);
	}
}

/*
 * Make room for one more pointer than @count. Return: the pointers, where they
 * are now; NULL, out of memory: they are where they were.
 */
static void *with_room(void *pointers, size_t count, size_t *room)
{
	const size_t more = *room ? 2 * *room : 64;
	void *new;

	if (count < *room)
		return pointers;

	new = realloc(pointers, more * sizeof(void *));
	if (new)
		*room = more;
	return new;
}

/* ------------------------------------------------------------------ regions */

/* Append a region without a description. Return: NULL, out of memory. */
static struct set_region *add_region(struct dmstat_snapshots *set,
				     uint32_t region_id)
{
	struct set_region *region, **regions;

	regions = with_room(set->regions, set->info.regions,
			    &set->regions_room);
	if (!regions)
		return NULL;
	set->regions = regions;

	region = calloc(1, sizeof(*region));
	if (!region)
		return NULL;

	region->shown.region = &region->region;
	region->shown.snapshot = &region->snapshot;
	region->region.region_id = region_id;
	region->snapshot.info.taken_ns = set->info.taken_ns;
	region->snapshot.info.region_id = region_id;
	region->snapshot.first = DMSTAT_DEFAULT;
	region->snapshot.count = DMSTAT_DEFAULT;
	region->snapshot.merge = set->info.merge;
	region->snapshot.uncleared = set->uncleared;
	region->snapshot.small = true;
	set->regions[set->info.regions++] = region;
	return region;
}

/* The number of bins is not known before the region is described. */
static int learn_bins(struct dmstat_snapshot *snapshot,
		      const struct dmstat_area *area)
{
	int i;

	for (i = 0; i < SNAPSHOT_OPERATIONS; i++) {
		if (!area->histogram[i])
			continue;
		if (!snapshot->bins)
			snapshot->bins = area->histogram[i]->bins;
		if (snapshot->bins != area->histogram[i]->bins)
			return -EBADMSG;
	}
	return 0;
}

/* The areas of a region follow each other, and the region ids rise. */
static int take_area(const struct dmstat_area *area, void *data)
{
	struct dmstat_snapshots *set = data;
	const struct snapshot_entry *entry;
	struct set_region *region = NULL;
	int ret;

	if (set->info.regions)
		region = set->regions[set->info.regions - 1];
	if (!region || region->region.region_id != area->region_id)
		region = add_region(set, area->region_id);
	if (!region)
		return -ENOMEM;

	ret = learn_bins(&region->snapshot, area);
	if (ret)
		return ret;
	return dmstat_snapshot_add(&region->snapshot, area, &entry);
}

static int read_areas(struct dmstat *handle, struct dmstat_snapshots *set,
		      const struct dmstat_region_filter *filter)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	int ret;

	query.flags = DMSTAT_AREAS_ACTIVE |
		      (set->uncleared ? DMSTAT_AREAS_UNCLEARED : 0);
	query.merge = set->info.merge;
	query.filter = filter;
	drop_regions(set, 0);
	set->info.taken_ns = dmstat_snapshot_now();
	ret = dmstat_areas(handle, &query, take_area, set);
	set->counted = set->info.regions;
	return ret;
}

/* Append bytes to @bytes, which has room. Return: where they are. */
static char *keep(char **bytes, const void *from, size_t size)
{
	char *place = *bytes;

	memcpy(place, from, size);
	*bytes += size;
	return place;
}

/* Copy the region, and what it points to. */
static int keep_region(struct set_region *mine,
		       const struct dmstat_region *region)
{
	const size_t device = strlen(region->device_name) + 1;
	const size_t program = strlen(region->program_id) + 1;
	const size_t group = strlen(region->group) + 1;
	char *bytes;

	bytes = malloc(device + program + group + region->user_data_size);
	if (!bytes)
		return -ENOMEM;

	free(mine->bytes);
	mine->bytes = bytes;
	mine->region = *region;
	mine->region.device_name = keep(&bytes, region->device_name, device);
	mine->region.program_id = keep(&bytes, region->program_id, program);
	mine->region.group = keep(&bytes, region->group, group);
	if (region->user_data_size)
		mine->region.user_data = keep(&bytes, region->user_data,
					      region->user_data_size);
	mine->described = true;
	return 0;
}

/* Can the region have the areas that were read before? */
static int check_areas(const struct dmstat_snapshot *snapshot)
{
	struct snapshot_place place = { snapshot->entries.first, 0 };
	const struct snapshot_entry *entry;
	int ret = 0;

	for (; !ret && (entry = snapshot_peek(&place));
	     snapshot_advance(snapshot, &place))
		ret = dmstat_snapshot_check_place(snapshot, entry->index,
						  entry->areas, entry->start,
						  entry->length);
	return ret;
}

static int describe(struct set_region *mine, const struct dmstat_region *region)
{
	const uint32_t bins = mine->snapshot.bins;
	int ret;

	ret = dmstat_snapshot_describe(&mine->snapshot, region);
	if (!ret && bins && bins != mine->snapshot.bins)
		ret = -EBADMSG;
	if (!ret)
		ret = check_areas(&mine->snapshot);
	/* It may have been resized after its areas were read. */
	if (ret == -EBADMSG && region->resizes)
		return -ESTALE;
	if (!ret)
		ret = keep_region(mine, region);
	return ret;
}

static struct set_region *search(struct set_region *const *regions,
				 size_t count, uint32_t region_id)
{
	size_t low = 0, middle;

	while (low < count) {
		middle = low + (count - low) / 2;
		if (regions[middle]->region.region_id == region_id)
			return regions[middle];
		if (regions[middle]->region.region_id < region_id)
			low = middle + 1;
		else
			count = middle;
	}
	return NULL;
}

static int take_region(const struct dmstat_region *region, void *data)
{
	struct dmstat_snapshots *set = data;
	struct set_region *mine;

	mine = search(set->regions, set->counted, region->region_id);
	if (!mine)
		mine = add_region(set, region->region_id);
	if (!mine)
		return -ENOMEM;
	return describe(mine, region);
}

static int read_regions(struct dmstat *handle, struct dmstat_snapshots *set,
			const struct dmstat_region_filter *filter)
{
	size_t i;

	drop_regions(set, set->counted);
	for (i = 0; i < set->counted; i++)
		set->regions[i]->described = false;
	return dmstat_regions(handle, filter, take_region, set);
}

/* ------------------------------------------------------------------ devices */

static int take_device(const struct dmstat_device *device, void *data)
{
	struct dmstat_snapshots *set = data;
	const size_t name = strlen(device->name) + 1;
	const size_t uuid = strlen(device->uuid) + 1;
	struct set_device *mine, **devices;
	char *bytes;

	devices = with_room(set->devices, set->info.devices,
			    &set->devices_room);
	if (!devices)
		return -ENOMEM;
	set->devices = devices;

	mine = calloc(1, sizeof(*mine));
	bytes = malloc(name + uuid);
	if (!mine || !bytes) {
		free(mine);
		free(bytes);
		return -ENOMEM;
	}

	set->devices[set->info.devices++] = mine;
	mine->bytes = bytes;
	mine->device = *device;
	mine->device.name = keep(&bytes, device->name, name);
	mine->device.uuid = keep(&bytes, device->uuid, uuid);
	if (device->flush) {
		mine->flush = *device->flush;
		mine->device.flush = &mine->flush;
	}
	return 0;
}

static int read_devices(struct dmstat *handle, struct dmstat_snapshots *set,
			const struct dmstat_region_filter *filter)
{
	(void)filter;
	drop_devices(set);
	return dmstat_devices(handle, take_device, set);
}

/* ------------------------------------------------------------------ the set */

static int compare_regions(const void *a, const void *b)
{
	const struct set_region *const *one = a, *const *other = b;
	const uint32_t first = (*one)->region.region_id;
	const uint32_t second = (*other)->region.region_id;

	return first < second ? -1 : first > second;
}

static int compare_numbers(const struct dmstat_device *device, uint32_t major,
			   uint32_t minor)
{
	if (device->major != major)
		return device->major < major ? -1 : 1;
	if (device->minor != minor)
		return device->minor < minor ? -1 : 1;
	return 0;
}

static int compare_devices(const void *a, const void *b)
{
	const struct set_device *const *one = a, *const *other = b;

	return compare_numbers(&(*one)->device, (*other)->device.major,
			       (*other)->device.minor);
}

/* Return: -EBADMSG, a region was listed twice. */
static int sort_regions(struct dmstat_snapshots *set)
{
	const size_t count = set->info.regions;
	size_t i, kept = 0;

	for (i = 0; i < count; i++) {
		if (set->regions[i]->described)
			set->regions[kept++] = set->regions[i];
		else
			free_region(set->regions[i]);
	}
	set->info.regions = kept;
	if (kept)
		qsort(set->regions, kept, sizeof(*set->regions),
		      compare_regions);
	for (i = 1; i < kept; i++)
		if (!compare_regions(&set->regions[i - 1], &set->regions[i]))
			return -EBADMSG;
	return 0;
}

static void connect_devices(struct dmstat_snapshots *set)
{
	struct set_device *device;
	size_t i;

	if (set->info.devices)
		qsort(set->devices, set->info.devices, sizeof(*set->devices),
		      compare_devices);
	for (i = 0; i < set->info.regions; i++) {
		struct set_region *region = set->regions[i];

		device = (struct set_device *)
			 dmstat_set_device(set, region->region.major,
					   region->region.minor);
		if (!device)
			continue;
		region->shown.device = &device->device;
		if (!device->first)
			device->first = region;
	}
}

typedef int (*dump_fn)(struct dmstat *handle, struct dmstat_snapshots *set,
		       const struct dmstat_region_filter *filter);

/* Return: as @dump; 0, it was not interrupted. */
static int try_dump(dump_fn dump, struct dmstat *handle,
		    struct dmstat_snapshots *set,
		    const struct dmstat_region_filter *filter)
{
	int tries = DUMP_TRIES;
	int ret;

	do {
		ret = dump(handle, set, filter);
	} while (ret == -EAGAIN && --tries);
	if (ret == -EAGAIN)
		dmstat_failure_text(&handle->failure, ret,
				    "regions or devices came and went during each of %d readings: try again",
				    DUMP_TRIES);
	return ret;
}

/* Read areas and their regions, and again if one was resized in between. */
static int read_counted(struct dmstat *handle, struct dmstat_snapshots *set,
			const struct dmstat_region_filter *filter)
{
	int tries = DUMP_TRIES;
	int ret;

	do {
		ret = try_dump(read_areas, handle, set, filter);
		if (!ret)
			ret = try_dump(read_regions, handle, set, filter);
	} while (ret == -ESTALE && --tries);
	if (ret == -ESTALE)
		return dmstat_failure_text(&handle->failure, -EAGAIN,
					   "regions were resized during each of %d readings: try again",
					   DUMP_TRIES);
	return ret;
}

static void drop(struct dmstat_snapshots **set)
{
	dmstat_snapshots_free(*set);
}

int dmstat_snapshots_take(struct dmstat *handle,
			  const struct dmstat_region_filter *filter,
			  uint32_t merge, uint32_t flags,
			  struct dmstat_snapshots **snapshots)
{
	struct dmstat_snapshots *set ON_EXIT(drop) = NULL;
	int ret;

	*snapshots = NULL;
	if (flags & ~(DMSTAT_AREAS_ACTIVE | DMSTAT_AREAS_UNCLEARED))
		return dmstat_failure_errno(&handle->failure, -EINVAL);
	set = calloc(1, sizeof(*set));
	if (!set)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	set->info.merge = merge;
	set->uncleared = flags & DMSTAT_AREAS_UNCLEARED;
	ret = read_counted(handle, set, filter);
	if (!ret)
		ret = try_dump(read_devices, handle, set, filter);
	if (ret)
		return ret;

	ret = sort_regions(set);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	connect_devices(set);
	*snapshots = set;
	set = NULL;
	return 0;
}

void dmstat_snapshots_free(struct dmstat_snapshots *snapshots)
{
	if (!snapshots)
		return;

	drop_regions(snapshots, 0);
	drop_devices(snapshots);
	free(snapshots->regions);
	free(snapshots->devices);
	free(snapshots);
}

/**
 * dmstat_set_find() - find a region of a set
 * @set: the set
 * @region_id: id of the region
 *
 * Return: the region, or NULL.
 */
const struct set_region *dmstat_set_find(const struct dmstat_snapshots *set,
					 uint32_t region_id)
{
	return search(set->regions, set->info.regions, region_id);
}

/**
 * dmstat_set_device() - find a device of a set
 * @set: the set
 * @major: major number
 * @minor: minor number
 *
 * Return: the device, or NULL.
 */
const struct set_device *dmstat_set_device(const struct dmstat_snapshots *set,
					   uint32_t major, uint32_t minor)
{
	size_t low = 0, high = set->info.devices, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = compare_numbers(&set->devices[middle]->device, major,
					minor);
		if (!order)
			return set->devices[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct dmstat_snapshots_info *
dmstat_snapshots_info(const struct dmstat_snapshots *snapshots)
{
	return &snapshots->info;
}

const struct dmstat_snapshots_region *
dmstat_snapshots_at(const struct dmstat_snapshots *snapshots, size_t index)
{
	if (index >= snapshots->info.regions)
		return NULL;
	return &snapshots->regions[index]->shown;
}

const struct dmstat_snapshots_region *
dmstat_snapshots_find(const struct dmstat_snapshots *snapshots,
		      uint32_t region_id)
{
	const struct set_region *region = dmstat_set_find(snapshots, region_id);

	return region ? &region->shown : NULL;
}

const struct dmstat_device *
dmstat_snapshots_device_at(const struct dmstat_snapshots *snapshots,
			   size_t index)
{
	if (index >= snapshots->info.devices)
		return NULL;
	return &snapshots->devices[index]->device;
}

const struct dmstat_device *
dmstat_snapshots_device(const struct dmstat_snapshots *snapshots,
			uint32_t major, uint32_t minor)
{
	const struct set_device *device = dmstat_set_device(snapshots, major,
							    minor);

	return device ? &device->device : NULL;
}

EXPORT(dmstat_snapshots_take);
EXPORT(dmstat_snapshots_free);
EXPORT(dmstat_snapshots_info);
EXPORT(dmstat_snapshots_at);
EXPORT(dmstat_snapshots_find);
EXPORT(dmstat_snapshots_device_at);
EXPORT(dmstat_snapshots_device);
