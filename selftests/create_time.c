// SPDX-License-Identifier: GPL-2.0-only
/*
 * create_time: how long the kernel takes to make a region
 *
 *	create_time DEVICE AREAS TIMES
 *
 * A region of AREAS areas is made on the device and deleted, TIMES times. For
 * each, prints the microseconds from the request to its answer, by the
 * monotonic clock, and the bytes of memory that the region reports.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <dmstat.h>

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000) + now.tv_nsec / 1000;
}

static int create(struct dmstat *handle, const struct dmstat_region_spec *spec)
{
	const struct dmstat_region *region;
	uint64_t start = now_us(), us;
	int ret;

	ret = dmstat_region_create(handle, spec, &region);
	us = now_us() - start;
	if (ret)
		return ret;
	printf("%" PRIu64 " %" PRIu64 "\n", us, region->memory);
	return dmstat_region_delete(handle, region->region_id);
}

static int create_all(struct dmstat *handle, const char *name, uint64_t areas,
		      unsigned long times)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_device *device;
	int ret;

	ret = dmstat_device_find(handle, name, &device);
	if (ret)
		return ret;
	spec.major = device->major;
	spec.minor = device->minor;
	spec.areas = areas;
	while (!ret && times--)
		ret = create(handle, &spec);
	return ret;
}

int main(int argc, char **argv)
{
	struct dmstat *handle;
	int ret;

	if (argc != 4) {
		fprintf(stderr, "usage: create_time DEVICE AREAS TIMES\n");
		return 2;
	}
	if (dmstat_open(&handle)) {
		fprintf(stderr, "create_time: the module is not loaded\n");
		return 1;
	}
	ret = create_all(handle, argv[1], strtoull(argv[2], NULL, 0),
			 strtoul(argv[3], NULL, 0));
	if (ret)
		fprintf(stderr, "create_time: %s\n", dmstat_error(handle));
	dmstat_close(handle);
	return ret != 0;
}
