/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files, and where they are on the device of their file system.
 */
#ifndef DMSTAT_NL_FILE_H
#define DMSTAT_NL_FILE_H

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
 * Return: the device, valid until the next call; NULL after saying why not.
 */
const struct dmstat_device *file_device(struct dmstat *dmstat, const char *path,
					int fd, const char *text);

/**
 * file_extents() - get the extents of a file on the device of its file system
 * @path: the file, as it was opened
 * @fd: what file_open() returned
 * @list: set to its extents, sorted; none touches another
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int file_extents(const char *path, int fd, struct extent_list *list);

#endif /* DMSTAT_NL_FILE_H */
