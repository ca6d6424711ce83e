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

static struct dmstat_counter_set *set_alloc(struct dmstat_region *region,
					    gfp_t gfp)
{
	return pages_alloc(region, dmstat_layout_set_size(&region->layout),
			   gfp);
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
	u64 now;
	u32 k;

	if (!dmstat_region_charge(region, chunk_size(region)))
		return NULL;
	chunk = kzalloc(chunk_size(region), gfp);
	if (!chunk)
		goto err_uncharge;
	chunk->region = region;
	chunk->has_bins = region->layout.nr_bins;
	chunk->busy = (void *)chunk + chunk_busy_offset();
	chunk->rare = (void *)(chunk->busy + region->layout.chunk_mask + 1);
	/* Who reads now is given no busy time. Who reads next is given none from
	 * before, though the I/O that the chunk is for may have started then.
	 */
	now = dmstat_clock_ns();
	for (k = 0; k <= region->layout.chunk_mask; k++)
		chunk->busy[k].shown_at = now;
	chunk->shared = set_alloc(region, gfp);
	if (!chunk->shared)
		goto err_free;

	old = cmpxchg(&region->chunks[i], NULL, chunk);
	if (old) {
		dmstat_chunk_free(region, chunk);
		return old;
	}
	return chunk;

err_free:
	kfree(chunk);
err_uncharge:
	dmstat_region_uncharge(region, chunk_size(region));
	return NULL;
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
