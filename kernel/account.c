// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting I/O: in which areas it is, when it starts, and what it did, when it
 * ends. No lock is taken. Memory is allocated only for the first I/O of an
 * area.
 *
 * The areas are looked up when an I/O starts, so that each knows what is in
 * flight in it, and kept in the I/O's entry of the in-flight table. They are
 * looked up again at the end only if regions came or went meanwhile. An I/O
 * counts in every region that was there when it started: in all of the
 * region's areas that it touches or, if memory for one of them is short, in
 * none. That is decided when it starts.
 *
 * The fastest path, for an I/O in one area, is in account.h. Here are first the
 * other I/Os for which all memory is there, then the rest.
 */
#include <linux/smp.h>

#include "account.h"
#include "area.h"
#include "busy.h"
#include "cgroup.h"
#include "chunk.h"
#include "clock.h"
#include "device.h"
#include "event.h"
#include "flush.h"
#include "geometry.h"
#include "index.h"
#include "inflight.h"
#include "large.h"
#include "region.h"
#include "split.h"

static bool is_large(const struct dmstat_index *index, sector_t sector,
		     u32 sectors);
static void start_anywhere(struct dmstat_kdevice *device,
			   struct dmstat_kinflight *io);
static void end_told(struct dmstat_kdevice *device,
		     struct dmstat_kinflight *io, u64 elapsed,
		     blk_status_t status, sector_t sector);

/* ------------------------------------------------------- an I/O starts */

/*
 * Several areas of one region, in one chunk.
 * Return: false if they are not, or the region is limited to a cgroup; nothing
 * was done.
 */
static __always_inline bool start_areas(struct dmstat_kinflight *io,
					const struct dmstat_index_ref *ref)
{
	const struct dmstat_kregion *region = ref->region;
	sector_t offset = io->sector - ref->start;
	u64 one = dmstat_busy_one[io->operation];
	struct dmstat_chunk *chunk;
	u64 first, last, now;
	u32 i, nr;

	first = dmstat_region_area_of(region, offset);
	last = dmstat_region_area_of(region, offset + io->sectors - 1);
	nr = last - first + 1;
	i = (first + ref->first_slot) & region->store.layout.chunk_mask;
	if (unlikely(last - first + i > region->store.layout.chunk_mask ||
		     dmstat_region_is_limited(region)))
		return false;
	chunk = dmstat_slot_chunk(&region->store, first + ref->first_slot);
	if (unlikely(!chunk))
		return false;

	io->chunk = chunk;
	io->place = DMSTAT_PLACE_AREAS + i;
	io->nr_areas = nr;
	io->head = min_t(u64, (first + 1) * region->area_size - offset,
			 io->sectors);
	now = dmstat_clock_ns();
	dmstat_inflight_publish(io, now);
	do {
		dmstat_busy_start(chunk, i++, one, now);
	} while (--nr);
	return true;
}

/*
 * All regions of a segment.
 * Return: false if a chunk is missing, a region is limited to a cgroup, or the
 * I/O is large; nothing was done.
 */
static bool start_refs(struct dmstat_kinflight *io,
		       const struct dmstat_index_refs *refs)
{
	const struct dmstat_index_ref *const *more = refs->more;
	const struct dmstat_index_ref *ref = &refs->first;
	s64 room = DMSTAT_LARGE_AREAS;
	u64 now;

	do {
		if (dmstat_region_is_limited(ref->region) ||
		    !dmstat_ref_is_prepared(ref, io->sector, io->sectors,
					    &room))
			return false;
	} while ((ref = *more++));

	io->refs = refs;
	io->place = DMSTAT_PLACE_REFS;
	now = dmstat_clock_ns();
	dmstat_inflight_publish(io, now);
	ref = &refs->first;
	more = refs->more;
	do {
		dmstat_ref_start(ref, io->sector, io->sectors, io->operation, now);
	} while ((ref = *more++));
	return true;
}

/**
 * dmstat_io_place() - start an I/O that is not in one area with a chunk
 * @device: the device
 * @io: its entry, filled
 * @refs: the extents of the segment that all of the I/O is in, if it is known,
 *        else NULL
 *
 * Context: as dmstat_io_start_fast(), which calls it.
 */
void dmstat_io_place(struct dmstat_kdevice *device, struct dmstat_kinflight *io,
		     const struct dmstat_index_refs *refs)
{
	dmstat_inflight_mark(io, DMSTAT_INFLIGHT_OTHER);
	if (!refs) {
		start_anywhere(device, io);
		return;
	}
	if ((refs->more[0] || !start_areas(io, &refs->first)) &&
	    !start_refs(io, refs))
		start_anywhere(device, io);
}

static __always_inline void
place_more(struct dmstat_kdevice *device, u32 i,
	   const struct dmstat_index_refs *refs, struct dmstat_chunk *chunk,
	   struct dmstat_kinflight *io)
{
	const struct dmstat_index_ref *const *more = refs->more;
	u64 one = dmstat_busy_one[io->operation];
	const struct dmstat_index_ref *ref;
	sector_t sector = io->sector;
	u64 now = dmstat_clock_ns();
	u32 sectors = io->sectors;

	io->chunk = chunk;
	io->place = DMSTAT_PLACE_AREAS + i;
	io->refs = refs;
	dmstat_busy_start(chunk, i, one, now);
	ref = *more;
	do {
		chunk = dmstat_ref_place(ref, sector, sectors, &i);
		if (unlikely(!chunk))
			goto err_leave;
		dmstat_busy_start(chunk, i, one, now);
	} while ((ref = *++more));
	dmstat_inflight_mark(io, DMSTAT_INFLIGHT_MORE);
	dmstat_inflight_publish(io, now);
	return;

err_leave:
	/* Not @refs: it would be kept until here. */
	while (more-- != io->refs->more) {
		chunk = dmstat_ref_chunk(*more, sector, &i);
		dmstat_busy_leave(chunk, i, one, now);
	}
	dmstat_busy_leave(io->chunk, io->place, one, now);
	dmstat_io_place(device, io, io->refs);
}

/* The device may have so many regions there that the I/O is large. */
static noinline void
place_more_of_many(struct dmstat_kdevice *device, u32 i,
		   const struct dmstat_index_refs *refs,
		   struct dmstat_chunk *chunk, struct dmstat_kinflight *io)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);

	if (is_large(index, io->sector, io->sectors))
		dmstat_io_place(device, io, NULL);
	else
		place_more(device, i, refs, chunk, io);
}

/**
 * dmstat_io_place_more() - start an I/O in one area of several regions
 * @device: the device
 * @i: the area's index in @chunk
 * @refs: the extents of the segment that all of the I/O is in
 * @chunk: where it is in the first one's region
 * @io: its entry, filled
 *
 * Context: as dmstat_io_start_fast(), which calls it.
 */
void dmstat_io_place_more(struct dmstat_kdevice *device, u32 i,
			  const struct dmstat_index_refs *refs,
			  struct dmstat_chunk *chunk,
			  struct dmstat_kinflight *io)
{
	if (unlikely(READ_ONCE(device->many_regions)))
		place_more_of_many(device, i, refs, chunk, io);
	else
		place_more(device, i, refs, chunk, io);
}

/* --------------------------------------------------------- an I/O ends */

/**
 * dmstat_io_end_slow() - release an I/O that some device would call slow
 * @io: its entry; it has not failed
 * @elapsed: how long it took, ns; may be negative
 *
 * Context: as dmstat_io_end_fast(), which calls it.
 */
void dmstat_io_end_slow(struct dmstat_kinflight *io, s64 elapsed)
{
	const struct dmstat_kregion *region = io->place == DMSTAT_PLACE_REFS ?
		io->refs->first.region : dmstat_region_of(io->chunk);

	if (elapsed < 0 || elapsed < READ_ONCE(region->device->slow_ns))
		dmstat_inflight_release(io);
	else
		end_told(region->device, io, elapsed, BLK_STS_OK, io->sector);
}

/* Release an I/O that has not failed; tell it if it was slow. */
static __always_inline void release(struct dmstat_kinflight *io, u64 elapsed)
{
	if (unlikely(elapsed >= READ_ONCE(dmstat_clock.slow_ns)))
		dmstat_io_end_slow(io, elapsed);
	else
		dmstat_inflight_release(io);
}

/**
 * dmstat_io_end_bins() - count an I/O in a histogram, and release it
 * @io: its entry
 * @elapsed: how long it took, ns
 * @chunk: the chunk that it is in
 * @set: this CPU's set
 *
 * Context: as dmstat_io_end_fast(), which calls it.
 */
void dmstat_io_end_bins(struct dmstat_kinflight *io, s64 elapsed,
			struct dmstat_chunk *chunk,
			struct dmstat_counter_set *set)
{
	dmstat_set_count_bin(chunk, io->place, set, false, io->operation,
			     elapsed);
	release(io, elapsed);
}

/**
 * dmstat_io_end_shared() - end an I/O in one area, perhaps without a set
 * @io: its entry
 *
 * Context: as dmstat_io_end_fast(), which calls it.
 */
void dmstat_io_end_shared(struct dmstat_kinflight *io)
{
	struct dmstat_chunk *chunk = io->chunk;
	u64 now = dmstat_clock_ns(), start = io->start_ns;

	dmstat_area_count(chunk, io->place, dmstat_chunk_cpu_set(chunk, now),
			  io->operation, dmstat_busy_one[io->operation],
			  io->sectors, start, now);
	release(io, now - start);
}

/* What start_areas() started. */
static noinline void end_areas(struct dmstat_kinflight *io)
{
	struct dmstat_chunk *chunk = io->chunk;
	u64 now = dmstat_clock_ns(), start = io->start_ns;
	struct dmstat_counter_set *set = dmstat_chunk_cpu_set(chunk, now);
	u64 area_size = dmstat_region_of(chunk)->area_size, part = io->head;
	u64 one = dmstat_busy_one[io->operation];
	u32 i = io->place, nr = io->nr_areas;
	u32 left = io->sectors;

	do {
		part = min_t(u64, part, left);
		dmstat_area_count(chunk, i++, set, io->operation, one, part,
				  start, now);
		left -= part;
		part = area_size;
	} while (--nr);
	release(io, now - start);
}

/**
 * dmstat_io_end_more() - end an I/O that dmstat_io_place_more() started
 * @io: its entry; the device still has the index that the I/O started with
 *
 * Context: as dmstat_io_end_fast(), which calls it.
 */
void dmstat_io_end_more(struct dmstat_kinflight *io)
{
	const struct dmstat_index_ref *const *more = io->refs->more;
	u64 now = dmstat_clock_ns(), elapsed = now - io->start_ns;
	u32 operation = io->operation, sectors = io->sectors;
	u64 one = dmstat_busy_one[operation];
	const struct dmstat_index_ref *ref;
	struct dmstat_chunk *chunk = io->chunk;
	unsigned int cpu = smp_processor_id();
	sector_t sector = io->sector;
	u32 i = io->place;

	/* Keep it: do not compute it again for each area. */
	OPTIMIZER_HIDE_VAR(elapsed);
	for (;;) {
		dmstat_area_count(chunk, i, READ_ONCE(chunk->cpu[cpu]) ?:
				  dmstat_chunk_cpu_set(chunk, now), operation,
				  one, sectors, now - elapsed, now);
		ref = *more++;
		if (!ref)
			break;
		chunk = dmstat_ref_chunk(ref, sector, &i);
	}
	release(io, elapsed);
}

static noinline void end_refs(struct dmstat_kinflight *io)
{
	const struct dmstat_index_ref *const *more = io->refs->more;
	const struct dmstat_index_ref *ref = &io->refs->first;
	u64 now = dmstat_clock_ns();

	do {
		dmstat_ref_count(ref, io, now, BLK_STS_OK);
	} while ((ref = *more++));
	release(io, now - io->start_ns);
}

/**
 * dmstat_io_end_other() - end an I/O that is not in one area
 * @io: its entry; the device still has the index that the I/O started with
 *
 * Context: as dmstat_io_end_fast(), which calls it.
 */
void dmstat_io_end_other(struct dmstat_kinflight *io)
{
	if (io->place < DMSTAT_PLACE_REFS)
		end_areas(io);
	else if (io->place == DMSTAT_PLACE_REFS)
		end_refs(io);
	else
		dmstat_inflight_release(io);
}

/* ================================================================ slow */

static s64 nr_areas(const struct dmstat_index_ref *ref, sector_t sector,
		    u32 sectors)
{
	struct dmstat_areas areas = dmstat_ref_areas(ref, sector, sectors);

	return areas.last - areas.slot + 1;
}

/* Return: whether an I/O that starts is in too many areas to be counted at
 * once.
 */
static noinline bool is_large(const struct dmstat_index *index,
			      sector_t sector, u32 sectors)
{
	s64 room = DMSTAT_LARGE_AREAS;
	const struct dmstat_index_ref *ref;
	struct dmstat_index_walk walk;

	dmstat_index_walk_init(&walk, index, sector, sector + sectors);
	while (room >= 0 && (ref = dmstat_index_walk_next(&walk)))
		room -= nr_areas(ref, sector, sectors);
	return room < 0;
}

/* The same for one that started under an earlier index. */
static bool was_large(const struct dmstat_index *index, sector_t sector,
		      u32 sectors, u64 generation)
{
	s64 room = DMSTAT_LARGE_AREAS;
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;

	dmstat_index_past_init(&past, index, sector, sector + sectors,
			       generation);
	while (room >= 0 && (ref = dmstat_index_past_next(&past)))
		room -= nr_areas(ref, sector, sectors);
	return room < 0;
}

/* Return: whether no limit of a region keeps it from counting an I/O. */
static bool is_within(const struct dmstat_kregion *region,
		      const struct dmstat_kinflight *io)
{
	return likely(!region->cgroup) ||
	       dmstat_cgroup_is_below(dmstat_inflight_charged(io),
				      region->cgroup);
}

/* Return: whether a region counts an I/O that it had when the I/O started. */
static __always_inline bool counts(const struct dmstat_index_ref *ref,
				   const struct dmstat_kinflight *io, u32 missed)
{
	return ref->region->member.id != missed && is_within(ref->region, io);
}

static __always_inline u32 missed_by(const struct dmstat_kinflight *io)
{
	return io->place == DMSTAT_PLACE_WALK ? io->missed : 0;
}

/* The next extent of a walk over those that an I/O that starts is counted in. */
static const struct dmstat_index_ref *
next_started(struct dmstat_index_walk *walk, const struct dmstat_kinflight *io)
{
	u32 missed = missed_by(io);
	const struct dmstat_index_ref *ref;

	do {
		ref = dmstat_index_walk_next(walk);
	} while (ref && !counts(ref, io, missed));
	return ref;
}

/* The same for an I/O that may have started under an earlier index. */
static const struct dmstat_index_ref *
next_counted(struct dmstat_index_past *past, const struct dmstat_kinflight *io)
{
	u32 missed = missed_by(io);
	const struct dmstat_index_ref *ref;

	do {
		ref = dmstat_index_past_next(past);
	} while (ref && !counts(ref, io, missed));
	return ref;
}

static void walk_counted(struct dmstat_index_past *past,
			 const struct dmstat_index *index,
			 const struct dmstat_kinflight *io)
{
	dmstat_index_past_init(past, index, io->sector,
			       io->sector + io->sectors, io->generation);
}

/* A region is told of an I/O once, although it may be in several extents. */
static bool is_first_extent(const struct dmstat_index_ref *ref,
			    sector_t sector, u32 sectors)
{
	const struct dmstat_index_one *first =
		dmstat_geometry_first_at(ref->geometry, sector,
					 sector + sectors);

	return first->ref.start == ref->start;
}

/*
 * Count an I/O as missed in the regions that it would have counted in, but for
 * the one that has missed it already. @io may be a copy of its entry.
 */
static noinline void io_missed(struct dmstat_kdevice *device,
			       const struct dmstat_index *index,
			       const struct dmstat_kinflight *io)
{
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;

	atomic64_inc(&device->missed);
	if (!io->sectors)
		return;
	if (!missed_by(io) &&
	    was_large(index, io->sector, io->sectors, io->generation)) {
		dmstat_large_miss(device, io);
		return;
	}
	walk_counted(&past, index, io);
	while ((ref = next_counted(&past, io))) {
		if (is_first_extent(ref, io->sector, io->sectors))
			atomic64_inc(&ref->region->missed);
	}
}

/* ------------------------------------------------- slow: an I/O starts */

/* Return: an entry for an I/O, or NULL if memory is short. */
static struct dmstat_kinflight *claim(struct dmstat_kdevice *device,
				      const void *carrier)
{
	unsigned long key = (unsigned long)carrier;
	struct dmstat_kinflight *io =
		dmstat_inflight_home(&device->inflight, key);

	if (likely(dmstat_inflight_claim(io, key)))
		return io;
	return dmstat_inflight_claim_slow(&device->inflight, key);
}

/* The same, filled; if it is NULL, the I/O is counted as missed. */
static struct dmstat_kinflight *
claim_filled(struct dmstat_kdevice *device, const struct dmstat_index *index,
	     const void *carrier, sector_t sector, u32 sectors,
	     enum dmstat_operation operation)
{
	struct dmstat_kinflight *io = claim(device, carrier);

	if (io)
		dmstat_io_fill(io, index, sector, sectors, operation,
			       io->who & DMSTAT_INFLIGHT_OVERFLOW);
	else
		io_missed(device, index, &(struct dmstat_kinflight) {
			.key = (unsigned long)carrier,
			.sector = sector,
			.sectors = sectors,
			.generation = index->generation,
			.place = DMSTAT_PLACE_NONE,
		});
	return io;
}

/* Of the regions of an I/O that is starting. */
struct walk_start {
	struct dmstat_kregion *missed;	/* it misses the I/O; or NULL */
	bool limited;			/* some are */
	bool within;			/* and one of them counts it */
	bool later;			/* memory is not ready */
};

/* Return: whether a work item can get the memory that an extent lacks. */
static bool can_wait(const struct dmstat_index_ref *ref)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) &&
	       dmstat_store_has_room(&ref->region->store);
}

/* Return: false if a region misses it that must not. */
static bool prepare_ref(struct walk_start *start,
			const struct dmstat_kinflight *io,
			const struct dmstat_index_ref *ref)
{
	struct dmstat_kregion *region = ref->region;

	if (unlikely(region->cgroup)) {
		start->limited = true;
		if (!is_within(region, io))
			return true;
		start->within = true;
	}
	if (region == start->missed ||
	    dmstat_ref_prepare(ref, io->sector, io->sectors))
		return true;
	start->later = can_wait(ref);
	if (start->missed || start->later)
		return false;
	start->missed = region;
	return true;
}

/* Set where an I/O is that starts. */
static void set_place(struct dmstat_kdevice *device,
		      struct dmstat_kinflight *io,
		      const struct walk_start *start)
{
	struct dmstat_kregion *missed = start->missed;

	if (unlikely(start->limited)) {
		WRITE_ONCE(io->cgroup, start->within ?
			   dmstat_cgroup_hold(dmstat_inflight_charged(io)) :
			   NULL);
		io->place = DMSTAT_PLACE_LIMITED;
		return;
	}
	if (missed) {
		atomic64_inc(&device->missed);
		atomic64_inc(&missed->missed);
	}
	io->missed = missed ? missed->member.id : 0;
	io->place = DMSTAT_PLACE_WALK;
}

/*
 * Several segments, or a region that misses the I/O or is limited.
 * Return: false if more than one misses it, or one does and one is limited:
 * then all of them do. On PREEMPT_RT a work item counts it if it can.
 */
static bool start_walk(struct dmstat_kdevice *device,
		       const struct dmstat_index *index,
		       struct dmstat_kinflight *io, u64 now)
{
	sector_t end = io->sector + io->sectors;
	const struct dmstat_index_ref *ref;
	struct dmstat_index_walk walk;
	struct walk_start start = {};

	dmstat_index_walk_init(&walk, index, io->sector, end);
	while ((ref = dmstat_index_walk_next(&walk))) {
		if (!prepare_ref(&start, io, ref))
			return start.later &&
			       dmstat_large_start(device, io, now);
	}
	if (start.missed && start.limited)
		return false;

	set_place(device, io, &start);
	dmstat_index_walk_init(&walk, index, io->sector, end);
	while ((ref = next_started(&walk, io)))
		dmstat_ref_start(ref, io->sector, io->sectors, io->operation,
				 now);
	return true;
}

/* In several segments, in many areas, or where chunks are missing. */
static noinline void start_anywhere(struct dmstat_kdevice *device,
				    struct dmstat_kinflight *io)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	u64 now = dmstat_clock_ns();

	/* It may be newer than the one that the entry was filled with. */
	WRITE_ONCE(io->generation, index->generation);
	/* Not what the slot's last I/O had. */
	io->place = DMSTAT_PLACE_NONE;
	if (!(is_large(index, io->sector, io->sectors) ?
	      dmstat_large_start(device, io, now) :
	      start_walk(device, index, io, now)))
		io_missed(device, index, io);
	dmstat_inflight_publish(io, now);
}

/*
 * Return: the extents of the segment that some sectors are in; NULL if they
 * are in several segments, or in one without extents.
 */
static const struct dmstat_index_refs *refs_of(const struct dmstat_index *index,
					       sector_t sector, u32 sectors)
{
	const struct dmstat_segment *segment =
		dmstat_index_segment(index, sector);

	return sector + sectors > segment[1].start ? NULL : segment->refs;
}

/**
 * dmstat_io_started() - an I/O enters a device
 * @device: the device
 * @carrier: what carries the I/O; owned by it until it ends
 * @sector: its first sector, from the start of the device
 * @sectors: how many, at least 1
 * @operation: what it does
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_io_started(struct dmstat_kdevice *device, const void *carrier,
		       sector_t sector, u32 sectors,
		       enum dmstat_operation operation)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	struct dmstat_kinflight *io;

	io = claim_filled(device, index, carrier, sector, sectors, operation);
	if (io)
		dmstat_io_place(device, io, refs_of(index, sector, sectors));
}

/**
 * dmstat_append_started() - a write enters a device that chooses its sector
 * @device: the device
 * @carrier: what carries the I/O; owned by it until it ends
 * @sector: the first sector of the zone that it goes to
 * @sectors: how many are written, at least 1
 *
 * Until it ends it is in flight at @sector, and in no area.
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_append_started(struct dmstat_kdevice *device, const void *carrier,
			   sector_t sector, u32 sectors)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	struct dmstat_kinflight *io;

	io = claim_filled(device, index, carrier, sector, sectors,
			  DMSTAT_OPERATION_WRITE);
	if (!io)
		return;
	io->place = DMSTAT_PLACE_APPEND;
	dmstat_inflight_mark(io, DMSTAT_INFLIGHT_OTHER);
	dmstat_inflight_publish(io, dmstat_clock_ns());
}

/**
 * dmstat_flush_started() - a flush enters a device
 * @device: the device
 * @carrier: what carries it; owned by it until it ends
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_flush_started(struct dmstat_kdevice *device, const void *carrier)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	struct dmstat_kinflight *io = claim(device, carrier);
	u64 now;

	if (!io) {
		atomic64_inc(&device->missed);
		return;
	}
	dmstat_io_fill(io, index, 0, 0, DMSTAT_OPERATION_FLUSH,
		       io->who & DMSTAT_INFLIGHT_OVERFLOW);
	io->place = DMSTAT_PLACE_FLUSH;
	dmstat_inflight_mark(io, DMSTAT_INFLIGHT_OTHER);
	now = dmstat_clock_ns();
	dmstat_flush_start(&device->flush, now);
	dmstat_inflight_publish(io, now);
}

/* --------------------------------------------------- slow: an I/O ends */

static void io_count(const struct dmstat_index *index,
		     const struct dmstat_kinflight *io, u64 now,
		     blk_status_t status)
{
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;

	walk_counted(&past, index, io);
	while ((ref = next_counted(&past, io)))
		dmstat_ref_count(ref, io, now, status);
}

static void io_leave(const struct dmstat_index *index,
		     const struct dmstat_kinflight *io, bool again)
{
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;

	walk_counted(&past, index, io);
	while ((ref = next_counted(&past, io)))
		dmstat_ref_leave(ref, io, again);
}

/* Tell an I/O that counted in regions; @io is a copy of its entry. */
static void tell(struct dmstat_kdevice *device,
		 const struct dmstat_index *index,
		 const struct dmstat_kinflight *io,
		 const struct dmstat_io_event *event)
{
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;

	dmstat_index_past_init(&past, index, event->sector,
			       event->sector + event->sectors, io->generation);
	while ((ref = next_counted(&past, io))) {
		if (is_first_extent(ref, event->sector, event->sectors))
			dmstat_event_tell(device, ref->region, event);
	}
}

/*
 * The carrier is a bio whose end is being reported. That of an I/O that was
 * split is kept until its parts have ended, too.
 */
static u64 cgroup_of(const struct dmstat_kinflight *io)
{
	const void *peeked;

	peeked = dmstat_who_peek(dmstat_inflight_carrier(io));
	return peeked ? dmstat_who_cgroup(peeked) : 0;
}

/*
 * Release an I/O that has ended, and tell it. It is released first: from then
 * on it is not told that it hangs.
 */
static noinline void end_told(struct dmstat_kdevice *device,
			      struct dmstat_kinflight *io, u64 elapsed,
			      blk_status_t status, sector_t sector)
{
	/* Later ones may lack the areas in which it started. */
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	/* Other CPUs try to claim the slot: that leaves it as it is. */
	const struct dmstat_kinflight ended = data_race(*io);
	struct dmstat_io_event event = {
		.start_ns = ended.start_ns,
		.took_ns = max_t(s64, elapsed, 0),
		.sector = sector,
		.sectors = ended.sectors,
		.operation = ended.operation,
		.status = status,
	};

	dmstat_inflight_release_slow(&device->inflight, io);
	if (!dmstat_event_is_wanted(device))
		return;
	dmstat_who_fill(&event.who, dmstat_inflight_pid(&ended),
			event.took_ns);
	event.who.cgroup = cgroup_of(&ended);
	if (ended.place == DMSTAT_PLACE_FLUSH)
		dmstat_event_tell_flush(device, &event);
	else
		tell(device, index, &ended, &event);
}

/* Count an I/O in the areas that it is in flight in. */
static void areas_end(struct dmstat_kdevice *device,
		      const struct dmstat_index *index,
		      struct dmstat_kinflight *io, u64 now, blk_status_t status)
{
	if (READ_ONCE(io->lost)) {
		io_missed(device, index, io);
		io_leave(index, io, false);
	} else if (status == BLK_STS_AGAIN) {
		io_leave(index, io, true);
	} else {
		io_count(index, io, now, status);
	}
}

/* An append as if it had started at @sector. */
static struct dmstat_kinflight append_at(const struct dmstat_kinflight *io,
					 sector_t sector)
{
	return (struct dmstat_kinflight) {
		.key = dmstat_inflight_carrier(io),
		.sector = sector,
		.sectors = io->sectors,
		.operation = io->operation,
		.start_ns = io->start_ns,
		.generation = io->generation,
		.place = DMSTAT_PLACE_APPEND,
	};
}

/* Count an append, from append_at(), that is in flight in no area. */
static void append_count(struct dmstat_kdevice *device,
			 const struct dmstat_index *index,
			 const struct dmstat_kinflight *io, u64 now,
			 blk_status_t status)
{
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;

	walk_counted(&past, index, io);
	while ((ref = next_counted(&past, io))) {
		if (dmstat_ref_prepare(ref, io->sector, io->sectors))
			continue;
		io_missed(device, index, io);
		return;
	}

	walk_counted(&past, index, io);
	while ((ref = next_counted(&past, io))) {
		dmstat_ref_start(ref, io->sector, io->sectors, io->operation,
				 io->start_ns);
		if (status == BLK_STS_AGAIN)
			dmstat_ref_leave(ref, io, true);
		else
			dmstat_ref_count(ref, io, now, status);
	}
}

/* Where an append was written or, if it failed, was to be. */
static sector_t append_sector(const struct dmstat_kinflight *io,
			      blk_status_t status, sector_t sector)
{
	return status ? io->sector : sector;
}

/* Return: whether an append that ends lacks memory that a work item can get. */
static bool append_can_wait(const struct dmstat_index *index,
			    const struct dmstat_kinflight *io,
			    blk_status_t status, sector_t sector)
{
	const struct dmstat_kinflight there =
		append_at(io, append_sector(io, status, sector));
	const struct dmstat_index_ref *ref;
	struct dmstat_index_past past;

	walk_counted(&past, index, &there);
	while ((ref = next_counted(&past, &there))) {
		if (!dmstat_ref_prepare(ref, there.sector, there.sectors))
			return can_wait(ref);
	}
	return false;
}

static void append_end(struct dmstat_kdevice *device,
		       const struct dmstat_index *index,
		       const struct dmstat_kinflight *io, u64 now,
		       blk_status_t status, sector_t sector)
{
	const struct dmstat_kinflight there =
		append_at(io, append_sector(io, status, sector));

	if (READ_ONCE(io->lost))
		io_missed(device, index, &there);
	else
		append_count(device, index, &there, now, status);
}

static void flush_end(struct dmstat_kdevice *device,
		      struct dmstat_kinflight *io, u64 now,
		      blk_status_t status)
{
	if (READ_ONCE(io->lost)) {
		atomic64_inc(&device->missed);
		dmstat_flush_leave(&device->flush, io->start_ns, false);
	} else if (status == BLK_STS_AGAIN) {
		dmstat_flush_leave(&device->flush, io->start_ns, true);
	} else {
		dmstat_flush_end(&device->flush, io->start_ns, now, status);
	}
}

/*
 * Return: whether the areas of an I/O have to be looked up again, and are too
 * many to be counted in one go: more extents may be there than when it
 * started.
 */
static bool has_become_large(const struct dmstat_index *index,
			     const struct dmstat_kinflight *io,
			     blk_status_t status, sector_t sector)
{
	if (io->place == DMSTAT_PLACE_NONE || io->place == DMSTAT_PLACE_FLUSH)
		return false;
	if (io->place == DMSTAT_PLACE_APPEND)
		return was_large(index, append_sector(io, status, sector),
				 io->sectors, io->generation) ||
		       (IS_ENABLED(CONFIG_PREEMPT_RT) &&
			append_can_wait(index, io, status, sector));
	return io->generation != index->generation &&
	       was_large(index, io->sector, io->sectors, io->generation);
}

/* Return: whether a region may want to be told. */
static bool is_told(const struct dmstat_kdevice *device,
		    const struct dmstat_kinflight *io, u64 now,
		    blk_status_t status)
{
	if (io->place == DMSTAT_PLACE_NONE || status == BLK_STS_AGAIN ||
	    READ_ONCE(io->lost))
		return false;
	return now - io->start_ns >= READ_ONCE(device->slow_ns) ||
	       (status && READ_ONCE(device->nr_tell_errors));
}

static noinline void end_any(struct dmstat_kdevice *device,
			     struct dmstat_kinflight *io, blk_status_t status,
			     sector_t sector)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	struct cgroup *cgroup = NULL;
	u64 now = dmstat_clock_ns();

	if (io->place == DMSTAT_PLACE_LARGE) {
		dmstat_large_end(io, now, status, sector);
		return;
	}
	if (io->place == DMSTAT_PLACE_LIMITED)
		cgroup = io->cgroup;
	if (has_become_large(index, io, status, sector) &&
	    dmstat_large_take(device, io, now, status, sector))
		goto put;

	if (io->place == DMSTAT_PLACE_FLUSH)
		flush_end(device, io, now, status);
	else if (io->place == DMSTAT_PLACE_APPEND)
		append_end(device, index, io, now, status, sector);
	else if (io->place != DMSTAT_PLACE_NONE)
		areas_end(device, index, io, now, status);

	if (is_told(device, io, now, status))
		end_told(device, io, now - io->start_ns, status,
			 io->place == DMSTAT_PLACE_APPEND ?
			 append_sector(io, status, sector) : io->sector);
	else
		dmstat_inflight_release_slow(&device->inflight, io);
put:
	/* After readers can no longer find it in the entry. */
	dmstat_cgroup_put(cgroup);
}

/* A carrier of a split I/O has ended. */
static void split_end(struct dmstat_kdevice *device,
		      struct dmstat_kinflight *io, blk_status_t status,
		      sector_t sector)
{
	io = dmstat_split_part_ended(&device->inflight, io, status);
	if (io)
		end_any(device, io, READ_ONCE(io->status), sector);
}

/**
 * dmstat_io_ended() - an I/O or a flush ends
 * @device: the device
 * @carrier: what it was started with
 * @status: how it ended; BLK_STS_AGAIN if its submitter does not wait, and it
 *          was not done
 * @sector: where it was written, if dmstat_append_started() was called
 *
 * I/Os whose start was not seen are ignored.
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_io_ended(struct dmstat_kdevice *device, const void *carrier,
		     blk_status_t status, sector_t sector)
{
	struct dmstat_kinflight *io;

	io = dmstat_inflight_find_slow(&device->inflight,
				       (unsigned long)carrier);
	if (!io)
		return;
	if (dmstat_inflight_is_split(io)) {
		/* It ends after its parts: do not wait for a part whose end was
		 * not seen.
		 */
		atomic_set(&io->parts, 1);
		split_end(device, io, status, sector);
	} else {
		end_any(device, io, status, sector);
	}
}

/**
 * dmstat_io_part_ended() - a carrier of an I/O has ended, perhaps not the last
 * @device: the device
 * @carrier: what dmstat_io_started() or dmstat_split() was called with
 * @status: how it ended
 * @sector: as for dmstat_io_ended()
 *
 * Unlike dmstat_io_ended(), it leaves what was split off @carrier in flight.
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_io_part_ended(struct dmstat_kdevice *device, const void *carrier,
			  blk_status_t status, sector_t sector)
{
	unsigned long key = (unsigned long)carrier;
	struct dmstat_kinflight *io;

	io = dmstat_inflight_find_slow(&device->inflight, key);
	if (!io)
		return;
	if (dmstat_inflight_is_split(io))
		split_end(device, io, status, sector);
	else
		end_any(device, io, status, sector);
}
