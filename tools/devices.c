// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl devices: the devices whose I/O can be counted.
 */
#include <stdlib.h>

#include "argument.h"
#include "command.h"
#include "device.h"
#include "session.h"

static void print_list(struct output *out, const struct device_list *list)
{
	size_t i;

	if (!list->count)
		output_none(out, "no device-mapper devices");
	device_fit(list);
	output_object(out, NULL);
	output_list(out, "devices");
	for (i = 0; i < list->count; i++) {
		device_row(out);
		device_values(out, &list->devices[i]);
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
	struct device_list list;
	struct dmstat *dmstat;
	int error;

	while (option_next(context, argc, argv, options) != -1)
		;
	expect_arguments(context, argc, argv, 0, 0, "");

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	error = device_list_get(dmstat, &list);
	if (!error) {
		print_list(&context->out, &list);
		device_list_free(&list);
	}
	dmstat_close(dmstat);
	return error;
}

const struct command devices_command = {
	.name = "devices",
	.synopsis = "[-j]",
	.summary = "list the devices whose I/O can be counted",
	.json = true,
	.run = run,
};
