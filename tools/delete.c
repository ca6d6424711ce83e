// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl delete: delete regions.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "argument.h"
#include "command.h"
#include "device.h"
#include "message.h"
#include "session.h"

static int delete_region(struct dmstat *dmstat, uint32_t region_id)
{
	int error = dmstat_region_delete(dmstat, region_id);

	if (error)
		return session_failed(dmstat, error, "cannot delete region %u",
				      region_id);
	return EXIT_SUCCESS;
}

/* By one request if they all are there, else one by one, to say which is not. */
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

/* The ids that are arguments, rising, none twice. */
static uint32_t *collect_ids(struct context *context, int argc, char **argv,
			     size_t *count)
{
	uint32_t *ids = reallocarray(NULL, argc - optind, sizeof(*ids));
	size_t n = argc - optind, i;

	*count = 0;
	if (!ids)
		return NULL;
	for (i = 0; i < n; i++)
		ids[i] = parse_region_id(context, argv[optind + i]);
	qsort(ids, n, sizeof(*ids), compare_ids);
	for (i = 0; i < n; i++)
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

	if (error && error != -ENOENT)	/* gone is what we want */
		return session_failed(dmstat, error, "cannot delete regions");
	return EXIT_SUCCESS;
}

/* Of every device that has any. */
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

/* Of a device, a program, both or, if neither is given, all. */
static int delete_all(struct dmstat *dmstat, const char *program,
		      const char *text)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;

	if (!program && !text)
		return delete_everything(dmstat);
	filter.program_id = program;
	if (device_filter(dmstat, text, &filter))
		return EXIT_FAILURE;
	return delete_matching(dmstat, &filter);
}

/**
 * struct choice - what to delete
 * @all: all of @program, of the device that is the argument, or all there are
 * @program: of this program, or NULL
 * @ids: else these
 * @count: how many
 */
struct choice {
	bool all;
	const char *program;
	uint32_t *ids;
	size_t count;
};

static void parse_options(struct context *context, int argc, char **argv,
			  struct choice *choice)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, OPTION_ALL },
		{ "program", required_argument, NULL, OPTION_PROGRAM },
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	int c;

	while ((c = option_next(context, argc, argv, options)) != -1) {
		choice->all = true;
		if (c == OPTION_PROGRAM)
			choice->program = optarg;
	}
	if (choice->all)
		expect_arguments(context, argc, argv, 0, 1, "DEVICE");
	else
		expect_arguments(context, argc, argv, 1, INT_MAX,
				 "REGION (or --all)");
}

static int run(struct context *context, int argc, char **argv)
{
	struct choice choice = { 0 };
	struct dmstat *dmstat;
	int status;

	parse_options(context, argc, argv, &choice);
	if (!choice.all) {
		choice.ids = collect_ids(context, argc, argv, &choice.count);
		if (!choice.ids) {
			complain("out of memory");
			return EXIT_FAILURE;
		}
	}

	dmstat = session_open();
	if (!dmstat) {
		free(choice.ids);
		return EXIT_FAILURE;
	}
	if (choice.all)
		status = delete_all(dmstat, choice.program, argv[optind]);
	else
		status = delete_named(dmstat, choice.ids, choice.count);
	dmstat_close(dmstat);
	free(choice.ids);
	return status;
}

const struct command delete_command = {
	.name = "delete",
	.synopsis = "REGION... | --all [DEVICE] | --program ID [DEVICE]",
	.summary = "delete regions",
	.help =
	"  --all          every region, or every region of DEVICE\n"
	"  --program ID   every region of a program, or those on DEVICE\n",
	.run = run,
};
