/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files, and where they are on the device of their file system.
 */
#ifndef DMSTAT_NL_FILE_H
#define DMSTAT_NL_FILE_H

#include <stdbool.h>

#include <dmstat.h>

struct extent_list;

/**
 * file_open() - open a regular file whose extents are wanted
 * @path: the file
 *
 * Return: a file descriptor, or -1 after saying why not.
 */
int file_open(const char *path);

/**
 * file_device() - find the device that a file's file system is on
 * @dmstat: the handle
 * @path: the file, as it was opened
 * @fd: what file_open() returned
 * @text: the DEVICE argument, which must be that device, or NULL
 *
 * Return: the device, or the disk if it is a partition, valid until the next
 * call; NULL after saying why not.
 */
const struct dmstat_device *file_device(struct dmstat *dmstat, const char *path,
					int fd, const char *text);

/* Leave out data that has no place on the device yet, and write nothing back. */
#define FILE_MAP_PLACED	(1U << 0)

/**
 * file_map() - get the extents of a file on its disk, without a message
 * @fd: the file
 * @flags: 0, or FILE_MAP_PLACED; without it, data that waits to be written back
 *         is written first, which gives it a place
 * @list: set to its extents, sorted; none touches another. There may be none.
 * @pending: set to whether data was left out that has no place yet
 *
 * Return: NULL, or why not, valid until the next call; then @list may have
 * some of them.
 */
const char *file_map(int fd, unsigned int flags, struct extent_list *list,
		     bool *pending);

/**
 * file_extents() - get the extents of a file on the disk of its file system
 * @path: the file, as it was opened
 * @fd: what file_open() returned
 * @list: set to its extents, sorted; none touches another
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int file_extents(const char *path, int fd, struct extent_list *list);

#endif /* DMSTAT_NL_FILE_H */
