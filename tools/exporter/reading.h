/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel has counted, read at once: the sum of each region's areas, its
 * cells if they are wanted, and the devices.
 */
#ifndef DMSTAT_EXPORTER_READING_H
#define DMSTAT_EXPORTER_READING_H

#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

/* READING_OPERATIONS - DMSTAT_READ, DMSTAT_WRITE and DMSTAT_DISCARD */
#define READING_OPERATIONS	3

/* READING_CELLS_MAX - the most cells of all regions together */
#define READING_CELLS_MAX	20000

/**
 * struct reading_scope - what to read
 * @filter: the regions
 * @regions: read at most so many regions, and so many devices
 * @cells: cells of each region; 0: none
 */
struct reading_scope {
	struct dmstat_region_filter filter;
	uint64_t regions;
	uint64_t cells;
};

/**
 * struct reading_io - counters of an operation
 * @ios: I/Os
 * @sectors: their sectors
 * @ns: their time
 * @errors: those that failed, since the last clear
 * @again: those that returned with EAGAIN, since the last clear
 * @bins: I/Os by their time, if the region has a histogram
 */
struct reading_io {
	uint64_t ios;
	uint64_t sectors;
	uint64_t ns;
	uint64_t errors;
	uint64_t again;
	uint64_t bins[DMSTAT_BOUNDS_MAX + 1];
};

/**
 * struct reading_cell - some areas of a region that follow each other
 * @start: first sector
 * @ios: I/Os
 * @sectors: their sectors
 * @ns: their time
 */
struct reading_cell {
	uint64_t start;
	uint64_t ios[READING_OPERATIONS];
	uint64_t sectors[READING_OPERATIONS];
	uint64_t ns[READING_OPERATIONS];
};

/**
 * struct reading_device - a device that has regions to be exported
 * @device: the device
 * @labels: its labels: device, vg, lv
 */
struct reading_device {
	const struct dmstat_device *device;
	char *labels;
};

/**
 * struct reading_region - a region
 * @region: the region
 * @labels: its labels: region, those of the device, group, program
 * @in_flight: reads in flight; writes and discards in flight
 * @busy_ns: time with I/O in flight; 0 unless it is one area
 * @queue_ns: time in flight of all I/Os
 * @io: counters of each operation
 * @cells: its cells
 * @cells_count: how many; 0 if there are none
 */
struct reading_region {
	const struct dmstat_region *region;
	char *labels;
	uint64_t in_flight[2];
	uint64_t busy_ns;
	uint64_t queue_ns;
	struct reading_io io[READING_OPERATIONS];
	struct reading_cell *cells;
	size_t cells_count;
};

/**
 * struct reading - what was read
 * @set: what the regions and devices belong to
 * @devices: the devices, by rising numbers
 * @devices_count: how many
 * @devices_left_out: how many more there are
 * @regions: the regions, by rising id
 * @regions_count: how many
 * @regions_left_out: how many more there are
 * @without_cells: how many regions have no cells because that were too many
 */
struct reading {
	struct dmstat_snapshots *set;
	struct reading_device *devices;
	size_t devices_count;
	size_t devices_left_out;
	struct reading_region *regions;
	size_t regions_count;
	size_t regions_left_out;
	size_t without_cells;
};

/**
 * reading_take() - read the kernel's counters
 * @dmstat: the handle
 * @scope: what to read
 * @reading: set to what was read, for reading_free()
 *
 * Owned regions are left out: they are those of programs that show counters for
 * a while, and each of them would be new series for a database.
 *
 * Return: 0; a negative error number, and then there is nothing to free.
 */
int reading_take(struct dmstat *dmstat, const struct reading_scope *scope,
		 struct reading *reading);

/** reading_free() - free what was read */
void reading_free(struct reading *reading);

#endif /* DMSTAT_EXPORTER_READING_H */
