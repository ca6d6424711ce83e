// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables for people: columns, cells, and how they fit a terminal.
 */
#include <stdlib.h>
#include <string.h>

#include "out/table.h"
#include "out/terminal.h"
#include "out/text.h"

/* Where notes start that do not fit beside their row. */
#define NOTES_INDENT	8

/* The width of a row, without the space after its last cell. */
static int row_width(const struct column *columns, size_t count)
{
	int width = -1;
	size_t i;

	for (i = 0; i < count; i++)
		if (columns[i].heading && columns[i].width)
			width += abs(columns[i].width) + 1;
	return width;
}

/* The widest column of texts. */
static struct column *widest(struct column *columns, size_t count)
{
	struct column *found = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		if (columns[i].heading && columns[i].width < 0 &&
		    (!found || columns[i].width < found->width))
			found = &columns[i];
	return found;
}

/* Make room, but leave @least characters of each text. */
static void shrink(struct column *columns, size_t count, int width, int least)
{
	struct column *column = widest(columns, count);

	while (terminal_is_stdout() && column && -column->width > least &&
	       row_width(columns, count) > width) {
		column->width++;
		column = widest(columns, count);
	}
}

void columns_fit(struct column *columns, size_t count, const int *order,
		 size_t order_count)
{
	const int width = terminal_width();
	size_t i;

	for (i = 0; i < order_count && row_width(columns, count) > width; i++) {
		if (order[i] == COLUMNS_SHRINK)
			shrink(columns, count, width, 24);
		else
			columns[order[i]].heading = NULL;
	}
	shrink(columns, count, width, 12);
}

void column_fit(struct column *column, const char *text)
{
	int width = text_width(text);

	if (-column->width < width)
		column->width = -width;
}

/* Spaces come before a cell, not after it, so that no line ends in them. */
static void begin_cell(struct table *table, int padding)
{
	text_put_spaces(table->padding + padding);
	table->padding = 0;
}

static void end_cell(struct table *table, int padding)
{
	table->padding += padding + 1;
}

void table_cell(struct table *table, const struct column *column,
		const char *text)
{
	const int width = text_width(text), room = abs(column->width);
	int padding = width < room ? room - width : 0;

	/* Columns of texts are as wide as their texts, if there is room. */
	if (column->width < 0 && width > room && terminal_is_stdout()) {
		begin_cell(table, 0);
		end_cell(table, room - text_put_shortened(text, room));
		return;
	}

	if (*text)
		begin_cell(table, column->width > 0 ? padding : 0);
	text_put_escaped(text, false);
	end_cell(table, column->width < 0 || !*text ? padding : 0);
}

void table_number(struct table *table, const struct column *column,
		  const char *text)
{
	int length = strlen(text);

	begin_cell(table, column->width > length ? column->width - length : 0);
	text_put(text, length);
	end_cell(table, 0);
}

void table_end_row(struct table *table)
{
	text_put_char('\n');
	table->padding = 0;
}

void table_headings(struct table *table, const struct column *columns,
		    size_t count)
{
	size_t i;

	if (table->headed)
		return;
	table->headed = true;
	for (i = 0; i < count; i++)
		if (columns[i].heading)
			table_cell(table, &columns[i], columns[i].heading);
	table_end_row(table);
}

void table_notes(struct table *table, const struct column *columns,
		 size_t count, const char *notes)
{
	static const struct column column = { NULL, "", 0, UNIT_NONE };

	if (terminal_is_stdout() &&
	    row_width(columns, count) + 1 + text_width(notes) >
	    terminal_width()) {
		table_end_row(table);
		text_put_spaces(NOTES_INDENT);
	}
	table_cell(table, &column, notes);
}
