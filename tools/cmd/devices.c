// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl devices: list the devices whose I/O can be counted.
 */
#include <stdlib.h>

#include "cmd/command.h"
#include "source/device.h"
#include "source/session.h"
#include "view/device.h"

static int run(struct output *out, int argc, char **argv)
{
	struct device_list list;
	struct dmstat *dmstat;
	int error;

	arguments_expect(argc, argv, 0, 0, "");
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	error = device_list_get(dmstat, &list);
	if (!error) {
		device_table(out, &list);
		device_list_free(&list);
	}
	dmstat_close(dmstat);
	return error;
}

const struct command devices_command = {
	.name = "devices",
	.summary = "list the devices whose I/O can be counted",
	.forms = { "" },
	.json = true,
	.run = run,
};
