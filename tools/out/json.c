// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON on stdout.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "out/json.h"
#include "out/text.h"
#include "out/unit.h"

/* The largest double has some 310 digits before the point. */
#define REAL_TEXT_MAX	400

/* Print what comes before a value: a comma, and its key. */
static void put_key(struct json *json, const char *key)
{
	if (json->comma)
		text_put(", ", 2);
	json->comma = true;
	if (key) {
		text_put_char('"');
		text_put(key, strlen(key));
		text_put("\": ", 3);
	}
}

void json_open(struct json *json, const char *key, char bracket)
{
	put_key(json, key);
	text_put_char(bracket);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	text_put_char(bracket);
	json->comma = true;
}

/* A line for each row, so that people can read it and grep works. */
void json_open_row(struct json *json)
{
	if (json->comma)
		text_put_char(',');
	text_put("\n{", 2);
	json->comma = false;
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	char text[UNIT_TEXT_MAX];

	put_key(json, key);
	text_put(text, unit_digits(text, value));
}

/* Without zeros at its end. */
void json_real(struct json *json, const char *key, double value)
{
	char text[REAL_TEXT_MAX];
	size_t length = snprintf(text, sizeof(text), "%.6f", value);

	while (text[length - 1] == '0')
		length--;
	if (text[length - 1] == '.')
		length--;
	put_key(json, key);
	text_put(text, length);
}

void json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	text_put(value ? "true" : "false", value ? 4 : 5);
}

void json_raw(struct json *json, const char *key, const char *value)
{
	put_key(json, key);
	text_put(value, strlen(value));
}

void json_string(struct json *json, const char *key, const char *value)
{
	put_key(json, key);
	text_put_char('"');
	text_put_escaped(value, true);
	text_put_char('"');
}
