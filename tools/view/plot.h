/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The panels of a picture, as a script for gnuplot.
 */
#ifndef DMSTAT_NL_PLOT_H
#define DMSTAT_NL_PLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "view/grid.h"

struct map;

/* Of a page, in pixels; pictures of other resolutions have them, too. */
#define PLOT_WIDTH	1200
#define PLOT_LEFT	104
#define PLOT_RIGHT	1056

/**
 * struct plot_panel - a panel: values in colours, over time
 * @map: the map that it is of
 * @latency: it shows the map's histogram, else its cells
 * @grid: the values
 * @low: of the scale of colours
 * @high: of the scale of colours
 * @first: the first row that is drawn
 * @rows: how many rows are drawn; may end within the last one
 * @top: where it is on the page, in pixels from above
 * @bottom: where it ends
 */
struct plot_panel {
	const struct map *map;
	bool latency;
	struct grid grid;
	double low;
	double high;
	size_t first;
	double rows;
	int top;
	int bottom;
};

/** plot_page() - begin a page; @terminal is gnuplot's */
void plot_page(FILE *script, const char *terminal);

/**
 * plot_title() - the words above the panels of a map
 * @script: the script
 * @name: the map's name
 * @map: the map
 * @time: its steps
 * @top: where they begin, in pixels from above
 * @height: of the page
 */
void plot_title(FILE *script, const char *name, const struct map *map,
		const struct grid_time *time, int top, int height);

/** plot_panel() - a panel on a page of @height pixels */
void plot_panel(FILE *script, const struct plot_panel *panel, int height);

/** plot_end() - end the page */
void plot_end(FILE *script);

/** plot_row_sectors() - sectors of a row of cells; the last may have fewer */
uint64_t plot_row_sectors(const struct plot_panel *panel);

/** plot_bin_low() - the time at which a bin of a map's histogram begins */
double plot_bin_low(const struct map *map, size_t bin);

#endif /* DMSTAT_NL_PLOT_H */
