// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps as text: a row an interval, or one strip of all that was counted.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out/output.h"
#include "out/terminal.h"
#include "out/text.h"
#include "out/time_text.h"
#include "source/dm.h"
#include "view/band.h"
#include "view/map.h"
#include "view/maps.h"
#include "view/region.h"
#include "view/summary.h"

#define NS_PER_SECOND	1000000000ULL

/* The time has milliseconds if intervals are of less than a second or so. */
#define SHORT_NS	(NS_PER_SECOND * 9 / 10)

/* Where the output has no width of its own. */
#define COLUMNS_DEFAULT	80

/* "12000 writes/s", with the space before it. */
#define VALUE_WIDTH	15

/* A strip needs some cells; beside it, the name and the value come second. */
#define STRIP_LEAST	16

/* On a terminal, headings and legend are seen again after so many lines. */
#define HEADING_EVERY	20

/* A name longer than that is shortened in a row; the title has it whole. */
#define NAME_MOST	20
#define ROW_NAME_MAX	(MAPPED_NAME_MAX + 12)

/**
 * struct row_layout - the columns of a row
 * @time: of the time of day
 * @name: of the device's name, 0: none
 * @strip: of the strip, at most
 * @value: of the value, 0: none
 */
struct row_layout {
	size_t time;
	size_t name;
	size_t strip;
	size_t value;
};

void band_init(struct band *band, struct output *out, enum colour_depth depth,
	       bool binary, uint64_t interval)
{
	const int columns = terminal_width();

	*band = (struct band) {
		.out = out,
		.interval = interval,
		.columns = columns == INT_MAX ? COLUMNS_DEFAULT : columns,
	};
	strip_scale_init(&band->scale, depth, colour_utf8());
	band->scale.binary = binary;
}

/* The device; if it has several regions, "7 vg-home", as a list has it. */
static char *row_name(char *text, const struct maps *maps,
		      const struct map *map)
{
	char name[MAPPED_NAME_MAX];

	mapped_name_text(name, map->region.device_name);
	if (map_is_alone(map, maps->maps, maps->count))
		snprintf(text, ROW_NAME_MAX, "%s", name);
	else
		snprintf(text, ROW_NAME_MAX, "%u %s", map->region.region_id,
			 name);
	return text;
}

static size_t name_width(const struct maps *maps)
{
	size_t width = 0, i, length;
	char name[ROW_NAME_MAX];

	if (maps->count < 2)
		return 0;
	for (i = 0; i < maps->count; i++) {
		length = text_width(row_name(name, maps, maps->maps[i]));
		if (length > width)
			width = length;
	}
	return width < NAME_MOST ? width : NAME_MOST;
}

/* How the room is divided; each column but the strip has a space behind it. */
static struct row_layout lay_out(const struct band *band,
				 const struct maps *maps)
{
	struct row_layout layout = {
		.time = band->interval < SHORT_NS ? 12 : 8,
		.name = name_width(maps),
		.value = VALUE_WIDTH,
	};
	size_t rest, edges = 2;

	rest = layout.time + 1 + edges;
	if (band->columns < rest + layout.value + STRIP_LEAST)
		layout.value = 0;
	rest += layout.value;
	if (layout.name &&
	    band->columns < rest + layout.name + 1 + STRIP_LEAST)
		layout.name = 0;
	rest += layout.name ? layout.name + 1 : 0;
	layout.strip = band->columns > rest + 1 ? band->columns - rest : 1;
	return layout;
}

static void put(const char *text)
{
	text_put(text, strlen(text));
}

static void put_line_end(struct band *band)
{
	text_put_char('\n');
	band->since_heading++;
}

static void put_edge(const struct band *band)
{
	put(band->scale.utf8 ? "│" : "|");
}

/* The values of a column, fitted to the strip. */
static int fit(const struct map *map, const struct map_cell *column,
	       double seconds, double *cells, size_t width)
{
	double *sums = malloc(2 * map->cells * sizeof(*sums));
	double *fitted = malloc(width * sizeof(*fitted));
	double *ios = sums + map->cells;
	size_t i;

	if (!sums || !fitted) {
		free(sums);
		free(fitted);
		return -ENOMEM;
	}
	for (i = 0; i < map->cells; i++) {
		sums[i] = column ? column[i].sum : 0;
		ios[i] = column ? column[i].ios : 0;
	}
	strip_fit(sums, map->cells, cells, width);
	strip_fit(ios, map->cells, fitted, width);
	for (i = 0; i < width; i++)
		cells[i] = measure_value(map->measure,
					 (struct measure_sum) {
						.sum = cells[i],
						.ios = fitted[i],
					 }, seconds);
	free(sums);
	free(fitted);
	return 0;
}

static double whole_value(const struct map *map, const struct map_cell *column,
			  double seconds)
{
	struct measure_sum sum = { 0 };
	size_t i;

	for (i = 0; column && i < map->cells; i++) {
		sum.sum += column[i].sum;
		sum.ios += column[i].ios;
	}
	return measure_value(map->measure, sum, seconds);
}

/* "▁▂▃▄▅▆▇█ 0.1 to 1000 reads/s", under the strip. */
static void put_legend(struct band *band, enum measure measure, bool rate,
		       size_t indent)
{
	char least[MEASURE_TEXT_MAX], most[MEASURE_TEXT_MAX];
	const struct strip_scale *scale = &band->scale;

	text_put_spaces(indent);
	strip_put_legend(scale, 16);
	measure_text(least, measure, strip_scale_least(scale), rate);
	/* The unit is said once, if it is the same. */
	if (measure != MEASURE_BYTES && measure != MEASURE_LATENCY)
		least[strcspn(least, " ")] = '\0';
	put(" ");
	put(least);
	put(" to ");
	put(measure_text(most, measure, scale->most, rate));
	put_line_end(band);
}

/* The positions at both ends of the strip, and in its middle if there is room */
static void put_positions(struct band *band, const struct map *map,
			  size_t indent, size_t width)
{
	const uint64_t start = map_start(map);
	char first[UNIT_TEXT_MAX] = "0", last[UNIT_TEXT_MAX];
	char middle[UNIT_TEXT_MAX];
	size_t from, left;

	if (start)
		unit_format(first, UNIT_SECTORS, start);
	unit_format(middle, UNIT_SECTORS, start + map->sectors / 2);
	unit_format(last, UNIT_SECTORS, start + map->sectors);

	text_put_spaces(indent);
	put(first);
	left = strlen(first);
	from = width / 2 > strlen(middle) / 2 ?
	       width / 2 - strlen(middle) / 2 : 0;
	if (from > left + 1 &&
	    from + strlen(middle) + 1 + strlen(last) < width) {
		text_put_spaces(from - left);
		put(middle);
		left = from + strlen(middle);
	}
	if (left + 1 + strlen(last) <= width) {
		text_put_spaces(width - left - strlen(last));
		put(last);
	}
	put_line_end(band);
}

static void put_title(struct band *band, const struct map *map)
{
	region_title(band->out, &map->region);
	band->since_heading++;
}

static size_t strip_indent(const struct row_layout *layout)
{
	return layout->time + 1 + (layout->name ? layout->name + 1 : 0) + 1;
}

/* Name maps that are new; headings go above the rows, and again for a reader. */
static void put_headings(struct band *band, const struct maps *maps,
			 const struct row_layout *layout, bool rescaled)
{
	bool again = band->titled < maps->count ||
		     (terminal_is_stdout() &&
		      band->since_heading >= HEADING_EVERY);

	for (; band->titled < maps->count; band->titled++)
		put_title(band, maps->maps[band->titled]);
	if (again) {
		band->since_heading = 0;
		/* Volumes of different sizes have no positions in common. */
		if (maps->count == 1)
			put_positions(band, maps->maps[0],
				      strip_indent(layout),
				      strip_width(maps->maps[0]->cells,
						  layout->strip));
	}
	if (band->scale.most > 0 && (again || rescaled))
		put_legend(band, maps->measure, true, strip_indent(layout));
}

static void put_name(const struct maps *maps, const struct map *map,
		     size_t width)
{
	char name[ROW_NAME_MAX];
	int used;

	if (!width)
		return;
	used = text_put_shortened(row_name(name, maps, map), width);
	text_put_spaces((int)width - used + 1);
}

static void put_row(struct band *band, const struct maps *maps,
		    const struct map *map, const struct row_layout *layout, const double *cells,
		    size_t width)
{
	const struct map_column *column = &map->columns[map->count - 1];
	char text[TIME_TEXT_MAX], value[MEASURE_TEXT_MAX];
	const double seconds = (double)column->elapsed_ns / NS_PER_SECOND;

	/* The time of day, without the date. */
	time_text_ms(text, column->end);
	text_put(text + strlen("2026-11-26 "), layout->time);
	text_put_char(' ');
	put_name(maps, map, layout->name);
	put_edge(band);
	strip_put(&band->scale, cells, width);
	put_edge(band);
	if (layout->value) {
		text_put_char(' ');
		put(measure_text(value, map->measure,
				 whole_value(map, column->cells, seconds),
				 true));
	}
	put_line_end(band);
}

static bool is_current(const struct map *map, const struct maps *maps)
{
	return map->count && map->columns[map->count - 1].end == maps->time;
}

int band_rows(struct band *band, const struct maps *maps)
{
	const double seconds = (double)maps->elapsed_ns / NS_PER_SECOND;
	struct row_layout layout;
	bool rescaled = false;
	size_t i, width;
	double *cells;
	int error = 0;

	if (!band->interval)
		band->interval = maps->elapsed_ns;
	layout = lay_out(band, maps);
	cells = malloc(maps->count * layout.strip * sizeof(*cells));
	if (!cells)
		return maps->count ? -ENOMEM : 0;
	for (i = 0; i < maps->count && !error; i++) {
		const struct map *map = maps->maps[i];

		if (!is_current(map, maps))
			continue;
		width = strip_width(map->cells, layout.strip);
		error = fit(map, map->columns[map->count - 1].cells, seconds,
			    cells + i * layout.strip, width);
		rescaled |= strip_scale_cover(&band->scale,
					      cells + i * layout.strip, width);
	}
	if (!error)
		put_headings(band, maps, &layout, rescaled);
	for (i = 0; i < maps->count && !error; i++)
		if (is_current(maps->maps[i], maps))
			put_row(band, maps, maps->maps[i], &layout,
				cells + i * layout.strip,
				strip_width(maps->maps[i]->cells,
					    layout.strip));
	free(cells);
	return error ? error : output_end(band->out);
}

/* @maps is NULL if what it is of was said. */
static void put_summary(struct band *band, const struct map *map,
			const struct maps *maps)
{
	char text[SUMMARY_TEXT_MAX], name[MAPPED_NAME_MAX];

	map_summary(text, map);
	mapped_name_text(name, map->region.device_name);
	if (!maps || maps->count == 1)
		output_text(band->out, "%s", text);
	else if (map_is_alone(map, maps->maps, maps->count))
		output_text(band->out, "%s: %s", name, text);
	else
		output_text(band->out, "region %u on %s: %s",
			    map->region.region_id, name, text);
}

int band_summaries(struct band *band, const struct maps *maps)
{
	size_t i;

	for (i = 0; i < maps->count; i++)
		put_summary(band, maps->maps[i], maps);
	return output_end(band->out);
}

/* All columns of a map as one; the caller frees it. */
static struct map_cell *sum_up(const struct map *map)
{
	struct map_cell *sum = calloc(map->cells, sizeof(*sum));
	size_t i, cell;

	for (i = 0; sum && i < map->count; i++) {
		const struct map_cell *cells = map->columns[i].cells;

		for (cell = 0; cells && cell < map->cells; cell++) {
			sum[cell].sum += cells[cell].sum;
			sum[cell].ios += cells[cell].ios;
		}
	}
	return sum;
}

static int put_once(struct band *band, const struct map *map)
{
	const size_t width = strip_width(map->cells, band->columns - 2);
	double *cells = malloc(width * sizeof(*cells));
	struct map_cell *sum = sum_up(map);
	char value[MEASURE_TEXT_MAX];
	int error = -ENOMEM;

	if (cells && sum)
		error = fit(map, sum, 0, cells, width);
	if (!error) {
		/* Each strip has a scale of its own. */
		band->scale.most = 0;
		strip_scale_cover(&band->scale, cells, width);
		put_title(band, map);
		put_positions(band, map, 1, width);
		put_edge(band);
		strip_put(&band->scale, cells, width);
		put_edge(band);
		put_line_end(band);
		if (band->scale.most > 0)
			put_legend(band, map->measure, false, 1);
	}
	/* Nothing has no average. */
	if (!error && (band->scale.most > 0 ||
		       map->measure != MEASURE_LATENCY))
		output_text(band->out, "%s %s",
			    measure_text(value, map->measure,
					 whole_value(map, sum, 0), false),
			    map->measure == MEASURE_LATENCY ? "on average" :
							      "in all");
	free(cells);
	free(sum);
	return error;
}

int band_once(struct band *band, const struct maps *maps)
{
	size_t i;
	int error;

	if (band->columns < 3)
		band->columns = 3;
	for (i = 0; i < maps->count; i++) {
		error = put_once(band, maps->maps[i]);
		if (error)
			return error;
		put_summary(band, maps->maps[i], NULL);
	}
	return output_end(band->out);
}
