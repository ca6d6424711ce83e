// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O over many areas, which is called large: as in the name of the parameter.
 * It has an entry in the in-flight table like any other, and keeps it until it
 * is counted. The rest is done by work items, region by region, by rising id.
 * Each region is looked up only when its turn comes, so regions may come and
 * go at any time.
 *
 * An I/O that has been in flight for a while is noted in its areas, so that
 * their readers see it. One that ends earlier is only counted.
 */
#include <linux/mempool.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "area.h"
#include "busy.h"
#include "cgroup.h"
#include "chunk.h"
#include "clock.h"
#include "device.h"
#include "event.h"
#include "geometry.h"
#include "inflight.h"
#include "large.h"
#include "memory.h"
#include "pace.h"
#include "region.h"
#include "reserve.h"
#include "who.h"

/* How long an I/O is in flight before it is noted in its areas. */
#define NOTE_AFTER_MS	10

/* Entries for I/Os that become large when they end: these cannot be missed,
 * because they are in flight in their areas.
 */
#define RESERVE		64

/* Most regions that may miss an I/O while it is being noted. */
#define MISSED_MAX	4

static unsigned int large_ios = 4096;
module_param(large_ios, uint, 0644);
MODULE_PARM_DESC(large_ios,
		 "most I/Os over more than 64 areas that are in flight or wait to be counted; further ones are missed (default: 4096)");

struct dmstat_large {
	/* Constant. */
	struct dmstat_kdevice *device;	/* a reference */
	struct dmstat_kinflight *io;	/* owned once the I/O has ended */
	/* In the device's list until the I/O ends; the queue's lock. */
	struct list_head node;

	/* Constant. */
	u64 generation;			/* of the index when it started */
	u64 start_ns;
	u32 sectors;
	u8 operation;
	struct cgroup *limit;		/* that of limited regions; a reference */

	/* Set when the I/O ends, before @count is queued. */
	u64 end_ns;
	sector_t end_sector;		/* if @append */
	u64 cgroup;
	blk_status_t status;
	bool append;
	bool lost;
	/* @note has to stop: the I/O ends, or the device goes. READ_ONCE(). */
	bool stop;

	/* Used by the work items, which never run at the same time. */
	sector_t sector;
	/* The I/O is noted as in flight in all regions with a lower id than
	 * @noted_id, and in the areas of that one that begin before @noted_to.
	 */
	u64 noted_id;
	sector_t noted_to;
	u32 missed[MISSED_MAX];		/* ids of regions that have missed it */
	u32 nr_missed;
	bool any_missed;		/* the device has counted that */
	struct dmstat_pace pace;

	struct delayed_work note;
	struct work_struct count;
};

static struct kmem_cache *cache;	/* constant once loaded */
static mempool_t *reserve;		/* likewise; not on PREEMPT_RT */
static struct workqueue_struct *work_queue;	/* likewise */

/* On PREEMPT_RT, instead of both: half of them are for I/Os that become large
 * when they end.
 */
static struct dmstat_reserve ready;
#define READY_WANTED	1024
static atomic_t nr_large;		/* how many there are */

/* --------------------------------------------------------- in a region */

/* A region that the I/O counts in, and its areas when the I/O started. */
struct place {
	struct dmstat_kregion *region;
	const struct dmstat_geometry *geometry;
};

/* What a work item does with an I/O in a region. */
typedef void (*region_fn)(struct dmstat_large *large,
			  const struct place *place);

static sector_t end_of(const struct dmstat_large *large)
{
	return large->sector + large->sectors;
}

static bool has_missed(const struct dmstat_large *large, u32 id)
{
	u32 i;

	for (i = 0; i < large->nr_missed; i++) {
		if (large->missed[i] == id)
			return true;
	}
	return false;
}

/* Return: whether no limit of a region keeps it from counting an I/O. */
static bool is_within(const struct dmstat_kregion *region,
		      struct cgroup *cgroup)
{
	return !region->cgroup || dmstat_cgroup_is_below(cgroup, region->cgroup);
}

static void call_region(struct dmstat_large *large, region_fn fn,
			struct dmstat_kregion *region)
{
	struct place place = {
		.region = region,
		.geometry = dmstat_region_geometry_at(region, large->sector,
						      end_of(large),
						      large->generation),
	};

	if (place.geometry)
		fn(large, &place);
}

/* Call @fn for each region that may count the I/O. */
static void each_region(struct dmstat_large *large, region_fn fn)
{
	sector_t sector = large->sector, end = end_of(large);
	struct dmstat_kregion *region;
	u32 id = 0;

	while ((region = dmstat_region_next_at(large->device, &id, sector, end,
					       large->generation))) {
		if (!has_missed(large, id) && is_within(region, large->limit))
			call_region(large, fn, region);
		dmstat_region_put(region);
		dmstat_pace(&large->pace);
	}
}

static void region_missed(struct dmstat_large *large,
			  const struct place *place)
{
	/* The device counts it once, however many regions miss it. */
	if (!large->any_missed)
		atomic64_inc(&large->device->missed);
	large->any_missed = true;
	atomic64_inc(&place->region->missed);
}

/* Where the first area begins in which the I/O is not noted; U64_MAX: it is
 * noted in all.
 */
static sector_t noted_up_to(const struct dmstat_large *large,
			    const struct dmstat_kregion *region)
{
	if (region->member.id != large->noted_id)
		return region->member.id < large->noted_id ? U64_MAX : 0;
	return large->noted_to;
}

/* An area of a chunk, and what of the I/O is in it. */
struct area {
	struct dmstat_chunk *chunk;
	u32 i;
	u32 sectors;
	bool noted;
};

typedef void (*area_fn)(struct dmstat_large *large, const struct area *area);

/* The first sector of an area of a piece; @end is that after it. */
static sector_t slot_range(const struct dmstat_index_ref *piece, u64 slot,
			   sector_t *end)
{
	u64 area_size = piece->region->area_size;
	u64 offset = (slot - piece->first_slot) * area_size;

	*end = piece->start + min(piece->end - piece->start,
				  offset + area_size);
	return piece->start + offset;
}

/* Call @fn for the areas of a chunk from where @areas is, up to @last. */
static void each_in_chunk(struct dmstat_large *large,
			  const struct dmstat_areas *areas, u64 last,
			  area_fn fn)
{
	const struct dmstat_kregion *region = areas->ref->region;
	sector_t noted = noted_up_to(large, region), start, end;
	struct area area;
	u64 at;

	/* Counting and busy time need it. */
	preempt_disable();
	area.chunk = dmstat_areas_chunk(areas);
	for (at = areas->slot; at <= last; at++) {
		start = slot_range(areas->ref, at, &end);
		area.i = at & region->store.layout.chunk_mask;
		area.sectors = min(end, end_of(large)) -
			       max(start, large->sector);
		area.noted = start < noted;
		fn(large, &area);
	}
	preempt_enable();
}

/* Walk the pieces of a region that the I/O touches. */
#define for_each_piece(piece, place, large)				\
	for (piece = dmstat_geometry_first_at((place)->geometry,		\
					      (large)->sector, end_of(large));	\
	     piece;							\
	     piece = dmstat_geometry_next_at((place)->geometry, piece,	\
					     end_of(large)))

static struct dmstat_areas areas_of(const struct dmstat_large *large,
				    const struct dmstat_index_one *piece)
{
	return dmstat_ref_areas(&piece->ref, large->sector, large->sectors);
}

/* Call @fn for all areas of a region, which have chunks. */
static void each_area(struct dmstat_large *large, const struct place *place,
		      area_fn fn)
{
	const struct dmstat_index_one *piece;
	struct dmstat_areas areas;
	u64 last;

	for_each_piece(piece, place, large) {
		areas = areas_of(large, piece);
		for (; areas.slot <= areas.last; areas.slot = last + 1) {
			last = dmstat_areas_last(&areas);
			each_in_chunk(large, &areas, last, fn);
			dmstat_pace(&large->pace);
		}
	}
}

/* The chunks of a piece that the I/O touches. */
static void chunks_of(const struct dmstat_large *large,
		      const struct dmstat_index_one *piece, u32 *first,
		      u32 *last)
{
	struct dmstat_areas areas = areas_of(large, piece);
	u32 shift = piece->ref.region->store.layout.chunk_shift;

	*first = areas.slot >> shift;
	*last = areas.last >> shift;
}

static u32 missing_chunks(struct dmstat_large *large, const struct place *place)
{
	const struct dmstat_index_one *piece;
	u32 missing = 0, first, last;
	u64 done = U64_MAX;

	for_each_piece(piece, place, large) {
		chunks_of(large, piece, &first, &last);
		/* Pieces are often in one chunk. */
		if (first == done && first++ == last)
			continue;
		missing += dmstat_chunks_missing(&place->region->store, first,
						 last, &large->pace);
		done = last;
	}
	return missing;
}

/*
 * Allocate the chunks that a region lacks for the I/O.
 * Return: false if memory is short, or over the limit: then none is allocated.
 */
static bool prepare_chunks(struct dmstat_large *large,
			   const struct place *place)
{
	struct dmstat_store *store = &place->region->store;
	u32 missing = missing_chunks(large, place), first, last;
	const struct dmstat_index_one *piece;
	struct dmstat_chunk *list;

	if (!missing)
		return true;
	list = dmstat_chunks_alloc(store, missing, &large->pace);
	if (!list)
		return false;
	for_each_piece(piece, place, large) {
		chunks_of(large, piece, &first, &last);
		list = dmstat_chunks_publish(store, first, last, list,
					     &large->pace);
		if (!list)
			break;
	}
	dmstat_chunks_free(list, &large->pace);
	return true;
}

static u64 one(const struct dmstat_large *large)
{
	return dmstat_busy_one[large->operation];
}

/* -------------------------------------------------- noting it in flight */

static void note_area(struct dmstat_large *large, const struct area *area)
{
	dmstat_busy_start(area->chunk, area->i, one(large), large->start_ns);
}

/* If the I/O ends meanwhile, it is noted only in some areas. */
static void note_areas(struct dmstat_large *large,
		       const struct place *place)
{
	const struct dmstat_index_one *piece;
	struct dmstat_areas areas;
	u64 last;

	large->noted_to = 0;
	large->noted_id = place->region->member.id;
	for_each_piece(piece, place, large) {
		areas = areas_of(large, piece);
		for (; areas.slot <= areas.last; areas.slot = last + 1) {
			if (READ_ONCE(large->stop))
				return;
			last = dmstat_areas_last(&areas);
			each_in_chunk(large, &areas, last, note_area);
			slot_range(&piece->ref, last, &large->noted_to);
			dmstat_pace(&large->pace);
		}
	}
}

static void note_region(struct dmstat_large *large, const struct place *place)
{
	/* If many regions miss it, leave the others until it ends. */
	if (READ_ONCE(large->stop) || large->nr_missed == MISSED_MAX)
		return;

	if (prepare_chunks(large, place)) {
		note_areas(large, place);
		return;
	}
	large->missed[large->nr_missed++] = place->region->member.id;
	region_missed(large, place);
}

static void note_work(struct work_struct *work)
{
	each_region(container_of(to_delayed_work(work), struct dmstat_large,
				 note), note_region);
}

/* ------------------------------------------------------------ counting */

static void count_area(struct dmstat_large *large, const struct area *area)
{
	s64 elapsed = large->end_ns - large->start_ns;
	struct dmstat_chunk *chunk = area->chunk;
	u32 op = large->operation, i = area->i;

	if (area->noted)
		dmstat_busy_end_late(chunk, i, one(large), large->start_ns,
				     large->end_ns);
	else
		dmstat_busy_past(chunk, i, one(large), large->start_ns,
				 large->end_ns);
	smp_wmb();	/* pairs with add_in_flight()'s */
	dmstat_set_count(chunk->shared, i, true, op, area->sectors, elapsed);
	if (chunk->has_bins)
		dmstat_set_count_bin(chunk, i, chunk->shared, true, op,
				     elapsed);
	if (large->status)
		atomic64_inc(&chunk->rare[i].errors[op]);
}

static void leave_area(struct dmstat_large *large, const struct area *area)
{
	if (area->noted)
		dmstat_busy_leave(area->chunk, area->i, one(large),
				  large->start_ns);
}

static void again_area(struct dmstat_large *large, const struct area *area)
{
	atomic64_inc(&area->chunk->shared->area[area->i]
		     .again[large->operation]);
	leave_area(large, area);
}

/* Where it was never noted, chunks may be missing. */
static void leave_region(struct dmstat_large *large, const struct place *place)
{
	sector_t noted = noted_up_to(large, place->region), start, end;
	const struct dmstat_index_one *piece;
	struct dmstat_areas areas;
	u64 last;

	for_each_piece(piece, place, large) {
		areas = areas_of(large, piece);
		for (; areas.slot <= areas.last; areas.slot = last + 1) {
			start = slot_range(areas.ref, areas.slot, &end);
			if (start >= noted)
				return;
			last = dmstat_areas_last(&areas);
			each_in_chunk(large, &areas, last, leave_area);
			dmstat_pace(&large->pace);
		}
	}
}

static void tell_region(struct dmstat_large *large,
			struct dmstat_kregion *region)
{
	struct dmstat_io_event event = {
		.start_ns = large->start_ns,
		.took_ns = max_t(s64, large->end_ns - large->start_ns, 0),
		.sector = large->sector,
		.sectors = large->sectors,
		.operation = large->operation,
		.status = large->status,
	};

	if (!dmstat_event_is_wanted(large->device))
		return;
	/* It may have ended a while ago. */
	dmstat_who_fill(&event.who, dmstat_inflight_pid(large->io),
			dmstat_clock_ns() - large->start_ns);
	event.who.cgroup = large->cgroup;
	preempt_disable();
	dmstat_event_tell(large->device, region, &event);
	preempt_enable();
}

/* Where it was not noted, chunks may be missing. */
static void count_region(struct dmstat_large *large, const struct place *place)
{
	if (!prepare_chunks(large, place)) {
		region_missed(large, place);
	} else if (large->status == BLK_STS_AGAIN) {
		each_area(large, place, again_area);
	} else {
		each_area(large, place, count_area);
		tell_region(large, place->region);
	}
}

static void lose_region(struct dmstat_large *large, const struct place *place)
{
	leave_region(large, place);
	region_missed(large, place);
}

/* ----------------------------------------------------------- its lifetime */

static void large_free(struct dmstat_large *large)
{
	struct dmstat_kdevice *device = large->device;

	dmstat_cgroup_put(large->limit);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_give(&ready, large);
	else
		mempool_free(large, reserve);
	dmstat_memory_uncharge(sizeof(*large));
	atomic_dec(&nr_large);
	dmstat_device_put(device);
}

static void release(struct dmstat_large *large)
{
	struct dmstat_kinflight *io = large->io;

	preempt_disable();
	dmstat_inflight_release_slow(&large->device->inflight, io);
	preempt_enable();
}

static void count_work(struct work_struct *work)
{
	struct dmstat_large *large =
		container_of(work, struct dmstat_large, count);

	cancel_delayed_work_sync(&large->note);
	if (large->lost) {
		each_region(large, lose_region);
	} else {
		if (large->append)
			large->sector = large->end_sector;
		each_region(large, count_region);
	}
	release(large);
	large_free(large);
}

static struct dmstat_large *large_init(struct dmstat_large *large,
				       struct dmstat_kdevice *device,
				       struct dmstat_kinflight *io)
{
	*large = (struct dmstat_large) {
		.device = device,
		.io = io,
		.generation = io->generation,
		.sector = io->sector,
		.sectors = io->sectors,
		.operation = io->operation,
		.limit = dmstat_cgroup_hold(dmstat_inflight_charged(io)),
	};
	INIT_LIST_HEAD(&large->node);
	INIT_DELAYED_WORK(&large->note, note_work);
	INIT_WORK(&large->count, count_work);
	/* Not the first reference: the device is still in the hash. */
	refcount_inc(&device->users);
	atomic_inc(&nr_large);
	/* Small and bounded: not worth missing an I/O. */
	dmstat_memory_charge_anyway(sizeof(*large));
	return large;
}

static struct dmstat_large *large_new(struct dmstat_kdevice *device,
				      struct dmstat_kinflight *io)
{
	struct dmstat_large *large;

	if (atomic_read(&nr_large) >= READ_ONCE(large_ios))
		return NULL;
	large = IS_ENABLED(CONFIG_PREEMPT_RT) ?
		dmstat_reserve_take_spare(&ready) :
		kmem_cache_alloc(cache, DMSTAT_GFP_IO);
	return large ? large_init(large, device, io) : NULL;
}

/**
 * dmstat_large_start() - a large I/O starts
 * @device: the device
 * @io: its entry, filled but for where it is counted
 * @now: when, dmstat_clock_ns()
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 * Return: false if there are too many, or memory is short: the caller counts it
 * as missed.
 */
bool dmstat_large_start(struct dmstat_kdevice *device,
			struct dmstat_kinflight *io, u64 now)
{
	struct dmstat_large_queue *queue = &device->large;
	struct dmstat_large *large = large_new(device, io);
	unsigned long flags;

	if (!large)
		return false;
	large->start_ns = now;
	io->large = large;
	io->place = DMSTAT_PLACE_LARGE;
	raw_spin_lock_irqsave(&queue->lock, flags);
	list_add(&large->node, &queue->in_flight);
	raw_spin_unlock_irqrestore(&queue->lock, flags);
	queue_delayed_work(work_queue, &large->note,
			   msecs_to_jiffies(NOTE_AFTER_MS));
	return true;
}

static void end(struct dmstat_large *large, u64 now, blk_status_t status,
		sector_t sector)
{
	struct dmstat_kinflight *io = large->io;
	const void *peeked;

	large->end_ns = now;
	large->end_sector = sector;
	large->status = status;
	large->append = io->place == DMSTAT_PLACE_APPEND && !status;
	large->lost = READ_ONCE(io->lost);
	peeked = dmstat_who_peek(dmstat_inflight_carrier(io));
	large->cgroup = peeked ? dmstat_who_cgroup(peeked) : 0;
	WRITE_ONCE(large->stop, true);
	/* The carrier may be used again before the I/O is counted. */
	dmstat_inflight_keep(io);
	queue_work(work_queue, &large->count);
}

/**
 * dmstat_large_end() - a large I/O ends
 * @io: its entry; DMSTAT_PLACE_LARGE. It stays in flight until it is counted.
 * @now: when, dmstat_clock_ns()
 * @status: how it ended
 * @sector: where it was written, if it is an append
 *
 * Context: any but NMI, preemption disabled since its device was looked up.
 */
void dmstat_large_end(struct dmstat_kinflight *io, u64 now,
		      blk_status_t status, sector_t sector)
{
	struct dmstat_large *large = io->large;
	struct dmstat_large_queue *queue = &large->device->large;
	unsigned long flags;

	raw_spin_lock_irqsave(&queue->lock, flags);
	list_del(&large->node);
	raw_spin_unlock_irqrestore(&queue->lock, flags);
	cancel_delayed_work(&large->note);
	end(large, now, status, sector);
}

/**
 * dmstat_large_take() - an I/O ends that has become large
 * @device: the device
 * @io: its entry; it is in flight in all regions, except one that may have
 *      missed it
 * @now: when, dmstat_clock_ns()
 * @status: how it ended
 * @sector: where it was written, if it is an append
 *
 * Context: as dmstat_large_end().
 * Return: false if memory is short: nothing was done.
 */
bool dmstat_large_take(struct dmstat_kdevice *device,
		       struct dmstat_kinflight *io, u64 now,
		       blk_status_t status, sector_t sector)
{
	struct dmstat_large *large;

	large = IS_ENABLED(CONFIG_PREEMPT_RT) ?
		dmstat_reserve_take(&ready) :
		mempool_alloc(reserve, DMSTAT_GFP_IO);
	if (!large)
		return false;
	large_init(large, device, io);
	large->start_ns = io->start_ns;
	/* An append is in flight in no area. */
	if (io->place != DMSTAT_PLACE_APPEND)
		large->noted_id = U64_MAX;
	if (io->place == DMSTAT_PLACE_WALK && io->missed) {
		large->missed[large->nr_missed++] = io->missed;
		large->any_missed = true;
	}
	end(large, now, status, sector);
	return true;
}

/* --------------------------------------------------------------- missed */

static bool next_missed(struct dmstat_large_queue *queue,
			struct dmstat_large_missed *missed)
{
	bool any;

	raw_spin_lock_irq(&queue->lock);
	any = queue->nr_missed;
	if (any)
		*missed = queue->missed[--queue->nr_missed];
	raw_spin_unlock_irq(&queue->lock);
	return any;
}

static void miss_everywhere(struct dmstat_kdevice *device,
			    const struct dmstat_large_missed *missed)
{
	struct dmstat_pace pace = {};
	struct dmstat_kregion *region;
	u32 id = 0;

	while ((region = dmstat_region_next_missed(device, &id, missed->sector,
						   missed->end,
						   missed->generation))) {
		if ((missed->mixed || is_within(region, missed->cgroup)) &&
		    dmstat_region_has_missed(region, missed->sector,
					     missed->end, missed->generation))
			atomic64_add(missed->ios, &region->missed);
		dmstat_region_put(region);
		dmstat_pace(&pace);
	}
}

static void miss_work(struct work_struct *work)
{
	struct dmstat_large_queue *queue =
		container_of(work, struct dmstat_large_queue, miss);
	struct dmstat_kdevice *device =
		container_of(queue, struct dmstat_kdevice, large);
	struct dmstat_large_missed missed;

	while (next_missed(queue, &missed)) {
		miss_everywhere(device, &missed);
		dmstat_cgroup_put(missed.cgroup);
	}
	dmstat_device_put(device);
}

/* If there is no room, extend the last range: rather count too many as missed.
 */
static void remember_missed(struct dmstat_large_queue *queue,
			    const struct dmstat_large_missed *missed)
{
	struct dmstat_large_missed *last;

	if (queue->nr_missed < DMSTAT_LARGE_MISSED) {
		last = &queue->missed[queue->nr_missed++];
		*last = *missed;
		dmstat_cgroup_hold(last->cgroup);
		return;
	}
	last = &queue->missed[DMSTAT_LARGE_MISSED - 1];
	last->mixed |= last->cgroup != missed->cgroup;
	last->sector = min(last->sector, missed->sector);
	last->end = max(last->end, missed->end);
	last->generation = max(last->generation, missed->generation);
	last->ios += missed->ios;
}

/**
 * dmstat_large_miss() - count a large I/O as missed in its regions
 * @device: the device, where it is counted already
 * @io: its entry, or a copy
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_large_miss(struct dmstat_kdevice *device,
		       const struct dmstat_kinflight *io)
{
	const struct dmstat_large_missed missed = {
		.sector = io->sector,
		.end = io->sector + io->sectors,
		.generation = io->generation,
		.cgroup = dmstat_inflight_charged(io),
		.ios = 1,
	};
	struct dmstat_large_queue *queue = &device->large;
	unsigned long flags;

	raw_spin_lock_irqsave(&queue->lock, flags);
	remember_missed(queue, &missed);
	raw_spin_unlock_irqrestore(&queue->lock, flags);
	/* Not the last reference: the device is still in the hash. */
	refcount_inc(&device->users);
	if (!queue_work(work_queue, &queue->miss))
		refcount_dec(&device->users);
}

/* ------------------------------------------------------ devices, loading */

/**
 * dmstat_large_set_up() - prepare a device for large I/O
 * @device: the device, not published yet
 *
 * Context: process, may sleep.
 */
void dmstat_large_set_up(struct dmstat_kdevice *device)
{
	struct dmstat_large_queue *queue = &device->large;

	raw_spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->in_flight);
	INIT_WORK(&queue->miss, miss_work);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_join(&ready);
}

/**
 * dmstat_large_tear_down() - undo dmstat_large_set_up()
 * @device: the device, which has no large I/O any more
 *
 * Context: process, may sleep.
 */
void dmstat_large_tear_down(struct dmstat_kdevice *device)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		dmstat_reserve_leave(&ready);
}

/**
 * dmstat_large_drop() - drop the large I/Os of a device that are in flight
 * @device: the device; none of its I/Os starts or ends any more
 *
 * I/Os that have ended are still counted, and keep the device until then.
 *
 * Context: process, may sleep.
 */
void dmstat_large_drop(struct dmstat_kdevice *device)
{
	struct dmstat_large *large, *next;

	/* No lock: no I/O comes or goes. */
	list_for_each_entry_safe(large, next, &device->large.in_flight, node) {
		WRITE_ONCE(large->stop, true);
		cancel_delayed_work_sync(&large->note);
		large_free(large);
		cond_resched();
	}
}

static void *ready_alloc(size_t size, gfp_t gfp)
{
	return kmem_cache_alloc(cache, gfp);
}

static void ready_free(void *large, size_t size)
{
	kmem_cache_free(cache, large);
}

static const struct dmstat_reserve_kind ready_kind = {
	.alloc = ready_alloc,
	.free = ready_free,
	.needed = true,
};

/* Return: false if memory is short. */
static bool reserve_init(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		dmstat_reserve_set_up(&ready, &ready_kind,
				      sizeof(struct dmstat_large),
				      sizeof(struct dmstat_large),
				      READY_WANTED);
		return true;
	}
	reserve = mempool_create_slab_pool(RESERVE, cache);
	return reserve;
}

/**
 * dmstat_large_init() - prepare for large I/O
 *
 * Context: process, while the module loads.
 * Return: 0 or -ENOMEM.
 */
int dmstat_large_init(void)
{
	cache = KMEM_CACHE(dmstat_large, 0);
	if (!cache)
		return -ENOMEM;
	if (!reserve_init())
		goto err_cache;
	/* One work item at a time: statistics must not use more than one CPU.
	 */
	work_queue = alloc_workqueue("dmstat_large", WQ_UNBOUND, 1);
	if (!work_queue)
		goto err_reserve;
	return 0;

err_reserve:
	mempool_destroy(reserve);
err_cache:
	kmem_cache_destroy(cache);
	return -ENOMEM;
}

/**
 * dmstat_large_stop() - wait until all large I/O is counted or dropped
 *
 * Context: process, may sleep; no device is watched any more.
 */
void dmstat_large_stop(void)
{
	destroy_workqueue(work_queue);
}

/**
 * dmstat_large_exit() - undo dmstat_large_init(), after dmstat_large_stop()
 *
 * Context: process, may sleep; all devices are freed.
 */
void dmstat_large_exit(void)
{
	mempool_destroy(reserve);
	kmem_cache_destroy(cache);
}
