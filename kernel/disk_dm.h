/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks of device-mapper: all that is its own.
 */
#ifndef _DMSTAT_DISK_DM_H
#define _DMSTAT_DISK_DM_H

#include <linux/types.h>

struct block_device;
struct device;
struct dmstat_disk;

void dmstat_disk_dm_init(void (*call)(const struct block_device *bdev));
void dmstat_disk_dm_exit(void);
bool dmstat_disk_dm_is(const struct device *dev);
bool dmstat_disk_dm_find(dev_t devt, struct dmstat_disk *disk);

#endif /* _DMSTAT_DISK_DM_H */
