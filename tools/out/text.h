/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Texts on stdout: UTF-8, with characters escaped that would do something to the
 * terminal or to the rest of the line. What cannot be written is noticed by
 * output_end().
 */
#ifndef DMSTAT_NL_TEXT_H
#define DMSTAT_NL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Inline, because a region may have a million areas with many values each. */

/** text_put() - print a text as it is */
static inline void text_put(const char *text, size_t length)
{
	fwrite_unlocked(text, 1, length, stdout);
}

/** text_put_char() - print a character as it is */
static inline void text_put_char(char c)
{
	putc_unlocked(c, stdout);
}

/** text_put_spaces() - print @count spaces; none if it is negative */
static inline void text_put_spaces(int count)
{
	while (count-- > 0)
		text_put_char(' ');
}

/** text_put_escaped() - print a text, escaped for a terminal or for JSON */
void text_put_escaped(const char *text, bool json);

/**
 * text_escaped() - escape a text for a terminal or for JSON
 *
 * Return: the text, which the caller frees; NULL if there is no memory.
 */
char *text_escaped(const char *text, bool json);

/** text_width() - how many columns of a terminal a text takes, escaped */
int text_width(const char *text);

/**
 * text_shortened() - escape a text for a terminal, and cut its middle out
 * @text: the text
 * @room: the most columns that it may take, at least 5
 *
 * Return: the text, or both of its ends and "..." between them ("vg--with...-name"),
 * which the caller frees; NULL if there is no memory.
 */
char *text_shortened(const char *text, int room);

/**
 * text_put_shortened() - print what text_shortened() makes
 *
 * Return: how many columns it takes: an escape is not cut, so there may be fewer.
 */
int text_put_shortened(const char *text, int room);

/** text_put_words() - print a text in lines of @width; spaces in it are lost */
void text_put_words(char *text, int width);

#endif /* DMSTAT_NL_TEXT_H */
