// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * example: print which parts of a device are in use, or what all regions do
 *
 * Copyright (C) 2026 The dmstat authors
 *
 *	cc example.c -o example $(pkg-config --cflags --libs libdmstat)
 *	example DEVICE [SECONDS]
 *	example
 *
 * With a device, creates a region of 16 areas, waits for SECONDS or until Enter
 * is pressed, and prints the areas that saw I/O. The region is owned, so it is
 * deleted in any case. Without one, prints the rates of all regions each
 * second.
 */
#include <dmstat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AREAS	16

static int print_area(const struct dmstat_area *area, void *data)
{
	const struct dmstat_io *read = area->read, *write = area->write;

	(void)data;
	printf("%4" PRIu64 " %12" PRIu64 " %10" PRIu64 " %10" PRIu64
	       " %10" PRIu64 " %10" PRIu64 "\n",
	       area->index, area->start, read->ios, read->sectors,
	       write->ios, write->sectors);
	return 0;
}

static int print_areas(struct dmstat *handle, uint32_t region_id)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	query.region_id = region_id;
	query.flags = DMSTAT_AREAS_ACTIVE;

	printf("%4s %12s %10s %10s %10s %10s\n", "area", "start", "reads",
	       "sectors", "writes", "sectors");
	return dmstat_areas(handle, &query, print_area, NULL);
}

static void wait_for(const char *seconds)
{
	if (seconds) {
		sleep(strtoul(seconds, NULL, 10));
		return;
	}

	fprintf(stderr, "counting; press Enter to print\n");
	while (getchar() != '\n' && !feof(stdin))
		;
}

static int watch(struct dmstat *handle, const char *name, const char *seconds)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_device *device;
	const struct dmstat_region *region;
	uint32_t region_id;
	int ret;

	ret = dmstat_device_find(handle, name, &device);
	if (ret)
		return ret;

	spec.major = device->major;
	spec.minor = device->minor;
	spec.areas = AREAS;
	spec.program_id = "example";
	spec.owned = 1;
	ret = dmstat_region_create(handle, &spec, &region);
	if (ret)
		return ret;
	region_id = region->region_id;

	wait_for(seconds);
	return print_areas(handle, region_id);
}

/* The time within which 99 % of the reads ended, as far as is known. */
static void print_p99(const struct dmstat_region *region,
		      const struct dmstat_histogram *reads)
{
	uint64_t low, high;

	if (!reads || dmstat_histogram_quantile(region->bounds,
						region->bounds_count,
						reads->ios, 0.99, &low, &high))
		printf(" %12s\n", "-");
	else if (high == UINT64_MAX)
		printf(" >= %9.3f\n", low / 1e6);
	else
		printf(" <  %9.3f\n", high / 1e6);
}

static int print_region(const struct dmstat_region_delta *delta, void *data)
{
	const struct dmstat_delta *total = delta->total;
	const struct dmstat_region *region = delta->region;

	(void)data;
	printf("%-20s %8u %10.0f %10.0f %10.3f", region->device_name,
	       region->region_id, total->read->ios_per_s,
	       total->write->ios_per_s, total->queue_depth);
	print_p99(region, total->area->histogram[DMSTAT_READ]);
	return 0;
}

static int watch_all(struct dmstat *handle)
{
	struct dmstat_snapshots *before = NULL, *after;
	int ret;

	while (!(ret = dmstat_snapshots_take(handle, NULL, DMSTAT_MERGE_ALL,
					     DMSTAT_AREAS_UNCLEARED, &after))) {
		printf("%-20s %8s %10s %10s %10s %12s\n", "device", "region",
		       "reads/s", "writes/s", "in flight", "99 % [ms]");
		dmstat_region_deltas(before, after, print_region, NULL);
		fflush(stdout);
		dmstat_snapshots_free(before);
		before = after;
		sleep(1);
	}
	dmstat_snapshots_free(before);
	return ret;
}

int main(int argc, char **argv)
{
	struct dmstat *handle;
	int ret;

	if (argc > 3) {
		fprintf(stderr, "usage: %s [DEVICE [SECONDS]]\n", argv[0]);
		return 2;
	}

	ret = dmstat_open(&handle);
	if (ret) {
		fprintf(stderr, "cannot reach the kernel module dmstat: %s\n",
			ret == -ENOENT ? "it is not loaded" : strerror(-ret));
		return 1;
	}

	if (argc > 1)
		ret = watch(handle, argv[1], argc > 2 ? argv[2] : NULL);
	else
		ret = watch_all(handle);
	if (ret)
		fprintf(stderr, "%s: %s\n", argc > 1 ? argv[1] : "regions",
			dmstat_error(handle));
	dmstat_close(handle);
	return ret ? 1 : 0;
}
