/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that are followed: where each is on its device, from a cache that is
 * kept true as files grow, shrink, are replaced, move and go.
 *
 * Files are looked at in turn, by statx(), and mapped again only if that says
 * that their space has changed. What is looked at and mapped in a second is
 * limited, whatever the number of files. Nothing is kept open, and nothing is
 * written back.
 */
#ifndef DMSTAT_NL_FOLLOW_H
#define DMSTAT_NL_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/extent.h"

struct inode;

/**
 * struct follow_file - a file
 * @owner: for whom it is followed; the same file may be followed for several
 * @path: where it is, or was when follow_end() was called last
 * @moved: where follow_rest() found it; NULL: there
 * @by_inode: it is this file wherever it goes; else whatever has the path
 * @inode: to find it when it was moved; NULL unless @by_inode
 * @major: major number of the device of its file system
 * @minor: minor number
 * @number: inode number
 * @born: when it was created, in nanoseconds since the Epoch, or 0
 * @extents: where it is, as of struct extent_list of file_map()
 * @problem: why that is not known, or NULL
 * @size: in bytes, when it was mapped
 * @blocks: space that it took then
 * @changed: when it was changed last, as of then
 * @mapped: when it was mapped, as of clock_ns()
 * @pending: it had data that had no place yet
 * @used: it was named since follow_begin(), or is to be followed still
 * @unlinked: it has no name any more, but something has it open
 * @absent: when it was first not at its path, as of clock_ns(); 0: it is there
 * @said: for the caller: @problem was said; cleared when that changes
 */
struct follow_file {
	const void *owner;
	char *path;
	char *moved;
	bool by_inode;
	struct inode *inode;
	uint32_t major;
	uint32_t minor;
	uint64_t number;
	uint64_t born;
	struct extent_list extents;
	char *problem;
	uint64_t size;
	uint64_t blocks;
	uint64_t changed;
	uint64_t mapped;
	bool pending;
	bool used;
	bool unlinked;
	uint64_t absent;
	bool said;
};

/**
 * struct followed - the files; all zero at first
 * @files: the files; up to @sorted by rising path, then those that were added
 * @count: how many
 * @sorted: how many are sorted
 * @next: the one to look at next
 * @look_at: when to look next, as of clock_ns()
 * @asked: the device that was last asked whether it is suspended, by numbers and
 *         time
 */
struct followed {
	struct follow_file **files;
	size_t count;
	size_t sorted;
	size_t next;
	uint64_t look_at;
	struct {
		uint32_t major;
		uint32_t minor;
		uint64_t at;
		bool suspended;
	} asked;
};

/** follow_begin() - name all files again: begin */
void follow_begin(struct followed *follow);

/**
 * follow_use() - name a file
 * @follow: the files
 * @owner: for whom
 * @path: where it is, an absolute path without symbolic links
 * @by_inode: as of struct follow_file
 * @file: set to the file, which is mapped if it was not known
 *
 * Return: 0; -ENOENT, there is no such file; another negative error number.
 */
int follow_use(struct followed *follow, const void *owner, const char *path,
	       bool by_inode, struct follow_file **file);

/**
 * follow_rest() - go on with a file that was not named
 * @follow: the files
 * @owner: whose files; all that have a name in a pattern were named before
 * @at: where to begin, 0 at first; set to where to go on
 *
 * Return: the next file that is still to be followed, because it was moved, or
 * is open and has no name any more, or has been away from its path for less than
 * a second; NULL: there are no more.
 */
struct follow_file *follow_rest(struct followed *follow, const void *owner,
				size_t *at);

/**
 * follow_end() - end what follow_begin() began
 * @follow: the files
 * @complete: whether all files were named: forget the others
 */
void follow_end(struct followed *follow, bool complete);

/**
 * follow_look() - look at some of the files, if it is time
 * @follow: the files
 *
 * Return: whether one of them takes other space than before, or is not there.
 */
bool follow_look(struct followed *follow);

/** follow_free() - forget all files */
void follow_free(struct followed *follow);

#endif /* DMSTAT_NL_FOLLOW_H */
