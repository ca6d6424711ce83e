/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files that a block names, as they are now.
 */
#ifndef DMSTAT_NL_FILES_H
#define DMSTAT_NL_FILES_H

#include <stdbool.h>

struct block;
struct tree;

/**
 * files_get() - find the files that a block names
 * @block: the block
 * @with_empty: whether files that take no space are wanted, too
 * @tree: set to their absolute paths, by rising path
 *
 * That a pattern matches nothing is no mistake.
 *
 * Return: 0, or EXIT_FAILURE after saying why; then there is nothing to free.
 */
int files_get(const struct block *block, bool with_empty, struct tree *tree);

/**
 * files_walk() - walk what the patterns of a block match
 * @block: the block
 * @callback: called for each existing path, a file or a folder; returns 0, or
 *            EXIT_FAILURE to stop. @pattern has its number in block->files.
 * @data: passed to @callback
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int files_walk(const struct block *block,
	       int (*callback)(const char *path, unsigned int pattern,
			       void *data),
	       void *data);

#endif /* DMSTAT_NL_FILES_H */
