/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The in-flight table of a watched device: what each I/O that has started and
 * not ended was when it started. It is keyed by the address of what carries
 * the I/O (a bio), which whoever hands it in owns until the I/O ends.
 */
#ifndef _DMSTAT_INFLIGHT_H
#define _DMSTAT_INFLIGHT_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/blk_types.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "layout.h"

struct dmstat_index_refs;
struct dmstat_large;

/* Where an I/O is counted when it ends. */
enum dmstat_place {
	/*
	 * In areas of @chunk: up to the next, the index there of the first. In
	 * that alone; if DMSTAT_INFLIGHT_OTHER, in @nr_areas of them; if
	 * DMSTAT_INFLIGHT_MORE, in that one and in one area of each further
	 * region of the segment.
	 */
	DMSTAT_PLACE_AREAS = 0,
	/* In the regions of one segment: @refs. */
	DMSTAT_PLACE_REFS = 1 << DMSTAT_CHUNK_SHIFT_MAX,
	/* In no region, or missed in all. */
	DMSTAT_PLACE_NONE,
	/* In all regions there; one may miss it: @missed. */
	DMSTAT_PLACE_WALK,
	/* With the flushes of the device. */
	DMSTAT_PLACE_FLUSH,
	/* In many areas, from a work queue: @large. */
	DMSTAT_PLACE_LARGE,
	/* Where it will have been written; in no area until it ends. */
	DMSTAT_PLACE_APPEND,
};

/*
 * An I/O in flight: one cache line. Claimed by who starts it, by cmpxchg() on
 * @key; written by it alone until @start_ns is released; read from then on by
 * anybody; given back by who ends it. There is one of each.
 *
 * What is split off an I/O has an entry as well, which readers never see: its
 * @start_ns stays 0. @status and @lost are for split I/O, and 0 in all other
 * entries.
 */
struct dmstat_inflight {
	unsigned long key;	/* 0: free; marks of DMSTAT_INFLIGHT_MARKS */
	u64 start_ns;		/* dmstat_clock_ns(); 0: not written yet */
	sector_t sector;
	u32 sectors;
	u8 operation;		/* enum dmstat_operation */
	u8 place;		/* enum dmstat_place */
	u8 nr_areas;		/* if DMSTAT_INFLIGHT_OTHER */
	u64 generation;		/* of the device's index when it started */
	/* @chunk and @refs are for as long as the index is of that generation. */
	union {
		struct dmstat_chunk *chunk;
		u32 missed;	/* a region's id, or 0 */
		struct dmstat_large *large;
	};

	union {
		/* Split I/O: key of what it was split off, or 0; constant. */
		unsigned long whole;
		/* Not split: if DMSTAT_INFLIGHT_MORE or DMSTAT_PLACE_REFS. */
		const struct dmstat_index_refs *refs;
	};
	union {
		/* Split I/O: carriers that are not done, its own too. */
		atomic_t parts;
		u32 head;	/* not split: of several areas, sectors in the first */
	};
	blk_status_t status;	/* of them; set before @parts falls */
	bool lost;		/* one of them is not known; so, too */

	bool overflow;		/* in struct dmstat_overflow, not in a slot */
} __aligned(64);

static_assert(sizeof(struct dmstat_inflight) == 64);

/*
 * Marks in the key, of what was split or split off, of what is in one area of
 * several regions, and of what is in other than one area: it no longer equals the
 * carrier's address, so that it costs nothing to end all other I/O.
 */
#define DMSTAT_INFLIGHT_SPLIT	BIT(0)
#define DMSTAT_INFLIGHT_OTHER	BIT(1)
#define DMSTAT_INFLIGHT_MORE	BIT(2)
#define DMSTAT_INFLIGHT_MARKS	(DMSTAT_INFLIGHT_SPLIT | \
				 DMSTAT_INFLIGHT_OTHER | DMSTAT_INFLIGHT_MORE)

struct dmstat_slots;

/* Slots are aligned to their size. In the bits below that is a shift. */
#define DMSTAT_INFLIGHT_SHIFT_MASK	(sizeof(struct dmstat_inflight) - 1)

struct dmstat_inflight_table {
	/* Read by the hot path: the address of the newest slots, and by how much
	 * a hash is shifted to be a slot there. In one word, so that they belong
	 * together, and no pointer is followed. Written once the table grows,
	 * by @grow.
	 */
	unsigned long home;
	/* The newest, with older ones behind it; @grow to change, RCU. */
	struct dmstat_slots __rcu *newest;

	/* Written when home slots are taken more often than they should be. A
	 * hint: races are harmless.
	 */
	int crowded ____cacheline_aligned;
	unsigned long grow_after;	/* jiffies; of a refusal; @grow */
	struct delayed_work grow;
};

/* An I/O in flight, copied out for a reader. */
struct dmstat_inflight_copy {
	u64 start_ns;
	sector_t sector;
	u32 sectors;
	u8 operation;
	u64 generation;
};

/* Where a walk of the table stands, so that a dump can go on there. */
struct dmstat_inflight_walk {
	u32 number;		/* of the slots */
	u32 slot;
	u32 head;		/* of their overflow hash */
	u64 before;		/* of that head, what came since is done; or 0 */
};

int dmstat_inflight_init(void);
void dmstat_inflight_exit(void);

int dmstat_inflight_table_init(struct dmstat_inflight_table *table);
void dmstat_inflight_table_free(struct dmstat_inflight_table *table);

struct dmstat_inflight *
dmstat_inflight_claim_slow(struct dmstat_inflight_table *table,
			   unsigned long key);
struct dmstat_inflight *
dmstat_inflight_find_slow(struct dmstat_inflight_table *table,
			  unsigned long key);
void dmstat_inflight_release_slow(struct dmstat_inflight_table *table,
				  struct dmstat_inflight *io);
bool dmstat_inflight_next(struct dmstat_inflight_table *table,
			  struct dmstat_inflight_walk *walk,
			  struct dmstat_inflight_copy *copy);

/**
 * dmstat_inflight_home() - the slot that an I/O takes if it is free
 * @table: the table
 * @key: address of what carries the I/O
 *
 * Context: any, preemption disabled, for as long as the slot is used.
 * Return: the slot; it may be another I/O's. The table may have grown since the
 * I/O started: then it is.
 */
static inline struct dmstat_inflight *
dmstat_inflight_home(const struct dmstat_inflight_table *table,
		     unsigned long key)
{
	unsigned long home = READ_ONCE(table->home);
	unsigned long i = (key * GOLDEN_RATIO_64) >>
			  (home & DMSTAT_INFLIGHT_SHIFT_MASK);

	/* First the shift, then the address: else it keeps a copy of @home. */
	asm ("" : "+r" (home), "+r" (i));
	return (struct dmstat_inflight *)(home & ~DMSTAT_INFLIGHT_SHIFT_MASK) +
	       i;
}

/**
 * dmstat_inflight_claim() - take a slot for an I/O that starts
 * @io: the slot
 * @key: address of what carries the I/O
 *
 * The caller fills the slot and then calls dmstat_inflight_publish().
 *
 * Context: any, preemption disabled.
 * Return: false if it is another I/O's; dmstat_inflight_claim_slow() then
 * looks elsewhere.
 */
static inline bool dmstat_inflight_claim(struct dmstat_inflight *io,
					 unsigned long key)
{
	unsigned long free = 0;

	return try_cmpxchg(&io->key, &free, key);
}

/**
 * dmstat_inflight_publish() - let readers see an I/O
 * @io: its slot, all but @start_ns written
 * @start_ns: dmstat_clock_ns()
 */
static inline void dmstat_inflight_publish(struct dmstat_inflight *io,
					   u64 start_ns)
{
	/* Pairs with the acquire in dmstat_inflight_next(). */
	smp_store_release(&io->start_ns, start_ns);
}

/**
 * dmstat_inflight_mark() - mark an I/O that is not in one area
 * @io: its entry, not published yet
 * @mark: DMSTAT_INFLIGHT_OTHER or DMSTAT_INFLIGHT_MORE
 */
static inline void dmstat_inflight_mark(struct dmstat_inflight *io,
					unsigned long mark)
{
	/* Others look at the key of a slot that they would like to claim. */
	WRITE_ONCE(io->key, READ_ONCE(io->key) | mark);
}

/**
 * dmstat_inflight_keep() - let an I/O stay in flight when its carrier is done
 * @io: its entry; the caller owns it from now on
 *
 * No carrier has the key that it gets: the next I/O of its own does not find it.
 */
static inline void dmstat_inflight_keep(struct dmstat_inflight *io)
{
	WRITE_ONCE(io->key, READ_ONCE(io->key) | ~DMSTAT_INFLIGHT_MARKS);
}

/**
 * dmstat_inflight_is_split() - whether more than one carrier has to be done
 * @io: an entry of the carrier that asks
 *
 * Return: whether it was split, or split off.
 */
static inline bool dmstat_inflight_is_split(const struct dmstat_inflight *io)
{
	return READ_ONCE(io->key) & DMSTAT_INFLIGHT_SPLIT;
}

/**
 * dmstat_inflight_release() - give a slot back
 * @io: the slot
 *
 * Context: any, preemption disabled.
 */
static inline void dmstat_inflight_release(struct dmstat_inflight *io)
{
	WRITE_ONCE(io->start_ns, 0);
	/* Pairs with the cmpxchg() of who claims it next. */
	smp_store_release(&io->key, 0);
}

#endif /* _DMSTAT_INFLIGHT_H */
