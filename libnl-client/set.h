/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * set: snapshots of many regions, and of the devices, at one time
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_SET_H
#define DMSTAT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "export.h"
#include "snapshot.h"

/**
 * struct set_region - a region of a set
 * @shown: what the caller can see; points to the other members
 * @region: the region; its strings are in @bytes
 * @snapshot: its areas that saw I/O
 * @described: @region is set; if not, the region was deleted meanwhile
 * @bytes: what @region points to
 */
struct set_region {
	struct dmstat_snapshots_region shown;
	struct dmstat_region region;
	struct dmstat_snapshot snapshot;
	bool described;
	char *bytes;
};

/**
 * struct set_device - a device of a set
 * @device: the device; its strings are in @bytes
 * @flush: what @device points to, if it has flushes
 * @first: its region with the lowest id that is in the set, or NULL
 * @bytes: what @device points to
 */
struct set_device {
	struct dmstat_device device;
	struct dmstat_flush flush;
	const struct set_region *first;
	char *bytes;
};

/**
 * struct dmstat_snapshots - see dmstat.h
 * @info: what the caller can see
 * @uncleared: the counters are those since the regions were created
 * @regions: @info.regions pointers, by rising id once the set is complete
 * @regions_room: number of pointers that fit into @regions
 * @counted: number of regions that saw I/O, which are the first
 * @devices: @info.devices pointers, by rising number once the set is complete
 * @devices_room: number of pointers that fit into @devices
 */
struct dmstat_snapshots {
	struct dmstat_snapshots_info info;
	bool uncleared;
	struct set_region **regions;
	size_t regions_room;
	size_t counted;
	struct set_device **devices;
	size_t devices_room;
};

const struct set_region *dmstat_set_find(const struct dmstat_snapshots *set,
					 uint32_t region_id);
const struct set_device *dmstat_set_device(const struct dmstat_snapshots *set,
					   uint32_t major, uint32_t minor);

#endif /* DMSTAT_SET_H */
