/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the flushes of a device are shown, and those of an interval.
 */
#ifndef DMSTAT_NL_FLUSH_H
#define DMSTAT_NL_FLUSH_H

#include <stdbool.h>
#include <stdint.h>

#include <dmstat.h>

struct output;

/**
 * struct flush_rate - the flushes of an interval
 * @growth: how much each counter has grown, except in_flight, which is that at
 *          the end of the interval, and longest_ns, which is the longest time in
 *          the interval or, if that is not known, an upper bound of it
 * @longest_least_ns: a lower bound of the longest time in the interval
 * @mean_ns: mean time of a flush; 0 if there was none
 * @ios_per_s: flushes a second
 * @utilization: share of the time with a flush in flight, 0 to 1
 */
struct flush_rate {
	struct dmstat_flush growth;
	uint64_t longest_least_ns;
	uint64_t mean_ns;
	double ios_per_s;
	double utilization;
};

/** flush_copy() - copy a device's flushes; all zero if it has none */
struct dmstat_flush flush_copy(const struct dmstat_device *device);

/** flush_is_idle() - whether there is nothing to show */
bool flush_is_idle(const struct dmstat_flush *flush);

/** flush_object() - print the object "flush", in JSON only */
void flush_object(struct output *out, const struct dmstat_flush *flush);

/* Room for the text of flush_describe(). */
#define FLUSH_TEXT_MAX	256

/**
 * flush_describe() - describe flushes in words
 * @text: FLUSH_TEXT_MAX bytes
 * @flush: the flushes
 *
 * Return: @text: "20 flushes (mean 40.1 ms, longest 43.7 ms), 1 in flight".
 */
char *flush_describe(char *text, const struct dmstat_flush *flush);

/** flush_rate_object() - print those of an interval, in JSON only */
void flush_rate_object(struct output *out, const struct flush_rate *rate);

#endif /* DMSTAT_NL_FLUSH_H */
