/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list: a line for all, and a row for each device or region.
 */
#ifndef DMSTAT_NL_TOP_LIST_H
#define DMSTAT_NL_TOP_LIST_H

#include "top/keys.h"
#include "top/row.h"

/** enum list_columns - which columns are shown if there is no room for all */
enum list_columns {
	LIST_MAIN,
	LIST_READS_WRITES,
	LIST_DISCARDS_FLUSHES,
	LIST_COLUMNS
};

/**
 * struct list - how the list is shown
 * @order: by what it is sorted
 * @reverse: the other way round
 * @flat: no tree
 * @columns: which columns
 * @old_ns: I/O in flight for so long is shown in red
 * @selected: id of the selected item; 0: none
 * @first: the first row that is visible
 * @rows: the rows in their order, from the last list_update()
 * @count: how many
 */
struct list {
	enum order order;
	bool reverse;
	bool flat;
	enum list_columns columns;
	uint64_t old_ns;
	uint64_t selected;
	size_t first;
	struct row *rows;
	size_t count;
};

/** list_update() - take the items of a watch; needed after each watch_read() */
void list_update(struct list *list, const struct watch *watch);

/** list_draw() - draw it from a line to a line */
void list_draw(struct list *list, const struct watch *watch, int top,
	       int bottom);

/** list_act() - do what a key asks for */
void list_act(struct list *list, enum action action, int rows);

/** list_selected() - the item to open; NULL: there is none */
const struct watch_item *list_selected(const struct list *list);

/** list_rows() - how many rows have room between two lines */
int list_rows(int top, int bottom);

/** list_end() - free what it holds */
void list_end(struct list *list);

#endif /* DMSTAT_NL_TOP_LIST_H */
