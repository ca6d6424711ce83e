/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A strip: values of neighbouring areas as a line of cells, fitted to a width.
 * Levels are logarithmic, so that a few I/Os beside a hot spot still show.
 *
 *	struct strip_scale scale;
 *
 *	strip_scale_init(&scale, colour_depth(), colour_utf8());
 *	width = strip_width(areas, columns);
 *	strip_fit(values, areas, cells, width);
 *	strip_scale_cover(&scale, cells, width);
 *	for (i = 0; i < width; i++)
 *		paint(strip_cell(&scale, cells[i]));
 *
 * A mean, as of latency, is made of two sums: fit both, then divide.
 */
#ifndef DMSTAT_NL_STRIP_H
#define DMSTAT_NL_STRIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out/colour.h"

/* Of how many powers of ten a scale is; what is below has the lowest level. */
#define STRIP_DECADES	4

/**
 * struct strip_scale - which level a value has
 * @depth: how levels are shown
 * @utf8: characters may be UTF-8
 * @binary: it ends at powers of two, as suits bytes; false at first
 * @levels: how many there are besides 0, which is nothing
 * @most: the highest level is reached here; 0: no value was seen yet
 */
struct strip_scale {
	enum colour_depth depth;
	bool utf8;
	bool binary;
	unsigned int levels;
	double most;
};

/**
 * struct strip_cell - how a value is shown
 * @level: 0 to the levels of the scale
 * @glyph: what is printed: a character of one column
 * @colour: its background in xterm's palette; not COLOUR_NONE
 */
struct strip_cell {
	unsigned int level;
	const char *glyph;
	uint8_t colour;
};

/** strip_scale_init() - begin a scale, which grows by strip_scale_cover() */
void strip_scale_init(struct strip_scale *scale, enum colour_depth depth,
		      bool utf8);

/**
 * strip_scale_cover() - make the scale reach all of some values
 * @scale: the scale
 * @values: the values
 * @count: how many
 *
 * It grows to 1, 2 or 5 times a power of ten, or to a power of two, so that it
 * seldom changes.
 *
 * Return: whether it has changed: the legend is another.
 */
bool strip_scale_cover(struct strip_scale *scale, const double *values,
		       size_t count);

/** strip_scale_least() - the value at which the lowest level begins */
double strip_scale_least(const struct strip_scale *scale);

/** strip_cell() - how a value is shown; 0 and less is level 0 */
struct strip_cell strip_cell(const struct strip_scale *scale, double value);

/** strip_cell_of() - how a level is shown, for a legend */
struct strip_cell strip_cell_of(const struct strip_scale *scale,
				unsigned int level);

/**
 * strip_width() - how many cells a strip takes
 * @count: how many values
 * @columns: how many cells there is room for
 *
 * Return: @columns or less: all values get the same number of cells if there
 * are not more of them than cells.
 */
size_t strip_width(size_t count, size_t columns);

/**
 * strip_fit() - distribute values over cells
 * @values: the values, sums of what happened in areas of equal size
 * @count: how many
 * @cells: set to the sums for each cell; a value that lies in several cells is
 *         divided among them, unless each value has cells of its own, which
 *         then show it whole
 * @width: how many cells, as strip_width() returned it
 */
void strip_fit(const double *values, size_t count, double *cells,
	       size_t width);

/** strip_put() - print cells on stdout; nothing else of the line */
void strip_put(const struct strip_scale *scale, const double *cells,
	       size_t width);

/** strip_put_legend() - print the levels, rising, in at most @width columns */
void strip_put_legend(const struct strip_scale *scale, size_t width);

#endif /* DMSTAT_NL_STRIP_H */
