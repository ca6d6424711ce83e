// SPDX-License-Identifier: GPL-2.0-only
/*
 * many devices: list all devices
 * many make DEVICE COUNT: make COUNT regions of one sector
 * many delete DEVICE: delete the regions of a device with one request
 * many delete-each DEVICE: the same with a request for each region
 *
 * Each prints the nanoseconds it took and the number of devices or regions.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <dmstat.h>

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

static int count_device(const struct dmstat_device *device, void *data)
{
	(void)device;
	++*(uint32_t *)data;
	return 0;
}

static int make(struct dmstat *handle, const struct dmstat_device *device,
		uint32_t count)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;
	int ret = 0;

	spec.major = device->major;
	spec.minor = device->minor;
	spec.length = 1;
	for (spec.start = 0; spec.start < count && !ret; spec.start++)
		ret = dmstat_region_create(handle, &spec, &region);
	return ret;
}

struct ids {
	uint32_t count;
	uint32_t id[1 << 16];
};

static int take_id(const struct dmstat_region *region, void *data)
{
	struct ids *ids = data;

	ids->id[ids->count++] = region->region_id;
	return 0;
}

static int delete_each(struct dmstat *handle, const struct ids *ids)
{
	uint32_t i;
	int ret = 0;

	for (i = 0; i < ids->count && !ret; i++)
		ret = dmstat_region_delete(handle, ids->id[i]);
	return ret;
}

/* Return: an error, or 0 with @ns and @count set. */
static int act(struct dmstat *handle, char **argv, uint64_t *ns,
	       uint32_t *count)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	const struct dmstat_device *device;
	static struct ids ids;
	uint64_t start;
	int ret;

	if (!strcmp(argv[1], "devices")) {
		start = now_ns();
		ret = dmstat_devices(handle, count_device, count);
		*ns = now_ns() - start;
		return ret;
	}
	ret = dmstat_device_find(handle, argv[2], &device);
	if (ret)
		return ret;
	filter.by_device = 1;
	filter.major = device->major;
	filter.minor = device->minor;
	ret = dmstat_regions(handle, &filter, take_id, &ids);
	if (ret)
		return ret;

	start = now_ns();
	*count = ids.count;
	if (!strcmp(argv[1], "make")) {
		*count = strtoul(argv[3], NULL, 0);
		ret = make(handle, device, *count);
	} else if (!strcmp(argv[1], "delete")) {
		ret = dmstat_regions_delete(handle, &filter, count);
	} else {
		ret = delete_each(handle, &ids);
	}
	*ns = now_ns() - start;
	return ret;
}

static bool is_usage(int argc, char **argv)
{
	switch (argc) {
	case 2:
		return !strcmp(argv[1], "devices");
	case 3:
		return !strcmp(argv[1], "delete") ||
		       !strcmp(argv[1], "delete-each");
	case 4:
		return !strcmp(argv[1], "make");
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	struct dmstat *handle;
	uint32_t count = 0;
	uint64_t ns;
	int ret;

	if (!is_usage(argc, argv)) {
		fprintf(stderr, "usage: many devices|make DEVICE COUNT\n"
			"       many delete|delete-each DEVICE\n");
		return 2;
	}
	if (dmstat_open(&handle)) {
		fprintf(stderr, "many: the module is not loaded\n");
		return 1;
	}
	ret = act(handle, argv, &ns, &count);
	if (ret)
		fprintf(stderr, "many: %s\n", dmstat_error(handle));
	else
		printf("%" PRIu64 " %" PRIu32 "\n", ns, count);
	dmstat_close(handle);
	return ret ? 1 : 0;
}
