// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl clear: set the counters of regions to zero.
 */
#include <limits.h>
#include <stdlib.h>

#include "arg/number.h"
#include "cmd/command.h"
#include "source/session.h"

static int clear(struct dmstat *dmstat, uint32_t region_id)
{
	int error = dmstat_region_clear(dmstat, region_id);

	if (error)
		return session_failed(dmstat, error, "cannot clear region %u",
				      region_id);
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	struct dmstat *dmstat;
	int i;

	(void)out;
	arguments_expect(argc, argv, 1, INT_MAX, "REGION");
	/* Refuse all if one is wrong. */
	for (i = 0; i < argc; i++)
		region_id_parse(argv[i]);

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	for (i = 0; i < argc; i++)
		if (clear(dmstat, region_id_parse(argv[i])))
			status = EXIT_FAILURE;
	dmstat_close(dmstat);
	return status;
}

const struct command clear_command = {
	.name = "clear",
	.summary = "set the counters of regions to zero",
	.forms = { "REGION..." },
	.run = run,
};
