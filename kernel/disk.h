/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks: which there are, what they are called, and when they come, go or are
 * renamed. What is device-mapper's own is in disk_dm.c.
 */
#ifndef _DMSTAT_DISK_H
#define _DMSTAT_DISK_H

#include <linux/types.h>

#include "bdev.h"

/*
 * The numbers of all disks whose I/O can be counted. One that went or came while
 * the list was made may be missing, or be in it twice: dmstat_disk_list_seq() tells.
 */
struct dmstat_disk_list {
	u32 nr;
	dev_t devt[];
};

/*
 * What is called about disks. The memory of what @bdev points to is still the
 * device's. The first three are called under dmstat_bdev_lock(), locks of the
 * driver core and perhaps of the driver: they must not wait.
 */
struct dmstat_disk_hooks {
	/* The disk goes. */
	void (*going)(const struct block_device *bdev);
	/* A partition of a disk comes: no I/O was submitted to it yet. */
	void (*partition_comes)(const struct block_device *disk,
				struct dmstat_bdev *partition);
	/* A partition goes. */
	void (*partition_goes)(struct dmstat_bdev *partition);
	/* The first disk comes whose driver passes bios on; may sleep, and is
	 * under no lock of ours. No I/O was submitted to it yet.
	 */
	void (*passing)(void);
	/* The disk may have been renamed; preemption disabled. */
	void (*renamed)(const struct block_device *bdev);
};

int dmstat_disk_init(const struct dmstat_disk_hooks *disk_hooks);
void dmstat_disk_exit(void);

int dmstat_disk_find(dev_t devt, struct dmstat_disk *disk);
void dmstat_disk_partitions(const struct block_device *bdev,
			    void (*found)(struct dmstat_bdev *partition,
					  void *arg), void *arg);

struct dmstat_disk_list *dmstat_disk_list(void);
unsigned int dmstat_disk_list_seq(void);

#endif /* _DMSTAT_DISK_H */
