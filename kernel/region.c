// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: made, found, deleted.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "index.h"
#include "memory.h"
#include "region.h"

/* By id; dmstat_lock to change, RCU to read. */
static DEFINE_XARRAY_ALLOC1(regions);
static u32 next_id = 1;					/* dmstat_lock */
static atomic_t list_seq = ATOMIC_INIT(1);
static const struct dmstat_region_listener *listener;	/* dmstat_lock */

/**
 * dmstat_region_list_seq() - get the sequence number of the list of regions
 *
 * Context: any.
 * Return: a number that changes when a region comes or goes; never 0.
 */
unsigned int dmstat_region_list_seq(void)
{
	return atomic_read(&list_seq);
}

static void next_list_seq(void)
{
	/* Readers take 0 for no sequence number. */
	if (!atomic_inc_return(&list_seq))
		atomic_inc(&list_seq);
}

/* ------------------------------------------------- making and deleting */

/* Memory that does not depend on the areas. */
static size_t extents_memory(const struct dmstat_region *region)
{
	return dmstat_memory_size(sizeof(*region)) +
	       dmstat_memory_size(region->nr_extents *
				  sizeof(*region->extents)) +
	       dmstat_memory_size(region->nr_extents * sizeof(*region->refs));
}

static void region_free(struct dmstat_region *region)
{
	size_t memory = extents_memory(region);

	dmstat_store_free(&region->store, region->areas);
	dmstat_label_free(&region->label, &region->store.memory);
	WARN_ON_ONCE(atomic64_read(&region->store.memory.bytes) != memory);
	kvfree(region->refs);
	kvfree(region->extents);
	if (region->device)
		dmstat_device_put(region->device);
	kfree(region);
	dmstat_memory_uncharge(memory);
}

/**
 * dmstat_region_put() - drop a reference
 * @region: the region
 *
 * Context: process, may sleep.
 */
void dmstat_region_put(struct dmstat_region *region)
{
	if (refcount_dec_and_test(&region->users))
		region_free(region);
}

static void free_work(struct work_struct *work)
{
	struct dmstat_region *region;

	region = container_of(to_rcu_work(work), struct dmstat_region, free);
	dmstat_region_put(region);
}

static int region_alloc_extents(struct dmstat_region *region,
				const struct dmstat_region_spec *spec)
{
	if (!dmstat_memory_charge_to(&region->store.memory,
				     extents_memory(region)))
		return -ENOSPC;

	region->extents = kvmalloc_array(spec->nr_extents,
					 sizeof(*region->extents),
					 GFP_KERNEL | __GFP_NOWARN);
	if (!region->extents) {
		dmstat_memory_uncharge_from(&region->store.memory,
					    extents_memory(region));
		return -ENOMEM;
	}
	memcpy(region->extents, spec->extents,
	       spec->nr_extents * sizeof(*spec->extents));
	return 0;
}

/* The extents as the index has them. */
static int region_alloc_refs(struct dmstat_region *region)
{
	const struct dmstat_extent *extent = region->extents;
	u32 i;

	region->refs = kvmalloc_array(region->nr_extents, sizeof(*region->refs),
				      GFP_KERNEL | __GFP_NOWARN);
	if (!region->refs)
		return -ENOMEM;
	for (i = 0; i < region->nr_extents; i++, extent++) {
		region->refs[i] = (struct dmstat_index_one) {
			.ref.region = region,
			.ref.start = extent->start,
			.ref.end = extent->end,
			.ref.first_area = extent->first_area,
		};
		if (!(i % 4096))
			cond_resched();
	}
	return 0;
}

/* A region with its memory, not yet on a device. */
static struct dmstat_region *region_alloc(const struct dmstat_region_spec *spec)
{
	struct dmstat_region *region;
	int ret;

	region = kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return ERR_PTR(-ENOMEM);

	region->area_size = spec->area_size;
	region->area_shift = spec->area_shift;
	region->areas = spec->areas;
	region->nr_extents = spec->nr_extents;
	region->of_extents = spec->of_extents;
	ret = region_alloc_extents(region, spec);
	if (ret)
		goto err_free;
	ret = dmstat_label_write(&region->label, &spec->label,
				 &region->store.memory);
	if (ret)
		goto err_free_extents;
	ret = region_alloc_refs(region);
	if (ret)
		goto err_free_label;
	ret = dmstat_store_init(&region->store, region->areas, spec->bounds,
				spec->nr_bounds);
	if (ret)
		goto err_free_refs;

	mutex_init(&region->read_lock);
	seqlock_init(&region->clears_lock);
	refcount_set(&region->users, 1);
	region->generation = U64_MAX;
	INIT_LIST_HEAD(&region->node);
	INIT_RCU_WORK(&region->free, free_work);
	region->created = ktime_get_real_ns();
	return region;

err_free_refs:
	kvfree(region->refs);
err_free_label:
	dmstat_label_free(&region->label, &region->store.memory);
err_free_extents:
	kvfree(region->extents);
	dmstat_memory_uncharge_from(&region->store.memory,
				    extents_memory(region));
err_free:
	kfree(region);
	return ERR_PTR(ret);
}

/* At the end of the device's list. */
static void region_link(struct dmstat_region *region,
			struct dmstat_device *device)
{
	list_add_tail(&region->node, &device->regions);
	WRITE_ONCE(device->nr_regions, device->nr_regions + 1);
}

/* From the device's list to the end of @leaving. */
static void region_unlink(struct dmstat_region *region,
			  struct list_head *leaving)
{
	struct dmstat_device *device = region->device;

	list_move_tail(&region->node, leaving);
	WRITE_ONCE(device->nr_regions, device->nr_regions - 1);
}

/* From now on dmstat_region_next_at() finds it. */
static void region_show(struct dmstat_region *region,
			struct dmstat_device *device)
{
	struct rb_node **link = &device->by_id.rb_node, *parent = NULL;
	const struct dmstat_region *other;

	spin_lock(&device->by_id_lock);
	while (*link) {
		parent = *link;
		other = rb_entry(parent, struct dmstat_region, by_id);
		link = region->id < other->id ? &parent->rb_left :
						&parent->rb_right;
	}
	rb_link_node(&region->by_id, parent, link);
	rb_insert_color(&region->by_id, &device->by_id);
	spin_unlock(&device->by_id_lock);
}

static void region_hide(struct dmstat_region *region,
			struct dmstat_device *device)
{
	spin_lock(&device->by_id_lock);
	rb_erase(&region->by_id, &device->by_id);
	spin_unlock(&device->by_id_lock);
}

/* Give @region an id and a place on @device, and let it count. */
static int region_publish(struct dmstat_region *region,
			  struct dmstat_device *device)
{
	int ret;

	ret = xa_alloc_cyclic(&regions, &region->id, NULL, xa_limit_32b,
			      &next_id, GFP_KERNEL);
	if (ret < 0)
		return ret;

	refcount_inc(&device->users);
	region->device = device;
	/* Before any I/O counts in it. */
	region_show(region, device);
	if (device->nr_regions >= DMSTAT_LARGE_AREAS)
		WRITE_ONCE(device->many_regions, true);

	ret = dmstat_index_add(device, region);
	if (ret)
		goto err_erase;
	/* It fails only if no I/O has seen the index yet. */
	ret = dmstat_device_show(device);
	if (ret)
		goto err_erase;

	region_link(region, device);
	/* The id is reserved, so this does not allocate. */
	xa_store(&regions, region->id, region, GFP_KERNEL);
	next_list_seq();
	return 0;

err_erase:
	region_hide(region, device);
	refcount_dec(&device->users);
	xa_erase(&regions, region->id);
	region->device = NULL;
	return ret;
}

static int region_add(struct dmstat_region *region,
		      const struct dmstat_device_info *info,
		      struct dmstat_change *change)
{
	struct dmstat_device *device;
	unsigned int noio;
	int ret;

	noio = dmstat_change_begin();
	device = dmstat_device_watch(info);
	if (IS_ERR(device)) {
		ret = PTR_ERR(device);
		goto out;
	}

	ret = region_publish(region, device);
	if (ret)
		dmstat_device_unwatch(device);
	else
		listener->created(region, change);
out:
	dmstat_change_end(noio);
	return ret;
}

/**
 * dmstat_region_new() - create a region
 * @spec: what to create, checked
 * @change: passed to the listener
 *
 * It counts exactly the I/Os that start after this returns; of those that
 * start meanwhile, any.
 *
 * Context: process, takes dmstat_lock.
 * Return: 0; -ENXIO, the device is going away; -ENOSPC, over the memory limit;
 * -ENOMEM; -EBUSY, no id is free; else the tracepoints cannot be attached to.
 */
int dmstat_region_new(const struct dmstat_region_spec *spec,
		      struct dmstat_change *change)
{
	struct dmstat_region *region;
	int ret;

	region = region_alloc(spec);
	if (IS_ERR(region))
		return PTR_ERR(region);

	ret = region_add(region, spec->device, change);
	if (ret)
		dmstat_region_put(region);
	return ret;
}

/* A region goes with its disk, although it takes a while to delete. */
static bool is_gone(const struct dmstat_region *region)
{
	return READ_ONCE(region->device->gone);
}

/* Its last user may just have gone, or its disk. */
static bool get_found(struct dmstat_region *region)
{
	return !is_gone(region) && refcount_inc_not_zero(&region->users);
}

/**
 * dmstat_region_get() - find a region
 * @id: its id
 *
 * Context: process.
 * Return: the region with a reference, or NULL.
 */
struct dmstat_region *dmstat_region_get(u32 id)
{
	struct dmstat_region *region;

	rcu_read_lock();
	region = xa_load(&regions, id);
	if (region && !get_found(region))
		region = NULL;
	rcu_read_unlock();
	return region;
}

/**
 * dmstat_region_next() - walk the regions by rising id
 * @id: the lowest id to give; where the id that was given is put
 *
 * Context: process.
 * Return: the region with a reference, or NULL if there are no more.
 */
struct dmstat_region *dmstat_region_next(unsigned long *id)
{
	struct dmstat_region *region;

	rcu_read_lock();
	for (region = xa_find(&regions, id, U32_MAX, XA_PRESENT); region;
	     region = xa_find_after(&regions, id, U32_MAX, XA_PRESENT)) {
		if (get_found(region))
			break;
	}
	rcu_read_unlock();
	return region;
}

/* Regions that are looked at under a spinlock. */
#define STEPS_MAX	256

/* The region with the lowest id above @id. */
static struct rb_node *first_above(const struct dmstat_device *device, u32 id)
{
	struct rb_node *node = device->by_id.rb_node, *found = NULL;
	const struct dmstat_region *region;

	while (node) {
		region = rb_entry(node, struct dmstat_region, by_id);
		if (region->id > id) {
			found = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

static bool may_touch(const struct dmstat_region *region, sector_t sector,
		      sector_t end)
{
	return region->extents[0].start < end &&
	       region->extents[region->nr_extents - 1].end > sector;
}

/**
 * dmstat_region_next_at() - walk the regions of a device that an I/O may be in
 * @device: the device; a reference keeps it
 * @id: the id of the last region, 0 at first; where that of the next one is put
 * @sector: the I/O's first sector
 * @end: the first sector after it
 * @generation: of the index that it started under
 *
 * By rising id. Regions may come and go meanwhile: those that are there all the
 * time are found. Some of them may have no area there.
 *
 * Context: process, may sleep.
 * Return: the region with a reference, or NULL if there are no more.
 */
struct dmstat_region *dmstat_region_next_at(struct dmstat_device *device,
					    u32 *id, sector_t sector,
					    sector_t end, u64 generation)
{
	struct dmstat_region *region;
	struct rb_node *node;
	int steps;

	do {
		cond_resched();
		spin_lock(&device->by_id_lock);
		node = first_above(device, *id);
		for (steps = 0; node && steps < STEPS_MAX; steps++) {
			region = rb_entry(node, struct dmstat_region, by_id);
			*id = region->id;
			if (READ_ONCE(region->generation) <= generation &&
			    may_touch(region, sector, end)) {
				refcount_inc(&region->users);
				spin_unlock(&device->by_id_lock);
				return region;
			}
			node = rb_next(node);
		}
		spin_unlock(&device->by_id_lock);
	} while (node);
	return NULL;
}

/* @change is NULL if the disk is gone. */
static void report_deleted(const struct dmstat_region *region,
			   struct dmstat_change *change)
{
	/* Nobody listens while the module is unloaded. */
	if (!listener)
		return;
	if (change)
		listener->deleted(region, change);
	else
		listener->removed(region);
}

/* Delete @leaving, which are no longer in the device's list. */
static void delete_leaving(struct dmstat_device *device,
			   struct list_head *leaving,
			   struct dmstat_change *change, u32 *deleted)
{
	struct dmstat_region *region;

	/* If they were the last ones, the hot path loses sight of the device first
	 * of all, and the index does not matter any more.
	 */
	dmstat_device_unwatch(device);
	list_for_each_entry(region, leaving, node) {
		region_hide(region, device);
		xa_erase(&regions, region->id);
		next_list_seq();
		report_deleted(region, change);
		(*deleted)++;
		cond_resched();
	}
	dmstat_index_remove(device, leaving);
}

/* Of those from the @i-th on that there still are, all of the first's device. */
static void delete_of_device(const struct dmstat_region_filter *filter, u32 i,
			     struct dmstat_change *change, u32 *deleted)
{
	struct dmstat_region *region = xa_load(&regions, filter->ids[i]);
	struct dmstat_device *device;
	LIST_HEAD(leaving);

	if (!region)
		return;
	device = region->device;
	for (; i < filter->nr_ids; i++) {
		region = xa_load(&regions, filter->ids[i]);
		if (region && region->device == device)
			region_unlink(region, &leaving);
		cond_resched();
	}
	delete_leaving(device, &leaving, change, deleted);
}

/* All or, if one is not there, none. */
static int delete_listed(const struct dmstat_region_filter *filter,
			 struct dmstat_change *change, u32 *deleted)
{
	struct dmstat_region *region;
	u32 i;

	for (i = 0; i < filter->nr_ids; i++) {
		region = xa_load(&regions, filter->ids[i]);
		if (!region || is_gone(region))
			return -ENOENT;
	}
	for (i = 0; i < filter->nr_ids; i++)
		delete_of_device(filter, i, change, deleted);
	return 0;
}

static bool is_wanted(const struct dmstat_region *region,
		      const struct dmstat_region_filter *filter)
{
	const struct dmstat_label *label =
		rcu_dereference_protected(region->label,
					  lockdep_is_held(&dmstat_lock));

	if (filter->by_device && region->device->devt != filter->devt)
		return false;
	return !filter->program_id ||
	       dmstat_label_is_of(label, filter->program_id);
}

static struct dmstat_region *
first_wanted(const struct dmstat_region_filter *filter, unsigned long *id)
{
	struct dmstat_region *region;

	xa_for_each_start(&regions, *id, region, *id) {
		if (is_wanted(region, filter))
			return region;
		cond_resched();
	}
	return NULL;
}

/*
 * Regions that are deleted before others get at dmstat_lock: so many that the
 * index of a device changes seldom, so few that nobody waits long.
 */
#define DELETE_AT_ONCE	4096

/* Of one device. Return: whether there may be more, from @id on. */
static bool delete_some(const struct dmstat_region_filter *filter,
			unsigned long *id, struct dmstat_change *change,
			u32 *deleted)
{
	struct dmstat_region *region = first_wanted(filter, id), *next;
	struct dmstat_device *device;
	LIST_HEAD(leaving);
	u32 nr = 0;

	if (!region)
		return false;
	device = region->device;
	list_for_each_entry_safe(region, next, &device->regions, node) {
		cond_resched();
		if (!is_wanted(region, filter))
			continue;
		region_unlink(region, &leaving);
		if (++nr == DELETE_AT_ONCE)
			break;
	}
	delete_leaving(device, &leaving, change, deleted);
	return true;
}

static int delete_matching(const struct dmstat_region_filter *filter,
			   struct dmstat_change *change, u32 *deleted)
{
	unsigned long id = 0;
	unsigned int noio;
	bool more;

	do {
		noio = dmstat_change_begin();
		more = delete_some(filter, &id, change, deleted);
		dmstat_change_end(noio);
		/* Somebody may make such regions all the time. */
		if (more && fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (more);
	return *deleted ? 0 : -ENOENT;
}

/**
 * dmstat_region_del() - delete regions
 * @filter: which
 * @change: passed to the listener with each region
 * @deleted: where is put how many were
 *
 * Does not wait for anybody who may be counting in them: that is left to a work
 * queue.
 *
 * Context: process, takes dmstat_lock.
 * Return: 0; -ENOENT, there is none, or one of those listed is not there;
 * -EINTR, those that are not deleted are unchanged.
 */
int dmstat_region_del(const struct dmstat_region_filter *filter,
		      struct dmstat_change *change, u32 *deleted)
{
	unsigned int noio;
	int ret;

	*deleted = 0;
	if (!filter->nr_ids)
		return delete_matching(filter, change, deleted);

	noio = dmstat_change_begin();
	ret = delete_listed(filter, change, deleted);
	dmstat_change_end(noio);
	return ret;
}

/**
 * dmstat_region_set() - change what is written on a region
 * @id: its id
 * @spec: what to write
 * @change: passed to the listener
 *
 * Context: process, takes dmstat_lock.
 * Return: 0; -ENOENT, there is none; -ENOSPC, over the memory limit; -ENOMEM.
 * After an error nothing has changed.
 */
int dmstat_region_set(u32 id, const struct dmstat_label_spec *spec,
		      struct dmstat_change *change)
{
	struct dmstat_region *region;
	unsigned int noio;
	int ret = -ENOENT;

	noio = dmstat_change_begin();
	region = dmstat_region_get(id);
	if (region) {
		ret = dmstat_label_write(&region->label, spec,
					 &region->store.memory);
		if (!ret)
			listener->labelled(region, change);
		dmstat_region_put(region);
	}
	dmstat_change_end(noio);
	return ret;
}

/**
 * dmstat_region_count_clear() - count that a region, or a part of it, is cleared
 * @region: the region
 *
 * Context: process.
 */
void dmstat_region_count_clear(struct dmstat_region *region)
{
	write_seqlock(&region->clears_lock);
	region->clears++;
	region->cleared = ktime_get_real_ns();
	write_sequnlock(&region->clears_lock);
}

/**
 * dmstat_region_cleared() - count and report that a region was cleared
 * @region: the region
 * @change: passed to the listener
 *
 * Context: process, takes dmstat_lock.
 * Return: 0; -ENOENT, it was deleted meanwhile.
 */
int dmstat_region_cleared(struct dmstat_region *region,
			  struct dmstat_change *change)
{
	unsigned int noio;
	int ret = -ENOENT;

	noio = dmstat_change_begin();
	if (xa_load(&regions, region->id) == region && !is_gone(region)) {
		dmstat_region_count_clear(region);
		listener->cleared(region, change);
		ret = 0;
	}
	dmstat_change_end(noio);
	return ret;
}

/**
 * dmstat_region_device_going() - the regions of a device are found no more
 *
 * Context: any.
 */
void dmstat_region_device_going(void)
{
	next_list_seq();
}

/**
 * dmstat_region_device_gone() - delete the regions of a device that has gone
 * @device: the device; not watched any more afterwards
 *
 * It cannot fail: only reports of it need memory.
 *
 * Context: dmstat_lock held; may sleep.
 */
void dmstat_region_device_gone(struct dmstat_device *device)
{
	u32 deleted = 0;

	WRITE_ONCE(device->nr_regions, 0);
	delete_leaving(device, &device->regions, NULL, &deleted);
}

/**
 * dmstat_region_listen() - set who hears of changes to regions
 * @region_listener: the listener; or NULL, but only once nobody asks for changes
 *
 * Context: process, takes dmstat_lock.
 */
void dmstat_region_listen(const struct dmstat_region_listener *region_listener)
{
	mutex_lock(&dmstat_lock);
	listener = region_listener;
	mutex_unlock(&dmstat_lock);
}

/**
 * dmstat_region_exit() - delete all regions
 *
 * Nobody listens, and no request is under way.
 *
 * Context: process, takes dmstat_lock.
 */
void dmstat_region_exit(void)
{
	struct dmstat_region *region;
	unsigned long id;
	unsigned int noio;

	noio = dmstat_change_begin();
	/* Each takes all others of its device along. */
	xa_for_each(&regions, id, region)
		dmstat_region_device_gone(region->device);
	dmstat_change_end(noio);
	xa_destroy(&regions);
}
