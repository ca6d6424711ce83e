// SPDX-License-Identifier: GPL-2.0-only
/*
 * How I/O is seen: probes on two tracepoints of the block layer. A bio is
 * reported once when it enters its first device, and once when it is done,
 * whatever device-mapper splits it into. The end of a bio that was in a request
 * is reported elsewhere, see hook_request.c.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/tracepoint.h>
#include <trace/events/block.h>

#include "account.h"
#include "compat.h"
#include "device.h"
#include "hook_bio.h"
#include "split.h"

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
 * When device-mapper takes back a part of a bio to submit it again, it
 * allocates a bio for that part and chains it to the first one, see
 * dm_io_rewind(). This is not a new I/O. A part of a part can be taken back,
 * too: search so many levels.
 */
#define CHAIN_MAX	16

static bool is_part_of_known(struct dmstat_kdevice *device,
			     const struct bio *bio)
{
	const struct bio *whole = bio;
	int i;

	for (i = 0; i < CHAIN_MAX && whole->bi_end_io == chain_endio; i++) {
		whole = whole->bi_private;
		if (dmstat_split_covers(&device->inflight, whole,
					bio->bi_iter.bi_sector,
					bio_sectors(bio)))
			return true;
	}
	return false;
}

static noinline void start_other(struct dmstat_kdevice *device,
				 const struct bio *bio)
{
	sector_t sector = bio->bi_iter.bi_sector;
	u32 sectors = bio_sectors(bio);

	if (!sectors) {
		/* Zone management has no sectors either: it is not counted. */
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

/**
 * dmstat_hook_bio_start() - a bio enters a device, and is not reported there
 * @device: the device
 * @bio: the bio
 *
 * Context: any but NMI, preemption disabled since @device was looked up.
 */
void dmstat_hook_bio_start(struct dmstat_kdevice *device,
			   const struct bio *bio)
{
	start_other(device, bio);
}

/**
 * dmstat_hook_bio_is_chained() - whether a bio is a part of another one
 * @bio: the bio
 *
 * Context: any.
 * Return: true if bi_private is the other one.
 */
bool dmstat_hook_bio_is_chained(const struct bio *bio)
{
	return bio->bi_end_io == chain_endio;
}

/* Most I/O is for devices without regions: look up the device first. */
static void probe_bio_queue(void *unused, struct bio *bio)
{
	u32 operation = (__force u32)bio_op(bio);
	struct dmstat_kdevice *device;

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

static noinline void end_other(struct dmstat_kdevice *device,
			       const struct bio *bio)
{
	dmstat_io_ended(device, bio, bio->bi_status, bio->bi_iter.bi_sector);
}

static void probe_bio_complete(void *unused, struct request_queue *queue,
			       struct bio *bio)
{
	struct dmstat_kdevice *device;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	device = dmstat_device_lookup(bio->bi_bdev);
	if (device && !dmstat_io_end_fast(device, bio, bio->bi_status))
		end_other(device, bio);
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

/* bio_chain_endio() is not exported: take its address from a chained bio. */
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
 * dmstat_hook_bio_init() - find the tracepoints
 *
 * Context: process, while the module loads.
 * Return: 0; -ENODEV, this kernel has none.
 */
int dmstat_hook_bio_init(void)
{
	/* No code: fails to compile if a tracepoint has other arguments. */
	check_trace_callback_type_block_bio_queue(probe_bio_queue);
	check_trace_callback_type_block_bio_complete(probe_bio_complete);

	find_chain_endio();
	for_each_kernel_tracepoint(pick_tracepoint, NULL);
	if (bio_queue && bio_complete)
		return 0;

	/* coverage: all kernels that are tested have them */
	pr_err("the kernel has no block_bio_queue and block_bio_complete tracepoints (CONFIG_TRACEPOINTS)\n");
	return -ENODEV;
}

/**
 * dmstat_hook_bio() - start reporting I/O
 *
 * Context: process, may sleep; not while hooked.
 * Return: 0 or a negative error number.
 */
int dmstat_hook_bio(void)
{
	int ret;

	/* Ends first: an end whose start was not seen is ignored, a start
	 * whose end is not seen would stay in flight.
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
 * dmstat_unhook_bio() - stop reporting I/O
 *
 * A probe may still run when this returns. Call
 * tracepoint_synchronize_unregister() before the module goes.
 *
 * Context: process, may sleep; only while hooked.
 */
void dmstat_unhook_bio(void)
{
	tracepoint_probe_unregister(bio_queue, probe_bio_queue, NULL);
	tracepoint_probe_unregister(bio_complete, probe_bio_complete, NULL);
}
