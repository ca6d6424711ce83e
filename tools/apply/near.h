/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How near a text is to another one that may have been meant.
 */
#ifndef DMSTAT_NL_NEAR_H
#define DMSTAT_NL_NEAR_H

#include <stddef.h>

/**
 * near_distance() - count the letters that must be inserted, removed or replaced
 *
 * Return: how many (V. I. Levenshtein's distance); SIZE_MAX if a text is too long.
 */
size_t near_distance(const char *one, const char *two);

#endif /* DMSTAT_NL_NEAR_H */
