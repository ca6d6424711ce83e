// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far something is that takes longer than a second, on stderr.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "out/progress.h"
#include "out/text.h"

#define NS_PER_SECOND	1000000000ULL

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

void progress_begin(struct progress *progress)
{
	*progress = (struct progress) { .next_ns = now_ns() + NS_PER_SECOND };
}

bool progress_due(struct progress *progress)
{
	const uint64_t now = now_ns();

	if (now < progress->next_ns)
		return false;
	progress->next_ns = now + NS_PER_SECOND;
	return true;
}

/* The name of a file may be in it. */
void progress_say(struct progress *progress, const char *format, ...)
{
	const bool terminal = isatty(STDERR_FILENO);
	char *text, *escaped;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return;
	escaped = text_escaped(text, false);
	fprintf(stderr, "%sdmstat-nl: %s%s", terminal ? "\r\033[K" : "",
		escaped ? escaped : "", terminal ? "" : "\n");
	progress->shown = terminal;
	free(escaped);
	free(text);
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
