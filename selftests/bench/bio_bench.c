// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bio generator: reads or writes a block device as its parameters say and
 * reports the guest time of an I/O. Under "-icount shift=0" that is its number of
 * instructions.
 *
 * cd /sys/module/bio_bench/parameters
 * echo 8 > sectors; echo PATH > run; cat ns_per_io
 *
 * I/Os go to places at equal distances: in turn, or jumping about so that each
 * place is used once before any is used again.
 *
 * The module also has a device-mapper target, "hold", which completes an I/O only
 * when @depth - 1 others have been submitted after it.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/device-mapper.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/sort.h>

#define SECTORS_MAX	2048
#define BATCHES_MAX	1000
#define DEPTH_MAX	64

static bool write;
module_param(write, bool, 0644);
MODULE_PARM_DESC(write, "write instead of reading");

static uint sectors = 8;
module_param(sectors, uint, 0644);
MODULE_PARM_DESC(sectors, "size of an I/O");

static ulong start;
module_param(start, ulong, 0644);
MODULE_PARM_DESC(start, "sector of the first place");

static ulong step = 8;
module_param(step, ulong, 0644);
MODULE_PARM_DESC(step, "sectors from a place to the next one");

static uint places = 1;
module_param(places, uint, 0644);
MODULE_PARM_DESC(places, "how many places");

static bool jump;
module_param(jump, bool, 0644);
MODULE_PARM_DESC(jump, "jump from place to place; they are a power of two");

static uint dwell = 1;
module_param(dwell, uint, 0644);
MODULE_PARM_DESC(dwell, "I/Os at a place before the next one");

static uint depth = 1;
module_param(depth, uint, 0644);
MODULE_PARM_DESC(depth, "I/Os in flight at a time, if the device keeps them");

static uint batch = 128;
module_param(batch, uint, 0644);
MODULE_PARM_DESC(batch, "I/Os that are timed together");

static uint batches = 100;
module_param(batches, uint, 0644);
MODULE_PARM_DESC(batches, "how many batches");

static uint pause_us;
module_param(pause_us, uint, 0644);
MODULE_PARM_DESC(pause_us, "time without I/O before each batch");

static ulong ns_per_io;
module_param(ns_per_io, ulong, 0444);
MODULE_PARM_DESC(ns_per_io, "time of an I/O in the median batch");

/* ---- the target -------------------------------------------------------- */

static DEFINE_SPINLOCK(held_lock);
static struct bio_list held = BIO_EMPTY_LIST;
static unsigned int nr_held;

static struct bio *held_take(unsigned int most)
{
	struct bio *bio = NULL;
	unsigned long flags;

	spin_lock_irqsave(&held_lock, flags);
	if (nr_held > most) {
		bio = bio_list_pop(&held);
		nr_held--;
	}
	spin_unlock_irqrestore(&held_lock, flags);
	return bio;
}

static void held_end(unsigned int most)
{
	struct bio *bio;

	while ((bio = held_take(most)))
		bio_endio(bio);
}

static int hold_ctr(struct dm_target *target, unsigned int argc, char **argv)
{
	return 0;
}

static int hold_map(struct dm_target *target, struct bio *bio)
{
	unsigned long flags;

	spin_lock_irqsave(&held_lock, flags);
	bio_list_add(&held, bio);
	nr_held++;
	spin_unlock_irqrestore(&held_lock, flags);
	held_end(depth - 1);
	return DM_MAPIO_SUBMITTED;
}

static struct target_type hold_target = {
	.name = "hold",
	.version = { 1, 0, 0 },
	.module = THIS_MODULE,
	.ctr = hold_ctr,
	.map = hold_map,
};

/* ---- the I/O ----------------------------------------------------------- */

struct flight {
	struct bio *bio;
	bool done;
};

/* What a write to "run" does. */
struct run {
	struct block_device *bdev;
	struct page *page;
	struct flight flights[DEPTH_MAX];
	unsigned int flight;		/* the next */
	u32 place;
	u32 dwelt;
	u64 ns[BATCHES_MAX];		/* of the batches */
};

static void io_done(struct bio *bio)
{
	struct flight *flight = bio->bi_private;

	WRITE_ONCE(flight->done, true);
}

static sector_t next_sector(struct run *run)
{
	sector_t sector = start + (u64)run->place * step;

	if (++run->dwelt < dwell)
		return sector;
	run->dwelt = 0;
	if (jump)
		run->place = (run->place * 1664525 + 1013904223) &
			     (places - 1);
	else if (++run->place == places)
		run->place = 0;
	return sector;
}

static int flight_wait(struct flight *flight)
{
	while (!READ_ONCE(flight->done))
		cond_resched();
	return blk_status_to_errno(flight->bio->bi_status);
}

static int run_batch(struct run *run)
{
	struct flight *flight;
	unsigned int i;
	int ret;

	for (i = 0; i < batch; i++) {
		flight = &run->flights[run->flight];
		ret = flight_wait(flight);
		if (ret)
			return ret;
		if (++run->flight == depth)
			run->flight = 0;
		bio_reset(flight->bio, run->bdev,
			  write ? REQ_OP_WRITE : REQ_OP_READ);
		flight->bio->bi_iter.bi_sector = next_sector(run);
		flight->bio->bi_end_io = io_done;
		flight->bio->bi_private = flight;
		__bio_add_page(flight->bio, run->page, sectors << SECTOR_SHIFT,
			       0);
		flight->done = false;
		submit_bio(flight->bio);
	}
	return 0;
}

static int run_land(struct run *run)
{
	unsigned int i;
	int ret = 0;

	held_end(0);
	for (i = 0; i < depth; i++)
		ret = flight_wait(&run->flights[i]) ?: ret;
	return ret;
}

static int compare_ns(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* The median batch has no timer interrupt in it. */
static int run_batches(struct run *run)
{
	unsigned int i;
	u64 before;
	int ret = 0;

	for (i = 0; i < batches && !ret; i++) {
		if (pause_us) {
			ret = run_land(run);
			usleep_range(pause_us, pause_us + 100);
		}
		before = ktime_get_ns();
		ret = ret ?: run_batch(run);
		run->ns[i] = ktime_get_ns() - before;
	}
	ret = run_land(run) ?: ret;
	sort(run->ns, batches, sizeof(run->ns[0]), compare_ns, NULL);
	ns_per_io = div_u64(run->ns[batches / 2], batch);
	return ret;
}

static int run_device(struct block_device *bdev)
{
	unsigned int order = get_order(SECTORS_MAX << SECTOR_SHIFT), i;
	struct run *run;
	int ret = -ENOMEM;

	if (!sectors || sectors > SECTORS_MAX || !places || !batch ||
	    !batches || batches > BATCHES_MAX || !depth || depth > DEPTH_MAX ||
	    (jump && !is_power_of_2(places)) ||
	    start + (places - 1) * step + sectors > bdev_nr_sectors(bdev))
		return -EINVAL;

	run = kvzalloc(sizeof(*run), GFP_KERNEL);
	if (!run)
		return -ENOMEM;
	run->bdev = bdev;
	run->page = alloc_pages(GFP_KERNEL, order);
	if (!run->page)
		goto out;
	for (i = 0; i < depth; i++) {
		run->flights[i].bio = bio_alloc(bdev, 1, REQ_OP_READ,
						GFP_KERNEL);
		run->flights[i].done = true;
	}
	ret = run_batches(run);
	for (i = 0; i < depth; i++)
		bio_put(run->flights[i].bio);
	__free_pages(run->page, order);
out:
	kvfree(run);
	return ret;
}

static int set_run(const char *value, const struct kernel_param *param)
{
	char *path = kstrdup(value, GFP_KERNEL);
	struct file *file;
	int ret;

	if (!path)
		return -ENOMEM;
	file = filp_open(strim(path), O_RDONLY, 0);
	kfree(path);
	if (IS_ERR(file))
		return PTR_ERR(file);

	if (S_ISBLK(file_inode(file)->i_mode))
		ret = run_device(I_BDEV(file->f_mapping->host));
	else
		ret = -ENOTBLK;
	filp_close(file, NULL);
	return ret;
}

static const struct kernel_param_ops run_ops = {
	.set = set_run,
};
module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "path of the block device to read or write now");

static int __init bio_bench_init(void)
{
	return dm_register_target(&hold_target);
}
module_init(bio_bench_init);

static void __exit bio_bench_exit(void)
{
	dm_unregister_target(&hold_target);
}
module_exit(bio_bench_exit);

MODULE_DESCRIPTION("A bio generator that tells what an I/O costs");
MODULE_AUTHOR("The dmstat authors");
MODULE_LICENSE("GPL");
