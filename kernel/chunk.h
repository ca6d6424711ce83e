/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chunks: the memory in which the areas of a region count. A chunk is allocated
 * when it is first needed, and freed with the region.
 */
#ifndef _DMSTAT_CHUNK_H
#define _DMSTAT_CHUNK_H

#include <linux/atomic.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "layout.h"
#include "memory.h"

struct dmstat_pace;

/* More I/Os than this in one second, and a chunk's CPUs get their own sets. */
#define DMSTAT_CHUNK_HOT	128

/* What a region counts in; a part of it. */
struct dmstat_store {
	/* These two are constant, and read by the hot path. */
	struct dmstat_chunk **chunks;	/* each set once, by cmpxchg() */
	struct dmstat_layout layout;
	/* All that the region holds, not only its chunks. */
	struct dmstat_memory memory;
	/* When a reader last found an area without a chunk, or 0:
	 * dmstat_clock_ns().
	 */
	atomic64_t looked;
};

int dmstat_store_init(struct dmstat_store *store, u32 areas,
		      const u64 *bounds, u32 nr_bounds);
void dmstat_store_free(struct dmstat_store *store, u32 areas);

struct dmstat_chunk *dmstat_chunk_new(struct dmstat_store *store, u32 i,
				      gfp_t gfp);
struct dmstat_chunk *dmstat_chunk_look(struct dmstat_store *store, u32 i);
u64 dmstat_chunk_unseen(const struct dmstat_chunk *chunk);
bool dmstat_chunks_prepare(struct dmstat_store *store, u32 first, u32 last,
			   struct dmstat_pace *pace);
struct dmstat_counter_set *dmstat_chunk_new_set(struct dmstat_chunk *chunk);
int dmstat_chunk_baseline_new(struct dmstat_chunk *chunk);

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
