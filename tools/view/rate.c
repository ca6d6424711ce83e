// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the rates of an area in an interval are shown.
 */
#include <stdio.h>

#include "out/output.h"
#include "view/histogram.h"
#include "view/io.h"
#include "view/rate.h"

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
 * A terminal of 80 columns has no room for LENGTH and the sizes; one of 40 still
 * shows where and how many.
 */
static const int hiding_order[] = {
	RATE_LENGTH, RATE_READ_SECTORS, RATE_WRITE_SECTORS, RATE_READ_LONGEST,
	RATE_WRITE_LONGEST, RATE_QUEUE_DEPTH, RATE_READ_LATENCY,
	RATE_WRITE_LATENCY,
};

/* Discards are rare: only JSON has them as numbers. */
static const struct column discard_columns[] = {
	{ "ios_per_s", NULL, 0, UNIT_NONE },
	{ "sectors_per_s", NULL, 0, UNIT_NONE },
	{ "mean_ns", NULL, 0, UNIT_NONE },
	{ NULL, NULL, 0, UNIT_NONE },
};

/* In the table "3.4 ms", or "<3.4 ms" if only an upper bound is known. */
static void print_longest(struct output *out, const struct column *column,
			  const struct dmstat_io *io,
			  const struct dmstat_rate *rate)
{
	char text[UNIT_TEXT_MAX + 1] = "<";

	output_field(out, "longest_ns", rate->longest_most_ns);
	output_field(out, "longest_least_ns", rate->longest_least_ns);
	unit_format(text + 1, UNIT_NS, rate->longest_most_ns);
	output_string(out, column, !io->ios ? "-" :
		      rate->longest_least_ns < rate->longest_most_ns ?
		      text : text + 1);
}

/* Four columns from @first on. */
static void print_io(struct output *out, const char *key,
		     const struct column *first, const struct dmstat_io *io,
		     const struct dmstat_rate *rate,
		     const struct bounds *bounds,
		     const struct dmstat_histogram *histogram)
{
	output_object(out, key);
	output_field(out, "ios", io->ios);
	output_field(out, "sectors", io->sectors);
	io_rare_fields(out, io);
	output_real(out, &first[0], rate->ios_per_s);
	output_real(out, &first[1], rate->sectors_per_s);
	io_latency(out, &first[2], io, rate->mean_ns);
	print_longest(out, &first[3], io, rate);
	histogram_fields(out, bounds, histogram);
	output_object_end(out);
}

/* "2 discards, 3 errors, 4 again, cleared" */
static void print_notes(struct output *out, const struct dmstat_delta *delta)
{
	char notes[NOTES_MAX];
	int length;

	if (out->json)
		return;
	length = io_discards(notes, delta->area);
	length = io_notes(notes, length, delta->area);
	if (delta->cleared)
		sprintf(notes + length, "%scleared", length ? ", " : "");
	output_notes(out, columns, RATE_COLUMNS, notes);
}

bool rate_is_idle(const struct dmstat_delta *delta)
{
	const struct dmstat_area *area = delta->area;

	return !delta->cleared && !area->read->ios && !area->write->ios &&
	       !area->discard->ios && !area->read->again &&
	       !area->write->again && !area->discard->again &&
	       !area->queue_ns && !area->in_flight_read &&
	       !area->in_flight_write;
}

void rate_fit(void)
{
	columns_fit(columns, RATE_COLUMNS, hiding_order,
		    sizeof(hiding_order) / sizeof(hiding_order[0]));
}

int rate_print(struct output *out, const struct dmstat_delta *delta,
	       const struct bounds *bounds)
{
	const struct dmstat_area *area = delta->area;

	output_row(out, columns, RATE_COLUMNS);
	output_number(out, &columns[RATE_INDEX], area->index);
	output_number(out, &columns[RATE_START], area->start);
	output_number(out, &columns[RATE_LENGTH], area->length);
	print_io(out, "read", &columns[RATE_READ_IOS], area->read, delta->read,
		 bounds, area->histogram[DMSTAT_READ]);
	print_io(out, "write", &columns[RATE_WRITE_IOS], area->write,
		 delta->write, bounds, area->histogram[DMSTAT_WRITE]);
	if (out->json)
		print_io(out, "discard", discard_columns, area->discard,
			 delta->discard, bounds,
			 area->histogram[DMSTAT_DISCARD]);
	io_in_flight_fields(out, area);
	output_field(out, "busy_ns", area->busy_ns);
	output_field(out, "queue_ns", area->queue_ns);
	output_real(out, &columns[RATE_QUEUE_DEPTH], delta->queue_depth);
	output_field_real(out, "utilization", delta->utilization);
	output_real(out, &columns[RATE_PERCENT], delta->utilization * 100);
	output_field_bool(out, "cleared", delta->cleared);
	output_field(out, "clears", area->clears);
	print_notes(out, delta);
	return output_row_end(out);
}
