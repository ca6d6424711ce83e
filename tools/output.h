/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What dmstat-nl prints on stdout: one path for people's tables and for JSON.
 *
 * A command says what there is, once: lists, rows, and the values of a row
 * with their columns. A column has a key for JSON, a heading for the table, or
 * both. Nothing is kept: memory does not grow with the number of rows, and the
 * width of a column is known before its first row.
 */
#ifndef DMSTAT_NL_OUTPUT_H
#define DMSTAT_NL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "unit.h"

/**
 * struct column - a value that every row has
 * @key: its name in JSON, or NULL: only in the table
 * @heading: its name in the table, or NULL: only in JSON
 * @width: in the table, characters; negative: aligned to the left
 * @unit: in the table, how the number is written; JSON has it as it is
 */
struct column {
	const char *key;
	const char *heading;
	int width;
	enum unit unit;
};

/**
 * struct output - where a command prints to
 * @json: JSON instead of a table
 * @error: what went wrong when writing, an error number, or 0
 * @first: in JSON, the next value is the first: no comma before it
 * @headed: the headings have been printed
 * @padding: spaces that stand before the next cell of a row, if one comes
 */
struct output {
	bool json;
	int error;
	bool first;
	bool headed;
	int padding;
};

/** output_list() - begin a list; @key is NULL outside an object */
void output_list(struct output *out, const char *key);
void output_list_end(struct output *out);

/** output_object() - begin an object; @key is NULL outside an object */
void output_object(struct output *out, const char *key);
void output_object_end(struct output *out);

/**
 * output_row() - begin a row, in JSON an object
 * @out: the output
 * @columns: its columns; the headings are printed before the first row
 * @count: how many columns
 */
void output_row(struct output *out, const struct column *columns, size_t count);

/**
 * output_row_end() - end a row
 * @out: the output
 *
 * Return: 0, or 1 if the output cannot be written, so there is no use going on.
 */
int output_row_end(struct output *out);

/** output_number() - a number of a row */
void output_number(struct output *out, const struct column *column,
		   uint64_t value);

/** output_list_number() - a number of a list; in JSON only */
void output_list_number(struct output *out, uint64_t value);

/** output_real() - a number with decimals, not below 0 */
void output_real(struct output *out, const struct column *column, double value);

/** output_bool() - true or false; in JSON only */
void output_bool(struct output *out, const struct column *column, bool value);

/** output_string() - a text of a row; control characters are escaped */
void output_string(struct output *out, const struct column *column,
		   const char *value);

/**
 * output_notes() - what is rare, in words, at the end of a row
 * @out: the output
 * @columns: the row's columns
 * @count: how many columns
 * @notes: the words; nothing is printed for ""
 *
 * On a terminal that has no room beside the row they are below it. Not in JSON.
 */
void output_notes(struct output *out, const struct column *columns,
		  size_t count, const char *notes);

/** output_raw() - text as it is, in a row of another format than ours */
void output_raw(struct output *out, const char *text, size_t length);

/**
 * output_text() - a line for people, as printf(); nothing in JSON
 *
 * On a terminal it is broken between words where it is too long.
 */
void output_text(struct output *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * output_none() - say that there are no rows
 * @out: the output
 * @words: what there is none of
 *
 * Only on a terminal: a script that reads rows gets none.
 */
void output_none(struct output *out, const char *words);

/**
 * output_end() - end what was begun, and hand it to the reader
 * @out: the output
 *
 * Return: as output_row_end().
 */
int output_end(struct output *out);

/* In an order of columns: shorten texts to some 24 characters first. */
#define COLUMNS_SHRINK	-1

/**
 * columns_fit() - leave columns out of the table, until it fits the terminal
 * @columns: the columns
 * @count: how many
 * @order: those that can be left out, the least important first; where it has
 *         COLUMNS_SHRINK, texts are shortened before more is left out
 * @order_count: how many
 *
 * If that is not enough, texts get as little as 12 characters. Output that is
 * not to a terminal is made to fit the environment variable COLUMNS, if that is
 * set, by leaving out columns alone. JSON is always whole.
 */
void columns_fit(struct column *columns, size_t count, const int *order,
		 size_t order_count);

/** column_fit() - make a column, aligned to the left, wide enough for a text */
void column_fit(struct column *column, const char *text);

#endif /* DMSTAT_NL_OUTPUT_H */
