/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the keys and values of a configuration text are. libdevmapper's parser
 * stores no line numbers, and reads some mistakes as something else: a missing
 * quotation mark, a number that goes on with letters, a zero byte. So its texts
 * are scanned first, and these are refused with their line.
 */
#ifndef DMSTAT_NL_SCAN_H
#define DMSTAT_NL_SCAN_H

#include <stddef.h>

/**
 * struct scan_word - a key or a value of a configuration text
 * @text: where it begins
 * @length: its bytes; of a string, without the quotation marks
 * @line: the line that it begins in, from 1
 */
struct scan_word {
	const char *text;
	size_t length;
	unsigned int line;
};

/**
 * struct scan - the keys and values of a text, in their order
 * @words: a key, its values or its block, the next key
 * @count: how many
 * @line: the line of what is wrong
 * @wrong: what is wrong, or ""
 */
struct scan {
	struct scan_word *words;
	size_t count;
	unsigned int line;
	char wrong[256];
};

/**
 * scan_text() - find the words of a text
 * @scan: set to them
 * @text: the text, which ends in a zero byte, and must live as long as @scan
 * @length: its bytes
 *
 * Return: 0, or EXIT_FAILURE with the line and what is wrong in @scan.
 */
int scan_text(struct scan *scan, const char *text, size_t length);

/** scan_free() - free the words */
void scan_free(struct scan *scan);

#endif /* DMSTAT_NL_SCAN_H */
