/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: ranges of a device, or lists of extents, cut into areas.
 */
#ifndef _DMSTAT_REGION_H
#define _DMSTAT_REGION_H

#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rwsem.h>
#include <linux/seqlock.h>
#include <linux/workqueue.h>

#include "chunk.h"
#include "device.h"
#include "label.h"
#include "quota.h"

struct cgroup;
struct dmstat_cut;
struct dmstat_geometry;
struct dmstat_kextent;
struct dmstat_owner;

/*
 * So that what starts most I/O need not look whether a region is limited: it
 * leaves all I/O to others that is in no area which it finds by a shift or, at
 * the price of a comparison, by a division.
 */
#define DMSTAT_SHIFT_LIMITED	(-2)

struct dmstat_kregion {
	/* This cache line is read by the hot path; constant, but for what says
	 * otherwise.
	 */
	u64 area_size ____cacheline_aligned;	/* sectors */
	/* Shifts an offset into an extent to the area there; -1: divide by
	 * @area_size; DMSTAT_SHIFT_LIMITED: likewise, and there is a @cgroup.
	 * Changed once at most, when extents of one area each get more areas: to
	 * what is right for old and new ones. @shape to change, READ_ONCE().
	 */
	int area_shift;
	/* Of the first index that has the region: an I/O counts if it started
	 * under this index or a later one. U64_MAX until the region is
	 * published, then constant.
	 */
	u64 generation;
	struct dmstat_store store;	/* except what chunk.h says */

	/* Written by all CPUs, rarely, as is @store.memory. */
	atomic64_t missed;		/* I/Os not counted */

	/* Protects the baselines of all chunks, and what readers were given
	 * last.
	 */
	struct mutex read_lock;
	/* One for the index and the registry, one for each task that reads the
	 * region or counts a large I/O in it.
	 */
	refcount_t users;
	/* Its id, and how its device finds it. A region that was removed from
	 * the device is in a list of regions that leave the index.
	 */
	struct dmstat_device_member member;
	/* Constant. */
	struct dmstat_kdevice *device;	/* a reference */
	bool of_extents;		/* created from extents, not a range */
	/* Counts only I/O charged to it or below it, a reference; or NULL. */
	struct cgroup *cgroup;
	u64 created;			/* ktime_get_real_ns() */
	/* Or NULL. Replaced as a whole; dmstat_lock to change, RCU to read. */
	struct dmstat_label __rcu *label;
	struct dmstat_owner *owner;	/* a reference, or NULL; constant */
	struct dmstat_quota quota;	/* of events */
	/* dmstat_clock_ns() when its bound of what is slow was set; dmstat_lock
	 * to change, READ_ONCE().
	 */
	u64 slow_since;
	/* How often it was cleared, and when last; clears_lock. */
	u64 clears;
	u64 cleared;			/* ktime_get_real_ns(), or 0 */
	seqlock_t clears_lock;

	/* Held to read areas by their numbers; and to change these, with
	 * @read_lock, so that either is enough to read. Taken before @read_lock,
	 * and both before dmstat_lock. Reclaim does no I/O while they are held.
	 */
	struct rw_semaphore shape;
	/* @shape to change, or before the region is published; RCU or @shape to
	 * read.
	 */
	struct dmstat_geometry __rcu *geometry;
	/* The one before, in which I/O may be in flight; or NULL. Set before
	 * @geometry, likewise.
	 */
	struct dmstat_geometry __rcu *before;
	/* For cond_synchronize_rcu(): until when I/O starts in @before. @shape
	 * to change, READ_ONCE().
	 */
	unsigned long replaced;
	/* How often it was resized; @shape to change, READ_ONCE(). */
	u64 resizes;
	/* Settles @before; has a reference if it is queued. */
	struct delayed_work settle;
	/* It is being deleted: do not queue @settle. Set once; READ_ONCE(). */
	bool deleted;

	bool leaving;			/* the index; dmstat_lock */
	struct rcu_work free;
};

static_assert(offsetof(struct dmstat_kregion, store.fill) ==
	      DMSTAT_STORE_CONSTANT);
static_assert(offsetof(struct dmstat_kregion, store.memory) == L1_CACHE_BYTES);

/* What a region is to tell; what is not set stays as it was. */
struct dmstat_tell_spec {
	u64 slow_ns;			/* U64_MAX: no I/O is slow */
	u32 rate;			/* events in a second, at least 1 */
	bool errors;
	bool set_slow_ns;
	bool set_rate;
	bool set_errors;
};

/* What to create. Must be checked. */
struct dmstat_region_params {
	const struct dmstat_device_info *device;
	struct dmstat_kextent *extents;	/* rising, not overlapping, none empty */
	u32 nr_extents;			/* at least 1 */
	/* As struct dmstat_kregion has them. */
	bool of_extents;
	u64 area_size;
	u32 areas;
	struct dmstat_label_spec label;
	struct dmstat_owner *owner;	/* or NULL */
	struct cgroup *cgroup;		/* or NULL */
	struct dmstat_tell_spec tell;
	const u64 *bounds;		/* of histograms, ns; rising */
	u32 nr_bounds;
};

/* The region that a chunk is in. */
static inline struct dmstat_kregion *
dmstat_region_of(const struct dmstat_chunk *chunk)
{
	return container_of(chunk->store, struct dmstat_kregion, store);
}

/* The region that a device knows by @member. */
static inline struct dmstat_kregion *
dmstat_region_of_member(struct dmstat_device_member *member)
{
	return container_of(member, struct dmstat_kregion, member);
}

/* The number, within its extent, of the area of a sector @offset into it. */
static __always_inline u64
dmstat_region_area_of(const struct dmstat_kregion *region, sector_t offset)
{
	int shift = READ_ONCE(region->area_shift);

	if (likely(shift >= 0))
		return offset >> shift;
	return div64_u64(offset, region->area_size);
}

/* Whether a region counts only the I/O of a cgroup. */
static __always_inline bool
dmstat_region_is_limited(const struct dmstat_kregion *region)
{
	return READ_ONCE(region->area_shift) <= DMSTAT_SHIFT_LIMITED;
}

struct dmstat_kregion *
dmstat_region_alloc(const struct dmstat_region_params *params);
void dmstat_region_put(struct dmstat_kregion *region);
struct dmstat_kregion *dmstat_region_next_at(struct dmstat_kdevice *device,
					     u32 *id, sector_t sector,
					     sector_t end, u64 generation);
struct dmstat_kregion *
dmstat_region_next_missed(struct dmstat_kdevice *device, u32 *id,
			  sector_t sector, sector_t end, u64 generation);
const struct dmstat_geometry *
dmstat_region_geometry_at(const struct dmstat_kregion *region, sector_t sector,
			  sector_t end, u64 generation);
bool dmstat_region_is_at(const struct dmstat_kregion *region, sector_t sector,
			 sector_t end, u64 generation);
bool dmstat_region_has_missed(const struct dmstat_kregion *region,
			      sector_t sector, sector_t end, u64 generation);
struct dmstat_cut dmstat_region_cut(struct dmstat_kregion *region);
sector_t dmstat_region_start(const struct dmstat_kregion *region);
u32 dmstat_region_nr_areas(const struct dmstat_kregion *region);
void dmstat_region_count_clear(struct dmstat_kregion *region);

/**
 * dmstat_region_shape_seq() - get the sequence number of a region's areas
 * @region: the region
 *
 * Context: any.
 * Return: a number that changes when the region is resized; never 0.
 */
static inline u32 dmstat_region_shape_seq(const struct dmstat_kregion *region)
{
	return (u32)READ_ONCE(region->resizes) | BIT(31);
}

#endif /* _DMSTAT_REGION_H */
