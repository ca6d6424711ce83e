// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block devices that are not of device-mapper, and what to use instead.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "out/message.h"
#include "source/disk.h"

/* How many devices above a disk are named. */
#define NAMED_MAX	4

/* Disks on partitions on RAIDs on partitions: more is a mistake. */
#define DEPTH_MAX	8

/**
 * struct above - the device-mapper devices that use a disk
 * @text: their names: "a, b"
 * @count: how many; not all are in @text
 */
struct above {
	char text[512];
	unsigned int count;
};

bool disk_find(const char *text, uint32_t *major, uint32_t *minor)
{
	struct stat status;
	char path[PATH_MAX];
	bool found = false;
	FILE *file;

	if (strchr(text, '/')) {
		if (stat(text, &status) || !S_ISBLK(status.st_mode))
			return false;
		*major = major(status.st_rdev);
		*minor = minor(status.st_rdev);
		return true;
	}
	if (!*text || *text == '.')
		return false;
	snprintf(path, sizeof(path), "/sys/class/block/%s/dev", text);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fscanf(file, "%u:%u", major, minor) == 2;
	fclose(file);
	return found;
}

bool disk_is_mapped(uint32_t major, uint32_t minor)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/dm", major, minor);
	return access(path, F_OK) == 0;
}

/* Read a line of a file in /sys. */
static bool read_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	bool read;

	if (!file)
		return false;
	read = fgets(line, size, file);
	fclose(file);
	if (read)
		line[strcspn(line, "\n")] = '\0';
	return read;
}

/* Add a device-mapper device by its name; false if it is none. */
static bool add_mapped(const char *folder, struct above *above)
{
	char path[PATH_MAX + 300], name[160];
	size_t end = strlen(above->text);

	snprintf(path, sizeof(path), "%s/dm/name", folder);
	if (!read_line(path, name, sizeof(name)))
		return false;
	if (above->count++ < NAMED_MAX)
		snprintf(above->text + end, sizeof(above->text) - end, "%s'%s'",
			 end ? ", " : "", name);
	return true;
}

static void look_above(const char *folder, struct above *above, int depth);

/* Those that the folder "holders" lists, which are links. */
static void add_holders(const char *folder, struct above *above, int depth)
{
	char path[PATH_MAX + 512], holder[PATH_MAX + 256];
	const struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/holders", folder);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(holder, sizeof(holder), "/sys/class/block/%s",
			 entry->d_name);
		if (!add_mapped(holder, above))
			look_above(holder, above, depth);
	}
	closedir(dir);
}

/* A partition is a folder in that of its disk, with a file "partition". */
static void add_partitions(const char *folder, struct above *above, int depth)
{
	char path[PATH_MAX + 256], mark[PATH_MAX + 300];
	const struct dirent *entry;
	DIR *dir = opendir(folder);

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		snprintf(mark, sizeof(mark), "%s/partition", path);
		if (*entry->d_name != '.' && !access(mark, F_OK))
			look_above(path, above, depth);
	}
	closedir(dir);
}

static void look_above(const char *folder, struct above *above, int depth)
{
	if (depth == DEPTH_MAX)
		return;
	add_holders(folder, above, depth + 1);
	add_partitions(folder, above, depth + 1);
}

void disk_explain(const char *text, uint32_t major, uint32_t minor)
{
	struct above above = { .count = 0 };
	char folder[64];

	snprintf(folder, sizeof(folder), "/sys/dev/block/%u:%u", major, minor);
	look_above(folder, &above, 0);
	if (above.count)
		complain("'%s' is not a device-mapper device, but %s%s on it: name %s instead",
			 text, above.text, above.count > NAMED_MAX ?
			 " and others are" : above.count > 1 ? " are" : " is",
			 above.count > 1 ? "one of these" : "that");
	else
		complain("'%s' is not a device-mapper device, and none is on it: %s",
			 text,
			 "only the I/O of these can be counted; iostat(1) shows the I/O of other disks");
}
