// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why what a block names matches nothing: it is a partition, or misspelt, or another
 * key is for it, or it is not there yet.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <dmstat.h>

#include "apply/block.h"
#include "apply/match.h"
#include "apply/near.h"
#include "apply/unmatched.h"
#include "out/message.h"
#include "source/dm.h"
#include "source/prefix.h"

/* Room for what may be meant, with a device's name. */
#define HINT_MAX	(MAPPED_NAME_MAX + 128)

/* @hint: what else to say, or "". */
static void complain_missing(const struct block *block, const char *pattern,
			     const char *hint)
{
	complain("%s:%u: block '%s': '%s' matches nothing now%s%s", block->file,
		 block->line, block->name, pattern, *hint ? ": " : "", hint);
}

/* -------------------------------------------------------------- partitions */

/* Where a block that names a partition should be on the disk: ", with start = ...". */
static void describe_range(char *text, size_t room, const struct block *block,
			   const struct dmstat_extent *partition)
{
	const struct dmstat_region_spec *spec = &block->spec;
	const uint64_t start = spec->start == DMSTAT_DEFAULT ? 0 : spec->start;
	const uint64_t left = start < partition->length ?
			      partition->length - start : 0;
	const uint64_t length = spec->length == DMSTAT_DEFAULT ? left :
				spec->length;

	if (length && length <= left)
		snprintf(text, room, "with start = %" PRIu64 " and length = %" PRIu64,
			 partition->start + start, length);
	else
		snprintf(text, room, "with start and length");
}

/* @partition: one of @count. */
static void complain_partition(const struct block *block, const char *pattern,
			       size_t count, dev_t partition)
{
	char what[256] = "names partitions: name their disks, with start and length";
	uint32_t major = major(partition), minor = minor(partition);
	char disk[MAPPED_DISK_NAME_MAX], how[128];
	struct dmstat_extent range;

	if (count == 1 && !dmstat_partition(&major, &minor, &range)) {
		describe_range(how, sizeof(how), block, &range);
		mapped_disk_name(disk, major, minor);
		snprintf(what, sizeof(what),
			 "is a partition: name its disk, %s, %s", disk, how);
	}
	complain("%s:%u: block '%s': '%s' %s", block->file, block->line,
		 block->name, pattern, what);
}

/* ------------------------------------------------------------------ names */

/* The pattern without the folder that it may have. */
static const char *bare(const char *pattern)
{
	const char *name = behind_prefix(pattern, "/dev/mapper/");

	if (!name)
		name = behind_prefix(pattern, "/dev/");
	return name ? name : pattern;
}

/* What a name of that device is written like, if it is as the pattern is: vg/lv. */
static const char *name_like(const struct candidate *candidate,
			     const char *pattern)
{
	return strchr(pattern, '/') && candidate->volume ? candidate->volume :
							   candidate->names.name;
}

static bool are_digits(char one, char two)
{
	return isdigit((unsigned char)one) && isdigit((unsigned char)two);
}

static bool are_letters(char one, char two)
{
	return isalpha((unsigned char)one) && isalpha((unsigned char)two);
}

/* db-2 is not misspelt if there is only db-1, nor mpathb if there is only mpatha. */
static bool differs_in_count(const char *one, const char *two)
{
	for (; *one && *two; one++, two++)
		if (*one != *two && !are_digits(*one, *two) &&
		    !(are_letters(*one, *two) && !one[1] && !two[1]))
			return false;
	return !*one && !*two;
}

static bool is_near(const char *one, const char *two, size_t *least)
{
	const size_t length = strlen(one), most = strlen(two) / 4;
	size_t far;

	/* There may be thousands of both. */
	if (length > strlen(two) + most || length + most < strlen(two))
		return false;
	far = near_distance(one, two);
	if (far >= *least || far > most)
		return false;
	if (differs_in_count(one, two))
		return false;
	*least = far;
	return true;
}

/* The name of a device that may be meant, or NULL. */
static const char *near_name(const char *pattern,
			     const struct candidate *candidates, size_t count)
{
	const char *name, *best = NULL;
	size_t i, least = SIZE_MAX;

	for (i = 0; i < count; i++) {
		name = name_like(&candidates[i], pattern);
		if (strcasecmp(pattern, name) == 0)
			return name;
		if (is_near(pattern, name, &least))
			best = name;
	}
	return best;
}

/* "vg0", or "vg0/" */
static bool is_volume_group(const char *text,
			    const struct candidate *candidates, size_t count)
{
	const size_t length = strcspn(text, "/");
	const char *vg;
	size_t i;

	if (text[length] && text[length + 1])
		return false;
	for (i = 0; i < count; i++) {
		vg = candidates[i].names.vg;
		if (*vg && strncmp(vg, text, length) == 0 && !vg[length])
			return true;
	}
	return false;
}

static void find_hint(char hint[HINT_MAX], const char *pattern,
		      const struct candidate *candidates, size_t count)
{
	const char *text = bare(pattern), *name = NULL;

	*hint = '\0';
	if (*pattern == '/' && text == pattern)
		snprintf(hint, HINT_MAX, "files and folders are named by 'files'");
	else if (is_volume_group(text, candidates, count))
		snprintf(hint, HINT_MAX, "'%.*s/*' are the volumes of this group",
			 (int)strcspn(text, "/"), text);
	else if (strchr(text, ','))
		snprintf(hint, HINT_MAX, "a list is [ \"a\", \"b\" ]");
	else
		name = near_name(text, candidates, count);
	if (name)
		snprintf(hint, HINT_MAX, "do you mean '%s'?", name);
}

/* A device of device-mapper may have the name of a partition. */
static bool names_device(const char *pattern,
			 const struct candidate *candidates, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (match_name(&candidates[i], pattern))
			return true;
	return false;
}

enum unmatched unmatched_devices(const struct block *block,
				 const struct candidate *candidates,
				 size_t count, bool tell_missing)
{
	enum unmatched worst = UNMATCHED_NONE, now;
	size_t i, partitions;
	const char *pattern;
	char hint[HINT_MAX];
	dev_t partition;
	bool is_open;

	for (i = 0; i < block->devices.count; i++) {
		pattern = block->devices.texts[i];
		is_open = match_has_wildcards(pattern);
		if (is_open && !tell_missing)
			continue;
		partitions = match_partitions(pattern, &partition);
		if ((!partitions && (is_open || !tell_missing)) ||
		    names_device(pattern, candidates, count))
			continue;
		if (partitions) {
			complain_partition(block, pattern, partitions, partition);
		} else {
			find_hint(hint, pattern, candidates, count);
			complain_missing(block, pattern, hint);
		}
		now = partitions && !is_open ? UNMATCHED_MISTAKE :
					       UNMATCHED_MISSING;
		if (now > worst)
			worst = now;
	}
	return worst;
}

/* ------------------------------------------------------------------ files */

/* Whether something was said of a path. */
static bool tell_path(const struct block *block, const char *path)
{
	const char *hint = "";
	struct stat status;

	if (!stat(path, &status)) {
		if (S_ISBLK(status.st_mode))
			hint = "devices are named by 'devices'";
		else if (S_ISREG(status.st_mode) && !status.st_blocks)
			hint = "it has no data on a disk";
		else if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
			hint = "it is neither a file nor a folder";
		else
			return false;
	}
	complain_missing(block, path, hint);
	return true;
}

enum unmatched unmatched_files(const struct block *block)
{
	bool told = false;
	size_t i;

	for (i = 0; i < block->files.count; i++)
		if (!match_has_wildcards(block->files.texts[i]))
			told |= tell_path(block, block->files.texts[i]);
	return told ? UNMATCHED_MISSING : UNMATCHED_NONE;
}
