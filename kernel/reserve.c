// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is kept ready, on kernels with PREEMPT_RT: a list of objects that
 * probes take from and give back to. A work item allocates more when some were
 * taken, and frees what is too much.
 *
 * What is ready counts as held. An object that is taken is charged by the
 * function that takes it, as if that had allocated it.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "reserve.h"

/* As in large.c: statistics must not wait for I/O, nor get a task killed. */
#define RESERVE_GFP	(GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY | \
			 __GFP_NOMEMALLOC | __GFP_ZERO)

/* How long not to try again when memory was short. */
#define SHORT_PERIOD	(HZ / 10)

/* All that is ready of a size: at most this share of the memory limit. */
#define LIMIT_SHARE	32

static unsigned int rt_chunks = 128;
module_param(rt_chunks, uint, 0444);
MODULE_PARM_DESC(rt_chunks,
		 "PREEMPT_RT: for how many times 32 areas memory is kept ready until their first I/O (12 KiB each; 8 to 65536; default: 128)");

/* Covers who uses a reserve. */
static DEFINE_MUTEX(users_lock);
static struct workqueue_struct *work_queue;	/* constant once loaded */

/**
 * dmstat_reserve_init() - prepare for reserves
 *
 * Context: process, while the module loads.
 * Return: 0; -EINVAL, a bad module parameter; -ENOMEM.
 */
int dmstat_reserve_init(void)
{
	if (rt_chunks < 8 || rt_chunks > 65536) {
		pr_err("rt_chunks must be from 8 to 65536\n");
		return -EINVAL;
	}
	/* Soon: I/O that finds nothing ready is counted late, or missed. */
	work_queue = alloc_workqueue("dmstat_reserve",
				     WQ_UNBOUND | WQ_HIGHPRI, 0);
	return work_queue ? 0 : -ENOMEM;
}

/**
 * dmstat_reserve_exit() - undo dmstat_reserve_init()
 *
 * Context: process, may sleep; no reserve is used any more.
 */
void dmstat_reserve_exit(void)
{
	destroy_workqueue(work_queue);
}

/**
 * dmstat_reserve_chunks() - how many chunks to keep ready
 *
 * Context: any.
 * Return: the module parameter.
 */
u32 dmstat_reserve_chunks(void)
{
	return rt_chunks;
}

/* How many objects to have ready: fewer if the memory limit is small. */
static u32 wanted(const struct dmstat_reserve *reserve)
{
	if (reserve->kind->needed)
		return reserve->wanted;
	return min_t(u64, reserve->wanted, dmstat_memory_limit() /
		     LIMIT_SHARE / reserve->charge);
}

static void charge_anyway(struct dmstat_reserve *reserve)
{
	atomic64_add(reserve->charge, &reserve->memory.bytes);
	dmstat_memory_charge_anyway(reserve->charge);
}

static bool charge(struct dmstat_reserve *reserve)
{
	if (!reserve->kind->needed)
		return dmstat_memory_charge_spare_to(&reserve->memory,
						     reserve->charge);
	charge_anyway(reserve);
	return true;
}

static void uncharge(struct dmstat_reserve *reserve)
{
	dmstat_memory_uncharge_from(&reserve->memory, reserve->charge);
}

/* The first word of an object that is ready. */
static void **link_of(void *object)
{
	return object;
}

static void add(struct dmstat_reserve *reserve, void *object)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&reserve->lock, flags);
	*link_of(object) = reserve->first;
	reserve->first = object;
	WRITE_ONCE(reserve->ready, reserve->ready + 1);
	raw_spin_unlock_irqrestore(&reserve->lock, flags);
}

/* Return: an object, still charged; NULL if no more than @keep are ready. */
static void *take(struct dmstat_reserve *reserve, u32 keep)
{
	void *object = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&reserve->lock, flags);
	if (reserve->ready > keep) {
		object = reserve->first;
		reserve->first = *link_of(object);
		WRITE_ONCE(reserve->ready, reserve->ready - 1);
	}
	raw_spin_unlock_irqrestore(&reserve->lock, flags);
	if (object)
		*link_of(object) = NULL;
	return object;
}

/* Return: false if memory is short, or over the limit. */
static bool add_new(struct dmstat_reserve *reserve)
{
	void *object;

	if (!charge(reserve))
		return false;
	object = reserve->kind->alloc(reserve->size, RESERVE_GFP);
	if (object)
		add(reserve, object);
	else
		uncharge(reserve);
	return object;
}

static void refill(struct dmstat_reserve *reserve)
{
	u32 nr = wanted(reserve);

	while (READ_ONCE(reserve->ready) < nr) {
		if (!add_new(reserve)) {
			WRITE_ONCE(reserve->refill_after,
				   jiffies + SHORT_PERIOD);
			return;
		}
		cond_resched();
	}
}

/* Free all objects but so many. */
static void shrink(struct dmstat_reserve *reserve, u32 nr)
{
	void *object;

	while ((object = take(reserve, nr))) {
		reserve->kind->free(object, reserve->size);
		uncharge(reserve);
		cond_resched();
	}
}

static void refill_work(struct work_struct *work)
{
	struct dmstat_reserve *reserve =
		container_of(work, struct dmstat_reserve, refill);

	refill(reserve);
	shrink(reserve, 2 * wanted(reserve));
}

/**
 * dmstat_reserve_set_up() - set up a reserve, with nothing in it
 * @reserve: the reserve
 * @kind: how to allocate and free
 * @size: of an object, passed to these functions
 * @charge: how much to charge for an object that is ready
 * @wanted: how many to have ready
 *
 * Context: process, while the module loads.
 */
void dmstat_reserve_set_up(struct dmstat_reserve *reserve,
			   const struct dmstat_reserve_kind *kind, size_t size,
			   size_t charge, u32 wanted)
{
	*reserve = (struct dmstat_reserve) {
		.kind = kind,
		.size = size,
		.charge = charge,
		.wanted = wanted,
		.refill_after = jiffies,
	};
	raw_spin_lock_init(&reserve->lock);
	INIT_WORK(&reserve->refill, refill_work);
}

/**
 * dmstat_reserve_join() - use a reserve
 * @reserve: the reserve; it is filled if nothing else uses it
 *
 * If memory is short, fewer objects are ready.
 *
 * Context: process, may sleep; does not wait for I/O.
 */
void dmstat_reserve_join(struct dmstat_reserve *reserve)
{
	mutex_lock(&users_lock);
	if (!reserve->users++)
		refill(reserve);
	mutex_unlock(&users_lock);
}

/**
 * dmstat_reserve_leave() - do not use a reserve any more
 * @reserve: the reserve; all is freed if nothing else uses it
 *
 * Context: process, may sleep; does not wait for I/O.
 */
void dmstat_reserve_leave(struct dmstat_reserve *reserve)
{
	mutex_lock(&users_lock);
	if (!--reserve->users) {
		cancel_work_sync(&reserve->refill);
		shrink(reserve, 0);
	}
	mutex_unlock(&users_lock);
}

static void *take_and_refill(struct dmstat_reserve *reserve, u32 keep)
{
	void *object = take(reserve, keep);
	u32 nr = wanted(reserve);

	/* Also if only one is wanted. */
	if (READ_ONCE(reserve->ready) < nr - nr / 4 &&
	    time_after_eq(jiffies, READ_ONCE(reserve->refill_after)))
		queue_work(work_queue, &reserve->refill);
	if (object)
		uncharge(reserve);
	return object;
}

/**
 * dmstat_reserve_take() - take an object that is ready
 * @reserve: the reserve, which the caller uses
 *
 * Context: any but NMI.
 * Return: the object, as it was allocated or given, but for its first word,
 * which is 0; NULL if none is ready.
 */
void *dmstat_reserve_take(struct dmstat_reserve *reserve)
{
	return take_and_refill(reserve, 0);
}

/**
 * dmstat_reserve_take_spare() - the same, for what could do without
 * @reserve: the reserve, which the caller uses
 *
 * Context: any but NMI.
 * Return: as for dmstat_reserve_take(); NULL if less than half of the objects
 * are ready that should be.
 */
void *dmstat_reserve_take_spare(struct dmstat_reserve *reserve)
{
	return take_and_refill(reserve, wanted(reserve) / 2);
}

/**
 * dmstat_reserve_give() - give an object back
 * @reserve: the reserve, which the caller uses
 * @object: from dmstat_reserve_take(); its first word is overwritten
 *
 * Context: any but NMI.
 */
void dmstat_reserve_give(struct dmstat_reserve *reserve, void *object)
{
	charge_anyway(reserve);
	add(reserve, object);
	if (READ_ONCE(reserve->ready) > 2 * reserve->wanted)
		queue_work(work_queue, &reserve->refill);
}
