/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/O over many areas: counted by work items, because it would keep a CPU for
 * too long where it starts and ends. On PREEMPT_RT also I/O for which no memory
 * is ready.
 */
#ifndef _DMSTAT_LARGE_H
#define _DMSTAT_LARGE_H

#include <linux/blk_types.h>
#include <linux/types.h>

struct dmstat_kdevice;
struct dmstat_kinflight;

int dmstat_large_init(void);
void dmstat_large_stop(void);
void dmstat_large_exit(void);

void dmstat_large_set_up(struct dmstat_kdevice *device);
void dmstat_large_tear_down(struct dmstat_kdevice *device);
void dmstat_large_drop(struct dmstat_kdevice *device);

bool dmstat_large_start(struct dmstat_kdevice *device,
			struct dmstat_kinflight *io, u64 now);
void dmstat_large_end(struct dmstat_kinflight *io, u64 now,
		      blk_status_t status, sector_t sector);
bool dmstat_large_take(struct dmstat_kdevice *device,
		       struct dmstat_kinflight *io, u64 now,
		       blk_status_t status, sector_t sector);
void dmstat_large_miss(struct dmstat_kdevice *device,
		       const struct dmstat_kinflight *io);

#endif /* _DMSTAT_LARGE_H */
