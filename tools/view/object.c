// SPDX-License-Identifier: GPL-2.0-only
/*
 * The objects of a report: areas, regions, groups and devices, with the numbers
 * of an interval.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/array.h"
#include "source/cgroup.h"
#include "source/partition.h"
#include "source/node.h"
#include "source/place.h"
#include "source/scope.h"
#include "view/object.h"
#include "view/region.h"

/* The number of a region. */
#define ID_TEXT_MAX	12

/**
 * struct walk - a walk over the objects
 * @source: what they are made from
 * @callback: called for each
 * @data: passed to @callback
 * @sum: the region whose areas are walked
 * @next: index of the area that comes next
 * @elapsed_ns: interval of the region
 * @group_id: lowest id of the regions of its group
 * @id_text: text of the region's id
 * @user_data: text of the region's user data
 * @cgroup: text of its cgroup
 */
struct walk {
	const struct object_source *source;
	object_fn callback;
	void *data;
	const struct dmstat_region_delta *sum;
	uint64_t next;
	uint64_t elapsed_ns;
	uint64_t group_id;
	char id_text[ID_TEXT_MAX];
	char user_data[2 * DMSTAT_USER_DATA_MAX + 1];
	char cgroup[CGROUP_PATH_MAX];
};

/**
 * struct bucket - regions of a group, or of a device
 * @object: their sums
 * @major: of the device
 * @minor: of the device
 * @ids: ids of the regions, rising
 * @ids_count: how many
 * @devices: devices of the regions that were added
 * @devices_count: how many
 */
struct bucket {
	struct object object;
	uint32_t major;
	uint32_t minor;
	uint32_t *ids;
	size_t ids_count;
	const struct dmstat_device **devices;
	size_t devices_count;
};

/**
 * struct buckets - a walk that sums up regions
 * @walk: the walk
 * @type: OBJECT_GROUP or OBJECT_DEVICE
 * @list: the sums, in the order of their first region
 * @count: how many
 */
struct buckets {
	struct walk *walk;
	int type;
	struct bucket *list;
	size_t count;
};

static bool wants(const struct object_source *source, int type)
{
	return source->types ? source->types & type : type != OBJECT_DEVICE;
}

uint64_t objects_elapsed(const struct object_source *source,
			 const struct dmstat_region_delta *delta)
{
	const struct dmstat_region *region = delta->region;
	uint64_t since = region->created;

	if (source->before)
		return delta->total->elapsed_ns;
	if (region->cleared > since)
		since = region->cleared;
	/* The clock may have been set back. */
	return source->time_ns > since ? source->time_ns - since : 0;
}

static bool is_idle(const struct object *object)
{
	const struct metrics *metrics = &object->metrics;

	return !metrics->cleared && !metrics->sum.ios && !metrics->sum.again &&
	       !metrics->io[DMSTAT_DISCARD].ios && !metrics->queue_ns &&
	       !metrics->in_flight;
}

static int emit(const struct walk *walk, struct object *object)
{
	metrics_finish(&object->metrics, object->areas_counted);
	object->cleared = object->metrics.cleared;
	if (walk->source->active && is_idle(object))
		return 0;
	return walk->callback(object, walk->data);
}

/* The kernel takes any bytes; what is no text is shown as hexadecimal. */
static const char *user_data_text(struct walk *walk,
				  const struct dmstat_region *region)
{
	const unsigned char *bytes = region->user_data;
	size_t i, size = region->user_data_size;
	bool text = true;

	if (size > DMSTAT_USER_DATA_MAX)
		size = DMSTAT_USER_DATA_MAX;
	for (i = 0; i < size; i++)
		text = text && bytes[i] >= ' ' && bytes[i] <= '~';
	for (i = 0; i < size; i++)
		sprintf(&walk->user_data[text ? i : 2 * i],
			text ? "%c" : "%02x", bytes[i]);
	walk->user_data[text ? size : 2 * size] = '\0';
	return walk->user_data;
}

/* Return: the path of the cgroup, or "". */
static const char *cgroup_text(struct walk *walk,
			       const struct dmstat_region *region)
{
	if (!region->cgroup_id)
		return "";
	if (!cgroup_path(walk->cgroup, region->cgroup_id))
		snprintf(walk->cgroup, sizeof(walk->cgroup), "#%" PRIu64,
			 region->cgroup_id);
	return walk->cgroup;
}

/* The name of the partition that has all of a range, or "". */
static const char *partition_text(const struct dmstat_region *region,
				  uint64_t start, uint64_t length)
{
	const struct partition *partition;

	partition = partition_at(region->major, region->minor, start, length);
	return partition ? partition->name : "";
}

/* All that the region, its group and its device say of an object. */
static struct object begin_object(struct walk *walk, int type,
				  const struct dmstat_region_delta *delta)
{
	const struct object_source *source = walk->source;
	const struct dmstat_region *region = delta->region;
	const struct node *node = node_find(source->nodes, region->major,
					    region->minor);
	const bool is_of_one = type == OBJECT_AREA || type == OBJECT_REGION;

	snprintf(walk->id_text, sizeof(walk->id_text), "%u", region->region_id);
	return (struct object){
		.type = type,
		.type_name = type == OBJECT_AREA ? "area" :
			     type == OBJECT_REGION ? "region" :
			     type == OBJECT_GROUP ? "group" : "device",
		.node = node,
		.name = *region->group && type != OBJECT_DEVICE ?
			region->group : node->name,
		.time = source->time,
		.region_id = region->region_id,
		.region_ids = walk->id_text,
		.region_start = region->start,
		.region_length = region->length,
		.partition = is_of_one ? partition_text(region, region->start,
							region->length) : "",
		.area_start = region->start,
		.area_length = region_area_length(region),
		.areas = region->areas,
		.areas_counted = region->areas,
		.group_id = region->region_id,
		.group = type == OBJECT_DEVICE ? "" : region->group,
		.program = region->program_id,
		.user_data = is_of_one ? user_data_text(walk, region) : "",
		.regions = 1,
		.hist_bins = region->bounds_count ?
			     region->bounds_count + 1 : 0,
		.precise = 1,
		.clears = region->clears,
		.memory = region->memory,
		.slow_ns = is_of_one ? region->slow_ns : 0,
		.tell_errors = is_of_one && region->tell_errors,
		.cgroup = is_of_one ? cgroup_text(walk, region) : "",
	};
}

/* The lowest id of the regions of the region's group. */
static uint64_t find_group_id(const struct object_source *source,
			      const struct dmstat_region *region)
{
	const struct dmstat_snapshots_region *other;
	size_t i;

	for (i = 0; *region->group &&
	     (other = dmstat_snapshots_at(source->after, i)); i++)
		if (strcmp(other->region->group, region->group) == 0)
			return other->region->region_id;
	return region->region_id;
}

static int emit_area(struct walk *walk, const struct dmstat_delta *delta,
		     uint64_t index, struct dmstat_extent place)
{
	const struct dmstat_region *region = walk->sum->region;
	struct object object = begin_object(walk, OBJECT_AREA, walk->sum);

	object.group_id = walk->group_id;
	object.area_id = index;
	object.area_start = place.start;
	object.area_length = place.length;
	object.partition = partition_text(region, place.start, place.length);
	object.area_offset = place.start - region->start;
	object.areas_counted = 1;
	if (delta)
		metrics_add(&object.metrics, region, delta, walk->elapsed_ns);
	else
		object.metrics.elapsed_ns = walk->elapsed_ns;
	if (!delta && region->bounds_count) {
		object.metrics.bounds = region->bounds;
		object.metrics.bounds_count = region->bounds_count;
	}
	if (walk->sum->device)
		metrics_add_device(&object.metrics, walk->sum->device);
	return emit(walk, &object);
}

static struct dmstat_extent place_of_area(const struct walk *walk,
					  uint64_t index)
{
	const struct dmstat_region *region = walk->sum->region;
	const uint64_t offset = index * region->area_size;
	const uint64_t left = region->length - offset;

	if (region->extents)
		return place_get(walk->source->places, region, index);
	return (struct dmstat_extent){
		.start = region->start + offset,
		.length = left < region->area_size ? left : region->area_size,
	};
}

/* Areas that saw no I/O are not in a snapshot. */
static int emit_idle_areas(struct walk *walk, uint64_t end)
{
	int error = 0;

	for (; !error && walk->next < end && !walk->source->active;
	     walk->next++)
		error = emit_area(walk, NULL, walk->next,
				  place_of_area(walk, walk->next));
	return error;
}

static int walk_area(const struct dmstat_delta *delta, void *data)
{
	const struct dmstat_area *area = delta->area;
	struct walk *walk = data;
	int error;

	error = emit_idle_areas(walk, area->index);
	if (error)
		return error;
	walk->next = area->index + 1;
	return emit_area(walk, delta, area->index, (struct dmstat_extent){
		.start = area->start,
		.length = area->length,
	});
}

static int walk_areas(const struct dmstat_region_delta *delta, void *data)
{
	struct walk *walk = data;
	int error;

	if (!scope_has_region(walk->source->scope, delta->region))
		return 0;
	walk->sum = delta;
	walk->next = 0;
	walk->elapsed_ns = objects_elapsed(walk->source, delta);
	walk->group_id = find_group_id(walk->source, delta->region);
	error = dmstat_delta(delta->before, delta->after, walk_area, walk);
	if (error)
		return error;
	return emit_idle_areas(walk, delta->region->areas);
}

static int add_busy(const struct dmstat_delta *delta, void *data)
{
	*(uint64_t *)data += delta->area->busy_ns;
	return 0;
}

/* The library has no busy time of several areas, as it cannot be known. */
static int add_region(const struct object_source *source,
		      struct metrics *metrics,
		      const struct dmstat_region_delta *delta)
{
	metrics_add(metrics, delta->region, delta->total,
		    objects_elapsed(source, delta));
	metrics->missed += delta->missed;
	if (!source->busy || delta->region->areas == 1)
		return 0;
	return dmstat_delta(delta->before, delta->after, add_busy,
			    &metrics->busy_ns);
}

static int walk_region(const struct dmstat_region_delta *delta, void *data)
{
	struct walk *walk = data;
	const struct object_source *source = walk->source;
	struct object object;
	int error;

	if (!scope_has_region(source->scope, delta->region) ||
	    (!source->types && delta->region->areas == 1))
		return 0;
	object = begin_object(walk, OBJECT_REGION, delta);
	object.group_id = find_group_id(source, delta->region);
	error = add_region(source, &object.metrics, delta);
	if (error)
		return error;
	if (delta->device)
		metrics_add_device(&object.metrics, delta->device);
	return emit(walk, &object);
}

static struct bucket *find_bucket(const struct buckets *buckets,
				  const struct dmstat_region *region)
{
	struct bucket *bucket;
	size_t i;

	for (i = 0; i < buckets->count; i++) {
		bucket = &buckets->list[i];
		if (buckets->type == OBJECT_GROUP ?
		    strcmp(bucket->object.group, region->group) == 0 :
		    bucket->major == region->major &&
		    bucket->minor == region->minor)
			return bucket;
	}
	return NULL;
}

static struct bucket *add_bucket(struct buckets *buckets,
				 const struct dmstat_region_delta *delta)
{
	struct bucket *bucket;

	bucket = array_grow(buckets->list, buckets->count, sizeof(*bucket));
	if (!bucket)
		return NULL;
	buckets->list = bucket;
	bucket += buckets->count++;
	*bucket = (struct bucket){
		.object = begin_object(buckets->walk, buckets->type, delta),
		.major = delta->region->major,
		.minor = delta->region->minor,
	};
	bucket->object.region_length = 0;
	bucket->object.areas_counted = 0;
	bucket->object.regions = 0;
	bucket->object.clears = 0;
	bucket->object.memory = 0;
	/* As for dmstats, groups have no areas of their own. */
	bucket->object.areas = 1;
	return bucket;
}

static int add_id(struct bucket *bucket, uint32_t id)
{
	uint32_t *ids;

	ids = array_grow(bucket->ids, bucket->ids_count, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	bucket->ids = ids;
	ids[bucket->ids_count++] = id;
	return 0;
}

/* Flushes are of the device: once for all regions on it. */
static int add_device(struct bucket *bucket,
		      const struct dmstat_device_delta *delta)
{
	const struct dmstat_device **devices;
	size_t i;

	for (i = 0; i < bucket->devices_count; i++)
		if (bucket->devices[i] == delta->device)
			return 0;
	devices = array_grow(bucket->devices, bucket->devices_count,
			     sizeof(*devices));
	if (!devices)
		return -ENOMEM;
	bucket->devices = devices;
	devices[bucket->devices_count++] = delta->device;
	metrics_add_device(&bucket->object.metrics, delta);
	return 0;
}

static int fill_bucket(const struct dmstat_region_delta *delta, void *data)
{
	struct buckets *buckets = data;
	const struct object_source *source = buckets->walk->source;
	const struct dmstat_region *region = delta->region;
	struct bucket *bucket;
	int error;

	if (!scope_has_region(source->scope, region) ||
	    (buckets->type == OBJECT_GROUP && !*region->group))
		return 0;
	bucket = find_bucket(buckets, region);
	if (!bucket)
		bucket = add_bucket(buckets, delta);
	if (!bucket)
		return -ENOMEM;

	bucket->object.region_length += region->length;
	bucket->object.area_length = bucket->object.region_length;
	bucket->object.areas_counted += region->areas;
	bucket->object.regions++;
	bucket->object.clears += region->clears;
	bucket->object.memory += region->memory;
	error = add_region(source, &bucket->object.metrics, delta);
	if (!error)
		error = add_id(bucket, region->region_id);
	if (!error && delta->device)
		error = add_device(bucket, delta->device);
	return error;
}

/* "1-3,7" */
static char *ids_text(const struct bucket *bucket)
{
	const uint32_t *ids = bucket->ids;
	size_t i, last, size;
	char *text = NULL;
	FILE *file;

	file = open_memstream(&text, &size);
	if (!file)
		return NULL;
	for (i = 0; i < bucket->ids_count; i = last + 1) {
		last = i;
		while (last + 1 < bucket->ids_count &&
		       ids[last + 1] == ids[last] + 1)
			last++;
		fprintf(file, "%s%u", i ? "," : "", ids[i]);
		if (last > i)
			fprintf(file, "-%u", ids[last]);
	}
	if (fclose(file)) {
		free(text);
		return NULL;
	}
	return text;
}

static int emit_bucket(const struct walk *walk, struct bucket *bucket)
{
	char *text = ids_text(bucket);
	int error;

	if (!text)
		return -ENOMEM;
	bucket->object.region_ids = text;
	error = emit(walk, &bucket->object);
	free(text);
	return error;
}

static int walk_buckets(struct walk *walk, int type)
{
	struct buckets buckets = { .walk = walk, .type = type };
	size_t i;
	int error;

	error = dmstat_region_deltas(walk->source->before, walk->source->after,
				     fill_bucket, &buckets);
	for (i = 0; i < buckets.count; i++) {
		if (!error)
			error = emit_bucket(walk, &buckets.list[i]);
		free(buckets.list[i].ids);
		free(buckets.list[i].devices);
	}
	free(buckets.list);
	return error;
}

int objects_walk(const struct object_source *source, object_fn callback,
		 void *data)
{
	struct walk walk = {
		.source = source,
		.callback = callback,
		.data = data,
	};
	int error = 0;

	if (wants(source, OBJECT_AREA))
		error = dmstat_region_deltas(source->before, source->after,
					     walk_areas, &walk);
	if (!error && wants(source, OBJECT_REGION))
		error = dmstat_region_deltas(source->before, source->after,
					     walk_region, &walk);
	if (!error && wants(source, OBJECT_GROUP))
		error = walk_buckets(&walk, OBJECT_GROUP);
	if (!error && wants(source, OBJECT_DEVICE))
		error = walk_buckets(&walk, OBJECT_DEVICE);
	return error;
}
