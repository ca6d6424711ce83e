// SPDX-License-Identifier: GPL-2.0-only
/*
 * churn: make, read, clear and delete regions as fast as possible
 *
 *	churn DEVICE COUNT
 *
 * COUNT regions are made on the device, at most eight at a time, of all shapes;
 * of each second one the areas are read, of each fourth they are cleared by
 * reading. Prints how many regions were made and deleted. Ends early, with
 * status 1, if the device or the module goes.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dmstat.h>

#define AT_A_TIME 8

static uint64_t below(uint64_t n)
{
	return (uint64_t)rand() % n;
}

static int make(struct dmstat *handle, const struct dmstat_device *device,
		uint32_t *id)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;
	int ret;

	spec.major = device->major;
	spec.minor = device->minor;
	spec.start = below(device->size);
	spec.length = 1 + below(device->size - spec.start);
	spec.area_size = 1 + below(1 + below(spec.length));
	ret = dmstat_region_create(handle, &spec, &region);
	*id = ret ? 0 : region->region_id;
	return ret;
}

static int skip_area(const struct dmstat_area *area, void *data)
{
	(void)area;
	(void)data;
	return 0;
}

static int read_areas(struct dmstat *handle, uint32_t id, unsigned int flags)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	query.region_id = id;
	query.flags = flags;
	return dmstat_areas(handle, &query, skip_area, NULL);
}

static int cycle(struct dmstat *handle, const struct dmstat_device *device,
		 uint32_t *id, unsigned long i)
{
	int ret = 0;

	if (*id && i % 4 == 0)
		ret = read_areas(handle, *id, DMSTAT_AREAS_ACTIVE |
				 DMSTAT_AREAS_CLEAR);
	else if (*id && i % 2 == 0)
		ret = read_areas(handle, *id, DMSTAT_AREAS_ACTIVE);
	if (!ret && *id)
		ret = dmstat_region_delete(handle, *id);
	*id = 0;
	/* Another process may have deleted it. */
	if (ret && ret != -ENOENT)
		return ret;
	return make(handle, device, id);
}

static unsigned long churn(struct dmstat *handle,
			   const struct dmstat_device *device,
			   unsigned long count)
{
	uint32_t ids[AT_A_TIME] = { 0 };
	unsigned long i;
	int slot;

	for (i = 0; i < count; i++)
		if (cycle(handle, device, &ids[below(AT_A_TIME)], i))
			break;
	for (slot = 0; slot < AT_A_TIME; slot++)
		if (ids[slot])
			dmstat_region_delete(handle, ids[slot]);
	return i;
}

int main(int argc, char **argv)
{
	const struct dmstat_device *found;
	struct dmstat_device device;
	unsigned long count, made;
	struct dmstat *handle;

	if (argc != 3) {
		fprintf(stderr, "usage: churn DEVICE COUNT\n");
		return 2;
	}
	count = strtoul(argv[2], NULL, 0);
	srand(getpid());

	if (dmstat_open(&handle)) {
		fprintf(stderr, "churn: the module is not loaded\n");
		return 1;
	}
	if (dmstat_device_find(handle, argv[1], &found)) {
		fprintf(stderr, "churn: %s\n", dmstat_error(handle));
		dmstat_close(handle);
		return 1;
	}
	device = *found;

	made = churn(handle, &device, count);
	printf("%lu regions made and deleted\n", made);
	if (made < count)
		fprintf(stderr, "churn: %s\n", dmstat_error(handle));
	dmstat_close(handle);
	return made < count;
}
