/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Areas: how an area and its counters are shown.
 */
#ifndef DMSTAT_NL_AREA_H
#define DMSTAT_NL_AREA_H

#include <stdbool.h>

#include <dmstat.h>

struct bounds;
struct output;

/** area_fit() - make the columns suit the terminal */
void area_fit(void);

/** area_print() - one row; returns as output_row_end() */
int area_print(struct output *out, const struct dmstat_area *area,
	       const struct bounds *bounds);

/**
 * area_print_dmstats() - one line as the kernel's dm-stats prints it
 * @out: the output
 * @area: the area
 * @precise: times in nanoseconds, as of a region with precise_timestamps, not
 *           in milliseconds
 *
 * Return: as output_row_end().
 */
int area_print_dmstats(struct output *out, const struct dmstat_area *area,
		       bool precise);

#endif /* DMSTAT_NL_AREA_H */
