// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl delete: delete regions.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "arg/number.h"
#include "cmd/command.h"
#include "out/message.h"
#include "source/device.h"
#include "source/session.h"

static bool all;
static const char *program;

static int delete_region(struct dmstat *dmstat, uint32_t region_id)
{
	int error = dmstat_region_delete(dmstat, region_id);

	if (error)
		return session_failed(dmstat, error, "cannot delete region %u",
				      region_id);
	return EXIT_SUCCESS;
}

/* In one request if all exist; else one by one, to say which does not. */
static int delete_ids(struct dmstat *dmstat, const uint32_t *ids, size_t count)
{
	int status = EXIT_SUCCESS;
	size_t i;

	if (count > 1 && !dmstat_regions_delete_ids(dmstat, ids, count))
		return EXIT_SUCCESS;
	for (i = 0; i < count; i++)
		if (delete_region(dmstat, ids[i]))
			status = EXIT_FAILURE;
	return status;
}

static int compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The ids that are arguments, sorted, without duplicates. */
static uint32_t *collect_ids(int argc, char **argv, size_t *count)
{
	uint32_t *ids = reallocarray(NULL, argc, sizeof(*ids));
	int i;

	*count = 0;
	if (!ids)
		return NULL;
	for (i = 0; i < argc; i++)
		ids[i] = region_id_parse(argv[i]);
	qsort(ids, argc, sizeof(*ids), compare_ids);
	for (i = 0; i < argc; i++)
		if (!i || ids[i] != ids[i - 1])
			ids[(*count)++] = ids[i];
	return ids;
}

static int delete_named(struct dmstat *dmstat, const uint32_t *ids,
			size_t count)
{
	int status = EXIT_SUCCESS;
	size_t n;

	for (; count; ids += n, count -= n) {
		n = count < DMSTAT_DELETE_MAX ? count : DMSTAT_DELETE_MAX;
		if (delete_ids(dmstat, ids, n))
			status = EXIT_FAILURE;
	}
	return status;
}

static int delete_matching(struct dmstat *dmstat,
			   const struct dmstat_region_filter *filter)
{
	int error = dmstat_regions_delete(dmstat, filter, NULL);

	if (!error)
		return EXIT_SUCCESS;
	if (error != -ENOENT)
		return session_failed(dmstat, error, "cannot delete regions");
	/* With --all there may be none, but a program id may be mistyped. */
	if (!filter->program_id)
		return EXIT_SUCCESS;
	complain("no region%s has the program id '%s'",
		 filter->by_device ? " of the device" : "", filter->program_id);
	return EXIT_FAILURE;
}

/* Device by device. */
static int delete_everything(struct dmstat *dmstat)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	struct device_list list;
	int status;
	size_t i;

	status = device_list_get(dmstat, &list);
	if (status)
		return status;
	filter.by_device = 1;
	for (i = 0; i < list.count; i++) {
		if (!list.devices[i].regions)
			continue;
		filter.major = list.devices[i].major;
		filter.minor = list.devices[i].minor;
		if (delete_matching(dmstat, &filter))
			status = EXIT_FAILURE;
	}
	device_list_free(&list);
	return status;
}

/* All regions of a device, of a program, of both; or all if neither is given. */
static int delete_all(struct dmstat *dmstat, const char *text)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	const struct dmstat_device *device;

	if (!program && !text)
		return delete_everything(dmstat);
	filter.program_id = program;
	if (text) {
		device = device_find(dmstat, text);
		if (!device)
			return EXIT_FAILURE;
		filter.by_device = 1;
		filter.major = device->major;
		filter.minor = device->minor;
	}
	return delete_matching(dmstat, &filter);
}

static int delete_arguments(int argc, char **argv)
{
	struct dmstat *dmstat;
	uint32_t *ids;
	size_t count;
	int status;

	ids = collect_ids(argc, argv, &count);
	if (!ids) {
		complain("out of memory");
		return EXIT_FAILURE;
	}
	dmstat = session_open();
	status = dmstat ? delete_named(dmstat, ids, count) : EXIT_FAILURE;
	dmstat_close(dmstat);
	free(ids);
	return status;
}

static int run(struct output *out, int argc, char **argv)
{
	struct dmstat *dmstat;
	int status;

	(void)out;
	if (!all && !program) {
		arguments_expect(argc, argv, 1, INT_MAX,
				 "REGION (or --all)");
		return delete_arguments(argc, argv);
	}

	if (all && program)
		usage("--all and --program exclude each other: see 'dmstat-nl help delete'");
	/* A variable of a script may be empty: do not delete others' regions. */
	if (program && !*program)
		usage("--program is empty: give the program id of the regions to delete");
	arguments_expect(argc, argv, 0, 1, "DEVICE");
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = delete_all(dmstat, argv[0]);
	dmstat_close(dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTION_FLAG("all", &all, "delete every region, or every one of DEVICE"),
	OPTION_STRING("program", "ID", &program,
		      "delete every region of a program, or those on DEVICE"),
	OPTION_END
};

const struct command delete_command = {
	.name = "delete",
	.summary = "delete regions",
	.forms = { "REGION...", "--all [DEVICE]", "--program [DEVICE]" },
	.options = options,
	.run = run,
};
