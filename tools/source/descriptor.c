// SPDX-License-Identifier: GPL-2.0-only
/*
 * File descriptors: what they are open on.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "source/descriptor.h"

char *descriptor_path(int fd)
{
	char name[32], path[PATH_MAX];
	ssize_t length;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	length = readlink(name, path, sizeof(path) - 1);
	if (length < 0)
		return NULL;
	path[length] = '\0';
	return strdup(path);
}
