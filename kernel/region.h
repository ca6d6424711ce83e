/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions, the index in which the hot path finds them, and the memory that
 * they hold.
 */
#ifndef _DMSTAT_REGION_H
#define _DMSTAT_REGION_H

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "counters.h"
#include "device.h"

struct dmstat_region {
	/* Constant, read by the hot path. */
	sector_t start;
	sector_t end;			/* the first sector after it */
	u64 area_size;			/* sectors */
	int area_shift;			/* of area_size, or -1 */
	u32 areas;
	/* Generation of the first index that has it; an I/O counts if it
	 * started under that one or a later one. Constant once published.
	 */
	u64 generation;
	/* Each set once, by cmpxchg(), and freed with the region. */
	struct dmstat_chunk **chunks;

	/* Written by all CPUs, rarely. */
	atomic64_t missed;		/* I/Os that could not be counted */
	atomic64_t memory;		/* bytes */

	/* Covers the baselines of all chunks. */
	struct mutex read_lock;
	/* One for its place in the index and the list, one a reader. */
	refcount_t users;
	/* Constant. */
	u32 id;
	struct dmstat_device *device;	/* a reference */
	char *program_id;		/* or NULL */
	u64 created;			/* ktime_get_real_ns() */
	/* In device->regions; dmstat_lock. */
	struct list_head node;
	struct rcu_work free;
};

/* A range of sectors in which the same regions lie. */
struct dmstat_segment {
	sector_t start;
	struct dmstat_region *only;	/* if there is one, else NULL */
	u32 first;			/* in refs */
	u32 nr;
};

/*
 * The regions of a device. Immutable once published; RCU. Segments are sorted
 * and cover every sector: the first starts at 0; the last but one starts where
 * the last region ends and is empty; the last starts beyond any sector. These
 * two are not searched, but for that an I/O has to be compared with its
 * segment's end.
 */
struct dmstat_index {
	struct rcu_head rcu;
	u64 generation;
	u32 nr_segments;		/* less the last two */
	struct dmstat_region **refs;	/* in the same allocation */
	struct dmstat_segment segments[];
};

/* What to make. */
struct dmstat_region_spec {
	dev_t devt;
	bool have_length;		/* else to the end of the device */
	bool have_area_size;
	bool have_areas;		/* with neither, one area */
	sector_t start;
	sector_t length;
	u64 area_size;
	u64 areas;
	const char *program_id;		/* or NULL */
};

/* What of a spec is at fault; the caller knows the attribute's name. */
enum dmstat_region_fault {
	DMSTAT_FAULT_NONE,
	DMSTAT_FAULT_DEVICE,
	DMSTAT_FAULT_START,
	DMSTAT_FAULT_LENGTH,
	DMSTAT_FAULT_AREAS,
	DMSTAT_FAULT_AREA_SIZE,
};

static inline u32 dmstat_region_area(const struct dmstat_region *region,
				     sector_t sector)
{
	sector_t offset = sector - region->start;

	if (region->area_shift >= 0)
		return offset >> region->area_shift;
	return div64_u64(offset, region->area_size);
}

/* As dmstat_region_area(), and how far into the area the sector lies. */
static inline u32
dmstat_region_area_and_rest(const struct dmstat_region *region,
			    sector_t sector, u64 *rest)
{
	sector_t offset = sector - region->start;

	if (likely(region->area_shift >= 0)) {
		*rest = offset & (region->area_size - 1);
		return offset >> region->area_shift;
	}
	return div64_u64_rem(offset, region->area_size, rest);
}

static inline sector_t
dmstat_region_area_start(const struct dmstat_region *region, u32 area)
{
	return region->start + area * region->area_size;
}

static inline sector_t
dmstat_region_area_end(const struct dmstat_region *region, u32 area)
{
	return min(region->end, dmstat_region_area_start(region, area) +
				region->area_size);
}

static inline u32 dmstat_region_chunks(const struct dmstat_region *region)
{
	return DIV_ROUND_UP_ULL(region->areas, DMSTAT_CHUNK_AREAS);
}

/**
 * dmstat_index_segment() - the segment that a sector lies in
 * @index: the index
 * @sector: the sector
 *
 * Return: the segment, or the one before if no region ends after @sector.
 */
static inline const struct dmstat_segment *
dmstat_index_segment(const struct dmstat_index *index, sector_t sector)
{
	const struct dmstat_segment *segment = index->segments;
	u32 n = index->nr_segments;

	while (n > 1) {
		u32 half = n / 2;

		if (segment[half].start <= sector)
			segment += half;
		n -= half;
	}
	return segment;
}

/* A walk over the regions that a range of sectors touches, each once. */
struct dmstat_index_walk {
	const struct dmstat_index *index;
	const struct dmstat_segment *segment;
	u32 ref;			/* in the segment */
	bool later;			/* not the range's first segment */
	sector_t end;
};

static inline void dmstat_index_walk_init(struct dmstat_index_walk *walk,
					  const struct dmstat_index *index,
					  sector_t sector, sector_t end)
{
	walk->index = index;
	walk->segment = dmstat_index_segment(index, sector);
	if (walk->segment[1].start <= sector)
		walk->segment++;
	walk->ref = 0;
	walk->later = false;
	walk->end = end;
}

/* Return: the next region, or NULL. */
static inline struct dmstat_region *
dmstat_index_walk_next(struct dmstat_index_walk *walk)
{
	struct dmstat_region *region;

	for (;;) {
		while (walk->ref < walk->segment->nr) {
			region = walk->index->refs[walk->segment->first +
						   walk->ref++];
			/* Those that began earlier were met there. */
			if (!walk->later ||
			    region->start == walk->segment->start)
				return region;
		}
		walk->segment++;
		if (walk->segment->start >= walk->end)
			return NULL;
		walk->ref = 0;
		walk->later = true;
	}
}

void dmstat_region_init(void (*removed)(struct dmstat_region *region));
void dmstat_region_exit(void);

struct dmstat_region *dmstat_region_new(const struct dmstat_region_spec *spec,
					enum dmstat_region_fault *fault,
					struct netlink_ext_ack *extack);
struct dmstat_region *dmstat_region_get(u32 id);
struct dmstat_region *dmstat_region_next(unsigned long *id);
void dmstat_region_put(struct dmstat_region *region);
unsigned int dmstat_region_generation(void);
int dmstat_region_del(u32 id, struct dmstat_region **region);
void dmstat_region_device_gone(struct dmstat_device *device);
int dmstat_region_clear(struct dmstat_region *region);

struct dmstat_chunk *dmstat_region_chunk_new(struct dmstat_region *region,
					     u32 chunk);
void dmstat_region_page_new(struct dmstat_region *region,
			    struct dmstat_chunk *chunk);

/* Areas that are read together. */
#define DMSTAT_READ_AREAS 128U

/* I/O in flight in some areas, as of @now. */
struct dmstat_region_in_flight {
	u64 now;			/* ktime_get_ns() */
	u32 first;			/* area */
	u32 nr;
	struct {
		u32 ios[2];		/* read; write and discard */
		u64 age_ns;		/* summed */
	} area[DMSTAT_READ_AREAS];
};

/* The areas that I/O in flight touches lie between these; none if first > last. */
struct dmstat_region_span {
	u32 first;
	u32 last;
};

void dmstat_region_in_flight_span(const struct dmstat_region *region,
				  struct dmstat_region_span *span);
bool dmstat_region_any_active(const struct dmstat_region *region, u32 first,
			      u32 nr, const struct dmstat_region_span *span);
void dmstat_region_read_in_flight(const struct dmstat_region *region,
				  u32 first, u32 nr,
				  struct dmstat_region_in_flight *in_flight);
bool dmstat_region_read_area(const struct dmstat_region *region, u32 area,
			     const struct dmstat_region_in_flight *in_flight,
			     struct dmstat_area_values *values);
int dmstat_region_clear_prepare(struct dmstat_region *region, u32 area);
void dmstat_region_clear_area(struct dmstat_region *region, u32 area,
			      const struct dmstat_area_values *values);

#endif /* _DMSTAT_REGION_H */
