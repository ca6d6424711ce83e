// SPDX-License-Identifier: GPL-2.0-only
/*
 * read_areas REGION: reads all areas of a region through libdmstat, adds up
 * their I/Os, and tells both.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <dmstat.h>

struct sum {
	uint64_t areas;
	uint64_t ios;
};

static int add_area(const struct dmstat_area *area, void *data)
{
	struct sum *sum = data;

	sum->areas++;
	sum->ios += area->read->ios + area->write->ios + area->discard->ios;
	return 0;
}

int main(int argc, char **argv)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct sum sum = { 0 };
	struct dmstat *handle;
	int ret;

	if (argc != 2) {
		fprintf(stderr, "usage: read_areas REGION\n");
		return 2;
	}

	ret = dmstat_open(&handle);
	if (ret) {
		fprintf(stderr, "read_areas: cannot open: %d\n", ret);
		return 1;
	}
	query.region_id = strtoul(argv[1], NULL, 0);
	ret = dmstat_areas(handle, &query, add_area, &sum);
	if (ret)
		fprintf(stderr, "read_areas: %s\n", dmstat_error(handle));
	else
		printf("%" PRIu64 " areas, %" PRIu64 " I/Os\n", sum.areas,
		       sum.ios);
	dmstat_close(handle);
	return ret ? 1 : 0;
}
