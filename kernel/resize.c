// SPDX-License-Identifier: GPL-2.0-only
/*
 * A region grows or shrinks in place: it gets another geometry. I/O that
 * started before ends in the old one, where it is in flight; the index keeps
 * that until it is settled: until no such I/O is left. Only then are the slots
 * of areas that went used again, so a region is not resized again before.
 */
#include <linux/bitops.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "device.h"
#include "geometry.h"
#include "index.h"
#include "inflight.h"
#include "memory.h"
#include "region.h"
#include "resize.h"

/* How long a request waits for I/O that started before the last change, and how
 * often it looks.
 */
#define SETTLE_WAIT_MS	100
#define SETTLE_LOOK_US	2000

/* When a work item looks for the first time, and how often then. */
#define SETTLE_FIRST_MS	50
#define SETTLE_AGAIN_MS	1000

/* For the task that has the region's shape. */
#define owned(region, pointer)						\
	rcu_dereference_protected(pointer,				\
				  lockdep_is_held(&(region)->shape))

/* ------------------------------------------------------------------ locks */

/* For a region's shape, which the caller has: readers of few areas have only the
 * read_lock.
 */
static unsigned int stop_readers(struct dmstat_kregion *region)
{
	mutex_lock(&region->read_lock);
	return memalloc_noio_save();
}

static void release(struct dmstat_kregion *region, unsigned int noio)
{
	memalloc_noio_restore(noio);
	mutex_unlock(&region->read_lock);
	up_write(&region->shape);
}

/* --------------------------------------------------------------- settling */

/* Whether an I/O in flight has started in a geometry that was replaced. */
static bool is_in(const struct dmstat_inflight_copy *io,
		  const struct dmstat_kregion *region,
		  const struct dmstat_geometry *before)
{
	if (!io->counts || io->operation == DMSTAT_OPERATION_FLUSH ||
	    io->generation < before->since || io->generation >= before->until ||
	    io->missed == region->member.id)
		return false;
	/* Where an append ends is not known yet. */
	return io->append ||
	       dmstat_geometry_first_at(before, io->sector,
					io->sector + io->sectors);
}

/* Return: whether no I/O is in flight in a geometry that was replaced. */
static bool is_drained(struct dmstat_kregion *region,
		       const struct dmstat_geometry *before)
{
	struct dmstat_inflight_walk walk = {};
	struct dmstat_inflight_copy io;

	/* Else I/O may start there that is not in the table yet. */
	if (!poll_state_synchronize_rcu(READ_ONCE(region->replaced)))
		return false;
	while (dmstat_inflight_next(&region->device->inflight, &walk, &io)) {
		if (is_in(&io, region, before))
			return false;
	}
	return true;
}

/* Free the chunks that have no slots of @geometry; or some, if memory is short.
 */
static void free_chunks(struct dmstat_kregion *region,
			const struct dmstat_geometry *geometry)
{
	struct dmstat_store *store = &region->store;
	u32 shift = store->layout.chunk_shift, used, i;
	unsigned long *chunks;

	used = ((geometry->slots - 1) >> shift) + 1;
	chunks = dmstat_geometry_chunks(geometry, shift, used);
	for (i = 0; i < store->nr; i++) {
		if (i >= used || (chunks && !test_bit(i, chunks)))
			dmstat_store_drop(store, i);
		if (!(i % 1024))
			cond_resched();
	}
	dmstat_geometry_chunks_free(chunks, used);
}

static void clean(struct dmstat_kregion *region, u32 first, u32 nr)
{
	dmstat_store_clean(&region->store, first, nr);
}

/* Return: whether the region has no geometry in which I/O may be in flight. */
static bool settle(struct dmstat_kregion *region)
{
	struct dmstat_geometry *before = owned(region, region->before);
	struct dmstat_geometry *geometry = owned(region, region->geometry);

	if (!before || before->settled)
		return true;
	if (!is_drained(region, before))
		return false;
	free_chunks(region, geometry);
	dmstat_geometry_each_gone(before, geometry, clean);
	WRITE_ONCE(before->settled, true);
	return true;
}

/* The caller has a reference that the queue does not get: that may be dropped at
 * once.
 */
static void settle_again(struct dmstat_kregion *region)
{
	refcount_inc(&region->users);
	/* If it is queued already, that has a reference, too. */
	if (!queue_delayed_work(dmstat_free_wq, &region->settle,
				msecs_to_jiffies(SETTLE_AGAIN_MS))) {
		dmstat_region_put(region);
		return;
	}
	/* Pairs with that in dmstat_resize_stop(). */
	smp_mb();
	if (READ_ONCE(region->deleted) && cancel_delayed_work(&region->settle))
		dmstat_region_put(region);
}

/* So that slots and chunks are freed if the region is not resized again. */
static void settle_work(struct work_struct *work)
{
	struct dmstat_kregion *region =
		container_of(to_delayed_work(work), struct dmstat_kregion,
			     settle);
	bool settled = false;
	unsigned int noio;

	/* A task that has it may wait for this work queue. */
	if (down_write_trylock(&region->shape)) {
		noio = stop_readers(region);
		settled = settle(region);
		release(region, noio);
	}
	if (!settled)
		settle_again(region);
	dmstat_region_put(region);
}

/* The first time soon, also if it is queued for later. */
static void settle_soon(struct dmstat_kregion *region)
{
	refcount_inc(&region->users);
	if (mod_delayed_work(dmstat_free_wq, &region->settle,
			     msecs_to_jiffies(SETTLE_FIRST_MS)))
		dmstat_region_put(region);
}

/**
 * dmstat_resize_stop() - stop settling a region that is being deleted
 * @region: the region
 *
 * Context: dmstat_lock held.
 */
void dmstat_resize_stop(struct dmstat_kregion *region)
{
	lockdep_assert_held(&dmstat_lock);

	if (!rcu_access_pointer(region->before))
		return;
	WRITE_ONCE(region->deleted, true);
	/* Pairs with that in settle_again(). */
	smp_mb();
	/* Not the last reference: the index has one. */
	if (cancel_delayed_work(&region->settle))
		dmstat_region_put(region);
}

/* --------------------------------------------------------------- resizing */

/* Take the shape and the read_lock of a region once no I/O is in flight that
 * started before the last change.
 */
static int take_settled(struct dmstat_kregion *region, unsigned int *noio)
{
	unsigned long end = jiffies + msecs_to_jiffies(SETTLE_WAIT_MS);
	bool settled;

	for (;;) {
		/* Without the lock, which readers wait for. */
		cond_synchronize_rcu(READ_ONCE(region->replaced));
		if (down_write_killable(&region->shape))
			return -EINTR;
		*noio = stop_readers(region);
		settled = settle(region);
		if (settled)
			return 0;
		release(region, *noio);
		if (time_after(jiffies, end))
			return -EBUSY;
		if (fatal_signal_pending(current))
			return -EINTR;
		usleep_range(SETTLE_LOOK_US, 2 * SETTLE_LOOK_US);
	}
}

/* Allocate what the change needs. */
static int prepare(struct dmstat_resize *resize,
		   const struct dmstat_resize_spec *spec)
{
	struct dmstat_kregion *region = resize->region;
	const struct dmstat_cut cut = dmstat_region_cut(region);
	struct dmstat_geometry *next;
	int ret;

	next = dmstat_geometry_next(&cut, resize->old, spec->extents,
				    spec->nr_extents, spec->areas);
	if (IS_ERR(next))
		return PTR_ERR(next);
	/* There are no chunks beyond the slots of the old one: it is settled. */
	ret = dmstat_store_resize(&region->store,
				  max(next->slots, resize->old->slots),
				  &resize->chunks);
	if (ret)
		dmstat_geometry_free(next);
	else
		resize->next = next;
	return ret;
}

/**
 * dmstat_resize_begin() - prepare to resize a region
 * @resize: the change
 * @region: the region; the caller has a reference
 * @spec: what it is to be
 *
 * Waits a moment for I/O that started before the last change.
 *
 * Context: process, may sleep, without dmstat_lock.
 * Return: 0, then dmstat_resize_end() has to be called; -ENOSPC, over the memory
 * limit; -ENOMEM; -E2BIG, the areas would be in too many pieces; -ERANGE, too
 * many areas; -EBUSY, an I/O is still in flight; -EINTR, killed.
 */
int dmstat_resize_begin(struct dmstat_resize *resize,
			struct dmstat_kregion *region,
			const struct dmstat_resize_spec *spec)
{
	unsigned int noio;
	int ret;

	ret = take_settled(region, &noio);
	if (ret)
		return ret;
	*resize = (struct dmstat_resize) {
		.region = region,
		.old = owned(region, region->geometry),
		.before = owned(region, region->before),
		.noio = noio,
	};
	if (!resize->before)
		INIT_DELAYED_WORK(&region->settle, settle_work);
	ret = prepare(resize, spec);
	if (ret)
		release(region, noio);
	return ret;
}

/* For I/O over many areas: @before first, so that one of the two is found. */
static void set_geometry(struct dmstat_kregion *region,
			 struct dmstat_geometry *geometry,
			 struct dmstat_geometry *before)
{
	rcu_assign_pointer(region->before, before);
	rcu_assign_pointer(region->geometry, geometry);
}

/* A shift that is right for extents of one area only, before there are others.
 * What it becomes is right for both.
 */
static void set_shift(struct dmstat_resize *resize)
{
	if (resize->old->area_shift != resize->next->area_shift &&
	    resize->region->area_shift == ilog2(U64_MAX))
		WRITE_ONCE(resize->region->area_shift,
			   resize->next->area_shift);
}

/**
 * dmstat_resize_publish() - let I/O that starts from now on use the new areas
 * @resize: the change
 *
 * Context: process, dmstat_lock held, the region is not deleted; may sleep.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM; -EAGAIN, too many
 * regions of the device were resized and are not settled. After an error nothing has
 * changed.
 */
int dmstat_resize_publish(struct dmstat_resize *resize)
{
	struct dmstat_kregion *region = resize->region;
	int ret;

	set_shift(resize);
	set_geometry(region, resize->next, resize->old);
	ret = dmstat_index_replace(region->device, resize->old, resize->next);
	if (ret) {
		/* dmstat_resize_end() does the rest. */
		rcu_assign_pointer(region->geometry, resize->old);
		return ret;
	}
	WRITE_ONCE(region->replaced, get_state_synchronize_rcu());
	WRITE_ONCE(region->resizes, region->resizes + 1);
	resize->published = true;
	settle_soon(region);
	return 0;
}

static void free_work(struct work_struct *work)
{
	struct dmstat_geometry *geometry =
		container_of(to_rcu_work(work), struct dmstat_geometry, free);
	struct dmstat_kregion *region = geometry->pieces->ref.region;

	dmstat_geometry_free(geometry);
	dmstat_region_put(region);
}

/* No index has it any more. */
static void free_later(struct dmstat_kregion *region,
		       struct dmstat_geometry *geometry)
{
	if (!geometry)
		return;
	refcount_inc(&region->users);
	INIT_RCU_WORK(&geometry->free, free_work);
	queue_rcu_work(dmstat_free_wq, &geometry->free);
}

/* No CPU has found @next in an index, but some may have found it otherwise. */
static void take_back(struct dmstat_resize *resize)
{
	struct dmstat_kregion *region = resize->region;

	synchronize_rcu();
	dmstat_geometry_free(resize->next);
	rcu_assign_pointer(region->before, resize->before);
}

/**
 * dmstat_resize_end() - finish a change, whether it was published or not
 * @resize: the change
 *
 * Context: process, may sleep, without dmstat_lock.
 */
void dmstat_resize_end(struct dmstat_resize *resize)
{
	struct dmstat_kregion *region = resize->region;

	if (resize->published)
		free_later(region, resize->before);
	else
		take_back(resize);
	release(region, resize->noio);
	/* Rarely, because the array has room to grow. */
	if (!resize->chunks.chunks)
		return;
	synchronize_rcu();
	dmstat_store_free_old(&region->store, &resize->chunks);
}
