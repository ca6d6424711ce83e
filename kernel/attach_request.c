// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the ends of I/O on request-based devices are seen: probes on two more
 * tracepoints of the block layer. A bio that enters such a device is reported
 * as on any other, see attach_bio.c, but not its end once it is in a request:
 * what is reported instead is that bytes of the request are done. Whatever was
 * merged, or sent down another path, each bio ends once.
 *
 * A bio larger than a request may be is split. What is split off is a new bio
 * that was never reported; the old one carries the rest, and may be done with
 * that first.
 */
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/tracepoint.h>
#include <trace/events/block.h>

#include "account.h"
#include "attach_request.h"
#include "compat.h"
#include "device.h"

static struct tracepoint *split, *rq_complete;	/* constant once loaded */

/* Return: whether all of the bio is done with these bytes of its request. */
static bool bio_ends(const struct bio *bio, unsigned int bytes)
{
	return bio->bi_iter.bi_size <= bytes;
}

/* As blk_update_request() goes through them, just after this. */
static void bios_ended(struct dmstat_device *device,
		       const struct request *request, blk_status_t error,
		       unsigned int bytes)
{
	struct bio *bio = request->bio;

	while (bio && bio_ends(bio, bytes)) {
		/* An earlier part of the bio may have failed. */
		dmstat_io_part_ended(device, bio, error ?: bio->bi_status,
				     blk_rq_pos(request));
		bytes -= bio->bi_iter.bi_size;
		bio = bytes ? bio->bi_next : NULL;
	}
}

static void probe_rq_complete(void *unused, struct request *request,
			      blk_status_t error, unsigned int bytes)
{
	struct dmstat_device *device = NULL;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	if (request->bio)
		device = dmstat_device_lookup(request->bio->bi_bdev);
	/* A write with a flush is done after its data, and reported again. */
	if (device && !(request->rq_flags & RQF_FLUSH_SEQ))
		bios_ended(device, request, error, bytes);
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

static void probe_split(void *unused, struct bio *bio, unsigned int sector)
{
	struct dmstat_device *device;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	device = dmstat_device_lookup(bio->bi_bdev);
	/* Bio-based device-mapper uses this tracepoint for something else. On
	 * others bio_chain() has been called: the rest is in bi_private.
	 */
	if (device && device->request_based)
		dmstat_io_split(device, bio->bi_private, bio);
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

static void pick_tracepoint(struct tracepoint *tracepoint, void *unused)
{
	if (!strcmp(tracepoint->name, "block_split"))
		split = tracepoint;
	else if (!strcmp(tracepoint->name, "block_rq_complete"))
		rq_complete = tracepoint;
}

/**
 * dmstat_attach_request_init() - find the tracepoints
 */
void dmstat_attach_request_init(void)
{
	/* These do nothing, but compile only if the arguments are right. */
	check_trace_callback_type_block_split(probe_split);
	check_trace_callback_type_block_rq_complete(probe_rq_complete);

	for_each_kernel_tracepoint(pick_tracepoint, NULL);
}

/**
 * dmstat_attach_request_possible() - can request-based devices be watched?
 *
 * Return: whether this kernel has the tracepoints.
 */
bool dmstat_attach_request_possible(void)
{
	return split && rq_complete;
}

/**
 * dmstat_attach_request() - begin to report ends of I/O
 *
 * Before any start on a request-based device is seen, so that its end is, too.
 *
 * Context: process, may sleep; not while attached.
 * Return: 0 or a negative error number.
 */
int dmstat_attach_request(void)
{
	int ret;

	ret = tracepoint_probe_register(rq_complete, probe_rq_complete, NULL);
	if (ret)
		return ret;

	ret = tracepoint_probe_register(split, probe_split, NULL);
	if (ret)
		tracepoint_probe_unregister(rq_complete, probe_rq_complete,
					    NULL);
	return ret;
}

/**
 * dmstat_detach_request() - stop reporting ends of I/O
 *
 * As dmstat_detach_bio().
 *
 * Context: process, may sleep; only while attached.
 */
void dmstat_detach_request(void)
{
	tracepoint_probe_unregister(split, probe_split, NULL);
	tracepoint_probe_unregister(rq_complete, probe_rq_complete, NULL);
}
