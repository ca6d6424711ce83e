/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * structure: take a structure from a caller that may know a longer or a
 * shorter version of it
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_STRUCTURE_H
#define DMSTAT_STRUCTURE_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

/**
 * structure_copy() - copy what both sides know
 * @to: this version, all members at their defaults
 * @to_size: its size
 * @from: the caller's version
 * @from_size: the size that the caller says
 * @least: the size of the first version
 *
 * Members that are not known here have to be zero, which is the default of
 * every member that a later version adds: any other value asks for something.
 *
 * Return: 0; -EINVAL, @from_size is too small; -E2BIG, the caller asks for
 * something that this version does not know.
 */
static inline int structure_copy(void *to, size_t to_size, const void *from,
				 size_t from_size, size_t least)
{
	const unsigned char *byte = from;
	size_t i;

	if (from_size < least)
		return -EINVAL;

	for (i = to_size; i < from_size; i++)
		if (byte[i])
			return -E2BIG;

	memcpy(to, from, from_size < to_size ? from_size : to_size);
	return 0;
}

#endif /* DMSTAT_STRUCTURE_H */
