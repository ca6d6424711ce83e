// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks: found by number, named, listed; and noticing that they and their
 * partitions come and go. A disk is never opened, and not referenced either.
 */
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "bdev.h"
#include "compat.h"
#include "disk.h"
#include "disk_dm.h"

static const struct dmstat_disk_hooks *hooks;	/* constant once loaded */
static atomic_t list_seq = ATOMIC_INIT(1);

/* ------------------------------------------------- what drivers do with bios */

/*
 * Drivers that get bios, not requests. Most end each bio where it began. Some
 * may pass it on to another device, where its end is reported, and say so by
 * block_bio_remap: see hook_remap.c. With any other driver, I/O might stay in
 * flight for ever.
 */
static const struct {
	const char *module;
	const char *prefix;	/* of the disks' names, if it is built in */
	enum dmstat_bdev_kind kind;
} bio_drivers[] = {
	{ "brd", "ram", DMSTAT_BDEV_BIOS },
	{ "zram", "zram", DMSTAT_BDEV_BIOS },
	{ "nd_pmem", "pmem", DMSTAT_BDEV_BIOS },
	{ "nd_btt", "pmem", DMSTAT_BDEV_BIOS },
	{ "null_blk", "nullb", DMSTAT_BDEV_BIOS },
	{ "drbd", "drbd", DMSTAT_BDEV_BIOS },
	{ "md_mod", "md", DMSTAT_BDEV_PASSES_ON },
	{ "nvme_core", "nvme", DMSTAT_BDEV_PASSES_ON },
};

static enum dmstat_bdev_kind kind_by_driver(const struct gendisk *gendisk)
{
	struct module *owner = gendisk->fops->owner;
	const char *prefix;
	int i;

	for (i = 0; i < ARRAY_SIZE(bio_drivers); i++) {
		prefix = bio_drivers[i].prefix;
		if (owner ? !strcmp(module_name(owner), bio_drivers[i].module) :
			    !strncmp(gendisk->disk_name, prefix,
				     strlen(prefix)))
			return bio_drivers[i].kind;
	}
	return DMSTAT_BDEV_UNKNOWN;
}

/* The device is being added: nothing of it changes meanwhile. */
static enum dmstat_bdev_kind kind_of(const struct device *dev)
{
	const struct block_device *bdev = dev_to_bdev(dev);
	const struct gendisk *gendisk = bdev->bd_disk;

	if (bdev != gendisk->part0)
		return DMSTAT_BDEV_PARTITION;
	if (dmstat_disk_dm_is(dev))
		return DMSTAT_BDEV_DM;
	if ((gendisk->flags & GENHD_FL_HIDDEN) || !dev->devt)
		return DMSTAT_BDEV_HIDDEN;
	if (queue_is_mq(gendisk->queue))
		return DMSTAT_BDEV_REQUESTS;
	return kind_by_driver(gendisk);
}

/* --------------------------------------------------- they come and go */

static void next_list_seq(void)
{
	/* Readers take 0 for no sequence number. */
	if (!atomic_inc_return(&list_seq))
		atomic_inc(&list_seq);
}

/**
 * dmstat_disk_list_seq() - get the sequence number of the list of disks
 *
 * Context: any.
 * Return: a number that changes when a disk comes or goes; never 0.
 */
unsigned int dmstat_disk_list_seq(void)
{
	return atomic_read(&list_seq);
}

static int disk_comes(DMSTAT_CLASS_INTERFACE_ARGS)
{
	struct block_device *bdev = dev_to_bdev(dev);
	enum dmstat_bdev_kind kind = kind_of(dev);
	struct dmstat_bdev *entry, *disk = NULL;

	if (kind == DMSTAT_BDEV_PASSES_ON)
		hooks->passing();
	entry = dmstat_bdev_new(bdev, dev->devt, kind);
	dmstat_bdev_lock();
	if (kind == DMSTAT_BDEV_PARTITION)
		disk = dmstat_bdev_of(bdev->bd_disk->part0);
	dmstat_bdev_insert(entry, disk);
	if (disk)
		hooks->partition_comes(disk->bdev, entry);
	dmstat_bdev_unlock();
	next_list_seq();
	return 0;
}

static void disk_goes(DMSTAT_CLASS_INTERFACE_ARGS)
{
	struct block_device *bdev = dev_to_bdev(dev);
	struct dmstat_bdev *entry;

	next_list_seq();
	dmstat_bdev_lock();
	entry = dmstat_bdev_of(bdev);
	if (entry->kind == DMSTAT_BDEV_PARTITION)
		hooks->partition_goes(entry);
	dmstat_bdev_remove(entry);
	/* After it is in the table no more: see dmstat_device_show(). */
	if (bdev == bdev->bd_disk->part0)
		hooks->going(bdev);
	dmstat_bdev_unlock();
}

static struct class_interface disks = {
	.add_dev = disk_comes,
	.remove_dev = disk_goes,
};

/* The block class is not exported, but every disk points to it. */
static DMSTAT_CLASS *find_block_class(void)
{
	struct gendisk *disk = dmstat_alloc_disk();
	DMSTAT_CLASS *class;

	if (!disk)
		return NULL;
	class = disk_to_dev(disk)->class;
	put_disk(disk);
	return class;
}

/**
 * dmstat_disk_init() - start noticing disks
 * @disk_hooks: what to call about them
 *
 * Context: process, while the module loads.
 * Return: 0 or -ENOMEM.
 */
int dmstat_disk_init(const struct dmstat_disk_hooks *disk_hooks)
{
	int ret;

	hooks = disk_hooks;
	disks.class = find_block_class();
	if (!disks.class)
		return -ENOMEM;

	ret = class_interface_register(&disks);
	/* coverage: it fails without a class alone */
	if (ret)
		return ret;
	dmstat_disk_dm_init(hooks->renamed);
	return 0;
}

/**
 * dmstat_disk_exit() - stop noticing disks
 *
 * No hook runs any more when it returns.
 *
 * Context: process, may sleep.
 */
void dmstat_disk_exit(void)
{
	dmstat_disk_dm_exit();
	class_interface_unregister(&disks);
}

/* ------------------------------------------------------------------ one disk */

static void fill(const struct dmstat_bdev *entry, struct dmstat_disk *disk)
{
	struct gendisk *gendisk = entry->bdev->bd_disk;

	disk->bdev = entry->bdev;
	disk->devt = entry->devt;
	disk->request_based = entry->kind == DMSTAT_BDEV_REQUESTS;
	disk->passes_on = entry->kind == DMSTAT_BDEV_PASSES_ON;
	disk->sectors = get_capacity(gendisk);
	strscpy(disk->name, dev_name(disk_to_dev(gendisk)), sizeof(disk->name));
	disk->uuid[0] = 0;
}

/**
 * dmstat_disk_find() - what is known of a disk
 * @devt: its number
 * @disk: result
 *
 * It may have gone when this returns.
 *
 * Context: process, may sleep; also under dmstat_lock and name_lock.
 * Return: 0; -ENODEV, there is none, or it has no table yet; -ENXIO, it is
 * going; -ENOTBLK, it is a partition; -EXDEV, it is not known what its driver
 * does with bios.
 */
int dmstat_disk_find(dev_t devt, struct dmstat_disk *disk)
{
	enum dmstat_bdev_kind kind = DMSTAT_BDEV_HIDDEN;
	struct dmstat_bdev *entry;

	dmstat_bdev_lock();
	entry = dmstat_bdev_find(devt);
	if (entry) {
		kind = entry->kind;
		fill(entry, disk);
	}
	dmstat_bdev_unlock();

	switch (kind) {
	case DMSTAT_BDEV_DM:
		return dmstat_disk_dm_find(devt, disk) ? 0 : -ENXIO;
	case DMSTAT_BDEV_REQUESTS:
	case DMSTAT_BDEV_BIOS:
	case DMSTAT_BDEV_PASSES_ON:
		return 0;
	case DMSTAT_BDEV_PARTITION:
		return -ENOTBLK;
	case DMSTAT_BDEV_UNKNOWN:
		return -EXDEV;
	default:
		return -ENODEV;
	}
}

/**
 * dmstat_disk_partitions() - go through the partitions of a disk
 * @bdev: the disk, which may have gone
 * @found: called with each, under dmstat_bdev_lock()
 * @arg: passed to @found
 *
 * Context: process.
 */
void dmstat_disk_partitions(const struct block_device *bdev,
			    void (*found)(struct dmstat_bdev *partition,
					  void *arg), void *arg)
{
	struct dmstat_bdev *disk, *partition;

	dmstat_bdev_lock();
	disk = dmstat_bdev_of(bdev);
	if (disk) {
		list_for_each_entry(partition, &disk->partitions, node)
			found(partition, arg);
	}
	dmstat_bdev_unlock();
}

/* --------------------------------------------------------------- all disks */

static bool can_be_counted(const struct dmstat_bdev *disk)
{
	return disk->kind == DMSTAT_BDEV_DM ||
	       disk->kind == DMSTAT_BDEV_REQUESTS ||
	       disk->kind == DMSTAT_BDEV_BIOS ||
	       disk->kind == DMSTAT_BDEV_PASSES_ON;
}

/* The most disks to look at before the lock is released. */
#define STEPS_MAX	256

/* Fill @list, which has room for @room. Return: how many disks there are. */
static u32 list_disks(struct dmstat_disk_list *list, u32 room)
{
	struct dmstat_bdev cursor = { .kind = DMSTAT_BDEV_HIDDEN };
	struct dmstat_bdev *disk = NULL;
	u32 nr = 0, steps = 0;

	INIT_LIST_HEAD(&cursor.node);
	dmstat_bdev_lock();
	while ((disk = dmstat_bdev_next_disk(disk))) {
		if (can_be_counted(disk)) {
			if (nr < room)
				list->devt[nr] = disk->devt;
			nr++;
		}
		if (++steps % STEPS_MAX)
			continue;
		dmstat_bdev_pause(&cursor, disk);
		disk = &cursor;
	}
	list_del(&cursor.node);
	dmstat_bdev_unlock();
	return nr;
}

/**
 * dmstat_disk_list() - list the disks whose I/O can be counted
 *
 * A copy: a caller that walks it in steps need not search for its place each
 * time, and skips no disk because another one went.
 *
 * Context: process, may sleep.
 * Return: the list, for kvfree(), or NULL.
 */
struct dmstat_disk_list *dmstat_disk_list(void)
{
	struct dmstat_disk_list *list = NULL;
	u32 room, nr = list_disks(NULL, 0);

	/* Again if disks came meanwhile. */
	do {
		kvfree(list);
		room = nr;
		list = kvmalloc(struct_size(list, devt, room), GFP_KERNEL);
		if (!list)
			return NULL;
		nr = list_disks(list, room);
	} while (nr > room);
	list->nr = nr;
	return list;
}
