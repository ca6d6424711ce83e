// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/Os that could not be counted, and what to do about it. The kernel does not
 * say which of the two causes it was; both are limits that are parameters.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "arg/number.h"
#include "out/message.h"
#include "out/unit.h"
#include "view/missed.h"

#define PARAMETERS	"/sys/module/dmstat/parameters/"

/* A parameter as text; "unknown" if it cannot be read. */
static char *parameter_text(char *text, const char *path, enum unit unit)
{
	FILE *file = fopen(path, "re");
	char line[32] = "";
	uint64_t value;

	if (file) {
		if (!fgets(line, sizeof(line), file))
			line[0] = '\0';
		fclose(file);
	}
	if (digits_parse(line, &value))
		return unit_format(text, unit, value);
	snprintf(text, UNIT_TEXT_MAX, "unknown");
	return text;
}

void missed_warn(uint64_t missed, const char *format, ...)
{
	char limit[UNIT_TEXT_MAX], used[UNIT_TEXT_MAX], large[UNIT_TEXT_MAX];
	char about[256];
	va_list args;

	if (!missed)
		return;
	va_start(args, format);
	vsnprintf(about, sizeof(about), format, args);
	va_end(args);
	complain("warning: %s missed %" PRIu64
		 " I/O%s because memory was short, or because too many I/Os of many areas were waiting: %s (now %s, memory_used is %s), or large_ios (now %s)",
		 about, missed, missed == 1 ? "" : "s",
		 "delete regions, or raise " PARAMETERS "memory_limit",
		 parameter_text(limit, PARAMETERS "memory_limit", UNIT_BYTES),
		 parameter_text(used, PARAMETERS "memory_used", UNIT_BYTES),
		 parameter_text(large, PARAMETERS "large_ios", UNIT_NONE));
}
