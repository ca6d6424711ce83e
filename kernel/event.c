// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of single I/Os. Where I/O ends, an event is put into the device's
 * ring, which takes no lock and does not allocate; a work item sends it. What
 * is more than the quota, or does not fit, is lost, but counted: the next event
 * of the same region tells how many were, or if there is none for a second, an
 * event of its own.
 *
 * While a region has a bound of what is slow, another work item looks through
 * the I/O in flight, and tells what has passed a bound since it last looked.
 *
 * One work item runs at a time, so that messages have an order, and statistics
 * do not use more than one CPU. So when an I/O is found in flight, its end
 * cannot be told before this is. It does not wait for I/O to get memory: the
 * I/O that it waits for may be what it has to tell.
 */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>
#include <linux/dmstat.h>

#include "cgroup.h"
#include "clock.h"
#include "device.h"
#include "event.h"
#include "index.h"
#include "inflight.h"
#include "memory.h"
#include "quota.h"
#include "region.h"
#include "ring.h"

/* The most events that are sent before another device has its turn. */
#define SEND_AT_ONCE	64

/* How often to look for I/O that hangs, at least and at most. */
#define LOOK_MS_MIN	100
#define LOOK_MS_MAX	1000

/* The most extents of the index that are walked in one RCU section. */
#define WALK_MAX	256
/* The most regions that are found by that. */
#define FOUND_MAX	32

struct dmstat_events {
	/* Constant. */
	struct dmstat_kdevice *device;
	struct dmstat_ring *ring;
	struct dmstat_quota flushes;	/* any CPU */
	/* Quotas that have lost events; each of a region has a reference to it.
	 * Any CPU adds.
	 */
	struct llist_head lost;
	/* No I/O of the device starts or ends any more; READ_ONCE(). */
	bool dropped;
	/* Each has a reference to the device while it is queued. */
	struct work_struct send;
	struct delayed_work late;	/* tells what was lost */
	/* Finds I/O that hangs; only while the device is watched. */
	struct delayed_work look;
	u64 looked;			/* when it last began; its own */
	/* The bound of flushes, the device's smallest, and the first look with
	 * it; its own.
	 */
	u64 flush_slow_ns;
	u64 flush_since;
	/* In how long it was last queued, jiffies; ULONG_MAX: it was not.
	 * Written by itself, or under dmstat_lock; READ_ONCE().
	 */
	unsigned long look_period;
};

static struct workqueue_struct *work_queue;	/* constant once loaded */
/* How many struct dmstat_events there are; waited for. */
static atomic_t nr_events;
/* listener_lock to change and to send; RCU to ask whether events are wanted. */
static const struct dmstat_event_listener __rcu *listener;
static DEFINE_MUTEX(listener_lock);

/* ------------------------------------------------------------------ lost */

/* Return: the region whose quota it is, or NULL: it is that of flushes. */
static struct dmstat_kregion *region_of(struct dmstat_events *events,
					struct dmstat_quota *quota)
{
	return quota == &events->flushes ? NULL :
	       container_of(quota, struct dmstat_kregion, quota);
}

static struct dmstat_quota *quota_of(struct dmstat_events *events,
				     struct dmstat_kregion *region)
{
	return region ? &region->quota : &events->flushes;
}

/* Events are lost. The caller has a reference to the region, or RCU. */
static void lose(struct dmstat_events *events, struct dmstat_quota *quota,
		 u64 nr)
{
	struct dmstat_kdevice *device = events->device;
	struct dmstat_kregion *region = region_of(events, quota);

	atomic64_add(nr, &quota->lost);
	/* Pairs with the xchg() in late_work(): if @listed is still seen, the
	 * work sees what was added.
	 */
	smp_mb__after_atomic();
	if (READ_ONCE(quota->listed) || xchg(&quota->listed, true))
		return;
	if (region)
		refcount_inc(&region->users);
	llist_add(&quota->node, &events->lost);
	refcount_inc(&device->users);
	/* Not at once: this may be the work itself, if memory is short. */
	if (!queue_delayed_work(work_queue, &events->late,
				READ_ONCE(events->dropped) ? 1 : HZ))
		refcount_dec(&device->users);
}

/* -------------------------------------------------------------- sending */

/* Return: false if memory is short. */
static bool send(struct dmstat_events *events,
		 const struct dmstat_io_event *event, u64 lost)
{
	const struct dmstat_event_listener *to_call;
	unsigned int noio;
	bool sent = true;

	mutex_lock(&listener_lock);
	noio = memalloc_noio_save();
	to_call = rcu_dereference_protected(listener,
					    lockdep_is_held(&listener_lock));
	if (to_call)
		sent = to_call->send(events->device, event, lost);
	memalloc_noio_restore(noio);
	mutex_unlock(&listener_lock);
	return sent;
}

static void send_event(struct dmstat_events *events,
		       const struct dmstat_io_event *event)
{
	struct dmstat_quota *quota = quota_of(events, event->region);
	u64 lost = atomic64_xchg(&quota->lost, 0);

	if (!send(events, event, lost))
		lose(events, quota, lost + 1);
}

static void send_lost(struct dmstat_events *events, struct dmstat_quota *quota)
{
	const struct dmstat_io_event event = {
		.region = region_of(events, quota),
		.kind = DMSTAT_EVENT_KIND_LOST,
	};
	u64 lost = atomic64_xchg(&quota->lost, 0);

	if (lost && !send(events, &event, lost))
		lose(events, quota, lost);
}

/* The work has a reference to the device. If it is queued already, it has one.
 */
static void queue_send(struct dmstat_events *events)
{
	refcount_inc(&events->device->users);
	if (!queue_work(work_queue, &events->send))
		refcount_dec(&events->device->users);
}

static void send_work(struct work_struct *work)
{
	struct dmstat_events *events =
		container_of(work, struct dmstat_events, send);
	struct dmstat_io_event event;
	int nr = 0;

	while (nr < SEND_AT_ONCE && dmstat_ring_take(events->ring, &event)) {
		send_event(events, &event);
		if (event.region)
			dmstat_region_put(event.region);
		nr++;
	}
	if (nr == SEND_AT_ONCE)
		queue_send(events);
	dmstat_device_put(events->device);
}

static void late_work(struct work_struct *work)
{
	struct dmstat_events *events =
		container_of(to_delayed_work(work), struct dmstat_events, late);
	struct dmstat_quota *quota, *next;
	struct dmstat_kregion *region;

	llist_for_each_entry_safe(quota, next, llist_del_all(&events->lost),
				  node) {
		region = region_of(events, quota);
		/* Fully ordered: what is lost from now on lists it again. */
		xchg(&quota->listed, false);
		send_lost(events, quota);
		if (region)
			dmstat_region_put(region);
		cond_resched();
	}
	dmstat_device_put(events->device);
}

/* -------------------------------------------------------------- hanging */

/* A look through the I/O in flight. */
struct look {
	struct dmstat_events *events;
	u64 last;			/* when the one before it began */
	u64 now;
};

/*
 * Return: whether an I/O has passed a bound since the last look. A bound that
 * was set later counts from then on.
 */
static bool has_passed(const struct look *look,
		       const struct dmstat_inflight_copy *io, u64 bound,
		       u64 since)
{
	u64 at;

	if (look->now - io->start_ns < bound)
		return false;
	at = max(io->start_ns + bound, since);
	return at > look->last && at <= look->now;
}

static bool hangs_in(const struct look *look,
		     const struct dmstat_inflight_copy *io,
		     const struct dmstat_kregion *region)
{
	return region->member.id != io->missed &&
	       (!region->cgroup ||
		dmstat_cgroup_is_below(io->limit, region->cgroup)) &&
	       has_passed(look, io, READ_ONCE(region->member.slow_ns),
			  READ_ONCE(region->slow_since));
}

static void tell_hang(const struct look *look,
		      const struct dmstat_inflight_copy *io,
		      struct dmstat_kregion *region)
{
	struct dmstat_io_event event = {
		.region = region,
		.start_ns = io->start_ns,
		.took_ns = look->now - io->start_ns,
		.sector = io->sector,
		.sectors = io->sectors,
		.operation = io->operation,
		.kind = DMSTAT_EVENT_KIND_HANG,
	};
	struct dmstat_quota *quota = quota_of(look->events, region);

	dmstat_who_fill(&event.who, io->pid, dmstat_clock_ns() - io->start_ns);
	event.who.cgroup = io->cgroup;
	if (dmstat_quota_take(quota, look->now))
		send_event(look->events, &event);
	else
		lose(look->events, quota, 1);
}

/*
 * Find the regions that an I/O hangs in, with references.
 * Return: how many, which may be found more than once; or -1: too many.
 */
static int find_in_index(const struct look *look,
			 const struct dmstat_inflight_copy *io,
			 struct dmstat_kregion **found)
{
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;
	int nr = 0, walked = 0;

	rcu_read_lock();
	dmstat_index_past_init(&past,
			       rcu_dereference(look->events->device->index),
			       io->sector, io->sector + io->sectors,
			       io->generation);
	while ((ref = dmstat_index_past_next(&past))) {
		if (walked++ == WALK_MAX || nr == FOUND_MAX)
			break;
		if (!hangs_in(look, io, ref->region))
			continue;
		refcount_inc(&ref->region->users);
		found[nr++] = ref->region;
	}
	rcu_read_unlock();
	if (!ref)
		return nr;
	while (nr)
		dmstat_region_put(found[--nr]);
	return -1;
}

static bool is_among(const struct dmstat_kregion *region,
		     struct dmstat_kregion *const *found, int nr)
{
	while (nr--) {
		if (found[nr] == region)
			return true;
	}
	return false;
}

/* An I/O in so many extents that the regions are gone through by id. */
static void look_everywhere(const struct look *look,
			    const struct dmstat_inflight_copy *io)
{
	sector_t end = io->sector + io->sectors;
	struct dmstat_kregion *region;
	u32 id = 0;

	while ((region = dmstat_region_next_at(look->events->device, &id,
					       io->sector, end,
					       io->generation))) {
		if (hangs_in(look, io, region) &&
		    dmstat_region_is_at(region, io->sector, end,
					io->generation))
			tell_hang(look, io, region);
		dmstat_region_put(region);
		cond_resched();
	}
}

static void look_at_regions(const struct look *look,
			    const struct dmstat_inflight_copy *io)
{
	struct dmstat_kregion *found[FOUND_MAX];
	int i, nr = find_in_index(look, io, found);

	if (nr < 0)
		look_everywhere(look, io);
	for (i = 0; i < nr; i++) {
		if (!is_among(found[i], found, i))
			tell_hang(look, io, found[i]);
	}
	while (nr > 0)
		dmstat_region_put(found[--nr]);
}

static void look_at_flush(const struct look *look,
			  const struct dmstat_inflight_copy *io)
{
	if (has_passed(look, io, look->events->flush_slow_ns,
		       look->events->flush_since))
		tell_hang(look, io, NULL);
}

static void look_at(const struct look *look,
		    const struct dmstat_inflight_copy *io)
{
	if (io->operation == DMSTAT_OPERATION_FLUSH)
		look_at_flush(look, io);
	else
		look_at_regions(look, io);
}

static void look_through(const struct look *look, u64 bound)
{
	struct dmstat_kdevice *device = look->events->device;
	struct dmstat_inflight_walk walk = { .limits = true };
	struct dmstat_inflight_copy io;

	while (dmstat_inflight_next(&device->inflight, &walk, &io)) {
		if ((s64)(look->now - io.start_ns) >= 0 &&
		    look->now - io.start_ns >= bound && io.counts && !io.ended)
			look_at(look, &io);
		dmstat_cgroup_put(io.limit);
	}
}

/* Half of the smallest bound; ULONG_MAX: there is none. */
static unsigned long look_period(u64 bound)
{
	if (bound == U64_MAX)
		return ULONG_MAX;
	return msecs_to_jiffies(clamp_t(u64, div_u64(bound, 2 * NSEC_PER_MSEC),
					LOOK_MS_MIN, LOOK_MS_MAX));
}

static void look_work(struct work_struct *work)
{
	struct dmstat_events *events =
		container_of(to_delayed_work(work), struct dmstat_events, look);
	struct look look = {
		.events = events,
		.last = events->looked,
		.now = dmstat_clock_ns(),
	};
	u64 bound;

	dmstat_device_renew_slow_ns(events->device);
	bound = READ_ONCE(events->device->slow_ns);
	/* A bound that is set from now on queues this again. */
	WRITE_ONCE(events->look_period, look_period(bound));
	if (bound == U64_MAX)
		return;
	events->looked = look.now;
	if (bound != events->flush_slow_ns) {
		events->flush_slow_ns = bound;
		events->flush_since = look.now;
	}
	if (dmstat_event_is_wanted(events->device))
		look_through(&look, bound);
	queue_delayed_work(work_queue, &events->look, look_period(bound));
}

/**
 * dmstat_event_look() - look for I/O that hangs
 * @device: the device; the bound of one of its regions was set
 *
 * Context: dmstat_lock held.
 */
void dmstat_event_look(struct dmstat_kdevice *device)
{
	struct dmstat_events *events = device->events;
	unsigned long period = look_period(READ_ONCE(device->slow_ns));

	lockdep_assert_held(&dmstat_lock);

	if (period == ULONG_MAX)
		return;
	/* Only sooner: bounds that change all the time must not put it off. */
	if (period < READ_ONCE(events->look_period)) {
		WRITE_ONCE(events->look_period, period);
		mod_delayed_work(work_queue, &events->look, period);
	} else {
		queue_delayed_work(work_queue, &events->look, period);
	}
}

/* -------------------------------------------------------------- telling */

/**
 * dmstat_event_is_wanted() - check whether an event of a device will be sent
 * @device: the device
 *
 * Context: any.
 * Return: false if none of its regions tells anything, or nobody listens.
 */
bool dmstat_event_is_wanted(const struct dmstat_kdevice *device)
{
	const struct dmstat_event_listener *to_call;
	bool wanted;

	if (!READ_ONCE(device->events))
		return false;
	rcu_read_lock();
	to_call = rcu_dereference(listener);
	wanted = to_call && to_call->is_wanted();
	rcu_read_unlock();
	return wanted;
}

static void tell(struct dmstat_kdevice *device, struct dmstat_kregion *region,
		 const struct dmstat_io_event *io, u8 kind)
{
	/* Pairs with the release in dmstat_event_prepare(). */
	struct dmstat_events *events = smp_load_acquire(&device->events);
	struct dmstat_quota *quota = quota_of(events, region);
	struct dmstat_io_event event = *io;

	event.region = region;
	event.kind = kind;
	if (!dmstat_quota_take(quota, dmstat_clock_ns())) {
		lose(events, quota, 1);
		return;
	}
	if (region)
		refcount_inc(&region->users);
	if (dmstat_ring_put(events->ring, &event)) {
		queue_send(events);
		return;
	}
	/* Not the last: the index or the caller has another one. */
	if (region)
		refcount_dec(&region->users);
	lose(events, quota, 1);
}

/**
 * dmstat_event_tell() - an I/O has ended: tell it if its region wants that
 * @device: the device
 * @region: a region that counts it; the caller has a reference, or RCU
 * @event: the I/O; @region and @kind are ignored
 *
 * To be called after dmstat_event_is_wanted() and after the I/O has left the
 * in-flight table.
 *
 * Context: any but NMI, preemption disabled.
 */
void dmstat_event_tell(struct dmstat_kdevice *device,
		       struct dmstat_kregion *region,
		       const struct dmstat_io_event *event)
{
	if (event->status && READ_ONCE(region->member.tell_errors))
		tell(device, region, event, DMSTAT_EVENT_KIND_ERROR);
	else if (event->took_ns >= READ_ONCE(region->member.slow_ns))
		tell(device, region, event, DMSTAT_EVENT_KIND_SLOW);
}

/**
 * dmstat_event_tell_flush() - a flush has ended: tell it if a region wants that
 * @device: the device
 * @event: the flush; @region and @kind are ignored
 *
 * Context: as dmstat_event_tell().
 */
void dmstat_event_tell_flush(struct dmstat_kdevice *device,
			     const struct dmstat_io_event *event)
{
	if (event->status && READ_ONCE(device->nr_tell_errors))
		tell(device, NULL, event, DMSTAT_EVENT_KIND_ERROR);
	else if (event->took_ns >= READ_ONCE(device->slow_ns))
		tell(device, NULL, event, DMSTAT_EVENT_KIND_SLOW);
}

/* ---------------------------------------------------- devices, loading */

/**
 * dmstat_event_prepare() - let a device tell events
 * @device: the device
 *
 * Context: process, dmstat_lock held; may sleep.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM.
 */
int dmstat_event_prepare(struct dmstat_kdevice *device)
{
	size_t size = dmstat_memory_size(sizeof(struct dmstat_events));
	struct dmstat_events *events;
	int ret = -ENOMEM;

	lockdep_assert_held(&dmstat_lock);

	if (device->events)
		return 0;
	if (!dmstat_memory_charge(size))
		return -ENOSPC;
	events = kzalloc(sizeof(*events), GFP_KERNEL);
	if (!events)
		goto err_uncharge;
	events->ring = dmstat_ring_new();
	if (IS_ERR(events->ring)) {
		ret = PTR_ERR(events->ring);
		goto err_free;
	}

	events->device = device;
	events->flushes.rate = DMSTAT_QUOTA_RATE;
	init_llist_head(&events->lost);
	INIT_WORK(&events->send, send_work);
	INIT_DELAYED_WORK(&events->late, late_work);
	INIT_DELAYED_WORK(&events->look, look_work);
	events->flush_slow_ns = U64_MAX;
	events->look_period = ULONG_MAX;
	atomic_inc(&nr_events);
	/* Pairs with the acquire in tell(). */
	smp_store_release(&device->events, events);
	return 0;

err_free:
	kfree(events);
err_uncharge:
	dmstat_memory_uncharge(size);
	return ret;
}

/**
 * dmstat_event_drop() - let a device tell its last events
 * @device: the device; none of its I/Os starts or ends any more
 *
 * Context: process, may sleep.
 */
void dmstat_event_drop(struct dmstat_kdevice *device)
{
	struct dmstat_events *events = device->events;

	if (!events)
		return;
	cancel_delayed_work_sync(&events->look);
	WRITE_ONCE(events->dropped, true);
	/* Its reference to the device goes on. */
	if (cancel_delayed_work(&events->late))
		queue_delayed_work(work_queue, &events->late, 0);
}

/**
 * dmstat_event_free() - free what dmstat_event_prepare() made
 * @events: this; its device is being freed
 *
 * Context: process, may sleep.
 */
void dmstat_event_free(struct dmstat_events *events)
{
	dmstat_ring_free(events->ring);
	kfree(events);
	dmstat_memory_uncharge(dmstat_memory_size(sizeof(*events)));
	if (atomic_dec_and_test(&nr_events))
		wake_up_var(&nr_events);
}

/**
 * dmstat_event_listen() - set what sends events
 * @to_call: this; NULL for none: events are dropped
 *
 * Context: process, may sleep. What was set before is not called any more when
 * this returns.
 */
void dmstat_event_listen(const struct dmstat_event_listener *to_call)
{
	mutex_lock(&listener_lock);
	rcu_assign_pointer(listener, to_call);
	mutex_unlock(&listener_lock);
	synchronize_rcu();
}

/**
 * dmstat_event_init() - prepare for events
 *
 * Context: process, while the module loads.
 * Return: 0; -EINVAL, a bad module parameter; -ENOMEM.
 */
int dmstat_event_init(void)
{
	int ret = dmstat_ring_init();

	if (ret)
		return ret;
	work_queue = alloc_ordered_workqueue("dmstat_event", 0);
	return work_queue ? 0 : -ENOMEM;
}

/**
 * dmstat_event_exit() - wait until all events are told or dropped
 *
 * Context: process, may sleep; no device is watched any more, and nothing uses
 * one but the work items here.
 */
void dmstat_event_exit(void)
{
	/* A timer of a second may run. */
	wait_var_event(&nr_events, !atomic_read(&nr_events));
	destroy_workqueue(work_queue);
}
