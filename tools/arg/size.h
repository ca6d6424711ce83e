/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sizes as dmstats(8) takes them.
 */
#ifndef DMSTAT_NL_SIZE_H
#define DMSTAT_NL_SIZE_H

#include <stdint.h>

/**
 * size_parse() - read a size
 * @text: a number and a suffix: none, sectors of 512 bytes; b or B, bytes; s or
 *        S, sectors; k, m, g, t, p, e, powers of 1024 bytes; K, M, G, T, P, E,
 *        powers of 1000 bytes
 * @sectors: set to the size, rounded down to a sector
 *
 * Return: NULL, or what is wrong with the text.
 */
const char *size_parse(const char *text, uint64_t *sectors);

#endif /* DMSTAT_NL_SIZE_H */
