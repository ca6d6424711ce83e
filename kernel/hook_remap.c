// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bios that a driver passes on in place: md (linear, and raid0 without
 * accounting) and the heads of NVMe multipath set bi_bdev of the bio that they
 * got to a disk below. Its end is reported there; and because it was reported as
 * queued already, its start is not.
 *
 *	block_bio_queue          bio on md0              starts on md0
 *	block_bio_remap          bio on sdb2, from md0   sdb2 is below md0
 *	block_bio_remap          bio on sdb2, from sdb2  starts on sdb, if watched
 *	block_rq_complete        bio on sdb2             ends on sdb, and on md0
 *
 * So a probe on block_bio_remap notes for the device below which one is above,
 * and starts the I/O below. There are second probes on the ends, which end it
 * on all devices above. What other drivers remap is not marked as queued yet: a
 * clone, or a bio that is moved from a partition to its disk.
 *
 * The first is registered while any device is watched and there is a disk whose
 * driver passes bios on; the others while such a disk is watched.
 */
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include <trace/events/block.h>

#include "account.h"
#include "bdev.h"
#include "compat.h"
#include "device.h"
#include "hook_bio.h"
#include "hook_remap.h"
#include "split.h"

/* Constant once loaded. */
static struct tracepoint *bio_remap, *bio_complete, *rq_complete, *split;

/* A disk above a disk above a disk ... */
#define DEPTH_MAX	8

static struct dmstat_bdev *above(const struct dmstat_bdev *entry)
{
	return rcu_dereference_sched(entry->above);
}

/* Walk the watched devices from an entry upwards, or all that pass bios on. */
struct walk {
	struct dmstat_bdev *next;
	int depth;
	bool all;
};

static struct walk walk_all(void)
{
	return (struct walk) {
		.next = dmstat_bdev_next_passing(NULL),
		.all = true,
	};
}

/* If several disks are above one, any of them may have a bio in flight. */
static struct walk walk_from(struct dmstat_bdev *from)
{
	struct dmstat_bdev *entry = from;
	int depth;

	for (depth = 0; entry && depth < DEPTH_MAX; depth++) {
		if (unlikely(READ_ONCE(entry->shared)))
			return walk_all();
		entry = above(entry);
	}
	return (struct walk) { .next = from };
}

/* From what is above a block device. */
static struct walk walk_above(const struct block_device *bdev)
{
	struct dmstat_bdev *entry = dmstat_bdev_known(bdev);
	struct walk walk = walk_from(entry);

	if (entry && !walk.all)
		walk.next = above(entry);
	return walk;
}

static struct dmstat_kdevice *next_watched(struct walk *walk)
{
	struct dmstat_kdevice *device = NULL;

	while (!device && walk->next &&
	       (walk->all || walk->depth++ < DEPTH_MAX)) {
		device = dmstat_device_lookup(walk->next->bdev);
		walk->next = walk->all ? dmstat_bdev_next_passing(walk->next) :
					 above(walk->next);
	}
	return device;
}

/* ------------------------------------------------------------------ starts */

/* A bio that was split off another one becomes a part of that I/O. */
static void note_part(struct walk walk, const struct bio *bio)
{
	struct dmstat_kdevice *device;

	while ((device = next_watched(&walk))) {
		if (!dmstat_split_knows(&device->inflight, bio))
			dmstat_split(&device->inflight, bio->bi_private, bio);
	}
}

static noinline void moved(const struct bio *bio, dev_t from_devt)
{
	struct dmstat_bdev *to = dmstat_bdev_known(bio->bi_bdev);
	struct dmstat_bdev *from = dmstat_bdev_known_devt(from_devt);

	if (!to || !from)
		return;
	dmstat_bdev_passed_on(to, from);
	/* On some kernels md does not report that it splits. The whole waits in
	 * the list until this is submitted, except in the work item that follows
	 * a flush: there it may end meanwhile, and the I/O ends with it.
	 */
	if (dmstat_hook_bio_is_chained(bio) && current->bio_list)
		note_part(walk_from(from), bio);
}

static void probe_bio_remap(void *unused, struct bio *bio, dev_t from,
			    sector_t sector)
{
	bool to_disk = from == bio->bi_bdev->bd_dev;
	struct dmstat_kdevice *device;

	if (likely(!bio_flagged(bio, BIO_TRACE_COMPLETION)))
		return;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	if (!to_disk)
		moved(bio, from);
	/* On a partition it is reported again, with the disk's sector. */
	if (to_disk || !bdev_is_partition(bio->bi_bdev)) {
		device = dmstat_device_lookup(bio->bi_bdev);
		if (device && !dmstat_split_knows(&device->inflight, bio))
			dmstat_hook_bio_start(device, bio);
	}
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

/* -------------------------------------------------------------------- ends */

/* md linear ends a discard that the disk below cannot do, before it says where
 * it passed it on to. What was last above that disk may have been another one.
 * Any other discard is refused before it is reported as queued.
 */
static bool is_ignored_discard(const struct bio *bio)
{
	return bio_op(bio) == REQ_OP_DISCARD &&
	       !bdev_max_discard_sectors(bio->bi_bdev);
}

static void probe_bio_complete(void *unused, struct request_queue *queue,
			       struct bio *bio)
{
	struct dmstat_kdevice *device;
	struct walk walk;

	/* NVMe reports so, with the queue of the disk above, that a request of
	 * the disk below is done. The request says how.
	 */
	if (queue != bdev_get_queue(bio->bi_bdev))
		return;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	walk = unlikely(is_ignored_discard(bio)) ? walk_all() :
						   walk_above(bio->bi_bdev);
	while ((device = next_watched(&walk)))
		dmstat_io_ended(device, bio, bio->bi_status,
				bio->bi_iter.bi_sector);
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

static void end_above(const struct request *request, const struct bio *bio,
		      blk_status_t status)
{
	struct walk walk = walk_above(bio->bi_bdev);
	struct dmstat_kdevice *device;

	while ((device = next_watched(&walk)))
		dmstat_io_part_ended(device, bio, status,
				     blk_rq_pos(request));
}

/* As in hook_request.c, but the bios of a request may come from several disks. */
static void probe_rq_complete(void *unused, struct request *request,
			      blk_status_t status, unsigned int bytes)
{
	const struct bio *bio = request->bio;

	if (request->rq_flags & RQF_FLUSH_SEQ)
		return;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	while (bio && bio->bi_iter.bi_size <= bytes) {
		end_above(request, bio, status ?: bio->bi_status);
		bytes -= bio->bi_iter.bi_size;
		bio = bytes ? bio->bi_next : NULL;
	}
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

static void probe_split(void *unused, struct bio *bio, unsigned int sector)
{
	/* Bio-based device-mapper reports the whole: see hook_request.c. That may
	 * be a known part of what was split further up.
	 */
	if (!dmstat_hook_bio_is_chained(bio))
		return;

	DMSTAT_PROBE_PREEMPT_DISABLE();
	note_part(walk_above(bio->bi_bdev), bio);
	DMSTAT_PROBE_PREEMPT_ENABLE();
}

/* ---------------------------------------------------------------- register */

static const struct hook {
	struct tracepoint **tracepoint;
	const char *name;
	void *probe;
} hooks[] = {
	{ &bio_complete, "block_bio_complete", probe_bio_complete },
	{ &rq_complete, "block_rq_complete", probe_rq_complete },
	{ &split, "block_split", probe_split },
	{ &bio_remap, "block_bio_remap", probe_bio_remap },
};

static void pick_tracepoint(struct tracepoint *tracepoint, void *unused)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!strcmp(tracepoint->name, hooks[i].name))
			*hooks[i].tracepoint = tracepoint;
	}
}

/**
 * dmstat_hook_remap_init() - find the tracepoints
 *
 * Context: process, while the module loads.
 */
void dmstat_hook_remap_init(void)
{
	/* No code: fails to compile if a tracepoint has other arguments. */
	check_trace_callback_type_block_bio_complete(probe_bio_complete);
	check_trace_callback_type_block_rq_complete(probe_rq_complete);
	check_trace_callback_type_block_split(probe_split);
	check_trace_callback_type_block_bio_remap(probe_bio_remap);

	for_each_kernel_tracepoint(pick_tracepoint, NULL);
}

/**
 * dmstat_hook_remap() - start reporting I/O that comes from a disk above
 *
 * Context: process, may sleep; not while hooked.
 * Return: 0 or a negative error number.
 */
int dmstat_hook_remap(void)
{
	if (!bio_remap)
		return 0;
	return tracepoint_probe_register(bio_remap, probe_bio_remap, NULL);
}

/**
 * dmstat_unhook_remap() - stop reporting I/O that comes from a disk above
 *
 * A probe may still run when this returns, as with dmstat_unhook_bio().
 *
 * Context: process, may sleep; only while hooked.
 */
void dmstat_unhook_remap(void)
{
	if (bio_remap)
		tracepoint_probe_unregister(bio_remap, probe_bio_remap, NULL);
}

static void unhook_passed(int nr)
{
	while (nr--)
		tracepoint_probe_unregister(*hooks[nr].tracepoint,
					    hooks[nr].probe, NULL);
}

/* All but the last, which is block_bio_remap. */
#define PASSED	(ARRAY_SIZE(hooks) - 1)

/**
 * dmstat_hook_passed() - start reporting ends of I/O that was passed on
 *
 * Context: process, may sleep; not while hooked.
 * Return: 0; -EOPNOTSUPP, this kernel does not have the tracepoints; or what
 * registering a probe returned.
 */
int dmstat_hook_passed(void)
{
	int i, ret;

	if (!bio_remap || !split || !rq_complete)
		return -EOPNOTSUPP;
	for (i = 0; i < PASSED; i++) {
		ret = tracepoint_probe_register(*hooks[i].tracepoint,
						hooks[i].probe, NULL);
		if (ret) {
			unhook_passed(i);
			return ret;
		}
	}
	return 0;
}

/**
 * dmstat_unhook_passed() - stop reporting ends of I/O that was passed on
 *
 * A probe may still run when this returns, as with dmstat_unhook_bio().
 *
 * Context: process, may sleep; only while hooked.
 */
void dmstat_unhook_passed(void)
{
	unhook_passed(PASSED);
}
