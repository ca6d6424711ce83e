// SPDX-License-Identifier: GPL-2.0-only
/*
 * read_ratio DEVICE REGION STATS: how long it takes to read all areas of a
 * region, from the request to numbers in the program: by libdmstat, and of the
 * kernel's dm-stats by libdevmapper.
 *
 * REGION is dmstat's, STATS dm-stats' region on the same device. Both are read
 * once: libdevmapper clears what it reads. The I/Os that were read are added up
 * and have to be the same. Prints "AREAS OURS THEIRS", times in microseconds. Ends
 * with status 3 if libdevmapper cannot read so many areas.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <dmstat.h>
#include <libdevmapper.h>

#include "../cpu_time.h"

#define EXIT_CANNOT	3

/* What was read, and how long it took. */
struct reading {
	uint64_t areas;
	uint64_t ios;
	uint64_t ns;
};

static int add_area(const struct dmstat_area *area, void *data)
{
	struct reading *reading = data;

	reading->areas++;
	reading->ios += area->read->ios + area->write->ios + area->discard->ios;
	return 0;
}

static bool read_ours(struct dmstat *handle, uint32_t id,
		      struct reading *reading)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	const uint64_t start = cpu_time_ns();
	int ret;

	query.region_id = id;
	ret = dmstat_areas(handle, &query, add_area, reading);
	if (ret)
		fprintf(stderr, "read_ratio: %s\n", dmstat_error(handle));
	reading->ns = cpu_time_ns() - start;
	return !ret;
}

static void add_stats(const struct dm_stats *stats, uint64_t id,
		      struct reading *reading)
{
	uint64_t i;

	reading->areas = dm_stats_get_region_nr_areas(stats, id);
	for (i = 0; i < reading->areas; i++)
		reading->ios +=
			dm_stats_get_counter(stats, DM_STATS_READS_COUNT, id,
					     i) +
			dm_stats_get_counter(stats, DM_STATS_WRITES_COUNT, id,
					     i);
}

static bool read_theirs(const char *device, uint64_t id,
			struct reading *reading)
{
	uint64_t start;
	struct dm_stats *stats;
	bool good;

	stats = dm_stats_create(DM_STATS_ALL_PROGRAMS);
	good = stats && dm_stats_bind_name(stats, device) &&
	       dm_stats_list(stats, DM_STATS_ALL_PROGRAMS);
	start = cpu_time_ns();
	good = good && dm_stats_populate(stats, DM_STATS_ALL_PROGRAMS, id);
	if (good)
		add_stats(stats, id, reading);
	reading->ns = cpu_time_ns() - start;
	if (stats)
		dm_stats_destroy(stats);
	return good;
}

static int compare(struct dmstat *handle, char **argv)
{
	struct reading ours = { 0 }, theirs = { 0 };
	uint32_t region = strtoul(argv[2], NULL, 0);
	uint64_t stats = strtoull(argv[3], NULL, 0);

	if (!read_theirs(argv[1], stats, &theirs))
		return EXIT_CANNOT;
	if (!read_ours(handle, region, &ours))
		return EXIT_FAILURE;
	if (ours.areas != theirs.areas || ours.ios != theirs.ios) {
		fprintf(stderr, "read_ratio: %" PRIu64 " areas, %" PRIu64
			" I/Os, but dm-stats %" PRIu64 ", %" PRIu64 "\n",
			ours.areas, ours.ios, theirs.areas, theirs.ios);
		return EXIT_FAILURE;
	}
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", ours.areas,
	       ours.ns / 1000, theirs.ns / 1000);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct dmstat *handle;
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: read_ratio DEVICE REGION STATS\n");
		return 2;
	}
	if (dmstat_open(&handle)) {
		fprintf(stderr, "read_ratio: the module is not loaded\n");
		return EXIT_FAILURE;
	}
	status = compare(handle, argv);
	dmstat_close(handle);
	return status;
}
