/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All block devices of the machine, disks and partitions: what bios may point
 * to. Nothing of a driver is referenced: an entry goes when its device does.
 */
#ifndef _DMSTAT_BDEV_H
#define _DMSTAT_BDEV_H

#include <linux/dm-ioctl.h>
#include <linux/list.h>
#include <linux/rculist.h>
#include <linux/types.h>

struct block_device;
struct dmstat_kdevice;

/* How the I/O of a disk can be seen. */
enum dmstat_bdev_kind {
	DMSTAT_BDEV_DM,		/* device-mapper: its bios end where they began */
	DMSTAT_BDEV_REQUESTS,	/* bios end in requests */
	DMSTAT_BDEV_BIOS,	/* bios end where they began */
	DMSTAT_BDEV_PASSES_ON,	/* may pass a bio on: see hook_remap.c */
	DMSTAT_BDEV_UNKNOWN,	/* what its driver does with bios is not known */
	/* Has no number, and cannot be opened; or dmstat_bdev_pause() */
	DMSTAT_BDEV_HIDDEN,
	DMSTAT_BDEV_PARTITION,
};

/* What bios of a watched device point to; see dmstat_device_lookup(). */
struct dmstat_alias {
	/* hash_lock of device.c to change, read under RCU. Added again, it is
	 * in the same list as before, so a reader that is still at it goes on
	 * from the start of that list.
	 */
	struct hlist_node node;
	/* Compared, never followed. Constant. */
	const struct block_device *bdev;
	/* Set before it is in the hash; READ_ONCE(). */
	struct dmstat_kdevice *device;
};

/* What is known of a disk, copied for a reader. */
struct dmstat_disk {
	const struct block_device *bdev;	/* to compare, not to follow */
	dev_t devt;
	bool request_based;
	bool passes_on;		/* its bios may end on another device */
	sector_t sectors;
	char name[DM_NAME_LEN];
	char uuid[DM_UUID_LEN];			/* empty: it has none */
};

struct dmstat_bdev {
	/* dmstat_bdev_lock() to change, read under RCU. */
	struct hlist_node by_bdev;
	struct hlist_node by_devt;
	/* In the list of disks, by age, in @partitions of its disk or, once it
	 * has gone, in the list of those kept; dmstat_bdev_lock().
	 */
	struct list_head node;
	struct list_head partitions;	/* of a disk; dmstat_bdev_lock() */
	/* Constant. To follow @bdev, keep the entry in the table by
	 * dmstat_bdev_lock().
	 */
	struct block_device *bdev;
	dev_t devt;			/* 0: it has none */
	enum dmstat_bdev_kind kind;
	/* Of a partition, while its disk is watched. */
	struct dmstat_alias alias;
	/* In @aliases of the device; hash_lock of device.c. */
	struct list_head alias_node;
	/* What passes bios on to it in place, and the list of what it passes
	 * bios on to. passed_lock to change; @above is read under RCU.
	 */
	struct dmstat_bdev __rcu *above;
	struct list_head below;
	struct list_head below_node;
	/* Several disks passed bios on to it at the same time; @above is one of
	 * them. Set once, under passed_lock; READ_ONCE().
	 */
	bool shared;
	/* The device has gone; passed_lock to change, and for a change of
	 * @above.
	 */
	bool gone;
	/* In the list of disks that pass bios on; dmstat_bdev_lock() to change,
	 * read under RCU.
	 */
	struct list_head passes_node;
	struct rcu_head rcu;
};

void dmstat_bdev_lock(void);
void dmstat_bdev_unlock(void);
struct dmstat_bdev *dmstat_bdev_find(dev_t devt);
struct dmstat_bdev *dmstat_bdev_of(const struct block_device *bdev);
struct dmstat_bdev *dmstat_bdev_next_disk(struct dmstat_bdev *entry);
void dmstat_bdev_pause(struct dmstat_bdev *cursor, struct dmstat_bdev *entry);

struct dmstat_bdev *dmstat_bdev_new(struct block_device *bdev, dev_t devt,
				    enum dmstat_bdev_kind kind);
void dmstat_bdev_insert(struct dmstat_bdev *entry, struct dmstat_bdev *disk);
void dmstat_bdev_remove(struct dmstat_bdev *entry);

struct dmstat_bdev *dmstat_bdev_known(const struct block_device *bdev);
struct dmstat_bdev *dmstat_bdev_known_devt(dev_t devt);
void dmstat_bdev_passed_on(struct dmstat_bdev *below, struct dmstat_bdev *above);
struct dmstat_bdev *dmstat_bdev_next_passing(struct dmstat_bdev *entry);

#endif /* _DMSTAT_BDEV_H */
