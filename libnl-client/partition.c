// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * partition: from a partition to its disk, and numbers of names, by sysfs
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * The kernel counts by disk, and in sectors of the disk.
 */
#include "partition.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "dmstat.h"
#include "export.h"

#define FOLDER	"/sys/dev/block/%" PRIu32 ":%" PRIu32

static bool read_file(const char *path, char *text, int size)
{
	FILE *file = fopen(path, "re");
	bool read;

	if (!file)
		return false;
	read = fgets(text, size, file);
	fclose(file);
	return read;
}

/* Read a file in the folder of a block device. */
static bool read_of(uint32_t major, uint32_t minor, const char *name,
		    char *text, int size)
{
	char path[sizeof(FOLDER) + 64];

	snprintf(path, sizeof(path), FOLDER "/%s", major, minor, name);
	return read_file(path, text, size);
}

static bool read_sectors(uint32_t major, uint32_t minor, const char *name,
			 uint64_t *sectors)
{
	char text[32];

	return read_of(major, minor, name, text, sizeof(text)) &&
	       sscanf(text, "%" SCNu64, sectors) == 1;
}

/* What the file "dev" of a block device has. */
static bool parse_numbers(const char *text, uint32_t *major, uint32_t *minor)
{
	return sscanf(text, "%" SCNu32 ":%" SCNu32, major, minor) == 2;
}

/**
 * dmstat_partition_named() - find a block device by the kernel's name
 * @name: the name: "nvme0n1p2"
 * @major: set to its major number
 * @minor: set to its minor number
 *
 * Return: whether there is one.
 */
bool dmstat_partition_named(const char *name, uint32_t *major, uint32_t *minor)
{
	char path[NAME_MAX + 64], text[32];

	if (!*name || *name == '.' || strchr(name, '/'))
		return false;
	snprintf(path, sizeof(path), "/sys/class/block/%s/dev", name);
	return read_file(path, text, sizeof(text)) &&
	       parse_numbers(text, major, minor);
}

/** dmstat_partition_is_mapped() - whether a disk is of device-mapper */
bool dmstat_partition_is_mapped(uint32_t major, uint32_t minor)
{
	char text[NAME_MAX];

	return read_of(major, minor, "dm/name", text, sizeof(text));
}

/* Where a partition is. */
struct place {
	uint32_t major;
	uint32_t minor;
	struct dmstat_extent range;
};

static bool read_place(uint32_t major, uint32_t minor, struct place *place)
{
	char text[32];

	/* The folder is a link into that of the disk. */
	return read_sectors(major, minor, "start", &place->range.start) &&
	       read_sectors(major, minor, "size", &place->range.length) &&
	       read_of(major, minor, "../dev", text, sizeof(text)) &&
	       parse_numbers(text, &place->major, &place->minor);
}

int dmstat_partition(uint32_t *major, uint32_t *minor,
		     struct dmstat_extent *range)
{
	struct place place, again;
	char text[32];

	if (!read_of(*major, *minor, "partition", text, sizeof(text)))
		return -ENOENT;
	/*
	 * Its numbers may be another partition's as soon as it is gone: what was
	 * read must be of one.
	 */
	if (!read_place(*major, *minor, &place) ||
	    !read_place(*major, *minor, &again) ||
	    place.major != again.major || place.minor != again.minor ||
	    place.range.start != again.range.start ||
	    place.range.length != again.range.length)
		return -ENODEV;

	*major = place.major;
	*minor = place.minor;
	*range = place.range;
	return 0;
}

EXPORT(dmstat_partition);
