// SPDX-License-Identifier: GPL-2.0-only
/*
 * An item of a watch, and the regions that count for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/dm.h"
#include "source/partition.h"
#include "source/watch_file.h"
#include "source/watched.h"

/* The smallest area, in sectors: a page. */
#define AREA_SIZE_MIN	8

/* Replace a text, unless it is the same. */
static int set_text(char **text, const char *new)
{
	char *copy;

	if (*text && !strcmp(*text, new))
		return 0;
	copy = strdup(new);
	if (!copy)
		return -ENOMEM;
	free(*text);
	*text = copy;
	return 0;
}

static int set_label(struct watch_item *shown)
{
	struct mapped_names names;
	char *label;
	int error;

	error = mapped_names_get(shown->name, shown->uuid, &names);
	if (error)
		return error;
	if (!*names.lv)
		error = asprintf(&label, "%s", names.name);
	else
		error = asprintf(&label, "%s/%s%s%s", names.vg, names.lv,
				 *names.layer ? "-" : "", names.layer);
	mapped_names_free(&names);
	if (error < 0)
		return -ENOMEM;
	free(shown->label);
	shown->label = label;
	return 0;
}

int item_rename(struct item *item, const char *name, const char *uuid)
{
	struct watch_item *shown = &item->shown;
	int error;

	if (shown->label && !strcmp(shown->name, name) &&
	    !strcmp(shown->uuid, uuid))
		return 0;
	error = set_text(&shown->name, name);
	if (!error)
		error = set_text(&shown->uuid, uuid);
	return error ? error : set_label(shown);
}

static void use_automatic_bounds(struct watch_item *shown)
{
	shown->bounds_count = DMSTAT_FLUSH_BINS - 1;
	memcpy(shown->bounds, dmstat_flush_bounds(),
	       shown->bounds_count * sizeof(*shown->bounds));
}

struct item *item_new(enum watch_kind kind, const struct dmstat_device *device)
{
	struct item *item = calloc(1, sizeof(*item));

	if (!item)
		return NULL;
	item->shown.kind = kind;
	item->shown.major = device->major;
	item->shown.minor = device->minor;
	item->shown.length = device->size;
	use_automatic_bounds(&item->shown);
	if (item_rename(item, device->name, device->uuid) ||
	    set_text(&item->shown.group, "")) {
		item_free(item);
		return NULL;
	}
	return item;
}

struct item *item_new_partition(const struct dmstat_device *device,
				const struct dmstat_extent *range)
{
	struct item *item = item_new(WATCH_PARTITION, device);
	const struct partition *partition;

	if (!item)
		return NULL;
	item->shown.start = range->start;
	item->shown.length = range->length;
	partition = partition_at(device->major, device->minor, range->start,
				 range->length);
	if (partition && set_text(&item->shown.label, partition->name)) {
		item_free(item);
		return NULL;
	}
	return item;
}

struct item *item_new_region(const struct dmstat_region *region)
{
	struct item *item = calloc(1, sizeof(*item));
	struct watch_item *shown;

	if (!item)
		return NULL;
	shown = &item->shown;
	shown->kind = WATCH_REGION;
	shown->major = region->major;
	shown->minor = region->minor;
	shown->region_id = region->region_id;
	shown->start = region->start;
	shown->length = region->length;
	shown->extents = region->extents;
	if (region->extents) {
		shown->bounds_count = region->bounds_count;
		memcpy(shown->bounds, region->bounds, sizeof(shown->bounds));
	} else {
		use_automatic_bounds(shown);
	}
	item->map_id = region->region_id;
	item->map_areas = region->areas;
	item->map_area_size = region->area_size;
	if (item_rename(item, region->device_name, "") ||
	    set_text(&shown->group, region->group)) {
		item_free(item);
		return NULL;
	}
	shown->file = watch_file_name(region);
	return item;
}

/* Return: the region, or NULL; the item's problem says why. */
static const struct dmstat_region *create(struct item *item,
					  struct dmstat *dmstat,
					  struct dmstat_region_spec *spec)
{
	const struct dmstat_region *region;
	struct watch_item *shown = &item->shown;

	spec->major = shown->major;
	spec->minor = shown->minor;
	spec->start = shown->start;
	spec->length = shown->length;
	spec->program_id = WATCH_PROGRAM;
	spec->owned = 1;
	if (!dmstat_region_create(dmstat, spec, &region))
		return region;
	snprintf(shown->problem, sizeof(shown->problem), "%s",
		 dmstat_error(dmstat));
	return NULL;
}

static void create_total(struct item *item, struct dmstat *dmstat)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;

	spec.bounds = dmstat_flush_bounds();
	spec.bounds_count = DMSTAT_FLUSH_BINS - 1;
	region = create(item, dmstat, &spec);
	if (region)
		item->total_id = region->region_id;
}

static void create_map(struct item *item, struct dmstat *dmstat, uint32_t areas)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const uint64_t most = item->shown.length / AREA_SIZE_MIN;
	const struct dmstat_region *region;

	spec.areas = areas;
	if (spec.areas > most)
		spec.areas = most ? most : 1;
	region = create(item, dmstat, &spec);
	if (!region)
		return;
	item->map_id = region->region_id;
	item->map_areas = region->areas;
	item->map_area_size = region->area_size;
}

/* Its areas are the extents: an I/O is in one of them, so the sum is exact. */
static void create_rest(struct item *item, struct dmstat *dmstat)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;

	spec.major = item->shown.major;
	spec.minor = item->shown.minor;
	spec.extents = item->rest.extents;
	spec.extents_count = item->rest.count;
	spec.bounds = dmstat_flush_bounds();
	spec.bounds_count = DMSTAT_FLUSH_BINS - 1;
	spec.program_id = WATCH_PROGRAM;
	spec.owned = 1;
	if (!dmstat_region_create(dmstat, &spec, &region))
		item->rest_id = region->region_id;
}

static bool same_extents(const struct extent_list *one,
			 const struct extent_list *two)
{
	return one->count == two->count &&
	       (!one->count || !memcmp(one->extents, two->extents,
				       one->count * sizeof(*one->extents)));
}

void item_count_rest(struct item *item, struct dmstat *dmstat,
		     struct extent_list *rest)
{
	if (item->rest_id && !same_extents(&item->rest, rest)) {
		dmstat_region_delete(dmstat, item->rest_id);
		item->rest_id = 0;
	}
	extent_list_free(&item->rest);
	item->rest = *rest;
	*rest = (struct extent_list){ 0 };
	if (!item->rest_id && item->rest.count)
		create_rest(item, dmstat);
	item->shown.has_rest = item->rest_id;
}

void item_create_regions(struct item *item, struct dmstat *dmstat,
			 uint32_t areas)
{
	struct watch_item *shown = &item->shown;

	shown->problem[0] = '\0';
	if (!shown->length) {
		snprintf(shown->problem, sizeof(shown->problem), "%s",
			 "the device has no table");
		return;
	}
	if (!item->total_id && !shown->extents)
		create_total(item, dmstat);
	if (!item->map_id && !shown->problem[0])
		create_map(item, dmstat, areas);
}

void item_forget_regions(struct item *item)
{
	item->total_id = 0;
	item->rest_id = 0;
	item->map_id = 0;
	item->map_merge = 0;
	dmstat_snapshot_free(item->map);
	item->map = NULL;
}

void item_delete_regions(struct item *item, struct dmstat *dmstat)
{
	if (item->total_id)
		dmstat_region_delete(dmstat, item->total_id);
	if (item->rest_id)
		dmstat_region_delete(dmstat, item->rest_id);
	if (item->map_id && item->shown.kind != WATCH_REGION)
		dmstat_region_delete(dmstat, item->map_id);
	item_forget_regions(item);
}

void item_free(struct item *item)
{
	if (!item)
		return;
	dmstat_snapshot_free(item->map);
	free(item->shown.name);
	free(item->shown.label);
	free(item->shown.uuid);
	free(item->shown.group);
	free(item->shown.file);
	free(item->shown.cells);
	free(item->shown.above);
	extent_list_free(&item->rest);
	free(item);
}
