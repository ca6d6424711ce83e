/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How an area and its counters are shown.
 */
#ifndef DMSTAT_NL_VIEW_AREA_H
#define DMSTAT_NL_VIEW_AREA_H

#include <stdbool.h>

#include <dmstat.h>

struct bounds;
struct output;

/** area_fit() - leave columns out until they fit the terminal */
void area_fit(void);

/** area_print() - print a row; returns as output_row_end() */
int area_print(struct output *out, const struct dmstat_area *area,
	       const struct bounds *bounds);

/**
 * area_print_dmstats() - print a line as the kernel's dm-stats does
 * @out: the output
 * @area: the area
 * @precise: times in nanoseconds, not milliseconds, as dm-stats does for a
 *           region with precise_timestamps
 *
 * Return: as output_row_end().
 */
int area_print_dmstats(struct output *out, const struct dmstat_area *area,
		       bool precise);

#endif /* DMSTAT_NL_VIEW_AREA_H */
