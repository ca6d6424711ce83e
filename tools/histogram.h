/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms: how many I/Os took how long.
 */
#ifndef DMSTAT_NL_HISTOGRAM_H
#define DMSTAT_NL_HISTOGRAM_H

#include <stdint.h>

#include <dmstat.h>

struct context;
struct output;

/**
 * struct bounds - between which I/Os are counted
 * @count: how many
 * @ns: rising, in nanoseconds
 */
struct bounds {
	uint32_t count;
	uint64_t ns[DMSTAT_BOUNDS_MAX];
};

/** parse_bounds() - the argument of --histogram: times with commas between */
void parse_bounds(struct context *context, const char *text,
		  struct bounds *bounds);

/**
 * histogram_values() - in JSON, the bins of an operation
 * @out: where to
 * @bounds: of its region; if there are none, nothing is printed
 * @histogram: of the operation, or NULL: it saw no I/O, so all bins are zero
 */
void histogram_values(struct output *out, const struct bounds *bounds,
		      const struct dmstat_histogram *histogram);

/** histogram_complain() - say that a region has none */
void histogram_complain(uint32_t region_id);

/**
 * histogram_print() - an area's histograms, for people
 * @out: where to
 * @bounds: of its region
 * @area: the area
 *
 * Return: 0, or 1 if the output cannot be written.
 */
int histogram_print(struct output *out, const struct bounds *bounds,
		    const struct dmstat_area *area);

/** histogram_print_delta() - the same of an interval */
int histogram_print_delta(struct output *out, const struct bounds *bounds,
			  const struct dmstat_delta *delta);

#endif /* DMSTAT_NL_HISTOGRAM_H */
