// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files that a block names, as they are now.
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apply/block.h"
#include "apply/files.h"
#include "out/message.h"
#include "source/tree.h"

static int walk_pattern(const struct block *block, unsigned int pattern,
			int (*callback)(const char *path, unsigned int pattern,
					void *data),
			void *data)
{
	const char *text = block->files.texts[pattern];
	glob_t found;
	size_t i;
	int error;

	error = glob(text, GLOB_NOSORT, NULL, &found);
	if (error == GLOB_NOMATCH)
		return 0;
	if (error) {
		complain("%s: block '%s': cannot search for '%s': %s",
			 block->file, block->name, text,
			 strerror(error == GLOB_NOSPACE ? ENOMEM : EIO));
		return EXIT_FAILURE;
	}
	for (i = 0; i < found.gl_pathc && !error; i++)
		error = callback(found.gl_pathv[i], pattern, data);
	globfree(&found);
	return error;
}

int files_walk(const struct block *block,
	       int (*callback)(const char *path, unsigned int pattern,
			       void *data),
	       void *data)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < block->files.count && !error; i++)
		error = walk_pattern(block, i, callback, data);
	return error;
}

static int add_path(const char *path, unsigned int pattern, void *data)
{
	struct tree *tree = data;
	struct stat status;

	(void)pattern;
	/* It may vanish at any time, and sockets lie beside files. */
	if (stat(path, &status) ||
	    (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)))
		return 0;
	if (S_ISREG(status.st_mode) && !status.st_blocks &&
	    !tree->with_empty) {
		tree->empty++;
		return 0;
	}
	return tree_add(tree, path);
}

int files_get(const struct block *block, bool with_empty, struct tree *tree)
{
	int error;

	*tree = (struct tree){
		.flat = block->flat,
		.with_empty = with_empty,
	};
	error = files_walk(block, add_path, tree);
	if (error)
		tree_free(tree);
	else
		tree_sort(tree);
	return error;
}
