/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User data of a region, as text or from a file.
 */
#ifndef DMSTAT_NL_USER_DATA_H
#define DMSTAT_NL_USER_DATA_H

#include <stddef.h>

#include <dmstat.h>

/* One byte too many is read, so that the kernel refuses it. */
#define USER_DATA_ROOM	(DMSTAT_USER_DATA_MAX + 1)

/**
 * struct user_data - the user data that was given
 * @given: NULL if none was; else @bytes
 * @size: how many bytes
 * @bytes: the bytes
 */
struct user_data {
	const void *given;
	size_t size;
	char bytes[USER_DATA_ROOM];
};

/** user_data_text() - take the argument of --user-data */
void user_data_text(struct user_data *data, const char *text);

/**
 * user_data_read() - read the user data from a file
 * @data: set to it
 * @name: the file, or "-": standard input
 *
 * Return: NULL, or why it cannot be read.
 */
const char *user_data_read(struct user_data *data, const char *name);

/** user_data_file() - take the argument of --user-data-file: a file, or "-" */
void user_data_file(struct user_data *data, const char *name);

#endif /* DMSTAT_NL_USER_DATA_H */
