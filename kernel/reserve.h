/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that is kept ready, on kernels with PREEMPT_RT alone: with preemption
 * off, as in probes, nothing can be allocated or freed there. A work item
 * allocates and frees instead. Callers ask for CONFIG_PREEMPT_RT, so that other
 * kernels have none of this: not even reserve.c is compiled.
 */
#ifndef _DMSTAT_RESERVE_H
#define _DMSTAT_RESERVE_H

#include <linux/gfp.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "memory.h"

/* How objects are allocated and freed, by functions that may sleep. */
struct dmstat_reserve_kind {
	void *(*alloc)(size_t size, gfp_t gfp);
	void (*free)(void *object, size_t size);
	/* They are small, and I/O is missed without them: what is ready may
	 * exceed the memory limit.
	 */
	bool needed;
};

/* Objects of one size. */
struct dmstat_reserve {
	/* Constant once set up. */
	const struct dmstat_reserve_kind *kind;
	size_t size;			/* at least that of a pointer */
	size_t charge;			/* for each that is ready */
	u32 wanted;

	raw_spinlock_t lock;		/* taken with interrupts off */
	void *first;			/* linked by their first word; @lock */
	u32 ready;			/* how many; @lock */
	/* jiffies: a moment after memory was short; a hint. READ_ONCE(). */
	unsigned long refill_after;
	struct dmstat_memory memory;	/* of the objects that are ready */
	u32 users;			/* users_lock */
	struct work_struct refill;
};

int dmstat_reserve_init(void);
void dmstat_reserve_exit(void);

u32 dmstat_reserve_chunks(void);
void dmstat_reserve_set_up(struct dmstat_reserve *reserve,
			   const struct dmstat_reserve_kind *kind, size_t size,
			   size_t charge, u32 wanted);
void dmstat_reserve_join(struct dmstat_reserve *reserve);
void dmstat_reserve_leave(struct dmstat_reserve *reserve);
void *dmstat_reserve_take(struct dmstat_reserve *reserve);
void *dmstat_reserve_take_spare(struct dmstat_reserve *reserve);
void dmstat_reserve_give(struct dmstat_reserve *reserve, void *object);

#endif /* _DMSTAT_RESERVE_H */
