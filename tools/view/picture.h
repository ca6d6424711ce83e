/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pictures of maps: area x time in colours, and below it latency x time.
 */
#ifndef DMSTAT_NL_PICTURE_H
#define DMSTAT_NL_PICTURE_H

#include <stddef.h>
#include <stdio.h>

struct map;

/* How many maps one picture can have, below each other. */
#define PICTURE_MAPS	8

/**
 * picture_check() - check that a picture can be made
 * @path: its file, whose ending says what it is: .svg, .png, .pdf or .html
 *
 * Ends the program if it is none of these.
 *
 * Return: 0, or EXIT_FAILURE after saying what is missing.
 */
int picture_check(const char *path);

/**
 * picture_draw() - draw maps
 * @path: the file
 * @file: the same, open for writing
 * @maps: the maps, each of an interval or more
 * @count: how many, 1 to PICTURE_MAPS
 *
 * Return: 0, or EXIT_FAILURE after saying what went wrong.
 */
int picture_draw(const char *path, FILE *file, struct map *const *maps,
		 size_t count);

#endif /* DMSTAT_NL_PICTURE_H */
