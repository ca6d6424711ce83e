/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Axes and legends: round values, and where they are.
 */
#ifndef DMSTAT_NL_AXIS_H
#define DMSTAT_NL_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/measure.h"

struct grid_time;

/* More marks than that are not put on an axis. */
#define AXIS_MARKS	12

/* Room for the text of a mark. */
#define AXIS_TEXT_MAX	48

/**
 * struct axis_mark - a mark of an axis
 * @at: where, in the axis's own unit
 * @text: what stands beside it
 */
struct axis_mark {
	double at;
	char text[AXIS_TEXT_MAX];
};

/**
 * axis_round_up() - find a round value that is not less
 * @value: above 0
 * @binary: a power of two; else 1, 2 or 5 times a power of ten
 */
double axis_round_up(double value, bool binary);

/** axis_round_down() - find a round value that is not more */
double axis_round_down(double value, bool binary);

/*
 * The marks of an axis: each function fills at most AXIS_MARKS and returns how
 * many.
 */

/** axis_time() - times of day, in nanoseconds since the Epoch */
size_t axis_time(struct axis_mark *marks, const struct grid_time *time);

/** axis_position() - positions, in sectors, from @start to @end */
size_t axis_position(struct axis_mark *marks, uint64_t start, uint64_t end);

/** axis_latency() - times on a logarithmic axis, in nanoseconds */
size_t axis_latency(struct axis_mark *marks, double low, double high);

/** axis_values() - values on a logarithmic scale; without their unit if it is
 * the same for all
 */
size_t axis_values(struct axis_mark *marks, enum measure measure, double least,
		   double most);

#endif /* DMSTAT_NL_AXIS_H */
