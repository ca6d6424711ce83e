// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows as a tree: what a device is on comes below it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "top/row.h"

/* Deeper stacks are shown as if they were not. */
#define DEPTH_MAX	16

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

static void find_parent(struct node *node, const struct row *rows,
			size_t count)
{
	const struct watch_item *item = node->row.item;
	size_t i, place, found = 0;

	node->parent = NONE;
	if (item->kind != WATCH_DEVICE)
		return;
	for (i = 0; i < item->above_count; i++) {
		place = place_of(rows, count, item->above[i]);
		if (place == NONE)
			continue;
		found++;
		if (place < node->parent)
			node->parent = place;
	}
	node->row.others = found ? found - 1 : 0;
}

/* Tell all rows above it how good it is. */
static void raise_parents(struct node *nodes, size_t place)
{
	size_t at = place;
	int depth;

	for (depth = 0; depth < DEPTH_MAX && nodes[at].parent != NONE; depth++) {
		at = nodes[at].parent;
		if (nodes[at].best > place)
			nodes[at].best = place;
	}
	nodes[place].row.depth = depth;
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

static void make_tree(struct row *rows, size_t count, struct node *nodes,
		      struct node **sorted)
{
	size_t i;

	for (i = 0; i < count; i++) {
		nodes[i].row = rows[i];
		nodes[i].best = i;
		find_parent(&nodes[i], rows, count);
	}
	for (i = 0; i < count; i++)
		raise_parents(nodes, i);
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
		make_tree(rows, count, nodes, sorted);
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
