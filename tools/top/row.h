/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows as a tree: what a device is on comes below it.
 */
#ifndef DMSTAT_NL_TOP_ROW_H
#define DMSTAT_NL_TOP_ROW_H

#include <stddef.h>

#include "top/value.h"

/**
 * struct row - a row
 * @item: the item
 * @depth: 0, or one more than the row that it is below
 * @others: how many other rows it is below, too, where it is not shown
 */
struct row {
	const struct watch_item *item;
	int depth;
	size_t others;
};

/**
 * struct row_spec - how rows are sorted
 * @order: by what
 * @reverse: the other way round
 * @flat: without a tree
 */
struct row_spec {
	enum order order;
	bool reverse;
	bool flat;
};

/**
 * rows_sort() - sort rows
 * @rows: their items; all else is set
 * @count: how many
 * @spec: how
 *
 * A device that is below several rows is in the tree once: under the first of
 * them. Unless it is sorted by name, the best of the rows of a tree decides its
 * place, so that a disk that is busy for reasons of its own is not lost below a
 * volume that is not.
 *
 * Without memory, the rows are no tree.
 */
void rows_sort(struct row *rows, size_t count,
	       const struct row_spec *spec);

/**
 * row_name() - a name, with what shows its place in the tree
 * @row: the row
 * @name: its name
 * @text: where it goes, cut if there is no room
 * @size: its size
 *
 * Return: @text.
 */
char *row_name(const struct row *row, const char *name, char *text,
	       size_t size);

#endif /* DMSTAT_NL_TOP_ROW_H */
