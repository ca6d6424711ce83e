// SPDX-License-Identifier: GPL-2.0-only
/*
 * uring_discard: discards through io_uring, which asks the device not to wait and
 * waits elsewhere if it would have to
 *
 *	uring_discard DEVICE COUNT STRIDE SECTORS
 *
 * All are in flight at once, the first at the start of the device, each STRIDE
 * sectors after the one before. Fails with status 1 if any does, with status 4 if
 * this kernel cannot do that (before 6.12).
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECTOR		512
#define NOT_THERE	4

/* From linux/blkdev.h, which is newer than the headers here. */
#define COMMAND_DISCARD	_IO(0x12, 0)

struct ring {
	int fd;
	struct io_uring_params params;
	void *submit;
	void *complete;
	struct io_uring_sqe *entries;
};

static void *map(const struct ring *ring, size_t size, off_t offset)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			    ring->fd, offset);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	return memory;
}

static struct ring ring_new(unsigned int count)
{
	struct ring ring = { };
	const struct io_uring_params *p = &ring.params;

	ring.fd = syscall(SYS_io_uring_setup, count, &ring.params);
	if (ring.fd < 0)
		err(1, "io_uring_setup");
	ring.submit = map(&ring, p->sq_off.array +
			  p->sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
	ring.complete = map(&ring, p->cq_off.cqes +
			    p->cq_entries * sizeof(struct io_uring_cqe),
			    IORING_OFF_CQ_RING);
	ring.entries = map(&ring, p->sq_entries * sizeof(*ring.entries),
			   IORING_OFF_SQES);
	return ring;
}

static void add(struct ring *ring, int fd, uint32_t i, uint64_t start,
		uint64_t length)
{
	uint32_t *array = ring->submit + ring->params.sq_off.array;

	ring->entries[i] = (struct io_uring_sqe){
		.opcode = IORING_OP_URING_CMD,
		.fd = fd,
		.cmd_op = COMMAND_DISCARD,
		.addr = start * SECTOR,
		.addr3 = length * SECTOR,
	};
	array[i] = i;
}

/* Return: how many failed. */
static unsigned int run(struct ring *ring, uint32_t count)
{
	uint32_t *tail = ring->submit + ring->params.sq_off.tail;
	const struct io_uring_cqe *done = ring->complete +
					  ring->params.cq_off.cqes;
	unsigned int failed = 0;
	uint32_t i;

	__atomic_store_n(tail, count, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, count, count,
		    IORING_ENTER_GETEVENTS, NULL, 0) != count)
		err(1, "io_uring_enter");
	for (i = 0; i < count; i++) {
		if (done[i].res == -EOPNOTSUPP || done[i].res == -EINVAL)
			exit(NOT_THERE);
		failed += done[i].res != 0;
	}
	return failed;
}

int main(int argc, char **argv)
{
	uint64_t stride, sectors;
	unsigned int failed;
	struct ring ring;
	uint32_t count, i;
	int fd;

	if (argc != 5) {
		fprintf(stderr,
			"usage: uring_discard DEVICE COUNT STRIDE SECTORS\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0)
		err(1, "%s", argv[1]);
	count = strtoul(argv[2], NULL, 0);
	stride = strtoull(argv[3], NULL, 0);
	sectors = strtoull(argv[4], NULL, 0);

	ring = ring_new(count);
	for (i = 0; i < count; i++)
		add(&ring, fd, i, i * stride, sectors);
	failed = run(&ring, count);
	printf("%u done, %u failed\n", count, failed);
	return failed ? 1 : 0;
}
