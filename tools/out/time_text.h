/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dates and times, as people read them.
 */
#ifndef DMSTAT_NL_TIME_TEXT_H
#define DMSTAT_NL_TIME_TEXT_H

#include <stdint.h>

/* Room for each of these texts, with its zero byte. */
#define TIME_TEXT_MAX	40

/** time_now() - nanoseconds since the Epoch */
uint64_t time_now(void);

/**
 * time_text() - write a time, in the local time zone
 * @text: TIME_TEXT_MAX bytes
 * @ns: nanoseconds since the Epoch
 *
 * Return: @text: "2026-11-26 11:27:15".
 */
char *time_text(char *text, uint64_t ns);

/* Room for the text of time_age_text(), with its zero byte. */
#define AGE_TEXT_MAX	32

/**
 * time_age_text() - write how long ago a time was
 * @text: AGE_TEXT_MAX bytes
 * @ns: nanoseconds since the Epoch
 * @now: the present, likewise; earlier than @ns if the clock was set back
 *
 * Return: @text, in the largest unit of which there are two or more: "95 s",
 * "40 min", "47 h", "12 d".
 */
char *time_age_text(char *text, uint64_t ns, uint64_t now);

/** time_text_ms() - write it with milliseconds: "2026-11-26 11:27:15.123" */
char *time_text_ms(char *text, uint64_t ns);

/** time_zone_text() - write what the local time zone is called then: "UTC" */
char *time_zone_text(char *text, uint64_t ns);

#endif /* DMSTAT_NL_TIME_TEXT_H */
