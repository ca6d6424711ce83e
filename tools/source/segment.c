// SPDX-License-Identifier: GPL-2.0-only
/*
 * The segments of a device's table. A logical volume has several if it was
 * extended, or if free space was fragmented when it was created.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out/message.h"
#include "source/dm.h"
#include "source/extent.h"
#include "source/segment.h"

static int add_segments(const struct mapped_device *mapped,
			struct extent_list *list)
{
	size_t i;

	for (i = 0; i < mapped->segments_count; i++)
		if (extent_add(list, mapped->segments[i].start,
			       mapped->segments[i].length))
			return EXIT_FAILURE;
	return 0;
}

int segment_extents(const struct dmstat_device *device,
		    struct extent_list *list)
{
	struct mapped_device mapped;
	int error;

	error = mapped_device_get(device->major, device->minor, &mapped);
	if (error == -ENXIO) {
		complain("'%s' is not of device-mapper, so it has no segments: leave them out",
			 device->name);
		return EXIT_FAILURE;
	}
	if (error) {
		complain("cannot read the table of '%s': %s", device->name,
			 strerror(-error));
		return EXIT_FAILURE;
	}
	if (mapped.segments_count > DMSTAT_EXTENTS_MAX) {
		complain("'%s' has more than %u segments: %s", device->name,
			 DMSTAT_EXTENTS_MAX,
			 "create several regions with --start and --length");
		error = EXIT_FAILURE;
	} else {
		error = add_segments(&mapped, list);
	}
	mapped_device_free(&mapped);
	return error;
}
