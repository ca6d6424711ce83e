/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * area: read the counters of areas
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_AREA_H
#define DMSTAT_AREA_H

#include "export.h"

struct nlmsghdr;

/**
 * struct area - an area and everything that it points to
 * @area: passed to the caller; points to the other members
 * @read: counters of reads
 * @write: counters of writes
 * @discard: counters of discards
 * @histogram: by operation; only those that @area points to are set
 */
struct area {
	struct dmstat_area area;
	struct dmstat_io read;
	struct dmstat_io write;
	struct dmstat_io discard;
	struct dmstat_histogram histogram[3];
};

int dmstat_area_query_copy(struct dmstat_area_query *mine,
			   const struct dmstat_area_query *query);
int dmstat_area_parse(const struct nlmsghdr *message, struct area *area);

#endif /* DMSTAT_AREA_H */
