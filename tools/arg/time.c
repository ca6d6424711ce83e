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

/* Ends the program if the time is 0 or does not fit. */
static uint64_t time_ns(const char *what, const char *text, uint64_t value,
			uint64_t unit_ns)
{
	if (!value || value > INT64_MAX / unit_ns)
		usage("%s '%s': too %s", what, text,
		      value ? "large" : "small");
	return value * unit_ns;
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

/*
 * Ends the program, with what to type instead of a text that is no time;
 * @plain_ns is the unit where none is written.
 */
static void __attribute__((noreturn))
refuse(const char *what, const char *text, uint64_t plain_ns)
{
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
		usage("%s '%s': not a whole number and one of ns, us, ms, s, m, h",
		      what, text);
	meant = ns + 0.5;
	while (meant % whole->ns)
		whole++;
	usage("%s '%s': not a whole number and one of ns, us, ms, s, m, h: write %" PRIu64 "%s",
	      what, text, meant / whole->ns, whole->suffix);
}

static uint64_t parse(const char *what, const char *text, uint64_t plain_ns)
{
	const char *end;
	uint64_t value;
	size_t i;

	end = digits_parse(text, &value);
	for (i = 0; end && i < UNITS; i++)
		if (strcmp(end, units[i].suffix) == 0)
			return time_ns(what, text, value, units[i].ns);
	if (end && !*end && value)
		usage("%s '%s': a unit is missing: write %sns, %sus, %sms, %ss, %sm or %sh",
		      what, text, text, text, text, text, text, text);
	refuse(what, text, plain_ns);
}

uint64_t time_parse(const char *what, const char *text)
{
	return parse(what, text, 0);
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
	uint64_t value;

	what_of(what, option);
	end = digits_parse(text, &value);
	if (end && !*end)
		value = time_ns(what, text, value, NS_PER_SECOND);
	else
		value = parse(what, text, NS_PER_SECOND);
	if (value < INTERVAL_LEAST)
		usage("--%s '%s': too small: give 1ms or more", option, text);
	return value;
}

/* One of the times, which is longer than the one before it. */
static void add_bound(const char *option, const char *text,
		      struct bounds *bounds)
{
	const uint32_t i = bounds->count;

	bounds->ns[i] = time_option_parse(option, text);
	if (i && bounds->ns[i] <= bounds->ns[i - 1])
		usage("--%s: '%s' is not longer than the time before it",
		      option, text);
	bounds->count++;
}

void bounds_parse(const char *option, const char *text, struct bounds *bounds)
{
	char one[TIME_MAX];
	size_t length;

	bounds->count = 0;
	do {
		length = strcspn(text, ",");
		if (bounds->count == DMSTAT_BOUNDS_MAX)
			usage("--%s: more than %d times", option,
			      DMSTAT_BOUNDS_MAX);
		if (length >= sizeof(one))
			usage("--%s '%.*s': not a time", option, (int)length,
			      text);
		memcpy(one, text, length);
		one[length] = '\0';
		add_bound(option, one, bounds);
		text += length;
	} while (*text++);
}
