// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block devices of all kinds, by what the kernel calls them.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "source/disk.h"

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

bool disk_is_empty(uint32_t major, uint32_t minor)
{
	unsigned long long sectors = 1;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/size", major, minor);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%llu", &sectors) != 1)
		sectors = 1;
	fclose(file);
	return !sectors;
}
