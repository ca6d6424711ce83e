// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of extents, from which a region can be created.
 */
#include <stdlib.h>

#include "out/message.h"
#include "source/array.h"
#include "source/extent.h"

int extent_add(struct extent_list *list, uint64_t start, uint64_t length)
{
	struct dmstat_extent *extents;

	extents = array_grow(list->extents, list->count, sizeof(*extents));
	if (!extents) {
		complain("no memory for %zu extents", list->count + 1);
		return EXIT_FAILURE;
	}
	list->extents = extents;
	extents[list->count++] = (struct dmstat_extent){ start, length };
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct dmstat_extent *one = a, *two = b;

	return one->start < two->start ? -1 : one->start > two->start;
}

void extent_merge(struct extent_list *list)
{
	struct dmstat_extent *last, *next;
	uint64_t end;
	size_t i;

	if (!list->count)
		return;
	qsort(list->extents, list->count, sizeof(*list->extents), compare);

	last = list->extents;
	for (i = 1; i < list->count; i++) {
		next = &list->extents[i];
		end = next->start + next->length;
		if (next->start > last->start + last->length)
			*++last = *next;
		else if (end > last->start + last->length)
			last->length = end - last->start;
	}
	list->count = last - list->extents + 1;
}

void extent_list_free(struct extent_list *list)
{
	free(list->extents);
	list->extents = NULL;
	list->count = 0;
}
