// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/Os that could not be counted, and what to do about it. The kernel does not
 * say which cause it was; all are limits that are parameters.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

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

/* What else may be raised: the module of a kernel with PREEMPT_RT has a parameter. */
static const char *rt_text(char *text, size_t size)
{
	char chunks[UNIT_TEXT_MAX];

	if (access(PARAMETERS "rt_chunks", R_OK))
		return "";
	snprintf(text, size, ", or load the module with more rt_chunks (now %s)",
		 parameter_text(chunks, PARAMETERS "rt_chunks", UNIT_NONE));
	return text;
}

void missed_warn(uint64_t missed, const char *format, ...)
{
	char limit[UNIT_TEXT_MAX], used[UNIT_TEXT_MAX], large[UNIT_TEXT_MAX];
	char about[256], rt[128];
	va_list args;

	if (!missed)
		return;
	va_start(args, format);
	vsnprintf(about, sizeof(about), format, args);
	va_end(args);
	complain("warning: %s missed %" PRIu64
		 " I/O%s because memory was short, or because too many I/Os of many areas were waiting: %s (now %s, memory_used is %s), or large_ios (now %s)%s",
		 about, missed, missed == 1 ? "" : "s",
		 "delete regions, or raise " PARAMETERS "memory_limit",
		 parameter_text(limit, PARAMETERS "memory_limit", UNIT_BYTES),
		 parameter_text(used, PARAMETERS "memory_used", UNIT_BYTES),
		 parameter_text(large, PARAMETERS "large_ios", UNIT_NONE),
		 rt_text(rt, sizeof(rt)));
}
