// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl inflight: list the I/Os of a device that have started and not
 * ended, the oldest first.
 */
#include <errno.h>
#include <stdlib.h>

#include "cmd/command.h"
#include "source/array.h"
#include "source/device.h"
#include "source/session.h"
#include "view/device.h"
#include "view/rows.h"

enum {
	INFLIGHT_OPERATION,
	INFLIGHT_SECTOR,
	INFLIGHT_SECTORS,
	INFLIGHT_AGE,
	INFLIGHT_COLUMNS
};

static const struct column columns[INFLIGHT_COLUMNS] = {
	[INFLIGHT_OPERATION] = { "operation", "OPERATION", -9, UNIT_NONE },
	[INFLIGHT_SECTOR] = { "sector", "SECTOR", 14, UNIT_NONE },
	[INFLIGHT_SECTORS] = { "sectors", "SIZE", 9, UNIT_SECTORS },
	[INFLIGHT_AGE] = { "age_ns", "AGE", 9, UNIT_NS },
};

struct io_list {
	struct dmstat_inflight *ios;
	size_t count;
};

static int collect(const struct dmstat_inflight *io, void *data)
{
	struct io_list *list = data;
	struct dmstat_inflight *ios;

	ios = array_grow(list->ios, list->count, sizeof(*ios));
	if (!ios)
		return -ENOMEM;
	list->ios = ios;
	list->ios[list->count++] = *io;
	return 0;
}

static int compare_age(const void *a, const void *b)
{
	const struct dmstat_inflight *left = a, *right = b;

	return (left->age_ns < right->age_ns) - (left->age_ns > right->age_ns);
}

static const char *operation_name(uint32_t operation)
{
	switch (operation) {
	case DMSTAT_READ:
		return "read";
	case DMSTAT_WRITE:
		return "write";
	case DMSTAT_DISCARD:
		return "discard";
	case DMSTAT_FLUSH:
		return "flush";
	}
	return "other";
}

static int print_row(struct output *out, const void *data, size_t i)
{
	const struct io_list *list = data;
	const struct dmstat_inflight *io = &list->ios[i];

	output_row(out, columns, INFLIGHT_COLUMNS);
	output_string(out, &columns[INFLIGHT_OPERATION],
		      operation_name(io->operation));
	output_number(out, &columns[INFLIGHT_SECTOR], io->sector);
	output_number(out, &columns[INFLIGHT_SECTORS], io->sectors);
	output_number(out, &columns[INFLIGHT_AGE], io->age_ns);
	return output_row_end(out);
}

static int inflight(struct output *out, struct dmstat *dmstat, const char *text)
{
	const struct dmstat_device *found;
	struct io_list list = { 0 };
	uint32_t major, minor;
	int error;

	found = device_find(dmstat, text);
	if (!found)
		return EXIT_FAILURE;
	major = found->major;
	minor = found->minor;

	error = dmstat_inflight(dmstat, major, minor, collect, &list);
	if (!error)
		error = dmstat_device_get(dmstat, major, minor, &found);
	if (error) {
		session_failed(dmstat, error, "device '%s'", text);
		free(list.ios);
		return EXIT_FAILURE;
	}

	if (list.count)
		qsort(list.ios, list.count, sizeof(*list.ios), compare_age);
	output_object(out, NULL);
	device_object(out, "device", found);
	rows_print(out, "inflight", "nothing in flight", print_row, &list,
		   list.count);
	output_object_end(out);
	output_end(out);
	device_warn_missed(found);
	free(list.ios);
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct dmstat *dmstat;
	int status;

	arguments_expect(argc, argv, 1, 1, "DEVICE");
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = inflight(out, dmstat, argv[0]);
	dmstat_close(dmstat);
	return status;
}

const struct command inflight_command = {
	.name = "inflight",
	.summary = "list the I/Os in flight on a device that has a region",
	.forms = { "DEVICE" },
	.json = true,
	.run = run,
};
