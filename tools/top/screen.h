/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal as a screen: text, colours and keys. Nothing else knows ncurses.
 */
#ifndef DMSTAT_NL_TOP_SCREEN_H
#define DMSTAT_NL_TOP_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "view/strip.h"

/* Keys that are no characters. */
enum screen_key {
	SCREEN_NONE = -1,
	SCREEN_ESCAPE = 27,
	SCREEN_UP = 0x110000,
	SCREEN_DOWN,
	SCREEN_LEFT,
	SCREEN_RIGHT,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_ENTER,
	SCREEN_RESIZE,
};

/** enum screen_style - how a text is shown; the terminal may have no colours */
enum screen_style {
	SCREEN_PLAIN,
	SCREEN_BOLD,
	SCREEN_DIM,
	SCREEN_HEADING,
	SCREEN_SORTED,
	SCREEN_ALARM,
	SCREEN_NOTE,
	SCREEN_BAR,
	SCREEN_STYLES
};

/**
 * screen_open() - take the terminal; screen_close() gives it back
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int screen_open(void);

/** screen_close() - give the terminal back as it was */
void screen_close(void);

/** screen_key() - the next key that was pressed, or SCREEN_NONE */
int screen_key(void);

/** screen_height(), screen_width() - its size */
int screen_height(void);
int screen_width(void);

/** screen_depth() - what levels are shown by */
enum colour_depth screen_depth(void);

/** screen_begin() - begin to draw */
void screen_begin(void);

/** screen_end() - show what was drawn, if it differs */
void screen_end(void);

/**
 * screen_text() - put a text, cut at the right edge
 * @y: line
 * @x: column
 * @style: how it looks
 * @format: as printf()
 */
void screen_text(int y, int x, enum screen_style style, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));

/**
 * screen_name() - put a text that may have any bytes, cut in its middle
 * @y: line
 * @x: column
 * @width: columns
 * @style: how it looks
 * @name: the text
 */
void screen_name(int y, int x, int width, enum screen_style style,
		 const char *name);

/** screen_cells() - put a strip, or a row of a map */
void screen_cells(int y, int x, const struct strip_scale *scale,
		  const double *cells, size_t width);

/** screen_legend() - put the levels of a scale, at most so many columns */
void screen_legend(int y, int x, const struct strip_scale *scale, size_t width);

/** screen_mark() - show a line from a column on as selected */
void screen_mark(int y, int x, int width);

#endif /* DMSTAT_NL_TOP_SCREEN_H */
