/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why what a block names matches nothing.
 */
#ifndef DMSTAT_NL_UNMATCHED_H
#define DMSTAT_NL_UNMATCHED_H

#include <stdbool.h>
#include <stddef.h>

struct block;
struct candidate;

/** enum unmatched - what was said of a block */
enum unmatched {
	UNMATCHED_NONE,
	/** something is not there now */
	UNMATCHED_MISSING,
	/** something will never match */
	UNMATCHED_MISTAKE,
};

/**
 * unmatched_devices() - say which patterns of a block match no device, and why
 * @block: the block
 * @candidates: the devices
 * @count: how many
 * @tell_missing: whether to say so of what may come later, too: of names without
 *                wildcards
 *
 * Return: the worst of what was said.
 */
enum unmatched unmatched_devices(const struct block *block,
				 const struct candidate *candidates,
				 size_t count, bool tell_missing);

/** unmatched_files() - say the same of files and folders without wildcards */
enum unmatched unmatched_files(const struct block *block);

#endif /* DMSTAT_NL_UNMATCHED_H */
