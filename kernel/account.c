// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hot path: which areas an I/O belongs to, and what is counted there. No
 * lock; nothing is allocated but what the first I/O of an area needs; what
 * other CPUs read is written at most about once in DMSTAT_BUSY_RESOLUTION_NS.
 *
 * An I/O's start only goes into the in-flight table. All is counted when it
 * ends, in every region that was there when it started: in all of a region's
 * areas that it touches or, for want of memory, in none of them.
 */
#include <linux/smp.h>

#include "account.h"
#include "chunk.h"
#include "clock.h"
#include "counters.h"
#include "index.h"
#include "inflight.h"
#include "region.h"

/* What ends now, for where that is not kept in registers. */
struct ended {
	const struct dmstat_inflight *io;
	sector_t end;			/* the first sector after it */
	u64 now;			/* dmstat_clock_ns() */
	u64 ns;				/* how long it took */
	unsigned int error;
};

static __always_inline u64 elapsed(const struct dmstat_inflight *io, u64 now)
{
	return max_t(s64, now - io->start_ns, 0);
}

static struct ended make_ended(const struct dmstat_inflight *io, u64 now,
			       unsigned int error)
{
	return (struct ended) {
		.io = io,
		.end = io->sector + io->sectors,
		.now = now,
		.ns = elapsed(io, now),
		.error = error,
	};
}

/* A chunk that sees enough I/O is worth a set for each CPU. Races between
 * CPUs only make the number of I/Os imprecise.
 */
static bool chunk_is_hot(struct dmstat_chunk *chunk, u64 now)
{
	u32 ios = READ_ONCE(chunk->window_ios);

	if (now - READ_ONCE(chunk->window_start) > NSEC_PER_SEC) {
		WRITE_ONCE(chunk->window_start, now);
		ios = 0;
	}
	WRITE_ONCE(chunk->window_ios, ios + 1);
	return ios >= DMSTAT_CHUNK_HOT;
}

/* A flag is set or to be set, or the I/O was in flight during gaps. */
static noinline void busy_slow(struct dmstat_chunk *chunk, u32 i,
			       struct dmstat_area_counters *area, u64 start,
			       u64 now)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	u64 stamp = atomic64_read(&busy->stamp);
	u64 until = stamp & ~DMSTAT_BUSY_FLAGS;
	bool during_gap = dmstat_busy_during_gap(busy, start);

	if (!during_gap && (s64)(now - until) < DMSTAT_BUSY_RESOLUTION_NS) {
		WRITE_ONCE(area->last_end, now);
		if (!(stamp & DMSTAT_BUSY_SKIPPED))
			atomic64_cmpxchg(&busy->stamp, stamp,
					 stamp | DMSTAT_BUSY_SKIPPED);
		return;
	}

	/* An I/O that ends on another CPU right now accounts for this one. */
	if (stamp & DMSTAT_BUSY_LOCKED || !dmstat_busy_lock(busy, stamp))
		return;
	if (stamp & DMSTAT_BUSY_SKIPPED)
		until = max(until, dmstat_chunk_last_end(chunk, i));
	if ((s64)(start - until) >= DMSTAT_BUSY_RESOLUTION_NS)
		dmstat_busy_add_gap(busy, start, start - until);
	else if (during_gap)
		dmstat_busy_take_back(busy, start);
	dmstat_busy_unlock(busy, max(now, until));
}

/* Return: false if that is not all; busy_slow() has to go on. */
static __always_inline bool busy_count(struct dmstat_chunk *chunk, u32 i,
				       struct dmstat_area_counters *area,
				       u64 start, u64 now)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	u64 stamp = atomic64_read(&busy->stamp);
	s64 idle = start - stamp;

	/* Where there is little I/O: idle since the stamp, until this one. A
	 * flag makes it negative.
	 */
	if (idle >= DMSTAT_BUSY_RESOLUTION_NS &&
	    likely(dmstat_busy_lock(busy, stamp))) {
		dmstat_busy_add_gap(busy, start, idle);
		dmstat_busy_unlock(busy, now);
		return true;
	}
	/* Where there is much: another ended a short while ago. Any other
	 * flags make that a long one.
	 */
	if (likely(now - (stamp ^ DMSTAT_BUSY_SKIPPED) <
		   DMSTAT_BUSY_RESOLUTION_NS &&
		   !dmstat_busy_during_gap(busy, start))) {
		WRITE_ONCE(area->last_end, now);
		return true;
	}
	return false;
}

static __always_inline void count_in_set(const struct dmstat_layout *layout,
					 struct dmstat_counter_set *set, u32 i,
					 bool shared, u32 operation,
					 u32 sectors, u64 ns,
					 unsigned int error)
{
	struct dmstat_area_counters *area = &set->area[i];
	struct dmstat_io_counters *io = &area->io[operation];

	dmstat_count(&io->ios, 1, shared);
	dmstat_count(&io->sectors, sectors, shared);
	dmstat_count(&io->ns, ns, shared);
	dmstat_longest(&io->longest_ns, ns);
	if (layout->nr_bins)
		dmstat_count(&dmstat_set_bins(layout, set, i, operation)
			     [dmstat_bin(layout, ns)], 1, shared);
	if (unlikely(error))
		dmstat_count(&area->errors[operation], 1, shared);
}

/* This CPU's set of a chunk, made if the chunk is worth it, or NULL. */
static struct dmstat_counter_set *cpu_set(struct dmstat_region *region,
					  struct dmstat_chunk *chunk, u64 now)
{
	unsigned int cpu = smp_processor_id();

	if (!READ_ONCE(chunk->cpu[cpu]) && chunk_is_hot(chunk, now))
		dmstat_chunk_cpu_new(region, chunk);
	return READ_ONCE(chunk->cpu[cpu]);
}

static void area_count(struct dmstat_region *region, struct dmstat_chunk *chunk,
		       u32 i, const struct ended *ended, u32 sectors)
{
	struct dmstat_counter_set *set = cpu_set(region, chunk, ended->now);

	if (set) {
		count_in_set(&region->layout, set, i, false,
			     ended->io->operation, sectors, ended->ns,
			     ended->error);
	} else {
		set = chunk->shared;
		count_in_set(&region->layout, set, i, true,
			     ended->io->operation, sectors, ended->ns,
			     ended->error);
	}
	if (!busy_count(chunk, i, &set->area[i], ended->io->start_ns,
			ended->now))
		busy_slow(chunk, i, &set->area[i], ended->io->start_ns,
			  ended->now);
}

/* Return: a chunk, made if need be, or NULL for want of memory. */
static struct dmstat_chunk *get_chunk(struct dmstat_region *region, u32 i)
{
	return READ_ONCE(region->chunks[i]) ?:
	       dmstat_chunk_new(region, i, GFP_NOWAIT | __GFP_NOWARN);
}

/* The I/O counts in the region: it did not start before that was made. */
static __always_inline bool counts(const struct dmstat_region *region,
				   u64 generation)
{
	return region->generation <= generation;
}

/* Counts an I/O as missed in each region that it would have counted in. */
static noinline void io_missed(struct dmstat_device *device,
			       const struct dmstat_index *index,
			       sector_t sector, u32 sectors, u64 generation)
{
	sector_t end = sector + sectors;
	const struct dmstat_index_ref *ref;
	struct dmstat_index_walk walk;
	u32 first, last;

	atomic64_inc(&device->missed);
	dmstat_index_walk_init(&walk, index, sector, end);
	while ((ref = dmstat_index_walk_next(&walk))) {
		/* Once, although several extents may have part in it. */
		if (counts(ref->region, generation) &&
		    dmstat_region_areas(ref->region, sector, end, &first,
					&last) &&
		    first >= ref->first_area)
			atomic64_inc(&ref->region->missed);
	}
}

/* The areas of an extent that an I/O touches. */
static void ref_areas(const struct dmstat_index_ref *ref,
		      const struct ended *ended, u32 *first, u32 *last)
{
	sector_t from = max(ended->io->sector, ref->start);
	sector_t end = min(ended->end, ref->end);

	*first = ref->first_area +
		 dmstat_region_area_of(ref->region, from - ref->start);
	*last = ref->first_area +
		dmstat_region_area_of(ref->region, end - 1 - ref->start);
}

/* Return: whether each area of an extent that an I/O touches can count. */
static bool ref_prepare(const struct dmstat_index_ref *ref,
			const struct ended *ended)
{
	u32 shift = ref->region->layout.chunk_shift;
	u32 first, last, i;

	ref_areas(ref, ended, &first, &last);
	for (i = first >> shift; i <= last >> shift; i++) {
		if (!get_chunk(ref->region, i))
			return false;
	}
	return true;
}

static void ref_count_all(const struct dmstat_index_ref *ref,
			  const struct ended *ended)
{
	struct dmstat_region *region = ref->region;
	const struct dmstat_layout *layout = &region->layout;
	sector_t from = max(ended->io->sector, ref->start), to;
	sector_t end = min(ended->end, ref->end);
	u32 first, last;
	u64 area;

	ref_areas(ref, ended, &first, &last);
	for (area = first; area <= last; area++) {
		to = ref->start +
		     (area - ref->first_area + 1) * region->area_size;
		to = area < last ? to : end;
		area_count(region, get_chunk(region,
					     area >> layout->chunk_shift),
			   area & layout->chunk_mask, ended, to - from);
		from = to;
	}
}

/*
 * An I/O that extents of several segments have part in, or that started under
 * another index.
 * Return: false if there is no memory, then nothing was counted.
 */
static bool range_count(const struct dmstat_index *index,
			const struct ended *ended)
{
	const struct dmstat_inflight *io = ended->io;
	const struct dmstat_index_ref *ref;
	struct dmstat_index_walk walk;

	dmstat_index_walk_init(&walk, index, io->sector, ended->end);
	while ((ref = dmstat_index_walk_next(&walk))) {
		if (counts(ref->region, io->generation) &&
		    !ref_prepare(ref, ended))
			return false;
	}

	dmstat_index_walk_init(&walk, index, io->sector, ended->end);
	while ((ref = dmstat_index_walk_next(&walk))) {
		if (counts(ref->region, io->generation))
			ref_count_all(ref, ended);
	}
	return true;
}

static noinline void range_count_or_miss(struct dmstat_device *device,
					 const struct dmstat_index *index,
					 const struct dmstat_inflight *io,
					 u64 now, unsigned int error)
{
	struct ended ended = make_ended(io, now, error);

	if (!range_count(index, &ended))
		io_missed(device, index, io->sector, io->sectors,
			  io->generation);
}

/* Several areas, or memory to be had first. Return: whether it was missed. */
static noinline bool ref_count_or_miss(const struct dmstat_index_ref *ref,
				       const struct dmstat_inflight *io,
				       u64 now, unsigned int error)
{
	struct ended ended = make_ended(io, now, error);

	if (!ref_prepare(ref, &ended)) {
		atomic64_inc(&ref->region->missed);
		return true;
	}
	ref_count_all(ref, &ended);
	return false;
}

/*
 * Most I/O is for one area of a region, on a CPU that has counters of its own
 * there. These are put into @chunk, @set and, the area's index in both, @i.
 * Return: false if it is not, or has none.
 */
static __always_inline bool ref_place(const struct dmstat_index_ref *ref,
				      const struct dmstat_inflight *io,
				      struct dmstat_chunk **chunk,
				      struct dmstat_counter_set **set, u32 *i)
{
	const struct dmstat_region *region = ref->region;
	const struct dmstat_layout *layout = &region->layout;
	sector_t offset = io->sector - ref->start;
	unsigned long cpu = smp_processor_id();
	u32 sectors = io->sectors;
	u64 area, last;

	area = dmstat_region_area_of(region, offset);
	if (likely(region->area_shift >= 0))
		last = (offset + sectors - 1) >> region->area_shift;
	else
		last = area + (offset - area * region->area_size + sectors >
			       region->area_size);
	if (unlikely(area != last))
		return false;

	area += ref->first_area;
	*i = area & layout->chunk_mask;
	*chunk = READ_ONCE(region->chunks[area >> layout->chunk_shift]);
	if (unlikely(!*chunk))
		return false;
	*set = READ_ONCE((*chunk)->cpu[cpu]);
	return likely(*set);
}

/* From @ref up to the last one of its segment: each counts by itself, or the
 * I/O is missed there.
 */
static void refs_count(const struct dmstat_index_ref *ref,
		       const struct dmstat_inflight *io, u64 now,
		       unsigned int error)
{
	struct dmstat_counter_set *set;
	struct dmstat_chunk *chunk;
	u64 ns = elapsed(io, now);
	bool missed = false;
	u32 i;

	do {
		if (unlikely(!ref_place(ref, io, &chunk, &set, &i))) {
			missed |= ref_count_or_miss(ref, io, now, error);
			continue;
		}
		count_in_set(&ref->region->layout, set, i, false,
			     io->operation, io->sectors, ns, error);
		if (!busy_count(chunk, i, &set->area[i], io->start_ns, now))
			busy_slow(chunk, i, &set->area[i], io->start_ns, now);
	} while (!ref++->last);

	if (unlikely(missed))
		atomic64_inc(&ref[-1].region->device->missed);
}

/* What io_end() leaves: from @ref on. */
static noinline void io_end_rest(const struct dmstat_index_ref *ref,
				 struct dmstat_inflight *io, u64 now)
{
	refs_count(ref, io, now, 0);
	dmstat_inflight_release(io);
}

/* The same, but @ref has counted it, except for busy time. */
static noinline void io_end_rest_busy(const struct dmstat_index_ref *ref,
				      struct dmstat_inflight *io, u64 now)
{
	struct dmstat_counter_set *set;
	struct dmstat_chunk *chunk;
	u32 i;

	if (ref_place(ref, io, &chunk, &set, &i))
		busy_slow(chunk, i, &set->area[i], io->start_ns, now);
	if (ref->last)
		dmstat_inflight_release(io);
	else
		io_end_rest(ref + 1, io, now);
}

/* What is in the way of io_end(). */
static noinline void io_end_slow(struct dmstat_device *device,
				 struct dmstat_inflight *io, u64 now,
				 unsigned int error)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	const struct dmstat_segment *segment =
		dmstat_index_segment(index, io->sector);

	/* Regions came or went meanwhile: not all may have been there. */
	if (io->generation != index->generation ||
	    io->sector + io->sectors > segment[1].start)
		range_count_or_miss(device, index, io, now, error);
	else if (segment[0].first < segment[1].first)
		refs_count(&index->refs[segment->first], io, now, error);
	dmstat_inflight_release_slow(&device->inflight, io);
}

/*
 * Most I/O is in one segment, has not failed, and started under the index that
 * there is: its regions count it one after the other. Nothing is called but to
 * end with, so that all is kept in registers.
 */
static __always_inline void io_end(struct dmstat_device *device,
				   struct dmstat_inflight *io, u64 now,
				   unsigned int error)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	sector_t sector = io->sector, end = sector + io->sectors;
	u64 start = io->start_ns, ns = elapsed(io, now);
	const struct dmstat_index_ref *ref = index->refs;
	const struct dmstat_segment *segment;
	struct dmstat_counter_set *set;
	struct dmstat_chunk *chunk;
	bool busy_done;
	u32 i;

	if (unlikely(error || io->generation != index->generation)) {
		io_end_slow(device, io, now, error);
		return;
	}

	if (sector < index->start || end > index->end) {
		segment = dmstat_index_segment(index, sector);
		if (unlikely(end > segment[1].start ||
			     segment[0].first == segment[1].first)) {
			io_end_slow(device, io, now, 0);
			return;
		}
		ref += segment->first;
	}

	do {
		if (unlikely(!ref_place(ref, io, &chunk, &set, &i))) {
			io_end_rest(ref, io, now);
			return;
		}
		count_in_set(&ref->region->layout, set, i, false,
			     io->operation, io->sectors, ns, 0);
		busy_done = busy_count(chunk, i, &set->area[i], start, now);
		if (unlikely(!busy_done)) {
			io_end_rest_busy(ref, io, now);
			return;
		}
	} while (!ref++->last);
	dmstat_inflight_release(io);
}

static noinline void end_now(struct dmstat_device *device,
			     struct dmstat_inflight *io, unsigned int error)
{
	io_end_slow(device, io, dmstat_clock_ns(), error);
}

/* One of the carriers of an I/O is done. */
static void split_end(struct dmstat_device *device, struct dmstat_inflight *io,
		      unsigned int error)
{
	io = dmstat_inflight_part_ended(&device->inflight, io, error);
	if (!io)
		return;
	if (READ_ONCE(io->lost)) {
		io_missed(device, rcu_dereference_sched(device->index),
			  io->sector, io->sectors, io->generation);
		dmstat_inflight_release_slow(&device->inflight, io);
	} else {
		end_now(device, io, READ_ONCE(io->failed));
	}
}

/* The I/O is not in its home slot, or was split. */
static noinline void end_elsewhere(struct dmstat_device *device,
				   unsigned long key, unsigned int error)
{
	struct dmstat_inflight *io;

	io = dmstat_inflight_find_slow(&device->inflight, key);
	if (!io)
		return;
	if (dmstat_inflight_is_split(io)) {
		/* Its parts have ended before it, if not all was told. */
		atomic_set(&io->parts, 1);
		split_end(device, io, error);
	} else {
		end_now(device, io, error);
	}
}

static __always_inline void io_fill(struct dmstat_inflight *io,
				    const struct dmstat_index *index,
				    sector_t sector, u32 sectors,
				    enum dmstat_operation operation)
{
	WRITE_ONCE(io->sector, sector);
	WRITE_ONCE(io->sectors, sectors);
	WRITE_ONCE(io->operation, operation);
	WRITE_ONCE(io->generation, index->generation);
}

/* Apart, for the other clock is a function. */
static noinline void publish_now(struct dmstat_inflight *io)
{
	dmstat_inflight_publish(io, dmstat_clock_ns());
}

/* The I/O's home slot is taken. */
static noinline void start_elsewhere(struct dmstat_device *device,
				     const struct dmstat_index *index,
				     unsigned long key, sector_t sector,
				     u32 sectors,
				     enum dmstat_operation operation)
{
	struct dmstat_inflight *io;

	io = dmstat_inflight_claim_slow(&device->inflight, key);
	if (!io) {
		io_missed(device, index, sector, sectors, index->generation);
		return;
	}
	io_fill(io, index, sector, sectors, operation);
	publish_now(io);
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
void dmstat_io_started(struct dmstat_device *device, const void *carrier,
		       sector_t sector, u32 sectors,
		       enum dmstat_operation operation)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	unsigned long key = (unsigned long)carrier;
	struct dmstat_inflight *io;

	io = dmstat_inflight_home(&device->inflight, key);
	if (unlikely(!dmstat_inflight_claim(io, key))) {
		start_elsewhere(device, index, key, sector, sectors,
				operation);
		return;
	}

	io_fill(io, index, sector, sectors, operation);
	if (dmstat_clock_is_short())
		dmstat_inflight_publish(io, dmstat_clock_short_ns());
	else
		publish_now(io);
}

/**
 * dmstat_io_ended() - an I/O is done
 * @device: the device
 * @carrier: what dmstat_io_started() was told
 * @error: other than 0 if it failed
 *
 * One whose start nobody told of is passed over.
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_io_ended(struct dmstat_device *device, const void *carrier,
		     unsigned int error)
{
	unsigned long key = (unsigned long)carrier;
	struct dmstat_inflight *io;

	io = dmstat_inflight_home(&device->inflight, key);
	if (unlikely(READ_ONCE(io->key) != key))
		end_elsewhere(device, key, error);
	else if (dmstat_clock_is_short())
		io_end(device, io, dmstat_clock_short_ns(), error);
	else
		end_now(device, io, error);
}

/**
 * dmstat_io_split() - another carrier takes over some of an I/O
 * @device: the device
 * @carrier: what carried that until now
 * @part: what carries it from now on; owned by it until it ends
 *
 * The I/O ends when all of its carriers have.
 *
 * Context: any but NMI, preemption disabled since @device was looked up; before
 * @part goes on its way.
 */
void dmstat_io_split(struct dmstat_device *device, const void *carrier,
		     const void *part)
{
	dmstat_inflight_split(&device->inflight, (unsigned long)carrier,
			      (unsigned long)part);
}

/**
 * dmstat_io_part_ended() - what a carrier has is done
 * @device: the device
 * @carrier: what dmstat_io_started() or dmstat_io_split() was told
 * @error: other than 0 if it failed
 *
 * Unlike dmstat_io_ended(), it leaves what was split off @carrier in flight.
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_io_part_ended(struct dmstat_device *device, const void *carrier,
			  unsigned int error)
{
	unsigned long key = (unsigned long)carrier;
	struct dmstat_inflight *io;

	io = dmstat_inflight_find_slow(&device->inflight, key);
	if (!io)
		return;
	if (dmstat_inflight_is_split(io))
		split_end(device, io, error);
	else
		end_now(device, io, error);
}
