// SPDX-License-Identifier: GPL-2.0-only
/*
 * What gives a terminal back when curses must not be called any more.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

#include "top/ending.h"

static char ending[128];

static int add(int byte)
{
	const size_t length = strlen(ending);

	if (length + 1 == sizeof(ending))
		return EOF;
	ending[length] = byte;
	return byte;
}

void ending_choose(void)
{
	/* Where there is but one screen, no part of what was drawn may stay. */
	const char *const texts[] = { orig_pair, exit_attribute_mode, cursor_normal,
				      keypad_local,
				      exit_ca_mode ? exit_ca_mode : clear_screen };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i])
			tputs(texts[i], 1, add);
}

void ending_write(void)
{
	if (write(STDOUT_FILENO, ending, strlen(ending)) < 0)
		return;
}
