// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys: what they do, on the last line of the screen and in its help.
 */
#include <stdio.h>
#include <string.h>

#include "top/keys.h"
#include "top/screen.h"

/* How many keys may do the same. */
#define SAME	3

/**
 * struct key_line - keys that do the same
 * @keys: the keys
 * @where: where they do it
 * @action: what they do
 * @name: what they are called
 * @brief: what they do, on the last line; NULL: only the help has them
 * @help: what they do; NULL: the line before says it
 */
struct key_line {
	int keys[SAME];
	unsigned int where;
	enum action action;
	const char *name;
	const char *brief;
	const char *help;
};

/* In the order of importance: the last ones may find no room. */
static const struct key_line lines[] = {
	{ { 'q', 'Q' }, KEYS_BOTH, ACTION_QUIT, "q", "quit", "quit" },
	{ { '?', 'h' }, KEYS_BOTH, ACTION_HELP, "?", "keys", "show this help" },
	{ { SCREEN_ENTER, SCREEN_RIGHT }, KEYS_LIST, ACTION_OPEN, "Enter",
	  "open", "open the selected device, or zoom into the selected area" },
	{ { SCREEN_ENTER, SCREEN_RIGHT }, KEYS_DETAIL, ACTION_OPEN, "Enter",
	  "zoom", NULL },
	{ { SCREEN_ESCAPE, SCREEN_LEFT }, KEYS_DETAIL, ACTION_BACK, "Esc",
	  "back", NULL },
	{ { SCREEN_ESCAPE }, KEYS_LIST, ACTION_BACK, "Escape, Left", NULL,
	  "go back" },
	{ { SCREEN_UP, 'k' }, KEYS_BOTH, ACTION_UP, "Up/Down", "select",
	  "select the device or area above, below (also k, j)" },
	{ { SCREEN_DOWN, 'j' }, KEYS_BOTH, ACTION_DOWN, "Down", NULL, NULL },
	{ { '>', '.' }, KEYS_LIST, ACTION_SORT_AFTER, "< >", "sort",
	  "sort by the key before, after" },
	{ { '<', ',' }, KEYS_LIST, ACTION_SORT_BEFORE, "<", NULL, NULL },
	{ { 'c', '\t' }, KEYS_LIST, ACTION_COLUMNS, "c", "columns",
	  "show other columns: the chosen ones, reads and writes, the rest" },
	{ { 'b' }, KEYS_DETAIL, ACTION_BY, "b", "by",
	  "map by I/Os, reads, writes, bytes, time, errors" },
	{ { 'l', '\t' }, KEYS_DETAIL, ACTION_LATENCY, "l", "latency",
	  "show the latency histogram over time, or the map of areas" },
	{ { 'i' }, KEYS_DETAIL, ACTION_FLIGHT, "i", "in flight",
	  "list the oldest I/Os in flight, or the busiest areas" },
	{ { 'p', ' ' }, KEYS_BOTH, ACTION_PAUSE, "p", "pause",
	  "stop the screen, and go on" },
	{ { 'r' }, KEYS_LIST, ACTION_REVERSE, "r", "reverse",
	  "sort the other way round" },
	{ { 't' }, KEYS_LIST, ACTION_TREE, "t", "tree",
	  "show disks below what is on them, or all rows by themselves" },
	{ { SCREEN_PAGE_UP }, KEYS_BOTH, ACTION_PAGE_UP, "PgUp/PgDn",
	  NULL, "go through the devices, or through the time of a map" },
	{ { SCREEN_PAGE_DOWN }, KEYS_DETAIL, ACTION_PAGE_DOWN, "PgUp/PgDn",
	  "time", NULL },
	{ { SCREEN_PAGE_DOWN }, KEYS_LIST, ACTION_PAGE_DOWN, "PgDn", NULL,
	  NULL },
	{ { SCREEN_HOME, 'g' }, KEYS_BOTH, ACTION_FIRST, "Home, End", NULL,
	  "go to the first or last device, to now or the oldest interval" },
	{ { SCREEN_END, 'G' }, KEYS_BOTH, ACTION_LAST, "End", NULL, NULL },
	{ { '+', '=' }, KEYS_BOTH, ACTION_FASTER, "+ -", NULL,
	  "read twice, half as often" },
	{ { '-' }, KEYS_BOTH, ACTION_SLOWER, "-", NULL, NULL },
};

#define LINES_COUNT	(sizeof(lines) / sizeof(lines[0]))

enum action keys_action(unsigned int where, int key)
{
	size_t i, j;

	for (i = 0; i < LINES_COUNT; i++)
		for (j = 0; j < SAME; j++)
			if (lines[i].where & where && key &&
			    lines[i].keys[j] == key)
				return lines[i].action;
	return ACTION_NONE;
}

void keys_line(char *text, size_t size, unsigned int where, int width)
{
	int length = 0, more;
	size_t i;

	if ((size_t)width >= size)
		width = size - 1;
	text[0] = '\0';
	for (i = 0; i < LINES_COUNT; i++) {
		if (!(lines[i].where & where) || !lines[i].brief)
			continue;
		more = strlen(lines[i].name) + strlen(lines[i].brief) + 3;
		if (length + more > width)
			continue;
		length += sprintf(text + length, " %s %s ", lines[i].name,
				  lines[i].brief);
	}
}

bool keys_help(size_t line, const char **keys, const char **help)
{
	size_t i;

	for (i = 0; i < LINES_COUNT; i++) {
		if (!lines[i].help || line--)
			continue;
		*keys = lines[i].name;
		*help = lines[i].help;
		return true;
	}
	return false;
}
