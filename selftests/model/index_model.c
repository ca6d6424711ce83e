// SPDX-License-Identifier: GPL-2.0-only
/*
 * index_model [SEED [ROUNDS]]: compare the index with a model. The program
 * makes and deletes regions of many shapes at random; some allocations fail.
 * After each change it looks up random sectors and ranges, both sides of the
 * borders of extents, and sectors beyond all regions. Replaced indexes must
 * stay valid until a grace period has passed, and no memory may be left at the
 * end. kernel/index.c is compiled into this program.
 */
#include <inttypes.h>
#include <string.h>

#include "index.c"
#include "model.h"

#define REGIONS_MAX 4000

static struct dmstat_kdevice device;
static struct dmstat_kregion *regions[REGIONS_MAX];	/* by age */
static u32 nr_regions, ids;
static LIST_HEAD(waiting);
static size_t most = SIZE_MAX;	/* may be charged */
static u64 asked, resized, failures, late;

/* -------------------------------------------- functions of index_shim.h */

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

void *dmstat_memory_alloc(size_t size, int flags)
{
	if (fails())
		return NULL;
	return malloc(size);
}

void kvfree(const void *memory)
{
	free((void *)memory);
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

/* ---------------------------------------------------------------- regions */

static void free_geometry(struct dmstat_geometry *geometry)
{
	if (!geometry)
		return;
	memset(geometry->pieces, 0xee,
	       geometry->nr_pieces * sizeof(*geometry->pieces));
	free(geometry->pieces);
	free(geometry);
}

static void free_geometry_work(struct work_struct *work)
{
	free_geometry(container_of(to_rcu_work(work), struct dmstat_geometry,
				   free));
}

static void free_region(struct work_struct *work)
{
	struct dmstat_kregion *region;

	region = container_of(to_rcu_work(work), struct dmstat_kregion, free);
	free_geometry(region->before);
	free_geometry(region->geometry);
	free(region);
}

/* What random regions look like. */
struct shape {
	u64 sectors;			/* of the device */
	u64 from;			/* extents start here at the earliest */
	u64 to;				/* and about here at the latest */
	u32 extents_max;
	u64 length_max;			/* of an extent, in grains */
	u64 grain;			/* divides starts and lengths */
};

/* Return: NULL if chance wants no extent. */
static struct dmstat_geometry *try_geometry(const struct shape *shape,
					    struct dmstat_kregion *region)
{
	struct dmstat_geometry *geometry = calloc(1, sizeof(*geometry));
	u32 nr = 1 + any(shape->extents_max), i;
	u64 at = shape->from + any(shape->to - shape->from), gap, start;

	if (nr > 1)
		at = shape->from + any(shape->grain * 4);
	gap = (shape->to - shape->from) / nr / 2 + 1;
	geometry->pieces = calloc(nr, sizeof(*geometry->pieces));
	for (i = 0; i < nr; i++) {
		/* Some start where others end. */
		at = at / shape->grain * shape->grain;
		start = at;
		at += (1 + any(shape->length_max)) * shape->grain;
		if (start >= shape->sectors)
			break;
		geometry->pieces[i].ref = (struct dmstat_index_ref) {
			.region = region,
			.start = start,
			.end = min(at, shape->sectors),
			.first_slot = i,
			.geometry = geometry,
		};
		at += any(3) ? any(gap) : 0;
	}
	geometry->nr_pieces = i;
	geometry->since = U64_MAX;
	geometry->until = U64_MAX;
	INIT_RCU_WORK(&geometry->free, free_geometry_work);
	if (i)
		return geometry;
	free_geometry(geometry);
	return NULL;
}

static struct dmstat_geometry *geometry_new(const struct shape *shape,
					    struct dmstat_kregion *region)
{
	struct dmstat_geometry *geometry;

	do {
		geometry = try_geometry(shape, region);
	} while (!geometry);
	return geometry;
}

static struct dmstat_kregion *region_new(const struct shape *shape)
{
	struct dmstat_kregion *region = calloc(1, sizeof(*region));

	region->geometry = geometry_new(shape, region);
	region->member.id = ++ids;
	INIT_RCU_WORK(&region->free, free_region);
	return region;
}

/* --------------------------------------------------------------- look-ups */

static bool covers(const struct dmstat_index_one *piece, sector_t sector,
		   sector_t end)
{
	return piece->ref.start < end && piece->ref.end > sector;
}

const struct dmstat_index_one *
dmstat_geometry_next_at(const struct dmstat_geometry *geometry,
			const struct dmstat_index_one *piece, sector_t end)
{
	piece++;
	return piece < geometry->pieces + geometry->nr_pieces &&
	       piece->ref.start < end ? piece : NULL;
}

const struct dmstat_index_one *
dmstat_geometry_first_at(const struct dmstat_geometry *geometry,
			 sector_t sector, sector_t end)
{
	u32 low = 0, high = geometry->nr_pieces;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (geometry->pieces[middle].ref.end <= sector)
			low = middle + 1;
		else
			high = middle;
	}
	return low < geometry->nr_pieces &&
	       covers(&geometry->pieces[low], sector, end) ?
	       &geometry->pieces[low] : NULL;
}

/* The extent of a region that contains a sector, or NULL. */
static const struct dmstat_index_ref *
model_ref(const struct dmstat_kregion *region, sector_t sector)
{
	const struct dmstat_index_one *piece;

	if (sector == U64_MAX)
		return NULL;
	piece = dmstat_geometry_first_at(region->geometry, sector, sector + 1);
	return piece ? &piece->ref : NULL;
}

/*
 * The index must return the model's extents, in the order in which
 * they were added. Regions that are leaving may be there or not.
 */
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
	check(segment->refs != DMSTAT_INDEX_END, "sector %" PRIu64
	      ": the end of a page",
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
			      ": too many regions", sector);
			check(ref->region == expected->region &&
			      ref->start == expected->start &&
			      ref->end == expected->end &&
			      ref->geometry == expected->geometry &&
			      ref->first_slot == expected->first_slot,
			      "sector %" PRIu64 ": wrong extent of region %u",
			      sector, ref->region->member.id);
			i++;
		}
	}
	for (; i < nr_regions; i++)
		check(!model_ref(regions[i], sector), "sector %" PRIu64
		      ": region %u is missing", sector, regions[i]->member.id);

	/* The root's only segment must agree. */
	if (sector >= index->start && sector < index->end)
		check(index->refs == segment->refs, "sector %" PRIu64
		      ": the only segment differs", sector);
	else if (index->end)
		check(!segment->refs, "sector %" PRIu64
		      ": is not in the only segment", sector);
}

/* An extent as a part of a sum. */
static u64 part_of(const struct dmstat_index_ref *ref)
{
	return ((u64)ref->region->member.id << 20) + ref->first_slot + 1 +
	       (ref->geometry->since << 44);
}

/* What a geometry has of a range. */
static u64 sum_of(const struct dmstat_geometry *geometry, sector_t sector,
		  sector_t end)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < geometry->nr_pieces; i++) {
		if (covers(&geometry->pieces[i], sector, end))
			sum += part_of(&geometry->pieces[i].ref);
	}
	return sum;
}

/* A walk must return each of the model's extents in a range once. */
static void ask_range(const struct dmstat_index *index, sector_t sector,
		      sector_t end)
{
	const struct dmstat_index_ref *ref;
	struct dmstat_index_walk walk;
	u64 sum = 0, expected = 0;
	u32 i;

	asked++;
	dmstat_index_walk_init(&walk, index, sector, end);
	while ((ref = dmstat_index_walk_next(&walk))) {
		if (ref->region->leaving)
			continue;
		check(ref->start < end && ref->end > sector,
		      "%" PRIu64 " to %" PRIu64 ": no extent of region %u",
		      sector, end, ref->region->member.id);
		sum += part_of(ref);
	}
	for (i = 0; i < nr_regions; i++)
		expected += sum_of(regions[i]->geometry, sector, end);
	check(sum == expected, "%" PRIu64 " to %" PRIu64
	      ": extents are missing or returned twice", sector, end);
}

/* The extents that an I/O counts in which started under an earlier index. */
static void ask_past(const struct dmstat_index *index, sector_t sector,
		     sector_t end, u64 generation)
{
	const struct dmstat_geometry *geometry;
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;
	u64 sum = 0, expected = 0;
	u32 i;

	asked++;
	dmstat_index_past_init(&past, index, sector, end, generation);
	while ((ref = dmstat_index_past_next(&past))) {
		if (ref->region->leaving || ref->geometry->settled)
			continue;
		sum += part_of(ref);
	}
	for (i = 0; i < nr_regions; i++) {
		geometry = regions[i]->geometry;
		if (geometry->since > generation)
			geometry = regions[i]->before;
		if (geometry && geometry->since <= generation &&
		    !geometry->settled)
			expected += sum_of(geometry, sector, end);
	}
	check(sum == expected, "%" PRIu64 " to %" PRIu64 " at %" PRIu64
	      ": extents are missing or returned twice", sector, end,
	      generation);
}

static void ask(const struct dmstat_index *index, const struct shape *shape,
		u32 times)
{
	const struct dmstat_geometry *geometry;
	const struct dmstat_index_ref *extent;
	sector_t at;

	while (times--) {
		ask_sector(index, any(shape->sectors));
		ask_sector(index, any(U64_MAX));
		at = shape->from + any(shape->to - shape->from);
		ask_range(index, at, at + 1 + any(shape->grain * 8));
		if (!any(16))
			ask_range(index, at, at + 1 + any(shape->sectors));
		ask_past(index, at, at + 1 + any(shape->grain * 8),
			 index->generation - any(min(index->generation, 64)));
		if (!nr_regions)
			continue;
		geometry = regions[any(nr_regions)]->geometry;
		extent = &geometry->pieces[any(geometry->nr_pieces)].ref;
		ask_sector(index, extent->start);
		ask_sector(index, extent->end);
		ask_sector(index, extent->end - 1);
		if (extent->start)
			ask_sector(index, extent->start - 1);
	}
}

/* ------------------------------------------------------------- invariants */

/* The list of each segment that was looked at. */
static struct list *lists[1 << 20];
static u32 nr_lists;

/* Sort by block first. */
static int compare_lists(const void *a, const void *b)
{
	const struct list *one = *(struct list *const *)a;
	const struct list *other = *(struct list *const *)b;

	if (one->block != other->block)
		return one->block < other->block ? -1 : 1;
	return one < other ? -1 : one > other;
}

/* The counts of users of lists, of lists in use in blocks, and of all refs. */
static void look_at_lists(const struct root *root)
{
	const struct block *block;
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
		block = lists[i]->block;
		check(in_block == block->used && in_block <= block->part.nr,
		      "a block of %u lists has %u in use, not %u",
		      block->part.nr, block->used, in_block);
		in_block = 0;
	}
	check(nr_refs == root->nr_refs, "%" PRIu64 " refs, not %" PRIu64,
	      root->nr_refs, nr_refs);
}

/* Blocks without lists in use must be freed. */
static void look_at_blocks(const struct root *root)
{
	const struct dmstat_index_part *part;

	list_for_each_entry(part, &root->parts, node)
		check(part->kind != PART_BLOCK || block_of(part)->used,
		      "an unused block");
}

/*
 * Return: the number of segments of an entry. @before: the extents of the
 * segment before them; set to those of the last of them.
 */
static u32 look_at(unsigned long entry, sector_t start, u8 bits,
		   const struct dmstat_index_refs **before)
{
	const struct dmstat_index_node *node = node_of(entry);
	const struct dmstat_index_refs *inner = NULL;
	const struct dmstat_segment *segments;
	u32 i, nr = 0;

	if (node->part.kind == PART_FORK) {
		check(node->mask >= 7 && node->mask < 512,
		      "a fork of %u entries", node->mask + 1);
		for (i = 0; i <= node->mask; i++) {
			inner = *before;
			nr += look_at(node->table[i],
				      start + ((sector_t)i << node->shift),
				      node->shift, before);
			nr -= i && same_refs(edges_of(node->table[i]).first,
					     inner);
		}
		check(nr == node->part.nr, "a fork of %u segments says %u", nr,
		      node->part.nr);
		check(table_fits(nr, ilog2(node->mask + 1), fork_bits(nr)),
		      "a fork of %u segments and %u entries", nr,
		      node->mask + 1);
		return nr;
	}
	check(node->part.nr <= PAGE_MAX, "a page of %u segments",
	      node->part.nr);
	segments = page_segments(node);
	check(segments->start == start, "a page starts at another sector");
	check(segments[node->part.nr].start == start + ((sector_t)1 << bits),
	      "a page ends at another sector");
	for (i = 0; i < node->part.nr; i++) {
		if (is_list(segments[i].refs))
			lists[nr_lists++] = list_of(segments[i].refs);
		check(segments[i].start < segments[i + 1].start,
		      "segments are not sorted");
		check(!i || !same_refs(segments[i - 1].refs, segments[i].refs),
		      "neighbours have the same extents");
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
		nr -= i && same_refs(edges_of(root->index.table[i]).first,
				     inner);
	}
	check(nr == root->nr, "a root of %u segments says %u", nr, root->nr);
	check(nr > PAGE_MAX / 2 || !root->table_bits,
	      "a root of %u entries for %u segments", root->index.last, nr);
	for (i = 0; i < nr_regions; i++)
		refs += regions[i]->geometry->nr_pieces;
	check(!list_empty(&root->late) || root->table_bits || refs > 1 ||
	      !refs || root->index.end, "the root lacks the only segment");
	look_at_lists(root);
	look_at_blocks(root);
}

/* ----------------------------------------------------------------- changes */

static void forget(struct dmstat_index *index)
{
	while (nr_regions) {
		LIST_HEAD(leaving);

		list_add(&regions[--nr_regions]->member.node, &leaving);
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
	struct dmstat_kregion *region = region_new(shape);
	u64 generation = device.generation;
	struct dmstat_index *index = device.index;
	size_t before = used;

	device.nr_regions++;
	if (dmstat_index_add(&device, region)) {
		failures++;
		check(device.index == index && device.generation == generation,
		      "refused, but the index changed");
		check(used == before, "refused, but %zu bytes are held",
		      used - before);
		device.nr_regions--;
		free_region(&region->free.work);
		return;
	}
	check(device.generation == generation + 1 &&
	      region->generation == device.generation &&
	      device.index->generation == device.generation,
	      "generations differ");
	regions[nr_regions++] = region;
}

/* A region is replaced by one that was added now, but for its id. */
static void resize(const struct shape *shape)
{
	u32 i = any(nr_regions);
	struct dmstat_kregion *region = regions[i];
	struct dmstat_geometry *next, *old = region->geometry;
	struct dmstat_index *index = device.index;
	u64 generation = device.generation;
	size_t before = used;

	if (region->before)
		region->before->settled = true;
	next = geometry_new(shape, region);
	if (dmstat_index_replace(&device, old, next)) {
		failures++;
		check(device.index == index && device.generation == generation,
		      "not replaced, but the index changed");
		check(used == before, "not replaced, but %zu bytes are held",
		      used - before);
		free_geometry(next);
		return;
	}
	check(device.generation == generation + 1 &&
	      next->since == device.generation && old->until == next->since,
	      "generations differ");
	if (region->before)
		queue_rcu_work(NULL, &region->before->free);
	region->before = old;
	region->geometry = next;
	memmove(&regions[i], &regions[i + 1],
		(nr_regions - 1 - i) * sizeof(*regions));
	regions[nr_regions - 1] = region;
	resized++;
}

static void settle(void)
{
	struct dmstat_geometry *before = regions[any(nr_regions)]->before;

	if (before)
		before->settled = true;
}

static void del(u32 count)
{
	LIST_HEAD(leaving);
	u32 i;

	while (count-- && nr_regions > 1) {
		i = any(3) ? any(nr_regions) : 0;
		list_add(&regions[i]->member.node, &leaving);
		memmove(&regions[i], &regions[i + 1],
			(--nr_regions - i) * sizeof(*regions));
		device.nr_regions--;
	}
	dmstat_index_remove(&device, &leaving);
	check(list_empty(&leaving), "regions are left in the list");
	late += !list_empty(&root_of(&device)->late);
}

/* Make and delete regions, about @target at a time; @fails: memory may fail. */
static void run(const struct shape *shape, u32 changes, u32 target, bool fails)
{
	u32 i;

	for (i = 0; i < changes; i++) {
		fail_in = fails && !any(3) ? 1 + any(1 + any(200)) : 0;
		most = fails && !any(8) ? used + any(20000) : SIZE_MAX;
		if (nr_regions && !any(3))
			resize(shape);
		else if (nr_regions < 2 || any(2 * target) >= nr_regions)
			add(shape);
		else
			del(any(4) ? 1 : 1 + any(1 + any(nr_regions)));
		fail_in = 0;
		most = SIZE_MAX;
		if (!device.index)
			continue;
		while (nr_regions && any(3))
			settle();
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

/* A replaced index still returns what it did before regions came and went. */
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
	unsigned int first, rounds, round, i;

	first = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 3;
	for (round = 0; round < rounds; round++) {
		begin(first + round);
		for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
			run(&shapes[i], 300, 40, false);
			run(&shapes[i], 600, 300, true);
			old_index(&shapes[i]);
		}
		run(&shapes[0], 3000, 1500, false);
		run(&shapes[2], 3000, 1500, true);
	}
	printf("%u seeds: asked %" PRIu64 " times, %" PRIu64
	       " resized, %" PRIu64 " refused, %" PRIu64 " left for later\n",
	       rounds, asked, resized, failures, late);
	return EXIT_SUCCESS;
}
