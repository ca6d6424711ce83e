// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl create: make a region.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "argument.h"
#include "command.h"
#include "device.h"
#include "extent.h"
#include "file.h"
#include "histogram.h"
#include "message.h"
#include "region.h"
#include "segment.h"
#include "session.h"
#include "user_data.h"

/**
 * struct source - what a region is made of, if not of a range
 * @path: this file, or NULL
 * @fd: it is open there, if there is one
 * @segments: the segments of the device
 * @extents: where that is
 */
struct source {
	const char *path;
	int fd;
	bool segments;
	struct extent_list extents;
};

static void check_source(struct context *context, const struct source *source,
			 const struct dmstat_region_spec *spec)
{
	const char *option = source->path ? "file" : "segments";

	if (!source->path && !source->segments)
		return;
	if (source->path && source->segments)
		usage(context->command,
		      "give --file or --segments, not both");
	if (spec->start != DMSTAT_DEFAULT || spec->length != DMSTAT_DEFAULT)
		usage(context->command,
		      "--%s says where the region is: give no --start or --length",
		      option);
	if (spec->areas != DMSTAT_DEFAULT)
		usage(context->command,
		      "with --%s each extent is an area, or is cut by --area-size: give no --areas",
		      option);
}

static void parse_options(struct context *context, int argc, char **argv,
			  struct dmstat_region_spec *spec,
			  struct bounds *bounds, struct source *source,
			  struct user_data *data)
{
	static const struct option options[] = {
		{ "area-size", required_argument, NULL, OPTION_AREA_SIZE },
		{ "areas", required_argument, NULL, OPTION_AREAS },
		{ "file", required_argument, NULL, OPTION_FILE },
		{ "histogram", required_argument, NULL, OPTION_HISTOGRAM },
		{ "length", required_argument, NULL, OPTION_LENGTH },
		{ "program", required_argument, NULL, OPTION_PROGRAM },
		{ "segments", no_argument, NULL, OPTION_SEGMENTS },
		{ "start", required_argument, NULL, OPTION_START },
		{ "user-data", required_argument, NULL, OPTION_USER_DATA },
		{ "user-data-file", required_argument, NULL,
		  OPTION_USER_DATA_FILE },
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	int c;

	while ((c = option_next(context, argc, argv, options)) != -1) {
		switch (c) {
		case OPTION_AREA_SIZE:
			spec->area_size = parse_size(context, "area-size",
						     optarg);
			break;
		case OPTION_AREAS:
			spec->areas = parse_number(context, "areas", optarg);
			break;
		case OPTION_FILE:
			source->path = optarg;
			break;
		case OPTION_HISTOGRAM:
			parse_bounds(context, optarg, bounds);
			spec->bounds = bounds->ns;
			spec->bounds_count = bounds->count;
			break;
		case OPTION_LENGTH:
			spec->length = parse_size(context, "length", optarg);
			break;
		case OPTION_PROGRAM:
			spec->program_id = optarg;
			break;
		case OPTION_SEGMENTS:
			source->segments = true;
			break;
		case OPTION_START:
			spec->start = parse_size(context, "start", optarg);
			break;
		case OPTION_USER_DATA:
			user_data_text(context, data, optarg);
			break;
		case OPTION_USER_DATA_FILE:
			user_data_file(context, data, optarg);
			break;
		}
	}
	if (spec->areas != DMSTAT_DEFAULT && spec->area_size != DMSTAT_DEFAULT)
		usage(context->command,
		      "give --areas or --area-size, not both");
	check_source(context, source, spec);
	expect_arguments(context, argc, argv, source->path ? 0 : 1, 1,
			 "DEVICE");
	spec->user_data = data->given;
	spec->user_data_size = data->size;
}

/* Find the device and, on it, what the region is to be made of. */
static int place(struct dmstat *dmstat, struct dmstat_region_spec *spec,
		 struct source *source, const char *text, uint64_t *size)
{
	const struct dmstat_device *device;
	int error = 0;

	if (source->path)
		device = file_device(dmstat, source->path, source->fd, text);
	else
		device = device_find(dmstat, text);
	if (!device)
		return EXIT_FAILURE;
	spec->major = device->major;
	spec->minor = device->minor;
	*size = device->size;

	if (source->path)
		error = file_extents(source->path, source->fd,
				     &source->extents);
	else if (source->segments)
		error = segment_extents(device, &source->extents);
	spec->extents = source->extents.extents;
	spec->extents_count = source->extents.count;
	return error;
}

/* Whether the range is, as far as it was given, not all on the device. */
static bool is_beyond(const struct dmstat_region_spec *spec, uint64_t size)
{
	uint64_t start = spec->start == DMSTAT_DEFAULT ? 0 : spec->start;

	return start >= size || (spec->length != DMSTAT_DEFAULT &&
				 spec->length > size - start);
}

static int make_region(struct context *context, struct dmstat *dmstat,
		       struct dmstat_region_spec *spec, const char *text,
		       uint64_t size)
{
	struct output *out = &context->out;
	const struct dmstat_region *region;
	char size_text[UNIT_TEXT_MAX];
	int error;

	error = dmstat_region_create(dmstat, spec, &region);
	if (error == -ERANGE && is_beyond(spec, size))
		return session_failed(dmstat, error,
				      "cannot create a region on '%s' of %s (%" PRIu64 " sectors)",
				      text,
				      unit_format(size_text, UNIT_SECTORS, size),
				      size);
	if (error)
		return session_failed(dmstat, error,
				      "cannot create a region on '%s'", text);

	output_text(out, "%u", region->region_id);
	output_object(out, NULL);
	if (out->json)
		region_values(out, region);
	output_object_end(out);
	output_end(out);
	return EXIT_SUCCESS;
}

static int create(struct context *context, struct dmstat_region_spec *spec,
		  struct source *source, const char *text)
{
	struct dmstat *dmstat;
	uint64_t size;
	int status;

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = place(dmstat, spec, source, text, &size);
	if (!status)
		status = make_region(context, dmstat, spec,
				     text ? text : source->path, size);
	dmstat_close(dmstat);
	extent_list_free(&source->extents);
	return status;
}

static int run(struct context *context, int argc, char **argv)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	struct source source = { .path = NULL };
	struct user_data data = { 0 };
	struct bounds bounds;
	int status;

	parse_options(context, argc, argv, &spec, &bounds, &source, &data);
	if (!source.path)
		return create(context, &spec, &source, argv[optind]);

	source.fd = file_open(source.path);
	if (source.fd < 0)
		return EXIT_FAILURE;
	status = create(context, &spec, &source, argv[optind]);
	close(source.fd);
	return status;
}

const struct command create_command = {
	.name = "create",
	.synopsis =
	"[-j] [--start S] [--length L]\n"
	"         [--areas N | --area-size S] [--histogram TIME,...] [--program ID]\n"
	"         [--user-data TEXT | --user-data-file FILE] DEVICE\n"
	"       dmstat-nl create [-j] --file PATH [--area-size S] ... [DEVICE]\n"
	"       dmstat-nl create [-j] --segments [--area-size S] ... DEVICE",
	.summary = "make a region and print its id",
	.help =
	"  --start S      where it starts on the device; default: 0\n"
	"  --length L     how long it is; default: to the end of the device\n"
	"  --areas N      cut it into N areas; default: 1\n"
	"  --area-size S  cut it into areas of this size; the last may be shorter\n"
	"  --file PATH    make it of the extents of a file, where they are now; each\n"
	"                 is an area, or cut by --area-size from its own start\n"
	"  --segments     the same, of the segments of the device's table\n"
	"  --histogram TIME,...\n"
	"                 count how many I/Os of each area take less than, or at\n"
	"                 least, each of up to 64 rising times, as in 100us,1ms,10ms;\n"
	"                 each with its unit: ns, us, ms, s, m or h\n"
	"  --program ID   a name for the programs that share the regions\n"
	"  --user-data TEXT\n"
	"                 what they keep with the region, up to 4096 bytes\n"
	"  --user-data-file FILE\n"
	"                 the same from a file, or from standard input: -\n\n"
	"Sizes are in sectors of 512 bytes, or have a suffix: b bytes, s sectors,\n"
	"k m g t p e powers of 1024, K M G T P E powers of 1000.\n"
	"DEVICE is a path, vg/lv, a device-mapper name, or major:minor.\n",
	.json = true,
	.run = run,
};
