/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of extents, from which a region can be created.
 */
#ifndef DMSTAT_NL_EXTENT_H
#define DMSTAT_NL_EXTENT_H

#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

/**
 * struct extent_list - extents
 * @extents: the extents, NULL if there are none
 * @count: how many
 */
struct extent_list {
	struct dmstat_extent *extents;
	size_t count;
};

/**
 * extent_add() - add an extent at the end of a list
 * @list: the list
 * @start: its first sector
 * @length: its sectors
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int extent_add(struct extent_list *list, uint64_t start, uint64_t length);

/** extent_merge() - sort a list, and join extents that touch or overlap */
void extent_merge(struct extent_list *list);

/** extent_list_free() - free the extents */
void extent_list_free(struct extent_list *list);

#endif /* DMSTAT_NL_EXTENT_H */
