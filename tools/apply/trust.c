// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether configuration files and their folders can be trusted: what they say is
 * done as root.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/trust.h"
#include "out/message.h"

/* Group and others. */
#define OTHERS_WRITE	0022

static int refuse(const char *path, const char *why)
{
	complain("%s: %s", path, why);
	return EXIT_FAILURE;
}

static int check_owner(const char *path, const struct stat *status,
		       const char *what)
{
	if (!status->st_uid || status->st_uid == geteuid())
		return 0;
	complain("%s: it belongs to user %u: 'chown root' it: what %s is done",
		 path, status->st_uid, what);
	return EXIT_FAILURE;
}

int trust_file(const char *path, const struct stat *status)
{
	if (!S_ISREG(status->st_mode))
		return refuse(path, "not a regular file");
	if (check_owner(path, status, "it says"))
		return EXIT_FAILURE;
	if (status->st_mode & OTHERS_WRITE)
		return refuse(path,
			      "others than its owner may write to it: 'chmod go-w' it: what it says is done");
	return 0;
}

int trust_folder(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return refuse(path, strerror(errno));
	if (check_owner(path, &status, "its files say"))
		return EXIT_FAILURE;
	if ((status.st_mode & OTHERS_WRITE) && !(status.st_mode & S_ISVTX))
		return refuse(path,
			      "others than its owner may write to this folder: 'chmod go-w' it: what its files say is done");
	return 0;
}
