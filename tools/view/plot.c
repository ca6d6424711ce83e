// SPDX-License-Identifier: GPL-2.0-only
/*
 * The panels of a picture, as a script for gnuplot.
 *
 * Places and marks are computed here, so that the picture is the same whatever
 * gnuplot's own ideas of them are, and a web page knows where the values are.
 * Texts that come from elsewhere are in single quotes and "noenhanced".
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "out/text.h"
#include "out/time_text.h"
#include "out/unit.h"
#include "view/axis.h"
#include "view/map.h"
#include "view/plot.h"
#include "view/summary.h"

/* Rows of a histogram whose bins are of different heights. */
#define LATENCY_ROWS	120

#define NS_PER_SECOND	1e9
#define PERCENT		0.01

/* From the lowest value to the highest, on white paper. */
static const char *const colours[] = {
	"#fdebc8", "#fdcb8c", "#fca05c", "#f3704c", "#d8455e", "#a82c74",
	"#6a1f7a", "#2a1050",
};

#define NOTHING		"#f5f5f7"
#define UNWATCHED	"#d4d4da"
#define MEDIAN		"#0a8f83"
#define SLOWEST		"#1d5fd0"

/*
 * A text in single quotes, escaped as on a terminal: gnuplot and XML want UTF-8.
 * A quote is a string of its own, because gnuplot takes two quotes at the start
 * of a string for an empty string.
 */
static void put_text(FILE *script, const char *text)
{
	char *escaped = text_escaped(text, false);
	const char *c;

	fputc('\'', script);
	for (c = escaped ? escaped : ""; *c; c++) {
		if (*c == '\'')
			fputs("'.\"'\".'", script);
		else
			fputc(*c, script);
	}
	fputc('\'', script);
	free(escaped);
}

static double screen_x(double pixels)
{
	return pixels / PLOT_WIDTH;
}

static double screen_y(double pixels, int height)
{
	return 1 - pixels / height;
}

static void put_palette(FILE *script)
{
	size_t i;

	fprintf(script, "set palette defined (");
	for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		fprintf(script, "%s%zu '%s'", i ? ", " : "", i, colours[i]);
	fprintf(script, ")\n");
}

void plot_page(FILE *script, const char *terminal)
{
	fprintf(script, "set terminal %s\n", terminal);
	fprintf(script, "set multiplot\n");
	fprintf(script, "set encoding utf8\n");
	put_palette(script);
	fprintf(script, "set border 3 linewidth 1 linecolor rgb '#555555'\n");
	fprintf(script, "set tics nomirror out scale 0.6 textcolor rgb '#333333'\n");
	fprintf(script, "set logscale cb\n");
	fprintf(script, "unset key\n");
}

void plot_end(FILE *script)
{
	fprintf(script, "unset multiplot\n");
}

/* A label at a place of the page; it stays until the next panel is drawn. */
static void put_label(FILE *script, int tag, const char *text, double x,
		      double y, int height, const char *style)
{
	fprintf(script, "set label %d ", tag);
	put_text(script, text);
	fprintf(script, " at screen %.6f, screen %.6f noenhanced %s\n",
		screen_x(x), screen_y(y, height), style);
}

/* Labels are numbered: those of the title, of the panel. */
enum {
	LABEL_TITLE = 1,
	LABEL_SUMMARY,
	LABEL_TIME,
	LABEL_UNIT,
	LABEL_AXIS,
	LABEL_HEADING,
	LABEL_MEDIAN,
	LABEL_SLOWEST,
	LABEL_GAP,
};

static const char *title_of(enum measure measure)
{
	static const char *const titles[] = {
		[MEASURE_READS] = "reads per second",
		[MEASURE_WRITES] = "writes per second",
		[MEASURE_BYTES] = "data read and written per second",
		[MEASURE_LATENCY] = "mean latency",
		[MEASURE_ERRORS] = "failed I/Os per second",
	};

	return titles[measure];
}

static void put_summary(FILE *script, const struct map *map, int y, int height)
{
	char text[SUMMARY_TEXT_MAX];

	put_label(script, LABEL_SUMMARY, map_summary(text, map), PLOT_LEFT, y,
		  height, "left font ',11' textcolor rgb '#555555'");
}

void plot_title(FILE *script, const char *name, const struct map *map,
		const struct grid_time *time, int top, int height)
{
	char begin[TIME_TEXT_MAX], end[TIME_TEXT_MAX], zone[TIME_TEXT_MAX];
	char text[512];
	size_t day = strlen("2026-11-26 ");

	snprintf(text, sizeof(text), "%s: %s", name, title_of(map->measure));
	put_label(script, LABEL_TITLE, text, PLOT_LEFT, top + 26, height,
		  "left font 'sans-serif:Bold,15' textcolor rgb '#111111'");
	put_summary(script, map, top + 52, height);

	time_text(begin, time->begin);
	time_text(end, time->end);
	time_zone_text(zone, time->begin);
	snprintf(text, sizeof(text), "%s to %s %s", begin,
		 strncmp(begin, end, day) ? end : end + day, zone);
	put_label(script, LABEL_TIME, text, PLOT_RIGHT, top + 26, height,
		  "right font ',11' textcolor rgb '#555555'");
}

static const char *heading_of(const struct map *map)
{
	return map->region.extents ? "position in the region" :
				     "position on the device";
}

static double step_at(const struct grid_time *time, double ns)
{
	return (ns - time->begin) * time->steps / (time->end - time->begin);
}

static void put_time_axis(FILE *script, const struct grid_time *time)
{
	struct axis_mark marks[AXIS_MARKS];
	size_t i, count = axis_time(marks, time);

	fprintf(script, "set xrange [0:%zu]\nset xtics (", time->steps);
	for (i = 0; i < count; i++)
		fprintf(script, "%s'%s' %.6f", i ? ", " : "", marks[i].text,
			step_at(time, marks[i].at));
	fprintf(script, ")\n");
}

uint64_t plot_row_sectors(const struct plot_panel *panel)
{
	return panel->map->cell_sectors * panel->grid.cells_per_row;
}

static void put_position_axis(FILE *script, const struct plot_panel *panel)
{
	const struct map *map = panel->map;
	const uint64_t start = map_start(map);
	struct axis_mark marks[AXIS_MARKS];
	size_t i, count = axis_position(marks, start, start + map->sectors);

	fprintf(script, "set yrange [0:%.9g]\nset ytics (", panel->rows);
	for (i = 0; i < count; i++)
		fprintf(script, "%s'%s' %.9g", i ? ", " : "", marks[i].text,
			(marks[i].at - start) / plot_row_sectors(panel));
	fprintf(script, ")\n");
}

/* The first bin has no lower end, the last one no upper: give them one. */
double plot_bin_low(const struct map *map, size_t bin)
{
	const struct dmstat_region *region = &map->region;

	if (!bin)
		return region->bounds[0] / 2.0;
	if (bin > region->bounds_count)
		return region->bounds[region->bounds_count - 1] * 2.0;
	return region->bounds[bin - 1];
}

static void put_latency_axis(FILE *script, double low, double high)
{
	struct axis_mark marks[AXIS_MARKS];
	size_t i, count = axis_latency(marks, low, high);

	fprintf(script, "set yrange [%.9g:%.9g]\nset ytics (", log2(low),
		log2(high));
	for (i = 0; i < count; i++)
		fprintf(script, "%s'%s' %.9g", i ? ", " : "", marks[i].text,
			log2(marks[i].at));
	fprintf(script, ")\n");
}

static void put_colours(FILE *script, const struct plot_panel *panel,
			int height)
{
	static const char *const units[] = {
		[MEASURE_READS] = "reads/s",
		[MEASURE_WRITES] = "writes/s",
		[MEASURE_BYTES] = "a second",
		[MEASURE_LATENCY] = "mean",
		[MEASURE_ERRORS] = "errors/s",
	};
	const enum measure measure = panel->latency ? MEASURE_READS :
				     panel->map->measure;
	struct axis_mark marks[AXIS_MARKS];
	size_t i, count = axis_values(marks, measure, panel->low, panel->high);

	fprintf(script, "set cbrange [%.9g:%.9g]\nset cbtics (", panel->low,
		panel->high);
	for (i = 0; i < count; i++)
		fprintf(script, "%s'%s' %.9g", i ? ", " : "", marks[i].text,
			marks[i].at);
	fprintf(script, ")\n");
	fprintf(script, "set colorbox user origin screen %.6f, screen %.6f\n",
		screen_x(PLOT_RIGHT + 20), screen_y(panel->bottom, height));
	fprintf(script, "set colorbox size screen %.6f, screen %.6f\n",
		screen_x(16), (double)(panel->bottom - panel->top) / height);
	put_label(script, LABEL_UNIT, panel->latency ? "I/Os/s" :
		  units[measure], PLOT_RIGHT + 20, panel->top - 16, height,
		  "left font ',10' textcolor rgb '#333333'");
}

/* A part of the panel as high as it is, behind what is drawn. */
static void put_ground(FILE *script, size_t tag, size_t first, size_t end,
		       const char *colour)
{
	fprintf(script, "set object %zu rectangle ", tag);
	fprintf(script, "from first %zu, graph 0 to first %zu, graph 1 ", first,
		end);
	fprintf(script, "behind fillcolor rgb '%s' fillstyle solid noborder\n",
		colour);
}

/* What was not watched is grey. Returns whether there is any. */
static bool put_gaps(FILE *script, const struct grid *grid)
{
	const size_t steps = grid->time.steps;
	size_t first, end, tag = 2;

	for (first = 0; first < steps; first = end + 1) {
		for (end = first; end < steps && !grid_is_watched(grid, end);
		     end++)
			;
		if (end > first)
			put_ground(script, tag++, first, end, UNWATCHED);
	}
	return tag > 2;
}

static void put_frame(FILE *script, const struct plot_panel *panel, int height)
{
	fprintf(script, "set lmargin at screen %.6f\nset rmargin at screen %.6f\n",
		screen_x(PLOT_LEFT), screen_x(PLOT_RIGHT));
	fprintf(script, "set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
		screen_y(panel->top, height), screen_y(panel->bottom, height));
	fprintf(script, "unset object\n");
	put_ground(script, 1, 0, panel->grid.time.steps, NOTHING);
	if (put_gaps(script, &panel->grid) && !panel->latency)
		put_label(script, LABEL_GAP, "grey: not watched", PLOT_RIGHT,
			  panel->top - 12, height,
			  "right font ',10' textcolor rgb '#777777'");
}

/* What gnuplot draws: values in the scale, or nothing. */
static void put_value(FILE *script, const struct plot_panel *panel, float value)
{
	if (!(value > 0))
		value = NAN;
	else if (value < panel->low)
		value = panel->low;
	else if (value > panel->high)
		value = panel->high;
	fwrite(&value, sizeof(value), 1, script);
}

static void put_row(FILE *script, const struct plot_panel *panel, size_t row)
{
	const size_t steps = panel->grid.time.steps;
	const float *values = &panel->grid.values[row * steps];
	size_t step;

	for (step = 0; step < steps; step++)
		put_value(script, panel, values[step]);
}

/* An array of values that follow in the script, from the lowest row up. */
static void put_image(FILE *script, size_t steps, size_t rows, double low,
		      double height)
{
	fprintf(script, "'-' binary array=(%zu,%zu) dx=1 dy=%.9g ", steps, rows,
		height);
	fprintf(script, "origin=(0.5,%.9g) format='%%float' using 1 with image",
		low + height / 2);
}

static void put_line(FILE *script, size_t steps, const char *colour)
{
	fprintf(script, ", '-' binary array=(%zu) dx=1 origin=(0.5,0) ", steps);
	fprintf(script, "format='%%float' using 1 with lines ");
	fprintf(script, "linewidth 1.5 linecolor rgb '%s'", colour);
}

static void plot_cells(FILE *script, const struct plot_panel *panel)
{
	size_t row;

	fprintf(script, "plot ");
	put_image(script, panel->grid.time.steps, panel->grid.rows, 0, 1);
	fprintf(script, "\n");
	for (row = 0; row < panel->grid.rows; row++)
		put_row(script, panel, row);
}

/* Whether bins are of equal height on a logarithmic axis. */
static bool bins_are_even(const struct map *map, size_t first, size_t rows)
{
	const double height = log2(plot_bin_low(map, first + 1) /
				   plot_bin_low(map, first));
	size_t bin;

	for (bin = first + 1; bin < first + rows; bin++)
		if (fabs(log2(plot_bin_low(map, bin + 1) /
			      plot_bin_low(map, bin)) - height) > PERCENT)
			return false;
	return true;
}

static size_t bin_with(const struct map *map, double ns)
{
	size_t bin = 0;

	while (bin < map->region.bounds_count && ns >= map->region.bounds[bin])
		bin++;
	return bin;
}

/* The time within which a share of the I/Os of a step ended; NAN if none did. */
static float quantile_at(const struct plot_panel *panel, size_t step,
			 double share)
{
	const struct dmstat_region *region = &panel->map->region;
	uint64_t bins[DMSTAT_BOUNDS_MAX + 1], estimate;
	float rate;
	size_t bin;

	for (bin = 0; bin <= region->bounds_count; bin++) {
		rate = panel->grid.values[bin * panel->grid.time.steps + step];
		/* Rates are rational: keep what is less than one a second. */
		bins[bin] = rate > 0 ? rate * 65536 + 0.5 : 0;
	}
	if (dmstat_histogram_estimate(region->bounds, region->bounds_count,
				      bins, share, UINT64_MAX, &estimate))
		return NAN;
	return log2(estimate > 0 ? estimate : 1);
}

static void put_quantiles(FILE *script, const struct plot_panel *panel,
			  double share)
{
	size_t step;
	float y;

	for (step = 0; step < panel->grid.time.steps; step++) {
		y = quantile_at(panel, step, share);
		fwrite(&y, sizeof(y), 1, script);
	}
}

static void plot_latency(FILE *script, const struct plot_panel *panel)
{
	const struct map *map = panel->map;
	const size_t steps = panel->grid.time.steps, bins = panel->rows;
	const bool even = bins_are_even(map, panel->first, bins);
	const size_t rows = even ? bins : LATENCY_ROWS;
	const double low = log2(plot_bin_low(map, panel->first));
	const double high = log2(plot_bin_low(map, panel->first + bins));
	const double height = (high - low) / rows;
	size_t row;

	fprintf(script, "plot ");
	put_image(script, steps, rows, low, height);
	put_line(script, steps, MEDIAN);
	put_line(script, steps, SLOWEST);
	fprintf(script, "\n");
	for (row = 0; row < rows; row++)
		put_row(script, panel, even ? panel->first + row :
			bin_with(map, exp2(low + (row + 0.5) * height)));
	put_quantiles(script, panel, 0.5);
	put_quantiles(script, panel, 0.99);
}

void plot_panel(FILE *script, const struct plot_panel *panel, int height)
{
	put_frame(script, panel, height);
	put_time_axis(script, &panel->grid.time);
	put_colours(script, panel, height);
	if (panel->latency) {
		put_label(script, LABEL_HEADING,
			  "latency of reads, writes and discards", PLOT_LEFT,
			  panel->top - 12, height,
			  "left font ',11' textcolor rgb '#333333'");
		put_label(script, LABEL_MEDIAN, "median", PLOT_RIGHT - 110,
			  panel->top - 12, height,
			  "right font ',10' textcolor rgb '" MEDIAN "'");
		put_label(script, LABEL_SLOWEST, "99th percentile", PLOT_RIGHT,
			  panel->top - 12, height,
			  "right font ',10' textcolor rgb '" SLOWEST "'");
		put_latency_axis(script, plot_bin_low(panel->map, panel->first),
				 plot_bin_low(panel->map, panel->first +
					      (size_t)panel->rows));
		plot_latency(script, panel);
	} else {
		put_label(script, LABEL_HEADING, heading_of(panel->map),
			  PLOT_LEFT, panel->top - 12, height,
			  "left font ',11' textcolor rgb '#333333'");
		put_position_axis(script, panel);
		plot_cells(script, panel);
	}
	fprintf(script, "unset label\n");
}
