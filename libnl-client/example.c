// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * example: print which parts of a device are in use
 *
 * Copyright (C) 2026 The dmstat authors
 *
 *	example DEVICE [SECONDS]
 *
 * Creates a region of 16 areas, waits for SECONDS or until Enter is pressed,
 * prints the areas that saw I/O, and deletes the region.
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
	int ret, error;

	ret = dmstat_device_find(handle, name, &device);
	if (ret)
		return ret;

	spec.major = device->major;
	spec.minor = device->minor;
	spec.areas = AREAS;
	spec.program_id = "example";
	ret = dmstat_region_create(handle, &spec, &region);
	if (ret)
		return ret;
	region_id = region->region_id;

	wait_for(seconds);
	ret = print_areas(handle, region_id);
	error = dmstat_region_delete(handle, region_id);
	return ret ? ret : error;
}

int main(int argc, char **argv)
{
	struct dmstat *handle;
	int ret;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s DEVICE [SECONDS]\n", argv[0]);
		return 2;
	}

	ret = dmstat_open(&handle);
	if (ret) {
		fprintf(stderr, "cannot reach the kernel module dmstat: %s\n",
			ret == -ENOENT ? "it is not loaded" : strerror(-ret));
		return 1;
	}

	ret = watch(handle, argv[1], argc > 2 ? argv[2] : NULL);
	if (ret)
		fprintf(stderr, "%s: %s\n", argv[1], dmstat_error(handle));
	dmstat_close(handle);
	return ret ? 1 : 0;
}
