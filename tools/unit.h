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

/* Room for every text of unit_format(), its zero byte included. */
#define UNIT_TEXT_MAX	32

/**
 * unit_format() - write a number
 * @text: UNIT_TEXT_MAX bytes
 * @unit: what it counts; UNIT_NONE: all digits, else three digits and a unit
 * @value: the number
 *
 * A number of three digits is rounded unless it ends early: "10 MiB" is
 * exactly that, "10.0 MiB" is about that.
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
