// SPDX-License-Identifier: GPL-2.0-only
/*
 * Configuration texts, parsed by libdevmapper, as lvm.conf is.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libdevmapper.h>

#include "apply/parse.h"
#include "apply/scan.h"
#include "out/message.h"
#include "source/dm.h"

/* --------------------------------------------------------------- messages */

/* The first message of libdevmapper: it has no argument for who asks. */
static char message[256];

static void catch(int level, const char *file, int line, int error,
		  const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void catch(int level, const char *file, int line, int error,
		  const char *format, ...)
{
	va_list args;

	(void)file;
	(void)line;
	(void)error;
	if (*message || (level & 7) > 4)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
}

/* "Parse error at byte 12 (line 3): unexpected token" */
static void complain_message(const char *file)
{
	const char *place = strstr(message, "(line ");
	unsigned int line;
	int end = 0;

	if (place && sscanf(place, "(line %u): %n", &line, &end) == 1 && end)
		complain("%s:%u: %s", file, line, place + end);
	else
		complain("%s: %s", file, *message ? message : "cannot parse it");
}

/* ------------------------------------------------------------------- words */

/* Whether a word is the next one of the text. */
static bool is_next(const struct scan *scan, size_t *next, const char *word)
{
	const struct scan_word *found = &scan->words[*next];

	if (*next == scan->count || strlen(word) != found->length ||
	    memcmp(word, found->text, found->length) != 0)
		return false;
	++*next;
	return true;
}

static bool are_values_next(const struct scan *scan, size_t *next,
			    const struct dm_config_value *value)
{
	for (; value && value->type != DM_CFG_EMPTY_ARRAY; value = value->next)
		if (++*next > scan->count)
			return false;
	return true;
}

static bool is_block_next(const struct scan *scan, size_t *next,
			  const struct dm_config_node *block)
{
	const struct dm_config_node *node;

	if (block->v || !is_next(scan, next, block->key))
		return false;
	for (node = block->child; node; node = node->sib)
		if (!node->v || node->child ||
		    !is_next(scan, next, node->key) ||
		    !are_values_next(scan, next, node->v))
			return false;
	return true;
}

/* Whether the tree has the words that were found in the text. */
static bool has_words(const struct dm_config_tree *tree,
		      const struct scan *scan)
{
	const struct dm_config_node *block;
	size_t next = 0;

	for (block = tree->root; block; block = block->sib)
		if (!is_block_next(scan, &next, block))
			return false;
	return next == scan->count;
}

/* ----------------------------------------------------------------- parsing */

/* A text without blocks is parsed by nothing: libdevmapper calls it an error. */
static bool parse(struct dm_config_tree *tree, const char *text, size_t length,
		  const struct scan *scan)
{
	return !scan->count ||
	       dm_config_parse_without_dup_node_check(tree, text,
						      text + length);
}

struct dm_config_tree *parse_text(const char *file, const char *text,
				  size_t length, struct scan *scan)
{
	struct dm_config_tree *tree;

	if (scan_text(scan, text, length)) {
		complain("%s:%u: %s", file, scan->line, scan->wrong);
		scan_free(scan);
		return NULL;
	}
	*message = '\0';
	dm_log_with_errno_init(catch);
	tree = dm_config_create();
	if (tree && !parse(tree, text, length, scan)) {
		complain_message(file);
		dm_config_destroy(tree);
		tree = NULL;
	} else if (!tree) {
		complain("%s: no memory", file);
	} else if (!has_words(tree, scan)) {
		complain("%s: libdevmapper reads it in another way: write one key a line",
			 file);
		dm_config_destroy(tree);
		tree = NULL;
	}
	dm_log_with_errno_init(NULL);
	mapped_stay_silent();
	if (!tree)
		scan_free(scan);
	return tree;
}
