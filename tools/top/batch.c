// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rows of all items, for pipes and programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/output.h"
#include "out/time_text.h"
#include "top/batch.h"
#include "top/cells.h"
#include "top/total.h"
#include "view/strip.h"

/* Room for a name and its place in the tree. */
#define LABEL_MAX	400

/* Cells of a strip. */
#define STRIP_WIDTH	32

enum {
	BATCH_NAME,
	BATCH_REGION,
	BATCH_IO,
	BATCH_IO_RATE = 0,	/* of each operation, from BATCH_IO on */
	BATCH_IO_DATA,
	BATCH_IO_MEAN,
	BATCH_IO_P99,
	BATCH_IO_COLUMNS,
	BATCH_QUEUE = BATCH_IO + WATCH_OPERATIONS * BATCH_IO_COLUMNS,
	BATCH_BUSY,
	BATCH_OLDEST,
	BATCH_STRIP,
	BATCH_COLUMNS
};

#define IO_COLUMNS(letter, rate, data)					\
	{ "ios_per_s", rate, sizeof(rate) - 1, UNIT_NONE },		\
	{ "sectors_per_s", data, sizeof(letter "-SIZE/S") - 1,		\
	  UNIT_SECTORS },						\
	{ "mean_ns", letter "-TIME", 7, UNIT_NS },			\
	{ "p99_ns", letter "-P99", 7, UNIT_NS }

static struct column columns[BATCH_COLUMNS] = {
	{ "name", "DEVICE", -6, UNIT_NONE },
	{ "region_id", NULL, 8, UNIT_NONE },
	IO_COLUMNS("R", "READS/S", "R-SIZE/S"),
	IO_COLUMNS("W", "WRITES/S", "W-SIZE/S"),
	IO_COLUMNS("D", "DISC/S", "D-SIZE/S"),
	IO_COLUMNS("F", "FLUSH/S", NULL),
	{ "queue_depth", "QUEUE", 6, UNIT_NONE },
	{ NULL, "BUSY%", 5, UNIT_NONE },
	{ "oldest_ns", "OLDEST", 7, UNIT_NS },
	{ NULL, "WHERE", -STRIP_WIDTH, UNIT_NONE },
};

#define IO(operation, column) \
	(BATCH_IO + (operation) * BATCH_IO_COLUMNS + (column))

static const int hiding_order[] = {
	IO(DMSTAT_DISCARD, BATCH_IO_P99), IO(DMSTAT_DISCARD, BATCH_IO_MEAN),
	IO(DMSTAT_DISCARD, BATCH_IO_DATA), IO(DMSTAT_FLUSH, BATCH_IO_MEAN),
	IO(DMSTAT_DISCARD, BATCH_IO_RATE), BATCH_STRIP,
	IO(DMSTAT_WRITE, BATCH_IO_MEAN), IO(DMSTAT_READ, BATCH_IO_MEAN),
	COLUMNS_SHRINK, IO(DMSTAT_FLUSH, BATCH_IO_P99),
	IO(DMSTAT_FLUSH, BATCH_IO_RATE), IO(DMSTAT_WRITE, BATCH_IO_DATA),
	IO(DMSTAT_READ, BATCH_IO_DATA), BATCH_QUEUE,
};

void batch_begin(const struct watch *watch)
{
	const struct watch_item *item;
	char name[LABEL_MAX];
	size_t i;

	for (i = 0; (item = watch_at(watch, i)); i++) {
		/* Deeper rows than this are rare, and shrink. */
		snprintf(name, sizeof(name), "%*s%s", item->above_count ? 2 : 0,
			 "", item->label);
		column_fit(&columns[BATCH_NAME], name);
		if (item->kind == WATCH_REGION)
			columns[BATCH_REGION].heading = "REGION";
	}
	columns_fit(columns, BATCH_COLUMNS, hiding_order,
		    sizeof(hiding_order) / sizeof(hiding_order[0]));
}

static void print_time(struct output *out, const struct column *column,
		       const struct watch_item *item, enum value which)
{
	double number;

	if (value_of(item, which, &number))
		output_number(out, column, number);
	else if (!out->json)
		output_string(out, column, "-");
}

static void print_rate(struct output *out, const struct column *column,
		       const struct watch_item *item, enum value which)
{
	double number;

	value_of(item, which, &number);
	output_real(out, column, number);
}

static void print_p99(struct output *out, const struct watch_item *item,
		      int operation)
{
	uint64_t low, high;

	if (!out->json || !value_p99_bounds(item, operation, &low, &high))
		return;
	output_field(out, "p99_least_ns", low);
	if (high != UINT64_MAX)
		output_field(out, "p99_most_ns", high);
}

static void print_io(struct output *out, const struct watch_item *item,
		     const char *key, int operation)
{
	const struct column *first = &columns[IO(operation, 0)];
	const struct watch_io *io = &item->io[operation];

	output_object(out, key);
	output_field(out, "ios", io->ios);
	output_field(out, "sectors", io->sectors);
	output_field(out, "ns", io->ns);
	output_field(out, "errors", io->errors);
	output_field(out, "again", io->again);
	print_rate(out, &first[BATCH_IO_RATE], item, VALUE_RATE + operation);
	if (operation != DMSTAT_FLUSH)
		print_rate(out, &first[BATCH_IO_DATA], item,
			   VALUE_DATA + operation);
	print_time(out, &first[BATCH_IO_MEAN], item, VALUE_MEAN + operation);
	print_time(out, &first[BATCH_IO_P99], item, VALUE_P99 + operation);
	print_p99(out, item, operation);
	output_field(out, "longest_ns", io->longest_ns);
	output_object_end(out);
}

static void print_region(struct output *out, const struct watch_item *item)
{
	const struct column *column = &columns[BATCH_REGION];

	if (item->region_id)
		output_number(out, column, item->region_id);
	else if (!out->json && column->heading)
		output_string(out, column, "-");
}

static void print_identity(struct output *out, const struct row *row)
{
	const struct watch_item *item = row->item;

	output_field(out, "major", item->major);
	output_field(out, "minor", item->minor);
	output_field_string(out, "uuid", item->uuid);
	output_field_string(out, "group", item->group);
	output_field(out, "start", item->start);
	output_field(out, "length", item->length);
	output_field_bool(out, "suspended", item->suspended);
	output_field(out, "depth", row->depth);
	if (item->kind == WATCH_PARTITION)
		output_field_string(out, "partition", item->label);
	output_field_bool(out, "in_total", !item->has_holder);
	output_field_bool(out, "rest_in_total", item->has_rest);
	output_field(out, "missed", item->missed);
	output_field_string(out, "problem", item->problem);
}

static void print_busy(struct output *out, const struct watch_item *item)
{
	if (!item->has_busy) {
		if (!out->json)
			output_string(out, &columns[BATCH_BUSY], "-");
		return;
	}
	output_field_real(out, "utilization", item->busy);
	output_real(out, &columns[BATCH_BUSY], item->busy * 100);
}

/* In JSON a number for each cell, from the first sector on. */
static void print_cells(struct output *out, const struct watch_item *item)
{
	size_t i;

	output_list(out, "cells");
	for (i = 0; i < item->cells_count; i++)
		output_field_real(out, NULL,
				  cells_rate(item, &item->cells[i]));
	output_list_end(out);
}

static void print_strip(struct output *out, const struct watch_item *item,
			const struct strip_scale *scale)
{
	char text[STRIP_WIDTH * 4 + 1] = "";
	double cells[STRIP_WIDTH];
	size_t width, i;

	width = cells_fit(item, STRIP_WIDTH, cells);
	for (i = 0; i < width; i++)
		strcat(text, strip_cell(scale, cells[i]).glyph);
	output_string(out, &columns[BATCH_STRIP], text);
}

/* All values but the name, and what only devices and regions have. */
static void print_values(struct output *out, const struct watch_item *item)
{
	print_io(out, item, "read", DMSTAT_READ);
	print_io(out, item, "write", DMSTAT_WRITE);
	print_io(out, item, "discard", DMSTAT_DISCARD);
	print_io(out, item, "flush", DMSTAT_FLUSH);
	output_field(out, "in_flight", item->in_flight);
	output_real(out, &columns[BATCH_QUEUE], item->queue);
	print_busy(out, item);
	if (out->json)
		output_field(out, "oldest_ns", item->oldest_ns);
	else
		print_time(out, &columns[BATCH_OLDEST], item, VALUE_OLDEST);
}

/* Only people read notes, and cells as a strip. */
static int print_row(struct output *out, const struct row *row,
		     const struct strip_scale *scale)
{
	const struct watch_item *item = row->item;
	char name[LABEL_MAX];

	output_row(out, columns, BATCH_COLUMNS);
	output_string(out, &columns[BATCH_NAME],
		      row_name(row, item->label, name, sizeof(name)));
	print_region(out, item);
	print_values(out, item);
	print_strip(out, item, scale);
	output_notes(out, columns, BATCH_COLUMNS,
		     item->problem[0] ? item->problem :
		     item->suspended ? "suspended" : "");
	return output_row_end(out);
}

/* An interval is one line, so that programs can read line by line. */
static int print_object(struct output *out, const struct row *row)
{
	const struct watch_item *item = row->item;

	output_object(out, NULL);
	output_string(out, &columns[BATCH_NAME], item->name);
	print_region(out, item);
	print_identity(out, row);
	print_values(out, item);
	print_cells(out, item);
	output_object_end(out);
	return out->error ? 1 : 0;
}

static int print_all(struct output *out, const struct watch *watch)
{
	struct watch_item all;

	total_of(&all, watch);
	if (out->json) {
		output_object(out, "all");
		print_values(out, &all);
		output_object_end(out);
		return 0;
	}
	output_row(out, columns, BATCH_COLUMNS);
	output_string(out, &columns[BATCH_NAME], "all");
	print_region(out, &all);
	print_values(out, &all);
	return output_row_end(out);
}

/* All rows have the same scale, so that the busiest place of all stands out. */
static void cover(struct strip_scale *scale, const struct row *rows,
		  size_t count)
{
	double cells[STRIP_WIDTH];
	size_t i, width;

	strip_scale_init(scale, COLOUR_NONE, colour_utf8());
	for (i = 0; i < count; i++) {
		width = cells_fit(rows[i].item, STRIP_WIDTH, cells);
		strip_scale_cover(scale, cells, width);
	}
}

static int print_rows(struct output *out, const struct row *rows,
		      size_t count)
{
	struct strip_scale scale;
	int error = 0;
	size_t i;

	cover(&scale, rows, count);
	output_list(out, "rows");
	for (i = 0; i < count && !error; i++)
		error = out->json ? print_object(out, &rows[i]) :
				    print_row(out, &rows[i], &scale);
	output_list_end(out);
	return error;
}

int batch_print(struct output *out, const struct watch *watch,
		const struct row_spec *spec)
{
	const size_t count = watch_count(watch);
	struct row *rows;
	const uint64_t now = time_now();
	char text[TIME_TEXT_MAX];
	size_t i;

	rows = calloc(count + 1, sizeof(*rows));
	if (!rows)
		return 1;
	for (i = 0; i < count; i++)
		rows[i].item = watch_at(watch, i);
	rows_sort(rows, count, spec);

	output_text(out, "%s%s", time_text(text, now),
		    watch_is_away(watch) ?
		    " the kernel module dmstat is not loaded" : "");
	output_new_table(out);
	output_object(out, NULL);
	output_field(out, "time", now);
	output_field_bool(out, "module", !watch_is_away(watch));
	print_all(out, watch);
	print_rows(out, rows, count);
	output_object_end(out);
	free(rows);
	return output_end(out);
}
