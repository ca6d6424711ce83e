// SPDX-License-Identifier: GPL-2.0-only
/*
 * What dmstat-nl prints on stdout: one path for people's tables and for JSON.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output.h"

/* On a terminal: what continues a line, and the notes below a row. */
#define TEXT_INDENT	2
#define NOTES_INDENT	8

static void put(const char *text, size_t length)
{
	fwrite_unlocked(text, 1, length, stdout);
}

static void put_spaces(int count)
{
	while (count-- > 0)
		putc_unlocked(' ', stdout);
}

static int note_error(struct output *out)
{
	if (ferror(stdout) && !out->error)
		out->error = errno ? errno : EIO;
	return out->error ? 1 : 0;
}

/* The length of the UTF-8 character at @text, or 0 if it is not one. */
static size_t character_length(const unsigned char *text)
{
	static const struct {
		unsigned char lead_min, lead_max, second_min, second_max;
		size_t length;
	} forms[] = {	/* Unicode, table 3-7: well-formed byte sequences */
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i, k;

	if (text[0] < 0x80)
		return 1;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (text[0] < forms[i].lead_min || text[0] > forms[i].lead_max)
			continue;
		if (text[1] < forms[i].second_min ||
		    text[1] > forms[i].second_max)
			return 0;
		for (k = 2; k < forms[i].length; k++)
			if ((text[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}

/*
 * One character of a text as it is shown, escaped where it must be. Returns
 * how many bytes of @text it took.
 */
static size_t show_character(const char *text, bool json, char shown[8])
{
	unsigned char c = *text;
	size_t length = character_length((const unsigned char *)text);

	if (length == 0)
		sprintf(shown, json ? "\\ufffd" : "\\x%02x", c);
	else if (c < ' ' || c == 0x7f)
		sprintf(shown, json ? "\\u%04x" : "\\x%02x", c);
	else if (json && (c == '"' || c == '\\'))
		sprintf(shown, "\\%c", c);
	else
		sprintf(shown, "%.*s", (int)length, text);
	return length ? length : 1;
}

/* How many characters from @text on are shown as they are. */
static size_t plain_length(const char *text, bool json)
{
	const char *c = text;

	while (*c >= ' ' && *c < 0x7f && !(json && (*c == '"' || *c == '\\')))
		c++;
	return c - text;
}

static void put_escaped(const char *text, bool json)
{
	char shown[8];
	size_t length;

	for (;;) {
		length = plain_length(text, json);
		put(text, length);
		text += length;
		if (!*text)
			return;
		text += show_character(text, json, shown);
		put(shown, strlen(shown));
	}
}

/* How many columns of a terminal a text takes. */
static int width_of(const char *text)
{
	char shown[8];
	size_t length;
	int width = 0;

	for (;;) {
		length = plain_length(text, false);
		width += length;
		text += length;
		if (!*text)
			return width;
		text += show_character(text, false, shown);
		width += (shown[0] & 0x80) ? 1 : (int)strlen(shown);
	}
}

static bool on_terminal(void)
{
	static int terminal = -1;

	if (terminal < 0)
		terminal = isatty(STDOUT_FILENO);
	return terminal;
}

/* As watch(1) sets it, and a script whose pipe ends at a terminal can. */
static int width_asked_for(void)
{
	const char *text = getenv("COLUMNS");
	char *end;
	long width;

	if (!text)
		return INT_MAX;
	width = strtol(text, &end, 10);
	return *end || width <= 0 || width > INT_MAX ? INT_MAX : width;
}

static int output_width(void)
{
	struct winsize size;

	if (!on_terminal())
		return width_asked_for();
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return INT_MAX;
	return size.ws_col;
}

/* Of a row, without the space after its last cell. */
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

	while (on_terminal() && column && -column->width > least &&
	       row_width(columns, count) > width) {
		column->width++;
		column = widest(columns, count);
	}
}

void columns_fit(struct column *columns, size_t count, const int *order,
		 size_t order_count)
{
	const int width = output_width();
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
	int width = width_of(text);

	if (-column->width < width)
		column->width = -width;
}

/* What stands before a value in JSON: a comma, and its key. */
static void put_key(struct output *out, const char *key)
{
	if (!out->first)
		put(", ", 2);
	out->first = false;
	if (key) {
		putc_unlocked('"', stdout);
		put(key, strlen(key));
		put("\": ", 3);
	}
}

static void open_json(struct output *out, const char *key, char bracket)
{
	if (!out->json)
		return;
	put_key(out, key);
	putc_unlocked(bracket, stdout);
	out->first = true;
}

static void close_json(struct output *out, char bracket)
{
	if (!out->json)
		return;
	putc_unlocked(bracket, stdout);
	out->first = false;
}

void output_list(struct output *out, const char *key)
{
	open_json(out, key, '[');
}

void output_list_end(struct output *out)
{
	close_json(out, ']');
}

void output_object(struct output *out, const char *key)
{
	open_json(out, key, '{');
}

void output_object_end(struct output *out)
{
	close_json(out, '}');
}

/* Space up to a cell, so that no line ends in spaces. */
static void begin_cell(struct output *out, int padding)
{
	put_spaces(out->padding + padding);
	out->padding = 0;
}

static void end_cell(struct output *out, int padding)
{
	out->padding += padding + 1;
}

/* Put what of a text lies in columns @from to @to - 1; returns its width. */
static int put_part(const char *text, int from, int to)
{
	int position = 0, written = 0, width;
	char shown[8];

	while (*text) {
		text += show_character(text, false, shown);
		width = (shown[0] & 0x80) ? 1 : (int)strlen(shown);
		if (position >= from && position + width <= to) {
			put(shown, strlen(shown));
			written += width;
		}
		position += width;
	}
	return written;
}

/* "vg--with...-name": both ends of a name tell. Returns its width. */
static int put_shortened(const char *text, int width, int room)
{
	const int tail = (room - 3) / 2, head = room - 3 - tail;
	int written;

	written = put_part(text, 0, head);
	put("...", 3);
	return written + 3 + put_part(text, width - tail, width);
}

static void put_cell(struct output *out, const struct column *column,
		     const char *text)
{
	const int width = width_of(text), room = abs(column->width);
	int padding = width < room ? room - width : 0;

	/* Columns of texts are as wide as their texts, if there is room. */
	if (column->width < 0 && width > room && on_terminal()) {
		begin_cell(out, 0);
		end_cell(out, room - put_shortened(text, width, room));
		return;
	}

	if (*text)
		begin_cell(out, column->width > 0 ? padding : 0);
	put_escaped(text, false);
	end_cell(out, column->width < 0 || !*text ? padding : 0);
}

/* The same for digits and a unit, which need no escapes: there are many. */
static void put_number_cell(struct output *out, const struct column *column,
			    const char *text)
{
	int length = strlen(text);

	begin_cell(out, column->width > length ? column->width - length : 0);
	put(text, length);
	end_cell(out, 0);
}

static void end_row(struct output *out)
{
	putc_unlocked('\n', stdout);
	out->padding = 0;
}

void output_row(struct output *out, const struct column *columns, size_t count)
{
	size_t i;

	if (out->json) {
		/* a line each, so that people can read it and grep works */
		if (!out->first)
			putc_unlocked(',', stdout);
		putc_unlocked('\n', stdout);
		putc_unlocked('{', stdout);
		out->first = true;
		return;
	}
	if (out->headed)
		return;
	out->headed = true;
	for (i = 0; i < count; i++)
		if (columns[i].heading)
			put_cell(out, &columns[i], columns[i].heading);
	end_row(out);
}

int output_row_end(struct output *out)
{
	if (out->json)
		close_json(out, '}');
	else
		end_row(out);
	return note_error(out);
}

void output_number(struct output *out, const struct column *column,
		   uint64_t value)
{
	char text[UNIT_TEXT_MAX];

	if (out->json && column->key) {
		put_key(out, column->key);
		put(text, unit_digits(text, value));
	} else if (!out->json && column->heading) {
		put_number_cell(out, column,
				unit_format(text, column->unit, value));
	}
}

void output_list_number(struct output *out, uint64_t value)
{
	char text[UNIT_TEXT_MAX];

	if (!out->json)
		return;
	put_key(out, NULL);
	put(text, unit_digits(text, value));
}

/* Without the zeros at its end. */
static size_t format_real(char *text, size_t size, double value)
{
	size_t length = snprintf(text, size, "%.6f", value);

	while (text[length - 1] == '0')
		length--;
	return text[length - 1] == '.' ? length - 1 : length;
}

void output_real(struct output *out, const struct column *column, double value)
{
	/* the greatest number has some 310 digits before the point */
	char text[400];

	if (out->json && column->key) {
		put_key(out, column->key);
		put(text, format_real(text, sizeof(text), value));
	} else if (!out->json && column->heading && column->unit) {
		output_number(out, column,
			      value < UINT64_MAX / 2 ? value + 0.5 :
			      UINT64_MAX / 2);
	} else if (!out->json && column->heading) {
		snprintf(text, sizeof(text), "%.*f", value < 9.995 ? 2 :
			 value < 99.95, value);
		put_number_cell(out, column, text);
	}
}

void output_bool(struct output *out, const struct column *column, bool value)
{
	if (out->json && column->key) {
		put_key(out, column->key);
		put(value ? "true" : "false", value ? 4 : 5);
	}
}

void output_string(struct output *out, const struct column *column,
		   const char *value)
{
	if (out->json && column->key) {
		put_key(out, column->key);
		putc_unlocked('"', stdout);
		put_escaped(value, true);
		putc_unlocked('"', stdout);
	} else if (!out->json && column->heading) {
		put_cell(out, column, value);
	}
}

void output_notes(struct output *out, const struct column *columns,
		  size_t count, const char *notes)
{
	static const struct column column = { NULL, "", 0, UNIT_NONE };

	if (out->json || !*notes)
		return;
	if (on_terminal() && row_width(columns, count) + 1 + width_of(notes) >
			     output_width()) {
		end_row(out);
		put_spaces(NOTES_INDENT);
	}
	put_cell(out, &column, notes);
}

void output_raw(struct output *out, const char *text, size_t length)
{
	(void)out;
	put(text, length);
}

/* A line that is too long for the terminal goes on in the next, indented. */
static void put_words(char *text)
{
	const int width = output_width();
	int used = 0, length;
	bool first = true;
	char *space;

	while (text) {
		space = strchr(text, ' ');
		if (space)
			*space++ = '\0';
		length = width_of(text);
		if (used > TEXT_INDENT && used + 1 + length > width) {
			putc_unlocked('\n', stdout);
			put_spaces(TEXT_INDENT);
			used = TEXT_INDENT;
		} else if (!first) {
			putc_unlocked(' ', stdout);
			used++;
		}
		put_escaped(text, false);
		used += length;
		first = false;
		text = space;
	}
}

void output_text(struct output *out, const char *format, ...)
{
	va_list args;
	char *text;

	if (out->json)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) >= 0) {
		if (on_terminal())
			put_words(text);
		else
			put_escaped(text, false);
		putc_unlocked('\n', stdout);
		free(text);
	}
	va_end(args);
}

void output_none(struct output *out, const char *words)
{
	if (on_terminal())
		output_text(out, "%s", words);
}

int output_end(struct output *out)
{
	if (out->json)
		putc_unlocked('\n', stdout);
	out->first = true;
	fflush(stdout);
	return note_error(out);
}
