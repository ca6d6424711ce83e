/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers with a unit, as people read them: 1.5 GiB, 230 us.
 */
#ifndef DMSTAT_NL_UNIT_H
#define DMSTAT_NL_UNIT_H

#include <stddef.h>
#include <stdint.h>

enum unit {
	UNIT_NONE,
	UNIT_SECTORS,
	UNIT_BYTES,
	UNIT_NS,
};

/* Room for each text of unit_format(), with its zero byte. */
#define UNIT_TEXT_MAX	32

/**
 * unit_format() - write a number
 * @text: UNIT_TEXT_MAX bytes
 * @unit: what it counts; UNIT_NONE: print all digits, else three and a unit
 * @value: the number
 *
 * A number is rounded to three digits, unless it is exact with fewer: "10 MiB"
 * is exact, "10.0 MiB" is rounded.
 *
 * Return: @text.
 */
char *unit_format(char *text, enum unit unit, uint64_t value);

/**
 * unit_digits() - write a number in decimal digits
 * @text: UNIT_TEXT_MAX bytes
 * @value: the number
 *
 * Return: the length of the text.
 */
size_t unit_digits(char *text, uint64_t value);

#endif /* DMSTAT_NL_UNIT_H */
