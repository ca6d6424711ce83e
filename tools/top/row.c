// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows as a tree: what a device is on comes below it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "top/row.h"

/* A row, by its place among the sorted ones, and the tree that it is in. */
#define NONE		SIZE_MAX

struct node {
	struct row row;
	size_t parent;
	size_t best;		/* the first of it and all rows below it */
	size_t first;		/* of the rows below it, by @best */
	size_t next;		/* with the same parent */
};

static size_t place_of(const struct row *rows, size_t count, uint64_t id)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (rows[i].item->kind == WATCH_DEVICE &&
		    rows[i].item->id == id)
			return i;
	return NONE;
}

/* Tables may have been exchanged while it was read what is on what. */
static bool is_circle(const struct node *nodes, size_t place, size_t above)
{
	while (above != NONE && above != place)
		above = nodes[above].parent;
	return above == place;
}

static void find_parent(struct node *nodes, size_t of, const struct row *rows,
			size_t count)
{
	const struct watch_item *item = rows[of].item;
	size_t i, place, found = 0;

	if (item->kind != WATCH_DEVICE)
		return;
	for (i = 0; i < item->above_count; i++) {
		place = place_of(rows, count, item->above[i]);
		if (place == NONE || is_circle(nodes, of, place))
			continue;
		found++;
		if (place < nodes[of].parent)
			nodes[of].parent = place;
	}
	nodes[of].row.others = found ? found - 1 : 0;
}

/* Tell all rows above it how good it is. */
static void raise_parents(struct node *nodes, size_t place)
{
	size_t at = place;

	while (nodes[at].parent != NONE) {
		at = nodes[at].parent;
		if (nodes[at].best > place)
			nodes[at].best = place;
	}
}

static int depth_of(const struct node *nodes, size_t place)
{
	int depth = 0;

	while (nodes[place].parent != NONE) {
		place = nodes[place].parent;
		depth++;
	}
	return depth;
}

static int compare_best(const void *a, const void *b)
{
	const struct node *left = *(const struct node *const *)a;
	const struct node *right = *(const struct node *const *)b;

	if (left->best == right->best)
		return 0;
	return left->best < right->best ? -1 : 1;
}

/* From the last to the first, so that the first is put in front last. */
static size_t link_rows(struct node *nodes, struct node **sorted, size_t count)
{
	size_t first = NONE, i, *list;

	for (i = 0; i < count; i++) {
		nodes[i].first = NONE;
		sorted[i] = &nodes[i];
	}
	qsort(sorted, count, sizeof(*sorted), compare_best);
	for (i = count; i--;) {
		list = sorted[i]->parent == NONE ? &first :
		       &nodes[sorted[i]->parent].first;
		sorted[i]->next = *list;
		*list = sorted[i] - nodes;
	}
	return first;
}

static size_t put_rows(struct row *rows, size_t at,
		       const struct node *nodes, size_t place)
{
	for (; place != NONE; place = nodes[place].next) {
		rows[at++] = nodes[place].row;
		at = put_rows(rows, at, nodes, nodes[place].first);
	}
	return at;
}

static void make_tree(struct row *rows, size_t count, enum order order,
		      struct node *nodes, struct node **sorted)
{
	size_t i;

	for (i = 0; i < count; i++) {
		nodes[i].row = rows[i];
		nodes[i].best = i;
		nodes[i].parent = NONE;
	}
	for (i = 0; i < count; i++)
		find_parent(nodes, i, rows, count);
	for (i = 0; i < count; i++) {
		nodes[i].row.depth = depth_of(nodes, i);
		/* By name, a volume stands where its own name is. */
		if (order != ORDER_NAME)
			raise_parents(nodes, i);
	}
	put_rows(rows, 0, nodes, link_rows(nodes, sorted, count));
}

static void sort_flat(struct row *rows, size_t count,
		      const struct row_spec *spec)
{
	const struct watch_item **items = calloc(count + 1, sizeof(*items));
	size_t i;

	for (i = 0; items && i < count; i++)
		items[i] = rows[i].item;
	if (items)
		order_items(items, count, spec->order, spec->reverse);
	for (i = 0; i < count; i++)
		rows[i] = (struct row){
			.item = items ? items[i] : rows[i].item,
		};
	free(items);
}

void rows_sort(struct row *rows, size_t count,
	       const struct row_spec *spec)
{
	struct node **sorted;
	struct node *nodes;

	sort_flat(rows, count, spec);
	if (spec->flat)
		return;
	nodes = calloc(count + 1, sizeof(*nodes));
	sorted = calloc(count + 1, sizeof(*sorted));
	if (nodes && sorted)
		make_tree(rows, count, spec->order, nodes, sorted);
	free(sorted);
	free(nodes);
}

char *row_name(const struct row *row, const char *name, char *text,
	       size_t size)
{
	if (row->others)
		snprintf(text, size, "%*s%s +%zu", 2 * row->depth, "", name,
			 row->others);
	else
		snprintf(text, size, "%*s%s", 2 * row->depth, "", name);
	return text;
}
