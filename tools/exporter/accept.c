// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format that a client asks for by the header Accept:
 *
 *	application/openmetrics-text;version=1.0.0, text/plain;version=0.0.4;q=0.5
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exporter/accept.h"

#define SPACES		" \t"

#define OPENMETRICS	"application/openmetrics-text"

/* A range of media types, with its parameters: what is between two commas. */
struct range {
	const char *text;
	size_t length;
};

static bool equals(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && !strncasecmp(text, word, length);
}

/* Without spaces at either end. */
static struct range trimmed(const char *text, size_t length)
{
	struct range range;

	range.text = text + strspn(text, SPACES);
	if (range.text > text + length)
		range.text = text + length;
	range.length = text + length - range.text;
	while (range.length && strchr(SPACES, range.text[range.length - 1]))
		range.length--;
	return range;
}

static struct range type_of(const struct range *range)
{
	const char *end = memchr(range->text, ';', range->length);

	return trimmed(range->text, end ? (size_t)(end - range->text) :
					  range->length);
}

/* The value of a parameter; its text is NULL if there is none. */
static struct range parameter(const struct range *range, const char *name)
{
	const char *end = range->text + range->length;
	const char *at = memchr(range->text, ';', range->length), *next;
	const char *equal;
	struct range key;

	for (; at; at = next) {
		at++;
		next = memchr(at, ';', end - at);
		equal = memchr(at, '=', (next ? next : end) - at);
		if (!equal)
			continue;
		key = trimmed(at, equal - at);
		if (equals(key.text, key.length, name))
			return trimmed(equal + 1,
				       (next ? next : end) - equal - 1);
	}
	return (struct range){ NULL, 0 };
}

/* How much it is wanted, 0 to 1. */
static double weight(const struct range *range)
{
	const struct range q = parameter(range, "q");
	double value;

	if (!q.text)
		return 1;
	value = strtod(q.text, NULL);
	return value >= 0 && value <= 1 ? value : 0;
}

/* Whether it is of a version that we write. */
static bool is_ours(const struct range *range)
{
	const struct range version = parameter(range, "version");

	return !version.text ||
	       equals(version.text, version.length, "1.0.0") ||
	       equals(version.text, version.length, "\"1.0.0\"");
}

/* What a client wants, and how much. */
struct wishes {
	double openmetrics;
	double plain;
	double text;
	double any;
};

static void add_wish(struct wishes *wishes, const struct range *range)
{
	const struct range type = type_of(range);
	const double q = weight(range);

	if (equals(type.text, type.length, OPENMETRICS)) {
		if (is_ours(range) && q > wishes->openmetrics)
			wishes->openmetrics = q;
	} else if (equals(type.text, type.length, "text/plain")) {
		if (q > wishes->plain)
			wishes->plain = q;
	} else if (equals(type.text, type.length, "text/*")) {
		wishes->text = q;
	} else if (equals(type.text, type.length, "*/*")) {
		wishes->any = q;
	}
}

enum exposition_format accept_format(const char *accept)
{
	struct wishes wishes = { -1, -1, -1, -1 };
	struct range range;
	double plain;
	size_t length;

	for (; accept && *accept; accept += length + (accept[length] == ',')) {
		length = strcspn(accept, ",");
		range = trimmed(accept, length);
		add_wish(&wishes, &range);
	}
	plain = wishes.plain >= 0 ? wishes.plain :
		wishes.text >= 0 ? wishes.text : wishes.any;
	if (wishes.openmetrics > 0 && wishes.openmetrics >= plain)
		return EXPOSITION_OPENMETRICS;
	return EXPOSITION_PROMETHEUS;
}
