/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watched devices: the device-mapper devices that have regions. None is
 * referenced: when a disk goes, its regions go.
 */
#ifndef _DMSTAT_DEVICE_H
#define _DMSTAT_DEVICE_H

#include <linux/blkdev.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/dm-ioctl.h>
#include <linux/hash.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rculist.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "flush.h"
#include "inflight.h"

struct dmstat_index;
struct mapped_device;

/*
 * An I/O in more areas than this, of all regions together, is large: see large.h.
 * In the worst case each area is the first of its chunk to see I/O, and takes some
 * 1,500 instructions: 100,000 in one stretch.
 */
#define DMSTAT_LARGE_AREAS	64

/* Ranges in which large I/Os were missed. */
#define DMSTAT_LARGE_MISSED	16

struct dmstat_large_missed {
	sector_t sector;
	sector_t end;
	u64 generation;
	u64 ios;
};

/* The large I/Os of a device; used by large.c. */
struct dmstat_large_queue {
	spinlock_t lock;		/* taken with interrupts off */
	struct list_head in_flight;	/* those that have not ended; @lock */
	/* Those that @miss has not counted in the regions yet; @lock. */
	u32 nr_missed;
	struct dmstat_large_missed missed[DMSTAT_LARGE_MISSED];
	struct work_struct miss;	/* has a reference to the device */
};

struct dmstat_device {
	/* This cache line is read by the hot path, and written when regions come
	 * or go.
	 *
	 * In the hash of watched devices once @index is set; dmstat_lock, read
	 * under RCU.
	 */
	struct hlist_node node;
	/* What bios point to; compared, never followed. Constant. */
	const struct block_device *bdev;
	/* Replaced whole whenever regions come or go; dmstat_lock, RCU. */
	struct dmstat_index __rcu *index;
	/* Whether it ever had more than DMSTAT_LARGE_AREAS regions, so that an
	 * I/O in one area of each may be large; dmstat_lock to change.
	 */
	bool many_regions;

	/* Set up before the device is in the hash, freed with the device. A line
	 * that is written when the table grows, and one for what finds its home
	 * slot taken.
	 */
	struct dmstat_inflight_table inflight;

	/* I/Os that could not be counted. */
	atomic64_t missed ____cacheline_aligned;
	/* Written with each flush. */
	struct dmstat_flush flush;
	/* Written with each large I/O. */
	struct dmstat_large_queue large;

	/* One for being watched, one for each region not freed yet, one for
	 * @gone_node.
	 */
	refcount_t users;
	/* Its I/O is reported; dmstat_lock. */
	bool attached;
	/* The disk has gone: no request finds its regions. Set once, under
	 * hash_lock; read anywhere.
	 */
	bool gone;
	/* Among those whose regions are to be deleted; hash_lock. */
	struct list_head gone_node;
	/* By start, then id; dmstat_lock. */
	struct list_head regions;
	/* Of @regions; dmstat_lock and @by_id_lock to change, either to read. */
	struct rb_root by_id;
	/* For who must not wait for dmstat_lock. */
	spinlock_t by_id_lock;
	/* Of @regions; dmstat_lock to change. */
	u32 nr_regions;
	/* Of @index, never goes back; dmstat_lock. */
	u64 generation;
	/* Constant. */
	bool request_based;
	dev_t devt;
	/* As it was last looked up, for use once the disk is going; name_lock. */
	char name[DM_NAME_LEN];
	struct work_struct look_up;	/* the name; has a reference */
	struct rcu_work unwatch;
};

static_assert(offsetof(struct dmstat_device, index) < L1_CACHE_BYTES);
static_assert(offsetof(struct dmstat_device, inflight) == L1_CACHE_BYTES);
static_assert(offsetof(struct dmstat_device, inflight.crowded) ==
	      2 * L1_CACHE_BYTES);
/* The work between is larger where it is checked. */
static_assert(offsetof(struct dmstat_device, missed) >= 3 * L1_CACHE_BYTES &&
	      offsetof(struct dmstat_device, missed) % L1_CACHE_BYTES == 0);

/* A device-mapper device as a user sees it. */
struct dmstat_device_info {
	const struct block_device *bdev;
	dev_t devt;
	bool request_based;
	sector_t sectors;
	char name[DM_NAME_LEN];
	char uuid[DM_UUID_LEN];
	/* As struct dmstat_device has them; 0 if nobody watches it. */
	u32 regions;
	u64 missed;
	struct dmstat_flush_values flush;
};

/* The numbers of all device-mapper devices, as of one moment. */
struct dmstat_device_list {
	u32 nr;
	dev_t devt[];
};

/* What the watched devices need of others; set up by main.c. */
struct dmstat_device_hooks {
	/* Begin and end to report I/O; under dmstat_lock. */
	int (*attach)(void);
	void (*detach)(void);
	/* The same for what request-based devices need beyond that. */
	int (*attach_request)(void);
	void (*detach_request)(void);
	/* Whether this kernel has what that takes. */
	bool (*sees_requests)(void);
	/* The disk goes, and its regions are found no more; atomic. */
	void (*going)(void);
	/* The disk went: delete the device's regions; under dmstat_lock. */
	void (*gone)(struct dmstat_device *device);
	/* A device is made, and not seen yet; no I/O of it is seen any more. */
	void (*set_up)(struct dmstat_device *device);
	void (*drop)(struct dmstat_device *device);
};

/*
 * Covers which regions and watched devices there are. Not taken where I/O is
 * counted, nor for reading the counters of a region, nor where a disk comes or
 * goes. Taken by dmstat_change_begin().
 */
extern struct mutex dmstat_lock;

/* Where devices and regions are freed, once nobody can see them any more. */
extern struct workqueue_struct *dmstat_free_wq;

/*
 * With 10,000 watched devices, a device that nobody watches has 0.6 of them in its
 * chain, 3 instructions of a look-up. The size is constant, for 128 KiB, because
 * a pointer to a table that grows and its mask would cost as much in each look-up
 * for any device, with one watched device, too.
 */
#define DMSTAT_DEVICE_HASH_BITS 14
extern struct hlist_head dmstat_devices[1 << DMSTAT_DEVICE_HASH_BITS];

/*
 * They lie in inodes of more than a KiB, so this tells them apart; and inodes lie
 * beside each other, so this spreads them better than chance would.
 */
static inline struct hlist_head *
dmstat_device_head(const struct block_device *bdev)
{
	return &dmstat_devices[((unsigned long)bdev >> 10) %
			       ARRAY_SIZE(dmstat_devices)];
}

/**
 * dmstat_device_lookup() - the watched device that a bio is for
 * @bdev: what the bio points to
 *
 * Context: any; RCU, or preemption disabled, for as long as the answer is used.
 * Return: the device, which has an index, or NULL if nobody watches it.
 */
static inline struct dmstat_device *
dmstat_device_lookup(const struct block_device *bdev)
{
	struct dmstat_device *device;

	hlist_for_each_entry_rcu(device, dmstat_device_head(bdev), node,
				 rcu_read_lock_any_held() ||
				 lockdep_is_held(&dmstat_lock)) {
		if (likely(device->bdev == bdev))
			return device;
	}
	return NULL;
}

int dmstat_device_init(const struct dmstat_device_hooks *hooks);
void dmstat_device_exit(void);

unsigned int dmstat_change_begin(void);
void dmstat_change_end(unsigned int noio);

int dmstat_device_find(dev_t devt, struct dmstat_device_info *info);
struct dmstat_device_list *dmstat_device_list(void);
bool dmstat_device_listed(dev_t devt, struct dmstat_device_info *info);
unsigned int dmstat_device_list_seq(void);

struct dmstat_device *
dmstat_device_watch(const struct dmstat_device_info *info);
int dmstat_device_show(struct dmstat_device *device);
void dmstat_device_unwatch(struct dmstat_device *device);
struct dmstat_device *dmstat_device_get_watched(dev_t devt);
void dmstat_device_put(struct dmstat_device *device);
void dmstat_device_name(struct dmstat_device *device, char *name);

#endif /* _DMSTAT_DEVICE_H */
