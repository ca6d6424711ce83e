/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that are named, and those in directories that are named.
 */
#ifndef DMSTAT_NL_TREE_H
#define DMSTAT_NL_TREE_H

#include <stdbool.h>
#include <stddef.h>

/* How many files a command takes: each becomes a region. */
#define TREE_FILES_MAX	10000

/**
 * struct tree - files, all zero at first
 * @flat: set by the caller: take only the files of a directory itself, not those
 *        below its subdirectories
 * @with_empty: set by the caller: take files that take no space, too
 * @paths: their absolute paths, without symbolic links; those of a directory by
 *         rising name
 * @count: how many
 * @has_directory: whether a directory was named
 * @empty: how many files of directories were left out because they take no
 *         space
 */
struct tree {
	bool flat;
	bool with_empty;
	char **paths;
	size_t count;
	bool has_directory;
	size_t empty;
};

/** tree_is_path() - whether a text is the path of a file or a directory */
bool tree_is_path(const char *text);

/**
 * tree_add() - add a file, or all regular files below a directory
 * @tree: the files
 * @path: the file or directory
 *
 * Does not follow symbolic links in a directory, nor goes into other file
 * systems that are mounted there. What vanishes from a directory meanwhile is
 * left out.
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int tree_add(struct tree *tree, const char *path);

/** tree_sort() - sort the files by path, and drop what is there twice */
void tree_sort(struct tree *tree);

/**
 * tree_unique() - drop paths that are there twice, and keep the others' order
 *
 * Return: 0, or EXIT_FAILURE after saying that there is no memory.
 */
int tree_unique(struct tree *tree);

/** tree_free() - free the files */
void tree_free(struct tree *tree);

#endif /* DMSTAT_NL_TREE_H */
