/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is watched, and what it did in an interval.
 */
#ifndef DMSTAT_NL_WATCH_ITEM_H
#define DMSTAT_NL_WATCH_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

/** WATCH_PROGRAM - program id of the regions that are created */
#define WATCH_PROGRAM	"dmstat-nl"

/** WATCH_OPERATIONS - DMSTAT_READ, _WRITE, _DISCARD and _FLUSH */
#define WATCH_OPERATIONS	(DMSTAT_FLUSH + 1)

/** WATCH_CELL_OPERATIONS - those that have a place: not DMSTAT_FLUSH */
#define WATCH_CELL_OPERATIONS	(DMSTAT_DISCARD + 1)

/**
 * struct watch_io - what one operation did in an interval
 * @ios: I/Os that ended
 * @sectors: their sectors
 * @ns: their times, summed
 * @errors: those that failed
 * @again: those that failed with EAGAIN; no other member includes them
 * @longest_ns: upper bound of the longest time; 0 if there was no I/O
 * @bins: I/Os by time, one more than the item has bounds
 */
struct watch_io {
	uint64_t ios;
	uint64_t sectors;
	uint64_t ns;
	uint64_t errors;
	uint64_t again;
	uint64_t longest_ns;
	uint64_t bins[DMSTAT_BOUNDS_MAX + 1];
};

/**
 * struct watch_cell - what happened in a part of an item in an interval
 * @start: first sector
 * @length: sectors; 0 if that is not known: a part of extents without I/O
 * @ios: I/Os that ended, by operation
 * @sectors: their sectors
 * @ns: their times, summed
 * @errors: those that failed
 * @in_flight: I/Os in flight at the end of the interval
 */
struct watch_cell {
	uint64_t start;
	uint64_t length;
	uint64_t ios[WATCH_CELL_OPERATIONS];
	uint64_t sectors[WATCH_CELL_OPERATIONS];
	uint64_t ns[WATCH_CELL_OPERATIONS];
	uint64_t errors;
	uint64_t in_flight;
};

/**
 * enum watch_kind - what an item is
 * @WATCH_DEVICE: a device
 * @WATCH_PARTITION: a partition that was named
 * @WATCH_REGION: a region that exists without us
 * @WATCH_RANGE: a part of a device, by watch_add_range()
 */
enum watch_kind {
	WATCH_DEVICE,
	WATCH_PARTITION,
	WATCH_REGION,
	WATCH_RANGE,
};

/**
 * struct watch_item - something that is watched, and its last interval
 * @id: number of the item, never used again
 * @kind: what it is
 * @major: major number of the device
 * @minor: minor number of the device
 * @region_id: the region, of WATCH_REGION
 * @name: name of the device, of now
 * @label: the name that people know it by: "vg/lv" for a logical volume
 * @uuid: uuid of the device
 * @group: group of the region, or ""
 * @file: the file that the region was made from, or NULL
 * @extents: number of extents of the region; 0 if it is a range
 * @start: first sector
 * @length: sectors
 * @elapsed_ns: length of the interval; 0: there was none yet
 * @io: what happened in it, by operation; flushes are those of the device, and only
 *      of WATCH_DEVICE and WATCH_PARTITION
 * @bounds_count: number of @bounds; 0: no histograms
 * @bounds: bounds of the histograms of reads, writes and discards, in
 *          nanoseconds; those of flushes are dmstat_flush_bounds()
 * @has_busy: @busy is known
 * @busy: share of the interval with I/O in flight, 0 to 1
 * @queue: mean number of I/Os in flight
 * @in_flight: I/Os in flight at the end of the interval
 * @oldest_ns: age of the oldest I/O in flight on the device; 0: none
 * @missed: I/Os of the device that were not counted in the interval, likewise
 * @suspended: the device is suspended
 * @above: ids of the watched devices that are on it, or on a partition of it
 * @above_count: how many
 * @has_holder: others have counted its I/O, or will: those above, or those that use
 *              a partition or region; its disk, of a partition; its device or
 *              partition, of a region; the disk of its file, of a loop device, and
 *              of what is on that
 * @shares_disk: of a partition: another item has the flushes and missed I/Os of the
 *               disk, too, or its own are among them
 * @has_rest: those above use some of its partitions; @rest has the others
 * @rest: what happened in the rest of the disk; no flushes, which have no place
 * @rest_queue: mean number of I/Os in flight there
 * @rest_in_flight: I/Os in flight there at the end of the interval
 * @cells: what happened where, by rising position
 * @cells_count: how many; 0: not known
 * @problem: why it is not counted, or ""
 */
struct watch_item {
	uint64_t id;
	enum watch_kind kind;
	uint32_t major;
	uint32_t minor;
	uint32_t region_id;
	char *name;
	char *label;
	char *uuid;
	char *group;
	char *file;
	uint32_t extents;
	uint64_t start;
	uint64_t length;
	uint64_t elapsed_ns;
	struct watch_io io[WATCH_OPERATIONS];
	uint32_t bounds_count;
	uint64_t bounds[DMSTAT_BOUNDS_MAX];
	bool has_busy;
	double busy;
	double queue;
	uint64_t in_flight;
	uint64_t oldest_ns;
	uint64_t missed;
	bool suspended;
	uint64_t *above;
	size_t above_count;
	bool has_holder;
	bool shares_disk;
	bool has_rest;
	struct watch_io rest[WATCH_CELL_OPERATIONS];
	double rest_queue;
	uint64_t rest_in_flight;
	struct watch_cell *cells;
	size_t cells_count;
	char problem[200];
};

#endif /* DMSTAT_NL_WATCH_ITEM_H */
