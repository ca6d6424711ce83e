// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks of device-mapper: found by number, held, named, listed; and noticing
 * that they come, go and are renamed.
 *
 * Device-mapper reports a rename only to user space, by a uevent, and when it
 * removes a device, it drops the name before the disk goes. To know the last
 * name even then, probe the function that sends the uevents. Without kprobes,
 * renames are noticed when the name is next asked for.
 */
#include <linux/blkdev.h>
#include <linux/device-mapper.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "compat.h"
#include "disk.h"

static const struct dmstat_disk_hooks *hooks;	/* constant once loaded */
static DMSTAT_CLASS *disk_class;		/* likewise */
static bool probed;				/* likewise */
static atomic_t list_seq = ATOMIC_INIT(1);

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
	next_list_seq();
	return 0;
}

static void disk_goes(DMSTAT_CLASS_INTERFACE_ARGS)
{
	next_list_seq();
	hooks->going(dev_to_bdev(dev));
}

static struct class_interface disks = {
	.add_dev = disk_comes,
	.remove_dev = disk_goes,
};

/* dm_kobject_uevent() begins; preemption is disabled. */
static int uevent_begins(struct kprobe *probe, struct pt_regs *regs)
{
	struct mapped_device *md = dmstat_first_argument(regs);

	if (md)
		hooks->renamed(dm_disk(md)->part0);
	return 0;
}

static struct kprobe uevent_probe = {
	.symbol_name = "dm_kobject_uevent",
	.pre_handler = uevent_begins,
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
	disk_class = find_block_class();
	if (!disk_class)
		return -ENOMEM;

	disks.class = disk_class;
	ret = class_interface_register(&disks);
	/* coverage: it fails without a class alone */
	if (ret)
		return ret;
	probed = !register_kprobe(&uevent_probe);
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
	if (probed)
		unregister_kprobe(&uevent_probe);
	class_interface_unregister(&disks);
}

/* ------------------------------------------------------------ a held disk */

/**
 * dmstat_disk_hold() - find a disk by number, and keep it from being removed
 * @devt: its number
 * @hold: result, for dmstat_disk_release()
 *
 * Removal waits a clock tick at a time: not to be held for long.
 *
 * Context: process, may sleep.
 * Return: false if there is no such disk, or it is going.
 */
bool dmstat_disk_hold(dev_t devt, struct dmstat_hold *hold)
{
	hold->md = dm_get_md(devt);
	if (!hold->md)
		return false;
	hold->bdev = dm_disk(hold->md)->part0;
	return true;
}

/**
 * dmstat_disk_release() - let a disk be removed
 * @hold: from dmstat_disk_hold()
 *
 * Context: process.
 */
void dmstat_disk_release(struct dmstat_hold *hold)
{
	dm_put(hold->md);
}

/**
 * dmstat_disk_is_there() - whether hooks->going() will be called for a disk
 * @hold: the disk
 *
 * Context: process.
 * Return: false if it has no table yet, or is going.
 */
bool dmstat_disk_is_there(const struct dmstat_hold *hold)
{
	return device_is_registered(disk_to_dev(dm_disk(hold->md)));
}

/**
 * dmstat_disk_fill() - what is known of a disk
 * @hold: the disk
 * @disk: result
 *
 * Context: process, may sleep.
 * Return: false if it has no table yet, or is going.
 */
bool dmstat_disk_fill(const struct dmstat_hold *hold, struct dmstat_disk *disk)
{
	struct gendisk *gendisk = dm_disk(hold->md);

	if (!dmstat_disk_is_there(hold))
		return false;
	disk->bdev = hold->bdev;
	disk->devt = disk_devt(gendisk);
	disk->request_based = queue_is_mq(gendisk->queue);
	disk->sectors = get_capacity(gendisk);
	return !dm_copy_name_and_uuid(hold->md, disk->name, disk->uuid);
}

/**
 * dmstat_disk_name() - what a disk is called
 * @hold: the disk
 * @name: result, DM_NAME_LEN bytes
 *
 * Context: process, may sleep; also under dmstat_lock, because device-mapper
 * takes no other lock while it holds the one that covers names.
 * Return: false if it has no name any more.
 */
bool dmstat_disk_name(const struct dmstat_hold *hold, char *name)
{
	return !dm_copy_name_and_uuid(hold->md, name, NULL);
}

/* --------------------------------------------------------------- all disks */

static bool is_device_mapper(const struct device *dev)
{
	return !strncmp(dev_name(dev), "dm-", 3);
}

/**
 * dmstat_disk_why_not() - why a disk could not be held or filled
 * @devt: its number
 *
 * Context: process, may sleep.
 * Return: -ENODEV, there is none, or it has no table yet; -ENXIO, it is going;
 * -ENOTBLK, it is of another kind, whose I/O cannot be counted.
 */
int dmstat_disk_why_not(dev_t devt)
{
	struct device *dev = class_find_device_by_devt(disk_class, devt);
	int ret = -ENODEV;

	if (dev)
		ret = is_device_mapper(dev) ? -ENXIO : -ENOTBLK;
	put_device(dev);
	return ret;
}

/* Fill @list, which has room for @room. Return: how many disks there are. */
static u32 list_disks(struct dmstat_disk_list *list, u32 room)
{
	struct class_dev_iter iter;
	struct device *dev;
	u32 nr = 0;

	class_dev_iter_init(&iter, disk_class, NULL, NULL);
	while ((dev = class_dev_iter_next(&iter))) {
		if (!is_device_mapper(dev))
			continue;
		if (nr < room)
			list->devt[nr] = dev->devt;
		nr++;
	}
	class_dev_iter_exit(&iter);
	return nr;
}

/**
 * dmstat_disk_list() - list the disks whose I/O can be counted
 *
 * A copy: a caller that walks it in steps need not search for its place each
 * time, holds no device of another module meanwhile, and skips no disk because
 * another one went.
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
