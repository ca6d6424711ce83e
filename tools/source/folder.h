/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folders in which names come and go: those in which a file may appear that a
 * pattern names, and those on the way there.
 *
 * Only names are watched, not what is written: so a write costs nothing more,
 * nothing is kept open, and file systems can be unmounted.
 */
#ifndef DMSTAT_NL_FOLDER_H
#define DMSTAT_NL_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/** struct folders - the folders; opaque */
struct folders;

/**
 * folders_open() - begin, without a folder
 * @folders: set to them
 *
 * Return: 0 or a negative error number.
 */
int folders_open(struct folders **folders);

/** folders_close() - end it; NULL is none */
void folders_close(struct folders *folders);

/** folders_fd() - the file that is readable when folders_read() has something */
int folders_fd(const struct folders *folders);

/** folders_begin() - name all folders again: begin */
void folders_begin(struct folders *folders);

/**
 * folders_add() - name a folder
 * @folders: the folders
 * @path: its path; nothing is done if there is no such folder
 * @name: the names that matter in it, as for fnmatch(3); NULL: all of them
 */
void folders_add(struct folders *folders, const char *path, const char *name);

/**
 * folders_add_pattern() - name the folders that decide what a pattern names
 * @folders: the folders
 * @pattern: an absolute path, with wildcards as for glob(3)
 * @deep: a folder that it names stands for all that is below, on its file
 *        system; else for the files in it
 */
void folders_add_pattern(struct folders *folders, const char *pattern,
			 bool deep);

/**
 * folders_end() - stop to watch the folders that were not named
 * @folders: the folders
 *
 * Return: 0; a negative error number: that of the first one that cannot be
 * watched. -ENOSPC: it is more than fs.inotify.max_user_watches. The others are
 * watched in any case.
 */
int folders_end(struct folders *folders);

/**
 * folders_read() - read what has happened, without waiting
 * @folders: the folders
 *
 * Return: whether a name that matters came or went, or events were lost.
 */
bool folders_read(struct folders *folders);

#endif /* DMSTAT_NL_FOLDER_H */
