// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions: made, found, deleted; the index of a device's regions, replaced
 * whole under RCU; reading and clearing the counters of areas.
 */
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/device-mapper.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/xarray.h>

#include "memory.h"
#include "region.h"

/* Regions in all segments of an index together; 128 MiB of pointers. */
#define INDEX_REFS_MAX BIT(24)

/* By id; dmstat_lock to change, RCU to read. */
static DEFINE_XARRAY_ALLOC1(regions);
static u32 next_id = 1;					/* dmstat_lock */
static unsigned int generation = 1;			/* dmstat_lock */
static void (*removed_hook)(struct dmstat_region *region);	/* constant */

/**
 * dmstat_region_generation() - changes whenever a region comes or goes
 *
 * Return: never 0.
 */
unsigned int dmstat_region_generation(void)
{
	return READ_ONCE(generation);
}

static void next_generation(void)
{
	lockdep_assert_held(&dmstat_lock);

	/* 0 means "not consistent" to netlink. */
	WRITE_ONCE(generation, generation + 1 ? generation + 1 : 1);
}

/* ------------------------------------------------------------ the index */

static int compare_sectors(const void *a, const void *b)
{
	const sector_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Return: the number of different sectors where regions begin or end, or 0. */
static u32 fill_boundaries(const struct dmstat_device *device, sector_t *at)
{
	const struct dmstat_region *region;
	u32 n = 0, out = 1, i;

	at[n++] = 0;
	list_for_each_entry(region, &device->regions, node) {
		at[n++] = region->start;
		at[n++] = region->end;
	}

	sort(at, n, sizeof(*at), compare_sectors, NULL);
	for (i = 1; i < n; i++) {
		if (at[i] != at[out - 1])
			at[out++] = at[i];
	}
	return out;
}

static u64 index_count_refs(const struct dmstat_device *device,
			    struct dmstat_index *index)
{
	const struct dmstat_region *region;
	struct dmstat_segment *segment;
	u64 refs = 0;

	list_for_each_entry(region, &device->regions, node) {
		segment = (struct dmstat_segment *)
			dmstat_index_segment(index, region->start);
		for (; segment->start < region->end; segment++) {
			segment->nr++;
			refs++;
		}
	}
	return refs;
}

static void index_fill_refs(const struct dmstat_device *device,
			    struct dmstat_index *index)
{
	struct dmstat_segment *segment;
	struct dmstat_region *region;
	u32 first = 0, i;

	for (i = 0; i <= index->nr_segments; i++) {
		segment = &index->segments[i];
		segment->first = first;
		first += segment->nr;
		segment->nr = 0;
	}

	list_for_each_entry(region, &device->regions, node) {
		segment = (struct dmstat_segment *)
			dmstat_index_segment(index, region->start);
		for (; segment->start < region->end; segment++) {
			segment->only = segment->nr ? NULL : region;
			index->refs[segment->first + segment->nr++] = region;
		}
	}
}

/* An index without its refs: segments, none of which has a region. */
static struct dmstat_index *index_alloc_segments(const sector_t *at, u32 nr,
						 u64 refs)
{
	struct dmstat_index *index;
	size_t size;
	u32 i;

	size = struct_size(index, segments, nr + 1);
	index = kvzalloc(size + refs * sizeof(*index->refs),
			 GFP_KERNEL | __GFP_NOWARN);
	if (!index)
		return NULL;

	index->refs = (void *)index + size;
	index->nr_segments = nr - 1;
	for (i = 0; i < nr; i++)
		index->segments[i].start = at[i];
	index->segments[nr].start = U64_MAX;
	return index;
}

/* The index for the regions that are on the device's list now. */
static struct dmstat_index *index_build(const struct dmstat_device *device)
{
	struct dmstat_index *index = NULL;
	sector_t *at;
	u64 refs;
	u32 nr;

	at = kvmalloc_array(2 * (size_t)device->nr_regions + 1, sizeof(*at),
			    GFP_KERNEL | __GFP_NOWARN);
	if (!at)
		return NULL;

	nr = fill_boundaries(device, at);
	index = index_alloc_segments(at, nr, 0);
	if (!index)
		goto out;
	refs = index_count_refs(device, index);
	kvfree(index);
	index = NULL;
	if (refs > INDEX_REFS_MAX)
		goto out;

	index = index_alloc_segments(at, nr, refs);
	if (!index)
		goto out;
	index_count_refs(device, index);
	index_fill_refs(device, index);
out:
	kvfree(at);
	return index;
}

/* Put the device's list of regions before the eyes of the hot path. */
static int index_replace(struct dmstat_device *device,
			 struct dmstat_region *added)
{
	struct dmstat_index *old, *index = index_build(device);

	if (!index)
		return -ENOMEM;

	index->generation = ++device->generation;
	if (added)
		added->generation = index->generation;

	old = rcu_dereference_protected(device->index,
					lockdep_is_held(&dmstat_lock));
	rcu_assign_pointer(device->index, index);
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

/* ---------------------------------------------------------------- memory */

static bool region_charge(struct dmstat_region *region, size_t bytes)
{
	if (!dmstat_memory_charge(bytes))
		return false;
	atomic64_add(bytes, &region->memory);
	return true;
}

static void region_uncharge(struct dmstat_region *region, size_t bytes)
{
	atomic64_sub(bytes, &region->memory);
	dmstat_memory_uncharge(bytes);
}

static void *page_alloc(struct dmstat_region *region, gfp_t gfp)
{
	void *page;

	if (!region_charge(region, PAGE_SIZE))
		return NULL;
	page = (void *)get_zeroed_page(gfp);
	if (!page)
		region_uncharge(region, PAGE_SIZE);
	return page;
}

static void page_free(struct dmstat_region *region, void *page)
{
	free_page((unsigned long)page);
	region_uncharge(region, PAGE_SIZE);
}

static size_t chunk_size(void)
{
	struct dmstat_chunk *chunk;

	return kmalloc_size_roundup(struct_size(chunk, cpu, nr_cpu_ids));
}

static void chunk_free(struct dmstat_region *region, struct dmstat_chunk *chunk)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (chunk->cpu[cpu])
			page_free(region, chunk->cpu[cpu]);
	}
	if (chunk->baseline)
		page_free(region, chunk->baseline);
	page_free(region, chunk->shared);
	kfree(chunk);
	region_uncharge(region, chunk_size());
}

static struct dmstat_chunk *chunk_make(struct dmstat_region *region, u32 i,
				       gfp_t gfp)
{
	struct dmstat_chunk *chunk, *old;

	if (!region_charge(region, chunk_size()))
		return NULL;
	chunk = kzalloc(chunk_size(), gfp);
	if (!chunk)
		goto err_uncharge;
	chunk->shared = page_alloc(region, gfp);
	if (!chunk->shared)
		goto err_free;

	old = cmpxchg(&region->chunks[i], NULL, chunk);
	if (old) {
		chunk_free(region, chunk);
		return old;
	}
	return chunk;

err_free:
	kfree(chunk);
err_uncharge:
	region_uncharge(region, chunk_size());
	return NULL;
}

/**
 * dmstat_region_chunk_new() - a place to count for areas that saw no I/O yet
 * @region: the region
 * @i: which chunk
 *
 * Context: any; RCU keeps the region.
 * Return: the chunk, which another CPU may have been faster to make; NULL, no
 * memory or over the limit.
 */
struct dmstat_chunk *dmstat_region_chunk_new(struct dmstat_region *region,
					     u32 i)
{
	return chunk_make(region, i, GFP_NOWAIT | __GFP_NOWARN);
}

/**
 * dmstat_region_page_new() - give this CPU counters of its own in a chunk
 * @region: the region
 * @chunk: the chunk
 *
 * Nothing is lost if there is no memory for it: the shared page serves.
 *
 * Context: any, preemption disabled; RCU keeps the region.
 */
void dmstat_region_page_new(struct dmstat_region *region,
			    struct dmstat_chunk *chunk)
{
	struct dmstat_counter_page *page;

	page = page_alloc(region, GFP_NOWAIT | __GFP_NOWARN);
	/* An interrupt may have been faster. */
	if (page && cmpxchg(&chunk->cpu[smp_processor_id()], NULL, page))
		page_free(region, page);
}

/* ------------------------------------------------- making and deleting */

/* A message has to be a literal, hence no function. */
#define refuse(fault, what, extack, message, error) ({	\
	*(fault) = (what);				\
	NL_SET_ERR_MSG(extack, message);		\
	(error);					\
})

#define OVER_LIMIT \
	"over the module's memory limit: use fewer areas, delete regions, or raise the parameter memory_limit"

static int check_range(struct dmstat_region *region,
		       const struct dmstat_region_spec *spec,
		       sector_t size, enum dmstat_region_fault *fault,
		       struct netlink_ext_ack *extack)
{
	sector_t length = spec->length;

	if (!size)
		return refuse(fault, DMSTAT_FAULT_DEVICE, extack,
			      "the device has no sectors: load a table first",
			      -ERANGE);
	if (spec->start >= size)
		return refuse(fault, DMSTAT_FAULT_START, extack,
			      "start is beyond the end of the device", -ERANGE);
	if (!spec->have_length)
		length = size - spec->start;
	if (!length)
		return refuse(fault, DMSTAT_FAULT_LENGTH, extack,
			      "length is zero: a region has at least one sector",
			      -EINVAL);
	if (check_add_overflow(spec->start, length, &region->end))
		return refuse(fault, DMSTAT_FAULT_LENGTH, extack,
			      "start + length does not fit 64 bits",
			      -EOVERFLOW);
	if (region->end > size)
		return refuse(fault, DMSTAT_FAULT_LENGTH, extack,
			      "start + length is beyond the end of the device",
			      -ERANGE);
	region->start = spec->start;
	return 0;
}

static int check_areas(struct dmstat_region *region,
		       const struct dmstat_region_spec *spec,
		       enum dmstat_region_fault *fault,
		       struct netlink_ext_ack *extack)
{
	sector_t length = region->end - region->start;
	u64 areas;

	if (spec->have_areas && spec->have_area_size)
		return refuse(fault, DMSTAT_FAULT_AREAS, extack,
			      "give the size of an area or the number of areas, not both",
			      -EINVAL);
	if (spec->have_areas && !spec->areas)
		return refuse(fault, DMSTAT_FAULT_AREAS, extack,
			      "number of areas is zero: a region has at least one",
			      -EINVAL);
	if (spec->have_areas && spec->areas > length)
		return refuse(fault, DMSTAT_FAULT_AREAS, extack,
			      "more areas than sectors in the region", -ERANGE);
	if (spec->have_area_size && !spec->area_size)
		return refuse(fault, DMSTAT_FAULT_AREA_SIZE, extack,
			      "area size is zero: an area has at least one sector",
			      -EINVAL);

	region->area_size = length;
	if (spec->have_area_size)
		region->area_size = spec->area_size;
	else if (spec->have_areas)
		region->area_size = DIV64_U64_ROUND_UP(length, spec->areas);

	areas = div64_u64(length - 1, region->area_size) + 1;
	if (areas > U32_MAX)
		return refuse(fault, spec->have_areas ? DMSTAT_FAULT_AREAS :
			      DMSTAT_FAULT_AREA_SIZE, extack,
			      "more than 4294967295 areas: use larger ones",
			      -ERANGE);
	region->areas = areas;
	region->area_shift = is_power_of_2(region->area_size) ?
			     ilog2(region->area_size) : -1;
	return 0;
}

static int check_spec(struct dmstat_region *region,
		      const struct dmstat_region_spec *spec, sector_t size,
		      enum dmstat_region_fault *fault,
		      struct netlink_ext_ack *extack)
{
	int ret = check_range(region, spec, size, fault, extack);

	return ret ?: check_areas(region, spec, fault, extack);
}

static size_t region_base_memory(const struct dmstat_region *region)
{
	return sizeof(*region) +
	       (size_t)dmstat_region_chunks(region) * sizeof(*region->chunks);
}

static void region_free_chunks(struct dmstat_region *region)
{
	u32 i;

	for (i = 0; i < dmstat_region_chunks(region); i++) {
		if (region->chunks[i])
			chunk_free(region, region->chunks[i]);
		if (!(i % 1024))
			cond_resched();
	}
}

static void region_free(struct dmstat_region *region)
{
	region_free_chunks(region);
	region_uncharge(region, region_base_memory(region));
	WARN_ON_ONCE(atomic64_read(&region->memory));
	kvfree(region->chunks);
	kfree(region->program_id);
	if (region->device)
		dmstat_device_put(region->device);
	kfree(region);
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

/* A region with its memory, not yet on a device. */
static struct dmstat_region *region_alloc(const struct dmstat_region_spec *spec,
					  sector_t size,
					  enum dmstat_region_fault *fault,
					  struct netlink_ext_ack *extack)
{
	struct dmstat_region *region;
	int ret;

	region = kzalloc(sizeof(*region), GFP_KERNEL);
	if (!region)
		return ERR_PTR(-ENOMEM);

	ret = check_spec(region, spec, size, fault, extack);
	if (ret)
		goto err_free;

	if (!region_charge(region, region_base_memory(region))) {
		ret = refuse(fault, DMSTAT_FAULT_NONE, extack, OVER_LIMIT,
			     -ENOSPC);
		goto err_free;
	}

	ret = -ENOMEM;
	region->chunks = kvcalloc(dmstat_region_chunks(region),
				  sizeof(*region->chunks),
				  GFP_KERNEL | __GFP_NOWARN);
	if (!region->chunks)
		goto err_uncharge;
	if (spec->program_id) {
		region->program_id = kstrdup(spec->program_id, GFP_KERNEL);
		if (!region->program_id)
			goto err_free_chunks;
	}

	mutex_init(&region->read_lock);
	refcount_set(&region->users, 1);
	INIT_LIST_HEAD(&region->node);
	INIT_RCU_WORK(&region->free, free_work);
	region->created = ktime_get_real_ns();
	return region;

err_free_chunks:
	kvfree(region->chunks);
err_uncharge:
	region_uncharge(region, region_base_memory(region));
err_free:
	kfree(region);
	return ERR_PTR(ret);
}

/* Give @region an id and a place on @device, and let it count. */
static int region_publish(struct dmstat_region *region,
			  struct dmstat_device *device,
			  struct netlink_ext_ack *extack)
{
	int ret;

	ret = xa_alloc_cyclic(&regions, &region->id, NULL, xa_limit_32b,
			      &next_id, GFP_KERNEL);
	if (ret < 0)
		return ret;

	list_add_tail(&region->node, &device->regions);
	WRITE_ONCE(device->nr_regions, device->nr_regions + 1);
	refcount_inc(&device->users);
	region->device = device;

	ret = index_replace(device, region);
	if (ret)
		goto err_remove;
	ret = dmstat_device_show(device, extack);
	if (ret)
		goto err_remove;

	/* The id is reserved, so this does not allocate. */
	xa_store(&regions, region->id, region, GFP_KERNEL);
	next_generation();
	return 0;

err_remove:
	refcount_dec(&device->users);
	WRITE_ONCE(device->nr_regions, device->nr_regions - 1);
	list_del(&region->node);
	xa_erase(&regions, region->id);
	region->device = NULL;
	return ret;
}

static int region_add(struct dmstat_region *region,
		      const struct dmstat_device_info *info,
		      struct netlink_ext_ack *extack)
{
	struct dmstat_device *device;
	int ret;

	mutex_lock(&dmstat_lock);
	device = dmstat_device_watch(info, extack);
	if (IS_ERR(device)) {
		ret = PTR_ERR(device);
		goto out;
	}

	ret = region_publish(region, device, extack);
	if (ret)
		dmstat_device_unwatch(device);
	else
		refcount_inc(&region->users);
out:
	mutex_unlock(&dmstat_lock);
	return ret;
}

/**
 * dmstat_region_new() - make a region
 * @spec: what to make
 * @fault: where is put what of @spec is at fault, if anything is
 * @extack: for the message
 *
 * It counts exactly the I/Os that start after this returns; of those that
 * start meanwhile, any.
 *
 * Context: process, takes dmstat_lock.
 * Return: the region with a reference for the caller; or -EINVAL, -ERANGE,
 * -EOVERFLOW, a bad spec; -ENODEV, -EOPNOTSUPP, a bad device; -ENOSPC, over
 * the memory limit; -ENOMEM.
 */
struct dmstat_region *dmstat_region_new(const struct dmstat_region_spec *spec,
					enum dmstat_region_fault *fault,
					struct netlink_ext_ack *extack)
{
	struct dmstat_device_info info;
	struct dmstat_region *region;
	struct mapped_device *md;
	int ret;

	*fault = DMSTAT_FAULT_NONE;
	/* While it is held its disk cannot go. */
	md = dmstat_device_hold(spec->devt, &info, extack);
	if (IS_ERR(md)) {
		*fault = DMSTAT_FAULT_DEVICE;
		return ERR_CAST(md);
	}

	region = region_alloc(spec, info.sectors, fault, extack);
	if (IS_ERR(region))
		goto out;

	ret = region_add(region, &info, extack);
	if (ret) {
		dmstat_region_put(region);
		region = ERR_PTR(ret);
	}
out:
	dm_put(md);
	return region;
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
	if (region && !refcount_inc_not_zero(&region->users))
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
		if (refcount_inc_not_zero(&region->users))
			break;
	}
	rcu_read_unlock();
	return region;
}

static int region_remove(struct dmstat_region *region)
{
	struct dmstat_device *device = region->device;
	struct list_head *before = region->node.prev;
	int ret;

	list_del(&region->node);
	WRITE_ONCE(device->nr_regions, device->nr_regions - 1);
	if (device->nr_regions) {
		ret = index_replace(device, NULL);
		if (ret)
			goto err_restore;
	}

	xa_erase(&regions, region->id);
	next_generation();
	dmstat_device_unwatch(device);
	queue_rcu_work(dmstat_free_wq, &region->free);
	return 0;

err_restore:
	WRITE_ONCE(device->nr_regions, device->nr_regions + 1);
	list_add(&region->node, before);
	return ret;
}

/**
 * dmstat_region_del() - delete a region
 * @id: its id
 * @region: where the region is put, with a reference for the caller
 *
 * Does not wait for anybody who may be counting in it: that is left to a work
 * queue.
 *
 * Context: process, takes dmstat_lock.
 * Return: 0; -ENOENT, there is none; -ENOMEM, nothing has changed.
 */
int dmstat_region_del(u32 id, struct dmstat_region **region)
{
	int ret = -ENOENT;

	mutex_lock(&dmstat_lock);
	*region = dmstat_region_get(id);
	if (*region) {
		ret = region_remove(*region);
		if (ret)
			dmstat_region_put(*region);
	}
	mutex_unlock(&dmstat_lock);
	return ret;
}

/**
 * dmstat_region_device_gone() - delete the regions of a device that goes
 * @device: the device; not watched any more afterwards
 *
 * Allocates nothing, so it cannot fail.
 *
 * Context: dmstat_lock held; may sleep.
 */
void dmstat_region_device_gone(struct dmstat_device *device)
{
	struct dmstat_region *region, *next;

	/* First of all the hot path must lose sight of it. */
	WRITE_ONCE(device->nr_regions, 0);
	dmstat_device_unwatch(device);

	list_for_each_entry_safe(region, next, &device->regions, node) {
		list_del(&region->node);
		xa_erase(&regions, region->id);
		next_generation();
		if (removed_hook)
			removed_hook(region);
		queue_rcu_work(dmstat_free_wq, &region->free);
	}
}

/**
 * dmstat_region_init() - prepare for regions
 * @removed: called for each region that goes with its device, under
 *           dmstat_lock
 */
void dmstat_region_init(void (*removed)(struct dmstat_region *region))
{
	removed_hook = removed;
}

/**
 * dmstat_region_exit() - delete all regions
 *
 * Nobody asks for anything any more, and nobody is told.
 *
 * Context: process, takes dmstat_lock.
 */
void dmstat_region_exit(void)
{
	struct dmstat_region *region;
	unsigned long id;

	mutex_lock(&dmstat_lock);
	removed_hook = NULL;
	/* Each takes all others of its device along. */
	xa_for_each(&regions, id, region)
		dmstat_region_device_gone(region->device);
	mutex_unlock(&dmstat_lock);
	xa_destroy(&regions);
}

/* ------------------------------------------------------ reading, clearing */

static struct dmstat_chunk *area_chunk(const struct dmstat_region *region,
				       u32 area)
{
	return READ_ONCE(region->chunks[area >> DMSTAT_CHUNK_SHIFT]);
}

/* The areas of a region that an I/O in flight touches. Return: false if none. */
static bool in_flight_areas(const struct dmstat_region *region,
			    const struct dmstat_inflight_copy *io, u32 *first,
			    u32 *last)
{
	sector_t from = max(io->sector, region->start);
	sector_t end = min(io->sector + io->sectors, region->end);

	/* It started before the region was made, or lies elsewhere. */
	if (io->generation < region->generation || from >= end)
		return false;
	*first = dmstat_region_area(region, from);
	*last = dmstat_region_area(region, end - 1);
	return true;
}

/**
 * dmstat_region_in_flight_span() - where in a region I/O is in flight
 * @region: the region
 * @span: where it is put
 *
 * Context: process, with a reference to the region.
 */
void dmstat_region_in_flight_span(const struct dmstat_region *region,
				  struct dmstat_region_span *span)
{
	struct dmstat_inflight_walk walk = {};
	struct dmstat_inflight_copy io;
	u32 first, last;

	*span = (struct dmstat_region_span) { .first = U32_MAX };
	while (dmstat_inflight_next(&region->device->inflight, &walk, &io)) {
		if (in_flight_areas(region, &io, &first, &last)) {
			span->first = min(span->first, first);
			span->last = max(span->last, last);
		}
	}
}

/**
 * dmstat_region_any_active() - whether any of some areas may have seen I/O
 * @region: the region
 * @first: the first of the areas
 * @nr: how many, at least 1
 * @span: where I/O is in flight
 *
 * Return: false if none did. May be true if only their neighbours did.
 */
bool dmstat_region_any_active(const struct dmstat_region *region, u32 first,
			      u32 nr, const struct dmstat_region_span *span)
{
	u32 last = first + (nr - 1), i;

	if (first <= span->last && last >= span->first)
		return true;
	for (i = first >> DMSTAT_CHUNK_SHIFT; i <= last >> DMSTAT_CHUNK_SHIFT;
	     i++) {
		if (READ_ONCE(region->chunks[i]))
			return true;
	}
	return false;
}

static void add_in_flight(const struct dmstat_region *region,
			  const struct dmstat_inflight_copy *io,
			  struct dmstat_region_in_flight *in_flight)
{
	u32 last_wanted = in_flight->first + (in_flight->nr - 1);
	bool write = io->operation != DMSTAT_OPERATION_READ;
	u64 age = max_t(s64, in_flight->now - io->start_ns, 0);
	u32 first, last, i;

	if (!in_flight_areas(region, io, &first, &last))
		return;
	if (first > last_wanted || last < in_flight->first)
		return;

	first = max(first, in_flight->first) - in_flight->first;
	last = min(last, last_wanted) - in_flight->first;
	for (i = first; i <= last; i++) {
		in_flight->area[i].ios[write]++;
		in_flight->area[i].age_ns += age;
	}
}

/**
 * dmstat_region_read_in_flight() - what is in flight in some areas
 * @region: the region
 * @first: the first of the areas
 * @nr: how many, at most DMSTAT_READ_AREAS
 * @in_flight: where it is put
 *
 * Context: process, with a reference to the region.
 */
void dmstat_region_read_in_flight(const struct dmstat_region *region,
				  u32 first, u32 nr,
				  struct dmstat_region_in_flight *in_flight)
{
	struct dmstat_inflight_walk walk = {};
	struct dmstat_inflight_copy io;

	memset(in_flight, 0, sizeof(*in_flight));
	in_flight->first = first;
	in_flight->nr = nr;
	in_flight->now = ktime_get_ns();
	while (dmstat_inflight_next(&region->device->inflight, &walk, &io))
		add_in_flight(region, &io, in_flight);
}

/* What an area has counted since the region was made. */
static void read_area_raw(const struct dmstat_chunk *chunk, u32 area,
			  const struct dmstat_region_in_flight *in_flight,
			  struct dmstat_area_values *values)
{
	u32 i = area - in_flight->first;

	memset(values, 0, sizeof(*values));
	if (chunk)
		dmstat_chunk_sum(chunk, area & DMSTAT_CHUNK_MASK, values);
	values->queue_ns += in_flight->area[i].age_ns;
}

/**
 * dmstat_region_read_area() - what an area has counted since it was cleared
 * @region: the region
 * @area: the area
 * @in_flight: what is in flight in it
 * @values: where it is put
 *
 * Context: process, with the region's read_lock.
 * Return: whether the area saw any I/O.
 */
bool dmstat_region_read_area(const struct dmstat_region *region, u32 area,
			     const struct dmstat_region_in_flight *in_flight,
			     struct dmstat_area_values *values)
{
	const struct dmstat_chunk *chunk = area_chunk(region, area);

	read_area_raw(chunk, area, in_flight, values);
	if (chunk && chunk->baseline)
		dmstat_values_sub(values, &chunk->baseline->area[area &
						DMSTAT_CHUNK_MASK]);
	return dmstat_values_any(values);
}

/**
 * dmstat_region_clear_prepare() - make sure that an area can be cleared
 * @region: the region
 * @area: the area
 *
 * Context: process, with the region's read_lock; may sleep.
 * Return: 0 or -ENOMEM.
 */
int dmstat_region_clear_prepare(struct dmstat_region *region, u32 area)
{
	u32 i = area >> DMSTAT_CHUNK_SHIFT;
	struct dmstat_chunk *chunk = READ_ONCE(region->chunks[i]);

	if (!chunk)
		chunk = chunk_make(region, i, GFP_KERNEL);
	if (chunk && !chunk->baseline)
		chunk->baseline = page_alloc(region, GFP_KERNEL);
	return chunk && chunk->baseline ? 0 : -ENOMEM;
}

/**
 * dmstat_region_clear_area() - take what was read off what will be read
 * @region: the region
 * @area: the area, prepared with dmstat_region_clear_prepare()
 * @values: what dmstat_region_read_area() gave
 *
 * Nothing that was counted since is lost: the counters are not touched.
 *
 * Context: process, with the region's read_lock held since the reading.
 */
void dmstat_region_clear_area(struct dmstat_region *region, u32 area,
			      const struct dmstat_area_values *values)
{
	struct dmstat_chunk *chunk = area_chunk(region, area);

	dmstat_values_add(&chunk->baseline->area[area & DMSTAT_CHUNK_MASK],
			  values);
}

static int clear_areas(struct dmstat_region *region, u32 first, u32 nr,
		       struct dmstat_region_in_flight *in_flight)
{
	struct dmstat_area_values values;
	int ret = 0;
	u32 i;

	mutex_lock(&region->read_lock);
	dmstat_region_read_in_flight(region, first, nr, in_flight);
	for (i = 0; i < nr && !ret; i++) {
		if (!dmstat_region_read_area(region, first + i, in_flight,
					     &values))
			continue;
		ret = dmstat_region_clear_prepare(region, first + i);
		if (!ret)
			dmstat_region_clear_area(region, first + i, &values);
	}
	mutex_unlock(&region->read_lock);
	return ret;
}

/**
 * dmstat_region_clear() - set all counters of a region to zero
 * @region: the region
 *
 * Context: process, with a reference to the region; may sleep.
 * Return: 0; -ENOMEM, some areas are cleared and the others unchanged.
 */
int dmstat_region_clear(struct dmstat_region *region)
{
	struct dmstat_region_in_flight *in_flight;
	struct dmstat_region_span span;
	u32 first = 0, nr;
	int ret = 0;

	in_flight = kmalloc(sizeof(*in_flight), GFP_KERNEL);
	if (!in_flight)
		return -ENOMEM;

	dmstat_region_in_flight_span(region, &span);
	while (first < region->areas && !ret) {
		nr = min(region->areas - first, DMSTAT_READ_AREAS);
		if (dmstat_region_any_active(region, first, nr, &span))
			ret = clear_areas(region, first, nr, in_flight);
		if (first > U32_MAX - nr)
			break;
		first += nr;
		cond_resched();
	}
	if (!ret)
		atomic64_set(&region->missed, 0);

	kfree(in_flight);
	return ret;
}
