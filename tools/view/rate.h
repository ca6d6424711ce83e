/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the rates of an area in an interval are shown.
 */
#ifndef DMSTAT_NL_RATE_H
#define DMSTAT_NL_RATE_H

#include <stdbool.h>

#include <dmstat.h>

struct bounds;
struct output;

/** rate_fit() - leave columns out until they fit the terminal */
void rate_fit(void);

/** rate_is_idle() - whether nothing happened in the area */
bool rate_is_idle(const struct dmstat_delta *delta);

/** rate_print() - print a row; returns as output_row_end() */
int rate_print(struct output *out, const struct dmstat_delta *delta,
	       const struct bounds *bounds);

#endif /* DMSTAT_NL_RATE_H */
