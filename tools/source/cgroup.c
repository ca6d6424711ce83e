// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups: ids and paths.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "out/message.h"
#include "source/cgroup.h"
#include "source/descriptor.h"

/* The kernel's FILEID_KERNFS: what such a handle has is the id. */
#define HANDLE_KERNFS	0xfe

/* Where cgroups with I/O may be mounted: v2, v2 beside v1, v1. */
static const char *const mounts[] = {
	"/sys/fs/cgroup",
	"/sys/fs/cgroup/unified",
	"/sys/fs/cgroup/blkio",
};

/* The path of a descriptor, without the folder of the mount. */
static bool read_path(char *path, int fd, const char *mount)
{
	const size_t length = strlen(mount);
	char *whole = descriptor_path(fd);
	bool found;

	found = whole && !strncmp(whole, mount, length);
	if (found)
		snprintf(path, CGROUP_PATH_MAX, "%s", whole[length] ?
			 whole + length : "/");
	free(whole);
	return found;
}

static bool find_below(char *path, const char *mount, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} file = {
		.handle.handle_bytes = sizeof(id),
		.handle.handle_type = HANDLE_KERNFS,
	};
	int mount_fd, fd;
	bool found;

	mount_fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount_fd < 0)
		return false;
	memcpy(file.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(mount_fd, &file.handle,
			       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(mount_fd);
	if (fd < 0)
		return false;
	found = read_path(path, fd, mount);
	close(fd);
	return found;
}

/* What a file system of cgroups, of v2 or v1, says that it is. */
#define MAGIC_V2	0x63677270
#define MAGIC_V1	0x27e0eb

static bool is_cgroup(const char *path)
{
	struct statfs status;

	return !statfs(path, &status) && (status.f_type == MAGIC_V2 ||
					  status.f_type == MAGIC_V1);
}

/* The inode's number is the id. */
static uint64_t number_of(const char *path)
{
	struct stat status;

	if (!is_cgroup(path) || stat(path, &status) ||
	    !S_ISDIR(status.st_mode))
		return 0;
	return status.st_ino;
}

uint64_t cgroup_id(const char *path)
{
	char whole[CGROUP_PATH_MAX];
	uint64_t id;
	size_t i;

	id = number_of(path);
	/* "" is a variable that was not set, not the root. */
	for (i = 0; !id && *path && i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		snprintf(whole, sizeof(whole), "%s/%s", mounts[i], path);
		id = number_of(whole);
	}
	if (!id)
		complain("there is no cgroup '%s': give a folder in or below %s",
			 path, mounts[0]);
	return id;
}

/* The id of the root of each hierarchy, which is the first inode there. */
#define ROOT_ID		1

const char *cgroup_path(char *path, uint64_t id)
{
	static char last[CGROUP_PATH_MAX];
	static uint64_t last_id;
	size_t i;

	if (id && id == last_id) {
		snprintf(path, CGROUP_PATH_MAX, "%s", last);
		return path;
	}
	for (i = 0; id && i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		if (!find_below(path, mounts[i], id))
			continue;
		last_id = id;
		snprintf(last, sizeof(last), "%s", path);
		return path;
	}
	/* Of this one, no mount is needed to tell the path. */
	if (id != ROOT_ID)
		return NULL;
	snprintf(path, CGROUP_PATH_MAX, "/");
	return path;
}
