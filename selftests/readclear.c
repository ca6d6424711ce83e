// SPDX-License-Identifier: GPL-2.0-only
/*
 * readclear: read a region again and again
 *
 *	readclear clear REGION ROUNDS	with clearing, ROUNDS times
 *	readclear watch REGION SECTORS	without, until SIGTERM; all of the I/O
 *					is reads and writes of SECTORS each,
 *					none of which crosses areas or fails
 *
 * Prints what came out of all rounds together, a line for each operation: "read
 * IOS SECTORS NS ERRORS"; or how many rounds there were. Fails if the region
 * cannot be read, or if what a watcher reads cannot be.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dmstat.h>

/* More than any counter here can reach: a counter below zero is above. */
#define TOO_MUCH	(UINT64_C(1) << 50)

/* Between two rounds of a watcher, so that others can run. */
#define PAUSE_US	5000

static volatile sig_atomic_t has_ended;

static void end(int signal)
{
	has_ended = 1;
}

/* ------------------------------------------------------------- clearing */

struct sums {
	struct dmstat_io read;
	struct dmstat_io write;
	struct dmstat_io discard;
};

static void add(struct dmstat_io *sum, const struct dmstat_io *io)
{
	sum->ios += io->ios;
	sum->sectors += io->sectors;
	sum->ns += io->ns;
	sum->errors += io->errors;
}

static int add_area(const struct dmstat_area *area, void *data)
{
	struct sums *sums = data;

	add(&sums->read, area->read);
	add(&sums->write, area->write);
	add(&sums->discard, area->discard);
	return 0;
}

static void print(const char *name, const struct dmstat_io *sum)
{
	printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", name,
	       sum->ios, sum->sectors, sum->ns, sum->errors);
}

static int clear(struct dmstat *handle, uint32_t id, unsigned long rounds)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct sums sums = { 0 };
	int ret = 0;

	query.region_id = id;
	query.flags = DMSTAT_AREAS_CLEAR;
	while (rounds-- && !ret)
		ret = dmstat_areas(handle, &query, add_area, &sums);
	print("read", &sums.read);
	print("write", &sums.write);
	print("discard", &sums.discard);
	return ret;
}

/* ------------------------------------------------------------- watching */

/**
 * struct watch - state of a watcher
 * @region: the region
 * @sectors: of every I/O
 * @next: the area that has to come next
 */
struct watch {
	struct dmstat_region region;
	uint64_t sectors;
	uint64_t next;
};

/* Counters of an area are read one after the other: an I/O may be in one. */
static bool is_possible(const struct watch *watch, const struct dmstat_io *io)
{
	return io->ios < TOO_MUCH && io->sectors < TOO_MUCH &&
	       io->ns < TOO_MUCH && io->sectors % watch->sectors == 0 &&
	       !io->errors;
}

static int watch_area(const struct dmstat_area *area, void *data)
{
	struct watch *watch = data;
	const struct dmstat_io *discard = area->discard;

	if (area->index == watch->next++ &&
	    area->start == watch->region.start +
			   area->index * watch->region.area_size &&
	    is_possible(watch, area->read) &&
	    is_possible(watch, area->write) &&
	    !discard->ios && !discard->sectors && !discard->ns &&
	    area->in_flight_read < TOO_MUCH &&
	    area->in_flight_write < TOO_MUCH &&
	    area->busy_ns < TOO_MUCH && area->queue_ns < TOO_MUCH)
		return 0;

	fprintf(stderr, "readclear: area %" PRIu64 " cannot be:\n",
		area->index);
	print("read", area->read);
	print("write", area->write);
	print("discard", discard);
	printf("in flight %" PRIu64 " %" PRIu64 " busy %" PRIu64
	       " queue %" PRIu64 "\n", area->in_flight_read,
	       area->in_flight_write, area->busy_ns, area->queue_ns);
	return 1;
}

static int watch(struct dmstat *handle, uint32_t id, unsigned long sectors)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	const struct dmstat_region *region;
	struct watch watch = { .sectors = sectors };
	unsigned long rounds = 0;
	int ret;

	ret = dmstat_region_get(handle, id, &region);
	if (ret)
		return ret;
	watch.region = *region;

	query.region_id = id;
	while (!ret && !has_ended) {
		watch.next = 0;
		ret = dmstat_areas(handle, &query, watch_area, &watch);
		if (!ret && watch.next != watch.region.areas) {
			fprintf(stderr, "readclear: %" PRIu64 " areas only\n",
				watch.next);
			ret = 1;
		}
		rounds++;
		usleep(PAUSE_US);
	}
	printf("%lu\n", rounds);
	return ret;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = end };
	unsigned long number;
	struct dmstat *handle;
	uint32_t id;
	int ret;

	if (argc != 4 || (strcmp(argv[1], "clear") != 0 &&
			  strcmp(argv[1], "watch") != 0)) {
		fprintf(stderr, "usage: readclear clear REGION ROUNDS\n"
				"       readclear watch REGION SECTORS\n");
		return 2;
	}
	id = strtoul(argv[2], NULL, 0);
	number = strtoul(argv[3], NULL, 0);
	sigaction(SIGTERM, &action, NULL);

	if (dmstat_open(&handle)) {
		fprintf(stderr, "readclear: the module is not loaded\n");
		return 1;
	}
	if (strcmp(argv[1], "clear") == 0)
		ret = clear(handle, id, number);
	else
		ret = watch(handle, id, number);
	if (ret < 0)
		fprintf(stderr, "readclear: %s\n", dmstat_error(handle));
	dmstat_close(handle);
	return ret ? 1 : 0;
}
