// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device-mapper devices that come, see a little I/O and go. They use a fixed share
 * of a CPU, on slow machines, too.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../dm.h"
#include "device.h"
#include "random.h"
#include "record.h"

#define DEVICES 2
#define SECTORS 4096
/* Sleeps so many times longer than it works. */
#define REST 6

static void name_of(unsigned int i, char *name, size_t size)
{
	snprintf(name, size, DM_PREFIX "fuzz%u", i);
}

static void do_io(unsigned int minor, struct random *random)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		io_do(minor, random_one_in(random, 2) ? IO_READ : IO_WRITE,
		      random_below(random, SECTORS - 64),
		      1 + random_below(random, 64));
}

static void rest(const struct timespec *start)
{
	struct timespec now;
	long took;

	clock_gettime(CLOCK_MONOTONIC, &now);
	took = (now.tv_sec - start->tv_sec) * 1000000 +
	       (now.tv_nsec - start->tv_nsec) / 1000;
	usleep(REST * took + 1000);
}

void device_come_and_go(void)
{
	unsigned int minor[DEVICES] = {}, i;
	bool there[DEVICES] = {};
	struct timespec start;
	struct random random;
	char name[32];

	random_init(&random, 0, 0, 0);
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &start);
		i = random_below(&random, DEVICES);
		name_of(i, name, sizeof(name));
		if (!there[i]) {
			minor[i] = dm_create(name, SECTORS);
			there[i] = true;
		} else if (random_one_in(&random, 4)) {
			dm_remove(name);
			there[i] = false;
		} else {
			do_io(minor[i], &random);
		}
		record->progress++;
		rest(&start);
	}
}

void device_remove_all(void)
{
	char name[32];
	unsigned int i;

	for (i = 0; i < DEVICES; i++) {
		name_of(i, name, sizeof(name));
		dm_remove(name);
	}
}
