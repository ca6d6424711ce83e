// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl set: change what programs keep with a region.
 */
#include <stdlib.h>

#include "argument.h"
#include "command.h"
#include "message.h"
#include "region.h"
#include "session.h"
#include "user_data.h"

static void parse_options(struct context *context, int argc, char **argv,
			  struct dmstat_region_change *change,
			  struct user_data *data)
{
	static const struct option options[] = {
		{ "program", required_argument, NULL, OPTION_PROGRAM },
		{ "user-data", required_argument, NULL, OPTION_USER_DATA },
		{ "user-data-file", required_argument, NULL,
		  OPTION_USER_DATA_FILE },
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	int c;

	while ((c = option_next(context, argc, argv, options)) != -1) {
		switch (c) {
		case OPTION_PROGRAM:
			change->program_id = optarg;
			break;
		case OPTION_USER_DATA:
			user_data_text(context, data, optarg);
			break;
		case OPTION_USER_DATA_FILE:
			user_data_file(context, data, optarg);
			break;
		}
	}
	expect_arguments(context, argc, argv, 1, 1, "REGION");
	if (!change->program_id && !data->given)
		usage(context->command,
		      "give --program, --user-data or --user-data-file");
	change->region_id = parse_region_id(context, argv[optind]);
	change->user_data = data->given;
	change->user_data_size = data->size;
}

static int set_region(struct context *context, struct dmstat *dmstat,
		      const struct dmstat_region_change *change)
{
	struct output *out = &context->out;
	const struct dmstat_region *region;
	int error;

	error = dmstat_region_set(dmstat, change, &region);
	if (error)
		return session_failed(dmstat, error, "cannot set region %u",
				      change->region_id);
	if (!out->json)
		return EXIT_SUCCESS;
	output_object(out, NULL);
	region_values(out, region);
	output_object_end(out);
	output_end(out);
	return EXIT_SUCCESS;
}

static int run(struct context *context, int argc, char **argv)
{
	struct dmstat_region_change change = {
		.struct_size = sizeof(change),
	};
	struct user_data data = { 0 };
	struct dmstat *dmstat;
	int status;

	parse_options(context, argc, argv, &change, &data);
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = set_region(context, dmstat, &change);
	dmstat_close(dmstat);
	return status;
}

const struct command set_command = {
	.name = "set",
	.synopsis =
	"[-j] [--program ID]\n"
	"         [--user-data TEXT | --user-data-file FILE] REGION",
	.summary = "change what programs keep with a region",
	.help =
	"  --program ID   a name for the programs that share the regions\n"
	"  --user-data TEXT\n"
	"                 what they keep with the region, up to 4096 bytes\n"
	"  --user-data-file FILE\n"
	"                 the same from a file, or from standard input: -\n\n"
	"What is not given stays; '' removes it. Both are changed at once.\n",
	.json = true,
	.run = run,
};
