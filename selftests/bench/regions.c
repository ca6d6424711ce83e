// SPDX-License-Identifier: GPL-2.0-only
/*
 * regions dmstat|dm-stats COUNT START NEXT LENGTH AREA_SIZE DEVICE...: makes
 * COUNT regions of LENGTH sectors on each device, each region NEXT sectors after
 * the one before. A thousand are made much faster than by a command each.
 *
 * regions missed: fails, and says so, if dmstat has missed any I/O.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dmstat.h>
#include <libdevmapper.h>

struct regions {
	uint64_t count;
	uint64_t start;
	uint64_t next;
	uint64_t length;
	uint64_t area_size;
};

static int make_ours(struct dmstat *handle, const char *name,
		     const struct regions *regions)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;
	const struct dmstat_device *device;
	uint64_t i;
	int ret;

	ret = dmstat_device_find(handle, name, &device);
	if (ret)
		return ret;
	spec.major = device->major;
	spec.minor = device->minor;
	spec.length = regions->length;
	spec.area_size = regions->area_size;
	for (i = 0; i < regions->count && !ret; i++) {
		spec.start = regions->start + i * regions->next;
		ret = dmstat_region_create(handle, &spec, &region);
	}
	return ret;
}

static bool make_all_ours(char **names, const struct regions *regions)
{
	struct dmstat *handle;
	int ret = 0;

	if (dmstat_open(&handle)) {
		fprintf(stderr, "regions: the module is not loaded\n");
		return false;
	}
	while (*names && !ret)
		ret = make_ours(handle, *names++, regions);
	if (ret)
		fprintf(stderr, "regions: %s\n", dmstat_error(handle));
	dmstat_close(handle);
	return !ret;
}

static bool make_their(const char *name, const char *message)
{
	struct dm_task *task = dm_task_create(DM_DEVICE_TARGET_MSG);
	bool good;

	good = task && dm_task_set_name(task, name) &&
	       dm_task_set_message(task, message) && dm_task_run(task);
	if (task)
		dm_task_destroy(task);
	return good;
}

static bool make_theirs(const char *name, const struct regions *regions)
{
	char message[100];
	bool good = true;
	uint64_t i;

	for (i = 0; i < regions->count && good; i++) {
		snprintf(message, sizeof(message),
			 "@stats_create %" PRIu64 "+%" PRIu64 " %" PRIu64,
			 regions->start + i * regions->next, regions->length,
			 regions->area_size);
		good = make_their(name, message);
	}
	return good;
}

static bool make_all_theirs(char **names, const struct regions *regions)
{
	bool good = true;

	while (*names && good)
		good = make_theirs(*names++, regions);
	return good;
}

static int add_missed(const struct dmstat_device *device, void *data)
{
	uint64_t *missed = data;

	*missed += device->missed;
	return 0;
}

static bool none_missed(void)
{
	struct dmstat *handle;
	uint64_t missed = 0;
	bool good;

	if (dmstat_open(&handle))
		return false;
	good = !dmstat_devices(handle, add_missed, &missed) && !missed;
	if (!good)
		fprintf(stderr, "regions: %" PRIu64 " I/Os were missed\n",
			missed);
	dmstat_close(handle);
	return good;
}

int main(int argc, char **argv)
{
	struct regions regions;
	bool good;

	if (argc == 2 && !strcmp(argv[1], "missed"))
		return none_missed() ? EXIT_SUCCESS : EXIT_FAILURE;
	if (argc < 8) {
		fprintf(stderr, "usage: regions WHO COUNT START NEXT LENGTH AREA_SIZE DEVICE...\n");
		return 2;
	}
	regions = (struct regions) {
		.count = strtoull(argv[2], NULL, 0),
		.start = strtoull(argv[3], NULL, 0),
		.next = strtoull(argv[4], NULL, 0),
		.length = strtoull(argv[5], NULL, 0),
		.area_size = strtoull(argv[6], NULL, 0),
	};
	if (strcmp(argv[1], "dmstat"))
		good = make_all_theirs(argv + 7, &regions);
	else
		good = make_all_ours(argv + 7, &regions);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
