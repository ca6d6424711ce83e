// SPDX-License-Identifier: GPL-2.0-only
/*
 * hole: for how long at most a program did not get its CPU, in us
 *
 *	hole SECONDS [DEVICE BYTES]
 *				the longest time between two readings of the clock
 *	hole -r SECONDS [DEVICE BYTES]
 *				the same of a program that goes before all others and
 *				wants to run once in 100 us: by how much it was late.
 *				So this is the longest time for which the kernel could
 *				not be preempted.
 *
 * Meanwhile so many bytes at the start of DEVICE are discarded.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS		UINT64_C(1000000000)
#define PERIOD_NS	100000

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS + now.tv_nsec;
}

static uint64_t longest_hole(uint64_t end)
{
	uint64_t last = now_ns(), now, longest = 0;

	for (; last < end; last = now) {
		now = now_ns();
		if (now - last > longest)
			longest = now - last;
	}
	return longest;
}

static void go_first(void)
{
	const struct sched_param first = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &first))
		err(1, "SCHED_FIFO");
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		err(1, "mlockall");
}

static uint64_t latest(uint64_t end)
{
	uint64_t due, now, longest = 0;
	struct timespec until;

	go_first();
	for (due = now_ns() + PERIOD_NS; due < end; due = now + PERIOD_NS) {
		until = (struct timespec) {
			.tv_sec = due / NS,
			.tv_nsec = due % NS,
		};
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		now = now_ns();
		if (now - due > longest)
			longest = now - due;
	}
	return longest;
}

/* In a process of its own, which begins once the other is at work. */
static void discard(const char *device, uint64_t bytes)
{
	uint64_t range[2] = { 0, bytes };
	int fd = open(device, O_WRONLY);

	if (fd < 0)
		err(1, "%s", device);
	if (fork())
		return;
	usleep(200000);
	if (ioctl(fd, BLKDISCARD, range))
		err(1, "discard");
	_exit(0);
}

int main(int argc, char **argv)
{
	bool first = argc > 1 && !strcmp(argv[1], "-r");
	uint64_t longest, end;
	int status = 0;

	argv += first;
	argc -= first;
	if (argc != 2 && argc != 4)
		errx(2, "usage: hole [-r] SECONDS [DEVICE BYTES]");
	if (argc == 4)
		discard(argv[2], strtoull(argv[3], NULL, 0));
	end = now_ns() + strtod(argv[1], NULL) * NS;
	longest = first ? latest(end) : longest_hole(end);
	printf("%lu\n", (unsigned long)(longest / 1000));
	if (argc == 4)
		wait(&status);
	return status != 0;
}
