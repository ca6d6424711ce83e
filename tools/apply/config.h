/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration files: read, checked, and refused all together if there is
 * anything wrong with any of them.
 */
#ifndef DMSTAT_NL_CONFIG_H
#define DMSTAT_NL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "apply/block.h"

/* The folder that is read if none is named, and what files in folders end in. */
#define CONFIG_FOLDER	"/etc/dmstat.d"
#define CONFIG_SUFFIX	".conf"

/**
 * struct config_named - a path that was named
 * @path: its absolute path
 * @is_folder: whether it is a folder
 */
struct config_named {
	char *path;
	bool is_folder;
};

/**
 * struct config - what the files say
 * @named: the folders and files that were named
 * @named_count: how many
 * @files: absolute paths of the files that were read
 * @files_count: how many
 * @blocks: their blocks, by rising name; no name is there twice
 * @blocks_count: how many
 */
struct config {
	struct config_named *named;
	size_t named_count;
	char **files;
	size_t files_count;
	struct block *blocks;
	size_t blocks_count;
};

/**
 * config_read() - read configuration files
 * @config: set to what they say
 * @paths: files, and folders whose files with CONFIG_SUFFIX are read
 * @count: how many; 0: CONFIG_FOLDER, which may be missing
 *
 * Return: 0; EXIT_FAILURE after saying what is wrong, in which file and line. Then
 * there is nothing to free.
 */
int config_read(struct config *config, char *const *paths, size_t count);

/** config_free() - free what the files say */
void config_free(struct config *config);

/**
 * config_governs() - whether a file is one that was named, or in a folder that was
 * @config: what was read
 * @file: absolute path of a configuration file, which may have been removed since
 */
bool config_governs(const struct config *config, const char *file);

/** config_block() - find a block by its name; NULL if there is none */
const struct block *config_block(const struct config *config, const char *name);

#endif /* DMSTAT_NL_CONFIG_H */
