/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * region: create, list, change, clear and delete regions
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_REGION_H
#define DMSTAT_REGION_H

#include <stdint.h>

#include "event_number.h"
#include "export.h"

struct nlmsghdr;

/**
 * struct region_event - the part of a notification that is not about the region
 * @cause: enum dmstat_cause: why the region was deleted
 * @number: which event it is
 */
struct region_event {
	uint32_t cause;
	struct event_number number;
};

int dmstat_region_parse(const struct nlmsghdr *message,
			struct dmstat_region *region,
			struct region_event *event);

#endif /* DMSTAT_REGION_H */
