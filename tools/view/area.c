// SPDX-License-Identifier: GPL-2.0-only
/*
 * How an area and its counters are shown.
 */
#include <stdio.h>

#include "out/output.h"
#include "view/area.h"
#include "view/histogram.h"
#include "view/io.h"

enum {
	AREA_INDEX,
	AREA_START,
	AREA_LENGTH,
	AREA_READ_IOS,
	AREA_READ_SECTORS,
	AREA_READ_LATENCY,
	AREA_WRITE_IOS,
	AREA_WRITE_SECTORS,
	AREA_WRITE_LATENCY,
	AREA_IN_FLIGHT,
	AREA_BUSY,
	AREA_COLUMNS
};

static struct column columns[AREA_COLUMNS] = {
	[AREA_INDEX] = { "index", "INDEX", 7, UNIT_NONE },
	[AREA_START] = { "start", "START", 9, UNIT_SECTORS },
	[AREA_LENGTH] = { "length", "LENGTH", 9, UNIT_SECTORS },
	[AREA_READ_IOS] = { "ios", "READS", 8, UNIT_NONE },
	[AREA_READ_SECTORS] = { "sectors", "R-SIZE", 8, UNIT_SECTORS },
	[AREA_READ_LATENCY] = { NULL, "R-TIME", 7, UNIT_NS },
	[AREA_WRITE_IOS] = { "ios", "WRITES", 8, UNIT_NONE },
	[AREA_WRITE_SECTORS] = { "sectors", "W-SIZE", 8, UNIT_SECTORS },
	[AREA_WRITE_LATENCY] = { NULL, "W-TIME", 7, UNIT_NS },
	[AREA_IN_FLIGHT] = { NULL, "FLIGHT", 6, UNIT_NONE },
	[AREA_BUSY] = { "busy_ns", "BUSY", 7, UNIT_NS },
};

/* Discards are rare: the table has them in its notes. */
static const struct column discard_columns[] = {
	{ "ios", NULL, 0, UNIT_NONE },
	{ "sectors", NULL, 0, UNIT_NONE },
	{ NULL, NULL, 0, UNIT_NONE },
};

/* Three columns from @first on. */
static void print_io(struct output *out, const char *key,
		     const struct column *first, const struct dmstat_io *io,
		     const struct bounds *bounds,
		     const struct dmstat_histogram *histogram)
{
	output_object(out, key);
	output_number(out, &first[0], io->ios);
	output_number(out, &first[1], io->sectors);
	io_latency(out, &first[2], io, io->ios ? io->ns / io->ios : 0);
	io_rare_fields(out, io);
	output_field(out, "longest_ns", io->longest_ns);
	histogram_fields(out, bounds, histogram);
	output_object_end(out);
}

/* "2 discards (1 MiB, 230 us), 3 errors, 4 again": data and average time. */
static void print_notes(struct output *out, const struct dmstat_area *area)
{
	char size[UNIT_TEXT_MAX], time[UNIT_TEXT_MAX], notes[NOTES_MAX];
	int length;

	if (out->json)
		return;
	length = io_discards(notes, area);
	if (length) {
		unit_format(size, UNIT_SECTORS, area->discard->sectors);
		unit_format(time, UNIT_NS,
			    area->discard->ns / area->discard->ios);
		length += sprintf(notes + length, " (%s, %s)", size, time);
	}
	io_notes(notes, length, area);
	output_notes(out, columns, AREA_COLUMNS, notes);
}

void area_fit(void)
{
	/* What people ask for: where, how many and how long. */
	static const int order[] = {
		AREA_READ_SECTORS, AREA_WRITE_SECTORS, AREA_LENGTH,
		AREA_IN_FLIGHT, AREA_BUSY, AREA_READ_LATENCY,
		AREA_WRITE_LATENCY
	};

	columns_fit(columns, AREA_COLUMNS, order,
		    sizeof(order) / sizeof(order[0]));
}

int area_print(struct output *out, const struct dmstat_area *area,
	       const struct bounds *bounds)
{
	output_row(out, columns, AREA_COLUMNS);
	output_number(out, &columns[AREA_INDEX], area->index);
	output_number(out, &columns[AREA_START], area->start);
	output_number(out, &columns[AREA_LENGTH], area->length);
	print_io(out, "read", &columns[AREA_READ_IOS], area->read, bounds,
		 area->histogram[DMSTAT_READ]);
	print_io(out, "write", &columns[AREA_WRITE_IOS], area->write, bounds,
		 area->histogram[DMSTAT_WRITE]);
	if (out->json)
		print_io(out, "discard", discard_columns, area->discard, bounds,
			 area->histogram[DMSTAT_DISCARD]);
	io_in_flight_fields(out, area);
	output_number(out, &columns[AREA_IN_FLIGHT],
		      area->in_flight_read + area->in_flight_write);
	output_number(out, &columns[AREA_BUSY], area->busy_ns);
	output_field(out, "queue_ns", area->queue_ns);
	output_field(out, "clears", area->clears);
	print_notes(out, area);
	return output_row_end(out);
}

/*
 * dm-stats also counts the time with reads in flight, and that with writes. We
 * know the time with any I/O in flight, and the summed time of reads or writes:
 * the smaller of the two is an upper bound, and exact for an area that saw only
 * reads or only writes.
 */
static uint64_t busy_of(const struct dmstat_area *area, uint64_t ended_ns,
			uint64_t in_flight)
{
	uint64_t all_ended = area->read->ns + area->write->ns +
			     area->discard->ns;
	uint64_t most = ended_ns;

	if (in_flight && area->queue_ns > all_ended)
		most += area->queue_ns - all_ended;
	return area->busy_ns < most ? area->busy_ns : most;
}

int area_print_dmstats(struct output *out, const struct dmstat_area *area,
		       bool precise)
{
	/* dm-stats counts discards as writes, and so does this format. */
	uint64_t write_ns = area->write->ns + area->discard->ns;
	uint64_t unit = precise ? 1 : 1000000;
	uint64_t fields[] = {
		area->read->ios,
		0,
		area->read->sectors,
		area->read->ns / unit,
		area->write->ios + area->discard->ios,
		0,
		area->write->sectors + area->discard->sectors,
		write_ns / unit,
		area->in_flight_read + area->in_flight_write,
		area->busy_ns / unit,
		area->queue_ns / unit,
		busy_of(area, area->read->ns, area->in_flight_read) / unit,
		busy_of(area, write_ns, area->in_flight_write) / unit,
	};
	char text[2 * UNIT_TEXT_MAX];
	size_t length, i;

	length = unit_digits(text, area->start);
	text[length++] = '+';
	length += unit_digits(text + length, area->length);
	output_raw(out, text, length);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		text[0] = ' ';
		length = 1 + unit_digits(text + 1, fields[i]);
		output_raw(out, text, length);
	}
	return output_row_end(out);
}
