// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunks: allocated by the first I/O in one of their areas, or by the first
 * clear of one; freed with the region.
 */
#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "busy.h"
#include "chunk.h"
#include "clock.h"
#include "pace.h"
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

/* A chunk that is charged, and not published. */
static struct dmstat_chunk *chunk_alloc(struct dmstat_store *store, gfp_t gfp)
{
	struct dmstat_chunk *chunk = kzalloc(chunk_size(store), gfp);

	if (!chunk)
		return NULL;
	chunk->store = store;
	chunk->has_bins = store->layout.nr_bins;
	chunk->busy = (void *)chunk + chunk_busy_offset();
	chunk->rare = (void *)(chunk->busy + store->layout.chunk_mask + 1);
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

/* Return: false, another CPU has published one first. */
static bool chunk_publish(struct dmstat_store *store, u32 i,
			  struct dmstat_chunk *chunk)
{
	if (cmpxchg(&store->chunks[i], NULL, chunk))
		return false;
	/* After all readers that found no chunk. */
	WRITE_ONCE(chunk->created, dmstat_clock_ns());
	return true;
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
 * Context: any; RCU or a reference keeps the region.
 * Return: the chunk, or NULL.
 */
struct dmstat_chunk *dmstat_chunk_look(struct dmstat_store *store, u32 i)
{
	struct dmstat_chunk *chunk = READ_ONCE(store->chunks[i]);
	s64 now, old;

	if (chunk)
		return chunk;
	now = dmstat_clock_ns();
	old = atomic64_read(&store->looked);
	while (old < now && !atomic64_try_cmpxchg(&store->looked, &old, now))
		;
	/* Who finds the chunk later also finds @looked: pairs with the smp_rmb()
	 * in dmstat_chunk_unseen().
	 */
	smp_mb();
	return READ_ONCE(store->chunks[i]);
}

/**
 * dmstat_chunk_unseen() - until when a chunk was not seen
 * @chunk: the chunk
 *
 * Context: any; RCU or a reference keeps the region.
 * Return: a time that is not before the last reader that found no chunk there:
 * dmstat_clock_ns(); 0: there was none.
 */
u64 dmstat_chunk_unseen(const struct dmstat_chunk *chunk)
{
	u64 created, looked;

	/* Pairs with the smp_mb() in dmstat_chunk_look(). */
	smp_rmb();
	looked = atomic64_read(&chunk->store->looked);
	created = READ_ONCE(chunk->created);
	/* Later looks were at other chunks. */
	return created ? min(created, looked) : looked;
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
		return READ_ONCE(store->chunks[i]);
	}
	return chunk;
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
	set = charged_pages_alloc(store, size, DMSTAT_GFP_IO);
	/* An interrupt may have been faster. coverage: a race of a moment */
	if (set && cmpxchg(&chunk->cpu[smp_processor_id()], NULL, set))
		set_free(store, set);
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

static void free_list(struct dmstat_chunk *list, struct dmstat_pace *pace)
{
	struct dmstat_chunk *chunk;

	while ((chunk = list)) {
		list = chunk->next;
		chunk->next = NULL;
		chunk_free(chunk);
		dmstat_pace(pace);
	}
}

/*
 * Return: a list of @nr new chunks, which are charged; NULL, no memory: they
 * are no longer charged.
 */
static struct dmstat_chunk *alloc_list(struct dmstat_store *store, u32 nr,
				       struct dmstat_pace *pace)
{
	struct dmstat_chunk *list = NULL, *chunk;

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
	free_list(list, pace);
	return NULL;
}

static u32 missing_chunks(const struct dmstat_store *store, u32 first,
			  u32 last, struct dmstat_pace *pace)
{
	u32 missing = 0, i;

	for (i = first; i <= last; i++) {
		missing += !READ_ONCE(store->chunks[i]);
		if (!(i % 1024))
			dmstat_pace(pace);
	}
	return missing;
}

/* Return: the chunks of @list that are not needed: others came first. */
static struct dmstat_chunk *publish(struct dmstat_store *store, u32 first,
				    u32 last, struct dmstat_chunk *list,
				    struct dmstat_pace *pace)
{
	struct dmstat_chunk *chunk, *next;
	u32 i;

	for (i = first; i <= last && list; i++) {
		if (!(i % 1024))
			dmstat_pace(pace);
		if (READ_ONCE(store->chunks[i]))
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

/**
 * dmstat_chunks_prepare() - allocate the chunks that areas lack
 * @store: the region's
 * @first: the first of the areas
 * @last: the last of them
 * @pace: the caller's
 *
 * Context: process, with a reference to the region; may sleep.
 * Return: false if memory is short, or over the limit: then none is allocated.
 */
bool dmstat_chunks_prepare(struct dmstat_store *store, u32 first, u32 last,
			   struct dmstat_pace *pace)
{
	struct dmstat_chunk *list;
	u32 missing;

	first >>= store->layout.chunk_shift;
	last >>= store->layout.chunk_shift;
	missing = missing_chunks(store, first, last, pace);
	if (!missing)
		return true;
	if (!dmstat_memory_charge_to(&store->memory,
				     missing * chunk_memory(store)))
		return false;
	list = alloc_list(store, missing, pace);
	if (!list)
		return false;
	free_list(publish(store, first, last, list, pace), pace);
	return true;
}

/* -------------------------------------------------------------- a store */

static u32 nr_chunks(const struct dmstat_store *store, u32 areas)
{
	return ((areas - 1) >> store->layout.chunk_shift) + 1;
}

/* What a store holds without any chunk. */
static size_t store_memory(const struct dmstat_store *store, u32 areas)
{
	return dmstat_layout_memory(&store->layout) +
	       dmstat_memory_size((size_t)nr_chunks(store, areas) *
				  sizeof(*store->chunks));
}

/**
 * dmstat_store_init() - prepare a store, without any chunk
 * @store: zeroed, but for @memory
 * @areas: of the region, at least 1
 * @bounds: of its histograms, rising, in ns
 * @nr_bounds: how many, at most DMSTAT_HISTOGRAM_BOUNDS_MAX; 0: no histogram
 *
 * Context: process, may sleep.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM.
 */
int dmstat_store_init(struct dmstat_store *store, u32 areas,
		      const u64 *bounds, u32 nr_bounds)
{
	int ret = dmstat_layout_init(&store->layout, bounds, nr_bounds);

	if (ret)
		return ret;

	ret = -ENOSPC;
	if (!dmstat_memory_charge_to(&store->memory,
				     store_memory(store, areas)))
		goto err_layout;

	ret = -ENOMEM;
	store->chunks = dmstat_memory_alloc((size_t)nr_chunks(store, areas) *
					    sizeof(*store->chunks), __GFP_ZERO);
	if (!store->chunks)
		goto err_uncharge;
	return 0;

err_uncharge:
	dmstat_memory_uncharge_from(&store->memory, store_memory(store, areas));
err_layout:
	dmstat_layout_free(&store->layout);
	return ret;
}

/**
 * dmstat_store_free() - free a store with its chunks
 * @store: the store; no CPU counts in it or reads it any more
 * @areas: of the region
 *
 * Context: process, may sleep.
 */
void dmstat_store_free(struct dmstat_store *store, u32 areas)
{
	size_t memory = store_memory(store, areas);
	u32 i;

	for (i = 0; i < nr_chunks(store, areas); i++) {
		if (store->chunks[i])
			chunk_free(store->chunks[i]);
		if (!(i % 1024))
			cond_resched();
	}
	kvfree(store->chunks);
	dmstat_layout_free(&store->layout);
	dmstat_memory_uncharge_from(&store->memory, memory);
}
