/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The picture as a web page: the drawing, and the values under the pointer.
 */
#ifndef DMSTAT_NL_PAGE_H
#define DMSTAT_NL_PAGE_H

#include <stddef.h>
#include <stdio.h>

struct plot_panel;

/** page_text - page.html, with places for what is put into it */
extern const char page_text[];

/**
 * page_write() - write a page that needs no other file
 * @file: the page
 * @drawing: the SVG that gnuplot has drawn, in lines
 * @panels: its panels
 * @count: how many
 * @height: of the drawing, in pixels
 *
 * Return: 0; -ENOMEM.
 */
int page_write(FILE *file, FILE *drawing, const struct plot_panel *panels,
	       size_t count, int height);

/** page_copy_svg() - copy an SVG, so that every browser shows it sharp */
void page_copy_svg(FILE *file, FILE *drawing, const char *title);

#endif /* DMSTAT_NL_PAGE_H */
