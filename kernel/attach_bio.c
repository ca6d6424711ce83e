// SPDX-License-Identifier: GPL-2.0-only
/*
 * How I/O is seen: probes on two tracepoints of the block layer, the only place
 * that knows about them. A bio is reported once when it enters its first device
 * and once when it is done, whatever device-mapper splits it into; on a
 * request-based device only if it never was in a request, see
 * attach_request.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/tracepoint.h>

#include "account.h"
#include "attach_bio.h"
#include "compat.h"
#include "device.h"

/* Constant once loaded. */
static struct tracepoint *bio_queue, *bio_complete;
static bio_end_io_t *chain_endio __read_mostly;

static_assert((__force u32)REQ_OP_READ == DMSTAT_OPERATION_READ);
static_assert((__force u32)REQ_OP_WRITE == DMSTAT_OPERATION_WRITE);

static enum dmstat_operation bio_operation(const struct bio *bio)
{
	enum req_op op = bio_op(bio);

	if (likely((__force u32)op <= (__force u32)REQ_OP_WRITE))
		return (__force u32)op;
	if (op == REQ_OP_DISCARD || op == REQ_OP_SECURE_ERASE)
		return DMSTAT_OPERATION_DISCARD;
	return op_is_write((__force blk_opf_t)op) ? DMSTAT_OPERATION_WRITE :
						     DMSTAT_OPERATION_READ;
}

/*
 * When device-mapper takes back a part of a bio and issues it again, it makes a
 * bio for that which is chained to the first one, see dm_io_rewind(): not a new
 * I/O. That can happen to a part of a part.
 */
#define CHAIN_MAX	16

static bool is_part_of_known(struct dmstat_device *device,
			     const struct bio *bio)
{
	const struct bio *whole = bio;
	int i;

	for (i = 0; i < CHAIN_MAX && whole->bi_end_io == chain_endio; i++) {
		whole = whole->bi_private;
		if (dmstat_io_covers(device, whole, bio->bi_iter.bi_sector,
				     bio_sectors(bio)))
			return true;
	}
	return false;
}

static noinline void start_other(struct dmstat_device *device,
				 const struct bio *bio)
{
	sector_t sector = bio->bi_iter.bi_sector;
	u32 sectors = bio_sectors(bio);

	if (!sectors) {
		/* What manages zones has no sectors either. */
		if (op_is_flush(bio->bi_opf))
			dmstat_flush_started(device, bio);
		return;
	}
	if (bio->bi_end_io == chain_endio && is_part_of_known(device, bio))
		return;
	if (bio_op(bio) == REQ_OP_ZONE_APPEND)
		dmstat_append_started(device, bio, sector, sectors);
	else
		dmstat_io_started(device, bio, sector, sectors,
				  bio_operation(bio));
}

/* Most I/O is for devices that nobody watches: these come first. */
static void probe_bio_queue(void *unused, struct bio *bio)
{
	u32 operation = (__force u32)bio_op(bio);
	struct dmstat_device *device;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	device = dmstat_device_lookup(bio->bi_bdev);
	if (device &&
	    (operation > DMSTAT_OPERATION_WRITE || !bio_sectors(bio) ||
	     bio->bi_end_io == chain_endio ||
	     !dmstat_io_start_fast(device, bio, bio->bi_iter.bi_sector,
				   bio_sectors(bio), operation)))
		start_other(device, bio);
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

static noinline void end_other(struct dmstat_device *device,
			       const struct bio *bio)
{
	dmstat_io_ended(device, bio, bio->bi_status, bio->bi_iter.bi_sector);
}

static void probe_bio_complete(void *unused, struct request_queue *queue,
			       struct bio *bio)
{
	struct dmstat_device *device;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	device = dmstat_device_lookup(bio->bi_bdev);
	if (device && !dmstat_io_end_fast(device, bio, bio->bi_status))
		end_other(device, bio);
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

/* The function is not exported, but bio_chain() says where it is. */
static void find_chain_endio(void)
{
	struct bio part, whole;

	bio_init(&part, NULL, NULL, 0, REQ_OP_READ);
	bio_init(&whole, NULL, NULL, 0, REQ_OP_READ);
	bio_chain(&part, &whole);
	chain_endio = part.bi_end_io;
	bio_uninit(&part);
	bio_uninit(&whole);
}

static void pick_tracepoint(struct tracepoint *tracepoint, void *unused)
{
	if (!strcmp(tracepoint->name, "block_bio_queue"))
		bio_queue = tracepoint;
	else if (!strcmp(tracepoint->name, "block_bio_complete"))
		bio_complete = tracepoint;
}

/**
 * dmstat_attach_bio_init() - find the tracepoints
 *
 * Return: 0; -ENODEV, this kernel has none.
 */
int dmstat_attach_bio_init(void)
{
	find_chain_endio();
	for_each_kernel_tracepoint(pick_tracepoint, NULL);
	if (bio_queue && bio_complete)
		return 0;

	/* coverage: the kernels that are tested have them */
	pr_err("the kernel has no block_bio_queue and block_bio_complete tracepoints (CONFIG_TRACEPOINTS)\n");
	return -ENODEV;
}

/**
 * dmstat_attach_bio() - begin to report I/O
 *
 * Context: process, may sleep; not while attached.
 * Return: 0 or a negative error number.
 */
int dmstat_attach_bio(void)
{
	int ret;

	/* An end that was not seen to start is passed over, the other way
	 * round it would stay in flight: ends first.
	 */
	ret = tracepoint_probe_register(bio_complete, probe_bio_complete, NULL);
	if (ret)
		return ret;

	ret = tracepoint_probe_register(bio_queue, probe_bio_queue, NULL);
	if (ret)
		tracepoint_probe_unregister(bio_complete, probe_bio_complete,
					    NULL);
	return ret;
}

/**
 * dmstat_detach_bio() - stop reporting I/O
 *
 * A probe may still be running when this returns; before the module goes,
 * tracepoint_synchronize_unregister() has to be called.
 *
 * Context: process, may sleep; only while attached.
 */
void dmstat_detach_bio(void)
{
	tracepoint_probe_unregister(bio_queue, probe_bio_queue, NULL);
	tracepoint_probe_unregister(bio_complete, probe_bio_complete, NULL);
}
