// SPDX-License-Identifier: GPL-2.0-only
/*
 * Labels of metrics: NAME="VALUE", with commas between them.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "exporter/label.h"

/* A byte takes five characters at most: \\xNN. */
#define BYTE_MAX	5

size_t label_room(const char *name, size_t length)
{
	return strlen(",=\"\"") + strlen(name) + BYTE_MAX * length + 1;
}

/* How many bytes follow the first one of a character of UTF-8; -1: it is none. */
static int bytes_to_follow(unsigned char first)
{
	if (first < 0x80)
		return 0;
	if (first >= 0xc2 && first <= 0xdf)
		return 1;
	if (first >= 0xe0 && first <= 0xef)
		return 2;
	if (first >= 0xf0 && first <= 0xf4)
		return 3;
	return -1;
}

/* Length of the character of UTF-8 that a text begins with; 0: it is none. */
static int character_length(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;
	const int follow = bytes_to_follow(byte[0]);
	int i;

	if (follow < 0)
		return 0;
	for (i = 1; i <= follow; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	/* Too long, a surrogate, or beyond the last character. */
	if ((byte[0] == 0xe0 && byte[1] < 0xa0) ||
	    (byte[0] == 0xed && byte[1] > 0x9f) ||
	    (byte[0] == 0xf0 && byte[1] < 0x90) ||
	    (byte[0] == 0xf4 && byte[1] > 0x8f))
		return 0;
	return follow + 1;
}

static char *append_value(char *to, const char *value)
{
	int length;

	for (; *value; value += length) {
		length = character_length(value);
		if (!length) {
			to += sprintf(to, "\\\\x%02x", (unsigned char)*value);
			length = 1;
		} else if (*value == '\n') {
			to = stpcpy(to, "\\n");
		} else if (*value == '"' || *value == '\\') {
			*to++ = '\\';
			*to++ = *value;
		} else {
			memcpy(to, value, length);
			to += length;
		}
	}
	return to;
}

char *label_append(char *to, const char *start, const char *name,
		   const char *value)
{
	if (to > start)
		*to++ = ',';
	to = stpcpy(to, name);
	to = stpcpy(to, "=\"");
	to = append_value(to, value);
	return stpcpy(to, "\"");
}
