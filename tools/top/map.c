// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heat maps over time, the last interval first.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "out/unit.h"
#include "top/map.h"
#include "top/screen.h"

#define NS_PER_SECOND	1000000000ULL

/* "22:59:27 " */
#define TIME_WIDTH	9

/* No map is wider. */
#define WIDTH_MAX	512

/* Lines of headings. */
#define HEAD_LINES	2

/* Columns of a legend. */
#define LEGEND_WIDTH	16

static int left_of(const struct map_frame *frame)
{
	return frame->x + (frame->times ? TIME_WIDTH : 0);
}

static size_t columns_of(const struct map_frame *frame)
{
	const int columns = frame->x + frame->width - left_of(frame);

	return columns <= 0 ? 0 : columns > WIDTH_MAX ? WIDTH_MAX : columns;
}

static int rows_of(const struct map_frame *frame)
{
	return frame->height - HEAD_LINES;
}

static void draw_time(const struct map_frame *frame, int y, uint64_t time)
{
	const time_t seconds = time / NS_PER_SECOND;
	struct tm local;
	char text[16];

	if (!frame->times || !localtime_r(&seconds, &local))
		return;
	strftime(text, sizeof(text), "%H:%M:%S", &local);
	screen_text(y, frame->x, SCREEN_DIM, "%s", text);
}

/* "I/Os per second   [levels] up to 500" */
static void draw_title(const struct map_frame *frame, const char *title,
		       const struct strip_scale *scale, enum unit unit)
{
	char least[UNIT_TEXT_MAX], most[UNIT_TEXT_MAX];
	int x = left_of(frame);

	screen_text(frame->y, x, SCREEN_HEADING, "%s", title);
	if (scale->most <= 0)
		return;
	x += strlen(title) + 2;
	unit_compact(least, unit, strip_scale_least(scale));
	unit_compact(most, unit, scale->most);
	screen_text(frame->y, x, SCREEN_PLAIN, "%s", least);
	x += strlen(least) + 1;
	screen_legend(frame->y, x, scale, LEGEND_WIDTH);
	x += scale->levels < LEGEND_WIDTH ? scale->levels : LEGEND_WIDTH;
	screen_text(frame->y, x + 1, SCREEN_PLAIN, "%s", most);
}

/* ------------------------------------------------------------------- areas */

/* Positions at the left, in the middle and at the right. */
static void draw_positions(const struct map_frame *frame,
			   const struct watch_item *item, size_t width)
{
	const int y = frame->y + 1, left = left_of(frame);
	char text[UNIT_TEXT_MAX];

	unit_position(text, item->start, item->length / 2);
	screen_text(y, left, SCREEN_DIM, "%s", text);
	if (width >= 50) {
		unit_position(text, item->start + item->length / 2,
			      item->length / 2);
		screen_text(y, left + width / 2, SCREEN_DIM, "%s", text);
	}
	unit_position(text, item->start + item->length, item->length / 2);
	if (width > strlen(text) + 10)
		screen_text(y, left + width - strlen(text), SCREEN_DIM, "%s",
			    text);
}

/* A position that is written there stays readable. */
static void draw_mark(const struct map_frame *frame,
		      const struct watch_item *item, size_t mark, size_t count,
		      size_t width)
{
	const int y = frame->y + 1;
	const int x = left_of(frame) + (count ? mark * width / count : 0);

	if (mark < count)
		screen_text(y, x, SCREEN_NOTE, "%s", "v");
	draw_positions(frame, item, width ? width : columns_of(frame));
	if (mark < count)
		screen_mark(y, x, 1);
}

static void cover(const struct map_frame *frame, const struct history *history,
		  enum cells_by by, struct strip_scale *scale)
{
	const struct history_row *row;
	double cells[WIDTH_MAX];
	size_t width;
	int i;

	strip_scale_init(scale, screen_depth(), colour_utf8());
	for (i = 0; i < rows_of(frame); i++) {
		row = history_at(history, frame->back + i);
		if (!row)
			return;
		width = history_fit(row, by, columns_of(frame), cells);
		strip_scale_cover(scale, cells, width);
	}
}

void map_areas(const struct map_frame *frame, const struct history *history,
	       const struct watch_item *item, enum cells_by by, size_t mark)
{
	const struct history_row *row;
	struct strip_scale scale;
	double cells[WIDTH_MAX];
	size_t width = 0, count = 0;
	int i;

	cover(frame, history, by, &scale);
	draw_title(frame, cells_name(by), &scale, cells_unit(by));
	for (i = 0; i < rows_of(frame); i++) {
		row = history_at(history, frame->back + i);
		if (!row)
			break;
		width = history_fit(row, by, columns_of(frame), cells);
		if (!i)
			count = row->count;
		draw_time(frame, frame->y + HEAD_LINES + i, row->time);
		screen_cells(frame->y + HEAD_LINES + i, left_of(frame), &scale,
			     cells, width);
	}
	draw_mark(frame, item, mark, count, width);
}

/* ---------------------------------------------------------------- latencies */

/* How many columns a bin has, and how many bins have room. */
static size_t bin_width(const struct map_frame *frame, size_t bins)
{
	const size_t width = columns_of(frame) / bins;

	return width > 4 ? 4 : width ? width : 1;
}

static double bin_rate(const struct history_row *row, size_t bin)
{
	return (double)row->bins[bin] * NS_PER_SECOND / row->elapsed_ns;
}

/* The bins of an interval as cells. Return: how many cells. */
static size_t spread(const struct history_row *row, size_t bins, size_t each,
		     size_t columns, double *cells)
{
	size_t i;

	for (i = 0; i < bins * each && i < columns; i++)
		cells[i] = bin_rate(row, i / each);
	return i;
}

static void draw_bounds(const struct map_frame *frame,
			const struct watch_item *item, size_t each)
{
	char text[UNIT_TEXT_MAX];
	size_t i, x, free = 0;

	for (i = 0; i < item->bounds_count; i += each > 1 ? 5 : 10) {
		unit_compact(text, UNIT_NS, item->bounds[i]);
		x = (i + 1) * each;
		if (x < free || x + strlen(text) > columns_of(frame))
			continue;
		screen_text(frame->y + 1, left_of(frame) + x, SCREEN_DIM, "%s",
			    text);
		free = x + strlen(text) + 1;
	}
}

void map_latencies(const struct map_frame *frame, const struct history *history,
		   const struct watch_item *item)
{
	const size_t bins = item->bounds_count + 1;
	const size_t each = bin_width(frame, bins);
	const struct history_row *row;
	struct strip_scale scale;
	double cells[WIDTH_MAX];
	size_t width;
	int i;

	if (!item->bounds_count) {
		screen_text(frame->y, left_of(frame), SCREEN_NOTE, "%s",
			    "the region has no histograms");
		return;
	}
	strip_scale_init(&scale, screen_depth(), colour_utf8());
	for (i = 0; i < rows_of(frame); i++) {
		row = history_at(history, frame->back + i);
		if (!row)
			break;
		width = spread(row, bins, each, columns_of(frame), cells);
		strip_scale_cover(&scale, cells, width);
	}
	draw_title(frame, "I/Os per second by time", &scale, UNIT_NONE);
	draw_bounds(frame, item, each);
	for (i = 0; i < rows_of(frame); i++) {
		row = history_at(history, frame->back + i);
		if (!row)
			break;
		width = spread(row, bins, each, columns_of(frame), cells);
		draw_time(frame, frame->y + HEAD_LINES + i, row->time);
		screen_cells(frame->y + HEAD_LINES + i, left_of(frame), &scale,
			     cells, width);
	}
}
