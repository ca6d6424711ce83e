// SPDX-License-Identifier: GPL-2.0-only
/*
 * The terminal that stdout may be.
 */
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

#include "out/terminal.h"

bool terminal_is_stdout(void)
{
	static int terminal = -1;

	if (terminal < 0)
		terminal = isatty(STDOUT_FILENO);
	return terminal;
}

/* Set by watch(1), or by a script whose pipe ends at a terminal. */
static int width_asked_for(void)
{
	const char *text = getenv("COLUMNS");
	char *end;
	long width;

	if (!text)
		return INT_MAX;
	width = strtol(text, &end, 10);
	return *end || width <= 0 || width > INT_MAX ? INT_MAX : width;
}

int terminal_width(void)
{
	struct winsize size;

	if (!terminal_is_stdout())
		return width_asked_for();
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return INT_MAX;
	return size.ws_col;
}

bool terminal_is_dumb(void)
{
	const char *address;
	int error;

	if (!terminal_is_stdout() ||
	    setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return false;
	address = tigetstr("cup");
	return !address || address == (char *)-1;
}
