/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that regions were made from, and where they are, so that a place of a
 * device has the name of its file. For watch.c alone.
 */
#ifndef DMSTAT_NL_WATCH_FILE_H
#define DMSTAT_NL_WATCH_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

struct watch_file;

/**
 * struct watch_files - the files; all zero at first
 * @files: the files
 * @count: how many
 */
struct watch_files {
	struct watch_file *files;
	size_t count;
};

/**
 * watch_files_read() - find the regions that were made from files
 * @files: the files; those that are known are not read again
 * @dmstat: the handle
 *
 * Return: 0 or a negative error number.
 */
int watch_files_read(struct watch_files *files, struct dmstat *dmstat);

/**
 * watch_files_at() - find the file at a place of a device
 * @files: the files
 * @major: major number
 * @minor: minor number
 * @start: first sector
 * @length: sectors
 *
 * Return: the name of the file that has most of it, or NULL.
 */
const char *watch_files_at(const struct watch_files *files, uint32_t major,
			   uint32_t minor, uint64_t start, uint64_t length);

/** watch_file_name() - what a region is of, as text to be freed; NULL: no file */
char *watch_file_name(const struct dmstat_region *region);

/** watch_files_end() - free the files */
void watch_files_end(struct watch_files *files);

#endif /* DMSTAT_NL_WATCH_FILE_H */
