// SPDX-License-Identifier: GPL-2.0-only
/*
 * io: known I/O on a block device, so that a test knows what must be counted.
 * Positions and lengths are in sectors of 512 bytes.
 *
 *	io [-an] [-c COUNT] [-s STRIDE] OPERATION DEVICE SECTOR SECTORS
 *
 * OPERATION is read, write, sync-write (O_DSYNC), discard, zero or flush.
 * COUNT I/Os are issued, each STRIDE sectors (default: 0) after the one before;
 * reads and writes go past the page cache. With -a (reads and writes only) all
 * are in flight at once; with -n (the same) none waits for the device, and what
 * is not done for that reason has failed. "DONE done, FAILED failed" is printed.
 * The status is 0 as long as every I/O came back.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define SECTOR 512

enum operation { READ, WRITE, SYNC_WRITE, DISCARD, ZERO, FLUSH, OPERATIONS };

static const char *const names[OPERATIONS] = {
	"read", "write", "sync-write", "discard", "zero", "flush",
};

struct work {
	int fd;
	enum operation operation;
	uint64_t sector;
	uint64_t sectors;
	uint64_t stride;
	unsigned long count;
	int flags;			/* RWF_NOWAIT or 0 */
	void *buffer;
};

static void usage(void)
{
	fprintf(stderr,
		"usage: io [-an] [-c COUNT] [-s STRIDE] OPERATION DEVICE SECTOR SECTORS\n");
	exit(2);
}

static enum operation parse_operation(const char *name)
{
	int i;

	for (i = 0; i < OPERATIONS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	usage();
	return OPERATIONS;
}

static uint64_t offset_of(const struct work *work, unsigned long i)
{
	return (work->sector + i * work->stride) * SECTOR;
}

/* Return: whether the I/O succeeded. */
static bool one(const struct work *work, unsigned long i)
{
	uint64_t range[2] = { offset_of(work, i), work->sectors * SECTOR };
	struct iovec vector = { work->buffer, range[1] };
	ssize_t length = range[1];

	switch (work->operation) {
	case READ:
		return preadv2(work->fd, &vector, 1, range[0], work->flags) ==
		       length;
	case WRITE:
	case SYNC_WRITE:
		return pwritev2(work->fd, &vector, 1, range[0], work->flags) ==
		       length;
	case DISCARD:
		return ioctl(work->fd, BLKDISCARD, range) == 0;
	case ZERO:
		return ioctl(work->fd, BLKZEROOUT, range) == 0;
	default:
		return fsync(work->fd) == 0;
	}
}

static unsigned long one_by_one(const struct work *work)
{
	unsigned long failed = 0, i;

	for (i = 0; i < work->count; i++) {
		if (one(work, i))
			continue;
		failed++;
		if (work->flags && errno != EAGAIN)
			err(1, "%s", names[work->operation]);
	}
	return failed;
}

/* They share a buffer, because the data do not matter. */
static void submit(const struct work *work, aio_context_t context)
{
	struct iocb *iocbs = calloc(work->count, sizeof(*iocbs));
	struct iocb *iocb;
	unsigned long i;

	if (!iocbs)
		err(1, "calloc");
	for (i = 0; i < work->count; i++) {
		iocbs[i].aio_fildes = work->fd;
		iocbs[i].aio_lio_opcode = work->operation == READ ?
					  IOCB_CMD_PREAD : IOCB_CMD_PWRITE;
		iocbs[i].aio_buf = (uintptr_t)work->buffer;
		iocbs[i].aio_nbytes = work->sectors * SECTOR;
		iocbs[i].aio_offset = offset_of(work, i);
		iocb = &iocbs[i];
		if (syscall(SYS_io_submit, context, 1, &iocb) != 1)
			err(1, "io_submit");
	}
	free(iocbs);
}

static unsigned long all_at_once(const struct work *work)
{
	unsigned long failed = 0, i;
	aio_context_t context = 0;
	struct io_event event;

	if (syscall(SYS_io_setup, work->count, &context))
		err(1, "io_setup");
	submit(work, context);
	for (i = 0; i < work->count; i++) {
		if (syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1)
			err(1, "io_getevents");
		failed += event.res != (int64_t)(work->sectors * SECTOR);
	}
	syscall(SYS_io_destroy, context);
	return failed;
}

int main(int argc, char **argv)
{
	struct work work = { .count = 1 };
	int flags = O_RDWR | O_DIRECT;
	bool at_once = false;
	unsigned long failed;
	int c;

	while ((c = getopt(argc, argv, "ac:ns:")) != -1) {
		switch (c) {
		case 'a':
			at_once = true;
			break;
		case 'c':
			work.count = strtoul(optarg, NULL, 0);
			break;
		case 'n':
			work.flags = RWF_NOWAIT;
			break;
		case 's':
			work.stride = strtoull(optarg, NULL, 0);
			break;
		default:
			usage();
		}
	}
	if (argc - optind != 4)
		usage();
	work.operation = parse_operation(argv[optind]);
	work.sector = strtoull(argv[optind + 2], NULL, 0);
	work.sectors = strtoull(argv[optind + 3], NULL, 0);
	if ((at_once || work.flags) && work.operation > SYNC_WRITE)
		usage();
	if (at_once && work.flags)
		usage();
	if (work.operation == SYNC_WRITE)
		flags |= O_DSYNC;

	work.fd = open(argv[optind + 1], flags);
	if (work.fd < 0)
		err(1, "%s", argv[optind + 1]);
	if (posix_memalign(&work.buffer, 4096, work.sectors * SECTOR + 4096))
		errx(1, "no memory");
	memset(work.buffer, 0x5a, work.sectors * SECTOR);

	failed = at_once ? all_at_once(&work) : one_by_one(&work);
	printf("%lu done, %lu failed\n", work.count, failed);
	return 0;
}
