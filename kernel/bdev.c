// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of all block devices. The block layer's own ways to a disk by its
 * number lead through a reference or an open, either of which can outlive the
 * driver's module or keep it from being unloaded. The entries here come and go
 * with the devices, under a spinlock: what it covers is there.
 */
#include <linux/blkdev.h>
#include <linux/hashtable.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "bdev.h"

#define TABLE_BITS	12

/* Most that have gone and are kept: paths that come and go, for ever. */
#define LEFT_MAX	256

/* Covers the table. Taken by tasks alone, outside hash_lock of device.c. */
static DEFINE_SPINLOCK(bdev_lock);
/* bdev_lock to change, read under RCU. */
static DEFINE_HASHTABLE(by_bdev, TABLE_BITS);
static DEFINE_HASHTABLE(by_devt, TABLE_BITS);
static LIST_HEAD(passing);
static LIST_HEAD(disks);			/* bdev_lock */
/*
 * What has gone while a disk was above it, the oldest first. Its I/O may not have
 * ended, and the disk above waits for that. It is in @by_bdev until that disk goes
 * or another block device has its memory. bdev_lock.
 */
static LIST_HEAD(left);
static unsigned int nr_left;			/* bdev_lock */
/*
 * Covers @above and @below. Taken with interrupts off, by probes, but only when
 * a relation changes: once for each disk below another one.
 */
static DEFINE_RAW_SPINLOCK(passed_lock);

/**
 * dmstat_bdev_lock() - keep all block devices from coming or going
 *
 * Those in the table are there, with their drivers, until
 * dmstat_bdev_unlock(). Not to be held for long.
 *
 * Context: process; must not sleep afterwards.
 */
void dmstat_bdev_lock(void)
	__acquires(&bdev_lock)
{
	spin_lock(&bdev_lock);
}

/**
 * dmstat_bdev_unlock() - undo dmstat_bdev_lock()
 *
 * Context: process.
 */
void dmstat_bdev_unlock(void)
	__releases(&bdev_lock)
{
	spin_unlock(&bdev_lock);
}

/**
 * dmstat_bdev_known_devt() - find a block device by number
 * @devt: its number
 *
 * Context: any; RCU, or preemption disabled, for as long as the answer is used.
 * Return: its entry, or NULL.
 */
struct dmstat_bdev *dmstat_bdev_known_devt(dev_t devt)
{
	struct dmstat_bdev *entry;

	hlist_for_each_entry_rcu(entry,
				 &by_devt[hash_min(devt, TABLE_BITS)], by_devt,
				 rcu_read_lock_any_held() ||
				 lockdep_is_held(&bdev_lock)) {
		if (entry->devt == devt)
			return entry;
	}
	return NULL;
}

/**
 * dmstat_bdev_known() - find a block device by address
 * @bdev: what bios point to; not followed
 *
 * Context: as dmstat_bdev_known_devt().
 * Return: its entry, or NULL.
 */
struct dmstat_bdev *dmstat_bdev_known(const struct block_device *bdev)
{
	unsigned long key = (unsigned long)bdev;
	struct dmstat_bdev *entry;

	hlist_for_each_entry_rcu(entry, &by_bdev[hash_min(key, TABLE_BITS)],
				 by_bdev,
				 rcu_read_lock_any_held() ||
				 lockdep_is_held(&bdev_lock)) {
		if (entry->bdev == bdev)
			return entry;
	}
	return NULL;
}

/**
 * dmstat_bdev_find() - find a block device by number
 * @devt: its number
 *
 * Context: dmstat_bdev_lock().
 * Return: its entry, or NULL.
 */
struct dmstat_bdev *dmstat_bdev_find(dev_t devt)
{
	lockdep_assert_held(&bdev_lock);

	return dmstat_bdev_known_devt(devt);
}

/**
 * dmstat_bdev_of() - find a block device by address
 * @bdev: what bios point to; not followed
 *
 * Context: dmstat_bdev_lock().
 * Return: its entry, or NULL.
 */
struct dmstat_bdev *dmstat_bdev_of(const struct block_device *bdev)
{
	lockdep_assert_held(&bdev_lock);

	return dmstat_bdev_known(bdev);
}

/**
 * dmstat_bdev_next_disk() - walk all disks, the oldest first
 * @entry: the last one; NULL at first
 *
 * There may be thousands: see dmstat_bdev_pause().
 *
 * Context: dmstat_bdev_lock().
 * Return: the next one, or NULL.
 */
struct dmstat_bdev *dmstat_bdev_next_disk(struct dmstat_bdev *entry)
{
	struct list_head *last = entry ? &entry->node : &disks;

	lockdep_assert_held(&bdev_lock);

	return list_is_last(last, &disks) ? NULL :
	       list_next_entry(container_of(last, struct dmstat_bdev, node),
			       node);
}

/**
 * dmstat_bdev_pause() - release the lock during a walk of all disks
 * @cursor: of this walk: its @node is initialized, its kind is
 *	DMSTAT_BDEV_HIDDEN. The caller removes it after the walk, by list_del()
 * @entry: the last one, or @cursor; dmstat_bdev_next_disk() of @cursor is the
 *	next one
 *
 * The list has cursors of other walks, too.
 *
 * Context: dmstat_bdev_lock(); process, may sleep.
 */
void dmstat_bdev_pause(struct dmstat_bdev *cursor, struct dmstat_bdev *entry)
	__must_hold(&bdev_lock)
{
	lockdep_assert_held(&bdev_lock);

	if (cursor != entry)
		list_move(&cursor->node, &entry->node);
	dmstat_bdev_unlock();
	cond_resched();
	dmstat_bdev_lock();
}

/**
 * dmstat_bdev_new() - allocate an entry for a block device
 * @bdev: the block device
 * @devt: its number, or 0
 * @kind: how its I/O can be seen
 *
 * It cannot fail: the I/O of a partition without an entry would be missing.
 *
 * Context: process, may sleep.
 * Return: the entry, for dmstat_bdev_insert().
 */
struct dmstat_bdev *dmstat_bdev_new(struct block_device *bdev, dev_t devt,
				    enum dmstat_bdev_kind kind)
{
	struct dmstat_bdev *entry;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL | __GFP_NOFAIL);
	INIT_LIST_HEAD(&entry->node);
	INIT_LIST_HEAD(&entry->partitions);
	INIT_LIST_HEAD(&entry->alias_node);
	INIT_LIST_HEAD(&entry->below);
	INIT_LIST_HEAD(&entry->below_node);
	entry->bdev = bdev;
	entry->devt = devt;
	entry->kind = kind;
	entry->alias.bdev = bdev;
	return entry;
}

static void enter_below(struct dmstat_bdev *below, struct dmstat_bdev *above)
{
	lockdep_assert_held(&passed_lock);

	list_move(&below->below_node, &above->below);
	rcu_assign_pointer(below->above, above);
}

static void leave_above(struct dmstat_bdev *below)
{
	lockdep_assert_held(&passed_lock);

	RCU_INIT_POINTER(below->above, NULL);
	list_del_init(&below->below_node);
}

/* Free what is in @left and below no disk any more. */
static void drop_left(struct dmstat_bdev *entry)
{
	lockdep_assert_held(&bdev_lock);

	hash_del_rcu(&entry->by_bdev);
	list_del(&entry->node);
	nr_left--;
	kfree_rcu(entry, rcu);
}

static void replace_left(struct dmstat_bdev *entry)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&passed_lock, flags);
	leave_above(entry);
	raw_spin_unlock_irqrestore(&passed_lock, flags);
	drop_left(entry);
}

/**
 * dmstat_bdev_insert() - a block device comes
 * @entry: from dmstat_bdev_new()
 * @disk: the entry of its disk, if it is a partition
 *
 * Context: dmstat_bdev_lock().
 */
void dmstat_bdev_insert(struct dmstat_bdev *entry, struct dmstat_bdev *disk)
{
	struct dmstat_bdev *old = dmstat_bdev_of(entry->bdev);

	lockdep_assert_held(&bdev_lock);

	/* It has the memory of one that has gone. */
	if (old)
		replace_left(old);
	hash_add_rcu(by_bdev, &entry->by_bdev, (unsigned long)entry->bdev);
	if (entry->devt)
		hash_add_rcu(by_devt, &entry->by_devt, entry->devt);
	list_add_tail(&entry->node, disk ? &disk->partitions : &disks);
	if (entry->kind == DMSTAT_BDEV_PASSES_ON)
		list_add_rcu(&entry->passes_node, &passing);
}

/*
 * Nothing is below @entry any more. Probes that still have it add no relations
 * to it.
 * Return: whether it is below a disk itself.
 */
static bool forget_below(struct dmstat_bdev *entry)
{
	/* Of what has gone below several disks: any of them keeps it. */
	struct dmstat_bdev *heir = dmstat_bdev_next_passing(NULL);
	struct dmstat_bdev *below, *next;
	unsigned long flags;
	bool is_below;
	LIST_HEAD(gone);

	raw_spin_lock_irqsave(&passed_lock, flags);
	entry->gone = true;
	list_for_each_entry_safe(below, next, &entry->below, below_node) {
		leave_above(below);
		if (!below->gone)
			continue;
		if (below->shared && heir)
			enter_below(below, heir);
		else
			list_add(&below->below_node, &gone);
	}
	is_below = rcu_access_pointer(entry->above);
	raw_spin_unlock_irqrestore(&passed_lock, flags);

	list_for_each_entry_safe(below, next, &gone, below_node)
		drop_left(below);
	return is_below;
}

static void keep_left(struct dmstat_bdev *entry)
{
	if (nr_left == LEFT_MAX)
		replace_left(list_first_entry(&left, struct dmstat_bdev, node));
	list_add_tail(&entry->node, &left);
	nr_left++;
}

/**
 * dmstat_bdev_passed_on() - a disk passes a bio on to another device, in place
 * @below: the other device
 * @above: the disk
 *
 * A device is used by one disk at a time, unless md's metadata are in user space:
 * several arrays of a container are on the same disks.
 *
 * Context: any but NMI; RCU, or preemption disabled.
 */
void dmstat_bdev_passed_on(struct dmstat_bdev *below, struct dmstat_bdev *above)
{
	struct dmstat_bdev *known = rcu_access_pointer(below->above);
	unsigned long flags;

	if (likely(known == above) || below == above ||
	    (known && READ_ONCE(below->shared)))
		return;

	raw_spin_lock_irqsave(&passed_lock, flags);
	known = rcu_access_pointer(below->above);
	if (known && known != above && !above->gone)
		WRITE_ONCE(below->shared, true);
	else if (!below->gone && !above->gone)
		enter_below(below, above);
	raw_spin_unlock_irqrestore(&passed_lock, flags);
}

/**
 * dmstat_bdev_next_passing() - walk the disks that pass bios on
 * @entry: the last one; NULL at first
 *
 * Context: any; RCU, or preemption disabled, for the whole walk.
 * Return: the next one, or NULL.
 */
struct dmstat_bdev *dmstat_bdev_next_passing(struct dmstat_bdev *entry)
{
	struct list_head *last = entry ? &entry->passes_node : &passing;

	return list_next_or_null_rcu(&passing, last, struct dmstat_bdev,
				     passes_node);
}

/**
 * dmstat_bdev_remove() - a block device goes
 * @entry: its entry, which is freed after a grace period
 *
 * If a disk passed bios on to it, the entry stays for dmstat_bdev_known(): their
 * ends are reported after this.
 *
 * Context: dmstat_bdev_lock().
 */
void dmstat_bdev_remove(struct dmstat_bdev *entry)
{
	struct dmstat_bdev *partition, *next;

	lockdep_assert_held(&bdev_lock);

	if (entry->devt)
		hash_del_rcu(&entry->by_devt);
	if (entry->kind == DMSTAT_BDEV_PASSES_ON)
		list_del_rcu(&entry->passes_node);
	list_del(&entry->node);
	/* When the module is unloaded, disks go before their partitions. */
	list_for_each_entry_safe(partition, next, &entry->partitions, node)
		list_del_init(&partition->node);
	if (forget_below(entry)) {
		keep_left(entry);
		return;
	}
	hash_del_rcu(&entry->by_bdev);
	kfree_rcu(entry, rcu);
}
