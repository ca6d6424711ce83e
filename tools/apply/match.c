// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which devices a block names: by its names, a path, its uuid, and the types of
 * targets of its table. Disks that are not of device-mapper are only matched by
 * what clearly means them: a pattern such as "*" is older than they are here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "apply/block.h"
#include "apply/match.h"
#include "source/array.h"
#include "source/disk.h"
#include "source/prefix.h"

/* LVM's uuids: "LVM-", 32 characters of the group, 32 of the volume. */
#define LVM_PREFIX	"LVM-"
#define LVM_UUID	(4 + 32 + 32)

#define DEV		"/dev/"

/* Where the kernel's names are, in which ! stands for a slash. */
#define NAMES		"/sys/class/block/"

/* How many letters of a disk's name a pattern has at least. */
#define DISK_KIND_MIN	2

int candidate_get(const struct dmstat_device *device,
		  struct candidate *candidate)
{
	const struct mapped_names *names = &candidate->names;
	int error;

	*candidate = (struct candidate){
		.device = device,
		.is_mapped = disk_is_mapped(device->major, device->minor),
	};
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

/* Internal volumes only match their whole name, as lvs(8) hides them. */
static bool has_volume(const struct candidate *candidate, const char *pattern)
{
	if (!candidate->volume)
		return false;
	if (candidate->is_internal)
		return strcmp(pattern, candidate->volume) == 0;
	return fnmatch(pattern, candidate->volume, FNM_PATHNAME) == 0;
}

/* "/dev/oracle/data", or any other link that udev has made. */
static bool has_path(const struct candidate *candidate, const char *path)
{
	const struct dmstat_device *device = candidate->device;
	struct stat status;

	return behind_prefix(path, DEV) && !stat(path, &status) &&
	       S_ISBLK(status.st_mode) &&
	       status.st_rdev == makedev(device->major, device->minor);
}

/* How many characters a pattern has before its first wildcard. */
static size_t literal(const char *pattern)
{
	return strcspn(pattern, "*?[\\");
}

/* "sd*", but neither "*" nor "s*": their kind must be written out. */
static bool has_disk_name(const struct candidate *candidate,
			  const char *pattern)
{
	const char *path = behind_prefix(pattern, DEV);
	char name[MAPPED_DISK_NAME_MAX];
	char *c;

	snprintf(name, sizeof(name), "%s", candidate->device->name);
	if (!path)
		return literal(pattern) >= DISK_KIND_MIN &&
		       fnmatch(pattern, name, 0) == 0;
	/* /dev/cciss/c0d0 is cciss!c0d0 in /sys. */
	for (c = name; *c; c++)
		if (*c == '!')
			*c = '/';
	return fnmatch(path, name, FNM_PATHNAME) == 0;
}

bool match_name(const struct candidate *candidate, const char *pattern)
{
	const char *mapped = behind_prefix(pattern, "/dev/mapper/");
	const char *device = behind_prefix(pattern, DEV);

	if (has_path(candidate, pattern))
		return true;
	if (!candidate->is_mapped)
		return has_disk_name(candidate, pattern);
	if (!mapped && device)
		return has_volume(candidate, device);
	if (mapped)
		pattern = mapped;
	return fnmatch(pattern, candidate->names.name, 0) == 0 ||
	       strcmp(pattern, candidate->device->name) == 0 ||
	       (!mapped && has_volume(candidate, pattern));
}

/* Whether it has hardware of its own, as md and loop devices do not. */
static bool is_hardware(const struct candidate *candidate)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/device",
		 candidate->device->major, candidate->device->minor);
	return access(path, F_OK) == 0;
}

/* The part of a disk's name that is not counted up: "nvme", "sd", "md". */
static bool is_of_kind(const char *name, const char *kind)
{
	static const char *const lettered[] = {
		"sd", "vd", "xvd", "hd", "dasd",
	};
	const size_t length = strcspn(name, "0123456789");
	size_t i;

	for (i = 0; i < sizeof(lettered) / sizeof(lettered[0]); i++)
		if (behind_prefix(name, lettered[i]))
			return strcmp(kind, lettered[i]) == 0;
	return strncmp(name, kind, length) == 0 && !kind[length];
}

/* As lsblk has it, to which a CD drive is no disk. */
static bool is_disk(const struct candidate *candidate)
{
	return is_hardware(candidate) &&
	       !is_of_kind(candidate->device->name, "sr");
}

static bool has_type(struct candidate *candidate, const char *pattern)
{
	const struct mapped_device *mapped = &candidate->mapped;
	size_t i;

	if (!candidate->is_mapped)
		return strcmp(pattern, "disk") == 0 ? is_disk(candidate) :
		       is_of_kind(candidate->device->name, pattern);
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
	return candidate->is_mapped &&
	       fnmatch(pattern, candidate->device->uuid, 0) == 0;
}

static bool has_link(const struct candidate *candidate,
		     const struct match_links *links)
{
	const dev_t device = makedev(candidate->device->major,
				     candidate->device->minor);
	size_t i;

	for (i = 0; i < links->count; i++)
		if (links->devices[i] == device)
			return true;
	return false;
}

static bool is_named(const struct block *block,
		     const struct match_links *links,
		     const struct candidate *candidate)
{
	size_t i;

	if (has_link(candidate, links))
		return true;
	for (i = 0; i < block->devices.count; i++)
		if (match_name(candidate, block->devices.texts[i]))
			return true;
	for (i = 0; i < block->uuids.count; i++)
		if (has_uuid(candidate, block->uuids.texts[i]))
			return true;
	return !block->devices.count && !block->uuids.count &&
	       block->types.count;
}

bool match_device(const struct block *block, const struct match_links *links,
		  struct candidate *candidate)
{
	size_t i;

	if (!is_named(block, links, candidate))
		return false;
	for (i = 0; i < block->types.count; i++)
		if (has_type(candidate, block->types.texts[i]))
			return true;
	return !block->types.count;
}

/* ------------------------------------------------------------------- links */

static int add_link(struct match_links *links, const char *path)
{
	struct stat status;
	dev_t *devices;

	if (stat(path, &status) || !S_ISBLK(status.st_mode))
		return 0;
	devices = array_grow(links->devices, links->count, sizeof(*devices));
	if (!devices)
		return -ENOMEM;
	links->devices = devices;
	devices[links->count++] = status.st_rdev;
	return 0;
}

static int add_links(struct match_links *links, const char *pattern)
{
	glob_t found;
	int error;
	size_t i;

	error = glob(pattern, GLOB_NOSORT, NULL, &found);
	if (error)
		return error == GLOB_NOSPACE ? -ENOMEM : 0;
	for (i = 0; i < found.gl_pathc && !error; i++)
		error = add_link(links, found.gl_pathv[i]);
	globfree(&found);
	return error;
}

int match_links_get(const struct block *block, struct match_links *links)
{
	size_t i;
	int error = 0;

	*links = (struct match_links){ .devices = NULL };
	for (i = 0; i < block->devices.count && !error; i++)
		if (behind_prefix(block->devices.texts[i], MATCH_LINKS))
			error = add_links(links, block->devices.texts[i]);
	if (!error)
		return 0;
	free(links->devices);
	*links = (struct match_links){ .devices = NULL };
	return error;
}

/* -------------------------------------------------------------- partitions */

static bool find(const char *text, dev_t *device)
{
	uint32_t major, minor;

	if (!disk_find(text, &major, &minor))
		return false;
	*device = makedev(major, minor);
	return true;
}

static bool is_partition(dev_t device)
{
	uint32_t major = major(device), minor = minor(device);
	struct dmstat_extent range;

	return !dmstat_partition(&major, &minor, &range);
}

bool match_has_wildcards(const char *pattern)
{
	return pattern[literal(pattern)];
}

/* What may be a disk's name, or a path. */
static bool may_be_partition(const char *pattern)
{
	return behind_prefix(pattern, DEV) || (!strchr(pattern, '/') &&
					     literal(pattern) >= DISK_KIND_MIN);
}

/* Return: how many devices are found; 0 if one of them is no partition. */
static size_t count_partitions(const glob_t *found, dev_t *partition)
{
	size_t i, count = 0;
	const char *text;
	dev_t device;

	for (i = 0; i < found->gl_pathc; i++) {
		text = behind_prefix(found->gl_pathv[i], NAMES);
		if (!find(text ? text : found->gl_pathv[i], &device))
			continue;
		if (!is_partition(device))
			return 0;
		*partition = device;
		count++;
	}
	return count;
}

size_t match_partitions(const char *pattern, dev_t *partition)
{
	char path[PATH_MAX];
	size_t count;
	glob_t found;

	if (!may_be_partition(pattern))
		return 0;
	if (!match_has_wildcards(pattern))
		return find(pattern, partition) && is_partition(*partition);
	snprintf(path, sizeof(path), "%s%s", behind_prefix(pattern, DEV) ? "" : NAMES,
		 pattern);
	if (glob(path, GLOB_NOSORT, NULL, &found))
		return 0;
	count = count_partitions(&found, partition);
	globfree(&found);
	return count;
}
