// SPDX-License-Identifier: GPL-2.0-only
/*
 * A strip: values of neighbouring areas as a line of cells, fitted to a width.
 */
#include <math.h>
#include <string.h>

#include "out/text.h"
#include "view/axis.h"
#include "view/strip.h"

static const char *const blocks[] = {
	" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
};

static const char *const ascii[] = {
	" ", ".", ":", "-", "=", "+", "*", "#",
};

#define LAST_OF(array) (sizeof(array) / sizeof((array)[0]) - 1)

void strip_scale_init(struct strip_scale *scale, enum colour_depth depth,
		      bool utf8)
{
	*scale = (struct strip_scale) {
		.depth = depth,
		.utf8 = utf8,
		.levels = depth != COLOUR_NONE ? colour_levels(depth) :
			  utf8 ? LAST_OF(blocks) : LAST_OF(ascii),
	};
}

bool strip_scale_cover(struct strip_scale *scale, const double *values,
		       size_t count)
{
	double most = 0;
	size_t i;

	for (i = 0; i < count; i++)
		if (values[i] > most)
			most = values[i];
	if (!(most > scale->most))
		return false;
	most = axis_round_up(most, scale->binary);
	if (most <= scale->most)
		return false;
	scale->most = most;
	return true;
}

double strip_scale_least(const struct strip_scale *scale)
{
	return scale->most / pow(10, STRIP_DECADES);
}

static unsigned int level_of(const struct strip_scale *scale, double value)
{
	double share;

	if (!(value > 0))
		return 0;
	if (value >= scale->most)
		return scale->levels;
	share = 1 + log10(value / scale->most) / STRIP_DECADES;
	return share <= 0 ? 1 : 1 + (unsigned int)(share * scale->levels);
}

struct strip_cell strip_cell_of(const struct strip_scale *scale,
				unsigned int level)
{
	struct strip_cell cell = { .level = level, .glyph = " " };

	if (scale->depth != COLOUR_NONE)
		cell.colour = colour_palette(level * colour_levels(COLOUR_256) /
					     scale->levels);
	else
		cell.glyph = scale->utf8 ? blocks[level] : ascii[level];
	return cell;
}

struct strip_cell strip_cell(const struct strip_scale *scale, double value)
{
	unsigned int level = level_of(scale, value);

	return strip_cell_of(scale, level < scale->levels ? level :
							    scale->levels);
}

size_t strip_width(size_t count, size_t columns)
{
	if (!count || !columns)
		return 0;
	return count <= columns ? columns / count * count : columns;
}

void strip_fit(const double *values, size_t count, double *cells, size_t width)
{
	double start, end, from, share;
	size_t i, first, last, cell;

	if (width >= count) {
		for (i = 0; i < width; i++)
			cells[i] = values[i / (width / count)];
		return;
	}

	memset(cells, 0, width * sizeof(*cells));
	for (i = 0; i < count; i++) {
		start = (double)i * width / count;
		end = (double)(i + 1) * width / count;
		first = i * width / count;
		last = ((i + 1) * width - 1) / count;
		for (cell = first; cell <= last; cell++) {
			from = cell > start ? cell : start;
			share = (cell + 1 < end ? cell + 1 : end) - from;
			cells[cell] += values[i] * share / (end - start);
		}
	}
}

static void put_cell(const struct strip_scale *scale, unsigned int level,
		     unsigned int *painted)
{
	const char *glyph = strip_cell_of(scale, level).glyph;

	if (scale->depth != COLOUR_NONE && level != *painted) {
		colour_put_background(scale->depth, level);
		*painted = level;
	}
	text_put(glyph, strlen(glyph));
}

void strip_put(const struct strip_scale *scale, const double *cells,
	       size_t width)
{
	unsigned int painted = ~0U;
	size_t i;

	for (i = 0; i < width; i++)
		put_cell(scale, strip_cell(scale, cells[i]).level, &painted);
	if (painted != ~0U)
		colour_put_end();
}

void strip_put_legend(const struct strip_scale *scale, size_t width)
{
	unsigned int painted = ~0U;
	size_t i;

	if (width > scale->levels)
		width = scale->levels;
	for (i = 0; i < width; i++)
		put_cell(scale, 1 + i * (scale->levels - 1) /
				    (width > 1 ? width - 1 : 1), &painted);
	if (painted != ~0U)
		colour_put_end();
}
