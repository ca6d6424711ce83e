// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rows of a list that is complete before it is printed.
 */
#include "out/output.h"
#include "view/rows.h"

void rows_print(struct output *out, const char *key, const char *none,
		int (*print_row)(struct output *out, const void *list,
				 size_t i),
		const void *list, size_t count)
{
	size_t i;

	if (!count)
		output_none(out, none);
	output_list(out, key);
	for (i = 0; i < count; i++)
		if (print_row(out, list, i))
			break;
	output_list_end(out);
}
