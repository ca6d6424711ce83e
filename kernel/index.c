// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index of a device's regions: building it, and walking it.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sort.h>

#include "device.h"
#include "index.h"
#include "region.h"

/* Extents in all segments of an index together; 512 MiB. */
#define REFS_MAX	BIT(24)
#define BUCKETS_MAX	BIT(16)

/* What is made of the extents on the way to an index. */
struct plan {
	/* Sectors where extents begin or end, sorted, each once, and 0. */
	sector_t *at;
	/* Extents in the segment that begins there; then, its next free ref. */
	u32 *refs;
	u32 nr;
	u64 nr_refs;
};

static int compare_sectors(const void *a, const void *b)
{
	const sector_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void plan_segments(struct plan *plan, const struct dmstat_device *device)
{
	const struct dmstat_region *region;
	u32 n = 0, out = 1, i;

	plan->at[n++] = 0;
	list_for_each_entry(region, &device->regions, node) {
		for (i = 0; i < region->nr_extents; i++) {
			plan->at[n++] = region->extents[i].start;
			plan->at[n++] = region->extents[i].end;
		}
	}

	sort(plan->at, n, sizeof(*plan->at), compare_sectors, NULL);
	for (i = 1; i < n; i++) {
		if (plan->at[i] != plan->at[out - 1])
			plan->at[out++] = plan->at[i];
	}
	plan->nr = out;
}

/* The segment that begins at @sector, where one does. */
static u32 plan_find(const struct plan *plan, sector_t sector)
{
	u32 low = 0, high = plan->nr - 1;

	while (low < high) {
		u32 middle = low + (high - low + 1) / 2;

		if (plan->at[middle] <= sector)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static void plan_refs(struct plan *plan, const struct dmstat_device *device)
{
	const struct dmstat_region *region;
	u32 refs = 0, i;

	/* How many more, or fewer, than in the segment before. */
	list_for_each_entry(region, &device->regions, node) {
		for (i = 0; i < region->nr_extents; i++) {
			const struct dmstat_extent *extent = &region->extents[i];

			plan->refs[plan_find(plan, extent->start)]++;
			plan->refs[plan_find(plan, extent->end)]--;
		}
	}
	for (i = 0; i < plan->nr; i++) {
		refs += plan->refs[i];
		plan->refs[i] = refs;
		plan->nr_refs += refs;
	}
}

static void plan_free(struct plan *plan)
{
	kvfree(plan->at);
	kvfree(plan->refs);
}

static int plan_make(struct plan *plan, const struct dmstat_device *device)
{
	size_t n = 2 * device->nr_extents + 1;

	*plan = (struct plan) {
		.at = kvmalloc_array(n, sizeof(*plan->at),
				     GFP_KERNEL | __GFP_NOWARN),
		.refs = kvcalloc(n, sizeof(*plan->refs),
				 GFP_KERNEL | __GFP_NOWARN),
	};
	if (!plan->at || !plan->refs) {
		plan_free(plan);
		return -ENOMEM;
	}
	plan_segments(plan, device);
	plan_refs(plan, device);
	return 0;
}

/* Buckets for the sectors before @end, the end of the last extent. */
static void choose_buckets(struct dmstat_index *index, u32 segments,
			   sector_t end)
{
	u32 bits = ilog2(min_t(u32, roundup_pow_of_two(segments), BUCKETS_MAX));
	u32 sector_bits = end > 1 ? ilog2(end - 1) + 1 : 1;

	index->bucket_shift = sector_bits > bits ? sector_bits - bits : 0;
	index->last_bucket = (end - 1) >> index->bucket_shift;
}

static struct dmstat_index *index_alloc(const struct plan *plan)
{
	struct dmstat_index *index, sizes;
	size_t segments, refs, buckets;

	choose_buckets(&sizes, plan->nr, plan->at[plan->nr - 1]);
	segments = struct_size(index, segments, (size_t)plan->nr + 1);
	refs = plan->nr_refs * sizeof(*index->refs);
	buckets = (sizes.last_bucket + 2UL) * sizeof(*index->buckets);

	index = kvzalloc(segments + refs + buckets, GFP_KERNEL | __GFP_NOWARN);
	if (!index)
		return NULL;
	index->size = segments + refs + buckets;
	index->last_bucket = sizes.last_bucket;
	index->bucket_shift = sizes.bucket_shift;
	index->refs = (void *)index + segments;
	index->buckets = (void *)index->refs + refs;
	return index;
}

static void fill_segments(struct dmstat_index *index, struct plan *plan)
{
	u32 first = 0, i, nr;

	for (i = 0; i < plan->nr; i++) {
		nr = plan->refs[i];
		plan->refs[i] = first;
		index->segments[i].start = plan->at[i];
		index->segments[i].first = first;
		first += nr;
	}
	index->segments[plan->nr].start = U64_MAX;
	index->segments[plan->nr].first = first;
}

static void fill_refs(struct dmstat_index *index, struct plan *plan,
		      const struct dmstat_device *device)
{
	struct dmstat_region *region;
	u32 segment, i;

	list_for_each_entry(region, &device->regions, node) {
		for (i = 0; i < region->nr_extents; i++) {
			const struct dmstat_extent *extent = &region->extents[i];

			segment = plan_find(plan, extent->start);
			for (; plan->at[segment] < extent->end; segment++)
				index->refs[plan->refs[segment]++] =
					(struct dmstat_index_ref) {
						.region = region,
						.start = extent->start,
						.end = extent->end,
						.first_area = extent->first_area,
					};
		}
		cond_resched();
	}
}

static void fill_buckets(struct dmstat_index *index, u32 nr_segments)
{
	u32 segment = 0, i;

	for (i = 0; i <= index->last_bucket; i++) {
		while (index->segments[segment + 1].start <=
		       (sector_t)i << index->bucket_shift)
			segment++;
		index->buckets[i] = segment;
	}
	/* The last that is not empty. */
	index->buckets[i] = nr_segments - 2;
}

/* Once all refs are there. */
static void fill_last(struct dmstat_index *index, u32 nr_segments)
{
	const struct dmstat_segment *segment = index->segments, *only = NULL;
	u32 with_refs = 0;

	for (; segment < &index->segments[nr_segments]; segment++) {
		if (segment[0].first == segment[1].first)
			continue;
		index->refs[segment[1].first - 1].last = true;
		with_refs++;
		only = segment;
	}
	if (with_refs == 1) {
		index->start = only[0].start;
		index->end = only[1].start;
	}
}

/**
 * dmstat_index_build() - make an index
 * @device: the device, with at least one region on its list
 *
 * Context: process, dmstat_lock held; may sleep.
 * Return: the index, or NULL: no memory, or too many extents overlap.
 */
struct dmstat_index *dmstat_index_build(const struct dmstat_device *device)
{
	struct dmstat_index *index = NULL;
	struct plan plan;

	if (plan_make(&plan, device))
		return NULL;

	if (plan.nr_refs <= REFS_MAX)
		index = index_alloc(&plan);
	if (index) {
		fill_segments(index, &plan);
		fill_refs(index, &plan, device);
		fill_buckets(index, plan.nr);
		fill_last(index, plan.nr);
	}
	plan_free(&plan);
	return index;
}

/**
 * dmstat_index_walk_init() - begin a walk
 * @walk: where it stands
 * @index: the index
 * @sector: the range's first sector
 * @end: the first sector after it
 *
 * Context: RCU, for as long as the walk takes.
 */
void dmstat_index_walk_init(struct dmstat_index_walk *walk,
			    const struct dmstat_index *index,
			    sector_t sector, sector_t end)
{
	walk->index = index;
	walk->segment = dmstat_index_segment(index, sector);
	if (walk->segment[1].start <= sector)
		walk->segment++;
	walk->ref = walk->segment->first;
	walk->later = false;
	walk->end = end;
}

/**
 * dmstat_index_walk_next() - go on with a walk
 * @walk: where it stands
 *
 * Return: the next extent, or NULL if there are no more.
 */
const struct dmstat_index_ref *
dmstat_index_walk_next(struct dmstat_index_walk *walk)
{
	const struct dmstat_index_ref *ref;

	for (;;) {
		while (walk->ref < walk->segment[1].first) {
			ref = &walk->index->refs[walk->ref++];
			/* Those that began earlier were met there. */
			if (!walk->later || ref->start == walk->segment->start)
				return ref;
		}
		walk->segment++;
		if (walk->segment->start >= walk->end)
			return NULL;
		walk->later = true;
	}
}
