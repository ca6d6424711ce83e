// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl rates: what happens in a region, interval by interval, without
 * clearing anything: any number of these may look on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "argument.h"
#include "command.h"
#include "flush.h"
#include "histogram.h"
#include "interrupt.h"
#include "message.h"
#include "region.h"
#include "session.h"
#include "time_text.h"

#define NS_PER_SECOND	1000000000ULL

/* A reading of all areas takes some of that already. */
#define INTERVAL_LEAST	(NS_PER_SECOND / 1000)

/**
 * struct rating - what to print, and how often
 * @out: where to
 * @query: which areas
 * @interval: time from one reading to the next, ns
 * @count: how many intervals; 0: until interrupted
 * @histograms: those of each area instead of the table
 * @bounds: of the region
 * @major: of its device
 * @minor: of its device
 * @flush: the device's flushes at the last reading
 * @flush_read_ns: when that was, as of clock_ns()
 */
struct rating {
	struct output *out;
	struct dmstat_area_query query;
	uint64_t interval;
	uint64_t count;
	bool histograms;
	struct bounds bounds;
	uint32_t major;
	uint32_t minor;
	struct dmstat_flush flush;
	uint64_t flush_read_ns;
};

enum {
	RATE_INDEX,
	RATE_START,
	RATE_LENGTH,
	RATE_READ_IOS,
	RATE_READ_SECTORS,
	RATE_READ_LATENCY,
	RATE_READ_LONGEST,
	RATE_WRITE_IOS,
	RATE_WRITE_SECTORS,
	RATE_WRITE_LATENCY,
	RATE_WRITE_LONGEST,
	RATE_QUEUE_DEPTH,
	RATE_PERCENT,
	RATE_COLUMNS
};

static struct column columns[RATE_COLUMNS] = {
	[RATE_INDEX] = { "index", "INDEX", 6, UNIT_NONE },
	[RATE_START] = { "start", "START", 9, UNIT_SECTORS },
	[RATE_LENGTH] = { "length", "LENGTH", 9, UNIT_SECTORS },
	[RATE_READ_IOS] = { "ios_per_s", "READS/S", 8, UNIT_NONE },
	[RATE_READ_SECTORS] = { "sectors_per_s", "R-SIZE/S", 8, UNIT_SECTORS },
	[RATE_READ_LATENCY] = { "mean_ns", "R-TIME", 7, UNIT_NS },
	[RATE_READ_LONGEST] = { NULL, "R-MAX", 8, UNIT_NONE },
	[RATE_WRITE_IOS] = { "ios_per_s", "WRITES/S", 8, UNIT_NONE },
	[RATE_WRITE_SECTORS] = { "sectors_per_s", "W-SIZE/S", 9, UNIT_SECTORS },
	[RATE_WRITE_LATENCY] = { "mean_ns", "W-TIME", 7, UNIT_NS },
	[RATE_WRITE_LONGEST] = { NULL, "W-MAX", 8, UNIT_NONE },
	[RATE_QUEUE_DEPTH] = { "queue_depth", "QUEUE", 5, UNIT_NONE },
	[RATE_PERCENT] = { NULL, "BUSY%", 5, UNIT_NONE },
};

/*
 * On a terminal of 80 columns LENGTH and the sizes have no place; where and how
 * many stay on one of 40.
 */
static const int hiding_order[] = {
	RATE_LENGTH, RATE_READ_SECTORS, RATE_WRITE_SECTORS, RATE_READ_LONGEST,
	RATE_WRITE_LONGEST, RATE_QUEUE_DEPTH, RATE_READ_LATENCY,
	RATE_WRITE_LATENCY,
};

/* What has no column of its own in the table. */
static const struct column region_id = { "region_id", NULL, 0, UNIT_NONE };
static const struct column time_ns = { "time", NULL, 0, UNIT_NONE };
static const struct column elapsed_ns = { "elapsed_ns", NULL, 0, UNIT_NONE };
static const struct column missed = { "missed", NULL, 0, UNIT_NONE };
static const struct column clears = { "clears", NULL, 0, UNIT_NONE };
static const struct column cleared = { "cleared", NULL, 0, UNIT_NONE };
static const struct column reading = { "in_flight_read", NULL, 0, UNIT_NONE };
static const struct column writing = { "in_flight_write", NULL, 0, UNIT_NONE };
static const struct column busy_ns = { "busy_ns", NULL, 0, UNIT_NONE };
static const struct column queue_ns = { "queue_ns", NULL, 0, UNIT_NONE };
static const struct column utilization = { "utilization", NULL, 0, UNIT_NONE };
static const struct column io_ios = { "ios", NULL, 0, UNIT_NONE };
static const struct column io_sectors = { "sectors", NULL, 0, UNIT_NONE };
static const struct column io_ns = { "ns", NULL, 0, UNIT_NONE };
static const struct column io_errors = { "errors", NULL, 0, UNIT_NONE };
static const struct column io_again = { "again", NULL, 0, UNIT_NONE };
static const struct column io_longest = { "longest_ns", NULL, 0, UNIT_NONE };
static const struct column io_least = {
	"longest_least_ns", NULL, 0, UNIT_NONE
};

/* Discards are rare: only JSON has them as numbers. */
static const struct column discard_columns[] = {
	{ "ios_per_s", NULL, 0, UNIT_NONE },
	{ "sectors_per_s", NULL, 0, UNIT_NONE },
	{ "mean_ns", NULL, 0, UNIT_NONE },
	{ NULL, NULL, 0, UNIT_NONE },
};

/* In the table "3.4 ms" or, if it is only known to be no more, "<3.4 ms". */
static void print_longest(struct output *out, const struct column *column,
			  const struct dmstat_io *io,
			  const struct dmstat_rate *rate)
{
	char text[UNIT_TEXT_MAX + 1] = "<";

	output_number(out, &io_longest, rate->longest_most_ns);
	output_number(out, &io_least, rate->longest_least_ns);
	unit_format(text + 1, UNIT_NS, rate->longest_most_ns);
	output_string(out, column, !io->ios ? "-" :
		      rate->longest_least_ns < rate->longest_most_ns ?
		      text : text + 1);
}

/* Four columns from @first on. */
static void print_io(const struct rating *rating, const char *key,
		     const struct column *first, const struct dmstat_io *io,
		     const struct dmstat_rate *rate,
		     const struct dmstat_histogram *histogram)
{
	struct output *out = rating->out;

	output_object(out, key);
	output_number(out, &io_ios, io->ios);
	output_number(out, &io_sectors, io->sectors);
	output_number(out, &io_ns, io->ns);
	output_number(out, &io_errors, io->errors);
	output_number(out, &io_again, io->again);
	output_real(out, &first[0], rate->ios_per_s);
	output_real(out, &first[1], rate->sectors_per_s);
	if (io->ios || out->json)
		output_number(out, &first[2], rate->mean_ns);
	else
		output_string(out, &first[2], "-");
	print_longest(out, &first[3], io, rate);
	histogram_values(out, &rating->bounds, histogram);
	output_object_end(out);
}

/* "2 discards, 3 errors, 4 again, cleared" */
static void print_notes(struct output *out, const struct dmstat_delta *delta)
{
	const struct dmstat_area *area = delta->area;
	uint64_t errors = area->read->errors + area->write->errors +
			  area->discard->errors;
	uint64_t again = area->read->again + area->write->again +
			 area->discard->again;
	uint64_t discards = area->discard->ios;
	char notes[120] = "";
	int length = 0;

	if (out->json)
		return;
	if (discards)
		length = sprintf(notes, "%" PRIu64 " discard%s", discards,
				 discards == 1 ? "" : "s");
	if (errors)
		length += sprintf(notes + length, "%s%" PRIu64 " error%s",
				  length ? ", " : "", errors,
				  errors == 1 ? "" : "s");
	if (again)
		length += sprintf(notes + length, "%s%" PRIu64 " again",
				  length ? ", " : "", again);
	if (delta->cleared)
		sprintf(notes + length, "%scleared", length ? ", " : "");
	output_notes(out, columns, RATE_COLUMNS, notes);
}

static bool is_idle(const struct dmstat_delta *delta)
{
	const struct dmstat_area *area = delta->area;

	return !delta->cleared && !area->read->ios && !area->write->ios &&
	       !area->discard->ios && !area->read->again &&
	       !area->write->again && !area->discard->again &&
	       !area->queue_ns && !area->in_flight_read &&
	       !area->in_flight_write;
}

static int print_delta(const struct dmstat_delta *delta, void *data)
{
	const struct dmstat_area *area = delta->area;
	const struct rating *rating = data;
	struct output *out = rating->out;

	if (is_idle(delta))
		return 0;
	if (rating->histograms && !out->json)
		return histogram_print_delta(out, &rating->bounds, delta);

	output_row(out, columns, RATE_COLUMNS);
	output_number(out, &columns[RATE_INDEX], area->index);
	output_number(out, &columns[RATE_START], area->start);
	output_number(out, &columns[RATE_LENGTH], area->length);
	print_io(rating, "read", &columns[RATE_READ_IOS], area->read,
		 delta->read, area->histogram[DMSTAT_READ]);
	print_io(rating, "write", &columns[RATE_WRITE_IOS], area->write,
		 delta->write, area->histogram[DMSTAT_WRITE]);
	if (out->json)
		print_io(rating, "discard", discard_columns, area->discard,
			 delta->discard, area->histogram[DMSTAT_DISCARD]);
	output_number(out, &reading, area->in_flight_read);
	output_number(out, &writing, area->in_flight_write);
	output_number(out, &busy_ns, area->busy_ns);
	output_number(out, &queue_ns, area->queue_ns);
	output_real(out, &columns[RATE_QUEUE_DEPTH], delta->queue_depth);
	output_real(out, &utilization, delta->utilization);
	output_real(out, &columns[RATE_PERCENT], delta->utilization * 100);
	output_bool(out, &cleared, delta->cleared);
	output_number(out, &clears, area->clears);
	print_notes(out, delta);
	return output_row_end(out);
}

static uint64_t begin_interval(struct output *out)
{
	const uint64_t now = time_now();
	char text[TIME_TEXT_MAX];

	output_text(out, "%s", time_text(text, now));
	out->headed = false;
	return now;
}

/* Read the flushes of the device, and compare them with those of before. */
static int read_flushes(struct dmstat *dmstat, struct rating *rating,
			struct flush_rate *rate)
{
	const struct dmstat_device *device;
	const uint64_t now = clock_ns();
	struct dmstat_flush flush;
	int error;

	error = dmstat_device_get(dmstat, rating->major, rating->minor,
				  &device);
	if (error)
		return error;
	flush = flush_copy(device);
	flush_compare(rate, &rating->flush, &flush,
		      now - rating->flush_read_ns);
	rating->flush = flush;
	rating->flush_read_ns = now;
	return 0;
}

/* Read the areas again, and print what happened since the reading before. */
static int print_interval(struct dmstat *dmstat, struct rating *rating,
			  struct dmstat_snapshot *snapshot)
{
	const struct dmstat_snapshot_info *info =
		dmstat_snapshot_info(snapshot);
	uint64_t before = info->taken_ns, missed_before = info->missed;
	struct output *out = rating->out;
	struct flush_rate flush;
	uint64_t now;
	int error;

	error = read_flushes(dmstat, rating, &flush);
	if (error)
		return error;
	now = begin_interval(out);
	flush_rate_text(out, &flush);
	output_object(out, NULL);
	output_number(out, &region_id, info->region_id);
	output_number(out, &time_ns, now);
	flush_rate_object(out, &flush);
	output_list(out, "areas");
	error = dmstat_snapshot_update(dmstat, snapshot, print_delta, rating);
	output_list_end(out);
	output_number(out, &elapsed_ns, info->taken_ns - before);
	output_number(out, &missed, info->missed);
	output_number(out, &clears, info->clears);
	output_object_end(out);
	if (output_end(out) || error)
		return error ? error : 1;

	if (info->missed != missed_before)
		region_warn_missed(&(struct dmstat_region){
			.region_id = info->region_id,
			.missed = info->missed,
		});
	return 0;
}

static int rate(struct dmstat *dmstat, struct rating *rating,
		struct dmstat_snapshot *snapshot)
{
	uint64_t next = dmstat_snapshot_info(snapshot)->taken_ns;
	uint64_t i, now;
	int error;

	for (i = 0; !rating->count || i < rating->count; i++) {
		/* Who comes late goes on from where he is. */
		now = clock_ns();
		next += rating->interval;
		if (next < now)
			next = now;
		do {
			error = interrupt_wait(-1, next);
			if (error || interrupted())
				return error;
		} while (clock_ns() < next);

		error = print_interval(dmstat, rating, snapshot);
		if (error)
			return error;
	}
	return 0;
}

/* Say which region it is, and note what of it is needed later. */
static int begin(struct dmstat *dmstat, struct rating *rating)
{
	const struct dmstat_region *region;
	char text[REGION_TEXT_MAX];
	int error;

	error = dmstat_region_get(dmstat, rating->query.region_id, &region);
	if (error)
		return error;
	if (rating->histograms && !region->bounds_count) {
		histogram_complain(region->region_id);
		return 1;
	}
	if (region_check_areas(region, &rating->query))
		return 1;

	region_warn_missed(region);
	output_text(rating->out, "region %u on %s: %s", region->region_id,
		    region->device_name, region_describe(text, region));
	if (!rating->out->json)
		output_end(rating->out);
	columns_fit(columns, RATE_COLUMNS, hiding_order,
		    sizeof(hiding_order) / sizeof(hiding_order[0]));
	rating->bounds.count = region->bounds_count;
	memcpy(rating->bounds.ns, region->bounds, sizeof(region->bounds));
	rating->major = region->major;
	rating->minor = region->minor;
	return 0;
}

static int start(struct dmstat *dmstat, struct rating *rating)
{
	uint32_t id = rating->query.region_id;
	struct dmstat_snapshot *snapshot;
	struct flush_rate nothing;
	int error;

	error = begin(dmstat, rating);
	if (!error)
		error = read_flushes(dmstat, rating, &nothing);
	if (!error)
		error = dmstat_snapshot_take(dmstat, &rating->query, &snapshot);
	if (error)
		return session_failed(dmstat, error, "region %u", id);

	error = rate(dmstat, rating, snapshot);
	dmstat_snapshot_free(snapshot);
	if (error)
		return session_failed(dmstat, error, "region %u", id);
	return EXIT_SUCCESS;
}

static void parse_options(struct context *context, int argc, char **argv,
			  struct rating *rating)
{
	static const struct option options[] = {
		{ "area", required_argument, NULL, OPTION_AREA },
		{ "count", required_argument, NULL, OPTION_COUNT },
		{ "histogram", no_argument, NULL, OPTION_HISTOGRAM },
		{ "interval", required_argument, NULL, OPTION_INTERVAL },
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	int c;

	while ((c = option_next(context, argc, argv, options)) != -1) {
		switch (c) {
		case OPTION_AREA:
			parse_range(context, "area", optarg,
				    &rating->query.first,
				    &rating->query.count);
			break;
		case OPTION_COUNT:
			rating->count = parse_number(context, "count", optarg);
			if (!rating->count)
				usage(context->command,
				      "--count '%s': give 1 or more", optarg);
			break;
		case OPTION_HISTOGRAM:
			rating->histograms = true;
			break;
		case OPTION_INTERVAL:
			rating->interval = parse_interval(context, "interval",
							  optarg);
			if (rating->interval < INTERVAL_LEAST)
				usage(context->command,
				      "--interval '%s': too small: give 1ms or more",
				      optarg);
			break;
		}
	}
	expect_arguments(context, argc, argv, 1, 1, "REGION");
	rating->query.region_id = parse_region_id(context, argv[optind]);
}

static int run(struct context *context, int argc, char **argv)
{
	struct rating rating = {
		.out = &context->out,
		.query = DMSTAT_AREA_QUERY_INIT,
		.interval = NS_PER_SECOND,
	};
	struct dmstat *dmstat;
	int status;

	parse_options(context, argc, argv, &rating);
	interrupt_catch();
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = start(dmstat, &rating);
	dmstat_close(dmstat);
	return status;
}

const struct command rates_command = {
	.name = "rates",
	.synopsis =
	"[-j] [--interval TIME] [--count N] [--area FIRST[-LAST]]\n"
	"         [--histogram] REGION",
	.summary = "print what happens in a region's areas, again and again",
	.help =
	"  --interval T   time between readings: 500ms, 10s, 1m; 1s if not given\n"
	"  --count N      end after N intervals; else go on until interrupted\n"
	"  --area F[-L]   only this area, or from the first to the last; from 0\n"
	"  --histogram    how many I/Os took how long, instead of the table, of a\n"
	"                 region that was created with --histogram\n",
	.json = true,
	.run = run,
};
