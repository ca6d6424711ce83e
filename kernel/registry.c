// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry of all regions: it creates, finds, changes and deletes them, and
 * reports each change to a listener.
 */
#include <linux/delay.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "clock.h"
#include "device.h"
#include "event.h"
#include "index.h"
#include "memory.h"
#include "region.h"
#include "registry.h"
#include "resize.h"

/* By id; dmstat_lock to change, RCU to read. */
static DEFINE_XARRAY_ALLOC1(regions);
static u32 next_id = 1;					/* dmstat_lock */
static atomic_t list_seq = ATOMIC_INIT(1);
static const struct dmstat_registry_listener *listener;	/* dmstat_lock */

/**
 * dmstat_registry_list_seq() - get the sequence number of the list of regions
 *
 * Context: any.
 * Return: a number that changes when a region comes or goes; never 0.
 */
unsigned int dmstat_registry_list_seq(void)
{
	return atomic_read(&list_seq);
}

static void next_list_seq(void)
{
	/* Readers take 0 for no sequence number. */
	if (!atomic_inc_return(&list_seq))
		atomic_inc(&list_seq);
}

/* Give @region an id, add it to @device, and let it count. */
static int region_publish(struct dmstat_kregion *region,
			  struct dmstat_kdevice *device)
{
	int ret;

	ret = xa_alloc_cyclic(&regions, &region->member.id, NULL, xa_limit_32b,
			      &next_id, DMSTAT_GFP_LOCKED);
	if (ret < 0)
		return ret;

	/* Before any I/O counts in it. */
	dmstat_device_add_region(device, &region->member);
	region->device = device;
	ret = dmstat_index_add(device, region);
	if (ret)
		goto err_erase;
	/* If it fails, no I/O has seen the index. */
	ret = dmstat_device_show(device);
	if (ret)
		goto err_erase;

	/* The id is reserved, so this does not allocate. */
	xa_store(&regions, region->member.id, region, GFP_KERNEL);
	next_list_seq();
	return 0;

err_erase:
	dmstat_device_remove_region(device, &region->member);
	dmstat_device_put(device);
	xa_erase(&regions, region->member.id);
	region->device = NULL;
	return ret;
}

/* Let the device tell what a region is to tell; it does not yet. */
static int prepare_tell(struct dmstat_kdevice *device,
			const struct dmstat_tell_spec *tell)
{
	if ((tell->set_slow_ns && tell->slow_ns != U64_MAX) ||
	    (tell->set_errors && tell->errors))
		return dmstat_event_prepare(device);
	return 0;
}

static void set_tell(struct dmstat_kregion *region,
		     const struct dmstat_tell_spec *tell)
{
	if (tell->set_rate)
		WRITE_ONCE(region->quota.rate, tell->rate);
	/* If it stays the same, what hangs is not told again. */
	if (tell->set_slow_ns && tell->slow_ns != region->member.slow_ns)
		WRITE_ONCE(region->slow_since, dmstat_clock_ns());
	if (tell->set_slow_ns || tell->set_errors)
		dmstat_device_set_tell(region->device, &region->member,
				       tell->set_slow_ns ? tell->slow_ns :
				       region->member.slow_ns,
				       tell->set_errors ? tell->errors :
				       region->member.tell_errors);
	if (tell->set_slow_ns)
		dmstat_event_look(region->device);
}

static int region_add(struct dmstat_kregion *region,
		      const struct dmstat_region_params *params,
		      struct dmstat_change *change)
{
	struct dmstat_kdevice *device;
	unsigned int noio;
	int ret;

	noio = dmstat_change_begin();
	device = dmstat_device_watch(params->device);
	if (IS_ERR(device)) {
		ret = PTR_ERR(device);
		goto out;
	}

	ret = prepare_tell(device, &params->tell) ?:
	      region_publish(region, device);
	if (ret) {
		dmstat_device_unwatch(device);
		goto out;
	}
	set_tell(region, &params->tell);
	listener->created(region, change);
out:
	dmstat_change_end(noio);
	return ret;
}

static int create(const struct dmstat_region_params *params,
		  struct dmstat_change *change)
{
	struct dmstat_kregion *region;
	int ret;

	region = dmstat_region_alloc(params);
	if (IS_ERR(region))
		return PTR_ERR(region);

	ret = region_add(region, params, change);
	if (ret)
		dmstat_region_put(region);
	return ret;
}

/**
 * dmstat_registry_create() - create a region
 * @params: what to create
 * @change: passed to the listener
 *
 * If it would exceed the memory limit, waits until deleted regions are freed,
 * and tries again.
 *
 * The region counts all I/Os that start after this returns, none that started
 * before it was called, and some of those that start meanwhile.
 *
 * Context: process, takes dmstat_lock.
 * Return: 0; -ENXIO, the device is going away; -ENOSPC, over the memory limit;
 * -ENOMEM; -EBUSY, no id is free; else the tracepoints cannot be attached to.
 */
int dmstat_registry_create(const struct dmstat_region_params *params,
			   struct dmstat_change *change)
{
	int ret = create(params, change);

	if (ret != -ENOSPC)
		return ret;
	dmstat_device_wait_freed();
	return create(params, change);
}

/* The disk is gone: no request finds the region, which is deleted soon. */
static __always_inline bool is_gone(const struct dmstat_kregion *region)
{
	return READ_ONCE(region->device->gone);
}

/* Fails if the region is being freed, or its disk is gone. */
static __always_inline bool get_found(struct dmstat_kregion *region)
{
	return !is_gone(region) && refcount_inc_not_zero(&region->users);
}

/**
 * dmstat_registry_get() - find a region
 * @id: its id
 *
 * Context: process.
 * Return: the region with a reference, or NULL.
 */
struct dmstat_kregion *dmstat_registry_get(u32 id)
{
	struct dmstat_kregion *region;

	rcu_read_lock();
	region = xa_load(&regions, id);
	if (region && !get_found(region))
		region = NULL;
	rcu_read_unlock();
	return region;
}

/**
 * dmstat_registry_next() - walk the regions by rising id
 * @id: the lowest id to find; set to the id of the region
 *
 * Context: process.
 * Return: the region with a reference, or NULL if there are no more.
 */
struct dmstat_kregion *dmstat_registry_next(unsigned long *id)
{
	struct dmstat_kregion *region;

	rcu_read_lock();
	for (region = xa_find(&regions, id, U32_MAX, XA_PRESENT); region;
	     region = xa_find_after(&regions, id, U32_MAX, XA_PRESENT)) {
		if (get_found(region))
			break;
	}
	rcu_read_unlock();
	return region;
}

/**
 * dmstat_registry_get_some() - find several regions at once, by rising id
 * @id: the lowest id to find
 * @found: set to the regions, each with a reference
 * @nr: how many to find at most
 *
 * Takes a fraction of the time that it takes to find one after the other.
 *
 * Context: process.
 * Return: how many were found; 0, there are no more.
 */
u32 dmstat_registry_get_some(unsigned long id, struct dmstat_kregion **found,
			     u32 nr)
{
	struct dmstat_kregion *region;
	XA_STATE(xas, &regions, id);
	u32 i = 0;

	rcu_read_lock();
	xas_for_each(&xas, region, U32_MAX) {
		/* Not if it is an id that is reserved, or the node has moved. */
		if (xas_retry(&xas, region) || !get_found(region))
			continue;
		found[i++] = region;
		if (i == nr)
			break;
	}
	rcu_read_unlock();
	return i;
}

/* @change is NULL if the disk is gone, or the owner was closed. */
static void report_deleted(const struct dmstat_kregion *region,
			   struct dmstat_change *change)
{
	/* There is no listener while the module is being unloaded. */
	if (!listener)
		return;
	if (change)
		listener->deleted(region, change);
	else if (is_gone(region))
		listener->removed(region);
	else
		listener->owner_closed(region);
}

/* Move a region from its device to the end of @leaving. */
static void region_leave(struct dmstat_kregion *region,
			 struct list_head *leaving)
{
	dmstat_device_remove_region(region->device, &region->member);
	list_add_tail(&region->member.node, leaving);
}

/* Delete @leaving, which were removed from the device. */
static void delete_leaving(struct dmstat_kdevice *device,
			   struct list_head *leaving,
			   struct dmstat_change *change, u32 *deleted)
{
	struct dmstat_kregion *region;

	/* If no regions are left, this unhashes the device first, so that no new
	 * I/O uses the index.
	 */
	dmstat_device_unwatch(device);
	list_for_each_entry(region, leaving, member.node) {
		dmstat_resize_stop(region);
		xa_erase(&regions, region->member.id);
		next_list_seq();
		report_deleted(region, change);
		(*deleted)++;
		cond_resched();
	}
	dmstat_index_remove(device, leaving);
}

/* Delete the regions of a device that delete_listed() has removed from it. */
static void delete_of_device(struct dmstat_kdevice *device,
			     struct dmstat_change *change, u32 *deleted)
{
	LIST_HEAD(leaving);

	list_splice_init(&device->leaving, &leaving);
	delete_leaving(device, &leaving, change, deleted);
}

/* Delete all, or none if one does not exist. */
static int delete_listed(const struct dmstat_registry_filter *filter,
			 struct dmstat_change *change, u32 *deleted)
{
	struct dmstat_kregion *region;
	u32 i;

	for (i = 0; i < filter->nr_ids; i++) {
		region = xa_load(&regions, filter->ids[i]);
		if (!region || is_gone(region))
			return -ENOENT;
	}
	for (i = 0; i < filter->nr_ids; i++) {
		region = xa_load(&regions, filter->ids[i]);
		region_leave(region, &region->device->leaving);
		cond_resched();
	}
	for (i = 0; i < filter->nr_ids; i++) {
		region = xa_load(&regions, filter->ids[i]);
		/* Else it was deleted with an earlier one. */
		if (region)
			delete_of_device(region->device, change, deleted);
	}
	return 0;
}

/**
 * dmstat_registry_is_of_device() - whether a region is on a device
 * @region: the region
 * @match: which device
 *
 * Context: any.
 * Return: true if it is, or any device is wanted.
 */
bool dmstat_registry_is_of_device(const struct dmstat_kregion *region,
				  const struct dmstat_registry_match *match)
{
	return !match->by_device || region->device->devt == match->devt;
}

/**
 * dmstat_registry_matches() - whether a region is one of those that are wanted
 * @region: the region; the caller has dmstat_lock or a reference
 * @match: which are wanted
 *
 * Context: any.
 * Return: true if it is now; its label may change.
 */
bool dmstat_registry_matches(const struct dmstat_kregion *region,
			     const struct dmstat_registry_match *match)
{
	bool matches;

	if (!dmstat_registry_is_of_device(region, match))
		return false;
	if (dmstat_label_is_any(&match->label))
		return true;
	rcu_read_lock();
	matches = dmstat_label_matches(rcu_dereference(region->label),
				       &match->label);
	rcu_read_unlock();
	return matches;
}

static bool is_wanted(const struct dmstat_kregion *region,
		      const struct dmstat_registry_filter *filter)
{
	return (!filter->owner || region->owner == filter->owner) &&
	       dmstat_registry_matches(region, &filter->match);
}

static struct dmstat_kregion *
first_wanted(const struct dmstat_registry_filter *filter, unsigned long *id)
{
	struct dmstat_kregion *region;

	xa_for_each_start(&regions, *id, region, *id) {
		if (is_wanted(region, filter))
			return region;
		cond_resched();
	}
	return NULL;
}

/*
 * The most regions to delete before dmstat_lock is released. More would keep
 * other requests waiting; fewer would mean more changes of the device's index.
 */
#define DELETE_AT_ONCE	4096

/* Delete regions of one device. Return: whether there may be more after @id. */
static bool delete_some(const struct dmstat_registry_filter *filter,
			unsigned long *id, struct dmstat_change *change,
			u32 *deleted)
{
	struct dmstat_kregion *region = first_wanted(filter, id);
	struct dmstat_device_member *member, *next;
	struct dmstat_kdevice *device;
	LIST_HEAD(leaving);
	u32 nr = 0;

	if (!region)
		return false;
	device = region->device;
	dmstat_device_for_each_region_safe(member, next, device) {
		region = dmstat_region_of_member(member);
		cond_resched();
		if (!is_wanted(region, filter))
			continue;
		region_leave(region, &leaving);
		if (++nr == DELETE_AT_ONCE)
			break;
	}
	delete_leaving(device, &leaving, change, deleted);
	return true;
}

static int delete_matching(const struct dmstat_registry_filter *filter,
			   struct dmstat_change *change, u32 *deleted)
{
	unsigned long id = 0;
	unsigned int noio;
	bool more;

	do {
		noio = dmstat_change_begin();
		more = delete_some(filter, &id, change, deleted);
		dmstat_change_end(noio);
		/* Others may create matching regions all the time. */
		if (more && fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (more);
	return *deleted ? 0 : -ENOENT;
}

/**
 * dmstat_registry_delete() - delete regions
 * @filter: which
 * @change: passed to the listener with each region
 * @deleted: set to how many were deleted
 *
 * Does not wait for CPUs that are counting in them: a work queue frees the
 * regions.
 *
 * Context: process, takes dmstat_lock; may sleep.
 * Return: 0; -ENOENT, no region matches, or one of the list does not exist;
 * -EINTR, killed, some may be left.
 */
int dmstat_registry_delete(const struct dmstat_registry_filter *filter,
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

/* What to set; @resize is NULL if the region keeps its areas. */
struct settings {
	const struct dmstat_label_spec *label;
	const struct dmstat_tell_spec *tell;
	struct dmstat_resize *resize;
};

/* Nothing changes unless all of it can. */
static int region_set(struct dmstat_kregion *region,
		      const struct settings *settings)
{
	struct dmstat_label_change label;
	int ret;

	ret = prepare_tell(region->device, settings->tell) ?:
	      dmstat_label_prepare(&label, region->label, settings->label,
				   &region->store.memory);
	if (ret)
		return ret;
	if (settings->resize)
		ret = dmstat_resize_publish(settings->resize);
	if (ret) {
		dmstat_label_cancel(&label, &region->store.memory);
		return ret;
	}
	dmstat_label_commit(&label, &region->label);
	set_tell(region, settings->tell);
	return 0;
}

static int set_and_report(struct dmstat_kregion *region,
			  const struct settings *settings,
			  struct dmstat_change *change)
{
	unsigned int noio;
	int ret = -ENOENT;

	noio = dmstat_change_begin();
	if (xa_load(&regions, region->member.id) == region && !is_gone(region))
		ret = region_set(region, settings);
	if (!ret) {
		/* A list is of regions with their areas. */
		if (settings->resize)
			next_list_seq();
		listener->set(region, change);
	}
	dmstat_change_end(noio);
	return ret;
}

static int resize_once(struct dmstat_kregion *region, struct settings *settings,
		       const struct dmstat_resize_spec *size,
		       struct dmstat_change *change)
{
	struct dmstat_resize resize;
	int ret;

	ret = dmstat_resize_begin(&resize, region, size);
	if (ret)
		return ret;
	settings->resize = &resize;
	ret = set_and_report(region, settings, change);
	dmstat_resize_end(&resize);
	return ret;
}

/* How long to wait for other regions of the device to be settled. */
#define RESIZE_TRIES	10
#define RESIZE_WAIT_MS	20

static int resize_and_report(struct dmstat_kregion *region,
			     struct settings *settings,
			     const struct dmstat_resize_spec *size,
			     struct dmstat_change *change)
{
	int tries = RESIZE_TRIES, ret;
	bool waited = false;

	for (;;) {
		ret = resize_once(region, settings, size, change);
		if (ret == -ENOSPC && !waited) {
			dmstat_device_wait_freed();
			waited = true;
		} else if (ret == -EAGAIN && --tries) {
			msleep(RESIZE_WAIT_MS);
		} else {
			return ret;
		}
	}
}

/**
 * dmstat_registry_set() - change the label of a region, what it tells, and its
 * areas
 * @id: the id of the region
 * @label: what to write
 * @tell: what to tell
 * @size: which areas it is to have, or NULL: those that it has
 * @change: passed to the listener
 *
 * If it would exceed the memory limit to resize the region, waits until deleted
 * regions are freed, and tries again.
 *
 * Context: process, takes dmstat_lock; may sleep.
 * Return: 0; -ENOENT, no such region; -ENOSPC, over the memory limit; -ENOMEM;
 * of dmstat_resize_begin() and dmstat_resize_publish(). After an error nothing
 * has changed.
 */
int dmstat_registry_set(u32 id, const struct dmstat_label_spec *label,
			const struct dmstat_tell_spec *tell,
			const struct dmstat_resize_spec *size,
			struct dmstat_change *change)
{
	struct settings settings = { .label = label, .tell = tell };
	struct dmstat_kregion *region = dmstat_registry_get(id);
	int ret;

	if (!region)
		return -ENOENT;
	if (size)
		ret = resize_and_report(region, &settings, size, change);
	else
		ret = set_and_report(region, &settings, change);
	dmstat_region_put(region);
	return ret;
}

/**
 * dmstat_registry_cleared() - count and report a clear of a region
 * @region: the region
 * @change: passed to the listener
 *
 * Context: process, takes dmstat_lock.
 * Return: 0; -ENOENT, it was deleted meanwhile.
 */
int dmstat_registry_cleared(struct dmstat_kregion *region,
			    struct dmstat_change *change)
{
	unsigned int noio;
	int ret = -ENOENT;

	noio = dmstat_change_begin();
	if (xa_load(&regions, region->member.id) == region &&
	    !is_gone(region)) {
		dmstat_region_count_clear(region);
		listener->cleared(region, change);
		ret = 0;
	}
	dmstat_change_end(noio);
	return ret;
}

/**
 * dmstat_registry_owner_closed() - delete the regions of an owner
 * @owner: the owner; it gets no more regions
 *
 * Context: process, takes dmstat_lock; may sleep.
 */
void dmstat_registry_owner_closed(const struct dmstat_owner *owner)
{
	const struct dmstat_registry_filter filter = { .owner = owner };
	u32 deleted = 0;

	/* There may be none: a request or the disk was faster. */
	delete_matching(&filter, NULL, &deleted);
}

/**
 * dmstat_registry_device_going() - note that a disk is gone
 *
 * No request finds its regions any more, so the list has changed.
 *
 * Context: any.
 */
void dmstat_registry_device_going(void)
{
	next_list_seq();
}

/**
 * dmstat_registry_device_gone() - delete the regions of a disk that is gone
 * @device: the device; it is no longer watched afterwards
 *
 * Context: dmstat_lock held; may sleep.
 */
void dmstat_registry_device_gone(struct dmstat_kdevice *device)
{
	LIST_HEAD(leaving);
	u32 deleted = 0;

	dmstat_device_remove_regions(device, &leaving);
	delete_leaving(device, &leaving, NULL, &deleted);
}

/**
 * dmstat_registry_listen() - set the listener
 * @to_call: the listener; NULL for none, but only while there are no requests
 *
 * Context: process, takes dmstat_lock.
 */
void dmstat_registry_listen(const struct dmstat_registry_listener *to_call)
{
	mutex_lock(&dmstat_lock);
	listener = to_call;
	mutex_unlock(&dmstat_lock);
}

/**
 * dmstat_registry_exit() - delete all regions
 *
 * There must be no requests and no listener.
 *
 * Context: process, takes dmstat_lock.
 */
void dmstat_registry_exit(void)
{
	struct dmstat_kregion *region;
	unsigned long id;
	unsigned int noio;

	noio = dmstat_change_begin();
	/* Each call deletes all regions of a device. */
	xa_for_each(&regions, id, region)
		dmstat_registry_device_gone(region->device);
	dmstat_change_end(noio);
	xa_destroy(&regions);
}
