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
#include "interrupt.h"
#include "message.h"
#include "region.h"
#include "session.h"

#define NS_PER_SECOND	1000000000ULL

/**
 * struct rating - what to print, and how often
 * @out: where to
 * @query: which areas
 * @interval: time from one reading to the next, ns
 * @count: how many intervals; 0: until interrupted
 */
struct rating {
	struct output *out;
	struct dmstat_area_query query;
	uint64_t interval;
	uint64_t count;
};

enum {
	RATE_INDEX,
	RATE_START,
	RATE_LENGTH,
	RATE_READ_IOS,
	RATE_READ_SECTORS,
	RATE_READ_LATENCY,
	RATE_WRITE_IOS,
	RATE_WRITE_SECTORS,
	RATE_WRITE_LATENCY,
	RATE_QUEUE_DEPTH,
	RATE_PERCENT,
	RATE_NOTES,
	RATE_COLUMNS
};

static const struct column columns[RATE_COLUMNS] = {
	[RATE_INDEX] = { "index", "INDEX", 7, UNIT_NONE },
	[RATE_START] = { "start", "START", 9, UNIT_SECTORS },
	[RATE_LENGTH] = { "length", "LENGTH", 9, UNIT_SECTORS },
	[RATE_READ_IOS] = { "ios_per_s", "READS/S", 8, UNIT_NONE },
	[RATE_READ_SECTORS] = { "sectors_per_s", "R-SIZE/S", 8, UNIT_SECTORS },
	[RATE_READ_LATENCY] = { "mean_ns", "R-TIME", 7, UNIT_NS },
	[RATE_WRITE_IOS] = { "ios_per_s", "WRITES/S", 8, UNIT_NONE },
	[RATE_WRITE_SECTORS] = { "sectors_per_s", "W-SIZE/S", 8, UNIT_SECTORS },
	[RATE_WRITE_LATENCY] = { "mean_ns", "W-TIME", 7, UNIT_NS },
	[RATE_QUEUE_DEPTH] = { "queue_depth", "QUEUE", 6, UNIT_NONE },
	[RATE_PERCENT] = { NULL, "BUSY%", 5, UNIT_NONE },
	[RATE_NOTES] = { NULL, "", 0, UNIT_NONE },
};

/* What has no column of its own in the table. */
static const struct column region_id = { "region_id", NULL, 0, UNIT_NONE };
static const struct column time_ns = { "time", NULL, 0, UNIT_NONE };
static const struct column elapsed_ns = { "elapsed_ns", NULL, 0, UNIT_NONE };
static const struct column missed = { "missed", NULL, 0, UNIT_NONE };
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

/* Discards are rare: only JSON has them as numbers. */
static const struct column discard_columns[] = {
	{ "ios_per_s", NULL, 0, UNIT_NONE },
	{ "sectors_per_s", NULL, 0, UNIT_NONE },
	{ "mean_ns", NULL, 0, UNIT_NONE },
};

/* Three columns from @first on. */
static void print_io(struct output *out, const char *key,
		     const struct column *first, const struct dmstat_io *io,
		     const struct dmstat_rate *rate)
{
	output_object(out, key);
	output_number(out, &io_ios, io->ios);
	output_number(out, &io_sectors, io->sectors);
	output_number(out, &io_ns, io->ns);
	output_number(out, &io_errors, io->errors);
	output_real(out, &first[0], rate->ios_per_s);
	output_real(out, &first[1], rate->sectors_per_s);
	if (io->ios || out->json)
		output_number(out, &first[2], rate->mean_ns);
	else
		output_string(out, &first[2], "-");
	output_object_end(out);
}

/* "2 discards, 3 errors, cleared" */
static void print_notes(struct output *out, const struct dmstat_delta *delta)
{
	const struct dmstat_area *area = delta->area;
	uint64_t errors = area->read->errors + area->write->errors +
			  area->discard->errors;
	uint64_t discards = area->discard->ios;
	char notes[100] = "";
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
	if (delta->cleared)
		sprintf(notes + length, "%scleared", length ? ", " : "");
	output_string(out, &columns[RATE_NOTES], notes);
}

static bool is_idle(const struct dmstat_delta *delta)
{
	const struct dmstat_area *area = delta->area;

	return !delta->cleared && !area->read->ios && !area->write->ios &&
	       !area->discard->ios && !area->queue_ns &&
	       !area->in_flight_read && !area->in_flight_write;
}

static int print_delta(const struct dmstat_delta *delta, void *data)
{
	const struct dmstat_area *area = delta->area;
	const struct rating *rating = data;
	struct output *out = rating->out;

	if (is_idle(delta))
		return 0;

	output_row(out, columns, RATE_COLUMNS);
	output_number(out, &columns[RATE_INDEX], area->index);
	output_number(out, &columns[RATE_START], area->start);
	output_number(out, &columns[RATE_LENGTH], area->length);
	print_io(out, "read", &columns[RATE_READ_IOS], area->read, delta->read);
	print_io(out, "write", &columns[RATE_WRITE_IOS], area->write,
		 delta->write);
	if (out->json)
		print_io(out, "discard", discard_columns, area->discard,
			 delta->discard);
	output_number(out, &reading, area->in_flight_read);
	output_number(out, &writing, area->in_flight_write);
	output_number(out, &busy_ns, area->busy_ns);
	output_number(out, &queue_ns, area->queue_ns);
	output_real(out, &columns[RATE_QUEUE_DEPTH], delta->queue_depth);
	output_real(out, &utilization, delta->utilization);
	output_real(out, &columns[RATE_PERCENT], delta->utilization * 100);
	output_bool(out, &cleared, delta->cleared);
	print_notes(out, delta);
	return output_row_end(out);
}

static uint64_t begin_interval(struct output *out)
{
	struct timespec now;
	char text[32];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(text, sizeof(text), "%F %T", &tm);
	output_text(out, "%s", text);
	out->headed = false;
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

/* Read the areas again, and print what happened since the reading before. */
static int print_interval(struct dmstat *dmstat, struct rating *rating,
			  struct dmstat_snapshot *snapshot)
{
	const struct dmstat_snapshot_info *info =
		dmstat_snapshot_info(snapshot);
	uint64_t before = info->taken_ns, missed_before = info->missed;
	struct output *out = rating->out;
	uint64_t now;
	int error;

	now = begin_interval(out);
	output_object(out, NULL);
	output_number(out, &region_id, info->region_id);
	output_number(out, &time_ns, now);
	output_list(out, "areas");
	error = dmstat_snapshot_update(dmstat, snapshot, print_delta, rating);
	output_list_end(out);
	output_number(out, &elapsed_ns, info->taken_ns - before);
	output_number(out, &missed, info->missed);
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

static int start(struct dmstat *dmstat, struct rating *rating)
{
	uint32_t id = rating->query.region_id;
	const struct dmstat_region *region;
	struct dmstat_snapshot *snapshot;
	char text[REGION_TEXT_MAX];
	int error;

	error = dmstat_region_get(dmstat, id, &region);
	if (error)
		return session_failed(dmstat, error, "region %u", id);

	region_warn_missed(region);
	output_text(rating->out, "region %u on %s: %s", id,
		    region->device_name, region_describe(text, region));
	if (!rating->out->json)
		output_end(rating->out);
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
		case OPTION_INTERVAL:
			rating->interval = parse_interval(context, "interval",
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
	"[-j] [--interval TIME] [--count N] [--area FIRST[-LAST]] REGION",
	.summary = "print what happens in a region's areas, again and again",
	.help =
	"  --interval T   time between readings: 500ms, 10s, 1m; 1s if not given\n"
	"  --count N      end after N intervals; else go on until interrupted\n"
	"  --area F[-L]   only this area, or from the first to the last; from 0\n",
	.json = true,
	.run = run,
};
