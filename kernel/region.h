/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: ranges of a device, or lists of extents, cut into areas.
 */
#ifndef _DMSTAT_REGION_H
#define _DMSTAT_REGION_H

#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/math64.h>
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

/* What to make. */
struct dmstat_region_spec {
	dev_t devt;
	bool have_length;		/* else to the end of the device */
	bool have_area_size;
	bool have_areas;		/* with neither, one area an extent */
	sector_t start;
	sector_t length;
	u64 area_size;
	u64 areas;
	/* Instead of @start and @length: rising, not overlapping, none empty,
	 * @first_area not set.
	 */
	const struct dmstat_extent *extents;
	u32 nr_extents;
	struct dmstat_label_spec label;
	const u64 *bounds;		/* of histograms, ns */
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

/* What of a spec is at fault; the caller knows the attribute's name. */
enum dmstat_region_fault {
	DMSTAT_FAULT_NONE,
	DMSTAT_FAULT_DEVICE,
	DMSTAT_FAULT_START,
	DMSTAT_FAULT_LENGTH,
	DMSTAT_FAULT_AREAS,
	DMSTAT_FAULT_AREA_SIZE,
	DMSTAT_FAULT_EXTENT,
	DMSTAT_FAULT_BOUNDS,
};

/* Of the areas of an extent, the one that a sector @offset into it is in. */
static __always_inline u64
dmstat_region_area_of(const struct dmstat_region *region, sector_t offset)
{
	if (likely(region->area_shift >= 0))
		return offset >> region->area_shift;
	return div64_u64(offset, region->area_size);
}

/* The region that a chunk is in. */
static inline struct dmstat_region *
dmstat_region_of(const struct dmstat_chunk *chunk)
{
	return container_of(chunk->store, struct dmstat_region, store);
}

void dmstat_region_listen(const struct dmstat_region_listener *region_listener);
void dmstat_region_exit(void);

int dmstat_region_new(const struct dmstat_region_spec *spec,
		      struct dmstat_change *change,
		      enum dmstat_region_fault *fault,
		      struct netlink_ext_ack *extack);
struct dmstat_region *dmstat_region_get(u32 id);
struct dmstat_region *dmstat_region_next(unsigned long *id);
struct dmstat_region *dmstat_region_next_at(struct dmstat_device *device,
					    u32 *id, sector_t sector,
					    sector_t end, u64 generation);
void dmstat_region_put(struct dmstat_region *region);
unsigned int dmstat_region_generation(void);
int dmstat_region_del(const struct dmstat_region_filter *filter,
		      struct dmstat_change *change, u32 *deleted);
int dmstat_region_set(u32 id, const struct dmstat_label_spec *spec,
		      struct dmstat_change *change);
void dmstat_region_count_clear(struct dmstat_region *region);
int dmstat_region_cleared(struct dmstat_region *region,
			  struct dmstat_change *change);
void dmstat_region_device_going(void);
void dmstat_region_device_gone(struct dmstat_device *device);

bool dmstat_region_areas(const struct dmstat_region *region, sector_t sector,
			 sector_t end, u32 *first, u32 *last);
sector_t dmstat_region_area_range(const struct dmstat_region *region, u32 area,
				  sector_t *end);

#endif /* _DMSTAT_REGION_H */
