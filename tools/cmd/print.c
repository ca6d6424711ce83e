// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl print: print the areas of regions and their counters, each as soon as
 * it comes from the kernel.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "cmd/command.h"
#include "out/message.h"
#include "source/region.h"
#include "source/scope.h"
#include "source/session.h"
#include "view/area.h"
#include "view/flush.h"
#include "view/histogram.h"
#include "view/region.h"

enum {
	FORMAT_TABLE,
	FORMAT_DMSTATS
};

static struct scope scope;
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

/* Whether what is printed is one region, because the user named one. */
static bool is_one(void)
{
	return scope.count == 1 && scope.items[0].kind == SCOPE_REGION;
}

static int print_region(struct output *out, struct dmstat *dmstat,
			const struct dmstat_region *region)
{
	struct printing printing = { .out = out };
	const struct dmstat_device *device;
	struct dmstat_flush flush;
	int error;

	query.region_id = region->region_id;
	error = dmstat_device_get(dmstat, region->major, region->minor,
				  &device);
	if (error)
		return session_failed(dmstat, error, "region %u",
				      region->region_id);
	flush = flush_copy(device);

	histogram_bounds(&printing.bounds, region);
	region_warn_missed(region);
	output_new_table(out);
	if (format != FORMAT_DMSTATS)
		print_header(out, region, &flush);
	output_list(out, "areas");
	error = dmstat_areas(dmstat, &query, print_area, &printing);
	output_list_end(out);
	output_object_end(out);
	if (error)
		session_failed(dmstat, error, "region %u", region->region_id);
	return error > 0 ? error : error ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Refuse all before anything is printed or cleared. */
static int check(const struct region_list *list)
{
	size_t i, histograms = 0;

	if (!list->count)
		return scope_complain_none(&scope, NULL);
	if (format == FORMAT_DMSTATS && list->count > 1) {
		complain("--format dmstats does not name regions: choose one of the %zu",
			 list->count);
		return EXIT_FAILURE;
	}
	for (i = 0; i < list->count; i++) {
		if (region_check_areas(&list->regions[i], &query))
			return EXIT_FAILURE;
		histograms += list->regions[i].bounds_count > 0;
	}
	if (!histogram || histograms)
		return EXIT_SUCCESS;
	if (list->count == 1)
		return region_check_histograms(list->regions);
	complain("none of the %zu regions has histograms: create them with --histogram",
		 list->count);
	return EXIT_FAILURE;
}

static int print_list(struct output *out, struct dmstat *dmstat,
		      const struct region_list *list)
{
	int error, status = EXIT_SUCCESS;
	bool one = is_one();
	size_t i;

	area_fit();
	if (!one) {
		output_object(out, NULL);
		output_list(out, "regions");
	}
	for (i = 0; i < list->count && !out->error; i++) {
		if (histogram && !out->json && !list->regions[i].bounds_count)
			continue;
		error = print_region(out, dmstat, &list->regions[i]);
		if (error)
			status = EXIT_FAILURE;
	}
	if (!one) {
		output_list_end(out);
		output_object_end(out);
	}
	output_end(out);
	return status;
}

static int print(struct output *out, struct dmstat *dmstat)
{
	struct region_list list;
	int status;

	status = scope_regions(dmstat, &scope, &list);
	if (status)
		return status;
	status = check(&list);
	if (!status)
		status = print_list(out, dmstat, &list);
	region_list_free(&list);
	return status;
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
	if (clear && !argc && !scope.program)
		usage("--clear would clear all regions: name some, or give --program");
	query.flags = (active ? DMSTAT_AREAS_ACTIVE : 0) |
		      (clear ? DMSTAT_AREAS_CLEAR : 0);

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = scope_parse(dmstat, argc, argv, &scope);
	if (!status)
		status = print(out, dmstat);
	scope_free(&scope);
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
	OPTION_PROGRAM(&scope.program),
	OPTION_END
};

const struct command print_command = {
	.name = "print",
	.summary = "print the counters of areas, of regions or all",
	.forms = {
		"[--active] [--clear] [--area]\n"
		"[--histogram | --format [--precise]] [--program]\n"
		"[DEVICE|REGION|GROUP]...",
	},
	.options = options,
	.json = true,
	.run = run,
};
