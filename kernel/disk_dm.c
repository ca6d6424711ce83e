// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks of device-mapper: found by number, named, and noticing that they are
 * renamed.
 *
 * Device-mapper reports a rename only to user space, by a uevent, and when it
 * removes a device, it drops the name before the disk goes. To know the last
 * name even then, probe the function that sends the uevents. Without kprobes,
 * renames are noticed when the name is next asked for.
 */
#include <linux/blkdev.h>
#include <linux/device-mapper.h>
#include <linux/kprobes.h>

#include "bdev.h"
#include "compat.h"
#include "disk_dm.h"

/* Constant once loaded. */
static void (*renamed)(const struct block_device *bdev);
static bool probed;

/* dm_kobject_uevent() begins; preemption is disabled. */
static int uevent_begins(struct kprobe *probe, struct pt_regs *regs)
{
	struct mapped_device *md = dmstat_first_argument(regs);

	if (md)
		renamed(dm_disk(md)->part0);
	return 0;
}

static struct kprobe uevent_probe = {
	.symbol_name = "dm_kobject_uevent",
	.pre_handler = uevent_begins,
};

/**
 * dmstat_disk_dm_init() - start noticing renames
 * @call: what to call about one; preemption disabled
 *
 * Context: process, while the module loads.
 */
void dmstat_disk_dm_init(void (*call)(const struct block_device *bdev))
{
	renamed = call;
	probed = !register_kprobe(&uevent_probe);
}

/**
 * dmstat_disk_dm_exit() - stop noticing renames
 *
 * Context: process, may sleep.
 */
void dmstat_disk_dm_exit(void)
{
	if (probed)
		unregister_kprobe(&uevent_probe);
}

/**
 * dmstat_disk_dm_is() - whether a disk is device-mapper's
 * @dev: the disk
 *
 * Context: any.
 * Return: true if it is.
 */
bool dmstat_disk_dm_is(const struct device *dev)
{
	return !strncmp(dev_name(dev), "dm-", 3);
}

/**
 * dmstat_disk_dm_find() - what is known of a disk of device-mapper
 * @devt: its number
 * @disk: result
 *
 * Holds the disk meanwhile: its removal waits, a clock tick at a time.
 *
 * Context: process, may sleep; also under dmstat_lock and name_lock, because
 * device-mapper takes no other lock while it holds the one that covers names.
 * Return: false if it has no table yet, or is going.
 */
bool dmstat_disk_dm_find(dev_t devt, struct dmstat_disk *disk)
{
	struct mapped_device *md = dm_get_md(devt);
	struct gendisk *gendisk;
	bool found = false;

	if (!md)
		return false;
	gendisk = dm_disk(md);
	if (!device_is_registered(disk_to_dev(gendisk)))
		goto out;
	disk->bdev = gendisk->part0;
	disk->devt = disk_devt(gendisk);
	disk->request_based = queue_is_mq(gendisk->queue);
	disk->passes_on = false;
	disk->sectors = get_capacity(gendisk);
	found = !dm_copy_name_and_uuid(md, disk->name, disk->uuid);
out:
	dm_put(md);
	return found;
}
