/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/O over many areas: counted from a work queue, because it would keep a CPU
 * for too long where it starts and ends.
 */
#ifndef _DMSTAT_LARGE_H
#define _DMSTAT_LARGE_H

#include <linux/blk_types.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct dmstat_device;
struct dmstat_inflight;

/*
 * An I/O in more areas than this, of all regions together, is large. At worst
 * each area is the first of its chunk to see I/O, and takes some 1,500
 * instructions: 100,000 in one stretch.
 */
#define DMSTAT_LARGE_AREAS	64

/* Ranges of large I/Os that were missed, and not counted so by the regions yet. */
#define DMSTAT_LARGE_MISSED	16

struct dmstat_large_missed {
	sector_t sector;
	sector_t end;
	u64 generation;
	u64 ios;
};

/* What a watched device has of large I/O. */
struct dmstat_large_queue {
	spinlock_t lock;		/* taken with interrupts off */
	struct list_head in_flight;	/* what has not ended; @lock */
	u32 nr_missed;			/* @lock */
	struct dmstat_large_missed missed[DMSTAT_LARGE_MISSED];	/* @lock */
	struct work_struct miss;	/* has a reference to the device */
};

int dmstat_large_init(void);
void dmstat_large_exit(void);

void dmstat_large_set_up(struct dmstat_device *device);
void dmstat_large_drop(struct dmstat_device *device);

bool dmstat_large_start(struct dmstat_device *device,
			struct dmstat_inflight *io, u64 now);
void dmstat_large_end(struct dmstat_inflight *io, u64 now,
		      blk_status_t status, sector_t sector);
bool dmstat_large_take(struct dmstat_device *device,
		       struct dmstat_inflight *io, u64 now,
		       blk_status_t status, sector_t sector);
void dmstat_large_miss(struct dmstat_device *device, sector_t sector,
		       u32 sectors, u64 generation);

#endif /* _DMSTAT_LARGE_H */
