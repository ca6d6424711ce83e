/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: ranges of a device, or lists of extents, cut into areas.
 */
#ifndef _DMSTAT_REGION_H
#define _DMSTAT_REGION_H

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/seqlock.h>
#include <linux/workqueue.h>

#include "chunk.h"
#include "device.h"
#include "label.h"
#include "quota.h"

struct cgroup;
struct dmstat_owner;

/* A range of sectors of a region. */
struct dmstat_kextent {
	sector_t start;
	sector_t end;			/* the first sector after it */
	u32 first_area;			/* it begins with */
};

/*
 * So that what starts most I/O need not look whether a region is limited: it
 * leaves all I/O to others that is in no area which it finds by a shift or, at
 * the price of a comparison, by a division.
 */
#define DMSTAT_SHIFT_LIMITED	(-2)

struct dmstat_kregion {
	/* This cache line is constant, and read by the hot path. */
	u64 area_size ____cacheline_aligned;	/* sectors */
	/* Shifts an offset into an extent to the area there; -1: divide by
	 * @area_size; DMSTAT_SHIFT_LIMITED: likewise, and there is a @cgroup.
	 */
	int area_shift;
	u32 areas;
	/* Of the first index that has the region: an I/O counts if it started
	 * under this index or a later one. U64_MAX until the region is
	 * published, then constant.
	 */
	u64 generation;
	struct dmstat_store store;	/* except @store.memory */

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
	struct dmstat_kextent *extents;	/* rising */
	struct dmstat_index_one *refs;	/* the extents, for the index */
	u32 nr_extents;
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
	bool leaving;			/* the index; dmstat_lock */
	struct rcu_work free;
};

static_assert(offsetof(struct dmstat_kregion, store.memory) == 64);

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
	int area_shift;
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

struct dmstat_kregion *
dmstat_region_alloc(const struct dmstat_region_params *params);
void dmstat_region_put(struct dmstat_kregion *region);
struct dmstat_kregion *dmstat_region_next_at(struct dmstat_kdevice *device,
					     u32 *id, sector_t sector,
					     sector_t end, u64 generation);
void dmstat_region_count_clear(struct dmstat_kregion *region);

#endif /* _DMSTAT_REGION_H */
