// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are named, and those in directories that are named.
 */
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "out/message.h"
#include "source/array.h"
#include "source/tree.h"

bool tree_is_path(const char *text)
{
	struct stat status;

	return !stat(text, &status) &&
	       (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

static int no_memory(void)
{
	complain("no memory for the names of files");
	return EXIT_FAILURE;
}

static int add_file(struct tree *tree, const char *path)
{
	char **paths;

	if (tree->count == TREE_FILES_MAX) {
		complain("more than %d files: name fewer, or subdirectories",
			 TREE_FILES_MAX);
		return EXIT_FAILURE;
	}
	paths = array_grow(tree->paths, tree->count, sizeof(*paths));
	if (!paths)
		return no_memory();
	tree->paths = paths;
	paths[tree->count] = strdup(path);
	if (!paths[tree->count])
		return no_memory();
	tree->count++;
	return 0;
}

static int take_entry(struct tree *tree, const FTSENT *entry)
{
	switch (entry->fts_info) {
	case FTS_F:
		if (!S_ISREG(entry->fts_statp->st_mode))
			return 0;
		if (entry->fts_statp->st_blocks || tree->with_empty)
			return add_file(tree, entry->fts_path);
		tree->empty++;
		return 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		if (entry->fts_errno == ENOENT && entry->fts_level)
			return 0;
		complain("cannot read '%s': %s", entry->fts_path,
			 strerror(entry->fts_errno));
		return EXIT_FAILURE;
	}
	return 0;
}

static int compare_names(const FTSENT **one, const FTSENT **two)
{
	return strcmp((*one)->fts_name, (*two)->fts_name);
}

static int add_directory(struct tree *tree, char *path)
{
	char *const paths[] = { path, NULL };
	FTSENT *entry;
	int error = 0;
	FTS *fts;

	tree->has_directory = true;
	fts = fts_open(paths, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR,
		       compare_names);
	if (!fts)
		return no_memory();
	while (!error && (errno = 0, entry = fts_read(fts))) {
		if (tree->flat && entry->fts_info == FTS_D && entry->fts_level)
			fts_set(fts, entry, FTS_SKIP);
		error = take_entry(tree, entry);
	}
	if (!error && errno) {
		complain("cannot read '%s': %s", path, strerror(errno));
		error = EXIT_FAILURE;
	}
	fts_close(fts);
	return error;
}

int tree_add(struct tree *tree, const char *path)
{
	char *absolute = realpath(path, NULL);
	struct stat status;
	int error;

	if (!absolute || stat(absolute, &status)) {
		complain("cannot create a region of '%s': %s", path,
			 strerror(errno));
		free(absolute);
		return EXIT_FAILURE;
	}
	if (S_ISDIR(status.st_mode))
		error = add_directory(tree, absolute);
	else
		error = add_file(tree, absolute);
	free(absolute);
	return error;
}

static int compare_paths(const void *one, const void *two)
{
	return strcmp(*(char *const *)one, *(char *const *)two);
}

void tree_sort(struct tree *tree)
{
	size_t i, unique = 0;

	if (tree->count)
		qsort(tree->paths, tree->count, sizeof(*tree->paths),
		      compare_paths);
	for (i = 0; i < tree->count; i++) {
		if (unique &&
		    strcmp(tree->paths[i], tree->paths[unique - 1]) == 0)
			free(tree->paths[i]);
		else
			tree->paths[unique++] = tree->paths[i];
	}
	tree->count = unique;
}

/* A path, and where it is among all. */
struct numbered {
	char *path;
	size_t number;
};

static int compare_numbered(const void *one, const void *two)
{
	const struct numbered *a = one, *b = two;
	const int order = strcmp(a->path, b->path);

	return order ? order : a->number < b->number ? -1 : 1;
}

/* Close the gaps. */
static void pack(struct tree *tree)
{
	size_t i, count = 0;

	for (i = 0; i < tree->count; i++)
		if (tree->paths[i])
			tree->paths[count++] = tree->paths[i];
	tree->count = count;
}

int tree_unique(struct tree *tree)
{
	struct numbered *all = calloc(tree->count + 1, sizeof(*all));
	size_t i;

	if (!all)
		return no_memory();
	for (i = 0; i < tree->count; i++)
		all[i] = (struct numbered){ tree->paths[i], i };
	qsort(all, tree->count, sizeof(*all), compare_numbered);
	for (i = tree->count; i-- > 1;) {
		if (strcmp(all[i].path, all[i - 1].path))
			continue;
		tree->paths[all[i].number] = NULL;
		free(all[i].path);
	}
	free(all);
	pack(tree);
	return 0;
}

void tree_free(struct tree *tree)
{
	size_t i;

	for (i = 0; i < tree->count; i++)
		free(tree->paths[i]);
	free(tree->paths);
	*tree = (struct tree){
		.flat = tree->flat,
		.with_empty = tree->with_empty,
	};
}
