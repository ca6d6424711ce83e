// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watched devices: which they are, finding a device-mapper device by number,
 * and noticing that a disk goes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device-mapper.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "compat.h"
#include "device.h"
#include "index.h"
#include "memory.h"

/* Which regions and watched devices there are; see device.h. */
DEFINE_MUTEX(dmstat_lock);

struct workqueue_struct *dmstat_free_wq;

struct hlist_head
dmstat_devices[1 << DMSTAT_DEVICE_HASH_BITS] ____cacheline_aligned;

static unsigned int nr_watched;			/* dmstat_lock */
static unsigned int nr_request_based;		/* of these; dmstat_lock */
static const struct dmstat_device_hooks *hooks;	/* constant once loaded */
static DMSTAT_CLASS *disk_class;		/* constant once loaded */
static atomic_t list_seq = ATOMIC_INIT(1);
/* Covers the names of all devices. Nothing is allocated under it, neither here
 * nor in device-mapper.
 */
static DEFINE_MUTEX(name_lock);
/*
 * Covers changes of the hash, and @gone_devices. A disk goes under locks of the
 * driver core and the block layer, so there must be no wait for a request there:
 * the device is only taken out of the hash, before the memory of its struct
 * block_device can be used for another disk.
 */
static DEFINE_SPINLOCK(hash_lock);
/* Whose disks have gone, in that order, while they have regions; hash_lock. */
static LIST_HEAD(gone_devices);

static void next_list_seq(void)
{
	/* Readers take 0 for no sequence number. */
	if (!atomic_inc_return(&list_seq))
		atomic_inc(&list_seq);
}

/**
 * dmstat_device_list_seq() - get the sequence number of the list of disks
 *
 * Context: any.
 * Return: a number that changes when a disk comes or goes; never 0.
 */
unsigned int dmstat_device_list_seq(void)
{
	return atomic_read(&list_seq);
}

static int disk_comes(DMSTAT_CLASS_INTERFACE_ARGS)
{
	next_list_seq();
	return 0;
}

static struct dmstat_device *take_gone(void)
{
	struct dmstat_device *device;

	spin_lock(&hash_lock);
	device = list_first_entry_or_null(&gone_devices, struct dmstat_device,
					  gone_node);
	if (device)
		list_del(&device->gone_node);
	spin_unlock(&hash_lock);
	return device;
}

/**
 * dmstat_change_begin() - take dmstat_lock
 *
 * What is left of disks that have gone is deleted first, so that a region of
 * such a disk is reported as deleted before one of a new disk with the same
 * number is reported as made.
 *
 * A program that has suspended a device may ask for something here before it
 * resumes it. So memory is not reclaimed by I/O, which may be I/O to that
 * device, while the lock is held.
 *
 * Context: process, may sleep.
 * Return: for dmstat_change_end().
 */
unsigned int dmstat_change_begin(void)
{
	struct dmstat_device *device;
	unsigned int noio;

	mutex_lock(&dmstat_lock);
	noio = memalloc_noio_save();
	while ((device = take_gone())) {
		/* Its last region may have been deleted as the disk went. */
		if (device->attached)
			hooks->gone(device);
		dmstat_device_put(device);
	}
	return noio;
}

/**
 * dmstat_change_end() - release dmstat_lock
 * @noio: what dmstat_change_begin() returned
 */
void dmstat_change_end(unsigned int noio)
{
	memalloc_noio_restore(noio);
	mutex_unlock(&dmstat_lock);
}

/* For when no request comes soon. */
static void delete_gone(struct work_struct *unused)
{
	dmstat_change_end(dmstat_change_begin());
}

static DECLARE_WORK(gone_work, delete_gone);

static void device_goes(struct dmstat_device *device)
{
	lockdep_assert_held(&hash_lock);

	hlist_del_init_rcu(&device->node);
	WRITE_ONCE(device->gone, true);
	hooks->going();
	refcount_inc(&device->users);
	list_add_tail(&device->gone_node, &gone_devices);
	queue_work(dmstat_free_wq, &gone_work);
}

static void disk_goes(DMSTAT_CLASS_INTERFACE_ARGS)
{
	struct dmstat_device *device;

	next_list_seq();
	spin_lock(&hash_lock);
	rcu_read_lock();
	device = dmstat_device_lookup(dev_to_bdev(dev));
	rcu_read_unlock();
	if (device)
		device_goes(device);
	spin_unlock(&hash_lock);
}

static struct class_interface disks = {
	.add_dev = disk_comes,
	.remove_dev = disk_goes,
};

/* The block class is not exported; every disk points to it. */
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
 * dmstat_device_init() - begin to notice disks
 * @device_hooks: who attaches to I/O, and who deletes regions
 *
 * Return: 0 or -ENOMEM.
 */
int dmstat_device_init(const struct dmstat_device_hooks *device_hooks)
{
	int ret;

	hooks = device_hooks;
	disk_class = find_block_class();
	if (!disk_class)
		return -ENOMEM;

	dmstat_free_wq = alloc_workqueue("dmstat_free", WQ_UNBOUND, 0);
	if (!dmstat_free_wq)
		return -ENOMEM;

	disks.class = disk_class;
	ret = class_interface_register(&disks);
	/* coverage: it fails without a class alone */
	if (ret)
		destroy_workqueue(dmstat_free_wq);
	return ret;
}

/**
 * dmstat_device_exit() - stop noticing disks
 *
 * No device is watched any more, no I/O reported. Waits until all that was to
 * be freed is.
 */
void dmstat_device_exit(void)
{
	class_interface_unregister(&disks);
	flush_work(&gone_work);
	rcu_barrier();
	destroy_workqueue(dmstat_free_wq);
}

static void fill_watched(struct dmstat_device_info *info)
{
	struct dmstat_device *device;

	info->regions = 0;
	info->missed = 0;
	info->flush = (struct dmstat_flush_values) {};
	rcu_read_lock();
	device = dmstat_device_lookup(info->bdev);
	if (device) {
		info->regions = READ_ONCE(device->nr_regions);
		info->missed = atomic64_read(&device->missed);
		dmstat_flush_read(&device->flush, &info->flush);
	}
	rcu_read_unlock();
}

/* Return: false if it has no table yet, or is going. */
static bool fill_info(struct mapped_device *md, struct dmstat_device_info *info)
{
	struct gendisk *disk = dm_disk(md);

	if (!device_is_registered(disk_to_dev(disk)))
		return false;
	info->bdev = disk->part0;
	info->devt = disk_devt(disk);
	info->request_based = queue_is_mq(disk->queue);
	info->sectors = get_capacity(disk);
	fill_watched(info);
	return !dm_copy_name_and_uuid(md, info->name, info->uuid);
}

static bool is_device_mapper(const struct device *dev)
{
	return !strncmp(dev_name(dev), "dm-", 3);
}

static bool can_be_seen(const struct dmstat_device_info *info)
{
	return !info->request_based || hooks->sees_requests();
}

/* Why there is no such device-mapper device. */
static int look_for_other(dev_t devt)
{
	struct device *dev = class_find_device_by_devt(disk_class, devt);
	int ret = -ENODEV;

	if (dev)
		ret = is_device_mapper(dev) ? -ENXIO : -ENOTBLK;
	put_device(dev);
	return ret;
}

/* Return: false if there is no such device-mapper device, or as fill_info(). */
static bool find_info(dev_t devt, struct dmstat_device_info *info)
{
	struct mapped_device *md = dm_get_md(devt);
	bool found;

	if (!md)
		return false;
	found = fill_info(md, info);
	dm_put(md);
	return found;
}

/**
 * dmstat_device_find() - find out about a device-mapper device
 * @devt: its number
 * @info: where what is known of it is put
 *
 * It may have gone when this returns: as long as it is held, its removal waits.
 *
 * Context: process, may sleep.
 * Return: 0; -ENODEV, there is none, or it has no table yet; -ENXIO, it is going
 * away; -ENOTBLK, it is another kind of device; -EOPNOTSUPP, this kernel does not
 * show its I/O.
 */
int dmstat_device_find(dev_t devt, struct dmstat_device_info *info)
{
	if (!find_info(devt, info))
		return look_for_other(devt);
	return can_be_seen(info) ? 0 : -EOPNOTSUPP;
}

/* Put the numbers of @room devices in @list. Return: how many there are. */
static u32 list_devices(struct dmstat_device_list *list, u32 room)
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
 * dmstat_device_list() - list the device-mapper devices
 *
 * A copy, so that who goes through it in steps neither looks for his place each
 * time, nor holds a device of another module meanwhile, nor leaves out one
 * because another went.
 *
 * Context: process, may sleep.
 * Return: the list, for kvfree(), or NULL.
 */
struct dmstat_device_list *dmstat_device_list(void)
{
	struct dmstat_device_list *list = NULL;
	u32 room, nr = list_devices(NULL, 0);

	/* More than once if one comes between. */
	do {
		kvfree(list);
		room = nr;
		list = kvmalloc(struct_size(list, devt, room), GFP_KERNEL);
		if (!list)
			return NULL;
		nr = list_devices(list, room);
	} while (nr > room);
	list->nr = nr;
	return list;
}

/**
 * dmstat_device_listed() - find out about a device of a list
 * @devt: its number
 * @info: where what is known of it is put
 *
 * Context: process, may sleep.
 * Return: false if it has gone, or its I/O cannot be counted.
 */
bool dmstat_device_listed(dev_t devt, struct dmstat_device_info *info)
{
	return find_info(devt, info) && can_be_seen(info);
}

/**
 * dmstat_device_put() - drop a reference
 * @device: the device; nobody can find it under RCU if this is the last one
 *
 * Context: process, may sleep.
 */
void dmstat_device_put(struct dmstat_device *device)
{
	struct dmstat_index *index;

	if (!refcount_dec_and_test(&device->users))
		return;

	dmstat_inflight_table_free(&device->inflight);
	index = rcu_dereference_protected(device->index, true);
	if (index)
		dmstat_index_free(index);
	kfree(device);
	dmstat_memory_uncharge(dmstat_memory_size(sizeof(*device)));
}

static void unwatch_work(struct work_struct *work)
{
	struct dmstat_device *device;

	device = container_of(to_rcu_work(work), struct dmstat_device, unwatch);
	hooks->drop(device);
	dmstat_device_put(device);
}

static void look_up_work(struct work_struct *work)
{
	struct dmstat_device *device;
	char name[DM_NAME_LEN];

	device = container_of(work, struct dmstat_device, look_up);
	dmstat_device_name(device, name);
	dmstat_device_put(device);
}

static struct dmstat_device *device_alloc(const struct dmstat_device_info *info)
{
	struct dmstat_device *device;
	int ret = -ENOMEM;

	if (!dmstat_memory_charge(dmstat_memory_size(sizeof(*device))))
		return ERR_PTR(-ENOSPC);

	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device)
		goto err_uncharge;
	ret = dmstat_inflight_table_init(&device->inflight);
	if (ret)
		goto err_free;

	refcount_set(&device->users, 1);
	dmstat_flush_init(&device->flush);
	hooks->set_up(device);
	device->by_id = RB_ROOT;
	spin_lock_init(&device->by_id_lock);
	INIT_LIST_HEAD(&device->regions);
	INIT_WORK(&device->look_up, look_up_work);
	INIT_RCU_WORK(&device->unwatch, unwatch_work);
	device->bdev = info->bdev;
	device->request_based = info->request_based;
	device->devt = info->devt;
	strscpy(device->name, info->name, sizeof(device->name));
	return device;

err_free:
	kfree(device);
err_uncharge:
	dmstat_memory_uncharge(dmstat_memory_size(sizeof(*device)));
	return ERR_PTR(ret);
}

/**
 * dmstat_device_watch() - get the watched device, or a new one to be watched
 * @info: the device, which may have gone meanwhile
 *
 * The hot path sees a new one after dmstat_device_show(). Who does not give it
 * a region calls dmstat_device_unwatch().
 *
 * Context: dmstat_lock held; may sleep.
 * Return: the device; -ENXIO, it is going away; -ENOSPC, over the memory limit;
 * -ENOMEM.
 */
struct dmstat_device *dmstat_device_watch(const struct dmstat_device_info *info)
{
	struct dmstat_device *device;

	lockdep_assert_held(&dmstat_lock);

	device = dmstat_device_lookup(info->bdev);
	if (!device)
		return device_alloc(info);
	if (device->devt == info->devt)
		return device;
	/* coverage: another disk has its memory already */
	return ERR_PTR(-ENXIO);
}

static int attach(const struct dmstat_device *device)
{
	int ret;

	if (device->request_based && !nr_request_based) {
		ret = hooks->attach_request();
		if (ret)
			return ret;
	}
	if (!nr_watched) {
		ret = hooks->attach();
		if (ret)
			goto err_detach;
	}
	nr_request_based += device->request_based;
	nr_watched++;
	return 0;

err_detach:
	if (device->request_based && !nr_request_based)
		hooks->detach_request();
	return ret;
}

static void detach(const struct dmstat_device *device)
{
	if (!--nr_watched)
		hooks->detach();
	nr_request_based -= device->request_based;
	if (device->request_based && !nr_request_based)
		hooks->detach_request();
}

/*
 * A device's mapped device, for dm_put(). NULL: its disk is going, or has gone.
 * Another one may have its number by then; and even the memory of its block
 * device, which only @gone tells.
 */
static struct mapped_device *get_md(const struct dmstat_device *device)
{
	struct mapped_device *md = dm_get_md(device->devt);

	if (!md || dm_disk(md)->part0 == device->bdev)
		return md;
	dm_put(md);
	return NULL;
}

/* Whether its disk will be seen to go. */
static bool disk_is_there(const struct dmstat_device *device)
{
	struct mapped_device *md = get_md(device);
	bool there;

	if (!md)
		return false;
	there = device_is_registered(disk_to_dev(dm_disk(md)));
	dm_put(md);
	return there;
}

/**
 * dmstat_device_show() - let the hot path see a device
 * @device: the device; it has an index
 *
 * If the disk went before this, that is noticed now, and is as if it went just
 * after.
 *
 * Context: dmstat_lock held; may sleep.
 * Return: 0 or what attaching to I/O returned.
 */
int dmstat_device_show(struct dmstat_device *device)
{
	int ret;

	lockdep_assert_held(&dmstat_lock);

	if (device->attached)
		return 0;

	ret = attach(device);
	if (ret)
		return ret;
	device->attached = true;
	spin_lock(&hash_lock);
	hlist_add_head_rcu(&device->node, dmstat_device_head(device->bdev));
	spin_unlock(&hash_lock);

	if (!disk_is_there(device)) {
		/* coverage: a race of a moment */
		spin_lock(&hash_lock);
		if (!device->gone)
			device_goes(device);
		spin_unlock(&hash_lock);
	}
	return 0;
}

/**
 * dmstat_device_unwatch() - stop watching a device, if it has no regions
 * @device: the device
 *
 * Context: dmstat_lock held; may sleep.
 */
void dmstat_device_unwatch(struct dmstat_device *device)
{
	lockdep_assert_held(&dmstat_lock);

	if (device->nr_regions)
		return;

	if (device->attached) {
		spin_lock(&hash_lock);
		hlist_del_init_rcu(&device->node);
		spin_unlock(&hash_lock);
		detach(device);
		device->attached = false;
	}
	queue_rcu_work(dmstat_free_wq, &device->unwatch);
}

/**
 * dmstat_device_get_watched() - find a watched device by number
 * @devt: its number
 *
 * Context: process, may sleep.
 * Return: the device with a reference, or NULL if nobody watches it.
 */
struct dmstat_device *dmstat_device_get_watched(dev_t devt)
{
	struct mapped_device *md = dm_get_md(devt);
	struct dmstat_device *device;

	if (!md)
		return NULL;
	rcu_read_lock();
	device = dmstat_device_lookup(dm_disk(md)->part0);
	/* The reference of what is watched is dropped after RCU readers. */
	if (device)
		refcount_inc(&device->users);
	rcu_read_unlock();
	dm_put(md);
	return device;
}

static bool look_name_up(const struct dmstat_device *device, char *name)
{
	struct mapped_device *md = get_md(device);
	bool found;

	if (!md)
		return false;
	/* While another is held that has its memory, this says so. */
	found = !READ_ONCE(device->gone) &&
		!dm_copy_name_and_uuid(md, name, NULL);
	dm_put(md);
	return found;
}

/**
 * dmstat_device_name() - what a watched device is called
 * @device: the device
 * @name: where the name is put, DM_NAME_LEN bytes
 *
 * If the device is being removed, this is the name of the last look-up.
 *
 * Context: process, may sleep; also under dmstat_lock, because device-mapper
 * takes no other lock while it holds the one that covers names.
 */
void dmstat_device_name(struct dmstat_device *device, char *name)
{
	/* Locked together, so that an older name never replaces a newer one. */
	mutex_lock(&name_lock);
	if (look_name_up(device, name))
		strscpy(device->name, name, DM_NAME_LEN);
	else
		strscpy(name, device->name, DM_NAME_LEN);
	mutex_unlock(&name_lock);
}
