/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * region: ranges of devices, cut into areas
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_REGION_H
#define DMSTAT_REGION_H

#include <stdbool.h>
#include <stdint.h>

#include "export.h"

struct nlmsghdr;

/**
 * struct region_event - what a notification about a region says besides
 * @cause: why the region is gone, 0 if it is not
 * @time: when it happened, 0 if it is not known
 * @sequence: the event's number
 * @numbered: it has one
 */
struct region_event {
	uint32_t cause;
	uint64_t time;
	uint32_t sequence;
	bool numbered;
};

int dmstat_region_parse(const struct nlmsghdr *message,
			struct dmstat_region *region,
			struct region_event *event);

#endif /* DMSTAT_REGION_H */
