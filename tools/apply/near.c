// SPDX-License-Identifier: GPL-2.0-only
/*
 * How near a text is to another one that may have been meant.
 */
#include <stdint.h>
#include <string.h>

#include "apply/near.h"

/* Names of devices are shorter. */
#define LENGTH_MAX	256

size_t near_distance(const char *one, const char *two)
{
	const size_t one_length = strlen(one), length = strlen(two);
	size_t row[LENGTH_MAX + 1], i, j, before, above;

	if (one_length > LENGTH_MAX || length > LENGTH_MAX)
		return SIZE_MAX;
	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 1; i <= one_length; i++) {
		before = row[0];
		row[0] = i;
		for (j = 1; j <= length; j++) {
			above = row[j];
			row[j] = before + (one[i - 1] != two[j - 1]);
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			before = above;
		}
	}
	return row[length];
}
