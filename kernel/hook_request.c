// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the ends of I/O on request-based devices are seen: probes on two more
 * tracepoints of the block layer. The start of a bio is reported as on any
 * other device, see hook_bio.c. Once the bio is in a request, its end is not
 * reported: instead the block layer reports that bytes of the request are
 * done. Each bio ends once, even if it was merged or sent down another path.
 *
 * A bio that is larger than a request may be is split. The front is a new bio
 * that was never reported. The old bio carries the rest, and may end first.
 */
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/tracepoint.h>
#include <trace/events/block.h>

#include "account.h"
#include "compat.h"
#include "device.h"
#include "hook_request.h"
#include "split.h"

static struct tracepoint *split, *rq_complete;	/* constant once loaded */

/* Return: whether the bio ends within the first @bytes of its request. */
static bool bio_ends(const struct bio *bio, unsigned int bytes)
{
	return bio->bi_iter.bi_size <= bytes;
}

/* The same walk that blk_update_request() is about to make. */
static void bios_ended(struct dmstat_kdevice *device,
		       const struct request *request, blk_status_t status,
		       unsigned int bytes)
{
	struct bio *bio = request->bio;

	while (bio && bio_ends(bio, bytes)) {
		/* An earlier part of the bio may have failed. */
		dmstat_io_part_ended(device, bio, status ?: bio->bi_status,
				     blk_rq_pos(request));
		bytes -= bio->bi_iter.bi_size;
		bio = bytes ? bio->bi_next : NULL;
	}
}

static void probe_rq_complete(void *unused, struct request *request,
			      blk_status_t status, unsigned int bytes)
{
	struct dmstat_kdevice *device = NULL;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	if (request->bio)
		device = dmstat_device_lookup(request->bio->bi_bdev);
	/* In a flush sequence this says that the data are done. The end is
	 * reported again, after the sequence.
	 */
	if (device && !(request->rq_flags & RQF_FLUSH_SEQ))
		bios_ended(device, request, status, bytes);
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

static void probe_split(void *unused, struct bio *bio, unsigned int sector)
{
	struct dmstat_kdevice *device;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	device = dmstat_device_lookup(bio->bi_bdev);
	/* Bio-based device-mapper uses this tracepoint for something else. For
	 * requests, and in md, bio_chain() was called: bi_private carries the
	 * rest.
	 */
	if (device && device->in_requests)
		dmstat_split(&device->inflight, bio->bi_private, bio);
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
 * dmstat_hook_request_init() - find the tracepoints
 *
 * Context: process, while the module loads.
 */
void dmstat_hook_request_init(void)
{
	/* No code: fails to compile if a tracepoint has other arguments. */
	check_trace_callback_type_block_split(probe_split);
	check_trace_callback_type_block_rq_complete(probe_rq_complete);

	for_each_kernel_tracepoint(pick_tracepoint, NULL);
}

/**
 * dmstat_hook_request_possible() - whether request-based devices can be watched
 *
 * Context: any, once dmstat_hook_request_init() was called.
 * Return: whether this kernel has the tracepoints.
 */
bool dmstat_hook_request_possible(void)
{
	return split && rq_complete;
}

/**
 * dmstat_hook_request() - start reporting ends of I/O in requests
 *
 * To be called before a start on a request-based device is reported, so that no
 * end is missed.
 *
 * Context: process, may sleep; not while hooked.
 * Return: 0 or a negative error number.
 */
int dmstat_hook_request(void)
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
 * dmstat_unhook_request() - stop reporting ends of I/O in requests
 *
 * A probe may still run when this returns, as with dmstat_unhook_bio().
 *
 * Context: process, may sleep; only while hooked.
 */
void dmstat_unhook_request(void)
{
	tracepoint_probe_unregister(split, probe_split, NULL);
	tracepoint_probe_unregister(rq_complete, probe_rq_complete, NULL);
}
