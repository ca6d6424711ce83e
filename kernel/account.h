/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hot path. Whoever sees I/O calls the first two functions: a tracepoint
 * probe today, a hook inside device-mapper as well. The others are for I/O of
 * which parts end one by one.
 */
#ifndef _DMSTAT_ACCOUNT_H
#define _DMSTAT_ACCOUNT_H

#include <linux/types.h>
#include <linux/dmstat.h>

struct dmstat_device;

void dmstat_io_started(struct dmstat_device *device, const void *carrier,
		       sector_t sector, u32 sectors,
		       enum dmstat_operation operation);
void dmstat_io_ended(struct dmstat_device *device, const void *carrier,
		     unsigned int error);

void dmstat_io_split(struct dmstat_device *device, const void *carrier,
		     const void *part);
void dmstat_io_part_ended(struct dmstat_device *device, const void *carrier,
			  unsigned int error);

#endif /* _DMSTAT_ACCOUNT_H */
