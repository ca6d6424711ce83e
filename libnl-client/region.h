/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * region: ranges of devices, cut into areas
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_REGION_H
#define DMSTAT_REGION_H

#include "dmstat.h"

struct nlmsghdr;

int dmstat_region_parse(const struct nlmsghdr *message,
			struct dmstat_region *region, uint32_t *cause);

#endif /* DMSTAT_REGION_H */
