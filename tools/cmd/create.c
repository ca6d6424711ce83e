// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl create: create a region.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/command.h"
#include "out/message.h"
#include "source/device.h"
#include "source/extent.h"
#include "source/file.h"
#include "source/segment.h"
#include "source/session.h"
#include "view/region.h"

static struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
static struct bounds bounds;
static struct user_data user_data;
static const char *path;	/* --file */
static bool segments;

/**
 * struct place - where a region is created
 * @device: the DEVICE argument, or NULL
 * @fd: the file of --file, or -1
 * @extents: those of the file, or the segments; else none
 * @size: of the device, in sectors
 */
struct place {
	const char *device;
	int fd;
	struct extent_list extents;
	uint64_t size;
};

/* --file and --segments say where the region is. */
static void check_extents_options(void)
{
	const char *option = path ? "file" : "segments";

	if (!path && !segments)
		return;
	if (path && segments)
		usage("give --file or --segments, not both");
	if (spec.start != DMSTAT_DEFAULT || spec.length != DMSTAT_DEFAULT)
		usage("--%s says where the region is: give no --start or --length",
		      option);
	if (spec.areas != DMSTAT_DEFAULT)
		usage("with --%s each extent is an area, or is cut by --area-size: give no --areas",
		      option);
}

/* Find the device and, on it, the extents of the region. */
static int find_place(struct dmstat *dmstat, struct place *place)
{
	const struct dmstat_device *device;
	int error = 0;

	if (path)
		device = file_device(dmstat, path, place->fd, place->device);
	else
		device = device_find(dmstat, place->device);
	if (!device)
		return EXIT_FAILURE;
	spec.major = device->major;
	spec.minor = device->minor;
	place->size = device->size;

	if (path)
		error = file_extents(path, place->fd, &place->extents);
	else if (segments)
		error = segment_extents(device, &place->extents);
	spec.extents = place->extents.extents;
	spec.extents_count = place->extents.count;
	return error;
}

/* Whether a part of the range, as far as it was given, is not on the device. */
static bool is_beyond(uint64_t size)
{
	uint64_t start = spec.start == DMSTAT_DEFAULT ? 0 : spec.start;

	return start >= size || (spec.length != DMSTAT_DEFAULT &&
				 spec.length > size - start);
}

static int create(struct output *out, struct dmstat *dmstat,
		  const struct place *place)
{
	const char *text = place->device ? place->device : path;
	const struct dmstat_region *region;
	char size_text[UNIT_TEXT_MAX];
	int error;

	error = dmstat_region_create(dmstat, &spec, &region);
	if (error == -ERANGE && is_beyond(place->size))
		return session_failed(dmstat, error,
				      "cannot create a region on '%s' of %s (%" PRIu64 " sectors)",
				      text,
				      unit_format(size_text, UNIT_SECTORS,
						  place->size),
				      place->size);
	if (error)
		return session_failed(dmstat, error,
				      "cannot create a region on '%s'", text);

	output_text(out, "%u", region->region_id);
	region_object(out, NULL, region);
	output_end(out);
	return EXIT_SUCCESS;
}

static int create_at(struct output *out, struct place *place)
{
	struct dmstat *dmstat;
	int status;

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = find_place(dmstat, place);
	if (!status)
		status = create(out, dmstat, place);
	dmstat_close(dmstat);
	extent_list_free(&place->extents);
	return status;
}

static int run(struct output *out, int argc, char **argv)
{
	struct place place = { .fd = -1 };
	int status;

	if (spec.areas != DMSTAT_DEFAULT && spec.area_size != DMSTAT_DEFAULT)
		usage("give --areas or --area-size, not both");
	check_extents_options();
	arguments_expect(argc, argv, path ? 0 : 1, 1, "DEVICE");
	spec.bounds = bounds.ns;
	spec.bounds_count = bounds.count;
	spec.user_data = user_data.given;
	spec.user_data_size = user_data.size;
	place.device = argv[0];
	if (!path)
		return create_at(out, &place);

	place.fd = file_open(path);
	if (place.fd < 0)
		return EXIT_FAILURE;
	status = create_at(out, &place);
	close(place.fd);
	return status;
}

static const struct option_line options[] = {
	OPTION_SIZE("start", &spec.start,
		    "where the region starts on the device; default: 0"),
	OPTION_SIZE("length", &spec.length,
		    "how long it is; default: to the end of the device"),
	OPTION_NUMBER("areas", &spec.areas,
		      "cut it into this many areas; default: 1"),
	OPTION_SIZE("area-size", &spec.area_size,
		    "cut it into areas of this size; the last may be shorter"),
	OPTION_STRING("file", "FILE", &path,
		      "create it from the extents that a file has now; each is\n"
		      "an area, or is cut by --area-size from its own start"),
	OPTION_FLAG("segments", &segments,
		    "create it from the segments of the device's table, in the same way"),
	OPTION_BOUNDS("histogram", &bounds,
		      "count in each area how many I/Os take how long, between\n"
		      "up to 64 rising times: 100us,1ms,10ms; units: ns, us,\n"
		      "ms, s, m, h"),
	OPTIONS_LABEL(&spec.program_id, &user_data),
	OPTION_END
};

/* Of all forms. */
#define COMMON_OPTIONS \
	"[--histogram] [--program] [--user-data | --user-data-file]"

const struct command create_command = {
	.name = "create",
	.summary = "create a region and print its id",
	.forms = {
		"[--start] [--length] [--areas | --area-size]\n"
		COMMON_OPTIONS " DEVICE",
		"--file [--area-size]\n"
		COMMON_OPTIONS " [DEVICE]",
		"--segments [--area-size]\n"
		COMMON_OPTIONS " DEVICE",
	},
	.options = options,
	.notes =
	"A SIZE is in sectors of 512 bytes, or has a suffix: b bytes, s sectors,\n"
	"k m g t p e powers of 1024 bytes, K M G T P E powers of 1000 bytes.\n"
	"DEVICE is a path, vg/lv, a device-mapper name, or major:minor.",
	.json = true,
	.run = run,
};
