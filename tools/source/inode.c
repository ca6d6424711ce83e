// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file by its inode, by the kernel's file handles. To open one takes any open
 * file of its file system: the folder that it is mounted on, for a moment.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "source/descriptor.h"
#include "source/inode.h"

/**
 * struct inode - see inode.h
 * @device: the device of the file system
 * @handle: as of name_to_handle_at(2); its bytes follow
 */
struct inode {
	dev_t device;
	struct file_handle handle;
};

struct inode *inode_get(const char *path, dev_t device)
{
	struct inode *inode;
	int mount;

	inode = calloc(1, sizeof(*inode) + MAX_HANDLE_SZ);
	if (!inode)
		return NULL;
	inode->device = device;
	inode->handle.handle_bytes = MAX_HANDLE_SZ;
	if (!name_to_handle_at(AT_FDCWD, path, &inode->handle, &mount, 0))
		return inode;
	free(inode);
	return NULL;
}

void inode_free(struct inode *inode)
{
	free(inode);
}

/* Undo what the kernel does with spaces and the like: "\040". */
static void unescape(char *text)
{
	char *to = text;
	unsigned int byte;

	while (*text) {
		if (sscanf(text, "\\%3o", &byte) == 1 && strlen(text) >= 4) {
			*to++ = byte;
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/* Another file system may be mounted over it. */
static int open_mount(char *path, dev_t device)
{
	struct stat status;
	int fd;

	unescape(path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (!fstat(fd, &status) && status.st_dev == device)
		return fd;
	close(fd);
	return -1;
}

/* Return: a folder of the file system, or -1. */
static int open_file_system(dev_t device)
{
	char *line = NULL, path[PATH_MAX];
	unsigned int major, minor;
	size_t size = 0;
	int fd = -1;
	FILE *mounts;

	mounts = fopen("/proc/self/mountinfo", "re");
	if (!mounts)
		return -1;
	while (fd < 0 && getline(&line, &size, mounts) > 0)
		if (sscanf(line, "%*u %*u %u:%u %*s %4095s", &major, &minor,
			   path) == 3 && makedev(major, minor) == device)
			fd = open_mount(path, device);
	free(line);
	fclose(mounts);
	return fd;
}

static int open_inode(const struct inode *inode)
{
	const int mount = open_file_system(inode->device);
	int fd, error;

	/* Without its file system it is as gone as it can be. */
	if (mount < 0)
		return -ESTALE;
	fd = open_by_handle_at(mount, (struct file_handle *)&inode->handle,
			       O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	error = fd < 0 ? -errno : fd;
	close(mount);
	return error == -ENOENT ? -ESTALE : error;
}

int inode_find(const struct inode *inode, char **path, bool *linked)
{
	const int fd = open_inode(inode);
	struct stat status;

	if (fd < 0)
		return fd;
	*path = descriptor_path(fd);
	if (!*path || fstat(fd, &status)) {
		free(*path);
		close(fd);
		return -ENOMEM;
	}
	*linked = status.st_nlink;
	return fd;
}
