/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading what the areas of a region have counted, and clearing it.
 */
#ifndef _DMSTAT_READ_H
#define _DMSTAT_READ_H

#include "counters.h"

struct dmstat_region;

/* Areas that are read together. */
#define DMSTAT_READ_AREAS 256U

/* I/O in flight in some areas, as of @now. */
struct dmstat_in_flight {
	u64 now;			/* dmstat_clock_ns() */
	u32 first;			/* area */
	u32 nr;
	struct {
		u32 ios[2];		/* read; write and discard */
		u64 age_ns;		/* summed */
	} area[DMSTAT_READ_AREAS];
};

/* What a reader needs room for. */
struct dmstat_reading {
	struct dmstat_in_flight in_flight;
	struct dmstat_area_values values;	/* of one area; has bins */
};

/* Where I/O in flight is: between these areas; nowhere if first > last. */
struct dmstat_read_span {
	u32 first;
	u32 last;
};

struct dmstat_reading *dmstat_reading_new(const struct dmstat_region *region);
void dmstat_read_span(const struct dmstat_region *region,
		      struct dmstat_read_span *span);
bool dmstat_read_any_active(const struct dmstat_region *region, u32 first,
			    u32 nr, const struct dmstat_read_span *span);
void dmstat_read_in_flight(const struct dmstat_region *region, u32 first,
			   u32 nr, struct dmstat_in_flight *in_flight);
bool dmstat_read_area(const struct dmstat_region *region, u32 area,
		      struct dmstat_reading *reading);
int dmstat_clear_prepare(struct dmstat_region *region, u32 area);
void dmstat_clear_area(struct dmstat_region *region, u32 area,
		       const struct dmstat_area_values *values);
int dmstat_clear(struct dmstat_region *region);

#endif /* _DMSTAT_READ_H */
