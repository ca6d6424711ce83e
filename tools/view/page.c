// SPDX-License-Identifier: GPL-2.0-only
/*
 * The picture as a web page. Its text is page.html, with places for the title,
 * the drawing and the data.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "out/text.h"
#include "view/map.h"
#include "view/page.h"
#include "view/plot.h"

#define NS_PER_MS	1e6
#define NS_PER_SECOND	1000000000ULL
#define MS_PER_SECOND	1000L

__asm__(".pushsection .rodata\n"
	".global page_text\n"
	"page_text:\n"
	".incbin \"view/page.html\"\n"
	".byte 0\n"
	".popsection\n");

static void put_xml(FILE *file, const char *text)
{
	char *escaped = text_escaped(text, false);
	const char *c;

	for (c = escaped ? escaped : ""; *c; c++) {
		if (*c == '<')
			fputs("&lt;", file);
		else if (*c == '>')
			fputs("&gt;", file);
		else if (*c == '&')
			fputs("&amp;", file);
		else
			fputc(*c, file);
	}
	free(escaped);
}

/* A string of a script within the page, which no text can end. */
static void put_string(FILE *file, const char *text)
{
	char *escaped = text_escaped(text, true);
	const char *c;

	fputc('"', file);
	for (c = escaped ? escaped : ""; *c; c++) {
		if (strchr("<>&", *c))
			fprintf(file, "\\u%04x", *c);
		else
			fputc(*c, file);
	}
	fputc('"', file);
	free(escaped);
}

static void put_base64(FILE *file, const unsigned char *bytes, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t three;
	size_t i, left;

	for (i = 0; i < length; i += 3) {
		left = length - i;
		three = bytes[i] << 16 | (left > 1 ? bytes[i + 1] << 8 : 0) |
			(left > 2 ? bytes[i + 2] : 0);
		putc_unlocked(digits[three >> 18], file);
		putc_unlocked(digits[three >> 12 & 63], file);
		putc_unlocked(left > 1 ? digits[three >> 6 & 63] : '=', file);
		putc_unlocked(left > 2 ? digits[three & 63] : '=', file);
	}
}

static int put_values(FILE *file, const struct grid *grid)
{
	const size_t count = grid->rows * grid->time.steps;
	unsigned char *bytes = malloc(4 * count);
	uint32_t word;
	size_t i;

	if (!bytes)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		memcpy(&word, &grid->values[i], sizeof(word));
		bytes[4 * i] = word;
		bytes[4 * i + 1] = word >> 8;
		bytes[4 * i + 2] = word >> 16;
		bytes[4 * i + 3] = word >> 24;
	}
	fputc('"', file);
	put_base64(file, bytes, 4 * count);
	fputc('"', file);
	free(bytes);
	return 0;
}

static void put_rows(FILE *file, const struct plot_panel *panel)
{
	const struct map *map = panel->map;
	const size_t drawn = panel->rows;
	size_t bin;

	if (!panel->latency) {
		fprintf(file, ", \"start\": %" PRIu64 ", \"cell\": %" PRIu64
			", \"span\": %" PRIu64,
			map_start(map), plot_row_sectors(panel), map->sectors);
		return;
	}
	fprintf(file, ", \"bins\": %zu, \"edges\": [", panel->grid.rows);
	for (bin = panel->first; bin <= panel->first + drawn; bin++)
		fprintf(file, "%s%.17g", bin > panel->first ? ", " : "",
			plot_bin_low(map, bin));
	fprintf(file, "]");
}

static int put_panel(FILE *file, const struct plot_panel *panel)
{
	const struct grid_time *time = &panel->grid.time;
	static const char *const words[] = {
		[MEASURE_READS] = "reads",
		[MEASURE_WRITES] = "writes",
		[MEASURE_BYTES] = "bytes",
		[MEASURE_LATENCY] = "latency",
		[MEASURE_ERRORS] = "errors",
	};
	int error;

	fprintf(file, "{\"device\": ");
	put_string(file, panel->map->region.device_name);
	fprintf(file, ", \"region\": %u, \"kind\": \"%s\", \"measure\": \"%s\"",
		panel->map->region.region_id,
		panel->latency ? "latency" : "cells",
		words[panel->map->measure]);
	fprintf(file, ", \"left\": %d, \"top\": %d, \"width\": %d, \"height\": %d",
		PLOT_LEFT, panel->top, PLOT_RIGHT - PLOT_LEFT,
		panel->bottom - panel->top);
	fprintf(file, ", \"begin_ms\": %.6f, \"end_ms\": %.6f, \"steps\": %zu",
		time->begin / NS_PER_MS, time->end / NS_PER_MS, time->steps);
	fprintf(file, ", \"rows\": %zu, \"first\": %zu, \"drawn\": %.9g",
		panel->grid.rows, panel->first, panel->rows);
	put_rows(file, panel);
	fprintf(file, ",\n\"values\": ");
	error = put_values(file, &panel->grid);
	fprintf(file, "}");
	return error;
}

static long utc_offset_ms(const struct grid_time *time)
{
	time_t seconds = time->begin / NS_PER_SECOND;
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return tm.tm_gmtoff * MS_PER_SECOND;
}

static int put_data(FILE *file, const struct plot_panel *panels, size_t count,
		    int height)
{
	int error = 0;
	size_t i;

	fprintf(file, "{\"width\": %d, \"height\": %d, \"offset_ms\": %ld, \"panels\": [\n",
		PLOT_WIDTH, height, utc_offset_ms(&panels[0].grid.time));
	for (i = 0; i < count && !error; i++) {
		fprintf(file, "%s", i ? ",\n" : "");
		error = put_panel(file, &panels[i]);
	}
	fprintf(file, "]}");
	return error;
}

/**
 * struct change - what is changed in what gnuplot draws
 * @from: it
 * @to: what takes its place
 */
struct change {
	const char *from;
	const char *to;
};

static const struct change changes[] = {
	/* An image that is enlarged is blurred, unless this forbids it. */
	{ "<image ", "<image style='image-rendering:pixelated' " },
	/* Bold is no part of a font's name. */
	{ "font-family=\"sans-serif:Bold\"",
	  "font-family=\"sans-serif\" font-weight=\"bold\"" },
	/* Texts must not have the end of a section of XML. */
	{ "]]>", "]]&gt;" },
};

static const struct change *change_at(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		if (!strncmp(text, changes[i].from, strlen(changes[i].from)))
			return &changes[i];
	return NULL;
}

/* The end of a title, which browsers show beside the pointer, or @text. */
static const char *skip_title(const char *text)
{
	static const char begin[] = "<title>", end[] = "</title>";
	const char *behind;

	if (strncmp(text, begin, strlen(begin)))
		return text;
	behind = strstr(text, end);
	return behind ? behind + strlen(end) : text;
}

static void put_changed(FILE *file, const char *text)
{
	const struct change *change;

	while (*text) {
		text = skip_title(text);
		/* Few: the digits of an image are many. */
		change = strchr("<f]", *text) ? change_at(text) : NULL;
		if (change) {
			fputs(change->to, file);
			text += strlen(change->from);
		} else if (*text) {
			fputc(*text++, file);
		}
	}
}

static void copy_lines(FILE *file, FILE *drawing)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, drawing) > 0)
		put_changed(file, line);
	free(line);
}

/* Copy the lines up to the end of the tag "svg". */
static void copy_head(FILE *file, FILE *drawing)
{
	char *line = NULL;
	size_t size = 0;
	bool inside = false;

	while (getline(&line, &size, drawing) > 0) {
		fputs(line, file);
		inside |= !strncmp(line, "<svg", strlen("<svg"));
		if (inside && strchr(line, '>'))
			break;
	}
	free(line);
}

void page_copy_svg(FILE *file, FILE *drawing, const char *title)
{
	copy_head(file, drawing);
	fputs("<title>dmstat: ", file);
	put_xml(file, title);
	fputs("</title>\n", file);
	copy_lines(file, drawing);
}

/* Within a page an SVG has no declaration of XML. */
static void put_drawing(FILE *file, FILE *drawing)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, drawing) > 0)
		if (!strncmp(line, "<svg", strlen("<svg")))
			break;
	fputs(line ? line : "", file);
	free(line);
	copy_lines(file, drawing);
}

/* Copy the text up to a place for something, and return what follows that. */
static const char *put_until(FILE *file, const char *text, const char *place)
{
	const char *end = strstr(text, place);

	if (!end)
		return text;
	fwrite(text, 1, end - text, file);
	return end + strlen(place);
}

int page_write(FILE *file, FILE *drawing, const struct plot_panel *panels,
	       size_t count, int height)
{
	const char *name = panels[0].map->region.device_name;
	const char *text = page_text;
	int error;

	text = put_until(file, text, "@title@");
	fputs("dmstat: ", file);
	put_xml(file, name);
	text = put_until(file, text, "@drawing@");
	put_drawing(file, drawing);
	text = put_until(file, text, "@data@");
	error = put_data(file, panels, count, height);
	fputs(text, file);
	return error;
}
