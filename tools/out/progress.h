/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far something is that takes longer than a second, on stderr.
 */
#ifndef DMSTAT_NL_PROGRESS_H
#define DMSTAT_NL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct progress - something that takes time
 * @next_ns: when it is said next how far it is, as of CLOCK_MONOTONIC
 * @shown: a line on the terminal is to be ended, or wiped out
 */
struct progress {
	uint64_t next_ns;
	bool shown;
};

/** progress_begin() - it begins now */
void progress_begin(struct progress *progress);

/** progress_due() - whether a second has passed since it was said last */
bool progress_due(struct progress *progress);

/**
 * progress_say() - say how far it is, as printf()
 * @progress: it; progress_due() has just been true
 * @format: the words, without a new line
 *
 * On a terminal the next one takes its place.
 */
void progress_say(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** progress_end() - it has ended: the last words go from the terminal */
void progress_end(struct progress *progress);

#endif /* DMSTAT_NL_PROGRESS_H */
