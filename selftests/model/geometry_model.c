// SPDX-License-Identifier: GPL-2.0-only
/*
 * geometry_model [SEED [ROUNDS]]: compare the geometry of regions with a model. A
 * region of extents gets other extents again and again, of many shapes at random;
 * some allocations fail. Areas that begin where one did must keep their slots, the
 * others get slots that were free. Areas must be found by sector and by number.
 * What is gone must be told once, and no memory may be left. kernel/geometry.c is
 * compiled into this program.
 */
#include <inttypes.h>
#include <string.h>

#include "geometry.c"
#include "model.h"

#define SECTORS 6000
#define EXTENTS 3000
/* A geometry has at most those before and its own. */
#define SLOTS (2 * SECTORS)

/* An area as it has to be. */
struct area {
	u64 start;
	u64 end;
	u32 slot;
};

/* Rising. */
struct areas {
	struct area at[SECTORS];
	u32 nr;
};

static u64 kept, came, went, refused;
static u8 gone[SLOTS];			/* by slot: how often it was told */

/* -------------------------------------------- functions of geometry_shim.h */

void *dmstat_memory_alloc(size_t bytes, int flags)
{
	void *memory = fails() ? NULL : malloc(bytes);

	if (memory)
		memset(memory, flags & __GFP_ZERO ? 0 : 0xee, bytes);
	return memory;
}

bool dmstat_memory_charge(size_t bytes)
{
	if (fails())
		return false;
	used += bytes;
	return true;
}

bool dmstat_memory_charge_to(struct dmstat_memory *memory, size_t bytes)
{
	if (!dmstat_memory_charge(bytes))
		return false;
	memory->bytes += bytes;
	return true;
}

void dmstat_memory_uncharge_from(struct dmstat_memory *memory, size_t bytes)
{
	memory->bytes -= bytes;
	dmstat_memory_uncharge(bytes);
}

/* ---------------------------------------------------------------- the model */

/* Return: how many extents, at least one. */
static u32 any_extents(struct dmstat_kextent *extents, u64 area_size)
{
	bool many = !any(5);
	u32 nr, most = 1 + any(many ? EXTENTS : 12);
	u64 gap = 1 + any(many ? 4 : 500), length = 1 + any(many ? 4 : 1000);
	/* So that some areas stay. */
	u64 grid = any(3) && area_size < SECTORS ? area_size : 1;
	u64 at = any(200);

	for (nr = 0; nr < most; nr++) {
		at += any(4) ? any(gap) : 0;
		if (any(3))
			at = (at + grid - 1) / grid * grid;
		if (at >= SECTORS)
			break;
		extents[nr].start = at;
		at = min_t(u64, at + 1 + any(length), SECTORS);
		extents[nr].end = at;
	}
	if (!nr)
		extents[nr++] = (struct dmstat_kextent) { 7, 8, 0 };
	return nr;
}

static void model_cut(struct areas *areas, const struct dmstat_kextent *extents,
		      u32 nr, u64 area_size)
{
	struct area *area = areas->at;
	u64 at;

	for (; nr; nr--, extents++) {
		for (at = extents->start; at < extents->end; area++) {
			area->start = at;
			area->end = at + min(area_size, extents->end - at);
			at = area->end;
		}
	}
	areas->nr = area - areas->at;
}

/* The area that begins at a sector, or NULL. */
static const struct area *area_from(const struct areas *areas, u64 sector)
{
	u32 low = 0, high = areas->nr, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (areas->at[middle].start < sector)
			low = middle + 1;
		else
			high = middle;
	}
	return low < areas->nr && areas->at[low].start == sector ?
	       &areas->at[low] : NULL;
}

/* ------------------------------------------------------------ what is checked */

/* Areas are found by their numbers; their slots are noted. */
static void check_numbers(const struct dmstat_geometry *geometry,
			  struct areas *areas)
{
	static u8 seen[SLOTS];
	u32 i, nr, left = 0, highest = 0;
	struct area *area = areas->at;
	sector_t start, end;

	memset(seen, 0, sizeof(seen));
	check(geometry->areas == areas->nr, "%u areas, not %u",
	      geometry->areas, areas->nr);
	for (i = 0; i < areas->nr; i++, area++, left--) {
		start = dmstat_geometry_area_range(geometry, i, &end);
		check(start == area->start && end == area->end,
		      "area %u is from %" PRIu64 " to %" PRIu64, i, start, end);
		area->slot = dmstat_geometry_slot(geometry, i, &nr);
		check(!left || area->slot == area[-1].slot + 1,
		      "the slot of area %u does not follow", i);
		check(nr && nr <= areas->nr - i, "%u areas from %u on", nr, i);
		left = nr;
		check(area->slot < SLOTS && !seen[area->slot]++,
		      "slot %u is used twice", area->slot);
		highest = max(highest, area->slot);
	}
	check(geometry->slots == highest + 1, "%u slots", geometry->slots);
}

/* And by any of their sectors. */
static void check_sectors(const struct dmstat_geometry *geometry,
			  const struct areas *areas)
{
	const struct dmstat_index_one *piece;
	const struct area *area;
	u64 sector, offset;
	u32 i;

	for (i = 0; i < areas->nr; i++) {
		area = &areas->at[i];
		sector = area->start + any(area->end - area->start);
		piece = dmstat_geometry_first_at(geometry, sector, sector + 1);
		check(piece, "sector %" PRIu64 " is in no piece", sector);
		offset = (sector - piece->ref.start) / geometry->area_size;
		check(piece->ref.first_slot + offset == area->slot &&
		      piece->ref.first_area + offset == i &&
		      piece->ref.geometry == geometry && !piece->end,
		      "sector %" PRIu64 " is in the wrong area", sector);
		check(geometry->area_shift < 0 ||
		      (sector - piece->ref.start) >> geometry->area_shift ==
		      offset, "sector %" PRIu64 ": shift", sector);
	}
}

/* A walk meets each piece that some sectors touch, and no other. */
static void check_walk(const struct dmstat_geometry *geometry)
{
	u64 sector = any(SECTORS), end = sector + 1 + any(SECTORS / 10);
	const struct dmstat_index_one *piece;
	u32 i;

	piece = dmstat_geometry_first_at(geometry, sector, end);
	for (i = 0; i < geometry->nr_pieces; i++) {
		if (geometry->pieces[i].ref.start >= end ||
		    geometry->pieces[i].ref.end <= sector)
			continue;
		check(piece == &geometry->pieces[i],
		      "a walk from %" PRIu64 " to %" PRIu64, sector, end);
		piece = dmstat_geometry_next_at(geometry, piece, end);
	}
	check(!piece, "a walk from %" PRIu64 " goes on", sector);
}

/* Areas that stay keep their slots; the others get none that was used. */
static void check_kept(const struct areas *old, const struct areas *next)
{
	static u8 was_used[SLOTS];
	const struct area *before;
	u32 i;

	memset(was_used, 0, sizeof(was_used));
	for (i = 0; i < old->nr; i++)
		was_used[old->at[i].slot] = 1;
	for (i = 0; i < next->nr; i++) {
		before = area_from(old, next->at[i].start);
		check(before ? before->slot == next->at[i].slot :
			       !was_used[next->at[i].slot],
		      "slot %u of the area at %" PRIu64, next->at[i].slot,
		      next->at[i].start);
		if (before)
			kept++;
		else
			came++;
	}
}

static void note_gone(struct dmstat_kregion *region, u32 first, u32 nr)
{
	for (; nr; nr--, first++) {
		check(first < SLOTS, "slot %u is gone", first);
		gone[first]++;
	}
}

static void check_gone(const struct dmstat_geometry *from,
		       const struct dmstat_geometry *to,
		       const struct areas *old, const struct areas *next)
{
	u32 i, expected = 0, told = 0;

	memset(gone, 0, sizeof(gone));
	dmstat_geometry_each_gone(from, to, note_gone);
	for (i = 0; i < old->nr; i++) {
		if (area_from(next, old->at[i].start))
			continue;
		expected++;
		check(gone[old->at[i].slot] == 1, "slot %u went, told %u times",
		      old->at[i].slot, gone[old->at[i].slot]);
	}
	for (i = 0; i < SLOTS; i++)
		told += gone[i];
	check(told == expected, "told %u slots, not %u", told, expected);
	went += told;
}

static void check_chunks(const struct dmstat_geometry *geometry,
			 const struct areas *areas, u32 shift)
{
	u32 i, nr = ((geometry->slots - 1) >> shift) + 1;
	static u8 expected[SLOTS];
	unsigned long *chunks;

	memset(expected, 0, sizeof(expected));
	for (i = 0; i < areas->nr; i++)
		expected[areas->at[i].slot >> shift] = 1;
	chunks = dmstat_geometry_chunks(geometry, shift, nr);
	for (i = 0; i < nr; i++)
		check(test_bit(i, chunks) == expected[i], "chunk %u", i);
	dmstat_geometry_chunks_free(chunks, nr);
}

/* ---------------------------------------------------------------- a region */

/* Return: the next geometry, or NULL if it was refused. */
static struct dmstat_geometry *try_next(const struct dmstat_cut *cut,
					const struct dmstat_geometry *old,
					const struct dmstat_kextent *extents,
					u32 nr, u32 areas)
{
	struct dmstat_geometry *next;
	size_t before = used;

	fail_in = any(5) ? 0 : 1 + any(10);
	next = old ? dmstat_geometry_next(cut, old, extents, nr, areas) :
		     dmstat_geometry_new(cut, extents, nr, areas);
	if (!IS_ERR(next)) {
		fail_in = 0;
		return next;
	}
	/* It has counted down to 0. */
	check(!fail_in && (PTR_ERR(next) == -ENOSPC ||
			   PTR_ERR(next) == -ENOMEM), "error %ld",
	      PTR_ERR(next));
	check(used == before, "%zu bytes after an error", used - before);
	refused++;
	return NULL;
}

static void run(u64 area_size, u32 chunk_shift, u32 changes)
{
	static struct dmstat_kextent extents[EXTENTS];
	static struct areas models[2];
	struct dmstat_geometry *old = NULL, *next;
	struct dmstat_kregion region = {};
	const struct dmstat_cut cut = {
		.region = &region,
		.memory = &region.memory,
		.area_size = area_size,
		.chunk_slots = 1U << chunk_shift,
		.of_extents = true,
	};
	struct areas *before = &models[0], *after = &models[1], *swap;
	u32 nr, areas;

	for (; changes; changes--) {
		nr = any_extents(extents, area_size);
		check(dmstat_extents_cut(extents, nr, area_size, &areas),
		      "too many areas");
		next = try_next(&cut, old, extents, nr, areas);
		if (!next)
			continue;
		model_cut(after, extents, nr, area_size);
		check_numbers(next, after);
		check_sectors(next, after);
		check_walk(next);
		check_chunks(next, after, chunk_shift);
		if (old) {
			check_kept(before, after);
			check_gone(old, next, before, after);
		}
		dmstat_geometry_free(old);
		old = next;
		swap = before;
		before = after;
		after = swap;
	}
	dmstat_geometry_free(old);
	check(!used && !region.memory.bytes, "%zu bytes are left", used);
}

int main(int argc, char **argv)
{
	/* Some are larger than any device. */
	static const u64 sizes[] = {
		1, 3, 7, 8, 24, 64, 5000, 1ULL << 62, 1ULL << 63, U64_MAX,
	};
	unsigned int first, rounds, round, i;

	first = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 3;
	for (round = 0; round < rounds; round++) {
		begin(first + round);
		for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
			run(sizes[i], any(6), 100);
	}
	printf("%u seeds: %" PRIu64 " areas kept, %" PRIu64 " came, %" PRIu64
	       " went, %" PRIu64 " changes refused\n", rounds, kept, came,
	       went, refused);
	return kept && came && went ? EXIT_SUCCESS : EXIT_FAILURE;
}
