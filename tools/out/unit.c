// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers with a unit, as people read them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "out/unit.h"

struct scale {
	const char *name;
	uint64_t divisor;
};

static const struct scale byte_scales[] = {
	{ "B", 1 },
	{ "KiB", 1ULL << 10 },
	{ "MiB", 1ULL << 20 },
	{ "GiB", 1ULL << 30 },
	{ "TiB", 1ULL << 40 },
	{ "PiB", 1ULL << 50 },
	{ NULL, 0 }
};

static const struct scale sector_scales[] = {
	{ "KiB", 1ULL << 1 },
	{ "MiB", 1ULL << 11 },
	{ "GiB", 1ULL << 21 },
	{ "TiB", 1ULL << 31 },
	{ "PiB", 1ULL << 41 },
	{ "EiB", 1ULL << 51 },
	{ NULL, 0 }
};

static const struct scale time_scales[] = {
	{ "ns", 1 },
	{ "us", 1000ULL },
	{ "ms", 1000ULL * 1000 },
	{ "s", 1000ULL * 1000 * 1000 },
	{ "min", 60ULL * 1000 * 1000 * 1000 },
	{ "h", 3600ULL * 1000 * 1000 * 1000 },
	{ "d", 86400ULL * 1000 * 1000 * 1000 },
	{ NULL, 0 }
};

size_t unit_digits(char *text, uint64_t value)
{
	char reversed[UNIT_TEXT_MAX];
	size_t length = 0, i;

	do {
		reversed[length++] = '0' + value % 10;
		value /= 10;
	} while (value);
	for (i = 0; i < length; i++)
		text[i] = reversed[length - 1 - i];
	text[length] = '\0';
	return length;
}

/* How many decimals make three digits of value / divisor; their power of ten. */
static int choose_decimals(uint64_t value, uint64_t divisor, uint64_t *power)
{
	/* Half of the last digit is rounded up. */
	if (value / divisor >= 100 || (value + divisor / 20) / divisor >= 100) {
		*power = 1;
		return 0;
	}
	if (value / divisor >= 10 || (value + divisor / 200) / divisor >= 10) {
		*power = 10;
		return 1;
	}
	*power = 100;
	return 2;
}

static void format_scaled(char *text, const struct scale *scale, uint64_t value)
{
	uint64_t divisor = scale->divisor, power, whole, rest, fraction;
	int decimals = choose_decimals(value, divisor, &power);
	size_t length;
	int i;

	whole = value / divisor;
	rest = value % divisor * power;
	fraction = (rest + divisor / 2) / divisor;
	if (fraction == power) {
		whole++;
		fraction = 0;
	}
	if (rest % divisor == 0) {	/* exact: no zeros at the end */
		while (decimals && fraction % 10 == 0) {
			fraction /= 10;
			decimals--;
		}
	}

	length = unit_digits(text, whole);
	if (decimals) {
		text[length] = '.';
		for (i = decimals; i; i--) {
			text[length + i] = '0' + fraction % 10;
			fraction /= 10;
		}
		length += 1 + decimals;
	}
	text[length++] = ' ';
	memcpy(text + length, scale->name, strlen(scale->name) + 1);
}

/* Whether the value, rounded, is still less than one of the next scale. */
static bool fits(const struct scale *scale, uint64_t value)
{
	const struct scale *next = scale + 1;

	if (!next->name)
		return true;
	if (value >= next->divisor)
		return false;
	return value / scale->divisor < 100 ||
	       value + scale->divisor / 2 < next->divisor;
}

char *unit_format(char *text, enum unit unit, uint64_t value)
{
	const struct scale *scale;

	switch (unit) {
	case UNIT_SECTORS:
		if (value < 2) {
			scale = byte_scales;
			value *= 512;
		} else {
			scale = sector_scales;
		}
		break;
	case UNIT_BYTES:
		scale = byte_scales;
		break;
	case UNIT_NS:
		scale = time_scales;
		break;
	default:
		unit_digits(text, value);
		return text;
	}

	while (!fits(scale, value))
		scale++;
	format_scaled(text, scale, value);
	return text;
}

char *unit_position(char *text, uint64_t sector, uint64_t step)
{
	const struct scale *scale = sector_scales;
	double unit, smallest;
	int decimals = 0;

	while (!fits(scale, sector))
		scale++;
	unit = scale->divisor;
	for (smallest = unit; smallest > step && decimals < 9; smallest /= 10)
		decimals++;
	/* unit_format() has three digits. */
	if (sector < 2 || decimals <= (sector / unit >= 100 ? 0 :
				       sector / unit >= 10 ? 1 : 2))
		return unit_format(text, UNIT_SECTORS, sector);
	snprintf(text, UNIT_TEXT_MAX, "%.*f %s", decimals, sector / unit,
		 scale->name);
	return text;
}

struct compact_scale {
	const char *name;
	double divisor;
};

static const struct compact_scale compact_numbers[] = {
	{ "", 1 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { "T", 1e12 },
	{ NULL, 0 }
};

static const struct compact_scale compact_bytes[] = {
	{ "", 1 }, { "K", 0x1p10 }, { "M", 0x1p20 }, { "G", 0x1p30 },
	{ "T", 0x1p40 }, { "P", 0x1p50 }, { NULL, 0 }
};

static const struct compact_scale compact_times[] = {
	{ "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
	{ "m", 60e9 }, { "h", 3600e9 }, { "d", 86400e9 }, { NULL, 0 }
};

/* What comes after the point only matters below 10. */
static char *compact(char *text, const struct compact_scale *scale, double value,
		     double most)
{
	double scaled;

	while (scale[1].name &&
	       (value / scale->divisor >= most - 0.5 ||
		value >= scale[1].divisor))
		scale++;
	scaled = value / scale->divisor;
	if (scaled < 0.0005)
		snprintf(text, UNIT_TEXT_MAX, "0");
	else if (scaled < 0.095)
		snprintf(text, UNIT_TEXT_MAX, "%.3f", scaled);
	else if (scaled < 9.95 && *scale->name != 'n')
		snprintf(text, UNIT_TEXT_MAX, "%.1f%s", scaled, scale->name);
	else
		snprintf(text, UNIT_TEXT_MAX, "%.0f%s", scaled, scale->name);
	return text;
}

char *unit_compact(char *text, enum unit unit, double value)
{
	switch (unit) {
	case UNIT_SECTORS:
		return compact(text, compact_bytes, value * 512, 1000);
	case UNIT_BYTES:
		return compact(text, compact_bytes, value, 1000);
	case UNIT_NS:
		return compact(text, compact_times, value, 1000);
	default:
		if (value >= 999.5 && value < 9999.5) {
			snprintf(text, UNIT_TEXT_MAX, "%.0f", value);
			return text;
		}
		return compact(text, compact_numbers, value, 1000);
	}
}
