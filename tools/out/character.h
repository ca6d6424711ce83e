/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Characters of UTF-8, and which of them must not reach a terminal as they are.
 */
#ifndef DMSTAT_NL_CHARACTER_H
#define DMSTAT_NL_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * character_read() - decode the first character of a text
 * @text: the text, which is not empty
 * @code: set to the character's number in Unicode
 *
 * Return: how many bytes it has; 0 if they are not UTF-8.
 */
size_t character_read(const char *text, uint32_t *code);

/**
 * character_is_hidden() - whether a character changes a line without being seen
 * @before: the character before it; 0: none; only whether it is ASCII matters
 * @code: the character
 * @after: the one after it; 0: none
 *
 * So are those that turn text around (U+202E), have no width (U+200B, U+FEFF) or
 * break lines (U+2028). Joiners, as some scripts and emoji have them, are hidden
 * only beside ASCII.
 */
bool character_is_hidden(uint32_t before, uint32_t code, uint32_t after);

#endif /* DMSTAT_NL_CHARACTER_H */
