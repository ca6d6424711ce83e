// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texts on stdout: UTF-8, with characters escaped that would do something to the
 * terminal or to the rest of the line.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/character.h"
#include "out/text.h"

/* What a byte becomes at most: "\\u0000". */
#define ESCAPE_MAX	6

/* What a character becomes at most: "\\x00\\x00\\x00\\x00", with a zero byte. */
#define SHOWN_MAX	17

/* Where the rest of a line that is too long starts. */
#define WORDS_INDENT	2

/* U+0080 to U+009F: terminals take U+009B for an escape and a bracket. */
static bool is_control(uint32_t code)
{
	return code < ' ' || (code >= 0x7f && code < 0xa0);
}

/* By a pair of surrogates, if it has more than 16 bits. */
static void escape_json(char *shown, uint32_t code)
{
	if (code < 0x10000)
		sprintf(shown, "\\u%04x", code);
	else
		sprintf(shown, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10),
			0xdc00 + (code & 0x3ff));
}

/* Each byte by itself. */
static void escape_bytes(char *shown, const char *text, size_t length)
{
	while (length--)
		shown += sprintf(shown, "\\x%02x", (unsigned char)*text++);
}

/* Whether a character, of which @text has @length bytes, must be escaped. */
static bool is_escaped(const char *start, const char *text, size_t length,
		       uint32_t code, bool json)
{
	uint32_t before, after = 0;

	if (is_control(code) || (json && (code == '"' || code == '\\')))
		return true;
	if (code < 0x80)
		return false;
	before = text > start ? (unsigned char)text[-1] : 0;
	if (text[length] && !character_read(text + length, &after))
		after = 0;
	return character_is_hidden(before, code, after);
}

/*
 * Write to @shown how the character of @start at @text is shown, escaped if
 * necessary. Returns how many bytes of @text it has.
 */
static size_t show_character(const char *start, const char *text, bool json,
			     char shown[SHOWN_MAX])
{
	uint32_t code;
	size_t length = character_read(text, &code);

	if (length && !is_escaped(start, text, length, code, json)) {
		sprintf(shown, "%.*s", (int)length, text);
		return length;
	}
	if (!json)
		escape_bytes(shown, text, length ? length : 1);
	else if (!length)
		sprintf(shown, "\\ufffd");
	else if (code == '"' || code == '\\')
		sprintf(shown, "\\%c", code);
	else
		escape_json(shown, code);
	return length ? length : 1;
}

/* How many columns of a terminal that takes. */
static int shown_width(const char *shown)
{
	return (shown[0] & 0x80) ? 1 : (int)strlen(shown);
}

/* How many characters at the start of @text need no escape. */
static size_t plain_length(const char *text, bool json)
{
	const char *c = text;

	while (*c >= ' ' && *c < 0x7f && !(json && (*c == '"' || *c == '\\')))
		c++;
	return c - text;
}

void text_put_escaped(const char *text, bool json)
{
	const char *const start = text;
	char shown[SHOWN_MAX];
	size_t length;

	for (;;) {
		length = plain_length(text, json);
		text_put(text, length);
		text += length;
		if (!*text)
			return;
		text += show_character(start, text, json, shown);
		text_put(shown, strlen(shown));
	}
}

char *text_escaped(const char *text, bool json)
{
	char *escaped = malloc(strlen(text) * ESCAPE_MAX + 1);
	const char *const start = text;
	char *end = escaped, shown[SHOWN_MAX];

	while (escaped && *text) {
		text += show_character(start, text, json, shown);
		end = stpcpy(end, shown);
	}
	if (escaped)
		*end = '\0';
	return escaped;
}

int text_width(const char *text)
{
	const char *const start = text;
	char shown[SHOWN_MAX];
	size_t length;
	int width = 0;

	for (;;) {
		length = plain_length(text, false);
		width += length;
		text += length;
		if (!*text)
			return width;
		text += show_character(start, text, false, shown);
		width += shown_width(shown);
	}
}

/* Of what is shown as it is only joiners are hidden beside ASCII. */
static bool is_joiner(const char *shown)
{
	uint32_t code;

	return character_read(shown, &code) &&
	       character_is_hidden(0, code, 0);
}

/*
 * Write the part of a text from column @from to @to; return its end. It has no
 * joiner at an end, which would be beside the dots.
 */
static char *write_part(char *part, const char *text, int from, int to)
{
	const char *const start = text;
	char *end = part, *joined = part, shown[SHOWN_MAX];
	int position = 0, width;

	while (*text) {
		text += show_character(start, text, false, shown);
		width = shown_width(shown);
		if (position >= from && position + width <= to) {
			joined = stpcpy(joined, shown);
			if (!is_joiner(shown))
				end = joined;
			else if (end == part)
				joined = part;
		}
		position += width;
	}
	return end;
}

char *text_shortened(const char *text, int room)
{
	const int width = text_width(text), tail = (room - 3) / 2;
	char *shortened, *end;

	if (width <= room)
		return text_escaped(text, false);
	shortened = malloc(strlen(text) * ESCAPE_MAX + 4);
	if (!shortened)
		return NULL;
	end = write_part(shortened, text, 0, room - 3 - tail);
	end = stpcpy(end, "...");
	*write_part(end, text, width - tail, width) = '\0';
	return shortened;
}

/* Escaped again it may be wider: a character may have got another beside it. */
static int escaped_width(const char *escaped)
{
	int width = 0;

	for (; *escaped; escaped++)
		width += (*escaped & 0xc0) != 0x80;
	return width;
}

int text_put_shortened(const char *text, int room)
{
	char *shortened = text_shortened(text, room);
	int width;

	if (!shortened)
		return 0;
	width = escaped_width(shortened);
	text_put(shortened, strlen(shortened));
	free(shortened);
	return width;
}

void text_put_words(char *text, int width)
{
	int used = 0, length;
	bool first = true;
	char *space;

	while (text) {
		space = strchr(text, ' ');
		if (space)
			*space++ = '\0';
		length = text_width(text);
		if (used > WORDS_INDENT && used + 1 + length > width) {
			text_put_char('\n');
			text_put_spaces(WORDS_INDENT);
			used = WORDS_INDENT;
		} else if (!first) {
			text_put_char(' ');
			used++;
		}
		text_put_escaped(text, false);
		used += length;
		first = false;
		text = space;
	}
}
