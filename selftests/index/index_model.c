// SPDX-License-Identifier: GPL-2.0-only
/*
 * index_model [SEED [ROUNDS]]: the index against a model. Regions of many shapes
 * are made and deleted at random, with memory that fails, and after each change
 * the index is asked for the extents at random sectors and in random ranges, at
 * both sides of each place where one begins or ends, and beyond all. An index
 * that was replaced is asked, too, until a grace period has passed. In the end
 * nothing is left in memory. kernel/index.c is compiled into this program.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.c"

#define REGIONS_MAX 4000

#define check(condition, ...) do {					\
	if (!(condition)) {						\
		printf("FAILED, seed %u, line %d: ", seed, __LINE__);	\
		printf(__VA_ARGS__);					\
		printf("\n");						\
		exit(EXIT_FAILURE);					\
	}								\
} while (0)

static unsigned int seed;
static u64 state;
static struct dmstat_device device;
static struct dmstat_region *regions[REGIONS_MAX];	/* oldest first */
static u32 nr_regions, ids;
static LIST_HEAD(waiting);
static size_t used, most = SIZE_MAX;
static unsigned int fail_in;		/* allocations; 0: never */
static u64 asked, failures, late;

static u64 any(u64 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

/* ------------------------------------------------ what the shim promises */

void queue_rcu_work(void *queue, struct rcu_work *work)
{
	list_add_tail(&work->work.node, &waiting);
}

static void grace_period(void)
{
	struct work_struct *work, *next;

	list_for_each_entry_safe(work, next, &waiting, node) {
		list_del_init(&work->node);
		work->run(work);
	}
}

void cond_resched(void)
{
}

void *kvmalloc(size_t size, int how)
{
	if (fail_in && !--fail_in)
		return NULL;
	return malloc(size);
}

void kvfree(const void *memory)
{
	free((void *)memory);
}

size_t kmalloc_size_roundup(size_t size)
{
	return (size + 7) / 8 * 8;
}

bool dmstat_memory_charge(size_t bytes)
{
	if (bytes > most - used)
		return false;
	used += bytes;
	return true;
}

void dmstat_memory_charge_anyway(size_t bytes)
{
	used += bytes;
}

void dmstat_memory_uncharge(size_t bytes)
{
	assert(used >= bytes);
	used -= bytes;
}

/* ---------------------------------------------------------------- regions */

static void free_region(struct work_struct *work)
{
	struct dmstat_region *region;

	region = container_of(to_rcu_work(work), struct dmstat_region, free);
	memset(region->refs, 0xee, region->nr_extents * sizeof(*region->refs));
	free(region->refs);
	free(region->extents);
	free(region);
}

/* A shape: how many extents, how long, how far apart, where. */
struct shape {
	u64 sectors;			/* of the device */
	u64 from;			/* where extents are, of these */
	u64 to;
	u32 extents_max;
	u64 length_max;
	u64 grain;			/* starts and lengths are multiples */
};

static struct dmstat_region *region_new(const struct shape *shape)
{
	struct dmstat_region *region = calloc(1, sizeof(*region));
	u32 nr = 1 + any(shape->extents_max), i;
	u64 at = shape->from + any(shape->to - shape->from), gap;
	struct dmstat_extent *extent;

	if (nr > 1)
		at = shape->from + any(shape->grain * 4);
	gap = (shape->to - shape->from) / nr / 2 + 1;
	region->extents = calloc(nr, sizeof(*region->extents));
	region->refs = calloc(nr, sizeof(*region->refs));
	for (i = 0; i < nr; i++) {
		extent = &region->extents[i];
		/* Some begin where others end. */
		at = at / shape->grain * shape->grain;
		extent->start = at;
		at += (1 + any(shape->length_max)) * shape->grain;
		extent->end = min(at, shape->sectors);
		if (extent->start >= shape->sectors)
			break;
		at += any(3) ? any(gap) : 0;
		extent->first_area = i;
		region->refs[i].ref = (struct dmstat_index_ref) {
			region, extent->start, extent->end, i
		};
	}
	region->nr_extents = i;
	region->id = ++ids;
	INIT_RCU_WORK(&region->free, free_region);
	INIT_LIST_HEAD(&region->node);
	if (i)
		return region;
	free_region(&region->free.work);
	return region_new(shape);
}

/* ------------------------------------------------------------------ asking */

static bool covers(const struct dmstat_region *region, u32 i, sector_t sector,
		   sector_t end)
{
	return region->extents[i].start < end && region->extents[i].end > sector;
}

/* The extent of a region that a sector is in, or NULL. */
static const struct dmstat_index_ref *
model_ref(const struct dmstat_region *region, sector_t sector)
{
	u32 low = 0, high = region->nr_extents;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (region->extents[middle].end <= sector)
			low = middle + 1;
		else
			high = middle;
	}
	return low < region->nr_extents &&
	       region->extents[low].start <= sector ?
	       &region->refs[low].ref : NULL;
}

/* The extents of regions that stay, in their order: exactly the model's. */
static void ask_sector(const struct dmstat_index *index, sector_t sector)
{
	const struct dmstat_segment *segment =
		dmstat_index_segment(index, sector);
	const struct dmstat_index_ref *const *more, *ref, *expected;
	u32 i = 0;

	asked++;
	check(segment[0].start <= sector && sector < segment[1].start,
	      "sector %" PRIu64 ": a segment from %" PRIu64 " to %" PRIu64,
	      sector, segment[0].start, segment[1].start);
	check(segment->refs != DMSTAT_INDEX_END, "sector %" PRIu64 ": the end",
	      sector);
	if (segment->refs) {
		more = segment->refs->more;
		for (ref = &segment->refs->first; ref; ref = *more++) {
			if (ref->region->leaving)
				continue;
			for (; i < nr_regions; i++) {
				expected = model_ref(regions[i], sector);
				if (expected)
					break;
			}
			check(i < nr_regions, "sector %" PRIu64
			      ": one region too many", sector);
			check(ref->region == expected->region &&
			      ref->start == expected->start &&
			      ref->end == expected->end &&
			      ref->first_area == expected->first_area,
			      "sector %" PRIu64 ": region %u", sector,
			      ref->region->id);
			i++;
		}
	}
	for (; i < nr_regions; i++)
		check(!model_ref(regions[i], sector), "sector %" PRIu64
		      ": region %u is not there", sector, regions[i]->id);

	/* The short way must say the same. */
	if (sector >= index->start && sector < index->end)
		check(index->refs == segment->refs, "sector %" PRIu64
		      ": the only segment is another", sector);
	else if (index->end)
		check(!segment->refs, "sector %" PRIu64
		      ": not in the only segment", sector);
}

/* Each extent in a range, once. */
static void ask_range(const struct dmstat_index *index, sector_t sector,
		      sector_t end)
{
	const struct dmstat_index_ref *ref;
	struct dmstat_index_walk walk;
	u64 sum = 0, expected = 0;
	u32 i, n;

	asked++;
	dmstat_index_walk_init(&walk, index, sector, end);
	while ((ref = dmstat_index_walk_next(&walk))) {
		if (ref->region->leaving)
			continue;
		check(covers(ref->region, ref->first_area, sector, end),
		      "%" PRIu64 " to %" PRIu64 ": region %u does not touch it",
		      sector, end, ref->region->id);
		sum += ((u64)ref->region->id << 20) + ref->first_area + 1;
	}
	for (i = 0; i < nr_regions; i++) {
		for (n = 0; n < regions[i]->nr_extents; n++) {
			if (covers(regions[i], n, sector, end))
				expected += ((u64)regions[i]->id << 20) + n + 1;
		}
	}
	check(sum == expected, "%" PRIu64 " to %" PRIu64
	      ": other extents than the model's", sector, end);
}

static void ask(const struct dmstat_index *index, const struct shape *shape,
		u32 times)
{
	const struct dmstat_region *region;
	const struct dmstat_extent *extent;
	sector_t at;

	while (times--) {
		ask_sector(index, any(shape->sectors));
		ask_sector(index, any(U64_MAX));
		at = shape->from + any(shape->to - shape->from);
		ask_range(index, at, at + 1 + any(shape->grain * 8));
		if (!any(16))
			ask_range(index, at, at + 1 + any(shape->sectors));
		if (!nr_regions)
			continue;
		region = regions[any(nr_regions)];
		extent = &region->extents[any(region->nr_extents)];
		ask_sector(index, extent->start);
		ask_sector(index, extent->end);
		ask_sector(index, extent->end - 1);
		if (extent->start)
			ask_sector(index, extent->start - 1);
	}
}

/* ------------------------------------------------------------- the structure */

/* The lists of all segments that were looked at, as often as they have it. */
static struct list *lists[1 << 20];
static u32 nr_lists;

/* Lists of the same block are neighbours. */
static int compare_lists(const void *a, const void *b)
{
	const struct list *one = *(struct list *const *)a;
	const struct list *other = *(struct list *const *)b;

	if (one->block != other->block)
		return one->block < other->block ? -1 : 1;
	return one < other ? -1 : one > other;
}

/* Lists know how many segments have them, blocks how many such lists. */
static void look_at_lists(const struct root *root)
{
	u32 i, n, in_block = 0;
	u64 nr_refs = 0;

	qsort(lists, nr_lists, sizeof(*lists), compare_lists);
	for (i = 0; i < nr_lists; i += n) {
		for (n = 1; i + n < nr_lists && lists[i + n] == lists[i]; n++)
			;
		check(n == lists[i]->users, "a list has %u users, not %u",
		      lists[i]->users, n);
		nr_refs += lists[i]->nr;
		in_block++;
		if (i + n < nr_lists && lists[i + n]->block == lists[i]->block)
			continue;
		check(in_block == lists[i]->block->used &&
		      in_block <= lists[i]->block->part.nr,
		      "a block of %u lists has %u in use, not %u",
		      lists[i]->block->part.nr, lists[i]->block->used, in_block);
		in_block = 0;
	}
	check(nr_refs == root->nr_refs, "%" PRIu64 " refs, not %" PRIu64,
	      root->nr_refs, nr_refs);
}

/* A block without lists in use is not kept. */
static void look_at_blocks(const struct root *root)
{
	const struct dmstat_index_part *part;

	list_for_each_entry(part, &root->parts, node)
		check(part->kind != PART_BLOCK || block_of(part)->used,
		      "an unused block");
}

/* How many segments an entry has; @before: what is before them, and after. */
static u32 look_at(unsigned long entry, sector_t start, u8 bits,
		   const struct dmstat_index_refs **before)
{
	const struct dmstat_index_node *node = node_of(entry);
	const struct dmstat_index_refs *inner = NULL;
	const struct dmstat_segment *segments;
	u32 i, nr = 0;

	if (node->part.kind == PART_FORK) {
		check(node->mask >= 7 && node->mask < 512, "a fork of %u",
		      node->mask + 1);
		for (i = 0; i <= node->mask; i++) {
			inner = *before;
			nr += look_at(node->table[i],
				      start + ((sector_t)i << node->shift),
				      node->shift, before);
			nr -= i && same_refs(edge_refs(node->table[i], false),
					     inner);
		}
		check(nr == node->part.nr, "a fork of %u segments, not %u", nr,
		      node->part.nr);
		check(fork_fits(nr, fork_bits(node->mask + 1) + 1),
		      "a fork of %u segments and %u entries", nr,
		      node->mask + 1);
		return nr;
	}
	check(node->part.nr <= PAGE_MAX, "a page of %u", node->part.nr);
	segments = page_segments(node);
	check(segments->start == start, "a page starts elsewhere");
	check(segments[node->part.nr].start == start + ((sector_t)1 << bits),
	      "a page ends elsewhere");
	for (i = 0; i < node->part.nr; i++) {
		if (is_list(segments[i].refs))
			lists[nr_lists++] = list_of(segments[i].refs);
		check(segments[i].start < segments[i + 1].start,
		      "segments do not rise");
		check(!i || !same_refs(segments[i - 1].refs, segments[i].refs),
		      "segments are not joined");
	}
	*before = segments[node->part.nr - 1].refs;
	return node->part.nr;
}

static void look(void)
{
	const struct dmstat_index_refs *before = NULL, *inner;
	const struct root *root = root_of(&device);
	u32 i, refs = 0, nr = 0;

	nr_lists = 0;
	for (i = 0; i < root->index.last; i++) {
		inner = before;
		nr += look_at(root->index.table[i],
			      (sector_t)i << root->index.shift,
			      root->index.shift, &before);
		nr -= i && same_refs(edge_refs(root->index.table[i], false),
				     inner);
	}
	check(nr == root->nr, "%u segments, not %u", nr, root->nr);
	check(nr > PAGE_MAX / 2 || !root->table_bits,
	      "a root of %u entries for %u segments", root->index.last, nr);
	for (i = 0; i < nr_regions; i++)
		refs += regions[i]->nr_extents;
	check(!list_empty(&root->late) || root->table_bits || refs > 1 ||
	      !refs || root->index.end, "one extent, but no short way");
	look_at_lists(root);
	look_at_blocks(root);
}

/* ---------------------------------------------------------------- changing */

static void forget(struct dmstat_index *index)
{
	while (nr_regions) {
		LIST_HEAD(leaving);

		list_add(&regions[--nr_regions]->node, &leaving);
		device.nr_regions--;
		dmstat_index_remove(&device, &leaving);
	}
	grace_period();
	if (device.index)
		dmstat_index_free(device.index);
	device.index = NULL;
}

static void add(const struct shape *shape)
{
	struct dmstat_region *region = region_new(shape);
	u64 generation = device.generation;
	struct dmstat_index *index = device.index;
	size_t before = used;

	device.nr_regions++;
	if (dmstat_index_add(&device, region)) {
		failures++;
		check(device.index == index && device.generation == generation,
		      "not made, but changed");
		check(used == before, "not made, but %zu bytes more", used - before);
		device.nr_regions--;
		free_region(&region->free.work);
		return;
	}
	check(device.generation == generation + 1 &&
	      region->generation == device.generation &&
	      device.index->generation == device.generation, "generations");
	regions[nr_regions++] = region;
}

static void del(u32 count)
{
	LIST_HEAD(leaving);
	u32 i;

	while (count-- && nr_regions > 1) {
		i = any(3) ? any(nr_regions) : 0;
		list_add(&regions[i]->node, &leaving);
		memmove(&regions[i], &regions[i + 1],
			(--nr_regions - i) * sizeof(*regions));
		device.nr_regions--;
	}
	dmstat_index_remove(&device, &leaving);
	check(list_empty(&leaving), "regions are left over");
	late += !list_empty(&root_of(&device)->late);
}

/* Ask an index of before the change until a grace period has passed. */
static void run(const struct shape *shape, u32 changes, u32 target, bool fails)
{
	u32 i;

	for (i = 0; i < changes; i++) {
		fail_in = fails && !any(3) ? 1 + any(1 + any(200)) : 0;
		most = fails && !any(8) ? used + any(20000) : SIZE_MAX;
		if (nr_regions < 2 ||
		    any(2 * target) >= nr_regions)
			add(shape);
		else
			del(any(4) ? 1 : 1 + any(1 + any(nr_regions)));
		fail_in = 0;
		most = SIZE_MAX;
		if (!device.index)
			continue;
		ask(device.index, shape, 8);
		if (!any(32))
			look();
		if (!any(4))
			grace_period();
	}
	if (device.index)
		ask(device.index, shape, 200);
	forget(device.index);
	check(!used, "%zu bytes are left", used);
}

/* What is read in an old index is as it was, though regions come and go. */
static void old_index(const struct shape *shape)
{
	const struct dmstat_index_refs *before[256];
	struct dmstat_index *index;
	sector_t at[256];
	u32 i;

	for (i = 0; i < 200; i++)
		add(shape);
	index = device.index;
	for (i = 0; i < 256; i++) {
		at[i] = any(shape->sectors);
		before[i] = dmstat_index_segment(index, at[i])->refs;
	}
	for (i = 0; i < 50; i++)
		add(shape);
	del(150);
	for (i = 0; i < 256; i++)
		check(dmstat_index_segment(index, at[i])->refs == before[i] &&
		      (!before[i] || before[i]->first.region),
		      "sector %" PRIu64 " of an old index", at[i]);
	forget(index);
	check(!used, "%zu bytes are left", used);
}

int main(int argc, char **argv)
{
	static const struct shape shapes[] = {
		/* sectors, from, to, extents, length, grain */
		{ 1 << 20, 0, 1 << 20, 1, 64, 8 },
		{ 1 << 20, 0, 1 << 20, 1, 1, 2048 },
		{ 1ULL << 40, 1 << 30, (1 << 30) + (1 << 16), 1, 4, 8 },
		{ 1 << 20, 0, 1 << 18, 300, 16, 8 },
		{ 5000, 0, 5000, 20, 3, 1 },
		{ 64, 0, 64, 6, 3, 1 },
		{ 1, 0, 1, 1, 1, 1 },
		{ 1ULL << 55, 0, 1ULL << 55, 3, 1ULL << 54, 1 },
		{ 1 << 20, 0, 1, 1, 1, 1 << 20 },
		{ 1 << 20, 1000, 1 << 20, 40, 512, 128 },
	};
	unsigned int first = argc > 1 ? strtoul(argv[1], NULL, 0) : 1, rounds, i;

	rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 3;
	for (seed = first; seed < first + rounds; seed++) {
		state = 0x9e3779b97f4a7c15ull * (seed + 1);
		for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
			run(&shapes[i], 300, 40, false);
			run(&shapes[i], 600, 300, true);
			old_index(&shapes[i]);
		}
		run(&shapes[0], 3000, 1500, false);
		run(&shapes[2], 3000, 1500, true);
	}
	printf("%u seeds: asked %" PRIu64 " times, %" PRIu64
	       " regions refused, %" PRIu64 " left for later\n",
	       rounds, asked, failures, late);
	return EXIT_SUCCESS;
}
