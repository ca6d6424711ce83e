/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables for people: columns, cells, and how they fit a terminal.
 */
#ifndef DMSTAT_NL_TABLE_H
#define DMSTAT_NL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "out/unit.h"

/**
 * struct column - a value that every row has
 * @key: its name in JSON; NULL: only in the table
 * @heading: its name in the table; NULL: only in JSON
 * @width: in the table, characters; negative: aligned to the left
 * @unit: in the table, how the number is written; JSON has all digits
 */
struct column {
	const char *key;
	const char *heading;
	int width;
	enum unit unit;
};

/* In an order of columns: shorten texts to some 24 characters first. */
#define COLUMNS_SHRINK	-1

/**
 * columns_fit() - leave columns out of the table until it fits the terminal
 * @columns: the columns
 * @count: how many
 * @order: those that can be left out, the least important first; where it has
 *         COLUMNS_SHRINK, texts are shortened before more is left out
 * @order_count: how many
 *
 * If that is not enough, texts get as little as 12 characters. If stdout is not
 * a terminal, columns are left out, but texts not shortened, to fit the
 * environment variable COLUMNS if that is set. JSON is always complete.
 */
void columns_fit(struct column *columns, size_t count, const int *order,
		 size_t order_count);

/** column_fit() - make a column, aligned to the left, wide enough for a text */
void column_fit(struct column *column, const char *text);

/**
 * struct table - the table that is being printed
 * @headed: the headings have been printed
 * @padding: how many spaces come before the next cell of the row, if there is
 *           one
 */
struct table {
	bool headed;
	int padding;
};

/** table_headings() - print the headings, unless they have been printed */
void table_headings(struct table *table, const struct column *columns,
		    size_t count);

/** table_cell() - print a cell */
void table_cell(struct table *table, const struct column *column,
		const char *text);

/** table_number() - as table_cell(), faster, for ASCII without escapes */
void table_number(struct table *table, const struct column *column,
		  const char *text);

/** table_notes() - print words at the end of a row, or below it */
void table_notes(struct table *table, const struct column *columns,
		 size_t count, const char *notes);

/** table_end_row() - end a row */
void table_end_row(struct table *table);

#endif /* DMSTAT_NL_TABLE_H */
