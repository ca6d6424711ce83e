// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hot path: which areas an I/O belongs to, and what is counted there. No
 * lock; nothing is allocated but what the first I/O of an area needs; what
 * other CPUs read is written at most about once in DMSTAT_BUSY_RESOLUTION_NS.
 *
 * An I/O's start only goes into the in-flight table. All is counted when it
 * ends, in every region that was there when it started: in all of its areas
 * or, for want of memory, in none.
 */
#include <linux/ktime.h>
#include <linux/smp.h>

#include "account.h"
#include "counters.h"
#include "device.h"
#include "inflight.h"
#include "region.h"

/* A chunk that sees enough I/O is worth a page for each CPU. Races between
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

static __always_inline void count_on_page(struct dmstat_counter_page *page,
					  u32 i, bool shared,
					  const struct dmstat_inflight *io,
					  u32 sectors, u64 now,
					  unsigned int error)
{
	struct dmstat_cold_counters *cold = &page->cold[i];
	struct dmstat_io_counters *counters;

	counters = likely(io->operation != DMSTAT_OPERATION_DISCARD) ?
		   &page->hot[i].io[io->operation] : &cold->discard;
	dmstat_count(&counters->ios, 1, shared);
	dmstat_count(&counters->sectors, sectors, shared);
	dmstat_count(&counters->ns, now - io->start_ns, shared);
	if (unlikely(error))
		dmstat_count(&cold->errors[io->operation], 1, shared);
}

/* Young, or not just idle since the last end, or in flight during gaps. */
static noinline void busy_slow(struct dmstat_chunk *chunk, u32 i,
			       struct dmstat_counter_page *page,
			       u64 start_ns, u64 now)
{
	struct dmstat_busy *busy = &chunk->busy;
	u64 stamp = atomic64_read(&busy->stamp[i]);
	u64 until = stamp & ~DMSTAT_BUSY_FLAGS;
	bool during_gap = dmstat_busy_during_gap(busy, i, start_ns);

	if (!during_gap && (s64)(now - until) < DMSTAT_BUSY_RESOLUTION_NS) {
		WRITE_ONCE(page->hot[i].last_end, now);
		if (!(stamp & DMSTAT_BUSY_SKIPPED))
			atomic64_cmpxchg(&busy->stamp[i], stamp,
					 stamp | DMSTAT_BUSY_SKIPPED);
		return;
	}

	/* An I/O that ends on another CPU right now accounts for this one. */
	if (stamp & DMSTAT_BUSY_LOCKED || !dmstat_busy_lock(busy, i, stamp))
		return;
	if (stamp & DMSTAT_BUSY_SKIPPED)
		until = max(until, dmstat_chunk_last_end(chunk, i));
	if ((s64)(start_ns - until) >= DMSTAT_BUSY_RESOLUTION_NS)
		dmstat_busy_add_gap(busy, i, start_ns, start_ns - until);
	else if (during_gap)
		dmstat_busy_take_back(busy, i, start_ns);
	dmstat_busy_unlock(busy, i, max(now, until));
}

static __always_inline void busy_count(struct dmstat_chunk *chunk, u32 i,
				       struct dmstat_counter_page *page,
				       u64 start_ns, u64 now)
{
	struct dmstat_busy *busy = &chunk->busy;
	u64 stamp = atomic64_read(&busy->stamp[i]);

	/* Idle since the stamp, until this I/O started. */
	if ((s64)(start_ns - stamp) >= DMSTAT_BUSY_RESOLUTION_NS &&
	    likely(!(stamp & DMSTAT_BUSY_FLAGS) &&
		   dmstat_busy_lock(busy, i, stamp))) {
		dmstat_busy_add_gap(busy, i, start_ns, start_ns - stamp);
		dmstat_busy_unlock(busy, i, now);
	} else {
		busy_slow(chunk, i, page, start_ns, now);
	}
}

/* This CPU's page of a chunk, made if the chunk is worth it, or NULL. */
static struct dmstat_counter_page *cpu_page(struct dmstat_region *region,
					    struct dmstat_chunk *chunk,
					    u64 now)
{
	unsigned int cpu = smp_processor_id();

	if (!READ_ONCE(chunk->cpu[cpu]) && chunk_is_hot(chunk, now))
		dmstat_region_page_new(region, chunk);
	return READ_ONCE(chunk->cpu[cpu]);
}

static void area_count(struct dmstat_region *region, struct dmstat_chunk *chunk,
		       u32 i, const struct dmstat_inflight *io, u32 sectors,
		       u64 now, unsigned int error)
{
	struct dmstat_counter_page *page = cpu_page(region, chunk, now);

	if (page) {
		count_on_page(page, i, false, io, sectors, now, error);
	} else {
		page = chunk->shared;
		count_on_page(page, i, true, io, sectors, now, error);
	}
	busy_count(chunk, i, page, io->start_ns, now);
}

/* Return: the area's chunk, made if need be, or NULL for want of memory. */
static struct dmstat_chunk *area_chunk(struct dmstat_region *region, u32 area)
{
	u32 i = area >> DMSTAT_CHUNK_SHIFT;

	return READ_ONCE(region->chunks[i]) ?:
	       dmstat_region_chunk_new(region, i);
}

/* Counts an I/O as missed in each region that it would have counted in. */
static noinline void io_missed(struct dmstat_device *device,
			       const struct dmstat_index *index,
			       sector_t sector, u32 sectors, u64 generation)
{
	struct dmstat_index_walk walk;
	struct dmstat_region *region;

	atomic64_inc(&device->missed);
	dmstat_index_walk_init(&walk, index, sector, sector + sectors);
	while ((region = dmstat_index_walk_next(&walk))) {
		if (region->generation <= generation)
			atomic64_inc(&region->missed);
	}
}

/* The first and last area of a region that a range of sectors touches. */
static void region_areas(const struct dmstat_region *region, sector_t sector,
			 sector_t end, u32 *first, u32 *last)
{
	*first = dmstat_region_area(region, max(sector, region->start));
	*last = dmstat_region_area(region, min(end, region->end) - 1);
}

/* Return: whether each area that the range touches can count. */
static bool region_prepare(struct dmstat_region *region, sector_t sector,
			   sector_t end)
{
	u32 first, last;
	u64 area;

	region_areas(region, sector, end, &first, &last);
	for (area = first & ~DMSTAT_CHUNK_MASK; area <= last;
	     area += DMSTAT_CHUNK_AREAS) {
		if (!area_chunk(region, area))
			return false;
	}
	return true;
}

static void region_count(struct dmstat_region *region,
			 const struct dmstat_inflight *io, u64 now,
			 unsigned int error)
{
	sector_t end = io->sector + io->sectors, from, to;
	u32 first, last;
	u64 area;

	region_areas(region, io->sector, end, &first, &last);
	for (area = first; area <= last; area++) {
		from = max(io->sector, dmstat_region_area_start(region, area));
		to = min(end, dmstat_region_area_end(region, area));
		area_count(region, area_chunk(region, area),
			   area & DMSTAT_CHUNK_MASK, io, to - from, now,
			   error);
	}
}

/* Return: false if there is no memory, then nothing was counted. */
static bool range_count(const struct dmstat_index *index,
			const struct dmstat_inflight *io, u64 now,
			unsigned int error)
{
	sector_t end = io->sector + io->sectors;
	struct dmstat_index_walk walk;
	struct dmstat_region *region;

	dmstat_index_walk_init(&walk, index, io->sector, end);
	while ((region = dmstat_index_walk_next(&walk))) {
		if (region->generation <= io->generation &&
		    !region_prepare(region, io->sector, end))
			return false;
	}

	dmstat_index_walk_init(&walk, index, io->sector, end);
	while ((region = dmstat_index_walk_next(&walk))) {
		if (region->generation <= io->generation)
			region_count(region, io, now, error);
	}
	return true;
}

/* Several areas or regions, memory to be had first, or nothing to count. */
static noinline void io_count_slow(struct dmstat_device *device,
				   const struct dmstat_index *index,
				   const struct dmstat_inflight *io, u64 now,
				   unsigned int error)
{
	if (!range_count(index, io, now, error))
		io_missed(device, index, io->sector, io->sectors,
			  io->generation);
}

/*
 * Most I/O is for one area of one region, on a CPU that has counters of its
 * own there: a straight line that calls nothing.
 */
static __always_inline void io_count(struct dmstat_device *device,
				     const struct dmstat_index *index,
				     const struct dmstat_inflight *io, u64 now,
				     unsigned int error)
{
	const struct dmstat_segment *segment;
	struct dmstat_counter_page *page;
	struct dmstat_region *region;
	struct dmstat_chunk *chunk;
	unsigned int cpu;
	u64 in_area;
	u32 area, i;

	segment = dmstat_index_segment(index, io->sector);
	region = segment->only;
	if (unlikely(io->sector + io->sectors > segment[1].start || !region))
		goto slow;

	area = dmstat_region_area_and_rest(region, io->sector, &in_area);
	if (unlikely(in_area + io->sectors > region->area_size ||
		     region->generation > io->generation))
		goto slow;

	chunk = READ_ONCE(region->chunks[area >> DMSTAT_CHUNK_SHIFT]);
	if (unlikely(!chunk))
		goto slow;
	cpu = smp_processor_id();
	page = READ_ONCE(chunk->cpu[cpu]);
	if (unlikely(!page))
		goto slow;

	i = area & DMSTAT_CHUNK_MASK;
	count_on_page(page, i, false, io, io->sectors, now, error);
	busy_count(chunk, i, page, io->start_ns, now);
	return;

slow:
	io_count_slow(device, index, io, now, error);
}

static __always_inline void io_start(struct dmstat_inflight *io,
				     const struct dmstat_index *index,
				     sector_t sector, u32 sectors,
				     enum dmstat_operation operation)
{
	WRITE_ONCE(io->sector, sector);
	WRITE_ONCE(io->sectors, sectors);
	WRITE_ONCE(io->operation, operation);
	WRITE_ONCE(io->generation, index->generation);
	dmstat_inflight_publish(io, ktime_get_ns());
}

static __always_inline void io_end(struct dmstat_device *device,
				   const struct dmstat_inflight *io,
				   unsigned int error)
{
	u64 now = ktime_get_ns();

	io_count(device, rcu_dereference_sched(device->index), io, now, error);
}

/* The I/O's home slot is taken. */
static noinline void start_slow(struct dmstat_device *device,
				const struct dmstat_index *index,
				unsigned long key, sector_t sector,
				u32 sectors, enum dmstat_operation operation)
{
	struct dmstat_inflight *io;

	io = dmstat_inflight_claim_slow(&device->inflight, key);
	if (io)
		io_start(io, index, sector, sectors, operation);
	else
		io_missed(device, index, sector, sectors, index->generation);
}

static void end_and_release(struct dmstat_device *device,
			    struct dmstat_inflight *io, unsigned int error)
{
	io_end(device, io, error);
	dmstat_inflight_release_slow(&device->inflight, io);
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
		end_and_release(device, io, READ_ONCE(io->failed));
	}
}

/* The I/O is not in its home slot, or was split. */
static noinline void end_slow(struct dmstat_device *device, unsigned long key,
			      unsigned int error)
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
		end_and_release(device, io, error);
	}
}

static noinline void part_end_slow(struct dmstat_device *device,
				   unsigned long key, unsigned int error)
{
	struct dmstat_inflight *io;

	io = dmstat_inflight_find_slow(&device->inflight, key);
	if (!io)
		return;
	if (dmstat_inflight_is_split(io))
		split_end(device, io, error);
	else
		end_and_release(device, io, error);
}

/**
 * dmstat_io_started() - an I/O enters a device
 * @bdev: the device
 * @carrier: what carries the I/O; owned by it until it ends
 * @sector: its first sector, from the start of the device
 * @sectors: how many, at least 1
 * @operation: what it does
 *
 * Context: any but NMI, preemption disabled.
 */
void dmstat_io_started(const struct block_device *bdev, const void *carrier,
		       sector_t sector, u32 sectors,
		       enum dmstat_operation operation)
{
	struct dmstat_device *device = dmstat_device_lookup(bdev);
	unsigned long key = (unsigned long)carrier;
	const struct dmstat_index *index;
	struct dmstat_inflight *io;

	if (!device)
		return;

	index = rcu_dereference_sched(device->index);
	io = dmstat_inflight_home(&device->inflight, key);
	if (likely(dmstat_inflight_claim(io, key)))
		io_start(io, index, sector, sectors, operation);
	else
		start_slow(device, index, key, sector, sectors, operation);
}

/**
 * dmstat_io_ended() - an I/O is done
 * @bdev: the device
 * @carrier: what dmstat_io_started() was told
 * @error: other than 0 if it failed
 *
 * One whose start nobody told of is passed over.
 *
 * Context: any but NMI, preemption disabled.
 */
void dmstat_io_ended(const struct block_device *bdev, const void *carrier,
		     unsigned int error)
{
	struct dmstat_device *device = dmstat_device_lookup(bdev);
	unsigned long key = (unsigned long)carrier;
	struct dmstat_inflight *io;

	if (!device)
		return;
	io = dmstat_inflight_home(&device->inflight, key);
	if (likely(READ_ONCE(io->key) == key)) {
		io_end(device, io, error);
		dmstat_inflight_release(io);
	} else {
		end_slow(device, key, error);
	}
}

/**
 * dmstat_io_split() - another carrier takes over some of an I/O
 * @bdev: the device
 * @carrier: what carried that until now
 * @part: what carries it from now on; owned by it until it ends
 *
 * The I/O ends when all of its carriers have.
 *
 * Context: any but NMI, preemption disabled; before @part goes on its way.
 */
void dmstat_io_split(const struct block_device *bdev, const void *carrier,
		     const void *part)
{
	struct dmstat_device *device = dmstat_device_lookup(bdev);

	if (device)
		dmstat_inflight_split(&device->inflight,
				      (unsigned long)carrier,
				      (unsigned long)part);
}

/**
 * dmstat_io_part_ended() - what a carrier has is done
 * @bdev: the device
 * @carrier: what dmstat_io_started() or dmstat_io_split() was told
 * @error: other than 0 if it failed
 *
 * Unlike dmstat_io_ended(), it leaves what was split off @carrier in flight.
 *
 * Context: any but NMI, preemption disabled.
 */
void dmstat_io_part_ended(const struct block_device *bdev, const void *carrier,
			  unsigned int error)
{
	struct dmstat_device *device = dmstat_device_lookup(bdev);
	unsigned long key = (unsigned long)carrier;
	struct dmstat_inflight *io;

	if (!device)
		return;
	io = dmstat_inflight_home(&device->inflight, key);
	if (likely(READ_ONCE(io->key) == key)) {
		io_end(device, io, error);
		dmstat_inflight_release(io);
	} else {
		part_end_slow(device, key, error);
	}
}
