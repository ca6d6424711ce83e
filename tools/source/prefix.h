/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a text begins with.
 */
#ifndef DMSTAT_NL_PREFIX_H
#define DMSTAT_NL_PREFIX_H

#include <string.h>

/**
 * behind_prefix() - the rest of a text behind a prefix such as "group:" or "/dev/"
 *
 * Return: the rest, or NULL if the text does not begin so.
 */
static inline const char *behind_prefix(const char *text, const char *prefix)
{
	const size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

#endif /* DMSTAT_NL_PREFIX_H */
