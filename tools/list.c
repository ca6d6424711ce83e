// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl list: the regions that there are.
 */
#include <stdlib.h>

#include "argument.h"
#include "command.h"
#include "region.h"
#include "session.h"

static void print_list(struct output *out, const struct region_list *list)
{
	size_t i;

	if (!list->count)
		output_none(out, "no regions");
	region_fit(list);
	output_object(out, NULL);
	output_list(out, "regions");
	for (i = 0; i < list->count; i++) {
		region_row(out);
		region_values(out, &list->regions[i]);
		if (output_row_end(out))
			break;
	}
	output_list_end(out);
	output_object_end(out);
	output_end(out);
}

static int run(struct context *context, int argc, char **argv)
{
	static const struct option options[] = {
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	struct region_list list;
	struct dmstat *dmstat;
	int error;

	while (option_next(context, argc, argv, options) != -1)
		;
	expect_arguments(context, argc, argv, 0, 1, "DEVICE");

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	error = region_list_get(dmstat, argv[optind], &list);
	if (!error) {
		print_list(&context->out, &list);
		region_list_free(&list);
	}
	dmstat_close(dmstat);
	return error;
}

const struct command list_command = {
	.name = "list",
	.synopsis = "[-j] [DEVICE]",
	.summary = "list the regions, of one device or of all",
	.json = true,
	.run = run,
};
