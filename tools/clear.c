// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl clear: set the counters of regions to zero.
 */
#include <limits.h>
#include <stdlib.h>

#include "argument.h"
#include "command.h"
#include "session.h"

static int run(struct context *context, int argc, char **argv)
{
	static const struct option options[] = {
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	int status = EXIT_SUCCESS;
	struct dmstat *dmstat;
	uint32_t region_id;
	int error, i;

	while (option_next(context, argc, argv, options) != -1)
		;
	expect_arguments(context, argc, argv, 1, INT_MAX, "REGION");
	for (i = optind; i < argc; i++)
		parse_region_id(context, argv[i]);

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	for (i = optind; i < argc; i++) {
		region_id = parse_region_id(context, argv[i]);
		error = dmstat_region_clear(dmstat, region_id);
		if (error)
			status = session_failed(dmstat, error,
						"cannot clear region %u",
						region_id);
	}
	dmstat_close(dmstat);
	return status;
}

const struct command clear_command = {
	.name = "clear",
	.synopsis = "REGION...",
	.summary = "set the counters of regions to zero",
	.run = run,
};
