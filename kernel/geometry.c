// SPDX-License-Identifier: GPL-2.0-only
/*
 * Geometry: which sectors of a device an area of a region has, and in which
 * slot it counts.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "geometry.h"

/* Most bits of a bitmap that are looked at before others get the CPU. */
#define BITS_AT_ONCE	(1UL << 20)

/* How many areas some sectors are cut into. */
static u64 nr_areas(u64 sectors, u64 area_size)
{
	return div64_u64(sectors - 1, area_size) + 1;
}

/**
 * dmstat_extents_cut() - cut extents into areas
 * @extents: the extents; the number of the first area of each is set
 * @nr: how many
 * @area_size: of all areas but the last of each extent, in sectors
 * @areas: set to the number of areas
 *
 * Context: process, may sleep.
 * Return: false if there would be more areas than U32_MAX.
 */
bool dmstat_extents_cut(struct dmstat_kextent *extents, u32 nr, u64 area_size,
			u32 *areas)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < nr; i++) {
		extents[i].first_area = sum;
		sum += nr_areas(extents[i].end - extents[i].start, area_size);
		if (sum > U32_MAX)
			return false;
		if (!(i % 4096))
			cond_resched();
	}
	*areas = sum;
	return true;
}

/* ----------------------------------------------------------------- memory */

static size_t pieces_size(u32 nr)
{
	return nr * sizeof(struct dmstat_index_one);
}

static size_t runs_size(u32 nr)
{
	return nr * sizeof(struct dmstat_run);
}

static size_t size_of(u32 nr_pieces, u32 nr_runs)
{
	return dmstat_memory_size(sizeof(struct dmstat_geometry)) +
	       dmstat_memory_size(pieces_size(nr_pieces)) +
	       dmstat_memory_size(runs_size(nr_runs));
}

/**
 * dmstat_geometry_free() - free a geometry
 * @geometry: the geometry, or NULL; no CPU uses it any more
 *
 * Context: process, may sleep.
 */
void dmstat_geometry_free(struct dmstat_geometry *geometry)
{
	struct dmstat_memory *memory;
	size_t size;

	if (!geometry)
		return;
	memory = geometry->memory;
	size = geometry->size;
	kvfree(geometry->runs);
	kvfree(geometry->pieces);
	kfree(geometry);
	dmstat_memory_uncharge_from(memory, size);
}

/* Return: a geometry without pieces; or -ENOSPC, -ENOMEM. */
static struct dmstat_geometry *geometry_alloc(const struct dmstat_cut *cut,
					      u32 nr_pieces, u32 nr_runs)
{
	size_t size = size_of(nr_pieces, nr_runs);
	struct dmstat_geometry *geometry;

	if (!dmstat_memory_charge_to(cut->memory, size))
		return ERR_PTR(-ENOSPC);
	geometry = kzalloc(sizeof(*geometry), DMSTAT_GFP_LOCKED);
	if (!geometry) {
		dmstat_memory_uncharge_from(cut->memory, size);
		return ERR_PTR(-ENOMEM);
	}
	geometry->memory = cut->memory;
	geometry->size = size;
	geometry->area_size = cut->area_size;
	geometry->pieces = dmstat_memory_alloc(pieces_size(nr_pieces), 0);
	geometry->runs = dmstat_memory_alloc(runs_size(nr_runs), 0);
	if (geometry->pieces && geometry->runs)
		return geometry;
	dmstat_geometry_free(geometry);
	return ERR_PTR(-ENOMEM);
}

/* --------------------------------------------------- areas that get slots */

/* The slots in use, a bit each. */
struct slots {
	unsigned long *bits;
	u32 nr;				/* bits */
	u32 next;			/* where to look for a free one */
	u32 least;			/* of a number of slots that is taken */
};

/* A geometry that is being made, twice: at first it is only counted. */
struct draft {
	const struct dmstat_cut *cut;
	const struct dmstat_geometry *old;
	struct dmstat_geometry *geometry;	/* or NULL, while it is counted */
	struct slots slots;
	const struct dmstat_kextent *extent;	/* the one that is cut */
	u32 nr_pieces;
	u32 nr_runs;
	u32 areas;			/* that have slots */
	u32 slots_end;			/* one more than the highest slot */
	u32 next_slot;			/* after that of the last area */
	sector_t next;			/* where the last area of @extent ends */
};

static u64 area_size(const struct draft *draft)
{
	return draft->cut->area_size;
}

static sector_t piece_end(const struct draft *draft, sector_t start, u32 nr)
{
	u64 left = draft->extent->end - start;

	/* An area may be larger than any device. */
	return nr > div64_u64(left, area_size(draft)) ?
	       draft->extent->end : start + nr * area_size(draft);
}

/* Whether areas from @start on, in slots from @slot on, continue the last piece. */
static bool continues(const struct draft *draft, sector_t start, u32 slot)
{
	return start == draft->next && slot == draft->next_slot;
}

static void add_piece(struct draft *draft, sector_t start, u32 nr, u32 slot)
{
	sector_t end = piece_end(draft, start, nr);
	struct dmstat_index_one *piece;

	if (!continues(draft, start, slot))
		draft->nr_pieces++;
	if (!draft->geometry)
		return;
	piece = &draft->geometry->pieces[draft->nr_pieces - 1];
	if (continues(draft, start, slot)) {
		piece->ref.end = end;
		return;
	}
	*piece = (struct dmstat_index_one) {
		.ref.region = draft->cut->region,
		.ref.start = start,
		.ref.end = end,
		.ref.first_slot = slot,
		.ref.first_area = draft->areas,
		.ref.geometry = draft->geometry,
	};
}

static void add_run(struct draft *draft, u32 slot)
{
	if (draft->areas && slot == draft->next_slot)
		return;
	if (draft->geometry)
		draft->geometry->runs[draft->nr_runs] = (struct dmstat_run) {
			.first_area = draft->areas,
			.first_slot = slot,
		};
	draft->nr_runs++;
}

/* Let @nr areas from @start on count in slots from @slot on. */
static void add_areas(struct draft *draft, sector_t start, u32 nr, u32 slot)
{
	add_piece(draft, start, nr, slot);
	add_run(draft, slot);
	draft->areas += nr;
	draft->next = piece_end(draft, start, nr);
	draft->next_slot = slot + nr;
	draft->slots_end = max(draft->slots_end, slot + nr);
}

static void slots_set(struct slots *slots, u32 first, u32 nr)
{
	u32 some;

	for (; nr; nr -= some, first += some) {
		some = min_t(u32, nr, BITS_AT_ONCE);
		bitmap_set(slots->bits, first, some);
		cond_resched();
	}
}

/* Return: the first slot from @from on that is used, or is not; or @end. */
static u32 slots_find(const struct slots *slots, u32 from, u32 end, bool used)
{
	unsigned long at = from, until;

	while (at < end) {
		until = min_t(unsigned long, end, at + BITS_AT_ONCE);
		at = used ? find_next_bit(slots->bits, until, at) :
			    find_next_zero_bit(slots->bits, until, at);
		if (at < until)
			return at;
		cond_resched();
	}
	return end;
}

static u32 slots_end(const struct slots *slots, u32 first, u32 nr)
{
	return slots_find(slots, first, min_t(u64, slots->nr, (u64)first + nr),
			  true);
}

/*
 * A few slots between others are not taken for many areas, or a region would
 * soon be in many pieces.
 * Return: the first of some free slots; @slots->nr if there are no more.
 */
static u32 slots_find_free(struct slots *slots, u32 nr)
{
	u32 first, end;

	nr = min(nr, slots->least);
	do {
		first = slots_find(slots, slots->next, slots->nr, false);
		end = slots_end(slots, first, nr);
		slots->next = end;
	} while (end - first < nr && end < slots->nr);
	slots->next = first;
	return first;
}

/*
 * Take free slots for @nr areas, or for some of them: after those of the areas
 * before, if they are free.
 * Return: the first one; @got: how many, 0 if there are no more.
 */
static u32 slots_take(struct draft *draft, u32 nr, u32 *got)
{
	struct slots *slots = &draft->slots;
	u32 first = draft->next_slot;

	if (!draft->areas || first >= slots->nr || test_bit(first, slots->bits))
		first = slots_find_free(slots, nr);
	*got = slots_end(slots, first, nr) - first;
	slots_set(slots, first, *got);
	return first;
}

/* Areas of the extent that were not there before. */
static int add_new(struct draft *draft, sector_t start, u64 nr)
{
	u32 slot, got;

	while (nr) {
		slot = slots_take(draft, nr, &got);
		if (!got)
			return -ERANGE;
		add_areas(draft, start, got, slot);
		start += got * area_size(draft);
		nr -= got;
		if (draft->nr_pieces > DMSTAT_PIECES_MAX)
			return -E2BIG;
		cond_resched();
	}
	return 0;
}

/* Whether areas of a piece begin where areas from @start on do. */
static bool is_aligned(u64 area_size, sector_t start,
		       const struct dmstat_index_ref *old)
{
	u64 distance = start > old->start ? start - old->start :
					    old->start - start;
	u64 rest;

	div64_u64_rem(distance, area_size, &rest);
	return !rest;
}

/*
 * Cut the part of the extent that an old piece may have, and what is before
 * it; @start is where the next area begins.
 */
static int cut_at_old(struct draft *draft, sector_t *start,
		      const struct dmstat_index_ref *old)
{
	sector_t from = max(*start, old->start);
	u64 skipped;
	int ret = 0;

	/* Its last area may have begun in the area before. */
	if (old->end <= *start || !is_aligned(area_size(draft), *start, old))
		return 0;
	if (from > *start)
		ret = add_new(draft, *start, div64_u64(from - *start,
						       area_size(draft)));
	if (ret)
		return ret;
	skipped = div64_u64(from - old->start, area_size(draft));
	add_areas(draft, from,
		  nr_areas(min(old->end, draft->extent->end) - from,
			   area_size(draft)), old->first_slot + skipped);
	*start = draft->next;
	return 0;
}

/*
 * Cut an extent. Areas that begin at the same sectors as before keep their
 * slots. @at: the old pieces from which on to look.
 */
static int cut_extent(struct draft *draft, const struct dmstat_index_one **at)
{
	const struct dmstat_index_one *piece, *end = draft->old->pieces +
						     draft->old->nr_pieces;
	const struct dmstat_kextent *extent = draft->extent;
	sector_t start = extent->start;
	int ret;

	while (*at < end && (*at)->ref.end <= start)
		(*at)++;
	for (piece = *at; piece < end && piece->ref.start < extent->end;
	     piece++) {
		ret = cut_at_old(draft, &start, &piece->ref);
		if (ret)
			return ret;
		if (start == extent->end)
			return 0;
		cond_resched();
	}
	return add_new(draft, start, nr_areas(extent->end - start,
					      area_size(draft)));
}

static u32 piece_slots(const struct dmstat_geometry *geometry, u32 i)
{
	const struct dmstat_index_ref *piece = &geometry->pieces[i].ref;

	return nr_areas(piece->end - piece->start, geometry->area_size);
}

static void use_old_slots(struct draft *draft)
{
	const struct dmstat_geometry *old = draft->old;
	u32 i;

	for (i = 0; i < old->nr_pieces; i++)
		slots_set(&draft->slots, old->pieces[i].ref.first_slot,
			  piece_slots(old, i));
}

/* Cut all extents; @draft is only counted, or has a geometry to be filled. */
static int cut(struct draft *draft, const struct dmstat_kextent *extents,
	       u32 nr_extents)
{
	const struct dmstat_index_one *at = draft->old->pieces;
	int ret = 0;
	u32 i;

	use_old_slots(draft);
	for (i = 0; i < nr_extents && !ret; i++) {
		draft->extent = &extents[i];
		/* No piece goes on in the next extent. */
		draft->next = U64_MAX;
		ret = cut_extent(draft, &at);
		cond_resched();
	}
	return ret;
}

/* --------------------------------------------------------- new geometries */

/* A shift by which every offset is 0 if each extent is one area. */
static int find_shift(const struct dmstat_geometry *geometry)
{
	if (geometry->areas == geometry->nr_extents)
		return ilog2(U64_MAX);
	return is_power_of_2(geometry->area_size) ?
	       ilog2(geometry->area_size) : -1;
}

static void finish(struct dmstat_geometry *geometry, u32 nr_extents, u32 areas)
{
	geometry->nr_extents = nr_extents;
	geometry->areas = areas;
	geometry->since = U64_MAX;
	geometry->until = U64_MAX;
	geometry->area_shift = find_shift(geometry);
}

/**
 * dmstat_geometry_new() - make the geometry of a region whose areas count in
 * the slots of their numbers
 * @cut: how it is cut
 * @extents: its extents, from dmstat_extents_cut()
 * @nr_extents: how many
 * @areas: how many areas they have
 *
 * Context: process, may sleep.
 * Return: the geometry; -ENOSPC, over the memory limit; -ENOMEM.
 */
struct dmstat_geometry *
dmstat_geometry_new(const struct dmstat_cut *cut,
		    const struct dmstat_kextent *extents, u32 nr_extents,
		    u32 areas)
{
	struct dmstat_geometry *geometry;
	u32 i;

	geometry = geometry_alloc(cut, nr_extents, 1);
	if (IS_ERR(geometry))
		return geometry;
	for (i = 0; i < nr_extents; i++, extents++) {
		geometry->pieces[i] = (struct dmstat_index_one) {
			.ref.region = cut->region,
			.ref.start = extents->start,
			.ref.end = extents->end,
			.ref.first_slot = extents->first_area,
			.ref.first_area = extents->first_area,
			.ref.geometry = geometry,
		};
		if (!(i % 4096))
			cond_resched();
	}
	geometry->runs[0] = (struct dmstat_run) {};
	geometry->nr_pieces = nr_extents;
	geometry->nr_runs = 1;
	geometry->slots = areas;
	finish(geometry, nr_extents, areas);
	return geometry;
}

/* Return: zeroed memory for a bit for each slot; or -ENOSPC, -ENOMEM. */
static void *bits_alloc(u32 nr)
{
	size_t size = BITS_TO_LONGS((size_t)nr) * sizeof(long);
	void *bits;

	if (!dmstat_memory_charge(dmstat_memory_size(size)))
		return ERR_PTR(-ENOSPC);
	bits = dmstat_memory_alloc(size, __GFP_ZERO);
	if (bits)
		return bits;
	dmstat_memory_uncharge(dmstat_memory_size(size));
	return ERR_PTR(-ENOMEM);
}

static void bits_free(void *bits, u32 nr)
{
	kvfree(bits);
	dmstat_memory_uncharge(dmstat_memory_size(BITS_TO_LONGS((size_t)nr) *
						  sizeof(long)));
}

/* Cut the extents into @draft, whose geometry is NULL when it is counted. */
static int draft_cut(struct draft *draft, const struct dmstat_cut *how,
		     const struct dmstat_geometry *old,
		     struct dmstat_geometry *geometry,
		     const struct dmstat_kextent *extents, u32 nr_extents,
		     u32 areas)
{
	int ret;

	*draft = (struct draft) {
		.cut = how,
		.old = old,
		.geometry = geometry,
		.slots.nr = min_t(u64, (u64)old->slots + areas, U32_MAX),
		.slots.least = how->chunk_slots,
	};
	draft->slots.bits = bits_alloc(draft->slots.nr);
	if (IS_ERR(draft->slots.bits))
		return PTR_ERR(draft->slots.bits);
	ret = cut(draft, extents, nr_extents);
	bits_free(draft->slots.bits, draft->slots.nr);
	return ret;
}

static struct dmstat_geometry *
next_of_extents(const struct dmstat_cut *cut,
		const struct dmstat_geometry *old,
		const struct dmstat_kextent *extents, u32 nr_extents, u32 areas)
{
	struct dmstat_geometry *geometry;
	struct draft draft;
	int ret;

	ret = draft_cut(&draft, cut, old, NULL, extents, nr_extents, areas);
	if (ret)
		return ERR_PTR(ret);
	geometry = geometry_alloc(cut, draft.nr_pieces, draft.nr_runs);
	if (IS_ERR(geometry))
		return geometry;
	ret = draft_cut(&draft, cut, old, geometry, extents, nr_extents,
			areas);
	if (ret) {
		dmstat_geometry_free(geometry);
		return ERR_PTR(ret);
	}
	geometry->nr_pieces = draft.nr_pieces;
	geometry->nr_runs = draft.nr_runs;
	geometry->slots = draft.slots_end;
	finish(geometry, nr_extents, areas);
	return geometry;
}

/**
 * dmstat_geometry_next() - make the geometry that a region is to have next
 * @cut: how it is cut; all slots that @old does not have are free
 * @old: the one that it has
 * @extents: its new extents, from dmstat_extents_cut()
 * @nr_extents: how many
 * @areas: how many areas they have
 *
 * Areas that begin at the same sectors keep their slots. The others get slots
 * that @old does not use.
 *
 * Context: process, may sleep; the caller has the region's shape.
 * Return: the geometry; -ENOSPC, over the memory limit; -ENOMEM; -E2BIG, too
 * many pieces; -ERANGE, too many slots.
 */
struct dmstat_geometry *
dmstat_geometry_next(const struct dmstat_cut *cut,
		     const struct dmstat_geometry *old,
		     const struct dmstat_kextent *extents, u32 nr_extents,
		     u32 areas)
{
	/* The areas of a range have the same numbers as before. */
	if (!cut->of_extents)
		return dmstat_geometry_new(cut, extents, nr_extents, areas);
	return next_of_extents(cut, old, extents, nr_extents, areas);
}

/* --------------------------------------------------------------- look-ups */

/* Return: the first piece that ends after @sector, or the end of the array. */
static const struct dmstat_index_one *
first_after(const struct dmstat_geometry *geometry, sector_t sector)
{
	u32 low = 0, high = geometry->nr_pieces, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (geometry->pieces[middle].ref.end <= sector)
			low = middle + 1;
		else
			high = middle;
	}
	return &geometry->pieces[low];
}

static const struct dmstat_index_one *
if_before(const struct dmstat_geometry *geometry,
	  const struct dmstat_index_one *piece, sector_t end)
{
	return piece < geometry->pieces + geometry->nr_pieces &&
	       piece->ref.start < end ? piece : NULL;
}

/**
 * dmstat_geometry_first_at() - find the first piece that sectors touch
 * @geometry: the geometry
 * @sector: the first sector
 * @end: the first sector after them
 *
 * Context: any; the caller keeps the geometry from being freed.
 * Return: the piece, or NULL.
 */
const struct dmstat_index_one *
dmstat_geometry_first_at(const struct dmstat_geometry *geometry,
			 sector_t sector, sector_t end)
{
	return if_before(geometry, first_after(geometry, sector), end);
}

/**
 * dmstat_geometry_next_at() - find the next piece that sectors touch
 * @geometry: the geometry
 * @piece: the one before
 * @end: the first sector after them
 *
 * Context: as for dmstat_geometry_first_at().
 * Return: the piece, or NULL if there are no more.
 */
const struct dmstat_index_one *
dmstat_geometry_next_at(const struct dmstat_geometry *geometry,
			const struct dmstat_index_one *piece, sector_t end)
{
	return if_before(geometry, piece + 1, end);
}

/**
 * dmstat_geometry_slot_of_many() - find the slot of an area in several runs
 * @geometry: the geometry
 * @area: the area
 * @nr: set to how many areas, with this one, have consecutive slots from there
 *
 * Context: as for dmstat_geometry_first_at().
 * Return: the slot.
 */
u32 dmstat_geometry_slot_of_many(const struct dmstat_geometry *geometry,
				 u32 area, u32 *nr)
{
	u32 low = 0, high = geometry->nr_runs, middle;

	/* The last run that begins with @area or before. */
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (geometry->runs[middle].first_area <= area)
			low = middle;
		else
			high = middle;
	}
	*nr = (high < geometry->nr_runs ? geometry->runs[high].first_area :
					  geometry->areas) - area;
	return geometry->runs[low].first_slot +
	       (area - geometry->runs[low].first_area);
}

/**
 * dmstat_geometry_piece_of_many() - find the piece of an area in several pieces
 * @geometry: the geometry
 * @area: the area
 *
 * Context: as for dmstat_geometry_first_at().
 * Return: the piece.
 */
const struct dmstat_index_ref *
dmstat_geometry_piece_of_many(const struct dmstat_geometry *geometry, u32 area)
{
	u32 low = 0, high = geometry->nr_pieces, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (geometry->pieces[middle].ref.first_area <= area)
			low = middle;
		else
			high = middle;
	}
	return &geometry->pieces[low].ref;
}

/* ----------------------------------------------------- what a region loses */

/* What gets the slots of areas that go. */
struct gone {
	struct dmstat_kregion *region;
	u64 area_size;
	void (*fn)(struct dmstat_kregion *region, u32 first, u32 nr);
};

static void tell_gone(const struct gone *gone,
		      const struct dmstat_index_ref *old, sector_t from,
		      sector_t to)
{
	if (from < to)
		gone->fn(gone->region, old->first_slot +
			 div64_u64(from - old->start, gone->area_size),
			 nr_areas(to - from, gone->area_size));
}

/* The areas of an old piece that begin where none does from now on. */
static void piece_gone(const struct gone *gone,
		       const struct dmstat_index_ref *old,
		       const struct dmstat_geometry *next)
{
	u64 area_size = gone->area_size, nr;
	const struct dmstat_index_one *piece;
	sector_t at = old->start, from;

	for (piece = dmstat_geometry_first_at(next, old->start, old->end);
	     piece && at < old->end;
	     piece = dmstat_geometry_next_at(next, piece, old->end)) {
		if (piece->ref.end <= at ||
		    !is_aligned(area_size, at, &piece->ref))
			continue;
		from = max(at, piece->ref.start);
		tell_gone(gone, old, at, from);
		nr = nr_areas(min(piece->ref.end, old->end) - from, area_size);
		/* An area may be larger than any device. */
		at = nr > div64_u64(old->end - from, area_size) ?
		     old->end : from + nr * area_size;
		cond_resched();
	}
	tell_gone(gone, old, at, old->end);
}

/**
 * dmstat_geometry_each_gone() - call a function for areas that a region loses
 * @old: the geometry that it had
 * @next: the one that it has
 * @fn: called with the slots of areas of @old that are not in @next: the first,
 *      and how many
 *
 * Context: process, may sleep.
 */
void dmstat_geometry_each_gone(const struct dmstat_geometry *old,
			       const struct dmstat_geometry *next,
			       void (*fn)(struct dmstat_kregion *region,
					  u32 first, u32 nr))
{
	const struct gone gone = {
		.region = old->pieces->ref.region,
		.area_size = old->area_size,
		.fn = fn,
	};
	u32 i;

	for (i = 0; i < old->nr_pieces; i++) {
		piece_gone(&gone, &old->pieces[i].ref, next);
		cond_resched();
	}
}

/**
 * dmstat_geometry_chunks() - find the chunks that have slots of a geometry
 * @geometry: the geometry
 * @shift: slots of a chunk, log2
 * @nr: how many chunks there are
 *
 * Context: process, may sleep.
 * Return: a bit for each chunk, for dmstat_geometry_chunks_free(); NULL, memory
 * is short.
 */
unsigned long *dmstat_geometry_chunks(const struct dmstat_geometry *geometry,
				      u32 shift, u32 nr)
{
	struct slots chunks = { .bits = bits_alloc(nr) };
	u32 i, first, last;

	if (IS_ERR(chunks.bits))
		return NULL;
	for (i = 0; i < geometry->nr_pieces; i++) {
		first = geometry->pieces[i].ref.first_slot;
		last = first + piece_slots(geometry, i) - 1;
		slots_set(&chunks, first >> shift,
			  (last >> shift) - (first >> shift) + 1);
	}
	return chunks.bits;
}

/**
 * dmstat_geometry_chunks_free() - free what dmstat_geometry_chunks() returned
 * @chunks: the bits, or NULL
 * @nr: how many
 *
 * Context: process, may sleep.
 */
void dmstat_geometry_chunks_free(unsigned long *chunks, u32 nr)
{
	if (chunks)
		bits_free(chunks, nr);
}
