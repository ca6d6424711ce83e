// SPDX-License-Identifier: GPL-2.0-only
/*
 * Split I/O: counted once, when all of its carriers have ended. Each carrier
 * has an entry in the in-flight table. That of the first carrier is the I/O's;
 * it counts the carriers that have not ended. The entry of a part has the key
 * of the carrier that the part was split off.
 */
#include "inflight.h"
#include "split.h"

static struct dmstat_kinflight *find(struct dmstat_inflight_table *table,
				     const void *carrier)
{
	return dmstat_inflight_find_slow(table, (unsigned long)carrier);
}

/* @whole: key of the carrier that it was split off, or 0 */
static void add_mark(struct dmstat_kinflight *io, unsigned long whole)
{
	io->whole = whole;
	/* The carrier has not been submitted yet: it cannot end meanwhile. */
	atomic_set(&io->parts, 1);
	dmstat_inflight_mark(io, DMSTAT_INFLIGHT_SPLIT);
}

/**
 * dmstat_split() - another carrier takes over some of an I/O
 * @table: the in-flight table of its device
 * @carrier: what carried all of it until now
 * @part: what takes over some of it; owned by the I/O until it ends
 *
 * To be called before @part is submitted. If there is no memory for an entry of
 * @part, the end of the I/O cannot be known: the I/O is lost.
 *
 * Context: any but NMI, preemption disabled since the device was looked up; by
 * the owner of @carrier.
 */
void dmstat_split(struct dmstat_inflight_table *table, const void *carrier,
		  const void *part)
{
	struct dmstat_kinflight *io = find(table, carrier), *part_io;

	if (!io)
		return;
	if (!dmstat_inflight_is_split(io))
		add_mark(io, 0);

	part_io = dmstat_inflight_claim_slow(table, (unsigned long)part);
	if (!part_io) {
		WRITE_ONCE(io->lost, true);
		return;
	}
	add_mark(part_io, (unsigned long)carrier);
	atomic_inc(&io->parts);
}

/**
 * dmstat_split_part_ended() - a carrier of a split I/O has ended
 * @table: the in-flight table of its device
 * @io: the carrier's entry; dmstat_inflight_is_split()
 * @status: how the carrier ended
 *
 * Context: any but NMI, preemption disabled since the device was looked up.
 * Return: the entry of the I/O if that has ended with it, for the caller to
 * count and to release; NULL if other carriers have not ended.
 */
struct dmstat_kinflight *
dmstat_split_part_ended(struct dmstat_inflight_table *table,
			struct dmstat_kinflight *io, blk_status_t status)
{
	unsigned long whole;
	bool lost = false;

	while (io) {
		/* An error of one part takes precedence over BLK_STS_AGAIN of
		 * another.
		 */
		if (status == BLK_STS_AGAIN)
			cmpxchg(&io->status, BLK_STS_OK, status);
		else if (status)
			WRITE_ONCE(io->status, status);
		if (lost)
			WRITE_ONCE(io->lost, true);
		/* Fully ordered: the last part sees all earlier writes. */
		if (!atomic_dec_and_test(&io->parts))
			return NULL;
		whole = io->whole;
		if (!whole)
			return io;

		status = READ_ONCE(io->status);
		lost = READ_ONCE(io->lost);
		dmstat_inflight_release_slow(table, io);
		io = dmstat_inflight_find_slow(table, whole);
	}
	return NULL;
}

/**
 * dmstat_split_knows() - whether an I/O, or a part of one, is in flight
 * @table: the in-flight table of its device
 * @carrier: what may carry it
 *
 * Context: as dmstat_split_covers().
 * Return: true if it is.
 */
bool dmstat_split_knows(struct dmstat_inflight_table *table,
			const void *carrier)
{
	return find(table, carrier);
}

/**
 * dmstat_split_covers() - whether sectors belong to an I/O in flight
 * @table: the in-flight table of its device
 * @carrier: what may carry the I/O
 * @sector: the first of the sectors
 * @sectors: how many
 *
 * Context: any but NMI, preemption disabled since the device was looked up;
 * @carrier does not end meanwhile.
 * Return: whether @carrier carries an I/O that these sectors are part of.
 */
bool dmstat_split_covers(struct dmstat_inflight_table *table,
			 const void *carrier, sector_t sector, u32 sectors)
{
	const struct dmstat_kinflight *io = find(table, carrier);

	return io && sector >= io->sector &&
	       sector + sectors <= io->sector + io->sectors;
}
