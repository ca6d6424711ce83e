// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl report: what happened in areas, regions, groups and devices, since
 * the regions were created, or interval after interval, with the words of
 * dmstats(8). Nothing is cleared, so any number of readers can do this at the
 * same time.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/time_text.h"
#include "source/interrupt.h"
#include "source/interval.h"
#include "source/node.h"
#include "source/place.h"
#include "source/scope.h"
#include "source/session.h"
#include "source/standard.h"
#include "view/object.h"
#include "view/recording.h"
#include "view/region.h"
#include "view/report.h"

#define NS_PER_SECOND	1000000000ULL

/* Set by the options. */
static struct report report;
static struct scope scope;
static uint64_t interval;
static uint64_t count;
static bool areas, regions, groups, devices;
static bool active;

/* Whether there are intervals, and not one report of all that was counted. */
static bool repeated;

/**
 * struct reporting - what is known from one reading to the next
 * @dmstat: the handle
 * @out: the output
 * @last: the reading at the start of the interval, or NULL
 * @places: where areas of regions of extents are
 * @printed: how many intervals were printed
 */
struct reporting {
	struct dmstat *dmstat;
	struct output *out;
	struct dmstat_snapshots *last;
	struct place_list places;
	uint64_t printed;
};

/* JSON without -o is a recording, which has all there is. */
static bool is_recording(const struct reporting *reporting)
{
	return reporting->out->json && !report.fields;
}

static int wanted_types(void)
{
	return (areas ? OBJECT_AREA : 0) | (regions ? OBJECT_REGION : 0) |
	       (groups ? OBJECT_GROUP : 0) | (devices ? OBJECT_DEVICE : 0);
}

static bool has_areas(const struct reporting *reporting)
{
	const int types = wanted_types();

	return is_recording(reporting) || !types || types & OBJECT_AREA;
}

/* Each area is needed for their busy time, too; else the totals will do. */
static uint32_t merge(const struct reporting *reporting)
{
	return has_areas(reporting) || report.needs & FIELD_BUSY ? 0 :
	       DMSTAT_MERGE_ALL;
}

static unsigned int wanted_nodes(void)
{
	unsigned int wanted = 0;

	if (report.needs & (FIELD_NAME | FIELD_INFO))
		wanted |= NODE_INFO;
	if (report.needs & FIELD_DEPS)
		wanted |= NODE_BELOW;
	if (report.needs & FIELD_TREE)
		wanted |= NODE_TREE;
	return wanted;
}

/* Say what is missing from the counters, once for each increase. */
static void warn_missed(const struct reporting *reporting,
			const struct dmstat_snapshots *set)
{
	const struct dmstat_snapshots_region *now, *before;
	size_t i;

	for (i = 0; (now = dmstat_snapshots_at(set, i)); i++) {
		before = reporting->last ?
			 dmstat_snapshots_find(reporting->last,
					       now->region->region_id) : NULL;
		if (scope_has_region(&scope, now->region) &&
		    (!before || before->region->missed != now->region->missed))
			region_warn_missed(now->region);
	}
}

/* Where all areas are that will be printed. */
static int read_places(struct reporting *reporting,
		       const struct dmstat_snapshots *set)
{
	const struct dmstat_snapshots_region *region;
	int error = 0;
	size_t i;

	if (!is_recording(reporting) && (active || !has_areas(reporting)))
		return 0;
	for (i = 0; !error && (region = dmstat_snapshots_at(set, i)); i++)
		if (region->region->extents &&
		    scope_has_region(&scope, region->region))
			error = place_read(reporting->dmstat, region->region,
					   &reporting->places);
	return error;
}

static void print_time(struct reporting *reporting, uint64_t now, char *text)
{
	if (interval % NS_PER_SECOND)
		time_text_ms(text, now);
	else
		time_text(text, now);
	if (!repeated || report.noheadings)
		return;
	if (reporting->printed)
		output_text(reporting->out, "%s", "");
	output_text(reporting->out, "%s", text);
}

static int print(struct reporting *reporting,
		 const struct object_source *source)
{
	struct output *out = reporting->out;
	uint64_t elapsed_ns = 0;
	int error;

	if (source->before)
		elapsed_ns = dmstat_snapshots_info(source->after)->taken_ns -
			     dmstat_snapshots_info(source->before)->taken_ns;
	output_object(out, NULL);
	output_field(out, "time", source->time_ns);
	output_field(out, "elapsed_ns", elapsed_ns);
	if (is_recording(reporting))
		error = recording_regions(out, source);
	else
		error = report_print(&report, out, source);
	output_object_end(out);
	if (output_end(out) && !error)
		error = 1;
	if (error < 0)
		complain("cannot print the report: no memory");
	reporting->printed++;
	return error ? EXIT_FAILURE : 0;
}

static int print_interval(struct reporting *reporting,
			  const struct dmstat_snapshots *set, uint64_t now)
{
	char text[TIME_TEXT_MAX];
	struct node_list nodes;
	struct object_source source = {
		.before = reporting->last,
		.after = set,
		.nodes = &nodes,
		.scope = &scope,
		.places = &reporting->places,
		.types = wanted_types(),
		.active = active,
		.busy = report.needs & FIELD_BUSY,
		.time = text,
		.time_ns = now,
	};
	int error;

	if (read_places(reporting, set) ||
	    node_list_get(set, wanted_nodes(), &nodes))
		return EXIT_FAILURE;
	print_time(reporting, now, text);
	error = print(reporting, &source);
	node_list_free(&nodes);
	return error;
}

/* Read all regions of the scope; @first keeps the reading without a report. */
static int read_and_print(struct reporting *reporting, bool first)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	struct dmstat_snapshots *set;
	uint64_t now;
	int error;

	scope_filter(&scope, &filter);
	/* A difference must not see clears; a single report begins at the last. */
	error = dmstat_snapshots_take(reporting->dmstat, &filter,
				      merge(reporting),
				      repeated ? DMSTAT_AREAS_UNCLEARED : 0,
				      &set);
	if (error)
		return session_failed(reporting->dmstat, error,
				      "cannot read the regions");
	now = time_now();
	warn_missed(reporting, set);
	error = first ? 0 : print_interval(reporting, set, now);
	dmstat_snapshots_free(reporting->last);
	reporting->last = set;
	return error;
}

/*
 * A region that was named must stay; else there may be none at times, but not at
 * first where something was named.
 */
static int check_regions(const struct reporting *reporting, bool first)
{
	const struct dmstat_snapshots_region *region;
	size_t i, found = 0;

	for (i = 0; i < scope.count; i++) {
		if (scope.items[i].kind != SCOPE_REGION ||
		    dmstat_snapshots_find(reporting->last,
					  scope.items[i].region_id))
			continue;
		complain("region %u: no such region", scope.items[i].region_id);
		return EXIT_FAILURE;
	}
	for (i = 0; (region = dmstat_snapshots_at(reporting->last, i)); i++)
		found += scope_has_region(&scope, region->region);
	if (!found && first && scope.count && !(wanted_types() & OBJECT_DEVICE))
		return scope_complain_none(&scope, NULL);
	if (!found && !repeated && !reporting->out->json)
		output_none(reporting->out, "no regions");
	return 0;
}

static int repeat(struct reporting *reporting)
{
	uint64_t i, next;
	int error;

	next = dmstat_snapshots_info(reporting->last)->taken_ns;
	for (i = 0; i < count; i++) {
		next = interval_next(next, interval);
		error = interval_wait(next);
		if (error || interrupted())
			return error ? EXIT_FAILURE : EXIT_SUCCESS;

		error = read_and_print(reporting, false);
		if (!error)
			error = check_regions(reporting, false);
		if (error)
			return error;
	}
	return EXIT_SUCCESS;
}

static int start(struct reporting *reporting, int argc, char **argv)
{
	int error;

	repeated = interval || count;
	if (!interval)
		interval = NS_PER_SECOND;
	if (!count)
		count = UINT64_MAX;
	if (scope_parse(reporting->dmstat, argc, argv, &scope))
		return EXIT_FAILURE;
	error = read_and_print(reporting, repeated);
	if (!error)
		error = check_regions(reporting, true);
	if (!error && repeated)
		error = repeat(reporting);
	scope_free(&scope);
	dmstat_snapshots_free(reporting->last);
	place_list_free(&reporting->places);
	return error;
}

static int run(struct output *out, int argc, char **argv)
{
	struct reporting reporting = { .out = out };
	int status;

	if (out->json && !report.fields &&
	    (report.keys || report.selection || wanted_types()))
		usage("with --json, --sort, --select and types of objects need --options");
	if (!report_check(&report, out))
		return EXIT_SUCCESS;
	standard_catch();
	reporting.dmstat = session_open();
	if (!reporting.dmstat)
		return EXIT_FAILURE;
	status = start(&reporting, argc, argv);
	dmstat_close(reporting.dmstat);
	return status;
}

#define OPTION_SHORT(name, letter, value, variable, help) \
	{ name, letter, value, option_take_string, \
	  OPTION_VARIABLE(const char *, variable), help }

/* What scripts written for dmstats have; here it is so in any case. */
static bool ignored;

#define OPTION_IGNORED(name) OPTION_FLAG(name, &ignored, NULL)

static const struct option_line options[] = {
	OPTION_SHORT("options", 'o', "FIELDS", &report.fields,
		     "fields, with commas between; +FIELDS adds to the usual\n"
		     "ones; help lists all"),
	OPTION_SHORT("sort", 'O', "KEYS", &report.keys,
		     "fields to sort by; -FIELD: the largest first"),
	OPTION_SHORT("select", 'S', "SELECTION", &report.selection,
		     "only objects of which this is true, as for lvs; help\n"
		     "lists the operators"),
	OPTION_STRING("units", "UNITS", &report.units,
		      "of sizes: h, r, s, b, k, m, g, t, p, e, or in powers of\n"
		      "1000 H, R, K, M, G, T, P, E; default: h"),
	OPTION_INTERVAL("interval", &interval,
			"report again and again, each of this time: 500ms, 10s,\n"
			"1m; with --count alone: 1s"),
	OPTION_COUNT("count", &count,
		     "end after this many intervals; with --interval alone: go\n"
		     "on until interrupted"),
	OPTION_FLAG("area", &areas, "objects are areas"),
	OPTION_FLAG("region", &regions, "objects are regions"),
	OPTION_FLAG("group", &groups, "objects are groups"),
	OPTION_FLAG("device", &devices,
		    "objects are devices; default: areas, regions of several\n"
		    "areas, and groups"),
	OPTION_FLAG("active", &active, "skip objects that saw no I/O"),
	OPTION_STRING("program", "ID", &scope.program,
		      "only regions with this program id"),
	OPTION_FLAG("histogram", &report.histogram,
		    "how many I/Os took how long are the usual fields"),
	OPTION_FLAG("relative", &report.relative, "the same in percent"),
	OPTION_FLAG("noheadings", &report.noheadings,
		    "no headings and times, and : between fields"),
	OPTION_FLAG("nameprefixes", &report.nameprefixes,
		    "each field as DM_NAME='value'"),
	OPTION_FLAG("unquoted", &report.unquoted, "the same without quotes"),
	OPTION_FLAG("rows", &report.rows,
		    "a line for each field instead of each object"),
	OPTION_STRING("separator", "TEXT", &report.separator,
		      "what is between fields"),
	OPTION_FLAG("notimesuffix", &report.nosuffixes,
		    "times of histograms in nanoseconds, without a unit"),
	{ "programid", 0, "ID", option_take_string, &scope.program, NULL },
	OPTION_IGNORED("allprograms"),
	OPTION_IGNORED("allregions"),
	OPTION_IGNORED("alldevices"),
	OPTION_IGNORED("nosuffix"),
	OPTION_END
};

const struct command report_command = {
	.name = "report",
	.summary = "report I/O of areas, regions, groups and devices",
	.forms = {
		"[--options] [--sort] [--select] [--units]\n"
		"[--interval] [--count] [--area] [--region] [--group]\n"
		"[--device] [--active] [--program]\n"
		"[--histogram [--relative]] [--noheadings]\n"
		"[--nameprefixes [--unquoted]] [--rows] [--separator]\n"
		"[--notimesuffix] [DEVICE|REGION|GROUP]...",
	},
	.options = options,
	.json = true,
	.run = run,
};
