// SPDX-License-Identifier: GPL-2.0-only
/*
 * Texts on stdout: UTF-8, with control characters escaped.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/text.h"

/* What a byte becomes at most: "\\u0000". */
#define ESCAPE_MAX	6

/* Where the rest of a line that is too long starts. */
#define WORDS_INDENT	2

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
		/* U+FFFE and U+FFFF are no characters, and XML refuses them. */
		if (text[0] == 0xef && text[1] == 0xbf && text[2] > 0xbd)
			return 0;
		return forms[i].length;
	}
	return 0;
}

/* U+0080 to U+009F: terminals take U+009B for an escape and a bracket. */
static bool is_long_control(const char *text)
{
	return (unsigned char)text[0] == 0xc2 &&
	       (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] < 0xa0;
}

/*
 * Write to @shown how the first character of @text is shown, escaped if
 * necessary. Returns how many bytes of @text it has.
 */
static size_t show_character(const char *text, bool json, char shown[8])
{
	unsigned char c = *text;
	size_t length = character_length((const unsigned char *)text);

	/* Each of its bytes is escaped by itself. */
	if (!json && is_long_control(text))
		length = 0;

	if (length == 0)
		sprintf(shown, json ? "\\ufffd" : "\\x%02x", c);
	else if (c < ' ' || c == 0x7f)
		sprintf(shown, json ? "\\u%04x" : "\\x%02x", c);
	else if (is_long_control(text))
		sprintf(shown, "\\u%04x", (unsigned char)text[1]);
	else if (json && (c == '"' || c == '\\'))
		sprintf(shown, "\\%c", c);
	else
		sprintf(shown, "%.*s", (int)length, text);
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
	char shown[8];
	size_t length;

	for (;;) {
		length = plain_length(text, json);
		text_put(text, length);
		text += length;
		if (!*text)
			return;
		text += show_character(text, json, shown);
		text_put(shown, strlen(shown));
	}
}

char *text_escaped(const char *text, bool json)
{
	char *escaped = malloc(strlen(text) * ESCAPE_MAX + 1);
	char *end = escaped, shown[8];

	while (escaped && *text) {
		text += show_character(text, json, shown);
		end = stpcpy(end, shown);
	}
	if (escaped)
		*end = '\0';
	return escaped;
}

int text_width(const char *text)
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
		width += shown_width(shown);
	}
}

/* Write the part of a text from column @from to @to; return its end. */
static char *write_part(char *end, const char *text, int from, int to)
{
	int position = 0, width;
	char shown[8];

	while (*text) {
		text += show_character(text, false, shown);
		width = shown_width(shown);
		if (position >= from && position + width <= to)
			end = stpcpy(end, shown);
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

int text_put_shortened(const char *text, int room)
{
	char *shortened = text_shortened(text, room);
	int width;

	if (!shortened)
		return 0;
	width = text_width(shortened);
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
