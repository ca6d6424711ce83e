// SPDX-License-Identifier: GPL-2.0-only
/*
 * Levels as colours: what the terminal can show, and the colour of each level.
 */
#define _GNU_SOURCE
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "out/colour.h"
#include "out/terminal.h"
#include "out/text.h"

/* Last, because they define words such as "lines" and "columns" as macros. */
#include <curses.h>
#include <term.h>

#define DIRECT_LEVELS	64

/* Nothing: dark, but not the black that most terminals have around it. */
static const struct colour nothing = { 28, 28, 32 };

/* The scale, at equal distances; between them it is straight. */
static const struct colour scale[] = {
	{ 44, 17, 92 }, { 85, 15, 109 }, { 136, 34, 106 }, { 186, 54, 85 },
	{ 227, 89, 51 }, { 249, 140, 10 }, { 249, 201, 50 }, { 252, 255, 164 },
};

/* The same in xterm's palette, each lighter than the one before. */
static const uint8_t palette[] = {
	234, 17, 53, 54, 89, 90, 125, 126, 161, 167, 202, 208, 214, 220, 227,
	229,
};

#define SCALE_STEPS	(sizeof(scale) / sizeof(scale[0]) - 1)
#define PALETTE_LEVELS	(sizeof(palette) / sizeof(palette[0]) - 1)

static bool is_set(const char *name)
{
	const char *text = getenv(name);

	return text && *text;
}

static enum colour_depth depth_of_terminfo(void)
{
	enum colour_depth depth = COLOUR_NONE;
	int error;

	if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return COLOUR_NONE;
	if (tigetnum("colors") >= 256)
		depth = COLOUR_256;
	/* A flag, a number or a text: those that lack it say so by their type. */
	if (tigetflag("RGB") > 0 || tigetnum("RGB") > 0)
		depth = COLOUR_DIRECT;
	del_curterm(cur_term);
	return depth;
}

enum colour_depth colour_depth_of_terminal(void)
{
	const char *direct = getenv("COLORTERM");
	enum colour_depth depth;

	if (is_set("NO_COLOR"))
		return COLOUR_NONE;
	depth = depth_of_terminfo();
	if (depth == COLOUR_256 && direct &&
	    (!strcmp(direct, "truecolor") || !strcmp(direct, "24bit")))
		return COLOUR_DIRECT;
	return depth;
}

enum colour_depth colour_depth(void)
{
	return terminal_is_stdout() ? colour_depth_of_terminal() : COLOUR_NONE;
}

/* The locale as the environment has it, also if it is not installed. */
static bool named_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!is_set(names[i]))
			continue;
		text = getenv(names[i]);
		return strcasestr(text, "UTF-8") || strcasestr(text, "UTF8");
	}
	return false;
}

bool colour_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8;

	if (!locale)
		return named_utf8();
	utf8 = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
	freelocale(locale);
	return utf8;
}

unsigned int colour_levels(enum colour_depth depth)
{
	return depth == COLOUR_DIRECT ? DIRECT_LEVELS : PALETTE_LEVELS;
}

uint8_t colour_palette(unsigned int level)
{
	return palette[level > PALETTE_LEVELS ? PALETTE_LEVELS : level];
}

static uint8_t between(uint8_t from, uint8_t to, double share)
{
	return from + (to - from) * share + 0.5;
}

struct colour colour_share(double share)
{
	double place = share <= 0 ? 0 : share >= 1 ? SCALE_STEPS :
		       share * SCALE_STEPS;
	size_t step = place < SCALE_STEPS ? place : SCALE_STEPS - 1;
	const struct colour *low = &scale[step], *high = low + 1;

	place -= step;
	return (struct colour) {
		between(low->red, high->red, place),
		between(low->green, high->green, place),
		between(low->blue, high->blue, place),
	};
}

struct colour colour_direct(unsigned int level)
{
	if (!level)
		return nothing;
	return colour_share((level - 1.0) / (DIRECT_LEVELS - 1));
}

void colour_put_background(enum colour_depth depth, unsigned int level)
{
	struct colour colour;
	char text[32];
	int length;

	if (depth == COLOUR_DIRECT) {
		colour = colour_direct(level);
		length = snprintf(text, sizeof(text), "\033[48;2;%u;%u;%um",
				  colour.red, colour.green, colour.blue);
	} else {
		length = snprintf(text, sizeof(text), "\033[48;5;%um",
				  colour_palette(level));
	}
	text_put(text, length);
}

void colour_put_end(void)
{
	text_put("\033[0m", 4);
}
