// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sizes as dmstats(8) takes them. Texts that it misreads silently are refused.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arg/number.h"
#include "arg/size.h"

#define NO_SIZE "not a whole number and one of bskmgtpeBSKMGTPE"

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

/*
 * The suffix that people mean by what they write behind a number: the letter of
 * a power of 1024 for "MiB", of 1000 for "MB". Returns 0 if there is no such.
 */
static char suffix_meant(const char *unit)
{
	if (!*unit)
		return 's';
	if (strcasecmp(unit, "s") == 0 || strncasecmp(unit, "sector", 6) == 0)
		return 's';
	if (strcasecmp(unit, "b") == 0 || strncasecmp(unit, "byte", 4) == 0)
		return 'b';
	if (!strchr("kmgtpe", tolower((unsigned char)unit[0])))
		return 0;
	if (!unit[1])
		return unit[0];
	if (strcasecmp(unit + 1, "ib") == 0 || strcasecmp(unit + 1, "i") == 0)
		return tolower((unsigned char)unit[0]);
	if (strcasecmp(unit + 1, "b") == 0)
		return toupper((unsigned char)unit[0]);
	return 0;
}

/* Write a size as a whole number, in the largest unit that it is a multiple of. */
static void write_whole(char *text, size_t room, uint64_t bytes, bool decimal)
{
	const char *suffix = decimal ? "EPTGMK" : "eptgmk";

	for (; *suffix; suffix++) {
		if (bytes >= unit_bytes(*suffix) &&
		    bytes % unit_bytes(*suffix) == 0) {
			snprintf(text, room, "%" PRIu64 "%c",
				 bytes / unit_bytes(*suffix), *suffix);
			return;
		}
	}
	snprintf(text, room, "%" PRIu64 "s", (bytes + 511) / 512);
}

/* What to type instead of a text that is no size, or what is wrong with it. */
static const char *suggest(const char *text)
{
	char whole[32], other[32], suffix, *end;
	static char suggestion[160];
	const char *unit;
	double bytes;
	uint64_t base;

	unit = text + strspn(text, "0123456789.");
	bytes = strtod(text, &end);
	/* Neither "0x10" nor "1e3". */
	if (!isdigit((unsigned char)*text) || end != unit)
		return NO_SIZE;
	unit += strspn(unit, " ");
	suffix = suffix_meant(unit);
	base = unit_bytes(suffix);
	if (!suffix || !base || bytes * base >= 0x1p63 || bytes * base < 1)
		return NO_SIZE;

	write_whole(whole, sizeof(whole), bytes * base,
		    isupper((unsigned char)suffix));
	if (!*unit) {
		snprintf(suggestion, sizeof(suggestion),
			 "not a whole number of sectors: write %s, or a smaller unit, as 512m for 0.5 GiB",
			 whole);
	} else if (isupper((unsigned char)suffix) && unit[1]) {
		/* "MB" is either to many people. */
		write_whole(other, sizeof(other), bytes *
			    unit_bytes(tolower((unsigned char)suffix)), false);
		snprintf(suggestion, sizeof(suggestion),
			 NO_SIZE ": write %s for powers of 1000, or %s for powers of 1024",
			 whole, other);
	} else {
		snprintf(suggestion, sizeof(suggestion), NO_SIZE ": write %s",
			 whole);
	}
	return suggestion;
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
		return suggest(text);

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
