// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bio generator: reads a block device with 4 KiB bios, one after the other,
 * and tells the guest time that each took. Under "-icount shift=0" that is the
 * number of instructions.
 *
 * echo PATH > /sys/module/bio_bench/parameters/read
 * cat /sys/module/bio_bench/parameters/ns_per_io
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/module.h>

#define BATCHES		200
#define BATCH_IOS	100
#define IO_SECTORS	8

static ulong ns_per_io;
module_param(ns_per_io, ulong, 0444);
MODULE_PARM_DESC(ns_per_io, "time of a read in the quickest batch");

static void read_done(struct bio *bio)
{
	bool *done = bio->bi_private;

	WRITE_ONCE(*done, true);
}

/* The next of a row of sectors that jumps about but is always the same. */
static sector_t next_sector(u32 *state, sector_t sectors)
{
	*state = *state * 1664525 + 1013904223;
	return (u64)(*state >> 8) % (sectors / IO_SECTORS) * IO_SECTORS;
}

static int read_batch(struct block_device *bdev, struct page *page,
		      struct bio *bio, u32 *state)
{
	sector_t sectors = bdev_nr_sectors(bdev);
	bool done;
	int i;

	for (i = 0; i < BATCH_IOS; i++) {
		bio_reset(bio, bdev, REQ_OP_READ);
		bio->bi_iter.bi_sector = next_sector(state, sectors);
		bio->bi_end_io = read_done;
		bio->bi_private = &done;
		__bio_add_page(bio, page, PAGE_SIZE, 0);
		done = false;
		submit_bio(bio);
		while (!READ_ONCE(done))
			cond_resched();
		if (bio->bi_status)
			return blk_status_to_errno(bio->bi_status);
	}
	return 0;
}

static int read_device(struct block_device *bdev)
{
	u64 best = U64_MAX, start;
	struct page *page;
	struct bio *bio;
	u32 state = 1;
	int ret = 0;
	int i;

	if (bdev_nr_sectors(bdev) < IO_SECTORS)
		return -EINVAL;
	page = alloc_page(GFP_KERNEL);
	bio = bio_alloc(bdev, 1, REQ_OP_READ, GFP_KERNEL);
	if (!page || !bio) {
		ret = -ENOMEM;
		goto out;
	}

	/* The quickest batch is one that no timer interrupted. */
	for (i = 0; i < BATCHES && !ret; i++) {
		start = ktime_get_ns();
		ret = read_batch(bdev, page, bio, &state);
		best = min(best, ktime_get_ns() - start);
	}
	ns_per_io = div_u64(best, BATCH_IOS);
out:
	if (bio)
		bio_put(bio);
	if (page)
		__free_page(page);
	return ret;
}

static int set_read(const char *value, const struct kernel_param *param)
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
		ret = read_device(I_BDEV(file->f_mapping->host));
	else
		ret = -ENOTBLK;
	filp_close(file, NULL);
	return ret;
}

static const struct kernel_param_ops read_ops = {
	.set = set_read,
};
module_param_cb(read, &read_ops, NULL, 0200);
MODULE_PARM_DESC(read, "path of the block device to read now");

static int __init bio_bench_init(void)
{
	return 0;
}
module_init(bio_bench_init);

static void __exit bio_bench_exit(void)
{
}
module_exit(bio_bench_exit);

MODULE_DESCRIPTION("A bio generator that tells what a read costs");
MODULE_AUTHOR("The dmstat authors");
MODULE_LICENSE("GPL");
