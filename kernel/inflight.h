/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The in-flight table of a watched device: its I/Os that have started and not
 * ended. The key is the address of what carries the I/O: a bio, which the
 * caller owns until the I/O ends.
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

struct cgroup;
struct dmstat_index_refs;
struct dmstat_large;

/* Where an I/O is counted when it ends. */
enum dmstat_place {
	/*
	 * In areas of @chunk. This and the following values, up to the next
	 * name, are the index of the first one. The I/O is in that area alone;
	 * if DMSTAT_INFLIGHT_OTHER, in @nr_areas of them; if
	 * DMSTAT_INFLIGHT_MORE, in that one and in one area of each further
	 * region of the segment.
	 */
	DMSTAT_PLACE_AREAS = 0,
	/* In the regions of one segment: @refs. */
	DMSTAT_PLACE_REFS = 1 << DMSTAT_CHUNK_SHIFT_MAX,
	/* In no region; or all regions have missed it. */
	DMSTAT_PLACE_NONE,
	/* In all regions there; one of them may have missed it: @missed. */
	DMSTAT_PLACE_WALK,
	/* With the flushes of the device. */
	DMSTAT_PLACE_FLUSH,
	/* In many areas, by a work item: @large. */
	DMSTAT_PLACE_LARGE,
	/* Where it was written, known at its end; in no area until then. */
	DMSTAT_PLACE_APPEND,
	/* In all regions there that are not limited to a cgroup or, if they
	 * are, have @cgroup in it. None has missed it.
	 */
	DMSTAT_PLACE_LIMITED,
};

/*
 * An I/O in flight: 64 bytes, a cache line of most CPUs. If cache lines are
 * longer, several I/Os share one; few do so at a time, because slots are hashed.
 *
 * The CPU that starts the I/O claims the entry by cmpxchg() on @key, and writes
 * it. Readers look at it once @start_ns is set, and check it again afterwards.
 * The CPU that ends the I/O releases it. Fields without a word about this are
 * constant meanwhile.
 *
 * A part that is split off an I/O has an entry, too, which readers never see:
 * its @start_ns stays 0. @status and @lost are for split I/O, and 0 in all
 * other entries.
 */
struct dmstat_kinflight {
	unsigned long key;	/* 0: free; marks of DMSTAT_INFLIGHT_MARKS */
	u64 start_ns;		/* dmstat_clock_ns(); 0: not written yet */
	sector_t sector;
	u32 sectors;
	u8 operation;		/* enum dmstat_operation */
	u8 place;		/* enum dmstat_place */
	/* Split I/O, by any carrier, before it decrements @parts: an error; and
	 * that a part has no entry.
	 */
	blk_status_t status;
	bool lost;
	u64 generation;		/* of the device's index when it started */
	/* @chunk and @refs are valid while the index has that generation. */
	union {
		struct dmstat_chunk *chunk;
		u32 missed;	/* a region's id, or 0 */
		struct dmstat_large *large;
		/* What the I/O was charged to when it started, with a
		 * reference; or NULL: no limited region counts it.
		 */
		struct cgroup *cgroup;
	};

	union {
		/* Split I/O: key of the carrier it was split off, or 0. */
		unsigned long whole;
		/* Not split: if DMSTAT_INFLIGHT_MORE or DMSTAT_PLACE_REFS. */
		const struct dmstat_index_refs *refs;
		/* Not split: if DMSTAT_INFLIGHT_OTHER, in areas of @chunk. */
		u32 nr_areas;
	};
	union {
		/* Split I/O: carriers that have not ended, its own included. */
		atomic_t parts;
		/* Not split: sectors in the first of several areas. */
		u32 head;
	};
	/* The pid that submitted it; DMSTAT_INFLIGHT_OVERFLOW. */
	u32 who;
} __aligned(64);

static_assert(sizeof(struct dmstat_kinflight) == 64);

/*
 * Marks in the key: the I/O was split or split off; it is in one area of
 * several regions; it is in another number of areas. Then the key differs from
 * the carrier's address, so that the marks cost nothing where all other I/O
 * ends.
 */
#define DMSTAT_INFLIGHT_SPLIT	BIT(0)
#define DMSTAT_INFLIGHT_OTHER	BIT(1)
#define DMSTAT_INFLIGHT_MORE	BIT(2)
#define DMSTAT_INFLIGHT_MARKS	(DMSTAT_INFLIGHT_SPLIT | \
				 DMSTAT_INFLIGHT_OTHER | DMSTAT_INFLIGHT_MORE)

/* A mark in @who: the entry is in a struct dmstat_overflow, not in a slot. */
#define DMSTAT_INFLIGHT_OVERFLOW	BIT(31)

struct dmstat_slots;

/* Slots are aligned to their size: the bits below are used for a shift. */
#define DMSTAT_INFLIGHT_SHIFT_MASK	(sizeof(struct dmstat_kinflight) - 1)

struct dmstat_inflight_table {
	/* Read by the hot path: the address of the newest slots, and by how
	 * much a hash is shifted to be a slot number there. In one word, so
	 * that both are read at once, and no pointer is followed. Written by
	 * @grow.
	 */
	unsigned long home;
	/* The newest slots, with a list of older ones; by @grow, read under
	 * RCU.
	 */
	struct dmstat_slots __rcu *newest;

	/* Written when home slots are taken more often than they should be. A
	 * hint: races are harmless.
	 */
	int crowded ____cacheline_aligned;
	unsigned long grow_after;	/* jiffies: a second after a refusal */
	struct delayed_work grow;	/* one at a time; writes the above */
};

/* An I/O in flight, copied for a reader. */
struct dmstat_inflight_copy {
	u64 start_ns;
	sector_t sector;
	u32 sectors;
	u8 operation;
	u64 generation;
	u32 missed;		/* id of a region that missed it, or 0 */
	pid_t pid;		/* of the task that submitted it, or 0 */
	u64 cgroup;		/* cgroup_id(), or 0 */
	/* If the walk has @limits: what limited regions have to have, with a
	 * reference; or NULL: none counts it.
	 */
	struct cgroup *limit;
	bool counts;		/* in regions, or with the flushes */
	bool append;		/* in areas that are known when it ends */
	bool ended;		/* and is being counted */
};

/* Where a walk over the table is, so that a dump can continue there. */
struct dmstat_inflight_walk {
	bool limits;		/* constant: copies have a reference to @limit */
	u32 number;		/* of the slots */
	u32 slot;
	u32 head;		/* of their overflow hash */
	/* Of that head: entries from this number on are done; 0: none is. */
	u64 before;
};

int dmstat_inflight_init(void);
void dmstat_inflight_exit(void);

int dmstat_inflight_table_init(struct dmstat_inflight_table *table);
void dmstat_inflight_table_free(struct dmstat_inflight_table *table);

struct dmstat_kinflight *
dmstat_inflight_claim_slow(struct dmstat_inflight_table *table,
			   unsigned long key);
struct dmstat_kinflight *
dmstat_inflight_find_slow(struct dmstat_inflight_table *table,
			  unsigned long key);
void dmstat_inflight_release_slow(struct dmstat_inflight_table *table,
				  struct dmstat_kinflight *io);
bool dmstat_inflight_next(struct dmstat_inflight_table *table,
			  struct dmstat_inflight_walk *walk,
			  struct dmstat_inflight_copy *copy);
u64 dmstat_inflight_oldest(struct dmstat_inflight_table *table);
struct cgroup *dmstat_inflight_charged(const struct dmstat_kinflight *io);

/**
 * dmstat_inflight_home() - the slot that an I/O takes if the slot is free
 * @table: the table
 * @key: address of what carries the I/O
 *
 * Context: any, preemption disabled, for as long as the slot is used.
 * Return: the slot. It may be another I/O's, and it is not this one's if the
 * table has grown since.
 */
static inline struct dmstat_kinflight *
dmstat_inflight_home(const struct dmstat_inflight_table *table,
		     unsigned long key)
{
	unsigned long home = READ_ONCE(table->home);
	unsigned long i = (key * GOLDEN_RATIO_64) >>
			  (home & DMSTAT_INFLIGHT_SHIFT_MASK);

	/* Else the compiler computes the address first, and copies @home. */
	asm ("" : "+r" (home), "+r" (i));
	return (struct dmstat_kinflight *)(home & ~DMSTAT_INFLIGHT_SHIFT_MASK) +
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
 * Return: false if it is another I/O's: call dmstat_inflight_claim_slow().
 */
static inline bool dmstat_inflight_claim(struct dmstat_kinflight *io,
					 unsigned long key)
{
	unsigned long free = 0;

	return try_cmpxchg(&io->key, &free, key);
}

/**
 * dmstat_inflight_publish() - let readers see an I/O
 * @io: its entry, filled
 * @start_ns: dmstat_clock_ns()
 *
 * Context: any, by the owner of @io.
 */
static inline void dmstat_inflight_publish(struct dmstat_kinflight *io,
					   u64 start_ns)
{
	/* Pairs with the acquire in dmstat_inflight_next(). */
	smp_store_release(&io->start_ns, start_ns);
}

/**
 * dmstat_inflight_carrier() - what carries an I/O
 * @io: its entry, or a copy
 *
 * Context: any.
 * Return: the key by which it is found, until dmstat_inflight_keep(); or 0.
 */
static inline unsigned long
dmstat_inflight_carrier(const struct dmstat_kinflight *io)
{
	/* Other CPUs that try to claim the slot use cmpxchg(). */
	return READ_ONCE(io->key) & ~DMSTAT_INFLIGHT_MARKS;
}

/**
 * dmstat_inflight_pid() - the pid that has submitted an I/O
 * @io: its entry
 *
 * Context: any.
 * Return: the pid; 0: no task.
 */
static inline pid_t dmstat_inflight_pid(const struct dmstat_kinflight *io)
{
	return READ_ONCE(io->who) & ~DMSTAT_INFLIGHT_OVERFLOW;
}

/**
 * dmstat_inflight_mark() - mark an I/O that is not in one area
 * @io: its entry, not published yet
 * @mark: DMSTAT_INFLIGHT_OTHER or DMSTAT_INFLIGHT_MORE
 *
 * Context: any, by the owner of @io.
 */
static inline void dmstat_inflight_mark(struct dmstat_kinflight *io,
					unsigned long mark)
{
	/* Other CPUs read the keys of slots that they try to claim. */
	WRITE_ONCE(io->key, READ_ONCE(io->key) | mark);
}

/**
 * dmstat_inflight_keep() - keep an I/O in flight when its carrier has ended
 * @io: its entry; the caller owns it from now on
 *
 * It gets a key that no carrier has, because the carrier may be used again.
 *
 * Context: any.
 */
static inline void dmstat_inflight_keep(struct dmstat_kinflight *io)
{
	WRITE_ONCE(io->key, READ_ONCE(io->key) | ~DMSTAT_INFLIGHT_MARKS);
}

/**
 * dmstat_inflight_is_split() - whether an I/O has more than one carrier
 * @io: the entry of one of them, by which the caller was called
 *
 * Context: any, preemption disabled.
 * Return: whether it was split, or split off.
 */
static inline bool dmstat_inflight_is_split(const struct dmstat_kinflight *io)
{
	return READ_ONCE(io->key) & DMSTAT_INFLIGHT_SPLIT;
}

/**
 * dmstat_inflight_release() - release a slot
 * @io: the slot
 *
 * Context: any, preemption disabled.
 */
static inline void dmstat_inflight_release(struct dmstat_kinflight *io)
{
	WRITE_ONCE(io->start_ns, 0);
	/* Pairs with the cmpxchg() of the next claim. */
	smp_store_release(&io->key, 0);
}

#endif /* _DMSTAT_INFLIGHT_H */
