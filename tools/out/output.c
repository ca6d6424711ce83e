// SPDX-License-Identifier: GPL-2.0-only
/*
 * The output of a command: one path for people's tables and for JSON.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/message.h"
#include "out/output.h"
#include "out/terminal.h"
#include "out/text.h"
#include "out/unit.h"

/* The largest double has some 310 digits before the point. */
#define REAL_TEXT_MAX	400

static int note_error(struct output *out)
{
	if (ferror(stdout) && !out->error)
		out->error = errno ? errno : EIO;
	return out->error ? 1 : 0;
}

void output_list(struct output *out, const char *key)
{
	if (out->json)
		json_open(&out->state, key, '[');
}

void output_list_end(struct output *out)
{
	if (out->json)
		json_close(&out->state, ']');
}

void output_object(struct output *out, const char *key)
{
	if (out->json)
		json_open(&out->state, key, '{');
}

void output_object_end(struct output *out)
{
	if (out->json)
		json_close(&out->state, '}');
}

void output_row(struct output *out, const struct column *columns, size_t count)
{
	if (out->json)
		json_open_row(&out->state);
	else
		table_headings(&out->table, columns, count);
}

int output_row_end(struct output *out)
{
	if (out->json)
		json_close(&out->state, '}');
	else
		table_end_row(&out->table);
	return note_error(out);
}

void output_new_table(struct output *out)
{
	out->table.headed = false;
}

void output_number(struct output *out, const struct column *column,
		   uint64_t value)
{
	char text[UNIT_TEXT_MAX];

	if (out->json && column->key)
		json_number(&out->state, column->key, value);
	else if (!out->json && column->heading)
		table_number(&out->table, column,
			     unit_format(text, column->unit, value));
}

/* Three digits: 0.12, 12.3, 123; with a unit, as output_number(). */
static void put_real_cell(struct output *out, const struct column *column,
			  double value)
{
	char text[REAL_TEXT_MAX];

	if (column->unit) {
		output_number(out, column,
			      value < UINT64_MAX / 2 ? value + 0.5 :
			      UINT64_MAX / 2);
		return;
	}
	snprintf(text, sizeof(text), "%.*f", value < 9.995 ? 2 : value < 99.95,
		 value);
	table_number(&out->table, column, text);
}

void output_real(struct output *out, const struct column *column, double value)
{
	if (out->json && column->key)
		json_real(&out->state, column->key, value);
	else if (!out->json && column->heading)
		put_real_cell(out, column, value);
}

void output_string(struct output *out, const struct column *column,
		   const char *value)
{
	if (out->json && column->key)
		json_string(&out->state, column->key, value);
	else if (!out->json && column->heading)
		table_cell(&out->table, column, value);
}

void output_field(struct output *out, const char *key, uint64_t value)
{
	if (out->json)
		json_number(&out->state, key, value);
}

void output_field_real(struct output *out, const char *key, double value)
{
	if (out->json)
		json_real(&out->state, key, value);
}

void output_field_bool(struct output *out, const char *key, bool value)
{
	if (out->json)
		json_bool(&out->state, key, value);
}

void output_field_string(struct output *out, const char *key,
			 const char *value)
{
	if (out->json)
		json_string(&out->state, key, value);
}

void output_field_json(struct output *out, const char *key, const char *value)
{
	if (out->json)
		json_raw(&out->state, key, value);
}

void output_notes(struct output *out, const struct column *columns,
		  size_t count, const char *notes)
{
	if (!out->json && *notes)
		table_notes(&out->table, columns, count, notes);
}

void output_raw(struct output *out, const char *text, size_t length)
{
	(void)out;
	text_put(text, length);
}

void output_text(struct output *out, const char *format, ...)
{
	va_list args;
	char *text;

	if (out->json)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) >= 0) {
		if (terminal_is_stdout())
			text_put_words(text, terminal_width());
		else
			text_put_escaped(text, false);
		text_put_char('\n');
		free(text);
	}
	va_end(args);
}

void output_none(struct output *out, const char *words)
{
	if (terminal_is_stdout())
		output_text(out, "%s", words);
}

int output_end(struct output *out)
{
	if (out->json)
		text_put_char('\n');
	out->state.comma = false;
	fflush(stdout);
	return note_error(out);
}

int output_finish(struct output *out, int status)
{
	if ((fflush(stdout) || ferror(stdout)) && !out->error)
		out->error = errno ? errno : EIO;
	if (fclose(stdout) && !out->error)
		out->error = errno;
	if (!out->error)
		return status;
	/* The user has ended the program, whose reader had stopped reading. */
	if (out->error == EINTR)
		return EXIT_SUCCESS;
	/* A reader that closed the pipe wants no message. */
	if (out->error != EPIPE)
		complain("cannot write the output: %s", strerror(out->error));
	return EXIT_FAILURE;
}
