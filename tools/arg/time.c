// SPDX-License-Identifier: GPL-2.0-only
/*
 * Times: 100us, 10s, 1m; several of them as the bounds of a histogram.
 */
#include <stddef.h>
#include <string.h>

#include "arg/number.h"
#include "arg/time.h"
#include "out/message.h"

#define NS_PER_SECOND	1000000000ULL

/* As for dmstats(8); reading all areas takes part of that already. */
#define INTERVAL_LEAST	(NS_PER_SECOND / 1000)

/* A longer text is no time. */
#define TIME_MAX	32

/* Ends the program if the time is 0 or does not fit. */
static uint64_t time_ns(const char *option, const char *text, uint64_t value,
			uint64_t unit_ns)
{
	if (!value || value > INT64_MAX / unit_ns)
		usage("--%s '%s': too %s", option, text,
		      value ? "large" : "small");
	return value * unit_ns;
}

static uint64_t time_parse(const char *option, const char *text)
{
	static const struct {
		const char *suffix;
		uint64_t ns;
	} units[] = {
		{ "s", NS_PER_SECOND },
		{ "ms", 1000000 },
		{ "us", 1000 },
		{ "ns", 1 },
		{ "m", 60 * NS_PER_SECOND },
		{ "h", 3600 * NS_PER_SECOND },
	};
	const char *end;
	uint64_t value;
	size_t i;

	end = digits_parse(text, &value);
	for (i = 0; end && i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(end, units[i].suffix) == 0)
			return time_ns(option, text, value, units[i].ns);
	if (end && !*end && value)
		usage("--%s '%s': a unit is missing: write %sns, %sus, %sms, %ss, %sm or %sh",
		      option, text, text, text, text, text, text, text);
	usage("--%s '%s': not a whole number and one of ns, us, ms, s, m, h",
	      option, text);
}

uint64_t interval_parse(const char *option, const char *text)
{
	const char *end;
	uint64_t value;

	end = digits_parse(text, &value);
	if (end && !*end)
		value = time_ns(option, text, value, NS_PER_SECOND);
	else
		value = time_parse(option, text);
	if (value < INTERVAL_LEAST)
		usage("--%s '%s': too small: give 1ms or more", option, text);
	return value;
}

/* One of the times, which is longer than the one before it. */
static void add_bound(const char *option, const char *text,
		      struct bounds *bounds)
{
	const uint32_t i = bounds->count;

	bounds->ns[i] = time_parse(option, text);
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
