// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl print: print the areas of a region and their counters, each as soon
 * as it comes from the kernel.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "arg/number.h"
#include "cmd/command.h"
#include "out/message.h"
#include "source/region.h"
#include "source/session.h"
#include "view/area.h"
#include "view/flush.h"
#include "view/histogram.h"
#include "view/region.h"

enum {
	FORMAT_TABLE,
	FORMAT_DMSTATS
};

static struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
static bool active;
static bool clear;
static bool histogram;
static bool precise;
static unsigned int format;

/**
 * struct printing - what print_area() needs
 * @out: the output
 * @bounds: of the region
 */
struct printing {
	struct output *out;
	struct bounds bounds;
};

static int print_area(const struct dmstat_area *area, void *data)
{
	const struct printing *printing = data;

	if (format == FORMAT_DMSTATS)
		return area_print_dmstats(printing->out, area, precise);
	if (histogram && !printing->out->json)
		return histogram_print(printing->out, &printing->bounds, area);
	return area_print(printing->out, area, &printing->bounds);
}

/* The region, and the flushes of its device, which are in no area. */
static void print_header(struct output *out, const struct dmstat_region *region,
			 const struct dmstat_flush *flush)
{
	char text[FLUSH_TEXT_MAX];

	region_title(out, region);
	if (!flush_is_idle(flush))
		output_text(out, "%s", flush_describe(text, flush));
	output_object(out, NULL);
	region_object(out, "region", region);
	flush_object(out, flush);
}

/* Get the region and the flushes of its device. */
static int get(struct dmstat *dmstat, const struct dmstat_region **region,
	       struct dmstat_flush *flush)
{
	const struct dmstat_device *device;
	int error;

	error = dmstat_region_get(dmstat, query.region_id, region);
	if (error)
		return error;
	error = dmstat_device_get(dmstat, (*region)->major, (*region)->minor,
				  &device);
	if (error)
		return error;
	*flush = flush_copy(device);
	/* Again: the handle has one answer at a time. */
	return dmstat_region_get(dmstat, query.region_id, region);
}

static int print(struct output *out, struct dmstat *dmstat)
{
	struct printing printing = { .out = out };
	const struct dmstat_region *region;
	struct dmstat_flush flush;
	int error;

	error = get(dmstat, &region, &flush);
	if (error)
		return session_failed(dmstat, error, "region %u",
				      query.region_id);

	if ((histogram && region_check_histograms(region)) ||
	    region_check_areas(region, &query))
		return EXIT_FAILURE;
	histogram_bounds(&printing.bounds, region);
	region_warn_missed(region);
	area_fit();
	if (format != FORMAT_DMSTATS)
		print_header(out, region, &flush);
	output_list(out, "areas");
	error = dmstat_areas(dmstat, &query, print_area, &printing);
	output_list_end(out);
	output_object_end(out);
	output_end(out);
	if (error)
		return session_failed(dmstat, error, "region %u",
				      query.region_id);
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct dmstat *dmstat;
	int status;

	if (format == FORMAT_DMSTATS && out->json)
		usage("give --json or --format dmstats, not both");
	if (format == FORMAT_DMSTATS && histogram)
		usage("give --histogram or --format dmstats, not both");
	if (format != FORMAT_DMSTATS && precise)
		usage("--precise needs --format dmstats");
	arguments_expect(argc, argv, 1, 1, "REGION");
	query.region_id = region_id_parse(argv[0]);
	query.flags = (active ? DMSTAT_AREAS_ACTIVE : 0) |
		      (clear ? DMSTAT_AREAS_CLEAR : 0);

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = print(out, dmstat);
	dmstat_close(dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTION_FLAG("active", &active, "skip areas that have seen no I/O"),
	OPTION_FLAG("clear", &clear,
		    "set what is printed to zero; no I/O is lost in between"),
	OPTION_AREA(&query),
	OPTION_FLAG("histogram", &histogram,
		    "instead of the table, how many I/Os took how long, and\n"
		    "quantiles; the region needs a histogram"),
	OPTION_CHOICE("format", "table|dmstats", &format,
		      "table: for people, the default; dmstats: the lines of\n"
		      "the kernel's @stats_print"),
	OPTION_FLAG("precise", &precise,
		    "with --format dmstats: times in ns instead of ms"),
	OPTION_END
};

const struct command print_command = {
	.name = "print",
	.summary = "print the counters of a region's areas",
	.forms = {
		"[--active] [--clear] [--area]\n"
		"[--histogram | --format [--precise]] REGION",
	},
	.options = options,
	.json = true,
	.run = run,
};
