/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter: the regions that a request is about
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_FILTER_H
#define DMSTAT_FILTER_H

#include "dmstat.h"

struct nl_msg;

/* Types of a filter's attributes, which depend on the request. */
struct filter_attributes {
	int major;
	int minor;
	int program_id;
	int group;
};

int dmstat_filter_copy(struct dmstat_region_filter *mine,
		       const struct dmstat_region_filter *filter);
int dmstat_filter_put(struct nl_msg *request,
		      const struct filter_attributes *attributes,
		      const struct dmstat_region_filter *filter);

#endif /* DMSTAT_FILTER_H */
