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
#include "region.h"
#include "session.h"

static int delete_region(struct dmstat *dmstat, uint32_t region_id)
{
	int error = dmstat_region_delete(dmstat, region_id);

	if (error)
		return session_failed(dmstat, error, "cannot delete region %u",
				      region_id);
	return EXIT_SUCCESS;
}

static int delete_named(struct context *context, struct dmstat *dmstat,
			int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	int i;

	for (i = optind; i < argc; i++)
		if (delete_region(dmstat, parse_region_id(context, argv[i])))
			status = EXIT_FAILURE;
	return status;
}

static int delete_all(struct dmstat *dmstat, const char *device)
{
	struct region_list list;
	int status, error;
	size_t i;

	status = region_list_get(dmstat, device, &list);
	if (status)
		return status;
	for (i = 0; i < list.count; i++) {
		error = dmstat_region_delete(dmstat, list.regions[i].region_id);
		if (error && error != -ENOENT)	/* gone is what we want */
			status = session_failed(dmstat, error,
						"cannot delete region %u",
						list.regions[i].region_id);
	}
	region_list_free(&list);
	return status;
}

static int run(struct context *context, int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, OPTION_ALL },
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	struct dmstat *dmstat;
	bool all = false;
	int status, i;

	while (option_next(context, argc, argv, options) != -1)
		all = true;
	if (all) {
		expect_arguments(context, argc, argv, 0, 1, "DEVICE");
	} else {
		expect_arguments(context, argc, argv, 1, INT_MAX,
				 "REGION (or --all)");
		for (i = optind; i < argc; i++)
			parse_region_id(context, argv[i]);
	}

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	if (all)
		status = delete_all(dmstat, argv[optind]);
	else
		status = delete_named(context, dmstat, argc, argv);
	dmstat_close(dmstat);
	return status;
}

const struct command delete_command = {
	.name = "delete",
	.synopsis = "REGION... | --all [DEVICE]",
	.summary = "delete regions",
	.help =
	"  --all          every region, or every region of DEVICE\n",
	.run = run,
};
