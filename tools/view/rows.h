/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rows of a list that is complete before it is printed.
 */
#ifndef DMSTAT_NL_ROWS_H
#define DMSTAT_NL_ROWS_H

#include <stddef.h>

struct output;

/**
 * rows_print() - print a list; in JSON, with the key @key
 * @out: the output
 * @key: its key
 * @none: printed on a terminal if the list is empty
 * @print_row: prints row @i of @list; returns as output_row_end()
 * @list: the list
 * @count: how many rows it has
 */
void rows_print(struct output *out, const char *key, const char *none,
		int (*print_row)(struct output *out, const void *list,
				 size_t i),
		const void *list, size_t count);

#endif /* DMSTAT_NL_ROWS_H */
