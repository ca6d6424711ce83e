// SPDX-License-Identifier: GPL-2.0-only
/*
 * totals regions FIRST COUNT: how long it takes to get the totals of COUNT regions,
 * whose ids begin with FIRST: by a request for each, and by one for all regions.
 * totals areas REGION: how long it takes to get all areas of a region, and their
 * total.
 *
 * Prints "N MANY ONE", times in microseconds: of N answers and of the one dump. The
 * I/Os that were read are added up and have to be the same, and not 0 in any.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dmstat.h>

#include "../cpu_time.h"

/* Of one dump the best counts, of many their sum. */
#define TRIES 3

/* What was read, and how long it took. */
struct reading {
	uint64_t answers;
	uint64_t idle;			/* answers without I/O */
	uint64_t ios;
	uint64_t ns;
};

static int add_area(const struct dmstat_area *area, void *data)
{
	uint64_t ios = area->read->ios + area->write->ios + area->discard->ios;
	struct reading *reading = data;

	reading->answers++;
	reading->idle += !ios;
	reading->ios += ios;
	return 0;
}

static void dump(struct dmstat *handle, uint32_t region, uint32_t merge,
		 struct reading *reading)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	const uint64_t start = cpu_time_ns();

	query.region_id = region;
	query.merge = merge;
	if (dmstat_areas(handle, &query, add_area, reading)) {
		fprintf(stderr, "totals: %s\n", dmstat_error(handle));
		exit(EXIT_FAILURE);
	}
	reading->ns += cpu_time_ns() - start;
}

static struct reading best_dump(struct dmstat *handle, uint32_t region,
				uint32_t merge)
{
	struct reading best = { 0 }, reading;
	int i;

	for (i = 0; i < TRIES; i++) {
		reading = (struct reading) { 0 };
		dump(handle, region, merge, &reading);
		if (!i || reading.ns < best.ns)
			best = reading;
	}
	return best;
}

static bool compare(const struct reading *many, const struct reading *one)
{
	if (many->ios != one->ios || many->idle || one->idle) {
		fprintf(stderr, "totals: %" PRIu64 " I/Os, %" PRIu64
			" answers without any; then %" PRIu64 ", %" PRIu64
			"\n", many->ios, many->idle, one->ios, one->idle);
		return false;
	}
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", many->answers,
	       many->ns / 1000, one->ns / 1000);
	return true;
}

static bool of_regions(struct dmstat *handle, uint32_t first, uint32_t count)
{
	struct reading many = { 0 }, one;
	uint32_t i;

	for (i = 0; i < count; i++)
		dump(handle, first + i, DMSTAT_MERGE_ALL, &many);
	one = best_dump(handle, 0, DMSTAT_MERGE_ALL);
	return compare(&many, &one) && many.answers == one.answers;
}

static bool of_areas(struct dmstat *handle, uint32_t region)
{
	struct reading many = best_dump(handle, region, 0);
	struct reading one = best_dump(handle, region, DMSTAT_MERGE_ALL);

	return compare(&many, &one) && one.answers == 1;
}

int main(int argc, char **argv)
{
	struct dmstat *handle;
	bool good;

	if (!(argc == 4 && !strcmp(argv[1], "regions")) &&
	    !(argc == 3 && !strcmp(argv[1], "areas"))) {
		fprintf(stderr, "usage: totals regions FIRST COUNT\n"
			"       totals areas REGION\n");
		return 2;
	}
	if (dmstat_open(&handle)) {
		fprintf(stderr, "totals: the module is not loaded\n");
		return EXIT_FAILURE;
	}
	if (argc == 4)
		good = of_regions(handle, strtoul(argv[2], NULL, 0),
				  strtoul(argv[3], NULL, 0));
	else
		good = of_areas(handle, strtoul(argv[2], NULL, 0));
	dmstat_close(handle);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
