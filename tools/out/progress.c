// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far something is that takes longer than a second, on stderr.
 */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "out/progress.h"

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

void progress_say(struct progress *progress, const char *format, ...)
{
	const bool terminal = isatty(STDERR_FILENO);
	va_list args;

	fprintf(stderr, "%sdmstat-nl: ", terminal ? "\r\033[K" : "");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	if (!terminal)
		fputc('\n', stderr);
	progress->shown = terminal;
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
