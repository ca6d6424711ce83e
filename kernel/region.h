/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: ranges of a device, or lists of extents, cut into areas.
 */
#ifndef _DMSTAT_REGION_H
#define _DMSTAT_REGION_H

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/seqlock.h>
#include <linux/workqueue.h>

#include "chunk.h"
#include "device.h"
#include "label.h"

struct dmstat_change;

/* A range of sectors that belongs to a region, and its areas. */
struct dmstat_extent {
	sector_t start;
	sector_t end;			/* the first sector after it */
	u32 first_area;
};

struct dmstat_region {
	/* All of this cache line is constant, and read by the hot path. */
	u64 area_size ____cacheline_aligned;	/* sectors */
	/* Of a sector in its extent, to get the area there; or -1: divide. */
	int area_shift;
	u32 areas;
	/* Generation of the first index that has it; an I/O counts if it
	 * started under that one or a later one. Until it is published, none
	 * does; then constant.
	 */
	u64 generation;
	struct dmstat_store store;	/* but for @store.memory */

	/* Written by all CPUs, rarely, as is @store.memory. */
	atomic64_t missed;		/* I/Os not counted */

	/* Covers the baselines of all chunks. */
	struct mutex read_lock;
	/* One for its place in the index and the list, one a reader. */
	refcount_t users;
	/* Constant. */
	u32 id;
	struct dmstat_device *device;	/* a reference */
	struct dmstat_extent *extents;	/* rising */
	struct dmstat_index_one *refs;	/* the same, for the index */
	u32 nr_extents;
	bool of_extents;		/* that a user gave; else there is one */
	u64 created;			/* ktime_get_real_ns() */
	/* Or NULL. Replaced whole; dmstat_lock to change, RCU to read. */
	struct dmstat_label __rcu *label;
	/* How often it was cleared, and when last; both under clears_lock. */
	u64 clears;
	u64 cleared;			/* ktime_get_real_ns(), or 0 */
	seqlock_t clears_lock;
	/* In device->regions; then, of those that the index loses. dmstat_lock. */
	struct list_head node;
	bool leaving;			/* the index; dmstat_lock */
	/* In device->by_id. */
	struct rb_node by_id;
	struct rcu_work free;
};

static_assert(offsetof(struct dmstat_region, store.memory) == 64);

/* What to create; the caller has checked it. */
struct dmstat_region_spec {
	const struct dmstat_device_info *device;
	struct dmstat_extent *extents;	/* rising, not overlapping, none empty */
	u32 nr_extents;			/* at least 1 */
	/* As struct dmstat_region has them. */
	bool of_extents;
	u64 area_size;
	int area_shift;
	u32 areas;
	struct dmstat_label_spec label;
	const u64 *bounds;		/* of histograms, ns; rising */
	u32 nr_bounds;
};

/* Which regions; of @ids if there are any, else all that match the rest. */
struct dmstat_region_filter {
	const u32 *ids;			/* rising */
	u32 nr_ids;			/* at most DMSTAT_REGION_IDS_MAX */
	bool by_device;
	dev_t devt;			/* if @by_device */
	const char *program_id;		/* or NULL */
};

/*
 * Hears of changes to regions. Called under the dmstat_lock under which the change
 * was made, so in the order of the changes. @change is what was passed to the
 * function that made it.
 */
struct dmstat_region_listener {
	void (*created)(const struct dmstat_region *region,
			struct dmstat_change *change);
	void (*labelled)(const struct dmstat_region *region,
			 struct dmstat_change *change);
	void (*cleared)(const struct dmstat_region *region,
			struct dmstat_change *change);
	void (*deleted)(const struct dmstat_region *region,
			struct dmstat_change *change);
	/* Deleted because the disk is gone. */
	void (*removed)(const struct dmstat_region *region);
};

/* The region that a chunk is in. */
static inline struct dmstat_region *
dmstat_region_of(const struct dmstat_chunk *chunk)
{
	return container_of(chunk->store, struct dmstat_region, store);
}

void dmstat_region_listen(const struct dmstat_region_listener *region_listener);
void dmstat_region_exit(void);

int dmstat_region_new(const struct dmstat_region_spec *spec,
		      struct dmstat_change *change);
struct dmstat_region *dmstat_region_get(u32 id);
struct dmstat_region *dmstat_region_next(unsigned long *id);
struct dmstat_region *dmstat_region_next_at(struct dmstat_device *device,
					    u32 *id, sector_t sector,
					    sector_t end, u64 generation);
void dmstat_region_put(struct dmstat_region *region);
unsigned int dmstat_region_list_seq(void);
int dmstat_region_del(const struct dmstat_region_filter *filter,
		      struct dmstat_change *change, u32 *deleted);
int dmstat_region_set(u32 id, const struct dmstat_label_spec *spec,
		      struct dmstat_change *change);
void dmstat_region_count_clear(struct dmstat_region *region);
int dmstat_region_cleared(struct dmstat_region *region,
			  struct dmstat_change *change);
void dmstat_region_device_going(void);
void dmstat_region_device_gone(struct dmstat_device *device);

#endif /* _DMSTAT_REGION_H */
