// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hot path: which areas an I/O belongs to, and what is counted there. No
 * lock; nothing is allocated but what the first I/O of an area needs; what
 * other CPUs read often is written at most once in a tenth of a millisecond.
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

/* This CPU has no page of its own yet: the shared one, or a new one. */
static noinline struct dmstat_counter_page *
chunk_page_slow(struct dmstat_region *region, struct dmstat_chunk *chunk,
		u64 now)
{
	if (chunk_is_hot(chunk, now))
		dmstat_region_page_new(region, chunk);
	return READ_ONCE(chunk->cpu[smp_processor_id()]) ?: chunk->shared;
}

static __always_inline struct dmstat_counter_page *
chunk_page(struct dmstat_region *region, struct dmstat_chunk *chunk, u64 now)
{
	struct dmstat_counter_page *page;

	page = READ_ONCE(chunk->cpu[smp_processor_id()]);
	return likely(page) ? page : chunk_page_slow(region, chunk, now);
}

static void busy_add(struct dmstat_busy *busy, u64 stamp, u64 now, s64 ns)
{
	/* Who moves the stamp on accounts for the time in between. */
	if (atomic64_try_cmpxchg(&busy->stamp, (s64 *)&stamp, now) && ns > 0)
		atomic64_add(ns, &busy->ns);
}

/* The stamp is old: has the area been busy since, or idle? */
static noinline void busy_started(struct dmstat_chunk *chunk, u32 i, u64 now)
{
	struct dmstat_busy *busy = &chunk->busy[i];
	u64 stamp = atomic64_read(&busy->stamp);
	u64 last_end;

	if (dmstat_chunk_in_flight(chunk, i, &last_end) > 0)
		busy_add(busy, stamp, now, now - stamp);
	else
		busy_add(busy, stamp, now, last_end - stamp);
}

/* The stamp is old, and the I/O that ends has been in flight since. */
static noinline void busy_ended(struct dmstat_busy *busy, u64 now)
{
	u64 stamp = atomic64_read(&busy->stamp);

	busy_add(busy, stamp, now, now - stamp);
}

static __always_inline bool busy_is_old(const struct dmstat_busy *busy,
					u64 now)
{
	return (s64)(now - atomic64_read(&busy->stamp)) >=
	       DMSTAT_BUSY_RESOLUTION_NS;
}

static __always_inline void area_started(struct dmstat_region *region,
					 struct dmstat_chunk *chunk, u32 i,
					 u64 now)
{
	struct dmstat_counter_page *page = chunk_page(region, chunk, now);

	if (unlikely(busy_is_old(&chunk->busy[i], now)))
		busy_started(chunk, i, now);
	dmstat_count(&page->hot[i].in_flight, 1, page == chunk->shared);
}

static __always_inline void
page_ended(struct dmstat_counter_page *page, u32 i, bool shared,
	   enum dmstat_operation operation, u32 sectors, u64 ns, bool failed,
	   u64 now)
{
	struct dmstat_hot_counters *hot = &page->hot[i];
	struct dmstat_cold_counters *cold = &page->cold[i];
	struct dmstat_io_counters *io;

	io = likely(operation != DMSTAT_OPERATION_DISCARD) ?
	     &hot->io[operation] : &cold->discard;
	dmstat_count(&io->ios, 1, shared);
	dmstat_count(&io->sectors, sectors, shared);
	dmstat_count(&io->ns, ns, shared);
	if (unlikely(failed))
		dmstat_count(&cold->errors[operation], 1, shared);
	WRITE_ONCE(hot->last_end, now);
	dmstat_count(&hot->in_flight, -1, shared);
}

static __always_inline void
area_ended(struct dmstat_region *region, struct dmstat_chunk *chunk, u32 i,
	   const struct dmstat_inflight *io, u32 sectors, bool failed, u64 now)
{
	struct dmstat_counter_page *page = chunk_page(region, chunk, now);
	u64 ns = now - io->start_ns;

	if (likely(page != chunk->shared))
		page_ended(page, i, false, io->operation, sectors, ns, failed,
			   now);
	else
		page_ended(page, i, true, io->operation, sectors, ns, failed,
			   now);
	if (unlikely(busy_is_old(&chunk->busy[i], now)))
		busy_ended(&chunk->busy[i], now);
}

/* Return: the area's chunk, made if need be, or NULL for want of memory. */
static __always_inline struct dmstat_chunk *
area_chunk(struct dmstat_region *region, u32 area)
{
	u32 i = area >> DMSTAT_CHUNK_SHIFT;
	struct dmstat_chunk *chunk = READ_ONCE(region->chunks[i]);

	return likely(chunk) ? chunk : dmstat_region_chunk_new(region, i);
}

/* The first and last area of a region that a range of sectors touches. */
static void region_areas(const struct dmstat_region *region, sector_t sector,
			 sector_t end, u32 *first, u32 *last)
{
	*first = dmstat_region_area(region, max(sector, region->start));
	*last = dmstat_region_area(region, min(end, region->end) - 1);
}

/* Return: whether each area that the range touches can count. */
static bool range_prepare(const struct dmstat_index *index, sector_t sector,
			  sector_t end)
{
	struct dmstat_index_walk walk;
	struct dmstat_region *region;
	u32 first, last;
	u64 area;

	dmstat_index_walk_init(&walk, index, sector, end);
	while ((region = dmstat_index_walk_next(&walk))) {
		region_areas(region, sector, end, &first, &last);
		for (area = first & ~DMSTAT_CHUNK_MASK; area <= last;
		     area += DMSTAT_CHUNK_AREAS) {
			if (!area_chunk(region, area))
				return false;
		}
	}
	return true;
}

static noinline bool range_started(const struct dmstat_index *index,
				   sector_t sector, sector_t end, u64 now)
{
	struct dmstat_index_walk walk;
	struct dmstat_region *region;
	u32 first, last;
	u64 area;

	/* An I/O is counted in all of its areas or missed in all. */
	if (!range_prepare(index, sector, end))
		return false;

	dmstat_index_walk_init(&walk, index, sector, end);
	while ((region = dmstat_index_walk_next(&walk))) {
		region_areas(region, sector, end, &first, &last);
		for (area = first; area <= last; area++)
			area_started(region, area_chunk(region, area),
				     area & DMSTAT_CHUNK_MASK, now);
	}
	return true;
}

static noinline void range_ended(const struct dmstat_index *index,
				 const struct dmstat_inflight *io, bool failed,
				 u64 now)
{
	sector_t end = io->sector + io->sectors, from, to;
	struct dmstat_index_walk walk;
	struct dmstat_region *region;
	u32 first, last;
	u64 area;

	dmstat_index_walk_init(&walk, index, io->sector, end);
	while ((region = dmstat_index_walk_next(&walk))) {
		/* It was made after the I/O started. */
		if (region->generation > io->generation)
			continue;
		region_areas(region, io->sector, end, &first, &last);
		for (area = first; area <= last; area++) {
			from = max(io->sector,
				   dmstat_region_area_start(region, area));
			to = min(end, dmstat_region_area_end(region, area));
			area_ended(region, area_chunk(region, area),
				   area & DMSTAT_CHUNK_MASK, io, to - from,
				   failed, now);
		}
	}
}

static noinline void io_missed(struct dmstat_device *device,
			       const struct dmstat_index *index,
			       sector_t sector, sector_t end)
{
	struct dmstat_index_walk walk;
	struct dmstat_region *region;

	atomic64_inc(&device->missed);
	dmstat_index_walk_init(&walk, index, sector, end);
	while ((region = dmstat_index_walk_next(&walk)))
		atomic64_inc(&region->missed);
}

/* Return: false if there is no memory to count @io. */
static __always_inline bool count_started(const struct dmstat_index *index,
					  struct dmstat_inflight *io,
					  sector_t sector, sector_t end,
					  u64 now)
{
	const struct dmstat_segment *segment;
	struct dmstat_region *region;
	struct dmstat_chunk *chunk;
	u32 area;

	segment = dmstat_index_segment(index, sector);
	if (likely(end <= segment[1].start)) {
		if (!segment->nr) {
			io->where = DMSTAT_WHERE_NOWHERE;
			return true;
		}
		region = index->refs[segment->first];
		area = dmstat_region_area(region, sector);
		if (likely(segment->nr == 1 &&
			   end <= dmstat_region_area_end(region, area))) {
			chunk = area_chunk(region, area);
			if (unlikely(!chunk))
				return false;
			io->where = DMSTAT_WHERE_ONE_AREA;
			io->region = region;
			io->area = area;
			area_started(region, chunk, area & DMSTAT_CHUNK_MASK,
				     now);
			return true;
		}
	}

	io->where = DMSTAT_WHERE_SEARCH;
	return range_started(index, sector, end, now);
}

/**
 * dmstat_io_started() - an I/O enters a device
 * @bdev: the device
 * @carrier: what carries the I/O; owned by it until it ends
 * @sector: its first sector, from the start of the device
 * @sectors: how many, at least 1
 * @operation: what it does
 *
 * Context: any but NMI.
 */
void dmstat_io_started(const struct block_device *bdev, const void *carrier,
		       sector_t sector, u32 sectors,
		       enum dmstat_operation operation)
{
	const struct dmstat_index *index;
	struct dmstat_device *device;
	struct dmstat_inflight *io;
	u64 now;

	preempt_disable_notrace();
	device = dmstat_device_lookup(bdev);
	if (!device)
		goto out;
	index = rcu_dereference_sched(device->index);
	if (unlikely(!index))
		goto out;

	io = dmstat_inflight_claim(&device->inflight, (unsigned long)carrier);
	if (unlikely(!io)) {
		io_missed(device, index, sector, sector + sectors);
		goto out;
	}

	now = ktime_get_ns();
	WRITE_ONCE(io->sector, sector);
	WRITE_ONCE(io->sectors, sectors);
	WRITE_ONCE(io->operation, operation);
	WRITE_ONCE(io->generation, index->generation);
	if (unlikely(!count_started(index, io, sector, sector + sectors,
				    now))) {
		dmstat_inflight_release(&device->inflight, io);
		io_missed(device, index, sector, sector + sectors);
		goto out;
	}
	dmstat_inflight_publish(io, now);
out:
	preempt_enable_notrace();
}

/**
 * dmstat_io_ended() - an I/O is done
 * @bdev: the device
 * @carrier: what dmstat_io_started() was told
 * @failed: whether it ended in an error
 *
 * One whose start nobody told of is passed over.
 *
 * Context: any but NMI.
 */
void dmstat_io_ended(const struct block_device *bdev, const void *carrier,
		     bool failed)
{
	const struct dmstat_index *index;
	struct dmstat_device *device;
	struct dmstat_inflight *io;
	u64 now;

	preempt_disable_notrace();
	device = dmstat_device_lookup(bdev);
	if (!device)
		goto out;
	io = dmstat_inflight_find(&device->inflight, (unsigned long)carrier);
	if (!io)
		goto out;

	index = rcu_dereference_sched(device->index);
	now = ktime_get_ns();
	if (unlikely(io->generation != index->generation ||
		     io->where == DMSTAT_WHERE_SEARCH))
		range_ended(index, io, failed, now);
	else if (likely(io->where == DMSTAT_WHERE_ONE_AREA))
		area_ended(io->region,
			   area_chunk(io->region, io->area),
			   io->area & DMSTAT_CHUNK_MASK, io, io->sectors,
			   failed, now);
	dmstat_inflight_release(&device->inflight, io);
out:
	preempt_enable_notrace();
}
