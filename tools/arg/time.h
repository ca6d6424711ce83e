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
 * time_text_parse() - read a time
 * @text: a whole number and ns, us, ms, s, m or h; the unit is required, because
 *        people mean different ones
 * @ns: set to the time, in nanoseconds, above 0
 *
 * Return: NULL, or what is wrong with the text, valid until the next call.
 */
const char *time_text_parse(const char *text, uint64_t *ns);

/**
 * time_parse() - read a time of the command line
 * @what: what the message calls it: "--slow", "TIME"
 * @text: as for time_text_parse()
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

/** BOUNDS_AUTOMATIC - instead of times: those of bounds_automatic() */
#define BOUNDS_AUTOMATIC	"auto"

/**
 * bounds_add() - add a time to the bounds of a histogram
 * @bounds: the bounds so far
 * @text: the time, as for time_text_parse(), longer than those before it
 *
 * Return: NULL, or what is wrong with the text, valid until the next call.
 */
const char *bounds_add(struct bounds *bounds, const char *text);

/** bounds_automatic() - set the bounds to powers of two of a microsecond */
void bounds_automatic(struct bounds *bounds);

/**
 * bounds_parse() - read rising times, with commas between them
 * @option: the option's name, for the message
 * @text: BOUNDS_AUTOMATIC, or times, each as for time_text_parse(); the unit is
 *        required, because dmstats(8) takes a bare number for nanoseconds and
 *        people mean seconds
 *
 * Ends the program if they are wrong, do not rise, or are too many.
 */
void bounds_parse(const char *option, const char *text, struct bounds *bounds);

#endif /* DMSTAT_NL_TIME_H */
