// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arrays that grow by one. The capacity is not stored: it doubles whenever the
 * count is a power of two.
 */
#include <stdlib.h>

#include "source/array.h"

void *array_grow(void *items, size_t count, size_t size)
{
	if (count & (count - 1))
		return items;
	return reallocarray(items, count ? 2 * count : 1, size);
}
