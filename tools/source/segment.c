// SPDX-License-Identifier: GPL-2.0-only
/*
 * The segments of a device's table. A logical volume has several if it was
 * extended, or if free space was fragmented when it was created.
 */
#include <stdlib.h>
#include <string.h>

#include <libdevmapper.h>

#include "out/message.h"
#include "source/extent.h"
#include "source/segment.h"

/* libdevmapper would write to stderr; we print messages of our own. */
static void stay_silent(int level, const char *file, int line, int error,
			const char *format, ...)
{
	(void)level;
	(void)file;
	(void)line;
	(void)error;
	(void)format;
}

static int add_targets(struct dm_task *task, struct extent_list *list)
{
	char *type, *parameters;
	uint64_t start, length;
	void *next = NULL;
	int error = 0;

	do {
		next = dm_get_next_target(task, next, &start, &length, &type,
					  &parameters);
		if (type)
			error = extent_add(list, start, length);
	} while (next && !error);
	return error;
}

static int read_table(const struct dmstat_device *device, struct dm_task *task,
		      struct extent_list *list)
{
	/* Tables may contain keys. */
	if (!dm_task_secure_data(task) ||
	    !dm_task_set_major(task, device->major) ||
	    !dm_task_set_minor(task, device->minor) || !dm_task_run(task)) {
		complain("cannot read the table of '%s': %s", device->name,
			 strerror(dm_task_get_errno(task)));
		return EXIT_FAILURE;
	}
	if (add_targets(task, list))
		return EXIT_FAILURE;

	if (list->count > DMSTAT_EXTENTS_MAX) {
		complain("'%s' has more than %u segments: %s", device->name,
			 DMSTAT_EXTENTS_MAX,
			 "create several regions with --start and --length");
		return EXIT_FAILURE;
	}
	return 0;
}

int segment_extents(const struct dmstat_device *device,
		    struct extent_list *list)
{
	struct dm_task *task;
	int error;

	dm_log_with_errno_init(stay_silent);
	task = dm_task_create(DM_DEVICE_TABLE);
	if (!task) {
		complain("no memory for the table of '%s'", device->name);
		return EXIT_FAILURE;
	}
	error = read_table(device, task, list);
	dm_task_destroy(task);
	return error;
}
