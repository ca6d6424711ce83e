// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole numbers: decimal digits without sign, space or prefix.
 */
#include <stddef.h>

#include "arg/number.h"

const char *digits_parse(const char *text, uint64_t *value)
{
	uint64_t number = 0;
	const char *c;
	unsigned int digit;

	for (c = text; *c >= '0' && *c <= '9'; c++) {
		digit = *c - '0';
		if (number > (UINT64_MAX - digit) / 10)
			return NULL;
		number = number * 10 + digit;
	}
	if (c == text)
		return NULL;
	*value = number;
	return c;
}

const char *number_parse(const char *text, uint64_t *value)
{
	const char *end;

	/* The largest number is DMSTAT_DEFAULT, which means "not given". */
	end = digits_parse(text, value);
	return !end || *end || *value == UINT64_MAX ?
	       "not a number, or too large" : NULL;
}

const char *range_parse(const char *text, uint64_t *first, uint64_t *count)
{
	const char *end;
	uint64_t last;

	*first = 0;
	end = digits_parse(text, first);
	last = *first;
	if (end && *end == '-')
		end = digits_parse(end + 1, &last);
	if (!end || *end)
		return "not FIRST or FIRST-LAST, numbers from 0";
	if (last < *first)
		return "the last is before the first";
	if (last >= UINT64_MAX - 1)
		return "too large";
	*count = last - *first + 1;
	return NULL;
}
