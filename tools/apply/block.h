/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A block of a configuration file: what it names, and what a region of each of
 * these is to be like. Its keys are the options of "create".
 */
#ifndef DMSTAT_NL_BLOCK_H
#define DMSTAT_NL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "arg/time.h"
#include "arg/user_data.h"

/** enum follow - which file a region is of, when files move */
enum follow {
	/** the same file, wherever it is moved within what the block names */
	FOLLOW_INODE,
	/** whatever file has the path */
	FOLLOW_PATH,
};

/*
 * An area that has all of a device, however it grows: one sector more than the
 * largest device. A power of two is the quickest for the kernel.
 */
#define BLOCK_ONE_AREA	(UINT64_C(1) << 54)

/**
 * struct patterns - a list of texts
 * @texts: the texts
 * @count: how many
 */
struct patterns {
	char **texts;
	size_t count;
};

/**
 * struct block - a block
 * @name: its name
 * @file: path of the file that it is in
 * @line: the line that it begins in
 * @given: a bit for each of its keys, see block.c
 * @devices: patterns of names of devices, or of vg/lv; or paths in /dev
 * @uuids: patterns of uuids of devices
 * @types: patterns of types of targets
 * @files: patterns of absolute paths of files and folders
 * @flat: whether only the files of the folders themselves are meant
 * @follow: which file a region is of, when files move
 * @segments: whether regions are made from the segments of devices
 * @cgroup: path of a cgroup, or NULL
 * @program: program id, or NULL
 * @group: name of a group, or NULL
 * @user_data: user data, or NULL
 * @bounds: bounds of the histograms
 * @spec: what of it can be known without device or file. Texts, bounds and user
 *        data are those of the block. The cgroup is not set. One area, of a device,
 *        is BLOCK_ONE_AREA in size, without a number of areas.
 */
struct block {
	char *name;
	const char *file;
	unsigned int line;
	uint32_t given;
	struct patterns devices;
	struct patterns uuids;
	struct patterns types;
	struct patterns files;
	bool flat;
	enum follow follow;
	bool segments;
	char *cgroup;
	char *program;
	char *group;
	struct user_data *user_data;
	struct bounds bounds;
	struct dmstat_region_spec spec;
};

struct dm_config_node;

/**
 * struct reading - the parsed text that blocks are read from
 * @file: path of the file, for messages
 * @words: where its keys and values are
 * @next: the next of these
 * @errors: how many mistakes were complained about
 */
struct reading {
	const char *file;
	const struct scan_word *words;
	size_t next;
	unsigned int errors;
};

/**
 * block_read() - read a block
 * @reading: the text, at the block's name; left at the next one's
 * @node: the block, as libdevmapper parsed it
 * @block: set to the block
 *
 * Complains about each mistake, and counts it.
 *
 * Return: 0; -ENOMEM.
 */
int block_read(struct reading *reading, const struct dm_config_node *node,
	       struct block *block);

/** block_free() - free what a block points to */
void block_free(struct block *block);

#endif /* DMSTAT_NL_BLOCK_H */
