// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times: 100us, 10s, 1m; several of them as the bounds of a histogram.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arg/number.h"
#include "arg/time.h"
#include "out/message.h"

#define NS_PER_SECOND	1000000000ULL

/* As for dmstats(8); reading all areas takes part of that already. */
#define INTERVAL_LEAST	(NS_PER_SECOND / 1000)

/* A longer text is no time. */
#define TIME_MAX	32

/* What messages call an option, with its zero byte. */
#define WHAT_MAX	40

static char *what_of(char *what, const char *option)
{
	snprintf(what, WHAT_MAX, "--%s", option);
	return what;
}

/* Return: NULL, or what is wrong with the time: it is 0 or does not fit. */
static const char *set_ns(uint64_t value, uint64_t unit_ns, uint64_t *ns)
{
	if (!value)
		return "too small";
	if (value > INT64_MAX / unit_ns)
		return "too large";
	*ns = value * unit_ns;
	return NULL;
}

/* From the longest on. */
static const struct unit {
	const char *suffix;
	uint64_t ns;
} units[] = {
	{ "h", 3600 * NS_PER_SECOND },
	{ "m", 60 * NS_PER_SECOND },
	{ "s", NS_PER_SECOND },
	{ "ms", 1000000 },
	{ "us", 1000 },
	{ "ns", 1 },
};

#define UNITS	(sizeof(units) / sizeof(units[0]))

/* The unit that people mean by "min", "sec", "msec". Returns 0 for no such. */
static uint64_t unit_meant(const char *text)
{
	static const struct unit names[] = {
		{ "hour", 3600 * NS_PER_SECOND }, { "hr", 3600 * NS_PER_SECOND },
		{ "min", 60 * NS_PER_SECOND }, { "sec", NS_PER_SECOND },
		{ "mil", 1000000 }, { "msec", 1000000 },
		{ "mic", 1000 }, { "usec", 1000 }, { "\xc2\xb5", 1000 },
		{ "nan", 1 }, { "nsec", 1 },
	};
	size_t i;

	for (i = 0; i < UNITS; i++)
		if (strcasecmp(text, units[i].suffix) == 0)
			return units[i].ns;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncasecmp(text, names[i].suffix,
				strlen(names[i].suffix)) == 0)
			return names[i].ns;
	return 0;
}

#define NO_TIME "not a whole number and one of ns, us, ms, s, m, h"

/*
 * What to type instead of a text that is no time; @plain_ns is the unit where
 * none is written.
 */
static const char *suggest(const char *text, uint64_t plain_ns)
{
	static char suggestion[sizeof(NO_TIME ": write ") + 24];
	const char *unit = text + strspn(text, "0123456789.");
	const struct unit *whole = units;
	char *end;
	double ns = strtod(text, &end);
	uint64_t meant;

	meant = unit[strspn(unit, " ")] ?
		unit_meant(unit + strspn(unit, " ")) : plain_ns;
	ns *= meant;
	/* Neither "0x10" nor "1e3". */
	if (!isdigit((unsigned char)*text) || end != unit || ns < 1 ||
	    ns >= 0x1p63)
		return NO_TIME;
	meant = ns + 0.5;
	while (meant % whole->ns)
		whole++;
	snprintf(suggestion, sizeof(suggestion), NO_TIME ": write %" PRIu64 "%s",
		 meant / whole->ns, whole->suffix);
	return suggestion;
}

static const char *unit_missing(uint64_t value)
{
	static char message[sizeof("a unit is missing: write ") + 6 * 26];
	size_t i, end;

	end = sprintf(message, "a unit is missing: write ");
	for (i = UNITS; i--; )
		end += sprintf(message + end, "%" PRIu64 "%s%s", value,
			       units[i].suffix, i > 1 ? ", " : i ? " or " : "");
	return message;
}

static const char *parse(const char *text, uint64_t plain_ns, uint64_t *ns)
{
	const char *end;
	uint64_t value;
	size_t i;

	end = digits_parse(text, &value);
	for (i = 0; end && i < UNITS; i++)
		if (strcmp(end, units[i].suffix) == 0)
			return set_ns(value, units[i].ns, ns);
	if (end && !*end && value)
		return unit_missing(value);
	return suggest(text, plain_ns);
}

const char *time_text_parse(const char *text, uint64_t *ns)
{
	return parse(text, 0, ns);
}

/* Ends the program if @wrong says that something is. */
static void check(const char *what, const char *text, const char *wrong)
{
	if (wrong)
		usage("%s '%s': %s", what, text, wrong);
}

uint64_t time_parse(const char *what, const char *text)
{
	uint64_t ns = 0;

	check(what, text, time_text_parse(text, &ns));
	return ns;
}

uint64_t time_option_parse(const char *option, const char *text)
{
	char what[WHAT_MAX];

	return time_parse(what_of(what, option), text);
}

uint64_t interval_parse(const char *option, const char *text)
{
	char what[WHAT_MAX];
	const char *end;
	uint64_t value, ns = 0;

	what_of(what, option);
	end = digits_parse(text, &value);
	if (end && !*end)
		check(what, text, set_ns(value, NS_PER_SECOND, &ns));
	else
		check(what, text, parse(text, NS_PER_SECOND, &ns));
	if (ns < INTERVAL_LEAST)
		usage("--%s '%s': too small: give 1ms or more", option, text);
	return ns;
}

/* ------------------------------------------------------------------ bounds */

#define TEXT(value)	TEXT_OF(value)
#define TEXT_OF(value)	#value

const char *bounds_add(struct bounds *bounds, const char *text)
{
	const uint32_t i = bounds->count;
	const char *wrong;

	if (i == DMSTAT_BOUNDS_MAX)
		return "more than " TEXT(DMSTAT_BOUNDS_MAX) " times";
	wrong = time_text_parse(text, &bounds->ns[i]);
	if (wrong)
		return wrong;
	if (i && bounds->ns[i] <= bounds->ns[i - 1])
		return "not longer than the time before it";
	bounds->count++;
	return NULL;
}

void bounds_automatic(struct bounds *bounds)
{
	bounds->count = DMSTAT_FLUSH_BINS - 1;
	memcpy(bounds->ns, dmstat_flush_bounds(),
	       bounds->count * sizeof(*bounds->ns));
}

void bounds_parse(const char *option, const char *text, struct bounds *bounds)
{
	char one[TIME_MAX], what[WHAT_MAX];
	size_t length;

	what_of(what, option);
	if (strcmp(text, BOUNDS_AUTOMATIC) == 0) {
		bounds_automatic(bounds);
		return;
	}
	bounds->count = 0;
	do {
		length = strcspn(text, ",");
		if (length >= sizeof(one))
			usage("--%s '%.*s': not a time", option, (int)length,
			      text);
		memcpy(one, text, length);
		one[length] = '\0';
		check(what, one, bounds_add(bounds, one));
		text += length;
	} while (*text++);
}
