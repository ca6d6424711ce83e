// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration files: read, checked, and refused all together if there is
 * anything wrong with any of them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libdevmapper.h>

#include "apply/config.h"
#include "apply/parse.h"
#include "apply/scan.h"
#include "apply/text.h"
#include "apply/trust.h"
#include "out/message.h"
#include "source/array.h"

static int no_memory(void)
{
	complain("no memory for the configuration files");
	return EXIT_FAILURE;
}

static int refuse(const char *path, int error)
{
	complain("%s: %s", path, strerror(error));
	return EXIT_FAILURE;
}

/* ------------------------------------------------------------------- paths */

/* The path of a file's folder, with its links resolved. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *copy = slash ? strndup(path, slash - path + 1) : strdup(".");
	char *folder = copy ? realpath(copy, NULL) : NULL;

	free(copy);
	return folder;
}

/*
 * A file has one path then, however it is named. The file itself may be a link into
 * another folder.
 */
static char *absolute(const char *folder, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *text;

	return asprintf(&text, "%s/%s", strcmp(folder, "/") ? folder : "",
			name) < 0 ? NULL : text;
}

/* Add a text that was allocated, or NULL: no memory, or errno says why not. */
static int add_text(char ***texts, size_t *count, char *text)
{
	char **grown = text ? array_grow(*texts, *count, sizeof(*grown)) : NULL;

	if (!grown) {
		free(text);
		return no_memory();
	}
	*texts = grown;
	grown[(*count)++] = text;
	return 0;
}

static int add_named(struct config *config, char *path, bool is_folder)
{
	struct config_named *named;

	named = path ? array_grow(config->named, config->named_count,
				  sizeof(*named)) : NULL;
	if (!named) {
		free(path);
		return no_memory();
	}
	config->named = named;
	named[config->named_count++] = (struct config_named){
		.path = path,
		.is_folder = is_folder,
	};
	return 0;
}

/* ----------------------------------------------------------------- folders */

static int is_config(const struct dirent *entry)
{
	const size_t length = strlen(entry->d_name);
	const size_t suffix = strlen(CONFIG_SUFFIX);

	return *entry->d_name != '.' && length > suffix &&
	       strcmp(entry->d_name + length - suffix, CONFIG_SUFFIX) == 0;
}

static int add_folder(struct config *config, const char *path)
{
	char *folder = realpath(path, NULL), *file;
	struct dirent **entries;
	int count, i, error;

	if (folder && trust_folder(folder)) {
		free(folder);
		return EXIT_FAILURE;
	}
	count = folder ? scandir(folder, &entries, is_config, alphasort) : -1;
	if (count < 0) {
		error = errno;
		free(folder);
		return refuse(path, error);
	}
	error = add_named(config, folder, true);
	for (i = 0; i < count; i++) {
		if (!error && asprintf(&file, "%s/%s", folder,
				       entries[i]->d_name) < 0)
			file = NULL;
		if (!error)
			error = add_text(&config->files, &config->files_count,
					 file);
		free(entries[i]);
	}
	free(entries);
	return error;
}

static int add_file(struct config *config, const char *path)
{
	char *folder = folder_of(path);
	int error;

	if (!folder)
		return refuse(path, errno);
	error = trust_folder(folder);
	if (!error)
		error = add_named(config, absolute(folder, path), false);
	if (!error)
		error = add_text(&config->files, &config->files_count,
				 absolute(folder, path));
	free(folder);
	return error;
}

static int add_path(struct config *config, const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return refuse(path, errno);
	if (S_ISDIR(status.st_mode))
		return add_folder(config, path);
	return add_file(config, path);
}

/* Without it nothing is asked for. */
static int add_default(struct config *config)
{
	struct stat status;

	if (!stat(CONFIG_FOLDER, &status) || errno != ENOENT)
		return add_path(config, CONFIG_FOLDER);
	complain("there is no %s: write a file there, see dmstat.conf(5)",
		 CONFIG_FOLDER);
	return add_named(config, strdup(CONFIG_FOLDER), true);
}

static int compare_texts(const void *one, const void *two)
{
	return strcmp(*(char *const *)one, *(char *const *)two);
}

/* A file may be named, and be in a folder that is named. */
static void drop_duplicates(struct config *config)
{
	char **files = config->files;
	size_t i, unique = 0;

	if (config->files_count)
		qsort(files, config->files_count, sizeof(*files),
		      compare_texts);
	for (i = 0; i < config->files_count; i++) {
		if (unique && strcmp(files[i], files[unique - 1]) == 0)
			free(files[i]);
		else
			files[unique++] = files[i];
	}
	config->files_count = unique;
}

/* ------------------------------------------------------------------ blocks */

static int add_block(struct config *config, struct reading *reading,
		     const struct dm_config_node *node)
{
	struct block *blocks;

	blocks = array_grow(config->blocks, config->blocks_count,
			    sizeof(*blocks));
	if (!blocks)
		return no_memory();
	config->blocks = blocks;
	if (block_read(reading, node, &blocks[config->blocks_count++]))
		return no_memory();
	return 0;
}

/* Return: 0, even if there are mistakes, which are counted in @errors. */
static int add_blocks(struct config *config, const char *file,
		      const char *text, size_t length, unsigned int *errors)
{
	struct reading reading = { .file = file };
	const struct dm_config_node *node;
	struct dm_config_tree *tree;
	struct scan scan;
	int error = 0;

	tree = parse_text(file, text, length, &scan);
	if (!tree) {
		++*errors;
		return 0;
	}
	reading.words = scan.words;
	for (node = tree->root; node && !error; node = node->sib)
		error = add_block(config, &reading, node);
	*errors += reading.errors;
	dm_config_destroy(tree);
	scan_free(&scan);
	return error;
}

static int read_files(struct config *config, unsigned int *errors)
{
	size_t i, length;
	int error = 0;
	char *text;

	for (i = 0; i < config->files_count && !error; i++) {
		text = config_text_read(config->files[i], &length);
		if (text)
			error = add_blocks(config, config->files[i], text,
					   length, errors);
		else
			++*errors;
		free(text);
	}
	return error;
}

static int compare_blocks(const void *one, const void *two)
{
	const struct block *a = one, *b = two;
	const int names = strcmp(a->name, b->name);
	const int files = names ? names : strcmp(a->file, b->file);

	return files ? files : (a->line > b->line) - (a->line < b->line);
}

static void check_names(struct config *config, unsigned int *errors)
{
	const struct block *blocks = config->blocks;
	size_t i;

	if (config->blocks_count)
		qsort(config->blocks, config->blocks_count,
		      sizeof(*config->blocks), compare_blocks);
	for (i = 1; i < config->blocks_count; i++) {
		if (strcmp(blocks[i].name, blocks[i - 1].name) != 0)
			continue;
		complain("%s:%u: there is a block '%s' in %s:%u: give this one another name",
			 blocks[i].file, blocks[i].line, blocks[i].name,
			 blocks[i - 1].file, blocks[i - 1].line);
		++*errors;
	}
}

/* ------------------------------------------------------------------ config */

int config_read(struct config *config, char *const *paths, size_t count)
{
	struct config read = { .named = NULL };
	unsigned int errors = 0;
	int error = 0;
	size_t i;

	if (!count)
		error = add_default(&read);
	for (i = 0; i < count; i++)
		if (add_path(&read, paths[i]))
			error = EXIT_FAILURE;
	drop_duplicates(&read);
	if (!error)
		error = read_files(&read, &errors);
	if (!error)
		check_names(&read, &errors);
	if (error || errors) {
		config_free(&read);
		return EXIT_FAILURE;
	}
	*config = read;
	return 0;
}

void config_free(struct config *config)
{
	size_t i;

	for (i = 0; i < config->named_count; i++)
		free(config->named[i].path);
	for (i = 0; i < config->files_count; i++)
		free(config->files[i]);
	for (i = 0; i < config->blocks_count; i++)
		block_free(&config->blocks[i]);
	free(config->named);
	free(config->files);
	free(config->blocks);
	*config = (struct config){ .named = NULL };
}

/* Whether a file is in a folder itself, and has the suffix. */
static bool is_in(const char *file, const char *folder)
{
	const size_t length = strcmp(folder, "/") ? strlen(folder) : 0;

	return strncmp(file, folder, length) == 0 && file[length] == '/' &&
	       !strchr(file + length + 1, '/');
}

bool config_governs(const struct config *config, const char *file)
{
	const struct config_named *named;
	size_t i;

	for (i = 0; i < config->named_count; i++) {
		named = &config->named[i];
		if (named->is_folder ? is_in(file, named->path) :
				       strcmp(file, named->path) == 0)
			return true;
	}
	return false;
}

static int compare_name(const void *name, const void *block)
{
	return strcmp(name, ((const struct block *)block)->name);
}

const struct block *config_block(const struct config *config, const char *name)
{
	if (!config->blocks_count)
		return NULL;
	return bsearch(name, config->blocks, config->blocks_count,
		       sizeof(*config->blocks), compare_name);
}
