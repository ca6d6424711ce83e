/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys: what they do, on the last line of the screen and in its help.
 */
#ifndef DMSTAT_NL_TOP_KEYS_H
#define DMSTAT_NL_TOP_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* Where a key does something. */
#define KEYS_LIST	(1U << 0)
#define KEYS_DETAIL	(1U << 1)
#define KEYS_BOTH	(KEYS_LIST | KEYS_DETAIL)

enum action {
	ACTION_NONE,
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_OPEN,
	ACTION_BACK,
	ACTION_SORT_BEFORE,
	ACTION_SORT_AFTER,
	ACTION_REVERSE,
	ACTION_TREE,
	ACTION_COLUMNS,
	ACTION_BY,
	ACTION_LATENCY,
	ACTION_FLIGHT,
	ACTION_FASTER,
	ACTION_SLOWER,
	ACTION_PAUSE,
	ACTION_HELP,
	ACTION_QUIT,
};

/** keys_action() - what a key does there */
enum action keys_action(unsigned int where, int key);

/**
 * keys_line() - what the last line says of the keys
 * @text: where it goes
 * @size: its size
 * @where: KEYS_LIST or KEYS_DETAIL
 * @width: columns; keys that find no room are left out
 */
void keys_line(char *text, size_t size, unsigned int where, int width);

/**
 * keys_help() - a line of the help
 * @line: from 0
 * @keys: set to the keys
 * @help: set to what they do
 *
 * Return: whether there is such a line.
 */
bool keys_help(size_t line, const char **keys, const char **help);

#endif /* DMSTAT_NL_TOP_KEYS_H */
