/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks: which there are, what they are called, and when they come, go or are
 * renamed. All that is device-mapper's own is here: another kind of disk would
 * be one more case in these functions.
 */
#ifndef _DMSTAT_DISK_H
#define _DMSTAT_DISK_H

#include <linux/dm-ioctl.h>
#include <linux/types.h>

struct block_device;
struct mapped_device;

/* A disk that is held: its removal waits until it is released. */
struct dmstat_hold {
	struct mapped_device *md;
	const struct block_device *bdev;
};

/* What is known of a disk, copied for a reader. */
struct dmstat_disk {
	const struct block_device *bdev;	/* to compare, not to follow */
	dev_t devt;
	bool request_based;
	sector_t sectors;
	char name[DM_NAME_LEN];
	char uuid[DM_UUID_LEN];
};

/* The numbers of all disks whose I/O can be counted, as of one moment. */
struct dmstat_disk_list {
	u32 nr;
	dev_t devt[];
};

/* What is called about disks. The memory of @bdev is still the disk's. */
struct dmstat_disk_hooks {
	/* The disk goes. Under locks of the driver core: must not wait. */
	void (*going)(const struct block_device *bdev);
	/* The disk may have been renamed; preemption disabled. */
	void (*renamed)(const struct block_device *bdev);
};

int dmstat_disk_init(const struct dmstat_disk_hooks *disk_hooks);
void dmstat_disk_exit(void);

bool dmstat_disk_hold(dev_t devt, struct dmstat_hold *hold);
void dmstat_disk_release(struct dmstat_hold *hold);
bool dmstat_disk_is_there(const struct dmstat_hold *hold);
bool dmstat_disk_fill(const struct dmstat_hold *hold,
		      struct dmstat_disk *disk);
bool dmstat_disk_name(const struct dmstat_hold *hold, char *name);
int dmstat_disk_why_not(dev_t devt);

struct dmstat_disk_list *dmstat_disk_list(void);
unsigned int dmstat_disk_list_seq(void);

#endif /* _DMSTAT_DISK_H */
