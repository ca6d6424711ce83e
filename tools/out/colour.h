/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Levels as colours: what the terminal can show, and the colour of each level.
 *
 * Level 0 is nothing; the others rise from dark violet to light yellow, so that
 * they can be told from each other in grey, too.
 */
#ifndef DMSTAT_NL_COLOUR_H
#define DMSTAT_NL_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

enum colour_depth {
	COLOUR_NONE,	/* levels are shown by characters */
	COLOUR_256,	/* xterm's palette */
	COLOUR_DIRECT,	/* 24 bits */
};

/**
 * struct colour - a colour
 * @red: 0 to 255
 * @green: 0 to 255
 * @blue: 0 to 255
 */
struct colour {
	uint8_t red;
	uint8_t green;
	uint8_t blue;
};

/**
 * colour_depth() - what stdout can show
 *
 * No colours if it is not a terminal, if terminfo knows less than 256 for TERM,
 * or if NO_COLOR is set; 24 bits if COLORTERM or terminfo says so.
 */
enum colour_depth colour_depth(void);

/** colour_depth_of_terminal() - the same without asking what stdout is */
enum colour_depth colour_depth_of_terminal(void);

/** colour_utf8() - whether the locale's characters are UTF-8 */
bool colour_utf8(void);

/** colour_levels() - how many levels besides 0 have a colour; not COLOUR_NONE */
unsigned int colour_levels(enum colour_depth depth);

/**
 * colour_palette() - get the colour of a level in xterm's palette
 * @level: 0 to colour_levels(COLOUR_256)
 *
 * Return: the index, 16 to 255.
 */
uint8_t colour_palette(unsigned int level);

/**
 * colour_share() - get a colour of the scale
 * @share: 0, the lowest level above 0, to 1, the highest
 */
struct colour colour_share(double share);

/** colour_direct() - get the colour of level 0 to colour_levels(COLOUR_DIRECT) */
struct colour colour_direct(unsigned int level);

/**
 * colour_put_background() - print what makes a terminal paint a level
 * @depth: COLOUR_256 or COLOUR_DIRECT
 * @level: 0 to colour_levels(@depth)
 */
void colour_put_background(enum colour_depth depth, unsigned int level);

/** colour_put_end() - print what ends the colour */
void colour_put_end(void);

#endif /* DMSTAT_NL_COLOUR_H */
