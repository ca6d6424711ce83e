/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chunks: the memory in which the areas of a region count. A chunk is allocated
 * when it is first needed, and freed with the region.
 */
#ifndef _DMSTAT_CHUNK_H
#define _DMSTAT_CHUNK_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "layout.h"
#include "memory.h"

struct dmstat_pace;

/* Of a region's cache line that is constant: what it and its store have there. */
#define DMSTAT_STORE_CONSTANT	64

/* More I/Os than this in one second, and a chunk's CPUs get their own sets. */
#define DMSTAT_CHUNK_HOT	128

/* What a region counts in; a part of it. */
struct dmstat_store {
	/* These two are read by the hot path. The array is replaced by one task
	 * at a time, under @lock, read under RCU or by the only task that may
	 * replace it. Each entry: @lock to set, READ_ONCE().
	 */
	struct dmstat_chunk **chunks;
	struct dmstat_layout layout;	/* constant */
	/* Ends the cache line. Nothing, if that has 64 bytes. */
	u8 fill[L1_CACHE_BYTES - DMSTAT_STORE_CONSTANT];
	/* All that the region holds, not only its chunks. */
	struct dmstat_memory memory;
	raw_spinlock_t lock;		/* taken with interrupts off */
	u32 nr;				/* entries of @chunks; @lock to change */
	/* The array that is to replace @chunks, or NULL; and how many entries of
	 * both it has got or would get; @lock.
	 */
	struct dmstat_chunk **next;
	u32 next_nr;
	/* When a reader last found an area without a chunk, or 0:
	 * dmstat_clock_ns().
	 */
	atomic64_t looked;
};

/* An array of chunks that was replaced. */
struct dmstat_chunks_old {
	struct dmstat_chunk **chunks;	/* or NULL */
	u32 nr;
};

void dmstat_chunk_init(void);

int dmstat_store_init(struct dmstat_store *store, u32 slots,
		      const u64 *bounds, u32 nr_bounds);
void dmstat_store_free(struct dmstat_store *store);
int dmstat_store_resize(struct dmstat_store *store, u32 slots,
			struct dmstat_chunks_old *old);
void dmstat_store_free_old(struct dmstat_store *store,
			   const struct dmstat_chunks_old *old);
void dmstat_store_clean(struct dmstat_store *store, u32 first, u32 nr);
void dmstat_store_drop(struct dmstat_store *store, u32 i);

struct dmstat_chunk *dmstat_chunk_new(struct dmstat_store *store, u32 i,
				      gfp_t gfp);
struct dmstat_chunk *dmstat_chunk_new_ready(struct dmstat_store *store, u32 i);
bool dmstat_store_has_room(struct dmstat_store *store);
struct dmstat_chunk *dmstat_chunk_look_missing(struct dmstat_store *store,
					       u32 i);
u32 dmstat_chunks_missing(const struct dmstat_store *store, u32 first, u32 last,
			  struct dmstat_pace *pace);
struct dmstat_chunk *dmstat_chunks_alloc(struct dmstat_store *store, u32 nr,
					 struct dmstat_pace *pace);
struct dmstat_chunk *dmstat_chunks_publish(struct dmstat_store *store,
					   u32 first, u32 last,
					   struct dmstat_chunk *list,
					   struct dmstat_pace *pace);
void dmstat_chunks_free(struct dmstat_chunk *list, struct dmstat_pace *pace);
struct dmstat_counter_set *dmstat_chunk_new_set(struct dmstat_chunk *chunk);
int dmstat_chunk_baseline_new(struct dmstat_chunk *chunk);

/* The chunk that a slot is in, or NULL. */
static __always_inline struct dmstat_chunk *
dmstat_slot_chunk(const struct dmstat_store *store, u64 slot)
{
	struct dmstat_chunk *const *chunks = READ_ONCE(store->chunks);

	return READ_ONCE(chunks[slot >> store->layout.chunk_shift]);
}

/**
 * dmstat_chunk_new_in_probe() - make a chunk for an I/O
 * @store: the region's
 * @i: which chunk
 *
 * Context: any but NMI, preemption disabled; RCU keeps the region.
 * Return: as for dmstat_chunk_new(); on PREEMPT_RT NULL, too, if nothing is
 * ready.
 */
static inline struct dmstat_chunk *
dmstat_chunk_new_in_probe(struct dmstat_store *store, u32 i)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) ?
	       dmstat_chunk_new_ready(store, i) :
	       dmstat_chunk_new(store, i, DMSTAT_GFP_IO);
}

/**
 * dmstat_chunk_look() - find a chunk for a reader
 * @store: the region's
 * @i: which chunk
 *
 * A reader that finds none gives 0 for its areas. This is remembered, because
 * the I/O for which the chunk is then allocated may have started before, and
 * busy time must not grow faster than time.
 *
 * Context: process; the array of chunks is not replaced meanwhile.
 * Return: the chunk, or NULL.
 */
static inline struct dmstat_chunk *
dmstat_chunk_look(struct dmstat_store *store, u32 i)
{
	return READ_ONCE(store->chunks[i]) ?:
	       dmstat_chunk_look_missing(store, i);
}

/**
 * dmstat_chunk_unseen() - until when a chunk was not seen
 * @chunk: the chunk
 *
 * Context: any; RCU or a reference keeps the region.
 * Return: a time that is not before the last reader that found no chunk there:
 * dmstat_clock_ns(); 0: there was none.
 */
static inline u64 dmstat_chunk_unseen(const struct dmstat_chunk *chunk)
{
	u64 unseen = READ_ONCE(chunk->unseen);

	if (likely(unseen != DMSTAT_UNSEEN_UNKNOWN))
		return unseen;
	/* Pairs with the smp_mb() in dmstat_chunk_look_missing(). */
	smp_rmb();
	return atomic64_read(&chunk->store->looked);
}

/*
 * Count an I/O of a CPU without a set. Races between CPUs only make the number
 * of I/Os imprecise.
 */
static inline bool dmstat_chunk_is_hot(struct dmstat_chunk *chunk, u64 now)
{
	u32 ios = READ_ONCE(chunk->window_ios);

	if (now - READ_ONCE(chunk->window_start) > NSEC_PER_SEC) {
		WRITE_ONCE(chunk->window_start, now);
		ios = 0;
	}
	WRITE_ONCE(chunk->window_ios, ios + 1);
	return ios >= DMSTAT_CHUNK_HOT;
}

/**
 * dmstat_chunk_cpu_set() - the set of this CPU, allocated if the chunk is hot
 * @chunk: the chunk
 * @now: dmstat_clock_ns()
 *
 * To be called once for each I/O that ends in the chunk.
 *
 * Context: any, preemption disabled; RCU keeps the region.
 * Return: the set; NULL: count in the shared one.
 */
static __always_inline struct dmstat_counter_set *
dmstat_chunk_cpu_set(struct dmstat_chunk *chunk, u64 now)
{
	struct dmstat_counter_set *set = dmstat_chunk_own_set(chunk);

	if (unlikely(!set && dmstat_chunk_is_hot(chunk, now)))
		set = dmstat_chunk_new_set(chunk);
	return set;
}

#endif /* _DMSTAT_CHUNK_H */
