// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunks: made by the first I/O that touches one of their areas, or by who
 * clears one; freed with the region.
 */
#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "busy.h"
#include "chunk.h"
#include "clock.h"
#include "counters.h"
#include "memory.h"
#include "pace.h"
#include "region.h"

/**
 * dmstat_region_charge() - ask for leave to allocate for a region
 * @region: the region
 * @bytes: how much
 *
 * Context: any.
 * Return: false if that would be over the limit; then nothing was charged.
 */
bool dmstat_region_charge(struct dmstat_region *region, size_t bytes)
{
	if (!dmstat_memory_charge(bytes))
		return false;
	atomic64_add(bytes, &region->memory);
	return true;
}

/**
 * dmstat_region_uncharge() - tell that memory of a region was freed
 * @region: the region
 * @bytes: how much
 *
 * Context: any.
 */
void dmstat_region_uncharge(struct dmstat_region *region, size_t bytes)
{
	atomic64_sub(bytes, &region->memory);
	dmstat_memory_uncharge(bytes);
}

/* Whole pages, zeroed, but no more than are needed. They are charged. */
static void *charged_pages_alloc(struct dmstat_region *region, size_t size,
				 gfp_t gfp)
{
	void *pages = alloc_pages_exact(size, gfp | __GFP_ZERO);

	if (!pages)
		dmstat_region_uncharge(region, PAGE_ALIGN(size));
	return pages;
}

static void *pages_alloc(struct dmstat_region *region, size_t size, gfp_t gfp)
{
	if (!dmstat_region_charge(region, PAGE_ALIGN(size)))
		return NULL;
	return charged_pages_alloc(region, size, gfp);
}

static void pages_free(struct dmstat_region *region, void *pages, size_t size)
{
	free_pages_exact(pages, size);
	dmstat_region_uncharge(region, PAGE_ALIGN(size));
}

static void set_free(struct dmstat_region *region,
		     struct dmstat_counter_set *set)
{
	pages_free(region, set, dmstat_layout_set_size(&region->layout));
}

static size_t baseline_size(const struct dmstat_region *region)
{
	return dmstat_layout_baseline_size(&region->layout) <<
	       region->layout.chunk_shift;
}

/* Not in a line with what is constant. */
static size_t chunk_busy_offset(void)
{
	struct dmstat_chunk *chunk;

	return L1_CACHE_ALIGN(struct_size(chunk, cpu, nr_cpu_ids));
}

static size_t chunk_size(const struct dmstat_region *region)
{
	return kmalloc_size_roundup(chunk_busy_offset() +
				    ((sizeof(struct dmstat_busy) +
				      sizeof(struct dmstat_area_rare)) <<
				     region->layout.chunk_shift));
}

/**
 * dmstat_chunk_free() - free a chunk and all that it counted
 * @region: the region
 * @chunk: the chunk; nobody counts in it or reads it any more
 *
 * Context: any.
 */
void dmstat_chunk_free(struct dmstat_region *region, struct dmstat_chunk *chunk)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (chunk->cpu[cpu])
			set_free(region, chunk->cpu[cpu]);
	}
	if (chunk->baseline)
		pages_free(region, chunk->baseline, baseline_size(region));
	set_free(region, chunk->shared);
	kfree(chunk);
	dmstat_region_uncharge(region, chunk_size(region));
}

static size_t chunk_memory(const struct dmstat_region *region)
{
	return chunk_size(region) +
	       PAGE_ALIGN(dmstat_layout_set_size(&region->layout));
}

/* A chunk that is charged, and not published. */
static struct dmstat_chunk *chunk_alloc(struct dmstat_region *region, gfp_t gfp)
{
	struct dmstat_chunk *chunk = kzalloc(chunk_size(region), gfp);
	u64 now;
	u32 i;

	if (!chunk)
		return NULL;
	chunk->region = region;
	chunk->has_bins = region->layout.nr_bins;
	chunk->busy = (void *)chunk + chunk_busy_offset();
	chunk->rare = (void *)(chunk->busy + region->layout.chunk_mask + 1);
	/* Who reads now is given no busy time. Who reads next is given none from
	 * before, though the I/O that the chunk is for may have started then.
	 */
	now = dmstat_clock_ns();
	for (i = 0; i <= region->layout.chunk_mask; i++)
		chunk->busy[i].shown_at = now;
	chunk->shared = alloc_pages_exact(dmstat_layout_set_size(&region->layout),
					  gfp | __GFP_ZERO);
	if (chunk->shared)
		return chunk;
	kfree(chunk);
	return NULL;
}

/**
 * dmstat_chunk_new() - a place to count for areas that saw no I/O yet
 * @region: the region
 * @i: which chunk
 * @gfp: how to allocate
 *
 * Context: any that @gfp allows; RCU or a reference keeps the region.
 * Return: the chunk, which another CPU may have been faster to make; NULL, no
 * memory or over the limit.
 */
struct dmstat_chunk *dmstat_chunk_new(struct dmstat_region *region, u32 i,
				      gfp_t gfp)
{
	struct dmstat_chunk *chunk, *old;

	if (!dmstat_region_charge(region, chunk_memory(region)))
		return NULL;
	chunk = chunk_alloc(region, gfp);
	if (!chunk) {
		dmstat_region_uncharge(region, chunk_memory(region));
		return NULL;
	}

	old = cmpxchg(&region->chunks[i], NULL, chunk);
	if (old) {
		dmstat_chunk_free(region, chunk);
		return old;
	}
	return chunk;
}

static void free_list(struct dmstat_region *region, struct dmstat_chunk *list,
		      struct dmstat_pace *pace)
{
	struct dmstat_chunk *chunk;

	while ((chunk = list)) {
		list = chunk->next;
		chunk->next = NULL;
		dmstat_chunk_free(region, chunk);
		dmstat_pace(pace);
	}
}

/*
 * Return: a list of @nr new chunks, which are charged; NULL, no memory: they are
 * no longer charged.
 */
static struct dmstat_chunk *alloc_list(struct dmstat_region *region, u32 nr,
				       struct dmstat_pace *pace)
{
	struct dmstat_chunk *list = NULL, *chunk;

	while (nr) {
		/* An I/O of this device may be what reclaim would wait for, and
		 * nothing is to be killed for statistics.
		 */
		chunk = chunk_alloc(region, GFP_NOIO | __GFP_NOWARN |
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
	dmstat_region_uncharge(region, nr * chunk_memory(region));
	free_list(region, list, pace);
	return NULL;
}

static u32 missing_chunks(const struct dmstat_region *region, u32 first,
			  u32 last, struct dmstat_pace *pace)
{
	u32 missing = 0, i;

	for (i = first; i <= last; i++) {
		missing += !READ_ONCE(region->chunks[i]);
		if (!(i % 1024))
			dmstat_pace(pace);
	}
	return missing;
}

/* Return: the chunks of @list that others were faster to make. */
static struct dmstat_chunk *publish(struct dmstat_region *region, u32 first,
				    u32 last, struct dmstat_chunk *list,
				    struct dmstat_pace *pace)
{
	struct dmstat_chunk *chunk, *next;
	u32 i;

	for (i = first; i <= last && list; i++) {
		if (!(i % 1024))
			dmstat_pace(pace);
		if (READ_ONCE(region->chunks[i]))
			continue;
		chunk = list;
		next = chunk->next;
		chunk->next = NULL;
		if (cmpxchg(&region->chunks[i], NULL, chunk))
			/* coverage: a race of a moment */
			chunk->next = next;
		else
			list = next;
	}
	return list;
}

/**
 * dmstat_chunks_prepare() - make sure that areas have chunks
 * @region: the region
 * @first: the first of the areas
 * @last: the last of them
 * @pace: the caller's
 *
 * Context: process, with a reference to the region; may sleep.
 * Return: false if memory is short, or they would be over the limit: then there
 * are no more of them than before.
 */
bool dmstat_chunks_prepare(struct dmstat_region *region, u32 first, u32 last,
			   struct dmstat_pace *pace)
{
	struct dmstat_chunk *list;
	u32 missing;

	first >>= region->layout.chunk_shift;
	last >>= region->layout.chunk_shift;
	missing = missing_chunks(region, first, last, pace);
	if (!missing)
		return true;
	if (!dmstat_region_charge(region, missing * chunk_memory(region)))
		return false;
	list = alloc_list(region, missing, pace);
	if (!list)
		return false;
	free_list(region, publish(region, first, last, list, pace), pace);
	return true;
}

/**
 * dmstat_chunk_cpu_new() - give this CPU counters of its own in a chunk
 * @region: the region
 * @chunk: the chunk
 *
 * Nothing is lost if there is no memory for it: the shared set serves. The last
 * quarter of the memory limit is left to areas that have no chunk yet.
 *
 * Context: any, preemption disabled; RCU keeps the region.
 */
void dmstat_chunk_cpu_new(struct dmstat_region *region,
			  struct dmstat_chunk *chunk)
{
	size_t size = dmstat_layout_set_size(&region->layout);
	struct dmstat_counter_set *set;

	if (!dmstat_memory_charge_spare(PAGE_ALIGN(size)))
		return;
	atomic64_add(PAGE_ALIGN(size), &region->memory);
	set = charged_pages_alloc(region, size, DMSTAT_GFP_IO);
	/* An interrupt may have been faster. coverage: a race of a moment */
	if (set && cmpxchg(&chunk->cpu[smp_processor_id()], NULL, set))
		set_free(region, set);
}

/**
 * dmstat_chunk_baseline_new() - make room for what is cleared away in a chunk
 * @region: the region
 * @chunk: the chunk
 *
 * Context: process, with the region's read_lock; may sleep.
 * Return: 0; -ENOMEM, no memory or over the limit.
 */
int dmstat_chunk_baseline_new(struct dmstat_region *region,
			      struct dmstat_chunk *chunk)
{
	if (!chunk->baseline)
		chunk->baseline = pages_alloc(region, baseline_size(region),
					      GFP_KERNEL | __GFP_NOWARN);
	return chunk->baseline ? 0 : -ENOMEM;
}
