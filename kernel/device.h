/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watched devices: those that have regions. Their disks are not referenced:
 * when a disk goes, its regions go.
 */
#ifndef _DMSTAT_DEVICE_H
#define _DMSTAT_DEVICE_H

#include <linux/blkdev.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/rculist.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "bdev.h"
#include "disk.h"
#include "flush.h"
#include "inflight.h"

struct cgroup;
struct dmstat_events;
struct dmstat_index;

/*
 * An I/O in more areas than this, of all regions together, is large: see
 * large.h. In the worst case each area is the first of its chunk to see I/O,
 * and takes some 1,500 instructions: 100,000 in one stretch.
 */
#define DMSTAT_LARGE_AREAS	64

/* Most ranges that are remembered. */
#define DMSTAT_LARGE_MISSED	16

/* A range in which large I/Os were missed; covered by its owner's lock. */
struct dmstat_large_missed {
	sector_t sector;
	sector_t end;			/* the first sector after it */
	u64 generation;			/* of the index when they started */
	struct cgroup *cgroup;		/* charged; a reference, or NULL */
	bool mixed;			/* others were, too */
	u64 ios;			/* how many */
};

/* The large I/Os of a device; used by large.c. */
struct dmstat_large_queue {
	raw_spinlock_t lock;		/* taken with interrupts off */
	struct list_head in_flight;	/* those that have not ended; @lock */
	/* Those that @miss has not counted in the regions yet; @lock. */
	u32 nr_missed;
	struct dmstat_large_missed missed[DMSTAT_LARGE_MISSED];
	struct work_struct miss;	/* has a reference to the device */
};

/* What a device knows of one of its regions; a part of the region. */
struct dmstat_device_member {
	u32 id;				/* of the region; constant */
	/* In @regions of the device; dmstat_lock. After the region has been
	 * removed from the device, the caller that removed it may use this.
	 */
	struct list_head node;
	/* In @by_id of the device; under the locks of that. */
	struct rb_node by_id;
	/* What it tells: I/Os that take at least @slow_ns, U64_MAX: none; and
	 * those that fail. Under the locks of @by_id to change, READ_ONCE().
	 */
	u64 slow_ns;
	bool tell_errors;
};

struct dmstat_kdevice {
	/* This cache line is read by the hot path, and written when regions
	 * come or go.
	 *
	 * The whole disk's; in the hash once @index is set. Those of its
	 * partitions are in @aliases.
	 */
	struct dmstat_alias self;
	/* Replaced whole when regions come or go; dmstat_lock to change, read
	 * under RCU.
	 */
	struct dmstat_index __rcu *index;
	/* Whether it ever had more than DMSTAT_LARGE_AREAS regions, so that an
	 * I/O in one area of each may be large. Set once, under dmstat_lock;
	 * READ_ONCE().
	 */
	bool many_regions;

	/* Set up before the device is in the hash, freed with the device. One
	 * line is written when the table grows, one by I/Os that find their
	 * home slot taken.
	 */
	struct dmstat_inflight_table inflight;

	/* I/Os not counted: memory was short, or large I/Os were too many. */
	atomic64_t missed ____cacheline_aligned;
	/* Written with each flush. */
	struct dmstat_kflush flush;
	/* Written with each large I/O. */
	struct dmstat_large_queue large;

	/* For being watched, for each region that is not freed, for @gone_node,
	 * @look_up, @large.miss, each large I/O, and each user of
	 * dmstat_device_get_watched().
	 */
	refcount_t users;
	/* Its I/O is reported; dmstat_lock. */
	bool attached;
	/* The disk has gone: no request finds its regions. Set once, under
	 * hash_lock; READ_ONCE().
	 */
	bool gone;
	/* In gone_devices, until its regions are deleted; hash_lock. */
	struct list_head gone_node;
	/* Of the disk's partitions, while the device is in the hash;
	 * hash_lock.
	 */
	struct list_head aliases;
	/* All regions, by age; dmstat_lock. Only functions of device.[ch] use
	 * this and the next three.
	 */
	struct list_head regions;
	/* The same by id; dmstat_lock and @by_id_lock to change, either to
	 * read.
	 */
	struct rb_root by_id;
	/* For large I/O, which must not wait for dmstat_lock. */
	spinlock_t by_id_lock;
	/* How many; dmstat_lock to change, READ_ONCE(). */
	u32 nr_regions;
	/* Those that a request deletes by a list of ids; empty before and
	 * after. dmstat_lock.
	 */
	struct list_head leaving;
	/* How many of them have a @slow_ns, and how many tell errors;
	 * dmstat_lock to change, READ_ONCE().
	 */
	u32 nr_slow_ns;
	u32 nr_tell_errors;
	/* The smallest @slow_ns of its regions or, until that is computed
	 * again, a smaller one; U64_MAX: no region has one. Under the locks of
	 * @by_id and slow_lock to change, READ_ONCE().
	 */
	u64 slow_ns;
	struct list_head slow_node;	/* if @slow_ns is; slow_lock */
	/* @slow_ns may be too small; and how often a region's @slow_ns has
	 * changed. @by_id_lock.
	 */
	bool slow_ns_is_old;
	u32 slow_ns_changes;
	/* Set up when the first region tells anything, freed with the device.
	 * dmstat_lock to set, with release.
	 */
	struct dmstat_events *events;
	/* Of @index, never goes back; dmstat_lock. */
	u64 generation;
	/* Constant. Its bios may end in requests, of its own or of disks below;
	 * in the latter case it passes them on.
	 */
	bool in_requests;
	bool passes_on;
	dev_t devt;
	/* As last looked up, for use once the disk is going; name_lock. */
	char name[DM_NAME_LEN];
	struct work_struct look_up;	/* of the name; has a reference */
	struct rcu_work unwatch;	/* has the reference for being watched */
};

static_assert(offsetof(struct dmstat_kdevice, index) < L1_CACHE_BYTES);
static_assert(offsetof(struct dmstat_kdevice, inflight) == L1_CACHE_BYTES);
static_assert(offsetof(struct dmstat_kdevice, inflight.crowded) ==
	      2 * L1_CACHE_BYTES);
/* With some kernel configurations the work items in @inflight are larger. */
static_assert(offsetof(struct dmstat_kdevice, missed) >= 3 * L1_CACHE_BYTES &&
	      offsetof(struct dmstat_kdevice, missed) % L1_CACHE_BYTES == 0);

/* What is known of a device, copied for a reader. */
struct dmstat_device_info {
	struct dmstat_disk disk;
	/* As struct dmstat_kdevice has them; 0 if it is not watched. */
	u32 regions;
	u64 missed;
	struct dmstat_flush_values flush;
};

/* What a device calls of files that include this one; set up by main.c. */
struct dmstat_device_hooks {
	/* Start and stop reporting I/O; under dmstat_lock. */
	int (*hook)(void);
	void (*unhook)(void);
	/* The same for devices whose I/O may end in requests. */
	int (*hook_request)(void);
	void (*unhook_request)(void);
	/* For disks below one that passes I/O on: may not be needed. */
	int (*hook_remap)(void);
	void (*unhook_remap)(void);
	/* For devices that pass I/O on. */
	int (*hook_passed)(void);
	void (*unhook_passed)(void);
	/* Whether this kernel has that. */
	bool (*sees_requests)(void);
	/* The disk goes: requests no longer find its regions; must not wait. */
	void (*going)(void);
	/* The disk has gone: delete the device's regions; under dmstat_lock. */
	void (*gone)(struct dmstat_kdevice *device);
	/* A device is allocated; no I/O of it is reported yet, or any more. */
	void (*set_up)(struct dmstat_kdevice *device);
	void (*drop)(struct dmstat_kdevice *device);
	/* A device is freed. */
	void (*tear_down)(struct dmstat_kdevice *device);
	void (*free_index)(struct dmstat_index *index);
	void (*free_events)(struct dmstat_events *events);
};

/*
 * Covers which regions and watched devices there are. Not taken where I/O is
 * counted, where counters are read, or where a disk comes or goes. Taken by
 * dmstat_change_begin().
 */
extern struct mutex dmstat_lock;

/* Where devices and regions are freed, once they cannot be found any more. */
extern struct workqueue_struct *dmstat_free_wq;

/*
 * With 10,000 watched devices, the chain of a device that is not watched has
 * 0.6 of them: 3 instructions of a look-up. The table has a constant size of
 * 128 KiB, because to read the address and mask of one that grows would cost
 * as much in each look-up, even with one watched device.
 */
#define DMSTAT_DEVICE_HASH_BITS 14
extern struct hlist_head dmstat_devices[1 << DMSTAT_DEVICE_HASH_BITS];

/*
 * Block devices are in inodes of more than a KiB, so their hashes differ; and
 * inodes are beside each other, so these are spread better than by chance.
 */
static inline struct hlist_head *
dmstat_device_head(const struct block_device *bdev)
{
	return &dmstat_devices[((unsigned long)bdev >> 10) %
			       ARRAY_SIZE(dmstat_devices)];
}

/**
 * dmstat_device_lookup() - the watched device that a bio is for
 * @bdev: what the bio points to: a disk, or a partition of it
 *
 * A bio for a partition keeps pointing to that, but its sector is the disk's
 * before it is reported.
 *
 * Context: any; RCU, or preemption disabled, for as long as the answer is used.
 * Return: the device, which has an index, or NULL if it is not watched.
 */
static inline struct dmstat_kdevice *
dmstat_device_lookup(const struct block_device *bdev)
{
	struct dmstat_kdevice *device;
	struct dmstat_alias *alias;

	hlist_for_each_entry_rcu(alias, dmstat_device_head(bdev), node,
				 rcu_read_lock_any_held()) {
		if (unlikely(alias->bdev != bdev))
			continue;
		device = READ_ONCE(alias->device);
		/* Callers need not compare it with NULL again. */
		if (!device)
			__builtin_unreachable();
		return device;
	}
	return NULL;
}

/**
 * dmstat_device_has_regions() - check whether a device has regions
 * @device: the device
 *
 * Context: dmstat_lock held.
 * Return: false if there are none, or all were removed.
 */
static inline bool
dmstat_device_has_regions(const struct dmstat_kdevice *device)
{
	lockdep_assert_held(&dmstat_lock);

	return device->nr_regions;
}

/*
 * Walk the regions of a device by age. The body may remove @member. Under
 * dmstat_lock.
 */
#define dmstat_device_for_each_region_safe(member, next, device) \
	list_for_each_entry_safe(member, next, &(device)->regions, node)

int dmstat_device_init(const struct dmstat_device_hooks *hooks);
void dmstat_device_exit(void);
void dmstat_device_wait_freed(void);

unsigned int dmstat_change_begin(void);
void dmstat_change_end(unsigned int noio);

int dmstat_device_find(dev_t devt, struct dmstat_device_info *info);
bool dmstat_device_listed(dev_t devt, struct dmstat_device_info *info);

struct dmstat_kdevice *
dmstat_device_watch(const struct dmstat_device_info *info);
int dmstat_device_show(struct dmstat_kdevice *device);
void dmstat_device_unwatch(struct dmstat_kdevice *device);
struct dmstat_kdevice *dmstat_device_get_watched(dev_t devt);
void dmstat_device_put(struct dmstat_kdevice *device);
void dmstat_device_add_region(struct dmstat_kdevice *device,
			      struct dmstat_device_member *member);
void dmstat_device_remove_region(struct dmstat_kdevice *device,
				 struct dmstat_device_member *member);
void dmstat_device_remove_regions(struct dmstat_kdevice *device,
				  struct list_head *removed);
void dmstat_device_set_tell(struct dmstat_kdevice *device,
			    struct dmstat_device_member *member, u64 slow_ns,
			    bool tell_errors);
void dmstat_device_renew_slow_ns(struct dmstat_kdevice *device);
struct dmstat_device_member *
dmstat_device_next_region(struct dmstat_kdevice *device, u32 *id,
			  bool (*get)(struct dmstat_device_member *member,
				      const void *arg),
			  const void *arg);
void dmstat_device_name(struct dmstat_kdevice *device, char *name);

#endif /* _DMSTAT_DEVICE_H */
