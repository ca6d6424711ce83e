/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * partition: from a partition to its disk, and numbers of names, by sysfs
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_PARTITION_H
#define DMSTAT_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

bool dmstat_partition_named(const char *name, uint32_t *major, uint32_t *minor);
bool dmstat_partition_is_mapped(uint32_t major, uint32_t minor);

#endif /* DMSTAT_PARTITION_H */
