// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl create: make a region.
 */
#include <stdlib.h>

#include "argument.h"
#include "command.h"
#include "device.h"
#include "histogram.h"
#include "message.h"
#include "region.h"
#include "session.h"

static void parse_options(struct context *context, int argc, char **argv,
			  struct dmstat_region_spec *spec,
			  struct bounds *bounds)
{
	static const struct option options[] = {
		{ "area-size", required_argument, NULL, OPTION_AREA_SIZE },
		{ "areas", required_argument, NULL, OPTION_AREAS },
		{ "histogram", required_argument, NULL, OPTION_HISTOGRAM },
		{ "length", required_argument, NULL, OPTION_LENGTH },
		{ "program", required_argument, NULL, OPTION_PROGRAM },
		{ "start", required_argument, NULL, OPTION_START },
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
		case OPTION_START:
			spec->start = parse_size(context, "start", optarg);
			break;
		}
	}
	if (spec->areas != DMSTAT_DEFAULT && spec->area_size != DMSTAT_DEFAULT)
		usage(context->command,
		      "give --areas or --area-size, not both");
	expect_arguments(context, argc, argv, 1, 1, "DEVICE");
}

static int make_region(struct context *context, struct dmstat *dmstat,
		       struct dmstat_region_spec *spec, const char *text)
{
	struct output *out = &context->out;
	const struct dmstat_device *device;
	const struct dmstat_region *region;
	int error;

	device = device_find(dmstat, text);
	if (!device)
		return EXIT_FAILURE;
	spec->major = device->major;
	spec->minor = device->minor;

	error = dmstat_region_create(dmstat, spec, &region);
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

static int run(struct context *context, int argc, char **argv)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	struct dmstat *dmstat;
	struct bounds bounds;
	int status;

	parse_options(context, argc, argv, &spec, &bounds);
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = make_region(context, dmstat, &spec, argv[optind]);
	dmstat_close(dmstat);
	return status;
}

const struct command create_command = {
	.name = "create",
	.synopsis =
	"[-j] [--start S] [--length L] [--areas N | --area-size S]\n"
	"         [--histogram TIME,...] [--program ID] DEVICE",
	.summary = "make a region and print its id",
	.help =
	"  --start S      where it starts on the device; default: 0\n"
	"  --length L     how long it is; default: to the end of the device\n"
	"  --areas N      cut it into N areas; default: 1\n"
	"  --area-size S  cut it into areas of this size; the last may be shorter\n"
	"  --histogram TIME,...\n"
	"                 count how many I/Os of each area take less than, or at\n"
	"                 least, each of up to 64 rising times, as in 100us,1ms,10ms\n"
	"  --program ID   a name for the programs that share the regions\n\n"
	"Sizes are in sectors of 512 bytes, or have a suffix: b bytes, s sectors,\n"
	"k m g t p e powers of 1024, K M G T P E powers of 1000.\n"
	"DEVICE is a path, a device-mapper name, or major:minor.\n",
	.json = true,
	.run = run,
};
