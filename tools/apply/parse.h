/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration texts, parsed by libdevmapper, as lvm.conf is.
 */
#ifndef DMSTAT_NL_PARSE_H
#define DMSTAT_NL_PARSE_H

#include <stddef.h>

struct dm_config_tree;
struct scan;

/**
 * parse_text() - parse a configuration text
 * @file: path of the file, for messages
 * @text: the text, which ends in a zero byte
 * @length: its bytes
 * @scan: set to where its keys and values are
 *
 * Return: the blocks, all of them, in their order, with all keys that they have, in
 * their order, even if some are there twice. The caller frees it by
 * dm_config_destroy(), and @scan by scan_free(). NULL after saying what is wrong.
 */
struct dm_config_tree *parse_text(const char *file, const char *text,
				  size_t length, struct scan *scan);

#endif /* DMSTAT_NL_PARSE_H */
