/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Split I/O: what one carrier had is carried on by several.
 */
#ifndef _DMSTAT_SPLIT_H
#define _DMSTAT_SPLIT_H

#include <linux/blk_types.h>
#include <linux/types.h>

struct dmstat_kinflight;
struct dmstat_inflight_table;

void dmstat_split(struct dmstat_inflight_table *table, const void *carrier,
		  const void *part);
struct dmstat_kinflight *
dmstat_split_part_ended(struct dmstat_inflight_table *table,
			struct dmstat_kinflight *io, blk_status_t status);
bool dmstat_split_knows(struct dmstat_inflight_table *table,
			const void *carrier);
bool dmstat_split_covers(struct dmstat_inflight_table *table,
			 const void *carrier, sector_t sector, u32 sectors);

#endif /* _DMSTAT_SPLIT_H */
