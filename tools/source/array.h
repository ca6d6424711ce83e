/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrays that grow by one.
 */
#ifndef DMSTAT_NL_ARRAY_H
#define DMSTAT_NL_ARRAY_H

#include <stddef.h>

/**
 * array_grow() - make room for one more item
 * @items: the array so far, NULL if @count is 0
 * @count: items in it
 * @size: of an item
 *
 * Return: the array, which may have moved; NULL if there is no memory, and then
 * @items is still valid.
 */
void *array_grow(void *items, size_t count, size_t size);

#endif /* DMSTAT_NL_ARRAY_H */
