// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl set: set the program id or user data of a region.
 */
#include <stdlib.h>

#include "arg/number.h"
#include "cmd/command.h"
#include "out/message.h"
#include "source/session.h"
#include "view/region.h"

static struct dmstat_region_change change = { .struct_size = sizeof(change) };
static struct user_data user_data;

static int set_region(struct output *out, struct dmstat *dmstat)
{
	const struct dmstat_region *region;
	int error;

	error = dmstat_region_set(dmstat, &change, &region);
	if (error)
		return session_failed(dmstat, error, "cannot set region %u",
				      change.region_id);
	if (out->json) {
		region_object(out, NULL, region);
		output_end(out);
	}
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct dmstat *dmstat;
	int status;

	arguments_expect(argc, argv, 1, 1, "REGION");
	if (!change.program_id && !user_data.given)
		usage("give --program, --user-data or --user-data-file");
	change.region_id = region_id_parse(argv[0]);
	change.user_data = user_data.given;
	change.user_data_size = user_data.size;

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = set_region(out, dmstat);
	dmstat_close(dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTIONS_LABEL(&change.program_id, &user_data),
	OPTION_END
};

const struct command set_command = {
	.name = "set",
	.summary = "set the program id or user data of a region",
	.forms = {
		"[--program] [--user-data | --user-data-file] REGION",
	},
	.options = options,
	.notes =
	"What is not given stays as it is; '' removes it. Both change at the\n"
	"same time.",
	.json = true,
	.run = run,
};
