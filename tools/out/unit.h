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

/**
 * unit_position() - write a position on a device
 * @text: UNIT_TEXT_MAX bytes
 * @sector: the position
 * @step: sectors to the next position that must look different
 *
 * As unit_format(), with more digits where that needs them.
 *
 * Return: @text.
 */
char *unit_position(char *text, uint64_t sector, uint64_t step);

/* Characters of unit_compact(), without the zero byte. */
#define UNIT_COMPACT_WIDTH	5

/**
 * unit_compact() - write a number in few characters, for dense tables
 * @text: UNIT_TEXT_MAX bytes
 * @unit: what it counts; sectors and bytes are written in K, M, G of 1024 bytes,
 *        other numbers in k, M, G of 1000
 * @value: the number, not below 0
 *
 * Two to four digits: "0", "0.4", "970", "1.2k", "12.3M", "850us".
 *
 * Return: @text.
 */
char *unit_compact(char *text, enum unit unit, double value);

#endif /* DMSTAT_NL_UNIT_H */
