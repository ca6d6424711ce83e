/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * structure: accept structures of callers built for another version
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_STRUCTURE_H
#define DMSTAT_STRUCTURE_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

/**
 * structure_copy() - copy the members that both versions have
 * @to: this version, all members at their defaults
 * @to_size: its size in bytes
 * @from: the caller's version
 * @from_size: its size in bytes, as given by the caller
 * @least: size in bytes of the first version
 *
 * Members that this version does not have must be 0, which is the default of
 * every member that a later version adds.
 *
 * Return: 0; -EINVAL, @from_size is too small; -E2BIG, a member that this
 * version does not have is not 0.
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
