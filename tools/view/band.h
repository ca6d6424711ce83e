/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps as text: a row an interval, or one strip of all that was counted.
 */
#ifndef DMSTAT_NL_BAND_H
#define DMSTAT_NL_BAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/strip.h"

struct map;
struct maps;
struct output;

/**
 * struct band - how rows are printed
 * @out: the output
 * @scale: of all rows
 * @columns: how wide they may be
 * @interval: how long intervals are to be, in nanoseconds; 0: not known yet
 * @titled: how many maps have been named
 * @since_heading: how many lines were printed after the last heading
 */
struct band {
	struct output *out;
	struct strip_scale scale;
	size_t columns;
	uint64_t interval;
	size_t titled;
	unsigned int since_heading;
};

/**
 * band_init() - begin
 * @band: set up
 * @out: the output
 * @depth: which colours to use
 * @binary: values are bytes
 * @interval: how long an interval is to be, in nanoseconds; 0: as the first one
 */
void band_init(struct band *band, struct output *out, enum colour_depth depth,
	       bool binary, uint64_t interval);

/**
 * band_rows() - print the last interval of each map that has one of this time
 * @band: how
 * @maps: the maps
 *
 * Return: 0; 1 if they cannot be written; -ENOMEM.
 */
int band_rows(struct band *band, const struct maps *maps);

/** band_once() - print each map as one strip of all that was counted */
int band_once(struct band *band, const struct maps *maps);

/** band_summaries() - print where the I/O was, a line a map */
int band_summaries(struct band *band, const struct maps *maps);

#endif /* DMSTAT_NL_BAND_H */
