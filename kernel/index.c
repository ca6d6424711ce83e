// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index of a device's regions: how it is walked and changed.
 *
 * A change rebuilds each page in which it adds or removes an extent, the forks
 * above these pages, and the root. It publishes the root when everything is
 * built, and frees what was replaced after a grace period. Segments, of old and
 * new pages, share lists of extents; each list counts its users.
 */
#include <linux/cache.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "device.h"
#include "geometry.h"
#include "index.h"
#include "memory.h"
#include "region.h"

/* Most extents in all lists of an index and of a change to it. */
#define REFS_MAX	BIT(25)
/* Most segments of a page, and of a page without a table. */
#define PAGE_MAX	64
#define SCAN_MAX	4
#define TABLE_BITS_MAX	9		/* log2 of the number of entries */
/* Set in part.change if the change touches the part and has not made it. */
#define TOUCHED		BIT_ULL(63)

/*
 * Most regions whose earlier geometry is kept, because an I/O that started
 * before may be in flight.
 */
#define PAST_MAX	64

/* Most bytes of a block, unless a single list is larger. */
#define BLOCK_MAX	16384

enum part_kind {
	PART_PAGE,
	PART_FORK,
	PART_BLOCK,
};

/*
 * Lists of one change, allocated together: to allocate and free each of 65,536
 * lists would cost more than to fill them.
 */
struct block {
	struct dmstat_index_part part;
	u32 used;			/* lists with users; dmstat_lock */
	u8 lists[] __aligned(8);
};

/* A list of at least two extents, in a block. */
struct list {
	struct block *block;
	const struct dmstat_index_one *first;	/* refs.first is a copy of it */
	u32 nr;				/* extents */
	u32 users;			/* segments of pages; dmstat_lock */
	struct dmstat_index_refs refs;
};

/*
 * The earlier geometries of regions that were resized, unless they are settled.
 * Constant.
 */
struct past {
	size_t size;			/* bytes allocated */
	u32 nr;
	const struct dmstat_geometry *geometry[];
};

/* Protected by dmstat_lock, except the index itself, which is constant. */
struct root {
	/* All parts; after the root is replaced, those not in the new index. */
	struct list_head parts;
	/* Regions that could not be removed yet because memory was short. */
	struct list_head late;
	struct rcu_work free;
	size_t size;			/* bytes allocated */
	u64 nr_refs;			/* extents in lists */
	u32 nr;				/* segments */
	u8 bits;			/* sectors of all entries, log2 */
	u8 table_bits;			/* number of entries, log2 */
	struct past *past;		/* or NULL; constant, part of the index */
	/* Read by the hot path; shares no cache line with what is written. */
	struct dmstat_index index ____cacheline_aligned_in_smp;
};

/* An array of segments from which pages are built, and one that ends them. */
struct pieces {
	struct dmstat_segment *at;
	size_t nr;
	size_t room;			/* segments allocated */
};

#define MEMO_BITS	3

/* A change in progress. On the stack of its task, which holds dmstat_lock. */
struct change {
	/* Extents to add, sorted; NULL: remove those of leaving regions. */
	const struct dmstat_index_one *added;
	u32 nr_added;
	u32 next;			/* first of @added not yet done */
	/* @added replace the pieces of this one; or NULL. */
	const struct dmstat_geometry *replaced;
	u64 serial;			/* generation of the new index */
	int error;
	struct list_head made;		/* new pages and forks */
	struct list_head gone;		/* parts that are replaced */
	struct list_head blocks;	/* new blocks */
	struct block *block;		/* the last of them */
	size_t block_room;		/* bytes free at its end */
	size_t lists_size;		/* bytes of all new lists */
	u64 nr_refs;			/* extents in old and new lists */
	u64 nr_refs_used;		/* in the new lists that pages use */
	struct pieces pieces;		/* of a page, or of all in @all */
	struct pieces all;		/* of a fork or root to be rebuilt */
	/* The lists changed last: segments that shared one go on sharing. */
	struct {
		const struct dmstat_index_refs *from;
		const struct dmstat_index_ref *by;
		const struct dmstat_index_refs *to;
	} memo[1 << MEMO_BITS];
};

static const struct dmstat_segment beyond[] = {
	{ .start = 0 },
	{ .start = U64_MAX, .refs = DMSTAT_INDEX_END },
};

/* ---------------------------------------------------------------- walking */

static void walk_enter(struct dmstat_index_walk *walk)
{
	const struct dmstat_index_refs *refs = walk->segment->refs;

	walk->ref = NULL;
	if (refs) {
		walk->ref = &refs->first;
		walk->more = refs->more;
	}
}

/**
 * dmstat_index_walk_init() - start a walk
 * @walk: the state of the walk
 * @index: the index
 * @sector: the first sector of the range
 * @end: the first sector after the range
 *
 * Context: RCU read section, until the walk is done.
 */
void dmstat_index_walk_init(struct dmstat_index_walk *walk,
			    const struct dmstat_index *index,
			    sector_t sector, sector_t end)
{
	walk->index = index;
	walk->segment = dmstat_index_segment(index, sector);
	walk->later = false;
	walk->end = end;
	walk_enter(walk);
}

/**
 * dmstat_index_walk_next() - get the next extent of a walk
 * @walk: the state of the walk
 *
 * Context: the RCU read section in which the walk started.
 * Return: the next extent, or NULL if there are no more.
 */
const struct dmstat_index_ref *
dmstat_index_walk_next(struct dmstat_index_walk *walk)
{
	const struct dmstat_segment *segment;
	const struct dmstat_index_ref *ref;

	for (;;) {
		while ((ref = walk->ref)) {
			walk->ref = *walk->more++;
			/* One that starts earlier was visited there. */
			if (!walk->later || ref->start == walk->segment->start)
				return ref;
		}
		segment = walk->segment + 1;
		if (segment->start >= walk->end)
			return NULL;
		if (segment->refs == DMSTAT_INDEX_END)
			segment = dmstat_index_segment(walk->index,
						       segment->start);
		walk->segment = segment;
		walk->later = true;
		walk_enter(walk);
	}
}

static const struct past *past_of(const struct dmstat_index *index)
{
	return container_of(index, struct root, index)->past;
}

/**
 * dmstat_index_past_init() - start a walk for an I/O of an earlier index
 * @past: the state of the walk
 * @index: the index
 * @sector: the first sector of the range
 * @end: the first sector after the range
 * @generation: of the index that the I/O started under
 *
 * Context: RCU read section, until the walk is done.
 */
void dmstat_index_past_init(struct dmstat_index_past *past,
			    const struct dmstat_index *index,
			    sector_t sector, sector_t end, u64 generation)
{
	dmstat_index_walk_init(&past->walk, index, sector, end);
	past->generation = generation;
	past->sector = sector;
	past->nr_done = 0;
	past->piece = NULL;
}

/* Find the next earlier geometry that the I/O counts in. */
static bool next_geometry(struct dmstat_index_past *walk,
			  const struct past *past)
{
	const struct dmstat_geometry *geometry;

	while (walk->nr_done < past->nr) {
		geometry = past->geometry[walk->nr_done++];
		if (READ_ONCE(geometry->since) > walk->generation ||
		    READ_ONCE(geometry->until) <= walk->generation)
			continue;
		walk->geometry = geometry;
		walk->piece = dmstat_geometry_first_at(geometry, walk->sector,
						       walk->walk.end);
		if (walk->piece)
			return true;
	}
	return false;
}

static noinline const struct dmstat_index_ref *
next_in_past(struct dmstat_index_past *walk, const struct past *past)
{
	const struct dmstat_index_ref *ref;

	if (!walk->piece && !next_geometry(walk, past))
		return NULL;
	ref = &walk->piece->ref;
	walk->piece = dmstat_geometry_next_at(walk->geometry, walk->piece,
					      walk->walk.end);
	return ref;
}

/**
 * dmstat_index_past_next() - get the next extent of such a walk
 * @past: the state of the walk
 *
 * Context: the RCU read section in which the walk started.
 * Return: the next extent, of a region that was there when the I/O started; or
 * NULL if there are no more.
 */
const struct dmstat_index_ref *
dmstat_index_past_next(struct dmstat_index_past *past)
{
	const struct dmstat_index_ref *ref;
	const struct past *geometries;

	while ((ref = dmstat_index_walk_next(&past->walk))) {
		if (READ_ONCE(ref->geometry->since) <= past->generation)
			return ref;
	}
	geometries = past_of(past->walk.index);
	return geometries ? next_in_past(past, geometries) : NULL;
}

/* ----------------------------------------------------------------- memory */

static void *charged_alloc(struct change *change, size_t size, size_t charge)
{
	void *memory;

	/* Deleting a region must not fail at the limit. */
	if (!change->added) {
		dmstat_memory_charge_anyway(charge);
	} else if (!dmstat_memory_charge(charge)) {
		change->error = -ENOSPC;
		return NULL;
	}
	memory = dmstat_memory_alloc(size, 0);
	if (!memory) {
		dmstat_memory_uncharge(charge);
		change->error = -ENOMEM;
	}
	return memory;
}

static void charged_free(const void *memory, size_t charge)
{
	if (!memory)
		return;
	kvfree(memory);
	dmstat_memory_uncharge(charge);
}

static void *part_alloc(struct change *change, enum part_kind kind, size_t size)
{
	struct dmstat_index_part *part;

	size = dmstat_memory_size(size);
	part = charged_alloc(change, size, size);
	if (!part)
		return NULL;
	part->change = change->serial;
	part->size = size;
	part->kind = kind;
	list_add_tail(&part->node, &change->made);
	return part;
}

static void parts_free(struct list_head *parts)
{
	struct dmstat_index_part *part, *next;

	list_for_each_entry_safe(part, next, parts, node) {
		charged_free(part, part->size);
		cond_resched();
	}
}

/*
 * The bytes to charge. One page or less is free: there is one change at a time,
 * and a small region should not be refused for temporary memory.
 */
static size_t pieces_charge(const struct pieces *pieces)
{
	size_t size = pieces->room * sizeof(*pieces->at);

	return size > PAGE_SIZE ? size : 0;
}

static void pieces_free(struct pieces *pieces)
{
	charged_free(pieces->at, pieces_charge(pieces));
	pieces->at = NULL;
	pieces->room = 0;
}

static bool pieces_room(struct change *change, struct pieces *pieces,
			size_t room)
{
	pieces->nr = 0;
	if (room <= pieces->room)
		return true;
	pieces_free(pieces);
	pieces->room = dmstat_memory_size(room * sizeof(*pieces->at)) /
		       sizeof(*pieces->at);
	pieces->at = charged_alloc(change, pieces->room * sizeof(*pieces->at),
				   pieces_charge(pieces));
	if (!pieces->at)
		pieces->room = 0;
	return pieces->at;
}

/* ------------------------------------------------------- lists of extents */

static bool is_list(const struct dmstat_index_refs *refs)
{
	return refs && refs->more[0];
}

static struct list *list_of(const struct dmstat_index_refs *refs)
{
	return container_of(refs, struct list, refs);
}

/* Whether both have the same extents. A single extent has only one address. */
static bool same_refs(const struct dmstat_index_refs *a,
		      const struct dmstat_index_refs *b)
{
	u32 i;

	if (a == b)
		return true;
	if (!is_list(a) || !is_list(b) ||
	    list_of(a)->nr != list_of(b)->nr ||
	    list_of(a)->first != list_of(b)->first)
		return false;
	/* The newest ones differ most often. */
	for (i = list_of(a)->nr - 1; i--; ) {
		if (a->more[i] != b->more[i])
			return false;
	}
	return true;
}

/*
 * Allocate a block with room for at least @size bytes of lists. Blocks double
 * the memory for lists up to BLOCK_MAX bytes each, so little stays unused after
 * small changes and after large ones. Return: whether there was memory.
 */
static bool block_new(struct change *change, size_t size)
{
	struct block *block;

	size += sizeof(*block);
	size = max(size, min_t(size_t, change->lists_size, BLOCK_MAX));
	block = part_alloc(change, PART_BLOCK, size);
	if (!block)
		return false;
	block->part.nr = 0;
	block->used = 0;
	list_move_tail(&block->part.node, &change->blocks);
	change->block = block;
	change->block_room = block->part.size - sizeof(*block);
	return true;
}

/* Allocate a list of @size bytes, without extents. Return: NULL on error. */
static struct list *list_alloc(struct change *change, size_t size)
{
	struct list *list;

	if (size > change->block_room && !block_new(change, size))
		return NULL;
	list = (void *)change->block + change->block->part.size -
	       change->block_room;
	change->block_room -= size;
	change->lists_size += size;
	change->block->part.nr++;
	list->block = change->block;
	list->users = 0;
	return list;
}

/*
 * Make a list of @nr extents; the caller sets all but the first. Return: NULL
 * on error.
 */
static struct list *list_new(struct change *change, u32 nr,
			     const struct dmstat_index_one *first)
{
	struct list *list;

	if (nr > 1024)
		cond_resched();
	change->nr_refs += nr;
	if (change->nr_refs > REFS_MAX && change->added) {
		change->error = -ENOMEM;
		return NULL;
	}
	list = list_alloc(change, struct_size(list, refs.more, nr));
	if (!list)
		return NULL;
	list->nr = nr;
	list->first = first;
	list->refs.first = first->ref;
	list->refs.more[nr - 1] = NULL;
	return list;
}

static const struct dmstat_index_one *one_of(const struct dmstat_index_ref *ref)
{
	return container_of(ref, struct dmstat_index_one, ref);
}

static const struct dmstat_index_refs *
alone(const struct dmstat_index_one *one)
{
	return (const void *)one;
}

/* Make a list of the extents in @refs and @one. Return: NULL on error. */
static const struct dmstat_index_refs *
list_with(struct change *change, const struct dmstat_index_refs *refs,
	  const struct dmstat_index_one *one)
{
	struct list *list;
	u32 nr, i;

	if (!is_list(refs)) {
		list = list_new(change, 2, (const void *)refs);
		if (!list)
			return NULL;
		list->refs.more[0] = &one->ref;
		return &list->refs;
	}
	nr = list_of(refs)->nr;
	list = list_new(change, nr + 1, list_of(refs)->first);
	if (!list)
		return NULL;
	for (i = 0; i < nr - 1; i++)
		list->refs.more[i] = refs->more[i];
	list->refs.more[i] = &one->ref;
	return &list->refs;
}

/*
 * Whether a list is in a block of which little is used. Such a list is copied
 * when its page is rebuilt; else a few lists could keep many blocks in memory.
 */
static bool is_sparse(const struct dmstat_index_refs *refs)
{
	const struct block *block;

	if (!is_list(refs))
		return false;
	block = list_of(refs)->block;
	return block->used < block->part.nr / 4;
}

/* Return: NULL on error. */
static const struct dmstat_index_refs *
list_copy(struct change *change, const struct dmstat_index_refs *refs)
{
	struct list *list;
	u32 i;

	list = list_new(change, list_of(refs)->nr, list_of(refs)->first);
	if (!list)
		return NULL;
	for (i = 0; refs->more[i]; i++)
		list->refs.more[i] = refs->more[i];
	return &list->refs;
}

static bool leaves(const struct change *change,
		   const struct dmstat_index_ref *ref)
{
	return change->replaced ? ref->geometry == change->replaced :
				  ref->region->leaving;
}

/*
 * Set @rest to the extents of a list that do not leave. Return: whether there
 * was memory.
 */
static bool list_without(struct change *change,
			 const struct dmstat_index_refs *refs,
			 const struct dmstat_index_refs **rest)
{
	const struct dmstat_index_ref *const *more;
	const struct dmstat_index_one *first = NULL;
	struct list *list;
	u32 nr = 0, out = 0;

	if (!leaves(change, &refs->first)) {
		first = list_of(refs)->first;
		nr++;
	}
	for (more = refs->more; *more; more++) {
		if (leaves(change, *more))
			continue;
		first = first ?: one_of(*more);
		nr++;
	}

	if (nr == list_of(refs)->nr) {
		*rest = is_sparse(refs) ? list_copy(change, refs) : refs;
		return *rest;
	}
	if (nr <= 1) {
		*rest = first ? alone(first) : NULL;
		return true;
	}
	list = list_new(change, nr, first);
	if (!list)
		return false;
	for (more = refs->more; *more; more++) {
		if (!leaves(change, *more) && *more != &first->ref)
			list->refs.more[out++] = *more;
	}
	*rest = &list->refs;
	return true;
}

/*
 * What was made of a list by @by: an extent that was added, NULL for a copy,
 * LEAVING for those that do not leave. Return: whether it is known.
 */
#define LEAVING ((const struct dmstat_index_ref *)1UL)

static bool memo_find(const struct change *change,
		      const struct dmstat_index_refs *refs,
		      const struct dmstat_index_ref *by,
		      const struct dmstat_index_refs **to)
{
	u32 i = hash_ptr(refs, MEMO_BITS);

	if (change->memo[i].from != refs || change->memo[i].by != by)
		return false;
	*to = change->memo[i].to;
	return true;
}

static void memo_set(struct change *change,
		     const struct dmstat_index_refs *refs,
		     const struct dmstat_index_ref *by,
		     const struct dmstat_index_refs *to)
{
	u32 i = hash_ptr(refs, MEMO_BITS);

	change->memo[i].from = refs;
	change->memo[i].by = by;
	change->memo[i].to = to;
}

/*
 * Set @to to the extents of a segment and @one or, if that is NULL, to a copy of
 * the segment's. Return: whether there was memory.
 */
static bool refs_add(struct change *change,
		     const struct dmstat_index_refs *refs,
		     const struct dmstat_index_one *one,
		     const struct dmstat_index_refs **to)
{
	const struct dmstat_index_ref *by = one ? &one->ref : NULL;

	if (!refs || (!by && !is_list(refs))) {
		*to = by ? alone(one) : refs;
		return true;
	}
	if (memo_find(change, refs, by, to))
		return true;
	*to = one ? list_with(change, refs, one) : list_copy(change, refs);
	if (!*to)
		return false;
	memo_set(change, refs, by, *to);
	return true;
}

/*
 * Set @to to the extents of a segment that do not leave. Return: whether there
 * was memory.
 */
static bool refs_remove(struct change *change,
			const struct dmstat_index_refs *refs,
			const struct dmstat_index_refs **to)
{
	if (!is_list(refs)) {
		*to = refs && !leaves(change, &refs->first) ? refs : NULL;
		return true;
	}
	if (memo_find(change, refs, LEAVING, to))
		return true;
	if (!list_without(change, refs, to))
		return false;
	memo_set(change, refs, LEAVING, *to);
	return true;
}

/* ----------------------------------------------------------------- pieces */

static void pieces_add(struct pieces *pieces, sector_t start,
		       const struct dmstat_index_refs *refs)
{
	if (pieces->nr && same_refs(pieces->at[pieces->nr - 1].refs, refs))
		return;
	pieces->at[pieces->nr].start = start;
	pieces->at[pieces->nr++].refs = refs;
}

static void pieces_end(struct pieces *pieces, sector_t end)
{
	pieces->at[pieces->nr].start = end;
	pieces->at[pieces->nr].refs = DMSTAT_INDEX_END;
}

/* Find the first added extent that ends after @sector. Return: NULL if none. */
static const struct dmstat_index_one *next_added(struct change *change,
						 sector_t sector)
{
	while (change->next < change->nr_added &&
	       change->added[change->next].ref.end <= sector)
		change->next++;
	return change->next < change->nr_added ? &change->added[change->next] :
						 NULL;
}

/* Count the added extents, from the next one on, that start before @end. */
static u32 nr_added_before(const struct change *change, sector_t end)
{
	u32 i = change->next;

	while (i < change->nr_added && change->added[i].ref.start < end)
		i++;
	return i - change->next;
}

/*
 * Add a part of a segment that is not in an added extent. Return: whether there
 * was memory.
 */
static bool segment_keep(struct change *change, sector_t start,
			 const struct dmstat_index_refs *refs)
{
	/* Else it was copied where extents were removed. */
	if (!change->replaced && is_sparse(refs) &&
	    !refs_add(change, refs, NULL, &refs))
		return false;
	pieces_add(&change->pieces, start, refs);
	return true;
}

/*
 * Add a segment, cut where added extents start and end. Return: whether there
 * was memory.
 */
static bool segment_add(struct change *change,
			const struct dmstat_segment *segment)
{
	const struct dmstat_index_refs *old = segment->refs, *refs;
	sector_t at = segment[0].start, end = segment[1].start;
	const struct dmstat_index_one *one;

	if (change->replaced && !refs_remove(change, old, &old))
		return false;
	while (at < end) {
		one = next_added(change, at);
		if (!one || one->ref.start >= end)
			return segment_keep(change, at, old);
		if (one->ref.start > at) {
			if (!segment_keep(change, at, old))
				return false;
			at = one->ref.start;
		}
		if (!refs_add(change, old, one, &refs))
			return false;
		pieces_add(&change->pieces, at, refs);
		at = min(end, one->ref.end);
		/* A device's first region cuts one segment by all its extents. */
		if (!(change->next % 256))
			cond_resched();
	}
	return true;
}

/* Add a segment without the extents that leave. Return: as segment_add(). */
static bool segment_remove(struct change *change,
			   const struct dmstat_segment *segment)
{
	const struct dmstat_index_refs *refs;

	if (!refs_remove(change, segment->refs, &refs))
		return false;
	pieces_add(&change->pieces, segment->start, refs);
	return true;
}

/*
 * Set @change->pieces to what @nr segments are after the change. Return:
 * whether there was memory.
 */
static bool segments_change(struct change *change,
			    const struct dmstat_segment *segments, size_t nr)
{
	sector_t end = segments[nr].start;
	size_t i;

	if (!pieces_room(change, &change->pieces,
			 nr + 2 * nr_added_before(change, end) + 1))
		return false;
	for (i = 0; i < nr; i++) {
		if (!(change->added ? segment_add(change, &segments[i]) :
				      segment_remove(change, &segments[i])))
			return false;
		if (!(i % 256))
			cond_resched();
	}
	pieces_end(&change->pieces, end);
	return true;
}

/* ------------------------------------------------------- pages and forks */

/* The node in an entry of a fork; without the bit, a page that has no table. */
static struct dmstat_index_node *node_of(unsigned long entry)
{
	if (entry & DMSTAT_INDEX_NODE)
		return (void *)(entry - DMSTAT_INDEX_NODE);
	return container_of((void *)entry, struct dmstat_index_node, table);
}

static struct dmstat_segment *
page_segments(const struct dmstat_index_node *page)
{
	return (void *)&page->table[page->mask ? page->mask + 1 : 0];
}

/*
 * The number of entries of a new table for @nr segments, log2. A fork has fewer
 * than a root would have: pages then have up to four segments, which need no
 * table, and regions of many extents are made and deleted with half the pages.
 */
static u8 root_bits(u32 nr)
{
	return min(ilog2(nr) - 1, TABLE_BITS_MAX);
}

static u8 fork_bits(u32 nr)
{
	return min(ilog2(nr) - 2, TABLE_BITS_MAX);
}

/* Whether a table of 2^@bits entries may stay where a new one had 2^@best. */
static bool table_fits(u32 nr, u8 bits, u8 best)
{
	return nr > PAGE_MAX / 2 && best < bits + 2 && best + 2 > bits;
}

static void fill_table(struct dmstat_index_node *page, sector_t start)
{
	const struct dmstat_segment *segment = page_segments(page);
	u32 i;

	for (i = 0; i <= page->mask; i++) {
		while (segment[1].start <= start)
			segment++;
		page->table[i] = (unsigned long)segment;
		start += (sector_t)1 << page->shift;
	}
}

static void list_use(struct change *change, struct list *list)
{
	if (list->users++)
		return;
	list->block->used++;
	change->nr_refs_used += list->nr;
}

/*
 * Make a page of @nr pieces for the 2^@bits sectors from @start. Return: its
 * entry, or 0 on error.
 */
static unsigned long page_new(struct change *change,
			      const struct dmstat_segment *pieces, u32 nr,
			      sector_t start, u8 bits)
{
	struct dmstat_index_node *page;
	struct dmstat_segment *segments;
	u32 entries = 0, i;

	/* @bits is large enough: a segment has at least one sector. */
	if (nr > SCAN_MAX)
		entries = roundup_pow_of_two(nr);
	page = part_alloc(change, PART_PAGE,
			  sizeof(*page) + entries * sizeof(*page->table) +
			  (nr + 1) * sizeof(*segments));
	if (!page)
		return 0;
	page->part.nr = nr;
	page->mask = entries ? entries - 1 : 0;
	page->shift = entries ? bits - ilog2(entries) : 0;

	segments = page_segments(page);
	for (i = 0; i < nr; i++) {
		segments[i] = pieces[i];
		if (is_list(pieces[i].refs))
			list_use(change, list_of(pieces[i].refs));
	}
	segments[0].start = start;
	segments[nr].start = start + ((sector_t)1 << bits);
	segments[nr].refs = DMSTAT_INDEX_END;
	if (!entries)
		return (unsigned long)segments;
	fill_table(page, start);
	return (unsigned long)page | DMSTAT_INDEX_NODE;
}

static struct dmstat_index_node *fork_new(struct change *change, u8 table_bits,
					  u8 bits)
{
	struct dmstat_index_node *fork;

	fork = part_alloc(change, PART_FORK,
			  struct_size(fork, table, 1UL << table_bits));
	if (fork) {
		fork->mask = (1 << table_bits) - 1;
		fork->shift = bits - table_bits;
	}
	return fork;
}

/* Count those of @nr pieces that start before @sector. */
static size_t nr_before(const struct dmstat_segment *pieces, size_t nr,
			sector_t sector)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pieces[middle].start < sector)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static unsigned long build(struct change *change,
			   const struct dmstat_segment *pieces, size_t nr,
			   sector_t start, u8 bits);

/*
 * Build 2^@table_bits entries, each for 2^@bits sectors. Return: whether there
 * was memory.
 */
static bool build_table(struct change *change, unsigned long *table,
			u8 table_bits, const struct dmstat_segment *pieces,
			size_t nr, sector_t start, u8 bits)
{
	size_t i, here;

	for (i = 0; i < 1UL << table_bits; i++) {
		here = nr_before(pieces, nr, start + ((sector_t)1 << bits));
		table[i] = build(change, pieces, here, start, bits);
		if (!table[i])
			return false;

		start += (sector_t)1 << bits;
		/* The last one continues, unless the next one starts here. */
		if (here == nr || pieces[here].start > start)
			here--;
		pieces += here;
		nr -= here;
		cond_resched();
	}
	return true;
}

/*
 * Build nodes of @nr pieces for the 2^@bits sectors from @start. The first
 * piece may start earlier, the last may end later. Return: the entry, or 0 on
 * error.
 */
static unsigned long build(struct change *change,
			   const struct dmstat_segment *pieces, size_t nr,
			   sector_t start, u8 bits)
{
	struct dmstat_index_node *fork;

	if (nr <= PAGE_MAX)
		return page_new(change, pieces, nr, start, bits);

	fork = fork_new(change, fork_bits(nr), bits);
	if (!fork)
		return 0;
	fork->part.nr = nr;
	if (!build_table(change, fork->table, fork_bits(nr), pieces, nr, start,
			 fork->shift))
		return 0;
	return (unsigned long)fork | DMSTAT_INDEX_NODE;
}

/* Replace the nodes in a table; collect their segments in @change->all. */
static void gather(struct change *change, const unsigned long *table,
		   size_t entries)
{
	const struct dmstat_segment *segments;
	struct dmstat_index_node *node;
	size_t i;
	u32 n;

	for (i = 0; i < entries; i++) {
		node = node_of(table[i]);
		list_move_tail(&node->part.node, &change->gone);
		if (node->part.kind == PART_FORK) {
			gather(change, node->table, node->mask + 1);
			continue;
		}
		segments = page_segments(node);
		for (n = 0; n < node->part.nr; n++)
			pieces_add(&change->all, segments[n].start,
				   segments[n].refs);
		pieces_end(&change->all, segments[n].start);
		cond_resched();
	}
}

/* Count the segments of the nodes in a table, as they are cut. */
static size_t count_pieces(const unsigned long *table, size_t entries)
{
	const struct dmstat_index_node *node;
	size_t i, nr = 0;

	for (i = 0; i < entries; i++) {
		node = node_of(table[i]);
		nr += node->part.kind == PART_FORK ?
		      count_pieces(node->table, node->mask + 1) :
		      node->part.nr;
	}
	cond_resched();
	return nr;
}

static bool gather_all(struct change *change, const unsigned long *table,
		       size_t entries)
{
	/* One more for sectors beyond the old root, and one for the end. */
	if (!pieces_room(change, &change->all,
			 count_pieces(table, entries) + 2))
		return false;
	gather(change, table, entries);
	return true;
}

/* --------------------------------------------------------------- changing */

/* Mark the nodes in a table that an extent overlaps. */
static void touch(const struct change *change, const unsigned long *table,
		  size_t entries, u8 shift, sector_t start,
		  const struct dmstat_index_ref *extent)
{
	size_t i = extent->start > start ? (extent->start - start) >> shift : 0;
	struct dmstat_index_node *node;

	start += (sector_t)i << shift;
	for (; i < entries && start < extent->end; i++) {
		node = node_of(table[i]);
		node->part.change = change->serial | TOUCHED;
		if (node->part.kind == PART_FORK) {
			touch(change, node->table, node->mask + 1, node->shift,
			      start, extent);
			cond_resched();
		}
		start += (sector_t)1 << shift;
	}
}

static bool is_touched(struct change *change,
		       const struct dmstat_index_node *node, sector_t start,
		       u8 bits)
{
	const struct dmstat_index_one *one;

	if (!change->added || change->replaced)
		return node->part.change == (change->serial | TOUCHED);
	one = next_added(change, start);
	return one && one->ref.start < start + ((sector_t)1 << bits);
}

static unsigned long rebuild(struct change *change, unsigned long entry,
			     sector_t start, u8 bits);

/* The extents of the first and of the last segment of an entry. */
struct edges {
	const struct dmstat_index_refs *first;
	const struct dmstat_index_refs *last;
};

static struct edges edges_of(unsigned long entry)
{
	const struct dmstat_index_node *first = node_of(entry), *last = first;

	while (first->part.kind == PART_FORK)
		first = node_of(first->table[0]);
	while (last->part.kind == PART_FORK)
		last = node_of(last->table[last->mask]);
	return (struct edges) {
		.first = page_segments(first)->refs,
		.last = page_segments(last)[last->part.nr - 1].refs,
	};
}

/*
 * Set @to to what the entries of a table, each for 2^@bits sectors, are after
 * the change, and correct @nr, the number of their segments. Return: whether
 * there was memory.
 */
static bool rebuild_table(struct change *change, unsigned long *to,
			  const unsigned long *table, size_t entries,
			  sector_t start, u8 bits, u32 *nr)
{
	struct edges old, new, old_before = {}, new_before = {};
	bool changed, changed_before = false;
	size_t i;

	for (i = 0; i < entries; i++, changed_before = changed) {
		to[i] = rebuild(change, table[i], start, bits);
		if (!to[i])
			return false;
		start += (sector_t)1 << bits;
		changed = to[i] != table[i];
		if (!changed && !changed_before)
			continue;

		old = edges_of(table[i]);
		new = changed ? edges_of(to[i]) : old;
		*nr += node_of(to[i])->part.nr - node_of(table[i])->part.nr;
		/* A segment that continues from the entry before counts once. */
		if (i && !changed_before) {
			old_before = edges_of(table[i - 1]);
			new_before = old_before;
		}
		if (i)
			*nr += same_refs(old_before.last, old.first) -
			       same_refs(new_before.last, new.first);
		old_before = old;
		new_before = new;
	}
	return true;
}

static unsigned long rebuild_fork(struct change *change,
				  const struct dmstat_index_node *old,
				  sector_t start, u8 bits)
{
	u8 table_bits = bits - old->shift;
	struct dmstat_index_node *fork;
	u32 nr = old->part.nr;

	fork = fork_new(change, table_bits, bits);
	if (!fork || !rebuild_table(change, fork->table, old->table,
				    old->mask + 1, start, old->shift, &nr))
		return 0;
	fork->part.nr = nr;
	if (table_fits(nr, table_bits, fork_bits(nr)))
		return (unsigned long)fork | DMSTAT_INDEX_NODE;

	list_move_tail(&fork->part.node, &change->gone);
	if (!gather_all(change, fork->table, fork->mask + 1))
		return 0;
	return build(change, change->all.at, change->all.nr, start, bits);
}

/* Rebuild an entry if the change touches it. Return: the entry, 0 on error. */
static unsigned long rebuild(struct change *change, unsigned long entry,
			     sector_t start, u8 bits)
{
	struct dmstat_index_node *node = node_of(entry);

	if (!is_touched(change, node, start, bits))
		return entry;
	cond_resched();
	list_move_tail(&node->part.node, &change->gone);
	if (node->part.kind == PART_FORK)
		return rebuild_fork(change, node, start, bits);
	if (!segments_change(change, page_segments(node), node->part.nr))
		return 0;
	return build(change, change->pieces.at, change->pieces.nr, start, bits);
}

static size_t past_size(u32 nr)
{
	struct past *past;

	return dmstat_memory_size(struct_size(past, geometry, nr));
}

static void past_free(struct past *past)
{
	if (past)
		charged_free(past, past->size);
}

static void root_free(struct root *root)
{
	past_free(root->past);
	charged_free(root, root->size);
}

/**
 * dmstat_index_free() - free an index
 * @index: the index, unpublished for a grace period; if another index replaced
 *	it, only the parts that this one does not share are freed
 *
 * Context: process, may sleep.
 */
void dmstat_index_free(struct dmstat_index *index)
{
	struct root *root = container_of(index, struct root, index);

	parts_free(&root->parts);
	root_free(root);
}

static void free_work(struct work_struct *work)
{
	struct root *root = container_of(to_rcu_work(work), struct root, free);

	dmstat_index_free(&root->index);
}

static struct root *root_new(struct change *change, u8 table_bits, u8 bits)
{
	size_t size, last = 1UL << table_bits;
	struct root *root;

	size = dmstat_memory_size(struct_size(root, index.table, last + 1));
	root = charged_alloc(change, size, size);
	if (!root)
		return NULL;
	*root = (struct root) {
		.size = size,
		.bits = bits,
		.table_bits = table_bits,
		.index.generation = change->serial,
		.index.last = last,
		.index.shift = bits - table_bits,
	};
	INIT_LIST_HEAD(&root->parts);
	INIT_LIST_HEAD(&root->late);
	INIT_RCU_WORK(&root->free, free_work);
	root->index.table[last] = (unsigned long)beyond;
	return root;
}

/* Build a root of pieces for 2^@bits sectors. Return: NULL on error. */
static struct root *build_root(struct change *change,
			       const struct pieces *pieces, u8 bits)
{
	struct root *root;
	u8 table_bits;

	table_bits = pieces->nr <= PAGE_MAX ? 0 : root_bits(pieces->nr);
	root = root_new(change, table_bits, bits);
	if (!root)
		return NULL;
	root->nr = pieces->nr;
	if (build_table(change, root->index.table, table_bits, pieces->at,
			pieces->nr, 0, bits - table_bits))
		return root;
	root_free(root);
	return NULL;
}

/*
 * Build a root from scratch: for the first region, for more sectors than
 * before, or if the old one has a single page. Return: NULL on error.
 */
static struct root *remake_root(struct change *change, const struct root *old,
				u8 bits)
{
	struct pieces *all = &change->all;

	if (!old) {
		if (!pieces_room(change, all, 2))
			return NULL;
		pieces_add(all, 0, NULL);
	} else {
		if (!gather_all(change, old->index.table, old->index.last))
			return NULL;
		if (bits > old->bits)
			pieces_add(all, (sector_t)1 << old->bits, NULL);
	}
	pieces_end(all, (sector_t)1 << bits);
	if (!segments_change(change, all->at, all->nr))
		return NULL;
	return build_root(change, &change->pieces, bits);
}

/* Rebuild a root where the change touches it. Return: NULL on error. */
static struct root *rebuild_root(struct change *change, const struct root *old)
{
	u32 nr = old->nr;
	struct root *root;
	bool good;

	root = root_new(change, old->table_bits, old->bits);
	if (!root)
		return NULL;
	good = rebuild_table(change, root->index.table, old->index.table,
			     old->index.last, 0, old->index.shift, &nr);
	root->nr = nr;
	if (good && (root->table_bits ?
		     table_fits(nr, root->table_bits, root_bits(nr)) :
		     nr <= PAGE_MAX))
		return root;

	good = good && gather_all(change, root->index.table, root->index.last);
	root_free(root);
	return good ? build_root(change, &change->all, old->bits) : NULL;
}

/* Set the only segment with extents, if the index has one page and one such. */
static void find_only(struct root *root)
{
	const struct dmstat_segment *segment, *only = NULL;
	const struct dmstat_index_node *page;
	u32 i;

	page = node_of(root->index.table[0]);
	if (root->table_bits || page->part.kind != PART_PAGE)
		return;
	segment = page_segments(page);
	for (i = 0; i < page->part.nr; i++, segment++) {
		if (segment->refs && only)
			return;
		if (segment->refs)
			only = segment;
	}
	if (only) {
		root->index.refs = only->refs;
		root->index.start = only[0].start;
		root->index.end = only[1].start;
	}
}

/*
 * Drop the references of a page to its lists. Blocks that become unused are
 * moved to @gone, unless it is NULL. Return: the number of extents in lists
 * that become unused.
 */
static u64 drop_lists(const struct dmstat_index_node *page,
		      struct list_head *gone)
{
	const struct dmstat_segment *segments = page_segments(page);
	struct list *list;
	u64 nr_refs = 0;
	u32 i;

	for (i = 0; i < page->part.nr; i++) {
		if (!is_list(segments[i].refs))
			continue;
		list = list_of(segments[i].refs);
		if (--list->users)
			continue;
		nr_refs += list->nr;
		if (!--list->block->used && gone)
			list_move_tail(&list->block->part.node, gone);
	}
	return nr_refs;
}

static const struct dmstat_index_node *
page_of(const struct dmstat_index_part *part)
{
	return part->kind == PART_PAGE ?
	       container_of(part, struct dmstat_index_node, part) : NULL;
}

static const struct block *block_of(const struct dmstat_index_part *part)
{
	return container_of(part, struct block, part);
}

/* Publish the new root; free what it replaces after a grace period. */
static void commit(struct change *change, struct dmstat_kdevice *device,
		   struct root *root, struct root *old)
{
	struct dmstat_index_part *part, *next;

	root->nr_refs = (old ? old->nr_refs : 0) + change->nr_refs_used;
	list_for_each_entry(part, &change->gone, node) {
		if (page_of(part))
			root->nr_refs -= drop_lists(page_of(part),
						    &change->gone);
		cond_resched();
	}
	/* No page uses a list that turned out to be equal to a neighbour's. */
	list_for_each_entry_safe(part, next, &change->blocks, node) {
		if (!block_of(part)->used)
			list_move_tail(&part->node, &change->gone);
		cond_resched();
	}
	find_only(root);
	list_splice_init(&change->made, &root->parts);
	list_splice_init(&change->blocks, &root->parts);
	if (old) {
		list_splice_init(&old->parts, &root->parts);
		list_splice_init(&old->late, &root->late);
		list_splice_init(&change->gone, &old->parts);
	}

	device->generation = change->serial;
	rcu_assign_pointer(device->index, &root->index);
	if (old)
		queue_rcu_work(dmstat_free_wq, &old->free);
}

/* Undo a change that was not published. */
static void take_back(struct change *change, struct root *old)
{
	struct dmstat_index_part *part, *next;

	/* Made by this change and replaced by it. */
	list_for_each_entry_safe(part, next, &change->gone, node) {
		if (part->change == change->serial)
			list_move(&part->node, &change->made);
		cond_resched();
	}
	list_for_each_entry(part, &change->made, node) {
		if (page_of(part))
			drop_lists(page_of(part), NULL);
		cond_resched();
	}
	parts_free(&change->made);
	parts_free(&change->blocks);
	if (old)
		list_splice_init(&change->gone, &old->parts);
}

static struct root *root_of(const struct dmstat_kdevice *device)
{
	struct dmstat_index *index;

	index = rcu_dereference_protected(device->index,
					  lockdep_is_held(&dmstat_lock));
	return index ? container_of(index, struct root, index) : NULL;
}

/* Whether an I/O may be in flight in it. */
static bool is_past(const struct dmstat_geometry *geometry)
{
	return !READ_ONCE(geometry->settled) &&
	       !geometry->pieces->ref.region->leaving;
}

/*
 * Set @past to the earlier geometries of the new index. Return: false if memory
 * is short, or there are too many.
 */
static bool past_make(struct change *change, const struct root *old,
		      struct past **past)
{
	u32 i, room = !!change->replaced;
	size_t size;

	*past = NULL;
	if (old && old->past)
		room += old->past->nr;
	if (!room)
		return true;
	size = past_size(room);
	*past = charged_alloc(change, size, size);
	if (!*past)
		return false;
	(*past)->size = size;
	(*past)->nr = 0;
	for (i = 0; old && old->past && i < old->past->nr; i++) {
		if (is_past(old->past->geometry[i]))
			(*past)->geometry[(*past)->nr++] =
				old->past->geometry[i];
	}
	if (change->replaced) {
		(*past)->geometry[(*past)->nr++] = change->replaced;
		if ((*past)->nr > PAST_MAX)
			change->error = -EAGAIN;
	}
	return !change->error;
}

/* Return: 0 or change->error. */
static int change_make(struct change *change, struct dmstat_kdevice *device,
		       u8 bits)
{
	struct root *root, *old = root_of(device);
	unsigned int noio = memalloc_noio_save();
	struct past *past;

	change->serial = device->generation + 1;
	change->nr_refs = old ? old->nr_refs : 0;
	INIT_LIST_HEAD(&change->made);
	INIT_LIST_HEAD(&change->gone);
	INIT_LIST_HEAD(&change->blocks);

	/*
	 * A single page may become many. Build the root from scratch, else
	 * these would be below a root of one entry.
	 */
	if (!past_make(change, old, &past))
		root = NULL;
	else if (!old || bits > old->bits || !old->table_bits)
		root = remake_root(change, old, old ? max(bits, old->bits) :
						      bits);
	else
		root = rebuild_root(change, old);
	if (root) {
		root->past = past;
		commit(change, device, root, old);
	} else {
		past_free(past);
		take_back(change, old);
	}

	pieces_free(&change->pieces);
	pieces_free(&change->all);
	memalloc_noio_restore(noio);
	return root ? 0 : change->error;
}

static struct dmstat_geometry *geometry_of(const struct dmstat_kregion *region)
{
	return rcu_dereference_protected(region->geometry,
					 lockdep_is_held(&dmstat_lock));
}

/* Log2 of the sectors up to the end of all pieces. */
static u8 bits_of(const struct dmstat_geometry *geometry)
{
	return fls64(geometry->pieces[geometry->nr_pieces - 1].ref.end - 1);
}

/**
 * dmstat_index_add() - add a region to the index of its device
 * @device: the device
 * @region: the region; its generation is set to that of the new index
 *
 * Context: process, dmstat_lock held; may sleep.
 * Return: 0; -ENOSPC if the memory limit is reached; -ENOMEM if there is no
 * memory or too many extents overlap. On error the index is unchanged.
 */
int dmstat_index_add(struct dmstat_kdevice *device,
		     struct dmstat_kregion *region)
{
	struct dmstat_geometry *geometry = geometry_of(region);
	struct change change = {
		.added = geometry->pieces,
		.nr_added = geometry->nr_pieces,
	};

	lockdep_assert_held(&dmstat_lock);

	WRITE_ONCE(region->generation, device->generation + 1);
	WRITE_ONCE(geometry->since, device->generation + 1);
	return change_make(&change, device, bits_of(geometry));
}

static void touch_geometry(const struct change *change, const struct root *root,
			   const struct dmstat_geometry *geometry)
{
	u32 i;

	for (i = 0; i < geometry->nr_pieces; i++) {
		touch(change, root->index.table, root->index.last,
		      root->index.shift, 0, &geometry->pieces[i].ref);
		cond_resched();
	}
}

/**
 * dmstat_index_replace() - replace the extents of a region in the index
 * @device: the device
 * @old: its geometry in the index
 * @next: the one to replace it
 *
 * I/O that starts under the new index finds @next. I/O that started before
 * finds @old until that is settled.
 *
 * Context: process, dmstat_lock held; may sleep.
 * Return: 0; -ENOSPC, over the memory limit; -ENOMEM, no memory or too many
 * extents overlap; -EAGAIN, too many geometries are not settled. On error the
 * index is unchanged.
 */
int dmstat_index_replace(struct dmstat_kdevice *device,
			 struct dmstat_geometry *old,
			 struct dmstat_geometry *next)
{
	const struct root *root = root_of(device);
	struct change change = {
		.serial = device->generation + 1,
		.added = next->pieces,
		.nr_added = next->nr_pieces,
		.replaced = old,
	};

	lockdep_assert_held(&dmstat_lock);

	WRITE_ONCE(old->until, change.serial);
	WRITE_ONCE(next->since, change.serial);
	touch_geometry(&change, root, old);
	touch_geometry(&change, root, next);
	return change_make(&change, device, bits_of(next));
}

/* Mark regions as leaving, and the nodes that they overlap. */
static void touch_all(struct dmstat_kdevice *device, struct list_head *regions)
{
	const struct change change = { .serial = device->generation + 1 };
	const struct root *root = root_of(device);
	struct dmstat_kregion *region;

	list_for_each_entry(region, regions, member.node) {
		region->leaving = true;
		touch_geometry(&change, root, geometry_of(region));
	}
}

/**
 * dmstat_index_remove() - remove regions from the index of their device
 * @device: the device; if it has no regions left, the caller has unhashed it
 * @regions: regions that were removed from the device, a list by @member.node;
 *	emptied
 *
 * All of @regions are removed by one change. The reference of the index to each
 * is dropped after a grace period. If memory is short, the regions stay in the
 * index until more regions of the device are removed.
 *
 * Context: process, dmstat_lock held; may sleep.
 */
void dmstat_index_remove(struct dmstat_kdevice *device,
			 struct list_head *regions)
{
	struct root *root = root_of(device);
	struct dmstat_kregion *region, *next;
	struct change change = {};

	lockdep_assert_held(&dmstat_lock);

	list_splice_tail_init(&root->late, regions);
	if (dmstat_device_has_regions(device)) {
		touch_all(device, regions);
		if (change_make(&change, device, 0)) {
			list_splice_init(regions, &root->late);
			return;
		}
	}

	list_for_each_entry_safe(region, next, regions, member.node) {
		list_del_init(&region->member.node);
		queue_rcu_work(dmstat_free_wq, &region->free);
		cond_resched();
	}
}
