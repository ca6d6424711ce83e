// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which devices a block names: by its names, a path, its uuid, and the types of
 * targets of its table.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "apply/block.h"
#include "apply/match.h"

/* LVM's uuids: "LVM-", 32 characters of the group, 32 of the volume. */
#define LVM_PREFIX	"LVM-"
#define LVM_UUID	(4 + 32 + 32)

int candidate_get(const struct dmstat_device *device,
		  struct candidate *candidate)
{
	const struct mapped_names *names = &candidate->names;
	int error;

	*candidate = (struct candidate){ .device = device };
	error = mapped_names_get(device->name, device->uuid,
				 &candidate->names);
	if (error)
		return error;
	/* A part of a volume has another layer, or a suffix behind its uuid. */
	if (*names->lv && !*names->layer) {
		candidate->is_internal = strlen(device->uuid) > LVM_UUID;
		if (asprintf(&candidate->volume, "%s/%s", names->vg,
			     names->lv) < 0) {
			candidate->volume = NULL;
			mapped_names_free(&candidate->names);
			return -ENOMEM;
		}
	}
	return 0;
}

void candidate_free(struct candidate *candidate)
{
	mapped_names_free(&candidate->names);
	if (candidate->has_table)
		mapped_device_free(&candidate->mapped);
	free(candidate->volume);
}

/* The part behind a folder, if the text is in it; else NULL. */
static const char *below(const char *text, const char *folder)
{
	const size_t length = strlen(folder);

	return strncmp(text, folder, length) == 0 ? text + length : NULL;
}

/* Internal volumes only match their whole name, as lvs(8) hides them. */
static bool has_volume(const struct candidate *candidate, const char *pattern)
{
	if (!candidate->volume)
		return false;
	if (candidate->is_internal)
		return strcmp(pattern, candidate->volume) == 0;
	return fnmatch(pattern, candidate->volume, FNM_PATHNAME) == 0;
}

/* "/dev/disk/by-label/home", or any other link that udev has made. */
static bool has_path(const struct candidate *candidate, const char *path)
{
	const struct dmstat_device *device = candidate->device;
	struct stat status;

	return !stat(path, &status) && S_ISBLK(status.st_mode) &&
	       status.st_rdev == makedev(device->major, device->minor);
}

static bool has_name(const struct candidate *candidate, const char *pattern)
{
	const char *mapped = below(pattern, "/dev/mapper/");
	const char *device = below(pattern, "/dev/");

	if (!mapped && device)
		return has_volume(candidate, device) ||
		       has_path(candidate, pattern);
	if (mapped)
		pattern = mapped;
	return fnmatch(pattern, candidate->names.name, 0) == 0 ||
	       strcmp(pattern, candidate->device->name) == 0 ||
	       (!mapped && has_volume(candidate, pattern));
}

static bool has_type(struct candidate *candidate, const char *pattern)
{
	const struct mapped_device *mapped = &candidate->mapped;
	size_t i;

	if (!candidate->has_table) {
		/* Without a table, or gone meanwhile, it has no types. */
		candidate->has_table = true;
		mapped_device_get(candidate->device->major,
				  candidate->device->minor,
				  &candidate->mapped);
	}
	for (i = 0; i < mapped->segments_count; i++)
		if (fnmatch(pattern, mapped->segments[i].type, 0) == 0)
			return true;
	return false;
}

static bool has_uuid(const struct candidate *candidate, const char *pattern)
{
	return fnmatch(pattern, candidate->device->uuid, 0) == 0;
}

static bool is_named(const struct block *block,
		     const struct candidate *candidate)
{
	size_t i;

	for (i = 0; i < block->devices.count; i++)
		if (has_name(candidate, block->devices.texts[i]))
			return true;
	for (i = 0; i < block->uuids.count; i++)
		if (has_uuid(candidate, block->uuids.texts[i]))
			return true;
	return !block->devices.count && !block->uuids.count &&
	       block->types.count;
}

bool match_device(const struct block *block, struct candidate *candidate)
{
	size_t i;

	if (!is_named(block, candidate))
		return false;
	for (i = 0; i < block->types.count; i++)
		if (has_type(candidate, block->types.texts[i]))
			return true;
	return !block->types.count;
}
