// SPDX-License-Identifier: GPL-2.0-only
/*
 * resizer: resize regions as fast as possible; sum up the areas that stayed
 *
 *	resizer FILE STAY END REGION...
 *	resizer --sum STAY REGION
 *	resizer --create DEVICE END AREA-SIZE
 *
 * As long as FILE exists, each region, from sector 0 on, gets a random length or
 * random extents up to sector END. Areas that begin before sector STAY always
 * stay. Areas are read and cleared meanwhile. Prints how many changes there were,
 * and how many were refused because I/O had not ended.
 *
 * --create makes a region of an extent from sector 0 to END.
 *
 * --sum prints what the areas before STAY have counted since the region was made,
 * in any order of clears, and what is in flight in all areas.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dmstat.h>

#define EXTENTS 40

static uint64_t stay, end;

static uint64_t below(uint64_t n)
{
	return (uint64_t)random() % n;
}

/* One begins at 0 and has all that stays; it may be longer. */
static uint32_t any_extents(struct dmstat_extent *extents)
{
	uint64_t at = stay + below(2) * below((end - stay) / 2);
	uint32_t nr = 0;

	extents[nr++] = (struct dmstat_extent){ 0, at };
	while (nr < 1 + below(EXTENTS - 1)) {
		at += below(3) * below(1 + (end - stay) / EXTENTS);
		if (at >= end)
			break;
		extents[nr].start = at;
		extents[nr].length = 1 + below(2 * (end - stay) / EXTENTS);
		if (extents[nr].length > end - at)
			extents[nr].length = end - at;
		at += extents[nr++].length;
	}
	return nr;
}

static int resize(struct dmstat *handle, uint32_t id)
{
	struct dmstat_region_change change = DMSTAT_REGION_CHANGE_INIT;
	struct dmstat_extent extents[EXTENTS];
	const struct dmstat_region *region;
	int ret;

	ret = dmstat_region_get(handle, id, &region);
	if (ret)
		return ret;
	change.region_id = id;
	if (region->extents) {
		change.extents = extents;
		change.extents_count = any_extents(extents);
	} else {
		change.length = stay + below(end - stay + 1);
	}
	return dmstat_region_set(handle, &change, NULL);
}

static int check_area(const struct dmstat_area *area, void *data)
{
	uint64_t *last = data;

	/* Of one dump, unless it was interrupted. */
	if (*last != UINT64_MAX && area->index <= *last)
		return -EBADMSG;
	*last = area->index;
	return 0;
}

static int read_areas(struct dmstat *handle, uint32_t id, unsigned int flags)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	uint64_t last = UINT64_MAX;
	int ret;

	query.region_id = id;
	query.flags = flags;
	ret = dmstat_areas(handle, &query, check_area, &last);
	/* It was resized meanwhile. */
	return ret == -EAGAIN ? 0 : ret;
}

static int work(struct dmstat *handle, const char *file, uint32_t *ids, int nr)
{
	unsigned long changes = 0, refused = 0, i;
	int ret = 0;

	for (i = 0; !access(file, F_OK) && !ret; i++) {
		ret = resize(handle, ids[i % nr]);
		if (ret == -EBUSY) {
			refused++;
			ret = 0;
		} else if (!ret) {
			changes++;
		}
		if (!ret && !below(4))
			ret = read_areas(handle, ids[i % nr], 0);
		if (!ret && !below(8))
			ret = read_areas(handle, ids[i % nr],
					 DMSTAT_AREAS_ACTIVE |
					 DMSTAT_AREAS_CLEAR);
		if (!ret && !below(8))
			ret = dmstat_region_clear(handle, ids[i % nr]);
	}
	if (ret)
		fprintf(stderr, "resizer: %s (%s)\n", strerror(-ret),
			dmstat_error(handle));
	printf("%lu changes, %lu refused\n", changes, refused);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

struct sum {
	uint64_t ios[3];
	uint64_t sectors[3];
	uint64_t in_flight;
};

static int add_area(const struct dmstat_area *area, void *data)
{
	const struct dmstat_io *io[] = {
		area->read, area->write, area->discard,
	};
	struct sum *sum = data;
	int i;

	sum->in_flight += area->in_flight_read + area->in_flight_write;
	for (i = 0; i < 3 && area->start < stay; i++) {
		sum->ios[i] += io[i]->ios;
		sum->sectors[i] += io[i]->sectors;
	}
	return 0;
}

static int print_sum(struct dmstat *handle, uint32_t id)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct sum sum = { 0 };
	int ret;

	query.region_id = id;
	query.flags = DMSTAT_AREAS_UNCLEARED;
	ret = dmstat_areas(handle, &query, add_area, &sum);
	if (ret) {
		fprintf(stderr, "resizer: %s\n", dmstat_error(handle));
		return EXIT_FAILURE;
	}
	printf("read %" PRIu64 "/%" PRIu64 " write %" PRIu64 "/%" PRIu64
	       " discard %" PRIu64 "/%" PRIu64 " flight %" PRIu64 "\n",
	       sum.ios[0], sum.sectors[0], sum.ios[1], sum.sectors[1],
	       sum.ios[2], sum.sectors[2], sum.in_flight);
	return EXIT_SUCCESS;
}

static int create(struct dmstat *handle, char **argv)
{
	struct dmstat_extent extent = { 0, strtoull(argv[3], NULL, 0) };
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_device *device;
	const struct dmstat_region *region;
	int ret;

	ret = dmstat_device_find(handle, argv[2], &device);
	if (!ret) {
		spec.major = device->major;
		spec.minor = device->minor;
		spec.area_size = strtoull(argv[4], NULL, 0);
		spec.extents = &extent;
		spec.extents_count = 1;
		ret = dmstat_region_create(handle, &spec, &region);
	}
	if (ret) {
		fprintf(stderr, "resizer: %s\n", dmstat_error(handle));
		return EXIT_FAILURE;
	}
	printf("%u\n", region->region_id);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct dmstat *handle;
	uint32_t ids[16];
	int i, ret;

	ret = dmstat_open(&handle);
	if (argc < 4 || argc > 4 + 16 || ret) {
		fprintf(stderr, "resizer: bad arguments, or no module\n");
		return EXIT_FAILURE;
	}
	if (!strcmp(argv[1], "--sum")) {
		stay = strtoull(argv[2], NULL, 0);
		ret = print_sum(handle, strtoul(argv[3], NULL, 0));
	} else if (!strcmp(argv[1], "--create")) {
		ret = argc == 5 ? create(handle, argv) : EXIT_FAILURE;
	} else {
		srandom(getpid());
		stay = strtoull(argv[2], NULL, 0);
		end = strtoull(argv[3], NULL, 0);
		for (i = 4; i < argc; i++)
			ids[i - 4] = strtoul(argv[i], NULL, 0);
		ret = work(handle, argv[1], ids, argc - 4);
	}
	dmstat_close(handle);
	return ret;
}
