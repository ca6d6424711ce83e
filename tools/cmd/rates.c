// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl rates: print what happens in a region, interval after interval.
 * Nothing is cleared, so any number of readers can do this at the same time.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "arg/number.h"
#include "cmd/command.h"
#include "out/time_text.h"
#include "source/interrupt.h"
#include "source/region.h"
#include "source/session.h"
#include "view/flush.h"
#include "view/histogram.h"
#include "view/rate.h"
#include "view/region.h"

static struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
static uint64_t interval = 1000000000;
static uint64_t count = UINT64_MAX;	/* without end */
static bool histogram;

/**
 * struct rating - what is known from one reading to the next
 * @out: the output
 * @bounds: of the region
 * @major: of its device
 * @minor: of its device
 * @flush: the device's flushes at the last reading
 * @flush_read_ns: when that was, as of clock_ns()
 */
struct rating {
	struct output *out;
	struct bounds bounds;
	uint32_t major;
	uint32_t minor;
	struct dmstat_flush flush;
	uint64_t flush_read_ns;
};

static int print_delta(const struct dmstat_delta *delta, void *data)
{
	const struct rating *rating = data;

	if (rate_is_idle(delta))
		return 0;
	if (histogram && !rating->out->json)
		return histogram_print_delta(rating->out, &rating->bounds,
					     delta);
	return rate_print(rating->out, delta, &rating->bounds);
}

static uint64_t begin_interval(struct output *out)
{
	const uint64_t now = time_now();
	char text[TIME_TEXT_MAX];

	output_text(out, "%s", time_text(text, now));
	output_new_table(out);
	return now;
}

/* Read the flushes of the device, and compare them with the last reading. */
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

/* Read the areas again, and print what happened since the last reading. */
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
	output_field(out, "region_id", info->region_id);
	output_field(out, "time", now);
	flush_rate_object(out, &flush);
	output_list(out, "areas");
	error = dmstat_snapshot_update(dmstat, snapshot, print_delta, rating);
	output_list_end(out);
	output_field(out, "elapsed_ns", info->taken_ns - before);
	output_field(out, "missed", info->missed);
	output_field(out, "clears", info->clears);
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

	for (i = 0; i < count; i++) {
		/* If we fell behind, skip the missed intervals. */
		now = clock_ns();
		next += interval;
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

/* Print which region it is, and note what is needed of it later. */
static int begin(struct dmstat *dmstat, struct rating *rating)
{
	const struct dmstat_region *region;
	int error;

	error = dmstat_region_get(dmstat, query.region_id, &region);
	if (error)
		return error;
	if ((histogram && region_check_histograms(region)) ||
	    region_check_areas(region, &query))
		return 1;

	region_warn_missed(region);
	region_title(rating->out, region);
	if (!rating->out->json)
		output_end(rating->out);
	rate_fit();
	histogram_bounds(&rating->bounds, region);
	rating->major = region->major;
	rating->minor = region->minor;
	return 0;
}

static int start(struct dmstat *dmstat, struct rating *rating)
{
	const uint32_t id = query.region_id;
	struct dmstat_snapshot *snapshot;
	struct flush_rate nothing;
	int error;

	error = begin(dmstat, rating);
	if (!error)
		error = read_flushes(dmstat, rating, &nothing);
	if (!error)
		error = dmstat_snapshot_take(dmstat, &query, &snapshot);
	if (error)
		return session_failed(dmstat, error, "region %u", id);

	error = rate(dmstat, rating, snapshot);
	dmstat_snapshot_free(snapshot);
	if (error)
		return session_failed(dmstat, error, "region %u", id);
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct rating rating = { .out = out };
	struct dmstat *dmstat;
	int status;

	arguments_expect(argc, argv, 1, 1, "REGION");
	query.region_id = region_id_parse(argv[0]);
	interrupt_catch();
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = start(dmstat, &rating);
	dmstat_close(dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTION_INTERVAL("interval", &interval,
			"time between readings: 500ms, 10s, 1m; default: 1s"),
	OPTION_COUNT("count", &count,
		     "end after this many intervals; default: go on until\n"
		     "interrupted"),
	OPTION_AREA(&query),
	OPTION_FLAG("histogram", &histogram,
		    "instead of the table, how many I/Os took how long, and\n"
		    "quantiles; the region needs a histogram"),
	OPTION_END
};

const struct command rates_command = {
	.name = "rates",
	.summary = "print what happens in a region's areas, again and again",
	.forms = { "[--interval] [--count] [--area] [--histogram] REGION" },
	.options = options,
	.json = true,
	.run = run,
};
