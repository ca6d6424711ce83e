/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The index of a device's regions, in which the hot path finds those that an
 * I/O touches. Immutable once published, replaced whole under RCU.
 */
#ifndef _DMSTAT_INDEX_H
#define _DMSTAT_INDEX_H

#include <linux/minmax.h>
#include <linux/types.h>

struct dmstat_device;
struct dmstat_region;

/* An extent of a region, in a segment. */
struct dmstat_index_ref {
	struct dmstat_region *region;
	sector_t start;
	sector_t end;			/* the first sector after it */
	u32 first_area;
	bool last;			/* of the segment */
};

/* A range of sectors in which the same extents lie. */
struct dmstat_segment {
	sector_t start;
	u32 first;			/* in refs; up to that of the next */
};

/*
 * Segments are sorted and cover every sector: the first starts at 0; the last
 * but one starts where the last extent ends and is empty; the last starts
 * beyond any sector. The sectors up to the end of the last extent are also cut
 * into buckets of equal size, about as many as there are segments, so that it
 * takes as long to find one among a thousand as the only one.
 */
struct dmstat_index {
	u64 generation;
	/* The only segment that has extents, if there is but one such; else no
	 * sectors.
	 */
	sector_t start;
	sector_t end;			/* the first sector after it */
	/* This and @buckets are in the same allocation. */
	struct dmstat_index_ref *refs;
	u32 last_bucket;
	u32 bucket_shift;		/* sectors of a bucket */
	/* The segment where a bucket begins; the last is where the last bucket
	 * ends.
	 */
	u32 *buckets;
	size_t size;			/* bytes, with refs and buckets */
	struct rcu_head rcu;
	struct dmstat_segment segments[];
};

/**
 * dmstat_index_segment() - the segment that a sector lies in
 * @index: the index
 * @sector: the sector
 *
 * Return: the segment, or one before if no extent ends after @sector.
 */
static inline const struct dmstat_segment *
dmstat_index_segment(const struct dmstat_index *index, sector_t sector)
{
	u64 bucket = min_t(u64, sector >> index->bucket_shift,
			   index->last_bucket);
	u32 first = index->buckets[bucket];
	const struct dmstat_segment *segment = &index->segments[first];
	u32 n = index->buckets[bucket + 1] - first + 1;

	while (n > 1) {
		u32 half = n / 2;

		if (segment[half].start <= sector)
			segment += half;
		n -= half;
	}
	return segment;
}

/* A walk over the extents that a range of sectors touches, each once. */
struct dmstat_index_walk {
	const struct dmstat_index *index;
	const struct dmstat_segment *segment;
	u32 ref;
	bool later;			/* not the range's first segment */
	sector_t end;
};

void dmstat_index_walk_init(struct dmstat_index_walk *walk,
			    const struct dmstat_index *index,
			    sector_t sector, sector_t end);
const struct dmstat_index_ref *
dmstat_index_walk_next(struct dmstat_index_walk *walk);

struct dmstat_index *dmstat_index_build(const struct dmstat_device *device);

#endif /* _DMSTAT_INDEX_H */
