/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects of a report: areas, regions, groups and devices, with the numbers
 * of an interval.
 */
#ifndef DMSTAT_NL_OBJECT_H
#define DMSTAT_NL_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "view/metric.h"

struct node;
struct node_list;
struct place_list;
struct scope;

/* The types of objects, as bits. */
enum {
	OBJECT_AREA = 1 << 0,
	OBJECT_REGION = 1 << 1,
	OBJECT_GROUP = 1 << 2,
	OBJECT_DEVICE = 1 << 3,
};

/**
 * struct object - an object, and its values as the fields need them
 * @type: OBJECT_*
 * @type_name: "area"
 * @node: its device; of a group, that of the first region
 * @name: name of the group, or else of the device
 * @time: when it was read
 * @region_id: id of the region; of groups and devices, of the first one
 * @region_ids: the same as text, or of groups and devices the list of all
 * @region_start: first sector of the region, or of the first one
 * @partition: name of the partition that the region, or area, is in, or ""
 * @region_length: sectors of the region, or of all of them
 * @area_id: index of the area, else 0
 * @area_start: first sector of the area, else @region_start
 * @area_length: sectors of the area; of a region, of each of them
 * @area_offset: where the area is in its region
 * @areas: how many areas the region has; 1 for groups and devices
 * @areas_counted: how many areas the numbers are of
 * @group_id: lowest id of the regions of the group, for @group not ""
 * @group: name of the group, or ""
 * @program: program id of the region, or of the first one
 * @user_data: user data of the region, as text
 * @regions: how many regions
 * @hist_bins: bins of the histograms, 0: none
 * @precise: always 1: times are in nanoseconds
 * @merged: always 0: I/O is counted before a disk merges it
 * @merged_per_s: the same a second
 * @cleared: 1 if it, or an area of it, was cleared in the interval
 * @clears: how often it was cleared
 * @memory: of the region, in bytes
 * @slow_ns: from which time on the region tells an I/O; 0: none, or no region
 * @tell_errors: 1 if it tells those that fail
 * @cgroup: path of the cgroup whose I/O it counts, or ""
 * @metrics: the numbers
 */
struct object {
	int type;
	const char *type_name;
	const struct node *node;
	const char *name;
	const char *time;
	uint64_t region_id;
	const char *region_ids;
	uint64_t region_start;
	const char *partition;
	uint64_t region_length;
	uint64_t area_id;
	uint64_t area_start;
	uint64_t area_length;
	uint64_t area_offset;
	uint64_t areas;
	uint64_t areas_counted;
	uint64_t group_id;
	const char *group;
	const char *program;
	const char *user_data;
	uint64_t regions;
	uint64_t hist_bins;
	uint64_t precise;
	uint64_t merged;
	double merged_per_s;
	uint64_t cleared;
	uint64_t clears;
	uint64_t memory;
	uint64_t slow_ns;
	uint64_t tell_errors;
	const char *cgroup;
	struct metrics metrics;
};

/**
 * struct object_source - what objects are made from
 * @before: the reading at the start of the interval; NULL: the interval of a
 *          region starts where it was created, or last cleared
 * @after: the reading at its end
 * @nodes: devices of @after
 * @scope: which regions
 * @places: where the areas of regions of extents are
 * @types: OBJECT_* that are wanted; 0: areas, regions of several areas, and
 *         groups
 * @active: skip what has seen no I/O
 * @busy: the busy time of regions of several areas is needed
 * @time: when @after was read, as text
 * @time_ns: when that was, in nanoseconds since the Epoch
 */
struct object_source {
	const struct dmstat_snapshots *before;
	const struct dmstat_snapshots *after;
	const struct node_list *nodes;
	const struct scope *scope;
	const struct place_list *places;
	int types;
	bool active;
	bool busy;
	const char *time;
	uint64_t time_ns;
};

typedef int (*object_fn)(const struct object *object, void *data);

/**
 * objects_walk() - walk the objects: areas, then regions, groups and devices
 * @source: what they are made from
 * @callback: called for each; the object is valid until it returns
 * @data: passed to @callback
 *
 * Return: 0; what @callback returned; a negative error number.
 */
int objects_walk(const struct object_source *source, object_fn callback,
		 void *data);

/** objects_elapsed() - how long a region has counted what a delta has */
uint64_t objects_elapsed(const struct object_source *source,
			 const struct dmstat_region_delta *delta);

#endif /* DMSTAT_NL_OBJECT_H */
