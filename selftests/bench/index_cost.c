// SPDX-License-Identifier: GPL-2.0-only
/*
 * index_cost beside|deep DEVICE: measure how long it takes to make and delete
 * regions among many, in nanoseconds (with -icount: instructions). Prints a
 * name and a number in each line.
 *
 * beside: regions of one area, 256 sectors apart: among 1,000, and among
 * 20,000.
 *
 * deep: 64 regions of the same 65,536 extents; and for how long at most a
 * process of real-time priority had to wait for the CPU meanwhile. The same for
 * a request of that size that the module refuses after reading it.
 */
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <dmstat.h>

#define BESIDE		20000
#define FEW		1000
#define SAMPLES		100
#define APART		256
#define STRIDE		7919	/* coprime to BESIDE */

#define DEEP		64
#define EXTENTS		65536
#define PERIOD_NS	500000

static struct dmstat *handle;
static struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
static uint32_t ids[BESIDE];

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "index_cost: %s: %s\n", what, dmstat_error(handle));
	exit(EXIT_FAILURE);
}

static uint32_t make(void)
{
	const struct dmstat_region *region;

	if (dmstat_region_create(handle, &spec, &region))
		fail("make");
	return region->region_id;
}

/* ------------------------------------------------------------------ beside */

static void make_one(uint32_t i)
{
	spec.start = (uint64_t)i * STRIDE % BESIDE * APART;
	ids[i] = make();
}

/* Delete the last of @count regions and make them again. */
static void measure(uint32_t count)
{
	uint64_t start = now(), deleted;
	uint32_t i;

	for (i = count - SAMPLES; i < count; i++) {
		if (dmstat_region_delete(handle, ids[i]))
			fail("delete");
	}
	deleted = now();
	for (i = count - SAMPLES; i < count; i++)
		make_one(i);
	printf("make-%" PRIu32 " %" PRIu64 "\ndelete-%" PRIu32 " %" PRIu64 "\n",
	       count, (now() - deleted) / SAMPLES, count,
	       (deleted - start) / SAMPLES);
	fflush(stdout);
}

static void beside(void)
{
	uint32_t i;

	spec.length = APART;
	for (i = 0; i < BESIDE; i++) {
		make_one(i);
		if (i + 1 == FEW || i + 1 == BESIDE)
			measure(i + 1);
	}
}

/* -------------------------------------------------------------------- deep */

static volatile uint64_t *longest;

static void sample(void)
{
	struct timespec next;
	uint64_t due, at;

	for (due = now() + PERIOD_NS; ; due += PERIOD_NS) {
		next.tv_sec = due / 1000000000;
		next.tv_nsec = due % 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
		at = now();
		if (at - due > *longest)
			*longest = at - due;
		if (at > due + PERIOD_NS)
			due = at;
	}
}

static pid_t start_sampling(void)
{
	const struct sched_param param = { .sched_priority = 1 };
	pid_t child;

	longest = mmap(NULL, sizeof(*longest), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (longest == MAP_FAILED)
		fail("mmap");
	child = fork();
	if (child)
		return child;
	if (sched_setscheduler(0, SCHED_FIFO, &param)) {
		perror("index_cost: SCHED_FIFO");
		exit(EXIT_FAILURE);
	}
	sample();
	return 0;
}

static void deep(void)
{
	static struct dmstat_extent extents[EXTENTS];
	const struct dmstat_region *region;
	uint64_t start, first = 0;
	uint32_t i;
	pid_t child;

	for (i = 0; i < EXTENTS; i++) {
		extents[i].start = 64 * i;
		extents[i].length = 48;
	}
	spec.length = DMSTAT_DEFAULT;
	spec.extents = extents;
	spec.extents_count = EXTENTS;
	child = start_sampling();

	extents[EXTENTS - 1].start = 1ull << 60;
	*longest = 0;
	if (!dmstat_region_create(handle, &spec, &region))
		fail("not refused");
	printf("hole-refused %" PRIu64 "\n", *longest);
	fflush(stdout);
	extents[EXTENTS - 1].start = 64 * (EXTENTS - 1);

	*longest = 0;
	start = now();
	for (i = 0; i < DEEP; i++) {
		ids[i] = make();
		if (!first)
			first = now() - start;
	}
	printf("deep-first %" PRIu64 "\ndeep-all %" PRIu64 "\nhole-make %"
	       PRIu64 "\n", first, now() - start, *longest);
	fflush(stdout);

	*longest = 0;
	start = now();
	for (i = 0; i < DEEP; i += 8) {
		if (dmstat_region_delete(handle, ids[i]))
			fail("delete");
	}
	printf("deep-delete %" PRIu64 "\nhole-delete %" PRIu64 "\n",
	       (now() - start) / (DEEP / 8), *longest);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	const struct dmstat_device *device;

	if (argc != 3) {
		fprintf(stderr, "usage: index_cost beside|deep DEVICE\n");
		return 2;
	}
	if (dmstat_open(&handle)) {
		fprintf(stderr, "index_cost: the module is not loaded\n");
		return EXIT_FAILURE;
	}
	if (dmstat_device_find(handle, argv[2], &device))
		fail(argv[2]);
	spec.major = device->major;
	spec.minor = device->minor;
	if (strcmp(argv[1], "deep"))
		beside();
	else
		deep();
	dmstat_close(handle);
	return EXIT_SUCCESS;
}
