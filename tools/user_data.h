/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User data of a region: from the command line, and in JSON.
 */
#ifndef DMSTAT_NL_USER_DATA_H
#define DMSTAT_NL_USER_DATA_H

#include <stddef.h>

#include <dmstat.h>

struct context;
struct output;

/* One more than there may be, so that the kernel says that it is too much. */
#define USER_DATA_ROOM	(4096 + 1)

/**
 * struct user_data - what was given
 * @given: whether it was: NULL, or @bytes
 * @size: bytes of it
 * @bytes: these
 */
struct user_data {
	const void *given;
	size_t size;
	char bytes[USER_DATA_ROOM];
};

/** user_data_text() - the argument of --user-data */
void user_data_text(struct context *context, struct user_data *data,
		    const char *text);

/** user_data_file() - the argument of --user-data-file: a file, or - */
void user_data_file(struct context *context, struct user_data *data,
		    const char *name);

/** user_data_value() - in JSON, the user data of a region, if it has any */
void user_data_value(struct output *out, const struct dmstat_region *region);

#endif /* DMSTAT_NL_USER_DATA_H */
