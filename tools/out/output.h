/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The output of a command: one path for people's tables and for JSON.
 *
 * A command says once what there is: lists, rows, and the values of a row with
 * their columns. A column has a key for JSON, a heading for the table, or both.
 * Nothing is stored, so memory does not grow with the number of rows; hence the
 * width of a column must be known before its first row.
 */
#ifndef DMSTAT_NL_OUTPUT_H
#define DMSTAT_NL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out/json.h"
#include "out/table.h"

/**
 * struct output - the output of a command; all zero at first
 * @json: JSON instead of a table
 * @error: the error number if something could not be written, else 0
 * @state: of the JSON
 * @table: of the table
 */
struct output {
	bool json;
	int error;
	struct json state;
	struct table table;
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
 * Return: 0, or 1 if it cannot be written: stop then.
 */
int output_row_end(struct output *out);

/** output_new_table() - print the headings again before the next row */
void output_new_table(struct output *out);

/** output_number() - a number of a row */
void output_number(struct output *out, const struct column *column,
		   uint64_t value);

/** output_real() - a number with decimals, not below 0 */
void output_real(struct output *out, const struct column *column, double value);

/** output_string() - a text of a row; control characters are escaped */
void output_string(struct output *out, const struct column *column,
		   const char *value);

/* Values that only JSON has; @key is NULL in a list. */
void output_field(struct output *out, const char *key, uint64_t value);
void output_field_real(struct output *out, const char *key, double value);
void output_field_bool(struct output *out, const char *key, bool value);
void output_field_string(struct output *out, const char *key,
			 const char *value);

/** output_field_json() - a value that is written as JSON already */
void output_field_json(struct output *out, const char *key, const char *value);

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
 * On a terminal, a line that is too long is broken between words.
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
 * output_end() - end what was begun, and flush it
 * @out: the output
 *
 * Return: as output_row_end().
 */
int output_end(struct output *out);

/**
 * output_finish() - close stdout, and complain if something was not written
 * @out: the output
 * @status: the exit status so far
 *
 * What a signal has ended, with EINTR, is no failure.
 *
 * Return: the exit status.
 */
int output_finish(struct output *out, int status);

#endif /* DMSTAT_NL_OUTPUT_H */
