// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: their memory and lifetime; which of them an I/O may touch.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "cgroup.h"
#include "geometry.h"
#include "memory.h"
#include "owner.h"
#include "region.h"

/* Before the region is published, or when no CPU uses it any more. */
static struct dmstat_geometry *owned(struct dmstat_geometry __rcu *geometry)
{
	return rcu_dereference_protected(geometry, true);
}

static void region_free(struct dmstat_kregion *region)
{
	size_t memory = dmstat_memory_size(sizeof(*region));

	dmstat_store_free(&region->store);
	dmstat_geometry_free(owned(region->before));
	dmstat_geometry_free(owned(region->geometry));
	dmstat_label_free(&region->label, &region->store.memory);
	WARN_ON_ONCE(atomic64_read(&region->store.memory.bytes) != memory);
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
	struct dmstat_geometry *geometry;
	struct dmstat_kregion *region;
	struct dmstat_cut cut;
	int ret;

	region = kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return ERR_PTR(-ENOMEM);

	region->area_size = params->area_size;
	region->of_extents = params->of_extents;
	region->cgroup = params->cgroup;
	ret = -ENOSPC;
	if (!dmstat_memory_charge_to(&region->store.memory,
				     dmstat_memory_size(sizeof(*region))))
		goto err_free;
	cut = dmstat_region_cut(region);
	geometry = dmstat_geometry_new(&cut, params->extents,
				       params->nr_extents, params->areas);
	ret = PTR_ERR_OR_ZERO(geometry);
	if (ret)
		goto err_uncharge;
	ret = dmstat_label_write(&region->label, &params->label,
				 &region->store.memory);
	if (ret)
		goto err_free_geometry;
	ret = dmstat_store_init(&region->store, geometry->slots, params->bounds,
				params->nr_bounds);
	if (ret)
		goto err_free_label;

	region->area_shift = region->cgroup ? DMSTAT_SHIFT_LIMITED :
					      geometry->area_shift;
	RCU_INIT_POINTER(region->geometry, geometry);
	mutex_init(&region->read_lock);
	init_rwsem(&region->shape);
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
	dmstat_cgroup_hold(region->cgroup);
	return region;

err_free_label:
	dmstat_label_free(&region->label, &region->store.memory);
err_free_geometry:
	dmstat_geometry_free(geometry);
err_uncharge:
	dmstat_memory_uncharge_from(&region->store.memory,
				    dmstat_memory_size(sizeof(*region)));
err_free:
	kfree(region);
	return ERR_PTR(ret);
}

/* An I/O whose regions are searched for. */
struct search {
	sector_t sector;
	sector_t end;			/* the first sector after it */
	u64 generation;			/* of the index when it started */
	/* Finds the geometry that it counts in. */
	const struct dmstat_geometry *
		(*find)(const struct dmstat_kregion *region, u64 generation);
};

/* Whether sectors are not before or after all pieces of a geometry. */
static bool is_around(const struct dmstat_geometry *geometry, sector_t sector,
		      sector_t end)
{
	return geometry->pieces[0].ref.start < end &&
	       geometry->pieces[geometry->nr_pieces - 1].ref.end > sector;
}

/*
 * Return: the geometry that an I/O counts in that started under an index; NULL,
 * the region came later. RCU protects it.
 */
static const struct dmstat_geometry *
geometry_of(const struct dmstat_kregion *region, u64 generation)
{
	const struct dmstat_geometry *geometry, *before;

	geometry = rcu_dereference(region->geometry);
	if (READ_ONCE(geometry->since) <= generation)
		return geometry;
	/* Pairs with the release of @geometry: @before was set first. */
	smp_rmb();
	before = rcu_dereference(region->before);
	return before && READ_ONCE(before->since) <= generation ? before : NULL;
}

/*
 * The same for an I/O that may have ended. Where the region has been resized
 * twice since, the areas that it had then are not known; those that stayed are
 * in the geometry that it has now.
 */
static const struct dmstat_geometry *
geometry_since(const struct dmstat_kregion *region, u64 generation)
{
	const struct dmstat_geometry *geometry = geometry_of(region, generation);

	if (!geometry && READ_ONCE(region->generation) <= generation)
		geometry = rcu_dereference(region->geometry);
	return geometry;
}

static bool may_touch(const struct dmstat_kregion *region,
		      const struct search *search)
{
	const struct dmstat_geometry *geometry;
	bool may;

	rcu_read_lock();
	geometry = search->find(region, search->generation);
	may = geometry && is_around(geometry, search->sector, search->end);
	rcu_read_unlock();
	return may;
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

static struct dmstat_kregion *next_region(struct dmstat_kdevice *device,
					  u32 *id, const struct search *search)
{
	struct dmstat_device_member *member;

	member = dmstat_device_next_region(device, id, get_if_touched, search);
	return member ? dmstat_region_of_member(member) : NULL;
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
		.find = geometry_of,
	};

	return next_region(device, id, &search);
}

/**
 * dmstat_region_next_missed() - walk the regions that may have missed an I/O
 * @device: the device; the caller has a reference
 * @id: the id of the last region, 0 at first; set to that of the next one
 * @sector: the I/O's first sector
 * @end: the first sector after it
 * @generation: of the index that the I/O started under
 *
 * As dmstat_region_next_at(), for an I/O that may have ended.
 *
 * Context: process, may sleep.
 * Return: the region with a reference, or NULL if there are no more.
 */
struct dmstat_kregion *
dmstat_region_next_missed(struct dmstat_kdevice *device, u32 *id,
			  sector_t sector, sector_t end, u64 generation)
{
	const struct search search = {
		.sector = sector,
		.end = end,
		.generation = generation,
		.find = geometry_since,
	};

	return next_region(device, id, &search);
}

/**
 * dmstat_region_geometry_at() - find where an I/O in flight counts in a region
 * @region: the region; the caller has a reference
 * @sector: the I/O's first sector
 * @end: the first sector after it
 * @generation: of the index that the I/O started under
 *
 * Context: any.
 * Return: the geometry, as long as the I/O is in flight; NULL, the I/O does not
 * count in the region.
 */
const struct dmstat_geometry *
dmstat_region_geometry_at(const struct dmstat_kregion *region, sector_t sector,
			  sector_t end, u64 generation)
{
	const struct dmstat_geometry *geometry;

	rcu_read_lock();
	geometry = geometry_of(region, generation);
	/* Else the I/O does not keep the geometry from being settled. */
	if (geometry && !dmstat_geometry_first_at(geometry, sector, end))
		geometry = NULL;
	rcu_read_unlock();
	return geometry;
}

/**
 * dmstat_region_is_at() - whether an I/O is in areas of a region
 * @region: the region; the caller has a reference
 * @sector: the I/O's first sector
 * @end: the first sector after it
 * @generation: of the index that the I/O started under
 *
 * Context: any; the I/O may have ended.
 * Return: true if it touches an area of it.
 */
bool dmstat_region_is_at(const struct dmstat_kregion *region, sector_t sector,
			 sector_t end, u64 generation)
{
	return dmstat_region_geometry_at(region, sector, end, generation);
}

/**
 * dmstat_region_has_missed() - whether a missed I/O was in areas of a region
 * @region: the region; the caller has a reference
 * @sector: the I/O's first sector
 * @end: the first sector after it
 * @generation: of the index that the I/O started under
 *
 * If the region has been resized twice since, its areas of now are looked at:
 * too many regions may be found, but no area that is there misses an I/O
 * without this being known.
 *
 * Context: any; the I/O may have ended.
 * Return: true if it touches an area of it.
 */
bool dmstat_region_has_missed(const struct dmstat_kregion *region,
			      sector_t sector, sector_t end, u64 generation)
{
	const struct dmstat_geometry *geometry;
	bool missed;

	rcu_read_lock();
	geometry = geometry_since(region, generation);
	missed = geometry && dmstat_geometry_first_at(geometry, sector, end);
	rcu_read_unlock();
	return missed;
}

/**
 * dmstat_region_cut() - how the extents of a region are cut
 * @region: the region
 *
 * Context: any.
 * Return: what dmstat_geometry_new() and dmstat_geometry_next() need.
 */
struct dmstat_cut dmstat_region_cut(struct dmstat_kregion *region)
{
	return (struct dmstat_cut) {
		.region = region,
		.memory = &region->store.memory,
		.area_size = region->area_size,
		.chunk_slots = region->store.layout.chunk_mask + 1,
		.of_extents = region->of_extents,
	};
}

/**
 * dmstat_region_start() - the first sector of a region
 * @region: the region
 *
 * Context: any.
 * Return: the sector, which may change if the region was made of extents.
 */
sector_t dmstat_region_start(const struct dmstat_kregion *region)
{
	sector_t start;

	rcu_read_lock();
	start = rcu_dereference(region->geometry)->pieces->ref.start;
	rcu_read_unlock();
	return start;
}

/**
 * dmstat_region_nr_areas() - how many areas a region has now
 * @region: the region
 *
 * Context: any.
 * Return: the number, which may change.
 */
u32 dmstat_region_nr_areas(const struct dmstat_kregion *region)
{
	u32 areas;

	rcu_read_lock();
	areas = rcu_dereference(region->geometry)->areas;
	rcu_read_unlock();
	return areas;
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
