// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: their memory and lifetime; which of them an I/O may touch.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "cgroup.h"
#include "index_ref.h"
#include "memory.h"
#include "owner.h"
#include "region.h"

/* Memory that does not depend on the areas. */
static size_t extents_memory(const struct dmstat_kregion *region)
{
	return dmstat_memory_size(sizeof(*region)) +
	       dmstat_memory_size(region->nr_extents *
				  sizeof(*region->extents)) +
	       dmstat_memory_size(region->nr_extents * sizeof(*region->refs));
}

static void region_free(struct dmstat_kregion *region)
{
	size_t memory = extents_memory(region);

	dmstat_store_free(&region->store, region->areas);
	dmstat_label_free(&region->label, &region->store.memory);
	WARN_ON_ONCE(atomic64_read(&region->store.memory.bytes) != memory);
	kvfree(region->refs);
	kvfree(region->extents);
	if (region->device)
		dmstat_device_put(region->device);
	if (region->owner)
		dmstat_owner_put(region->owner);
	dmstat_cgroup_put(region->cgroup);
	kfree(region);
	dmstat_memory_uncharge(memory);
}

/**
 * dmstat_region_put() - drop a reference
 * @region: the region
 *
 * Context: process, may sleep.
 */
void dmstat_region_put(struct dmstat_kregion *region)
{
	if (refcount_dec_and_test(&region->users))
		region_free(region);
}

static void free_work(struct work_struct *work)
{
	struct dmstat_kregion *region;

	region = container_of(to_rcu_work(work), struct dmstat_kregion, free);
	dmstat_region_put(region);
}

static int region_alloc_extents(struct dmstat_kregion *region,
				const struct dmstat_region_params *params)
{
	if (!dmstat_memory_charge_to(&region->store.memory,
				     extents_memory(region)))
		return -ENOSPC;

	region->extents = dmstat_memory_alloc(params->nr_extents *
					      sizeof(*region->extents), 0);
	if (!region->extents) {
		dmstat_memory_uncharge_from(&region->store.memory,
					    extents_memory(region));
		return -ENOMEM;
	}
	memcpy(region->extents, params->extents,
	       params->nr_extents * sizeof(*params->extents));
	return 0;
}

static int region_alloc_refs(struct dmstat_kregion *region)
{
	const struct dmstat_kextent *extent = region->extents;
	u32 i;

	region->refs = dmstat_memory_alloc(region->nr_extents *
					   sizeof(*region->refs), 0);
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

/**
 * dmstat_region_alloc() - allocate a region
 * @params: its extents, areas, label, owner and bounds
 *
 * Context: process, may sleep.
 * Return: the region with a reference, without an id or a device; -ENOSPC, over
 * the memory limit; -ENOMEM.
 */
struct dmstat_kregion *
dmstat_region_alloc(const struct dmstat_region_params *params)
{
	struct dmstat_kregion *region;
	int ret;

	region = kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return ERR_PTR(-ENOMEM);

	region->area_size = params->area_size;
	region->area_shift = params->cgroup ? DMSTAT_SHIFT_LIMITED :
					      params->area_shift;
	region->areas = params->areas;
	region->nr_extents = params->nr_extents;
	region->of_extents = params->of_extents;
	ret = region_alloc_extents(region, params);
	if (ret)
		goto err_free;
	ret = dmstat_label_write(&region->label, &params->label,
				 &region->store.memory);
	if (ret)
		goto err_free_extents;
	ret = region_alloc_refs(region);
	if (ret)
		goto err_free_label;
	ret = dmstat_store_init(&region->store, region->areas, params->bounds,
				params->nr_bounds);
	if (ret)
		goto err_free_refs;

	mutex_init(&region->read_lock);
	seqlock_init(&region->clears_lock);
	refcount_set(&region->users, 1);
	region->generation = U64_MAX;
	region->member.slow_ns = U64_MAX;
	region->quota.rate = DMSTAT_QUOTA_RATE;
	INIT_RCU_WORK(&region->free, free_work);
	region->created = ktime_get_real_ns();
	region->owner = params->owner;
	if (region->owner)
		dmstat_owner_hold(region->owner);
	region->cgroup = dmstat_cgroup_hold(params->cgroup);
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

/* An I/O whose regions are searched for. */
struct search {
	sector_t sector;
	sector_t end;			/* the first sector after it */
	u64 generation;			/* of the index when it started */
};

static bool may_touch(const struct dmstat_kregion *region,
		      const struct search *search)
{
	return READ_ONCE(region->generation) <= search->generation &&
	       region->extents[0].start < search->end &&
	       region->extents[region->nr_extents - 1].end > search->sector;
}

/* The device still has the region, so the index has a reference to it. */
static bool get_if_touched(struct dmstat_device_member *member, const void *arg)
{
	struct dmstat_kregion *region = dmstat_region_of_member(member);

	if (!may_touch(region, arg))
		return false;
	refcount_inc(&region->users);
	return true;
}

/**
 * dmstat_region_next_at() - walk the regions of a device that an I/O may touch
 * @device: the device; the caller has a reference
 * @id: the id of the last region, 0 at first; set to that of the next one
 * @sector: the I/O's first sector
 * @end: the first sector after it
 * @generation: of the index that the I/O started under
 *
 * In the order of their ids. Regions that exist during the whole walk are
 * found; those that come or go meanwhile may be. The I/O may lie between the
 * extents of a region that is found.
 *
 * Context: process, may sleep.
 * Return: the region with a reference, or NULL if there are no more.
 */
struct dmstat_kregion *dmstat_region_next_at(struct dmstat_kdevice *device,
					     u32 *id, sector_t sector,
					     sector_t end, u64 generation)
{
	const struct search search = {
		.sector = sector,
		.end = end,
		.generation = generation,
	};
	struct dmstat_device_member *member;

	member = dmstat_device_next_region(device, id, get_if_touched, &search);
	return member ? dmstat_region_of_member(member) : NULL;
}

/**
 * dmstat_region_count_clear() - count a clear of a region or of some areas
 * @region: the region
 *
 * Context: process.
 */
void dmstat_region_count_clear(struct dmstat_kregion *region)
{
	write_seqlock(&region->clears_lock);
	region->clears++;
	region->cleared = ktime_get_real_ns();
	write_sequnlock(&region->clears_lock);
}
