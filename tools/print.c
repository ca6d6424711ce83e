// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl print: the areas of a region and their counters, as they come.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "area.h"
#include "command.h"
#include "flush.h"
#include "histogram.h"
#include "message.h"
#include "region.h"
#include "session.h"

/**
 * struct printing - what to print and how
 * @out: where to
 * @query: which areas
 * @dmstats: as dm-stats prints them
 * @precise: and then with nanoseconds
 * @histograms: those of each area instead of the table
 * @bounds: of the region
 */
struct printing {
	struct output *out;
	struct dmstat_area_query query;
	bool dmstats;
	bool precise;
	bool histograms;
	struct bounds bounds;
};

static int print_area(const struct dmstat_area *area, void *data)
{
	const struct printing *printing = data;

	if (printing->dmstats)
		return area_print_dmstats(printing->out, area,
					  printing->precise);
	if (printing->histograms && !printing->out->json)
		return histogram_print(printing->out, &printing->bounds, area);
	return area_print(printing->out, area, &printing->bounds);
}

/* The region, and flushes of its device: these are on no sector. */
static void print_header(struct output *out, const struct dmstat_region *region,
			 const struct dmstat_flush *flush)
{
	char text[REGION_TEXT_MAX], flushes[FLUSH_TEXT_MAX];

	output_text(out, "region %u on %s: %s", region->region_id,
		    region->device_name, region_describe(text, region));
	if (!flush_is_idle(flush))
		output_text(out, "%s", flush_describe(flushes, flush));
	output_object(out, NULL);
	output_object(out, "region");
	if (out->json)
		region_values(out, region);
	output_object_end(out);
	flush_object(out, flush);
}

/* A region and the flushes of its device. */
static int get(struct dmstat *dmstat, uint32_t region_id,
	       const struct dmstat_region **region, struct dmstat_flush *flush)
{
	const struct dmstat_device *device;
	int error;

	error = dmstat_region_get(dmstat, region_id, region);
	if (error)
		return error;
	error = dmstat_device_get(dmstat, (*region)->major, (*region)->minor,
				  &device);
	if (error)
		return error;
	*flush = flush_copy(device);
	return dmstat_region_get(dmstat, region_id, region);
}

static int print(struct dmstat *dmstat, struct printing *printing)
{
	uint32_t region_id = printing->query.region_id;
	struct output *out = printing->out;
	const struct dmstat_region *region;
	struct dmstat_flush flush;
	int error;

	error = get(dmstat, region_id, &region, &flush);
	if (error)
		return session_failed(dmstat, error, "region %u", region_id);

	if (printing->histograms && !region->bounds_count) {
		histogram_complain(region_id);
		return EXIT_FAILURE;
	}
	if (region_check_areas(region, &printing->query))
		return EXIT_FAILURE;
	printing->bounds.count = region->bounds_count;
	memcpy(printing->bounds.ns, region->bounds, sizeof(region->bounds));
	region_warn_missed(region);
	area_fit();
	if (!printing->dmstats)
		print_header(out, region, &flush);
	output_list(out, "areas");
	error = dmstat_areas(dmstat, &printing->query, print_area, printing);
	output_list_end(out);
	output_object_end(out);
	output_end(out);
	if (error)
		return session_failed(dmstat, error, "region %u", region_id);
	return EXIT_SUCCESS;
}

static void parse_options(struct context *context, int argc, char **argv,
			  struct printing *printing)
{
	static const struct option options[] = {
		{ "active", no_argument, NULL, OPTION_ACTIVE },
		{ "area", required_argument, NULL, OPTION_AREA },
		{ "clear", no_argument, NULL, OPTION_CLEAR },
		{ "format", required_argument, NULL, OPTION_FORMAT },
		{ "histogram", no_argument, NULL, OPTION_HISTOGRAM },
		{ "precise", no_argument, NULL, OPTION_PRECISE },
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	int c;

	while ((c = option_next(context, argc, argv, options)) != -1) {
		switch (c) {
		case OPTION_ACTIVE:
			printing->query.flags |= DMSTAT_AREAS_ACTIVE;
			break;
		case OPTION_AREA:
			parse_range(context, "area", optarg,
				    &printing->query.first,
				    &printing->query.count);
			break;
		case OPTION_CLEAR:
			printing->query.flags |= DMSTAT_AREAS_CLEAR;
			break;
		case OPTION_FORMAT:
			printing->dmstats = strcmp(optarg, "dmstats") == 0;
			if (!printing->dmstats && strcmp(optarg, "table") != 0)
				usage(context->command,
				      "--format '%s': not table or dmstats",
				      optarg);
			break;
		case OPTION_HISTOGRAM:
			printing->histograms = true;
			break;
		case OPTION_PRECISE:
			printing->precise = true;
			break;
		}
	}
	if (printing->dmstats && printing->out->json)
		usage(context->command,
		      "give --json or --format dmstats, not both");
	if (printing->histograms && printing->dmstats)
		usage(context->command,
		      "give --histogram or --format dmstats, not both");
	if (printing->precise && !printing->dmstats)
		usage(context->command,
		      "--precise goes with --format dmstats only");
	expect_arguments(context, argc, argv, 1, 1, "REGION");
	printing->query.region_id = parse_region_id(context, argv[optind]);
}

static int run(struct context *context, int argc, char **argv)
{
	struct printing printing = {
		.out = &context->out,
		.query = DMSTAT_AREA_QUERY_INIT,
	};
	struct dmstat *dmstat;
	int status;

	parse_options(context, argc, argv, &printing);
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = print(dmstat, &printing);
	dmstat_close(dmstat);
	return status;
}

const struct command print_command = {
	.name = "print",
	.synopsis =
	"[-j] [--active] [--clear] [--area FIRST[-LAST]]\n"
	"         [--histogram | --format table|dmstats [--precise]] REGION",
	.summary = "print the counters of a region's areas",
	.help =
	"  --active       skip areas that never saw I/O\n"
	"  --clear        set what is printed to zero; no I/O is lost in between\n"
	"  --area F[-L]   only this area, or from the first to the last; from 0\n"
	"  --histogram    how many I/Os took how long, and where the quantiles lie,\n"
	"                 of a region that was created with --histogram\n"
	"  --format F     table: for people, the default; dmstats: the lines of the\n"
	"                 kernel's @stats_print\n"
	"  --precise      with --format dmstats: times in ns instead of ms\n",
	.json = true,
	.run = run,
};
