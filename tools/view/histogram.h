/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms: how many I/Os took how long.
 */
#ifndef DMSTAT_NL_HISTOGRAM_H
#define DMSTAT_NL_HISTOGRAM_H

#include <dmstat.h>

struct bounds;
struct output;

/** histogram_bounds() - copy the bounds of a region; none if it has none */
void histogram_bounds(struct bounds *bounds,
		      const struct dmstat_region *region);

/**
 * histogram_fields() - print the bins of an operation, in JSON only
 * @out: the output
 * @bounds: those of its region; if there are none, nothing is printed
 * @histogram: that of the operation, or NULL if it saw no I/O: all bins are zero
 */
void histogram_fields(struct output *out, const struct bounds *bounds,
		      const struct dmstat_histogram *histogram);

/**
 * histogram_print() - print an area's histograms, for people
 * @out: the output
 * @bounds: those of its region
 * @area: the area
 *
 * Return: 0, or 1 if the output cannot be written.
 */
int histogram_print(struct output *out, const struct bounds *bounds,
		    const struct dmstat_area *area);

#endif /* DMSTAT_NL_HISTOGRAM_H */
