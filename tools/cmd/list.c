// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl list: list regions.
 */
#include <stdlib.h>

#include "cmd/command.h"
#include "source/region.h"
#include "source/session.h"
#include "view/region.h"

static int run(struct output *out, int argc, char **argv)
{
	struct region_list list;
	struct dmstat *dmstat;
	int error;

	arguments_expect(argc, argv, 0, 1, "DEVICE");
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	error = region_list_get(dmstat, argv[0], &list);
	if (!error) {
		region_table(out, &list);
		region_list_free(&list);
	}
	dmstat_close(dmstat);
	return error;
}

const struct command list_command = {
	.name = "list",
	.summary = "list the regions of one device or of all",
	.forms = { "[DEVICE]" },
	.json = true,
	.run = run,
};
