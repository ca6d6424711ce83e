// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings of events: any CPU puts, in any context but NMI, and one work item
 * takes. There is no lock: an interrupt may put an event in the middle of
 * another put on the same CPU.
 *
 * A slot has a turn: the position at which it can be filled, and one more once
 * it is. A CPU that finds this position at the head claims it by moving the
 * head, fills the slot, and moves its turn on. So each slot is owned by one CPU
 * at a time, and the reader waits only for the slot at the tail.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/printk.h>

#include "memory.h"
#include "ring.h"

static unsigned int event_slots = 256;
module_param(event_slots, uint, 0444);
MODULE_PARM_DESC(event_slots,
		 "events of slow and failed I/Os that are kept for each device that tells them, until they are sent (128 bytes each; a power of two, 2 to 65536; default: 256)");

struct slot {
	u32 turn;			/* acquire and release */
	struct dmstat_io_event event;	/* the owner of the slot */
} ____cacheline_aligned;

struct dmstat_ring {
	u32 nr;				/* a power of two; constant */
	u32 tail;			/* next to take; the work item's */
	atomic_t head ____cacheline_aligned;	/* next to put */
	struct slot slots[];
};

static size_t ring_size(u32 nr)
{
	struct dmstat_ring *ring;

	return struct_size(ring, slots, nr);
}

/**
 * dmstat_ring_init() - check the module parameter
 *
 * Context: process, while the module loads.
 * Return: 0; -EINVAL, it is bad.
 */
int dmstat_ring_init(void)
{
	if (event_slots >= 2 && event_slots <= 65536 &&
	    is_power_of_2(event_slots))
		return 0;
	pr_err("event_slots must be a power of two from 2 to 65536\n");
	return -EINVAL;
}

/**
 * dmstat_ring_new() - allocate a ring
 *
 * Context: process, may sleep.
 * Return: the ring, charged; -ENOSPC, over the memory limit; -ENOMEM.
 */
struct dmstat_ring *dmstat_ring_new(void)
{
	size_t size = ring_size(event_slots);
	struct dmstat_ring *ring;
	u32 i;

	if (!dmstat_memory_charge(dmstat_memory_size(size)))
		return ERR_PTR(-ENOSPC);
	ring = dmstat_memory_alloc(size, __GFP_ZERO);
	if (!ring) {
		dmstat_memory_uncharge(dmstat_memory_size(size));
		return ERR_PTR(-ENOMEM);
	}
	ring->nr = event_slots;
	for (i = 0; i < ring->nr; i++)
		ring->slots[i].turn = i;
	return ring;
}

/**
 * dmstat_ring_free() - free a ring
 * @ring: the ring; empty, and not used any more
 *
 * Context: process, may sleep.
 */
void dmstat_ring_free(struct dmstat_ring *ring)
{
	size_t size = ring_size(ring->nr);

	kvfree(ring);
	dmstat_memory_uncharge(dmstat_memory_size(size));
}

static struct slot *slot_at(struct dmstat_ring *ring, u32 position)
{
	return &ring->slots[position & (ring->nr - 1)];
}

/* Return: the slot at the head, claimed; or NULL if it has not been taken. */
static struct slot *claim(struct dmstat_ring *ring, u32 *position)
{
	int head = atomic_read(&ring->head);
	struct slot *slot;
	s32 ahead;

	for (;;) {
		slot = slot_at(ring, head);
		/* Pairs with the release in dmstat_ring_take(). */
		ahead = smp_load_acquire(&slot->turn) - (u32)head;
		if (ahead < 0)
			return NULL;
		if (ahead > 0)
			head = atomic_read(&ring->head);
		else if (atomic_try_cmpxchg(&ring->head, &head, head + 1))
			break;
	}
	*position = head;
	return slot;
}

/**
 * dmstat_ring_put() - add an event to a ring
 * @ring: the ring
 * @event: the event
 *
 * Context: any but NMI, preemption disabled.
 * Return: false if the ring is full.
 */
bool dmstat_ring_put(struct dmstat_ring *ring,
		     const struct dmstat_io_event *event)
{
	struct slot *slot;
	u32 position;

	slot = claim(ring, &position);
	if (!slot)
		return false;
	slot->event = *event;
	/* Pairs with the acquire in dmstat_ring_take(). */
	smp_store_release(&slot->turn, position + 1);
	return true;
}

/**
 * dmstat_ring_take() - take the oldest event from a ring
 * @ring: the ring
 * @event: result
 *
 * Context: process, one task at a time.
 * Return: false if there is none, or it is still being added.
 */
bool dmstat_ring_take(struct dmstat_ring *ring, struct dmstat_io_event *event)
{
	struct slot *slot = slot_at(ring, ring->tail);

	/* Pairs with the release in dmstat_ring_put(). */
	if (smp_load_acquire(&slot->turn) != ring->tail + 1)
		return false;
	*event = slot->event;
	/* Pairs with the acquire in claim(). */
	smp_store_release(&slot->turn, ring->tail + ring->nr);
	ring->tail++;
	return true;
}
