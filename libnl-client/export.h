/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * export: the library's functions under names that no program can take
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A program may have a function of its own named dmstat_region_get(): that is
 * what ynl-gen calls it. By the rules of ELF the library would call that one
 * then. So here each function of dmstat.h is, to the compiler and the linker,
 * __dmstat_..., which is hidden. EXPORT() gives it its public name, too:
 * weakly, so that a program with such a function can be linked statically.
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
INTERNAL(dmstat_close);
INTERNAL(dmstat_delta);
INTERNAL(dmstat_device_find);
INTERNAL(dmstat_device_get);
INTERNAL(dmstat_devices);
INTERNAL(dmstat_error);
INTERNAL(dmstat_events_buffer);
INTERNAL(dmstat_events_close);
INTERNAL(dmstat_events_fd);
INTERNAL(dmstat_events_open);
INTERNAL(dmstat_events_read);
INTERNAL(dmstat_extack);
INTERNAL(dmstat_extack_attribute);
INTERNAL(dmstat_inflight);
INTERNAL(dmstat_open);
INTERNAL(dmstat_region_clear);
INTERNAL(dmstat_region_create);
INTERNAL(dmstat_region_delete);
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
INTERNAL(dmstat_version);

#endif /* DMSTAT_EXPORT_H */
