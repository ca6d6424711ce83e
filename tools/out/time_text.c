// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dates and times, as people read them.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "out/time_text.h"

#define NS_PER_SECOND	1000000000ULL
#define NS_PER_MS	1000000ULL

uint64_t time_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

char *time_text(char *text, uint64_t ns)
{
	time_t seconds = ns / NS_PER_SECOND;
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	if (!strftime(text, TIME_TEXT_MAX, "%F %T", &tm))
		*text = '\0';
	return text;
}

char *time_age_text(char *text, uint64_t ns, uint64_t now)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" } };
	const uint64_t age = now > ns ? (now - ns) / NS_PER_SECOND : 0;
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (age >= 2 * units[i].seconds) {
			snprintf(text, AGE_TEXT_MAX, "%" PRIu64 " %s",
				 age / units[i].seconds, units[i].name);
			return text;
		}
	}
	snprintf(text, AGE_TEXT_MAX, "%" PRIu64 " s", age);
	return text;
}

char *time_text_ms(char *text, uint64_t ns)
{
	size_t length = strlen(time_text(text, ns));

	snprintf(text + length, TIME_TEXT_MAX - length, ".%03u",
		 (unsigned int)(ns % NS_PER_SECOND / NS_PER_MS));
	return text;
}

char *time_zone_text(char *text, uint64_t ns)
{
	time_t seconds = ns / NS_PER_SECOND;
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	if (!strftime(text, TIME_TEXT_MAX, "%Z", &tm))
		*text = '\0';
	return text;
}
