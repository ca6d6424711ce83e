// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sizes as dmstats(8) takes them. Texts that it misreads silently are refused.
 */
#include <stddef.h>
#include <string.h>

#include "arg/number.h"
#include "arg/size.h"

/* Bytes of a unit, or 0 if there is no such unit. */
static uint64_t unit_bytes(char suffix)
{
	static const char binary[] = "kmgtpe", decimal[] = "KMGTPE";
	const char *found;
	uint64_t bytes = 1, base;
	ptrdiff_t power;

	switch (suffix) {
	case 'b':
	case 'B':
		return 1;
	case '\0':
	case 's':
	case 'S':
		return 512;
	}

	found = strchr(binary, suffix);
	if (found) {
		base = 1024;
		power = found - binary + 1;
	} else {
		found = strchr(decimal, suffix);
		if (!found)
			return 0;
		base = 1000;
		power = found - decimal + 1;
	}
	while (power--)
		bytes *= base;
	return bytes;
}

const char *size_parse(const char *text, uint64_t *sectors)
{
	const char *end;
	uint64_t number, bytes;

	end = digits_parse(text, &number);
	if (!end)
		return "not a number, or too large";
	bytes = unit_bytes(*end);
	if (!bytes || (*end && end[1]))
		return "not a whole number and one of bskmgtpeBSKMGTPE";

	if (bytes % 512 == 0) {
		bytes /= 512;
		if (number > (UINT64_MAX - 1) / bytes)
			return "too large";
		*sectors = number * bytes;
		return NULL;
	}
	if (number > UINT64_MAX / bytes)
		return "too large";
	*sectors = number * bytes / 512;
	if (number && !*sectors)
		return "less than a sector of 512 bytes";
	return NULL;
}
