// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arrays that grow by one. The room doubles whenever it is full, that is when
 * the count is a power of two, so it need not be kept.
 */
#include <stdlib.h>

#include "array.h"

void *array_grow(void *items, size_t count, size_t size)
{
	if (count & (count - 1))
		return items;
	return reallocarray(items, count ? 2 * count : 1, size);
}
