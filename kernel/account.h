/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counting I/O: called by the probes that see it.
 *
 * Most I/O is in one area of one region, which saw I/O before. For that there
 * are two functions that are compiled into the caller, so that everything
 * stays in registers. They call the others for all other I/O.
 */
#ifndef _DMSTAT_ACCOUNT_H
#define _DMSTAT_ACCOUNT_H

#include <linux/blk_types.h>
#include <linux/types.h>
#include <linux/dmstat.h>

#include "area.h"
#include "busy.h"
#include "clock.h"
#include "device.h"
#include "index.h"
#include "inflight.h"
#include "who.h"

void dmstat_io_started(struct dmstat_kdevice *device, const void *carrier,
		       sector_t sector, u32 sectors,
		       enum dmstat_operation operation);
void dmstat_append_started(struct dmstat_kdevice *device, const void *carrier,
			   sector_t sector, u32 sectors);
void dmstat_flush_started(struct dmstat_kdevice *device, const void *carrier);
void dmstat_io_ended(struct dmstat_kdevice *device, const void *carrier,
		     blk_status_t status, sector_t sector);
void dmstat_io_part_ended(struct dmstat_kdevice *device, const void *carrier,
			  blk_status_t status, sector_t sector);

/* Of the two functions below. */
void dmstat_io_place(struct dmstat_kdevice *device, struct dmstat_kinflight *io,
		     const struct dmstat_index_refs *refs);
void dmstat_io_place_more(struct dmstat_kdevice *device, u32 i,
			  const struct dmstat_index_refs *refs,
			  struct dmstat_chunk *chunk,
			  struct dmstat_kinflight *io);
void dmstat_io_end_more(struct dmstat_kinflight *io);
void dmstat_io_end_other(struct dmstat_kinflight *io);
void dmstat_io_end_shared(struct dmstat_kinflight *io);
void dmstat_io_end_slow(struct dmstat_kinflight *io, s64 elapsed);
void dmstat_io_end_bins(struct dmstat_kinflight *io, s64 elapsed,
			struct dmstat_chunk *chunk,
			struct dmstat_counter_set *set);

/* @who: the mark of an entry that is not a slot, or 0 */
static __always_inline void dmstat_io_fill(struct dmstat_kinflight *io,
					   const struct dmstat_index *index,
					   sector_t sector, u32 sectors,
					   enum dmstat_operation operation,
					   u32 who)
{
	WRITE_ONCE(io->sector, sector);
	WRITE_ONCE(io->sectors, sectors);
	WRITE_ONCE(io->operation, operation);
	WRITE_ONCE(io->generation, index->generation);
	WRITE_ONCE(io->who, dmstat_who_submits() | who);
}

/**
 * dmstat_io_start_fast() - an I/O enters a device, as most do
 * @device: the device
 * @carrier: what carries the I/O; owned by it until it ends
 * @sector: its first sector, from the start of the device
 * @sectors: how many, at least 1
 * @operation: what it does
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 * Return: false if nothing was done: call dmstat_io_started().
 */
static __always_inline bool
dmstat_io_start_fast(struct dmstat_kdevice *device, const void *carrier,
		     sector_t sector, u32 sectors,
		     enum dmstat_operation operation)
{
	unsigned long key = (unsigned long)carrier;
	const struct dmstat_segment *segment;
	const struct dmstat_index_refs *refs;
	const struct dmstat_index *index;
	sector_t end = sector + sectors;
	struct dmstat_kinflight *io;
	struct dmstat_chunk *chunk;
	u64 now;
	u32 i;

	io = dmstat_inflight_home(&device->inflight, key);
	if (!dmstat_clock_is_short() ||
	    unlikely(!dmstat_inflight_claim(io, key)))
		return false;
	index = rcu_dereference_sched(device->index);
	refs = index->refs;
	dmstat_io_fill(io, index, sector, sectors, operation, 0);

	if (sector < index->start || end > index->end) {
		segment = dmstat_index_segment(index, sector);
		if (unlikely(end > segment[1].start)) {
			dmstat_io_place(device, io, NULL);
			return true;
		}
		refs = segment->refs;
		if (!refs) {
			io->place = DMSTAT_PLACE_NONE;
			dmstat_inflight_mark(io, DMSTAT_INFLIGHT_OTHER);
			dmstat_inflight_publish(io, dmstat_clock_short_ns());
			return true;
		}
	}

	chunk = dmstat_ref_place(&refs->first, sector, sectors, &i);
	if (unlikely(!chunk)) {
		dmstat_io_place(device, io, refs);
		return true;
	}
	if (refs->more[0]) {
		dmstat_io_place_more(device, i, refs, chunk, io);
		return true;
	}
	io->chunk = chunk;
	io->place = DMSTAT_PLACE_AREAS + i;
	now = dmstat_clock_short_ns();
	dmstat_inflight_publish(io, now);
	dmstat_busy_start(chunk, i, dmstat_busy_one[operation], now);
	return true;
}

/**
 * dmstat_io_end_fast() - an I/O ends, as most do
 * @device: the device
 * @carrier: what carried it
 * @status: how it ended
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 * Return: false if nothing was done: call dmstat_io_ended().
 */
static __always_inline bool dmstat_io_end_fast(struct dmstat_kdevice *device,
					       const void *carrier,
					       blk_status_t status)
{
	const struct dmstat_index *index =
		rcu_dereference_sched(device->index);
	unsigned long key = (unsigned long)carrier;
	struct dmstat_counter_set *set;
	struct dmstat_kinflight *io;
	struct dmstat_chunk *chunk;
	u64 start, now;

	io = dmstat_inflight_home(&device->inflight, key);
	/* It may be another I/O's entry: the key tells. */
	if (unlikely(status ||
		     READ_ONCE(io->generation) != index->generation))
		return false;
	if (unlikely(READ_ONCE(io->key) != key)) {
		if (READ_ONCE(io->key) == (key | DMSTAT_INFLIGHT_MORE))
			dmstat_io_end_more(io);
		else if (READ_ONCE(io->key) == (key | DMSTAT_INFLIGHT_OTHER) &&
			 io->place <= DMSTAT_PLACE_NONE)
			dmstat_io_end_other(io);
		else
			return false;
		return true;
	}
	chunk = io->chunk;
	set = dmstat_chunk_own_set(chunk);
	if (!dmstat_clock_is_short() || unlikely(!set)) {
		dmstat_io_end_shared(io);
		return true;
	}

	start = io->start_ns;
	now = dmstat_clock_short_ns();
	/* First: a reader must not see it both in flight and counted. */
	dmstat_busy_end(chunk, io->place, set, dmstat_busy_one[io->operation],
			start, now);
	smp_wmb();	/* pairs with add_in_flight()'s */
	dmstat_set_count(set, io->place, false, io->operation, io->sectors,
			 now - start);
	if (unlikely(chunk->has_bins))
		dmstat_io_end_bins(io, now - start, chunk, set);
	else if (unlikely(now - start >= READ_ONCE(dmstat_clock.slow_ns)))
		dmstat_io_end_slow(io, now - start);
	else
		dmstat_inflight_release(io);
	return true;
}

#endif /* _DMSTAT_ACCOUNT_H */
