// SPDX-License-Identifier: GPL-2.0-only
/*
 * crowd: keep the module busy with the largest possible requests
 *
 *	crowd DEVICE
 *
 * Until it is killed: regions of 65,536 extents each are made on the device, all
 * regions and devices are listed, and the regions are deleted. Prints a line each
 * time the regions are there.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <dmstat.h>

#define REGIONS	4
#define EXTENTS	65536

static int skip_region(const struct dmstat_region *region, void *data)
{
	(void)region;
	(void)data;
	return 0;
}

static int skip_device(const struct dmstat_device *device, void *data)
{
	(void)device;
	(void)data;
	return 0;
}

/* The list may change while it is given. */
static int again(int ret)
{
	return ret == -EAGAIN ? 0 : ret;
}

static int list(struct dmstat *handle)
{
	int ret = again(dmstat_regions(handle, NULL, skip_region, NULL));

	return ret ? ret : again(dmstat_devices(handle, skip_device, NULL));
}

static int cycle(struct dmstat *handle, const struct dmstat_region_spec *spec)
{
	const struct dmstat_region *region;
	uint32_t ids[REGIONS];
	int ret = 0;
	int i;

	for (i = 0; i < REGIONS && !ret; i++) {
		ret = dmstat_region_create(handle, spec, &region);
		if (!ret)
			ids[i] = region->region_id;
	}
	if (ret)
		return ret;
	puts("made");
	fflush(stdout);
	ret = list(handle);
	for (i = 0; i < REGIONS && !ret; i++)
		ret = dmstat_region_delete(handle, ids[i]);
	return ret;
}

static int run(struct dmstat *handle, const char *name)
{
	static struct dmstat_extent extents[EXTENTS];
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_device *device;
	uint32_t i;
	int ret;

	ret = dmstat_device_find(handle, name, &device);
	if (ret)
		return ret;
	for (i = 0; i < EXTENTS; i++) {
		extents[i].start = 2 * i;
		extents[i].length = 1;
	}
	spec.major = device->major;
	spec.minor = device->minor;
	spec.extents = extents;
	spec.extents_count = EXTENTS;
	while (!ret)
		ret = cycle(handle, &spec);
	return ret;
}

int main(int argc, char **argv)
{
	struct dmstat *handle;

	if (argc != 2) {
		fprintf(stderr, "usage: crowd DEVICE\n");
		return 2;
	}
	if (dmstat_open(&handle)) {
		fprintf(stderr, "crowd: the module is not loaded\n");
		return EXIT_FAILURE;
	}
	run(handle, argv[1]);
	fprintf(stderr, "crowd: %s\n", dmstat_error(handle));
	dmstat_close(handle);
	return EXIT_FAILURE;
}
