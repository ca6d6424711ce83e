// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunks: allocated by the first I/O in one of their areas, or by the first
 * clear of one; freed with the region, or when it has shrunk.
 */
#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "busy.h"
#include "chunk.h"
#include "clock.h"
#include "pace.h"
#include "reserve.h"
#include "values.h"

/* --------------------------------------------------------------- memory */

/* Whole pages, zeroed, but no more than are needed. They are charged. */
static void *charged_pages_alloc(struct dmstat_store *store, size_t size,
				 gfp_t gfp)
{
	void *pages = alloc_pages_exact(size, gfp | __GFP_ZERO);

	if (!pages)
		dmstat_memory_uncharge_from(&store->memory, PAGE_ALIGN(size));
	return pages;
}

static void *pages_alloc(struct dmstat_store *store, size_t size, gfp_t gfp)
{
	if (!dmstat_memory_charge_to(&store->memory, PAGE_ALIGN(size)))
		return NULL;
	return charged_pages_alloc(store, size, gfp);
}

static void pages_free(struct dmstat_store *store, void *pages, size_t size)
{
	free_pages_exact(pages, size);
	dmstat_memory_uncharge_from(&store->memory, PAGE_ALIGN(size));
}

static void set_free(struct dmstat_store *store, struct dmstat_counter_set *set)
{
	pages_free(store, set, dmstat_layout_set_size(&store->layout));
}

static size_t baseline_size(const struct dmstat_store *store)
{
	return dmstat_baseline_size(&store->layout) <<
	       store->layout.chunk_shift;
}

/* Written with each I/O: not in a cache line with what is constant. */
static size_t chunk_busy_offset(void)
{
	struct dmstat_chunk *chunk;

	return L1_CACHE_ALIGN(struct_size(chunk, cpu, nr_cpu_ids));
}

static size_t chunk_size(const struct dmstat_store *store)
{
	return kmalloc_size_roundup(chunk_busy_offset() +
				    ((sizeof(struct dmstat_busy) +
				      sizeof(struct dmstat_area_rare)) <<
				     store->layout.chunk_shift));
}

/* What a chunk holds at first. */
static size_t chunk_memory(const struct dmstat_store *store)
{
	return chunk_size(store) +
	       PAGE_ALIGN(dmstat_layout_set_size(&store->layout));
}

/* -------------------------------------------------------------- a chunk */

/* But for @shared; @chunk is zeroed. */
static void chunk_set_up(struct dmstat_chunk *chunk, struct dmstat_store *store)
{
	chunk->store = store;
	chunk->unseen = DMSTAT_UNSEEN_UNKNOWN;
	chunk->has_bins = store->layout.nr_bins;
	chunk->busy = (void *)chunk + chunk_busy_offset();
	chunk->rare = (void *)(chunk->busy + store->layout.chunk_mask + 1);
}

/* A chunk that is charged, and not published. */
static struct dmstat_chunk *chunk_alloc(struct dmstat_store *store, gfp_t gfp)
{
	struct dmstat_chunk *chunk = kzalloc(chunk_size(store), gfp);

	if (!chunk)
		return NULL;
	chunk_set_up(chunk, store);
	chunk->shared = alloc_pages_exact(dmstat_layout_set_size(&store->layout),
					  gfp | __GFP_ZERO);
	if (chunk->shared)
		return chunk;
	kfree(chunk);
	return NULL;
}

/* No CPU counts in it or reads it any more. */
static void chunk_free(struct dmstat_chunk *chunk)
{
	struct dmstat_store *store = chunk->store;
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (chunk->cpu[cpu])
			set_free(store, chunk->cpu[cpu]);
	}
	if (chunk->baseline)
		pages_free(store, chunk->baseline, baseline_size(store));
	set_free(store, chunk->shared);
	kfree(chunk);
	dmstat_memory_uncharge_from(&store->memory, chunk_size(store));
}

/* @chunk is NULL to remove one. */
static void set_entry(struct dmstat_store *store, u32 i,
		      struct dmstat_chunk *chunk)
{
	lockdep_assert_held(&store->lock);

	WRITE_ONCE(store->chunks[i], chunk);
	if (i < store->next_nr)
		WRITE_ONCE(store->next[i], chunk);
}

/*
 * A CPU that finds it in an array finds it in those that replace the array.
 * Return: false, another CPU has published one first.
 */
static bool chunk_publish(struct dmstat_store *store, u32 i,
			  struct dmstat_chunk *chunk)
{
	unsigned long flags;
	bool first;

	raw_spin_lock_irqsave(&store->lock, flags);
	first = !store->chunks[i];
	if (first) {
		/* Pairs with the address dependency of its users. */
		smp_wmb();
		set_entry(store, i, chunk);
	}
	raw_spin_unlock_irqrestore(&store->lock, flags);
	if (!first)
		return false;
	/* Pairs with that in dmstat_chunk_look_missing(): a reader that has
	 * found no chunk is in @looked. Later looks are at other chunks.
	 */
	smp_mb();
	WRITE_ONCE(chunk->unseen, atomic64_read(&store->looked));
	return true;
}

static struct dmstat_chunk *chunk_at(const struct dmstat_store *store, u32 i)
{
	struct dmstat_chunk *const *chunks;
	struct dmstat_chunk *chunk;

	rcu_read_lock();
	chunks = READ_ONCE(store->chunks);
	chunk = READ_ONCE(chunks[i]);
	rcu_read_unlock();
	return chunk;
}

/**
 * dmstat_chunk_look_missing() - remember that a reader finds no chunk
 * @store: the region's
 * @i: which chunk
 *
 * Context: as for dmstat_chunk_look(), which calls it.
 * Return: the chunk if it is there by now, or NULL.
 */
struct dmstat_chunk *dmstat_chunk_look_missing(struct dmstat_store *store,
					       u32 i)
{
	s64 now = dmstat_clock_ns(), old = atomic64_read(&store->looked);

	while (old < now && !atomic64_try_cmpxchg(&store->looked, &old, now))
		;
	/* Pairs with that in chunk_publish(), and with the smp_rmb() in
	 * dmstat_chunk_unseen().
	 */
	smp_mb();
	return READ_ONCE(store->chunks[i]);
}

/**
 * dmstat_chunk_new() - allocate a chunk for areas that saw no I/O yet
 * @store: the region's
 * @i: which chunk
 * @gfp: how to allocate
 *
 * Context: any that @gfp allows; RCU or a reference keeps the region.
 * Return: the chunk, which may be one that another CPU has published first;
 * NULL: no memory, or over the limit.
 */
struct dmstat_chunk *dmstat_chunk_new(struct dmstat_store *store, u32 i,
				      gfp_t gfp)
{
	struct dmstat_chunk *chunk;

	if (!dmstat_memory_charge_to(&store->memory, chunk_memory(store)))
		return NULL;
	chunk = chunk_alloc(store, gfp);
	if (!chunk) {
		dmstat_memory_uncharge_from(&store->memory,
					    chunk_memory(store));
		return NULL;
	}

	if (!chunk_publish(store, i, chunk)) {
		chunk_free(chunk);
		return chunk_at(store, i);
	}
	return chunk;
}

/* ------------------------------------------------- ready, on PREEMPT_RT */

/* Of a chunk that has 1 << index areas, what chunk_size() is of. */
static struct dmstat_reserve ready_chunks[DMSTAT_CHUNK_SHIFT_MAX + 1];
/* Sets, shared or of a CPU, of index + 1 pages. */
static struct dmstat_reserve ready_sets[PFN_UP(DMSTAT_SET_SIZE_MAX)];

static struct dmstat_reserve *ready_chunks_for(const struct dmstat_store *store)
{
	return &ready_chunks[store->layout.chunk_shift];
}

static struct dmstat_reserve *ready_sets_for(const struct dmstat_store *store)
{
	return &ready_sets[PFN_UP(dmstat_layout_set_size(&store->layout)) - 1];
}

static void *ready_chunk_alloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp);
}

static void ready_chunk_free(void *chunk, size_t size)
{
	kfree(chunk);
}

static void *ready_set_alloc(size_t size, gfp_t gfp)
{
	return alloc_pages_exact(size, gfp);
}

static void ready_set_free(void *set, size_t size)
{
	free_pages_exact(set, size);
}

static const struct dmstat_reserve_kind ready_chunk_kind = {
	.alloc = ready_chunk_alloc,
	.free = ready_chunk_free,
};

static const struct dmstat_reserve_kind ready_set_kind = {
	.alloc = ready_set_alloc,
	.free = ready_set_free,
};

/**
 * dmstat_chunk_init() - prepare for chunks
 *
 * Context: process, while the module loads.
 */
void dmstat_chunk_init(void)
{
	struct dmstat_store store;
	size_t size;
	u32 i;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	for (i = 0; i < ARRAY_SIZE(ready_chunks); i++) {
		store.layout.chunk_shift = i;
		size = chunk_size(&store);
		dmstat_reserve_set_up(&ready_chunks[i], &ready_chunk_kind,
				      size, size, dmstat_reserve_chunks());
	}
	/* Half of them are for CPUs, see dmstat_reserve_take_spare(). */
	for (i = 0; i < ARRAY_SIZE(ready_sets); i++) {
		size = (i + 1) * PAGE_SIZE;
		dmstat_reserve_set_up(&ready_sets[i], &ready_set_kind, size,
				      size, 2 * dmstat_reserve_chunks());
	}
}

static void ready_join(const struct dmstat_store *store)
{
	dmstat_reserve_join(ready_chunks_for(store));
	dmstat_reserve_join(ready_sets_for(store));
}

static void ready_leave(const struct dmstat_store *store)
{
	dmstat_reserve_leave(ready_chunks_for(store));
	dmstat_reserve_leave(ready_sets_for(store));
}

/* A chunk that is charged, and not published; NULL if nothing is ready. */
static struct dmstat_chunk *chunk_take(struct dmstat_store *store)
{
	struct dmstat_chunk *chunk;
	void *set;

	set = dmstat_reserve_take(ready_sets_for(store));
	if (!set)
		return NULL;
	chunk = dmstat_reserve_take(ready_chunks_for(store));
	if (!chunk) {
		dmstat_reserve_give(ready_sets_for(store), set);
		return NULL;
	}
	chunk_set_up(chunk, store);
	chunk->shared = set;
	return chunk;
}

/* What another CPU was faster than. coverage: a race of a moment */
static void chunk_give(struct dmstat_chunk *chunk)
{
	struct dmstat_store *store = chunk->store;

	dmstat_reserve_give(ready_sets_for(store), chunk->shared);
	/* What chunk_set_up() wrote; nothing else was written. */
	*chunk = (struct dmstat_chunk) {};
	dmstat_reserve_give(ready_chunks_for(store), chunk);
	dmstat_memory_uncharge_from(&store->memory, chunk_memory(store));
}

/**
 * dmstat_chunk_new_ready() - make a chunk of what is ready
 * @store: the region's
 * @i: which chunk
 *
 * Context: as for dmstat_chunk_new_in_probe(), which calls it on PREEMPT_RT.
 * Return: as for dmstat_chunk_new(); NULL, too, if nothing is ready.
 */
struct dmstat_chunk *dmstat_chunk_new_ready(struct dmstat_store *store, u32 i)
{
	struct dmstat_chunk *chunk;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT) ||
	    !dmstat_memory_charge_to(&store->memory, chunk_memory(store)))
		return NULL;
	chunk = chunk_take(store);
	if (!chunk) {
		dmstat_memory_uncharge_from(&store->memory,
					    chunk_memory(store));
		return NULL;
	}
	if (chunk_publish(store, i, chunk))
		return chunk;
	chunk_give(chunk);
	return chunk_at(store, i);
}

/**
 * dmstat_store_has_room() - check whether the limit allows another chunk
 * @store: the region's
 *
 * Context: any; only called on PREEMPT_RT.
 * Return: false if it is the limit that one was refused for.
 */
bool dmstat_store_has_room(struct dmstat_store *store)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT) ||
	    !dmstat_memory_charge(chunk_memory(store)))
		return false;
	dmstat_memory_uncharge(chunk_memory(store));
	return true;
}

/* A set that is charged. */
static void *cpu_set_alloc(struct dmstat_store *store, size_t size)
{
	void *set;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return charged_pages_alloc(store, size, DMSTAT_GFP_IO);
	set = dmstat_reserve_take_spare(ready_sets_for(store));
	if (!set)
		dmstat_memory_uncharge_from(&store->memory, PAGE_ALIGN(size));
	return set;
}

/* One that was not used. coverage: a race of a moment */
static void cpu_set_free(struct dmstat_store *store,
			 struct dmstat_counter_set *set, size_t size)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT)) {
		set_free(store, set);
		return;
	}
	dmstat_reserve_give(ready_sets_for(store), set);
	dmstat_memory_uncharge_from(&store->memory, PAGE_ALIGN(size));
}

/**
 * dmstat_chunk_new_set() - allocate a set for this CPU
 * @chunk: the chunk; this CPU has no set there
 *
 * If there is no memory, nothing is lost: the CPU goes on counting in the
 * shared set. The last quarter of the memory limit is left to areas without a
 * chunk.
 *
 * Context: any, preemption disabled; RCU keeps the region.
 * Return: the set or NULL.
 */
struct dmstat_counter_set *dmstat_chunk_new_set(struct dmstat_chunk *chunk)
{
	struct dmstat_store *store = chunk->store;
	size_t size = dmstat_layout_set_size(&store->layout);
	struct dmstat_counter_set *set;

	if (!dmstat_memory_charge_spare_to(&store->memory, PAGE_ALIGN(size)))
		return NULL;
	set = cpu_set_alloc(store, size);
	/* An interrupt may have been faster. coverage: a race of a moment */
	if (set && cmpxchg(&chunk->cpu[smp_processor_id()], NULL, set))
		cpu_set_free(store, set, size);
	return dmstat_chunk_own_set(chunk);
}

/**
 * dmstat_chunk_baseline_new() - allocate the baselines of a chunk's areas
 * @chunk: the chunk
 *
 * Context: process, with the region's read_lock; may sleep.
 * Return: 0; -ENOMEM, no memory or over the limit.
 */
int dmstat_chunk_baseline_new(struct dmstat_chunk *chunk)
{
	if (!chunk->baseline)
		chunk->baseline = pages_alloc(chunk->store,
					      baseline_size(chunk->store),
					      DMSTAT_GFP_LOCKED);
	return chunk->baseline ? 0 : -ENOMEM;
}

/* ----------------------------------------------- many chunks, all or none */

/**
 * dmstat_chunks_free() - free chunks that were not published
 * @list: the list of them, or NULL
 * @pace: the caller's
 *
 * Context: process, may sleep.
 */
void dmstat_chunks_free(struct dmstat_chunk *list, struct dmstat_pace *pace)
{
	struct dmstat_chunk *chunk;

	while ((chunk = list)) {
		list = chunk->next;
		chunk->next = NULL;
		chunk_free(chunk);
		dmstat_pace(pace);
	}
}

/**
 * dmstat_chunks_alloc() - allocate chunks
 * @store: the region's
 * @nr: how many, at least 1
 * @pace: the caller's
 *
 * Context: process, with a reference to the region; may sleep.
 * Return: a list of them; NULL, memory is short, or over the limit: then none is
 * allocated.
 */
struct dmstat_chunk *dmstat_chunks_alloc(struct dmstat_store *store, u32 nr,
					 struct dmstat_pace *pace)
{
	struct dmstat_chunk *list = NULL, *chunk;

	if (!dmstat_memory_charge_to(&store->memory, nr * chunk_memory(store)))
		return NULL;
	while (nr) {
		/* Reclaim might wait for I/O of this device, and no task is to
		 * be killed for statistics.
		 */
		chunk = chunk_alloc(store, GFP_NOIO | __GFP_NOWARN |
				    __GFP_NORETRY | __GFP_NOMEMALLOC);
		if (!chunk)
			goto err_free;
		chunk->next = list;
		list = chunk;
		nr--;
		dmstat_pace(pace);
	}
	return list;

err_free:
	dmstat_memory_uncharge_from(&store->memory, nr * chunk_memory(store));
	dmstat_chunks_free(list, pace);
	return NULL;
}

/**
 * dmstat_chunks_missing() - count chunks that are not there yet
 * @store: the region's
 * @first: the first of them
 * @last: the last of them
 * @pace: the caller's
 *
 * Context: process, with a reference to the region; may sleep.
 * Return: how many.
 */
u32 dmstat_chunks_missing(const struct dmstat_store *store, u32 first, u32 last,
			  struct dmstat_pace *pace)
{
	u32 missing = 0, i;

	for (i = first; i <= last; i++) {
		missing += !chunk_at(store, i);
		if (!(i % 1024))
			dmstat_pace(pace);
	}
	return missing;
}

/**
 * dmstat_chunks_publish() - use chunks where some are missing
 * @store: the region's
 * @first: where the first may be missing
 * @last: where the last may be missing
 * @list: the chunks
 * @pace: the caller's
 *
 * Context: process, with a reference to the region; may sleep.
 * Return: the chunks of @list that are not needed: others came first.
 */
struct dmstat_chunk *dmstat_chunks_publish(struct dmstat_store *store,
					   u32 first, u32 last,
					   struct dmstat_chunk *list,
					   struct dmstat_pace *pace)
{
	struct dmstat_chunk *chunk, *next;
	u32 i;

	for (i = first; i <= last && list; i++) {
		if (!(i % 1024))
			dmstat_pace(pace);
		if (chunk_at(store, i))
			continue;
		chunk = list;
		next = chunk->next;
		chunk->next = NULL;
		if (chunk_publish(store, i, chunk))
			list = next;
		else
			/* coverage: a race of a moment */
			chunk->next = next;
	}
	return list;
}

/* -------------------------------------------------------------- a store */

static u32 nr_chunks(const struct dmstat_store *store, u32 slots)
{
	return ((slots - 1) >> store->layout.chunk_shift) + 1;
}

static size_t array_memory(u32 nr)
{
	return dmstat_memory_size((size_t)nr * sizeof(struct dmstat_chunk *));
}

/* Return: an array without chunks; or -ENOSPC, -ENOMEM. */
static struct dmstat_chunk **array_alloc(struct dmstat_store *store, u32 nr)
{
	struct dmstat_chunk **chunks;

	if (!dmstat_memory_charge_to(&store->memory, array_memory(nr)))
		return ERR_PTR(-ENOSPC);
	chunks = dmstat_memory_alloc((size_t)nr * sizeof(*chunks), __GFP_ZERO);
	if (chunks)
		return chunks;
	dmstat_memory_uncharge_from(&store->memory, array_memory(nr));
	return ERR_PTR(-ENOMEM);
}

static void array_free(struct dmstat_store *store,
		       struct dmstat_chunk **chunks, u32 nr)
{
	kvfree(chunks);
	dmstat_memory_uncharge_from(&store->memory, array_memory(nr));
}

/**
 * dmstat_store_init() - prepare a store, without any chunk
 * @store: zeroed, but for @memory
 * @slots: of the region, at least 1
 * @bounds: of its histograms, rising, in ns
 * @nr_bounds: how many, at most DMSTAT_HISTOGRAM_BOUNDS_MAX; 0: no histogram
 *
 * Context: process, may sleep.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM.
 */
int dmstat_store_init(struct dmstat_store *store, u32 slots,
		      const u64 *bounds, u32 nr_bounds)
{
	int ret = dmstat_layout_init(&store->layout, bounds, nr_bounds);

	if (ret)
		return ret;

	ret = -ENOSPC;
	if (!dmstat_memory_charge_to(&store->memory,
				     dmstat_layout_memory(&store->layout)))
		goto err_layout;

	raw_spin_lock_init(&store->lock);
	store->nr = nr_chunks(store, slots);
	store->chunks = array_alloc(store, store->nr);
	ret = PTR_ERR_OR_ZERO(store->chunks);
	if (!ret) {
		if (IS_ENABLED(CONFIG_PREEMPT_RT))
			ready_join(store);
		return 0;
	}
	dmstat_memory_uncharge_from(&store->memory,
				    dmstat_layout_memory(&store->layout));
err_layout:
	dmstat_layout_free(&store->layout);
	return ret;
}

/**
 * dmstat_store_free() - free a store with its chunks
 * @store: the store; no CPU counts in it or reads it any more
 *
 * Context: process, may sleep.
 */
void dmstat_store_free(struct dmstat_store *store)
{
	size_t memory = dmstat_layout_memory(&store->layout);
	u32 i;

	for (i = 0; i < store->nr; i++) {
		if (store->chunks[i])
			chunk_free(store->chunks[i]);
		if (!(i % 1024))
			cond_resched();
	}
	array_free(store, store->chunks, store->nr);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		ready_leave(store);
	dmstat_layout_free(&store->layout);
	dmstat_memory_uncharge_from(&store->memory, memory);
}

/* ------------------------------------------- a store that grows or shrinks */

/* Entries that are copied with interrupts off. */
#define COPY_ENTRIES	256U

static void copy_entries(struct dmstat_store *store, u32 first, u32 nr)
{
	u32 i;

	raw_spin_lock_irq(&store->lock);
	for (i = first; i < first + nr; i++)
		WRITE_ONCE(store->next[i], store->chunks[i]);
	raw_spin_unlock_irq(&store->lock);
}

/* Copy the array to @next, while CPUs publish chunks in both; and use that. */
static void array_replace(struct dmstat_store *store,
			  struct dmstat_chunk **next, u32 nr,
			  struct dmstat_chunks_old *old)
{
	u32 i, copied = min(nr, store->nr);

	raw_spin_lock_irq(&store->lock);
	store->next = next;
	store->next_nr = nr;
	raw_spin_unlock_irq(&store->lock);
	for (i = 0; i < copied; i += COPY_ENTRIES) {
		copy_entries(store, i, min(copied - i, COPY_ENTRIES));
		cond_resched();
	}

	raw_spin_lock_irq(&store->lock);
	old->chunks = store->chunks;
	old->nr = store->nr;
	/* Pairs with the address dependency of its users. */
	smp_store_release(&store->chunks, next);
	store->nr = nr;
	store->next = NULL;
	store->next_nr = 0;
	raw_spin_unlock_irq(&store->lock);
}

/**
 * dmstat_store_resize() - give a store room for a number of slots
 * @store: the store, which CPUs count in
 * @slots: how many there will be, at least 1; there are no chunks beyond
 * @old: set to the array that was replaced, for dmstat_store_free_old()
 *
 * Keeps the array if it is not much too large.
 *
 * Context: process, may sleep; one task at a time.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM: nothing has changed.
 */
int dmstat_store_resize(struct dmstat_store *store, u32 slots,
			struct dmstat_chunks_old *old)
{
	u32 nr = nr_chunks(store, slots);
	struct dmstat_chunk **next;

	old->chunks = NULL;
	if (nr <= store->nr && nr >= store->nr / 4)
		return 0;
	/* It may grow again. */
	nr = min_t(u64, (u64)nr + nr / 8, nr_chunks(store, U32_MAX));
	next = array_alloc(store, nr);
	if (IS_ERR(next))
		return PTR_ERR(next);
	array_replace(store, next, nr, old);
	return 0;
}

/**
 * dmstat_store_free_old() - free an array that was replaced
 * @store: the store
 * @old: the array, a grace period of RCU later
 *
 * Context: process, may sleep.
 */
void dmstat_store_free_old(struct dmstat_store *store,
			   const struct dmstat_chunks_old *old)
{
	array_free(store, old->chunks, old->nr);
}

/**
 * dmstat_store_clean() - let slots be as if they had never been used
 * @store: the store
 * @first: the first of the slots
 * @nr: how many; no CPU counts in them or reads them, and no I/O is in flight
 *      there
 *
 * Context: process, may sleep; the task that may call dmstat_store_resize().
 */
void dmstat_store_clean(struct dmstat_store *store, u32 first, u32 nr)
{
	u32 mask = store->layout.chunk_mask, end, i, some;
	struct dmstat_chunk *chunk;

	for (; nr; nr -= some, first += some) {
		some = min(nr, mask + 1 - (first & mask));
		chunk = chunk_at(store, first >> store->layout.chunk_shift);
		end = (first & mask) + some;
		for (i = first & mask; chunk && i < end; i++)
			dmstat_values_reset(&store->layout, chunk, i);
		cond_resched();
	}
}

/**
 * dmstat_store_drop() - free a chunk, if there is one
 * @store: the store
 * @i: which chunk; none of its slots is used, as for dmstat_store_clean()
 *
 * Context: as for dmstat_store_clean().
 */
void dmstat_store_drop(struct dmstat_store *store, u32 i)
{
	struct dmstat_chunk *chunk = chunk_at(store, i);

	if (!chunk)
		return;
	raw_spin_lock_irq(&store->lock);
	set_entry(store, i, NULL);
	raw_spin_unlock_irq(&store->lock);
	chunk_free(chunk);
}
