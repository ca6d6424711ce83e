// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watched devices: which they are, which regions they have, when their I/O is
 * reported, and what happens when the disk of one goes.
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "clock.h"
#include "compat.h"
#include "device.h"
#include "memory.h"

/* Which regions and watched devices there are; see device.h. */
DEFINE_MUTEX(dmstat_lock);

struct workqueue_struct *dmstat_free_wq;

struct hlist_head
dmstat_devices[1 << DMSTAT_DEVICE_HASH_BITS] ____cacheline_aligned;

static unsigned int nr_watched;			/* dmstat_lock */
static unsigned int nr_in_requests;		/* of these; dmstat_lock */
static unsigned int nr_passing_on;		/* of these; dmstat_lock */
static const struct dmstat_device_hooks *hooks;	/* constant once loaded */
static struct workqueue_struct *name_wq;	/* likewise */
/* Covers the names of all devices. Nothing is allocated under it, neither here
 * nor in device-mapper.
 */
static DEFINE_MUTEX(name_lock);
/*
 * Covers changes of the hash, and @gone_devices. A disk goes under locks of the
 * driver core and the block layer, where nothing may wait for a request. So the
 * device is only removed from the hash there, before the memory of its struct
 * block_device can be used for another disk.
 */
static DEFINE_SPINLOCK(hash_lock);
/* Devices whose disk has gone, in that order, until dmstat_lock is next taken;
 * hash_lock.
 */
static LIST_HEAD(gone_devices);

/*
 * Covers the next three. Inside dmstat_lock; also taken under locks of the driver
 * core, where a disk comes.
 */
static DEFINE_MUTEX(remap_lock);
static bool is_watching;	/* some device; remap_lock */
static bool is_passing;		/* some disk passes I/O on, or did; remap_lock */
static bool remap_hooked;	/* remap_lock */

/*
 * Covers which devices have a bound of what is slow, and the smallest of them,
 * dmstat_clock.slow_ns. Inside a device's by_id_lock.
 */
static DEFINE_SPINLOCK(slow_lock);
static LIST_HEAD(slow_devices);			/* slow_lock */
static bool slow_ns_is_old;		/* may be too small; slow_lock */

static struct dmstat_kdevice *take_gone(void)
{
	struct dmstat_kdevice *device;

	spin_lock(&hash_lock);
	device = list_first_entry_or_null(&gone_devices, struct dmstat_kdevice,
					  gone_node);
	if (device)
		list_del(&device->gone_node);
	spin_unlock(&hash_lock);
	return device;
}

/**
 * dmstat_change_begin() - take dmstat_lock
 *
 * Regions of disks that have gone are deleted first, so that this is reported
 * before a region of a new disk with the same number is reported as created.
 *
 * A program may suspend a device and then request something here. So reclaim
 * must not wait for I/O, which may be to that device, while the lock is held.
 *
 * Context: process, may sleep.
 * Return: for dmstat_change_end().
 */
unsigned int dmstat_change_begin(void)
{
	struct dmstat_kdevice *device;
	unsigned int noio;

	mutex_lock(&dmstat_lock);
	noio = memalloc_noio_save();
	while ((device = take_gone())) {
		/* Its last region may have been deleted meanwhile. */
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

/* In case that no request comes soon. */
static void delete_gone(struct work_struct *unused)
{
	dmstat_change_end(dmstat_change_begin());
}

static DECLARE_WORK(gone_work, delete_gone);

/*
 * An alias that is added again before a grace period is over is in the list in
 * which it was: see struct dmstat_alias.
 */
static void add_alias(struct dmstat_kdevice *device,
		      struct dmstat_bdev *partition)
{
	lockdep_assert_held(&hash_lock);

	if (!hlist_unhashed(&partition->alias.node))
		return;
	WRITE_ONCE(partition->alias.device, device);
	hlist_add_head_rcu(&partition->alias.node,
			   dmstat_device_head(partition->alias.bdev));
	list_add(&partition->alias_node, &device->aliases);
}

static void remove_alias(struct dmstat_bdev *partition)
{
	lockdep_assert_held(&hash_lock);

	hlist_del_init_rcu(&partition->alias.node);
	list_del_init(&partition->alias_node);
}

/* The hot path no longer finds a device. */
static void unhash(struct dmstat_kdevice *device)
{
	struct dmstat_bdev *partition, *next;

	lockdep_assert_held(&hash_lock);

	list_for_each_entry_safe(partition, next, &device->aliases, alias_node)
		remove_alias(partition);
	hlist_del_init_rcu(&device->self.node);
}

static void device_goes(struct dmstat_kdevice *device)
{
	lockdep_assert_held(&hash_lock);

	unhash(device);
	WRITE_ONCE(device->gone, true);
	hooks->going();
	refcount_inc(&device->users);
	list_add_tail(&device->gone_node, &gone_devices);
	queue_work(dmstat_free_wq, &gone_work);
}

/* A hook of disk.c: it must not wait. */
static void disk_goes(const struct block_device *bdev)
{
	struct dmstat_kdevice *device;

	spin_lock(&hash_lock);
	rcu_read_lock();
	device = dmstat_device_lookup(bdev);
	rcu_read_unlock();
	if (device)
		device_goes(device);
	spin_unlock(&hash_lock);
}

/* A hook of disk.c: it must not wait. */
static void partition_comes(const struct block_device *disk,
			    struct dmstat_bdev *partition)
{
	struct dmstat_kdevice *device;

	spin_lock(&hash_lock);
	rcu_read_lock();
	device = dmstat_device_lookup(disk);
	rcu_read_unlock();
	if (device)
		add_alias(device, partition);
	spin_unlock(&hash_lock);
}

/* A hook of disk.c: it must not wait. */
static void partition_goes(struct dmstat_bdev *partition)
{
	spin_lock(&hash_lock);
	remove_alias(partition);
	spin_unlock(&hash_lock);
}

/* Called by disk.c, for a device that has just been added to the hash. */
static void partition_found(struct dmstat_bdev *partition, void *arg)
{
	struct dmstat_kdevice *device = arg;

	spin_lock(&hash_lock);
	if (!device->gone)
		add_alias(device, partition);
	spin_unlock(&hash_lock);
}

/* The work drops the reference. If it is queued already, it has one. */
static void queue_look_up(struct dmstat_kdevice *device)
{
	while (!queue_work(name_wq, &device->look_up) &&
	       !refcount_dec_not_one(&device->users))
		;
}

/* A hook of disk.c: preemption is disabled. */
static void disk_renamed(const struct block_device *bdev)
{
	struct dmstat_kdevice *device;

	rcu_read_lock();
	device = dmstat_device_lookup(bdev);
	if (device && refcount_inc_not_zero(&device->users))
		queue_look_up(device);
	rcu_read_unlock();
}

/*
 * I/O may come from a disk above while a device is watched and there is such a
 * disk. Probes stay until no device is watched.
 */
static int hook_remap_if_needed(void)
{
	int ret = 0;

	lockdep_assert_held(&remap_lock);

	if (is_watching && is_passing && !remap_hooked) {
		ret = hooks->hook_remap();
		remap_hooked = !ret;
	}
	return ret;
}

/* For each device: if it failed for a disk that came meanwhile, a device that
 * passes I/O on cannot do without.
 */
static int start_watching(void)
{
	bool was_watching;
	int ret;

	mutex_lock(&remap_lock);
	was_watching = is_watching;
	is_watching = true;
	ret = hook_remap_if_needed();
	if (ret)
		is_watching = was_watching;
	mutex_unlock(&remap_lock);
	return ret;
}

static void stop_watching(void)
{
	mutex_lock(&remap_lock);
	is_watching = false;
	if (remap_hooked)
		hooks->unhook_remap();
	remap_hooked = false;
	mutex_unlock(&remap_lock);
}

/* A hook of disk.c. It is not worth a refusal that memory is short: then what
 * comes from the new disk is not counted below it, until one more is watched.
 */
static void disk_passes_on(void)
{
	unsigned int noio = memalloc_noio_save();

	mutex_lock(&remap_lock);
	is_passing = true;
	hook_remap_if_needed();
	mutex_unlock(&remap_lock);
	memalloc_noio_restore(noio);
}

static const struct dmstat_disk_hooks disk_hooks = {
	.going = disk_goes,
	.partition_comes = partition_comes,
	.partition_goes = partition_goes,
	.passing = disk_passes_on,
	.renamed = disk_renamed,
};

/**
 * dmstat_device_init() - prepare for watched devices, and notice disks
 * @device_hooks: what to call
 *
 * Context: process, while the module loads.
 * Return: 0 or -ENOMEM.
 */
int dmstat_device_init(const struct dmstat_device_hooks *device_hooks)
{
	int ret = -ENOMEM;

	hooks = device_hooks;
	dmstat_free_wq = alloc_workqueue("dmstat_free", WQ_UNBOUND, 0);
	if (!dmstat_free_wq)
		return ret;

	/* Soon: a device may be removed right after it was renamed. */
	name_wq = alloc_workqueue("dmstat_rename", WQ_HIGHPRI | WQ_PERCPU,
				  0);
	if (!name_wq)
		goto err_free_wq;

	ret = dmstat_disk_init(&disk_hooks);
	if (ret)
		goto err_name_wq;
	return 0;

err_name_wq:
	destroy_workqueue(name_wq);
err_free_wq:
	destroy_workqueue(dmstat_free_wq);
	return ret;
}

/**
 * dmstat_device_wait_freed() - wait until what was deleted is freed
 *
 * Context: process, may sleep, without dmstat_lock.
 */
void dmstat_device_wait_freed(void)
{
	rcu_barrier();
	flush_workqueue(dmstat_free_wq);
}

/**
 * dmstat_device_exit() - undo dmstat_device_init()
 *
 * Waits until everything that was queued to be freed is freed.
 *
 * Context: process, may sleep; no device is watched any more, no I/O reported.
 */
void dmstat_device_exit(void)
{
	dmstat_disk_exit();
	destroy_workqueue(name_wq);
	flush_work(&gone_work);
	rcu_barrier();
	destroy_workqueue(dmstat_free_wq);
}

/* The disk may have gone, and another one may have its memory. */
static void fill_watched(struct dmstat_device_info *info)
{
	struct dmstat_kdevice *device;

	info->regions = 0;
	info->missed = 0;
	info->flush = (struct dmstat_flush_values) {};
	rcu_read_lock();
	device = dmstat_device_lookup(info->disk.bdev);
	if (device && device->devt == info->disk.devt) {
		info->regions = READ_ONCE(device->nr_regions);
		info->missed = atomic64_read(&device->missed);
		dmstat_flush_read(&device->flush, &info->flush);
	}
	rcu_read_unlock();
}

static bool can_be_seen(const struct dmstat_device_info *info)
{
	return (!info->disk.request_based && !info->disk.passes_on) ||
	       hooks->sees_requests();
}

static int find_info(dev_t devt, struct dmstat_device_info *info)
{
	int ret = dmstat_disk_find(devt, &info->disk);

	if (!ret)
		fill_watched(info);
	return ret;
}

/**
 * dmstat_device_find() - what is known of a device
 * @devt: its number
 * @info: result
 *
 * The device may have gone when this returns.
 *
 * Context: process, may sleep.
 * Return: 0; -EOPNOTSUPP, this kernel does not show its I/O; else as
 * dmstat_disk_find().
 */
int dmstat_device_find(dev_t devt, struct dmstat_device_info *info)
{
	int ret = find_info(devt, info);

	if (ret)
		return ret;
	return can_be_seen(info) ? 0 : -EOPNOTSUPP;
}

/**
 * dmstat_device_listed() - what is known of a device of dmstat_disk_list()
 * @devt: its number
 * @info: result
 *
 * Context: process, may sleep.
 * Return: false if it has gone, its I/O cannot be counted, or it is empty and
 * has no regions: a drive without a medium, a loop device without a file.
 */
bool dmstat_device_listed(dev_t devt, struct dmstat_device_info *info)
{
	return !find_info(devt, info) && can_be_seen(info) &&
	       (info->disk.sectors || info->regions);
}

/**
 * dmstat_device_put() - drop a reference
 * @device: the device; it cannot be found under RCU if this is the last one
 *
 * Context: process, may sleep.
 */
void dmstat_device_put(struct dmstat_kdevice *device)
{
	struct dmstat_index *index;

	if (!refcount_dec_and_test(&device->users))
		return;

	hooks->tear_down(device);
	dmstat_inflight_table_free(&device->inflight);
	index = rcu_dereference_protected(device->index, true);
	if (index)
		hooks->free_index(index);
	if (device->events)
		hooks->free_events(device->events);
	kfree(device);
	dmstat_memory_uncharge(dmstat_memory_size(sizeof(*device)));
}

static void unwatch_work(struct work_struct *work)
{
	struct dmstat_kdevice *device;

	device = container_of(to_rcu_work(work), struct dmstat_kdevice,
			      unwatch);
	hooks->drop(device);
	dmstat_device_put(device);
}

static void look_up_work(struct work_struct *work)
{
	struct dmstat_kdevice *device;
	char name[DM_NAME_LEN];

	device = container_of(work, struct dmstat_kdevice, look_up);
	dmstat_device_name(device, name);
	dmstat_device_put(device);
}

static struct dmstat_kdevice *
device_alloc(const struct dmstat_device_info *info)
{
	struct dmstat_kdevice *device;
	int ret = -ENOMEM;

	if (!dmstat_memory_charge(dmstat_memory_size(sizeof(*device))))
		return ERR_PTR(-ENOSPC);

	device = kzalloc(sizeof(*device), DMSTAT_GFP_LOCKED);
	if (!device)
		goto err_uncharge;
	ret = dmstat_inflight_table_init(&device->inflight);
	if (ret)
		goto err_free;

	refcount_set(&device->users, 1);
	device->slow_ns = U64_MAX;
	dmstat_flush_init(&device->flush);
	hooks->set_up(device);
	device->by_id = RB_ROOT;
	spin_lock_init(&device->by_id_lock);
	INIT_LIST_HEAD(&device->regions);
	INIT_LIST_HEAD(&device->leaving);
	INIT_LIST_HEAD(&device->aliases);
	INIT_WORK(&device->look_up, look_up_work);
	INIT_RCU_WORK(&device->unwatch, unwatch_work);
	device->self.bdev = info->disk.bdev;
	device->self.device = device;
	device->in_requests = info->disk.request_based || info->disk.passes_on;
	device->passes_on = info->disk.passes_on;
	device->devt = info->disk.devt;
	strscpy(device->name, info->disk.name, sizeof(device->name));
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
 * The hot path sees a new one after dmstat_device_show(). A caller that adds no
 * region to it calls dmstat_device_unwatch().
 *
 * Context: dmstat_lock held; may sleep.
 * Return: the device; -ENXIO, it is going away; -ENOSPC, over the memory limit;
 * -ENOMEM.
 */
struct dmstat_kdevice *
dmstat_device_watch(const struct dmstat_device_info *info)
{
	struct dmstat_kdevice *device;

	lockdep_assert_held(&dmstat_lock);

	/* The device stays while dmstat_lock is held, but not what is beside it
	 * in the hash: partitions come and go without that lock.
	 */
	rcu_read_lock();
	device = dmstat_device_lookup(info->disk.bdev);
	rcu_read_unlock();
	if (!device)
		return device_alloc(info);
	if (device->devt == info->disk.devt)
		return device;
	/* coverage: another disk has its memory already */
	return ERR_PTR(-ENXIO);
}

/* The order in which probes are registered: ends first. */
static int attach(const struct dmstat_kdevice *device)
{
	int ret;

	if (device->passes_on && !nr_passing_on) {
		ret = hooks->hook_passed();
		if (ret)
			return ret;
	}
	if (device->in_requests && !nr_in_requests) {
		ret = hooks->hook_request();
		if (ret)
			goto err_passed;
	}
	if (!nr_watched) {
		ret = hooks->hook();
		if (ret)
			goto err_request;
	}
	ret = start_watching();
	if (ret)
		goto err_hook;
	nr_passing_on += device->passes_on;
	nr_in_requests += device->in_requests;
	nr_watched++;
	return 0;

err_hook:
	if (!nr_watched)
		hooks->unhook();
err_request:
	if (device->in_requests && !nr_in_requests)
		hooks->unhook_request();
err_passed:
	if (device->passes_on && !nr_passing_on)
		hooks->unhook_passed();
	return ret;
}

static void detach(const struct dmstat_kdevice *device)
{
	if (!--nr_watched) {
		stop_watching();
		hooks->unhook();
	}
	nr_in_requests -= device->in_requests;
	if (device->in_requests && !nr_in_requests)
		hooks->unhook_request();
	nr_passing_on -= device->passes_on;
	if (device->passes_on && !nr_passing_on)
		hooks->unhook_passed();
}

/*
 * Find a device's disk. Another disk may have its number by now, and even the
 * memory of its block device: only @gone tells.
 * Return: false if the disk is going, or has gone.
 */
static bool find_disk(const struct dmstat_kdevice *device,
		      struct dmstat_disk *disk)
{
	return !dmstat_disk_find(device->devt, disk) &&
	       disk->bdev == device->self.bdev;
}

/**
 * dmstat_device_show() - let the hot path see a device
 * @device: the device; it has an index
 *
 * If the disk went before this, it is noticed now, and treated as if the disk
 * went just after.
 *
 * Context: dmstat_lock held; may sleep.
 * Return: 0 or what the hooks returned.
 */
int dmstat_device_show(struct dmstat_kdevice *device)
{
	struct dmstat_disk disk;
	int ret;

	lockdep_assert_held(&dmstat_lock);

	if (device->attached)
		return 0;

	ret = attach(device);
	if (ret)
		return ret;
	device->attached = true;
	spin_lock(&hash_lock);
	hlist_add_head_rcu(&device->self.node,
			   dmstat_device_head(device->self.bdev));
	spin_unlock(&hash_lock);
	dmstat_disk_partitions(device->self.bdev, partition_found, device);

	if (!find_disk(device, &disk)) {
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
void dmstat_device_unwatch(struct dmstat_kdevice *device)
{
	lockdep_assert_held(&dmstat_lock);

	if (dmstat_device_has_regions(device))
		return;

	if (device->attached) {
		spin_lock(&hash_lock);
		unhash(device);
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
 * Return: the device with a reference, or NULL if it is not watched.
 */
struct dmstat_kdevice *dmstat_device_get_watched(dev_t devt)
{
	struct dmstat_kdevice *device;
	struct dmstat_disk disk;

	if (dmstat_disk_find(devt, &disk))
		return NULL;
	rcu_read_lock();
	device = dmstat_device_lookup(disk.bdev);
	/* The disk may have gone, and another one may have its memory. */
	if (device && device->devt != devt)
		device = NULL;
	/* The reference for being watched is dropped after RCU readers. */
	if (device)
		refcount_inc(&device->users);
	rcu_read_unlock();
	return device;
}

static void set_slow_ns(struct dmstat_kdevice *device, u64 slow_ns)
{
	u64 old = device->slow_ns, smallest;

	lockdep_assert_held(&device->by_id_lock);

	if (slow_ns == old)
		return;
	spin_lock(&slow_lock);
	WRITE_ONCE(device->slow_ns, slow_ns);
	if (old == U64_MAX)
		list_add(&device->slow_node, &slow_devices);
	else if (slow_ns == U64_MAX)
		list_del(&device->slow_node);
	smallest = list_empty(&slow_devices) ? U64_MAX :
		   min(dmstat_clock.slow_ns, slow_ns);
	if (old == smallest && slow_ns > old)
		slow_ns_is_old = true;
	WRITE_ONCE(dmstat_clock.slow_ns, smallest);
	spin_unlock(&slow_lock);
}

/* Find the smallest bound of all devices again. */
static void renew_slow_ns(void)
{
	const struct dmstat_kdevice *device;
	u64 smallest = U64_MAX;

	spin_lock(&slow_lock);
	if (slow_ns_is_old) {
		list_for_each_entry(device, &slow_devices, slow_node)
			smallest = min(smallest, device->slow_ns);
		WRITE_ONCE(dmstat_clock.slow_ns, smallest);
		slow_ns_is_old = false;
	}
	spin_unlock(&slow_lock);
}

/*
 * What a region tells changes. To find the next larger bound of the device
 * takes as long as there are regions: dmstat_device_renew_slow_ns() does.
 */
static void change_tell(struct dmstat_kdevice *device,
			const struct dmstat_device_member *member, u64 slow_ns,
			bool tell_errors)
{
	u64 old = member->slow_ns, smallest;

	lockdep_assert_held(&dmstat_lock);
	lockdep_assert_held(&device->by_id_lock);

	WRITE_ONCE(device->nr_tell_errors, device->nr_tell_errors +
		   tell_errors - member->tell_errors);
	device->nr_slow_ns += (slow_ns != U64_MAX) - (old != U64_MAX);
	smallest = device->nr_slow_ns ? min(device->slow_ns, slow_ns) : U64_MAX;
	set_slow_ns(device, smallest);
	if (old == smallest && slow_ns > old)
		device->slow_ns_is_old = true;
	device->slow_ns_changes++;
}

static void insert_by_id(struct dmstat_kdevice *device,
			 struct dmstat_device_member *member)
{
	struct rb_node **link = &device->by_id.rb_node, *parent = NULL;
	const struct dmstat_device_member *other;

	while (*link) {
		parent = *link;
		other = rb_entry(parent, struct dmstat_device_member, by_id);
		link = member->id < other->id ? &parent->rb_left :
						&parent->rb_right;
	}
	rb_link_node(&member->by_id, parent, link);
	rb_insert_color(&member->by_id, &device->by_id);
}

/**
 * dmstat_device_add_region() - add a region to a device
 * @device: the device
 * @member: the region's, with its id
 *
 * The region gets a reference to the device. To be called before an index that
 * has the region is published, so that large I/Os in the region find it.
 *
 * Context: dmstat_lock held.
 */
void dmstat_device_add_region(struct dmstat_kdevice *device,
			      struct dmstat_device_member *member)
{
	lockdep_assert_held(&dmstat_lock);

	refcount_inc(&device->users);
	list_add_tail(&member->node, &device->regions);
	WRITE_ONCE(device->nr_regions, device->nr_regions + 1);
	if (device->nr_regions > DMSTAT_LARGE_AREAS)
		WRITE_ONCE(device->many_regions, true);

	spin_lock(&device->by_id_lock);
	insert_by_id(device, member);
	spin_unlock(&device->by_id_lock);
}

/**
 * dmstat_device_remove_region() - remove a region from its device
 * @device: the device
 * @member: the region's; the caller may use its @node
 *
 * The region keeps its reference to the device.
 *
 * Context: dmstat_lock held.
 */
void dmstat_device_remove_region(struct dmstat_kdevice *device,
				 struct dmstat_device_member *member)
{
	lockdep_assert_held(&dmstat_lock);

	spin_lock(&device->by_id_lock);
	change_tell(device, member, U64_MAX, false);
	rb_erase(&member->by_id, &device->by_id);
	spin_unlock(&device->by_id_lock);

	WRITE_ONCE(device->nr_regions, device->nr_regions - 1);
	list_del(&member->node);
}

/**
 * dmstat_device_remove_regions() - remove all regions from their device
 * @device: the device
 * @removed: they are added to this list, by @node, the oldest first
 *
 * The regions keep their references to the device.
 *
 * Context: dmstat_lock held.
 */
void dmstat_device_remove_regions(struct dmstat_kdevice *device,
				  struct list_head *removed)
{
	lockdep_assert_held(&dmstat_lock);

	spin_lock(&device->by_id_lock);
	device->by_id = RB_ROOT;
	set_slow_ns(device, U64_MAX);
	spin_unlock(&device->by_id_lock);

	WRITE_ONCE(device->nr_regions, 0);
	device->nr_slow_ns = 0;
	WRITE_ONCE(device->nr_tell_errors, 0);
	list_splice_tail_init(&device->regions, removed);
}

/* The region with the lowest id above @id. */
static struct rb_node *first_above(const struct dmstat_kdevice *device, u32 id)
{
	struct rb_node *node = device->by_id.rb_node, *found = NULL;
	const struct dmstat_device_member *member;

	lockdep_assert_held(&device->by_id_lock);

	while (node) {
		member = rb_entry(node, struct dmstat_device_member, by_id);
		if (member->id > id) {
			found = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/* The most regions to look at before the spinlock is released. */
#define STEPS_MAX	256

/**
 * dmstat_device_next_region() - find the next region of a device, by rising id
 * @device: the device; the caller has a reference
 * @id: the id of the last region, 0 at first; set to that of the next one
 * @get: takes a reference to a region and returns true, or returns false to
 *	skip the region; called under a spinlock
 * @arg: passed to @get
 *
 * A walk does not skip regions that exist during all of it; it may skip those
 * that come or go meanwhile. It does not wait for dmstat_lock.
 *
 * Context: process, may sleep.
 * Return: the region, or NULL if there are no more.
 */
struct dmstat_device_member *
dmstat_device_next_region(struct dmstat_kdevice *device, u32 *id,
			  bool (*get)(struct dmstat_device_member *member,
				      const void *arg),
			  const void *arg)
{
	struct dmstat_device_member *member;
	struct rb_node *node;
	int steps;

	do {
		cond_resched();
		spin_lock(&device->by_id_lock);
		node = first_above(device, *id);
		for (steps = 0; node && steps < STEPS_MAX; steps++) {
			member = rb_entry(node, struct dmstat_device_member,
					  by_id);
			*id = member->id;
			if (get(member, arg)) {
				spin_unlock(&device->by_id_lock);
				return member;
			}
			node = rb_next(node);
		}
		spin_unlock(&device->by_id_lock);
	} while (node);
	return NULL;
}

/**
 * dmstat_device_set_tell() - set what a region tells
 * @device: its device
 * @member: the region's, which is in @device
 * @slow_ns: I/Os that take at least so long; U64_MAX: none
 * @tell_errors: whether it tells I/Os that fail
 *
 * Context: dmstat_lock held.
 */
void dmstat_device_set_tell(struct dmstat_kdevice *device,
			    struct dmstat_device_member *member, u64 slow_ns,
			    bool tell_errors)
{
	lockdep_assert_held(&dmstat_lock);

	spin_lock(&device->by_id_lock);
	change_tell(device, member, slow_ns, tell_errors);
	WRITE_ONCE(member->slow_ns, slow_ns);
	WRITE_ONCE(member->tell_errors, tell_errors);
	spin_unlock(&device->by_id_lock);
}

/* @arg: points to the smallest @slow_ns found. */
static bool note_slow_ns(struct dmstat_device_member *member, const void *arg)
{
	u64 *const *smallest = arg;

	**smallest = min(**smallest, member->slow_ns);
	return false;
}

static void renew_slow_ns_of(struct dmstat_kdevice *device)
{
	u64 smallest = U64_MAX, *result = &smallest;
	u32 id = 0, changes;
	bool is_old;

	spin_lock(&device->by_id_lock);
	is_old = device->slow_ns_is_old;
	changes = device->slow_ns_changes;
	spin_unlock(&device->by_id_lock);
	if (!is_old)
		return;

	dmstat_device_next_region(device, &id, note_slow_ns, &result);
	spin_lock(&device->by_id_lock);
	if (device->slow_ns_changes == changes) {
		set_slow_ns(device, smallest);
		device->slow_ns_is_old = false;
	}
	spin_unlock(&device->by_id_lock);
}

/**
 * dmstat_device_renew_slow_ns() - find the smallest bounds again
 * @device: the device; the caller has a reference
 *
 * That of the device, and that of all devices, which hold too small a bound
 * after the smallest one has gone. If a region changes meanwhile, nothing is
 * done: call it again later.
 *
 * Context: process, may sleep; does not wait for dmstat_lock.
 */
void dmstat_device_renew_slow_ns(struct dmstat_kdevice *device)
{
	renew_slow_ns_of(device);
	renew_slow_ns();
}

static bool look_name_up(const struct dmstat_kdevice *device, char *name)
{
	struct dmstat_disk disk;

	if (!find_disk(device, &disk) || READ_ONCE(device->gone))
		return false;
	strscpy(name, disk.name, DM_NAME_LEN);
	return true;
}

/**
 * dmstat_device_name() - what a watched device is called
 * @device: the device
 * @name: result, DM_NAME_LEN bytes
 *
 * If the disk is being removed, this is the name of the last look-up.
 *
 * Context: process, may sleep; also under dmstat_lock.
 */
void dmstat_device_name(struct dmstat_kdevice *device, char *name)
{
	/* Under one lock, so that an older name never replaces a newer one. */
	mutex_lock(&name_lock);
	if (look_name_up(device, name))
		strscpy(device->name, name, DM_NAME_LEN);
	else
		strscpy(name, device->name, DM_NAME_LEN);
	mutex_unlock(&name_lock);
}
