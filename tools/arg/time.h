/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Times: 100us, 10s, 1m; several of them as the bounds of a histogram.
 */
#ifndef DMSTAT_NL_TIME_H
#define DMSTAT_NL_TIME_H

#include <stdint.h>

#include <dmstat.h>

/**
 * struct bounds - the bounds between the bins of a histogram
 * @count: how many
 * @ns: rising, in nanoseconds
 */
struct bounds {
	uint32_t count;
	uint64_t ns[DMSTAT_BOUNDS_MAX];
};

/**
 * time_parse() - read a time
 * @what: what the message calls it: "--slow", "TIME"
 * @text: a whole number and ns, us, ms, s, m or h; the unit is required, because
 *        people mean different ones
 *
 * Ends the program if that is no such time, or 0.
 *
 * Return: nanoseconds.
 */
uint64_t time_parse(const char *what, const char *text);

/** time_option_parse() - read the time of an option, called by its name */
uint64_t time_option_parse(const char *option, const char *text);

/**
 * interval_parse() - read a time that need not have a unit
 * @option: the option's name, for the message
 * @text: a whole number and ns, us, ms, s, m or h; without a unit, seconds
 *
 * Ends the program if that is no such time, or less than 1 ms.
 *
 * Return: nanoseconds.
 */
uint64_t interval_parse(const char *option, const char *text);

/**
 * bounds_parse() - read rising times, with commas between them
 * @option: the option's name, for the message
 * @text: each a whole number and ns, us, ms, s, m or h; the unit is required,
 *        because dmstats(8) takes a bare number for nanoseconds and people mean
 *        seconds
 * @bounds: set to the times
 *
 * Ends the program if they are wrong, do not rise, or are too many.
 */
void bounds_parse(const char *option, const char *text, struct bounds *bounds);

#endif /* DMSTAT_NL_TIME_H */
