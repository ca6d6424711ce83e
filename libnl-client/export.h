/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * export: names for the library's functions that no program can override
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A program may define a function of the same name, as ynl-gen does with
 * dmstat_region_get(). By the rules of ELF, the library would then call that
 * function. So in the library, INTERNAL() gives each function of dmstat.h the
 * hidden name __dmstat_..., and EXPORT() adds its public name as a weak alias:
 * weak, so that a program with such a function can be linked statically.
 *
 * Every file that calls or defines a public function includes this header
 * instead of dmstat.h.
 */
#ifndef DMSTAT_EXPORT_H
#define DMSTAT_EXPORT_H

#include "dmstat.h"

#define INTERNAL(function)						\
	extern __typeof__(function) function				\
		__asm__("__" #function)					\
		__attribute__((visibility("hidden")))

#define EXPORT(function)						\
	extern __typeof__(function) exported_##function			\
		__asm__(#function)					\
		__attribute__((weak, alias("__" #function),		\
			       visibility("default")))

INTERNAL(dmstat_areas);
INTERNAL(dmstat_autoload);
INTERNAL(dmstat_close);
INTERNAL(dmstat_delta);
INTERNAL(dmstat_device_deltas);
INTERNAL(dmstat_device_find);
INTERNAL(dmstat_device_find_range);
INTERNAL(dmstat_device_get);
INTERNAL(dmstat_devices);
INTERNAL(dmstat_error);
INTERNAL(dmstat_events_buffer);
INTERNAL(dmstat_events_close);
INTERNAL(dmstat_events_fd);
INTERNAL(dmstat_events_follow);
INTERNAL(dmstat_events_open);
INTERNAL(dmstat_events_open_groups);
INTERNAL(dmstat_events_read);
INTERNAL(dmstat_extack);
INTERNAL(dmstat_extack_attribute);
INTERNAL(dmstat_flush_bounds);
INTERNAL(dmstat_histogram_estimate);
INTERNAL(dmstat_histogram_quantile);
INTERNAL(dmstat_inflight);
INTERNAL(dmstat_open);
INTERNAL(dmstat_partition);
INTERNAL(dmstat_region_clear);
INTERNAL(dmstat_region_create);
INTERNAL(dmstat_region_delete);
INTERNAL(dmstat_region_deltas);
INTERNAL(dmstat_region_get);
INTERNAL(dmstat_region_set);
INTERNAL(dmstat_regions);
INTERNAL(dmstat_regions_delete);
INTERNAL(dmstat_regions_delete_ids);
INTERNAL(dmstat_snapshot_areas);
INTERNAL(dmstat_snapshot_free);
INTERNAL(dmstat_snapshot_info);
INTERNAL(dmstat_snapshot_take);
INTERNAL(dmstat_snapshot_update);
INTERNAL(dmstat_snapshots_at);
INTERNAL(dmstat_snapshots_device);
INTERNAL(dmstat_snapshots_device_at);
INTERNAL(dmstat_snapshots_find);
INTERNAL(dmstat_snapshots_free);
INTERNAL(dmstat_snapshots_info);
INTERNAL(dmstat_snapshots_take);
INTERNAL(dmstat_version);

#endif /* DMSTAT_EXPORT_H */
