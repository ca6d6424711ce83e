// SPDX-License-Identifier: GPL-2.0-only
/*
 * Areas: how an area and its counters are shown.
 */
#include <inttypes.h>
#include <stdio.h>

#include "area.h"
#include "histogram.h"
#include "output.h"

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
	AREA_IN_FLIGHT_READ,
	AREA_IN_FLIGHT_WRITE,
	AREA_IN_FLIGHT,
	AREA_BUSY,
	AREA_QUEUE,
	AREA_CLEARS,
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
	[AREA_IN_FLIGHT_READ] = { "in_flight_read", NULL, 0, UNIT_NONE },
	[AREA_IN_FLIGHT_WRITE] = { "in_flight_write", NULL, 0, UNIT_NONE },
	[AREA_IN_FLIGHT] = { NULL, "FLIGHT", 6, UNIT_NONE },
	[AREA_BUSY] = { "busy_ns", "BUSY", 7, UNIT_NS },
	[AREA_QUEUE] = { "queue_ns", NULL, 0, UNIT_NONE },
	[AREA_CLEARS] = { "clears", NULL, 0, UNIT_NONE },
};

/* What of an operation has no column of its own in the table. */
static const struct column io_ios = { "ios", NULL, 0, UNIT_NONE };
static const struct column io_sectors = { "sectors", NULL, 0, UNIT_NONE };
static const struct column io_ns = { "ns", NULL, 0, UNIT_NONE };
static const struct column io_errors = { "errors", NULL, 0, UNIT_NONE };
static const struct column io_again = { "again", NULL, 0, UNIT_NONE };
static const struct column io_longest = { "longest_ns", NULL, 0, UNIT_NONE };

static void print_latency(struct output *out, const struct column *column,
			  const struct dmstat_io *io)
{
	if (io->ios)
		output_number(out, column, io->ns / io->ios);
	else
		output_string(out, column, "-");
}

/* Reads, or writes: three columns from @first on. */
static void print_io(struct output *out, const char *key,
		     const struct column *first, const struct dmstat_io *io,
		     const struct bounds *bounds,
		     const struct dmstat_histogram *histogram)
{
	output_object(out, key);
	output_number(out, &first[0], io->ios);
	output_number(out, &first[1], io->sectors);
	print_latency(out, &first[2], io);
	output_number(out, &io_ns, io->ns);
	output_number(out, &io_errors, io->errors);
	output_number(out, &io_again, io->again);
	output_number(out, &io_longest, io->longest_ns);
	histogram_values(out, bounds, histogram);
	output_object_end(out);
}

/* Discards are rare: in the table they are a note. */
static void print_discard(struct output *out, const struct dmstat_io *io,
			  const struct bounds *bounds,
			  const struct dmstat_histogram *histogram)
{
	output_object(out, "discard");
	output_number(out, &io_ios, io->ios);
	output_number(out, &io_sectors, io->sectors);
	output_number(out, &io_ns, io->ns);
	output_number(out, &io_errors, io->errors);
	output_number(out, &io_again, io->again);
	output_number(out, &io_longest, io->longest_ns);
	histogram_values(out, bounds, histogram);
	output_object_end(out);
}

/*
 * "2 discards (1 MiB, 230 us), 3 errors, 4 again": size and average time, as
 * above.
 */
static void print_notes(struct output *out, const struct dmstat_area *area)
{
	uint64_t errors = area->read->errors + area->write->errors +
			  area->discard->errors;
	uint64_t again = area->read->again + area->write->again +
			 area->discard->again;
	uint64_t discards = area->discard->ios;
	char size[UNIT_TEXT_MAX], time[UNIT_TEXT_MAX], notes[200];
	int length = 0;

	if (out->json || (!errors && !again && !discards))
		return;

	if (discards) {
		unit_format(size, UNIT_SECTORS, area->discard->sectors);
		unit_format(time, UNIT_NS, area->discard->ns / discards);
		length = sprintf(notes, "%" PRIu64 " discard%s (%s, %s)",
				 discards, discards == 1 ? "" : "s", size,
				 time);
	}
	if (errors)
		length += sprintf(notes + length, "%s%" PRIu64 " error%s",
				  length ? ", " : "", errors,
				  errors == 1 ? "" : "s");
	if (again)
		sprintf(notes + length, "%s%" PRIu64 " again",
			length ? ", " : "", again);
	output_notes(out, columns, AREA_COLUMNS, notes);
}

void area_fit(void)
{
	/* Where, how many and how long is what people ask for. */
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
	print_discard(out, area->discard, bounds,
		      area->histogram[DMSTAT_DISCARD]);
	output_number(out, &columns[AREA_IN_FLIGHT_READ], area->in_flight_read);
	output_number(out, &columns[AREA_IN_FLIGHT_WRITE],
		      area->in_flight_write);
	output_number(out, &columns[AREA_IN_FLIGHT],
		      area->in_flight_read + area->in_flight_write);
	output_number(out, &columns[AREA_BUSY], area->busy_ns);
	output_number(out, &columns[AREA_QUEUE], area->queue_ns);
	output_number(out, &columns[AREA_CLEARS], area->clears);
	print_notes(out, area);
	return output_row_end(out);
}

/*
 * dm-stats also counts the time with reads in flight, and that with writes. We
 * know the time with any in flight, and the summed time of either: neither can
 * be exceeded, and where only one of the two saw I/O, this is exact.
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
