// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl list: list regions.
 */
#include <stdlib.h>

#include "cmd/command.h"
#include "source/region.h"
#include "source/scope.h"
#include "source/session.h"
#include "view/region.h"

static struct scope scope;

static int list(struct output *out, struct dmstat *dmstat)
{
	struct region_list regions;
	int error;

	error = scope_regions(dmstat, &scope, &regions);
	if (error)
		return error;
	region_table(out, &regions);
	region_list_free(&regions);
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct dmstat *dmstat;
	int status;

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = scope_parse(dmstat, argc, argv, &scope);
	if (!status)
		status = list(out, dmstat);
	scope_free(&scope);
	dmstat_close(dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTION_PROGRAM(&scope.program),
	OPTION_END
};

const struct command list_command = {
	.name = "list",
	.summary = "list the regions of devices or groups, or all",
	.forms = { "[--program] [DEVICE|REGION|GROUP]..." },
	.options = options,
	.json = true,
	.run = run,
};
