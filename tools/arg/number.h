/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole numbers: decimal digits without sign, space or prefix.
 */
#ifndef DMSTAT_NL_NUMBER_H
#define DMSTAT_NL_NUMBER_H

#include <stdint.h>

/**
 * digits_parse() - read the digits that a text starts with
 * @text: the text
 * @value: set to the number
 *
 * Return: the rest of the text; NULL if it does not start with a digit or the
 * number does not fit.
 */
const char *digits_parse(const char *text, uint64_t *value);

/**
 * number_parse() - read a text that is a number and nothing else
 * @text: the text
 * @value: set to the number
 *
 * Return: NULL, or what is wrong with the text.
 */
const char *number_parse(const char *text, uint64_t *value);

/**
 * range_parse() - read FIRST or FIRST-LAST
 * @text: the text
 * @first: set to FIRST
 * @count: set to the count of numbers from FIRST to LAST
 *
 * Return: NULL, or what is wrong with the text.
 */
const char *range_parse(const char *text, uint64_t *first, uint64_t *count);

#endif /* DMSTAT_NL_NUMBER_H */
