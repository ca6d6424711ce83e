// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pictures of maps: area x time in colours, and below it latency x time.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "out/gnuplot.h"
#include "out/message.h"
#include "source/dm.h"
#include "view/axis.h"
#include "view/map.h"
#include "view/page.h"
#include "view/picture.h"
#include "view/plot.h"

/* In pixels, from above: title, cells, gap, latency, and room for the times. */
#define TITLE_HEIGHT	96
#define CELLS_HEIGHT	340
#define GAP_HEIGHT	62
#define LATENCY_HEIGHT	200
#define AXIS_HEIGHT	44

/* A scale of colours has at most so much between its ends. */
#define SCALE_RANGE	10000.0

enum format { FORMAT_SVG, FORMAT_PNG, FORMAT_PDF, FORMAT_HTML, FORMATS };

static const char *const endings[FORMATS] = { ".svg", ".png", ".pdf", ".html" };

static enum format format_of(const char *path)
{
	const char *ending = strrchr(path, '.');
	unsigned int format;

	for (format = 0; ending && format < FORMATS; format++)
		if (!strcmp(ending, endings[format]))
			return format;
	return FORMATS;
}

int picture_check(const char *path)
{
	if (format_of(path) == FORMATS)
		usage("--output %s: the name must end in .svg, .png, .pdf or .html",
		      path);
	return gnuplot_is_there() ? 0 : EXIT_FAILURE;
}

/* Round ends around what is there; one value alone gets a scale around it. */
static void choose_scale(struct plot_panel *panel)
{
	const bool binary = !panel->latency &&
			    panel->map->measure == MEASURE_BYTES;
	const struct grid *grid = &panel->grid;

	panel->high = axis_round_up(grid->most > 0 ? grid->most : 1, binary);
	panel->low = axis_round_down(grid->least > 0 ? grid->least : 0.1,
				     binary);
	if (panel->low < panel->high / SCALE_RANGE)
		panel->low = panel->high / SCALE_RANGE;
	if (panel->low > panel->high / 2)
		panel->low = panel->high / (binary ? 16 : 10);
}

static bool bin_is_empty(const struct grid *grid, size_t bin)
{
	const float *values = &grid->values[bin * grid->time.steps];
	size_t step;

	for (step = 0; step < grid->time.steps; step++)
		if (values[step] > 0)
			return false;
	return true;
}

/* The bins that are drawn: those that saw I/O, and one on each side. */
static void choose_bins(struct plot_panel *panel)
{
	const struct grid *grid = &panel->grid;
	size_t first = 0, last = grid->rows - 1;

	while (first < last && bin_is_empty(grid, first))
		first++;
	while (last > first && bin_is_empty(grid, last))
		last--;
	if (first)
		first--;
	if (last < grid->rows - 1)
		last++;
	panel->first = first;
	panel->rows = last + 1 - first;
}

static int make_panel(struct plot_panel *panel, const struct map *map,
		      const struct grid_time *time, bool latency)
{
	int error;

	*panel = (struct plot_panel) { .map = map, .latency = latency };
	error = latency ? grid_bins(&panel->grid, time, map) :
			  grid_cells(&panel->grid, time, map);
	if (error)
		return error;
	choose_scale(panel);
	if (latency)
		choose_bins(panel);
	else
		panel->rows = (double)map->sectors / plot_row_sectors(panel);
	return 0;
}

static bool has_latencies(const struct map *map)
{
	size_t i;

	for (i = 0; i < map->count; i++)
		if (map->columns[i].bins)
			return true;
	return false;
}

/**
 * struct page - what is drawn
 * @maps: the maps
 * @maps_count: how many
 * @panels: the panels, from above
 * @count: how many
 * @height: in pixels
 */
struct page {
	struct map *const *maps;
	size_t maps_count;
	struct plot_panel panels[2 * PICTURE_MAPS];
	size_t count;
	int height;
};

static int lay_out(struct page *page, struct map *const *maps, size_t count)
{
	struct grid_time time;
	struct plot_panel *panel;
	int error = 0;
	size_t i;

	*page = (struct page) { .maps = maps, .maps_count = count };
	grid_time_of(&time, maps, count);
	for (i = 0; i < count && !error; i++) {
		panel = &page->panels[page->count++];
		error = make_panel(panel, maps[i], &time, false);
		panel->top = page->height + TITLE_HEIGHT;
		panel->bottom = panel->top + CELLS_HEIGHT;
		page->height = panel->bottom + AXIS_HEIGHT;
		if (error || !has_latencies(maps[i]))
			continue;
		panel = &page->panels[page->count++];
		error = make_panel(panel, maps[i], &time, true);
		panel->top = page->height - AXIS_HEIGHT + GAP_HEIGHT;
		panel->bottom = panel->top + LATENCY_HEIGHT;
		page->height = panel->bottom + AXIS_HEIGHT;
	}
	return error;
}

/* The device, and its region if that is a part of it or one of several. */
static void write_name(char *name, size_t room, const struct page *page,
		       const struct map *map)
{
	char device[MAPPED_NAME_MAX];

	mapped_name_text(device, map->region.device_name);
	if (!strcmp(map_whole(map), "device") &&
	    map_is_alone(map, page->maps, page->maps_count))
		snprintf(name, room, "%s", device);
	else
		snprintf(name, room, "%s, region %u", device,
			 map->region.region_id);
}

static void write_title(FILE *script, const struct page *page,
			const struct plot_panel *panel)
{
	char name[NAME_MAX];

	write_name(name, sizeof(name), page, panel->map);
	plot_title(script, name, panel->map, &panel->grid.time,
		   panel->top - TITLE_HEIGHT, page->height);
}

static void write_script(FILE *script, const struct page *page,
			 enum format format)
{
	char terminal[256];
	size_t i;

	switch (format) {
	case FORMAT_PNG:
		/* Of twice the resolution, for screens and paper that have it. */
		snprintf(terminal, sizeof(terminal),
			 "pngcairo size %d,%d font 'sans-serif,11' fontscale 2 linewidth 2",
			 2 * PLOT_WIDTH, 2 * page->height);
		break;
	case FORMAT_PDF:
		snprintf(terminal, sizeof(terminal),
			 "pdfcairo size %.3fin,%.3fin font 'sans-serif,11' fontscale 0.9",
			 PLOT_WIDTH / 100.0, page->height / 100.0);
		break;
	default:
		snprintf(terminal, sizeof(terminal),
			 "svg size %d,%d fixed font 'sans-serif,11' background '#ffffff'",
			 PLOT_WIDTH, page->height);
	}

	plot_page(script, terminal);
	for (i = 0; i < page->count; i++) {
		const struct plot_panel *panel = &page->panels[i];

		if (!panel->latency)
			write_title(script, page, panel);
		plot_panel(script, panel, page->height);
	}
	plot_end(script);
}

static void copy(FILE *to, FILE *from)
{
	char piece[65536];
	size_t length;

	while ((length = fread(piece, 1, sizeof(piece), from)))
		fwrite(piece, 1, length, to);
}

static int write_file(FILE *file, FILE *drawing, const struct page *page,
		      enum format format)
{
	if (format == FORMAT_HTML)
		return page_write(file, drawing, page->panels, page->count,
				  page->height);
	if (format == FORMAT_SVG)
		page_copy_svg(file, drawing,
			      page->panels[0].map->region.device_name);
	else
		copy(file, drawing);
	return 0;
}

static int draw(FILE *file, const struct page *page, enum format format)
{
	struct gnuplot gnuplot;
	int error;

	if (gnuplot_start(&gnuplot))
		return EXIT_FAILURE;
	write_script(gnuplot.script, page, format);
	if (gnuplot_finish(&gnuplot)) {
		gnuplot_end(&gnuplot);
		return EXIT_FAILURE;
	}
	error = write_file(file, gnuplot.drawing, page, format);
	gnuplot_end(&gnuplot);
	if (error)
		complain("out of memory");
	return error ? EXIT_FAILURE : 0;
}

int picture_draw(const char *path, FILE *file, struct map *const *maps,
		 size_t count)
{
	struct page page;
	int status;
	size_t i;

	if (lay_out(&page, maps, count)) {
		complain("out of memory");
		status = EXIT_FAILURE;
	} else {
		status = draw(file, &page, format_of(path));
	}
	for (i = 0; i < page.count; i++)
		grid_free(&page.panels[i].grid);
	if (!status && fflush(file)) {
		complain("%s: cannot be written: %s", path, strerror(errno));
		status = EXIT_FAILURE;
	}
	return status;
}
