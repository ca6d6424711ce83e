// SPDX-License-Identifier: GPL-2.0-only
/*
 * What libdevmapper knows of a device: its names, its table, and the disks
 * below each segment of the table.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <libdevmapper.h>

#include "source/array.h"
#include "source/dm.h"

/* ------------------------------------------------------------------ names */

static int hex_value(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' : tolower(c) - 'a' + 10;
}

/* Replace each \xNN by its character. */
static void unmangle(char *text)
{
	const char *from = text;

	while (*from) {
		if (from[0] == '\\' && from[1] == 'x' &&
		    hex_value(from[2]) >= 0 && hex_value(from[3]) >= 0) {
			*text++ = hex_value(from[2]) * 16 + hex_value(from[3]);
			from += 4;
		} else {
			*text++ = *from++;
		}
	}
	*text = '\0';
}

char *mapped_name_text(char *text, const char *name)
{
	snprintf(text, MAPPED_NAME_MAX, "%s", name);
	unmangle(text);
	return text;
}

static bool is_lvm(const char *uuid)
{
	return strncmp(uuid, "LVM-", 4) == 0;
}

/* "vg-lv-layer", where a hyphen in a name is doubled. */
static int split_lvm_name(const char *name, struct mapped_names *names)
{
	char *copy = strdup(name), *vg = copy, *lv, *layer;

	if (!copy)
		return -ENOMEM;
	if (dm_split_lvm_name(NULL, copy, &vg, &lv, &layer)) {
		names->vg = strdup(vg);
		names->lv = strdup(lv);
		names->layer = strdup(layer);
	}
	free(copy);
	return names->vg && names->lv && names->layer ? 0 : -ENOMEM;
}

void mapped_names_free(struct mapped_names *names)
{
	free(names->name);
	free(names->vg);
	free(names->lv);
	free(names->layer);
	*names = (struct mapped_names){ NULL };
}

int mapped_names_get(const char *name, const char *uuid,
		     struct mapped_names *names)
{
	int error = 0;

	*names = (struct mapped_names){ .name = strdup(name) };
	if (is_lvm(uuid)) {
		error = split_lvm_name(name, names);
	} else {
		names->vg = strdup("");
		names->lv = strdup("");
		names->layer = strdup("");
	}
	if (error || !names->name || !names->vg || !names->lv ||
	    !names->layer) {
		mapped_names_free(names);
		return -ENOMEM;
	}
	unmangle(names->name);
	return 0;
}

void mapped_disk_name(char name[MAPPED_DISK_NAME_MAX], uint32_t major,
		      uint32_t minor)
{
	char path[64], link[512];
	const char *last;
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major, minor);
	length = readlink(path, link, sizeof(link) - 1);
	link[length < 0 ? 0 : length] = '\0';
	last = strrchr(length > 0 && strchr(link, '/') ? link : path, '/') + 1;
	snprintf(name, MAPPED_DISK_NAME_MAX, "%.*s", MAPPED_DISK_NAME_MAX - 1,
		 last);
}

/* --------------------------------------------------------------- segments */

/* The types whose table has a position behind each of the disks. */
static bool has_starts(const char *type)
{
	static const char *const types[] = {
		"linear", "striped", "crypt", "delay", "dust", "flakey",
		"log-writes", "mirror", "unstriped",
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/* Name a disk; @last is a disk whose name is known, or NULL. */
static void name_disk(struct mapped_disk *disk, const struct mapped_disk *last)
{
	/* Tables with many segments have few disks. */
	if (last && last->major == disk->major && last->minor == disk->minor)
		memcpy(disk->name, last->name, sizeof(disk->name));
	else
		mapped_disk_name(disk->name, disk->major, disk->minor);
}

/* Add the disk if a word of the table is one, as "8:1" is. */
static int add_disk(struct mapped_segment *segment, const char *word,
		    const struct mapped_disk *last)
{
	const size_t count = segment->disks_count;
	struct mapped_disk *disks, *disk;
	unsigned int major, minor;
	int length = 0;

	if (!isdigit((unsigned char)*word) ||
	    sscanf(word, "%9u:%9u%n", &major, &minor, &length) != 2 ||
	    (word[length] && word[length] != ' '))
		return 0;

	disks = array_grow(segment->disks, count, sizeof(*disks));
	if (!disks)
		return -ENOMEM;
	segment->disks = disks;
	disk = &disks[segment->disks_count++];
	*disk = (struct mapped_disk){
		.major = major,
		.minor = minor,
		.start = MAPPED_START_UNKNOWN,
	};
	name_disk(disk, last);
	if (has_starts(segment->type) && word[length] &&
	    isdigit((unsigned char)word[length + 1]))
		disk->start = strtoull(word + length + 1, NULL, 10);
	return 0;
}

static int add_disks(struct mapped_segment *segment, const char *parameters,
		     const struct mapped_disk *last)
{
	int error = 0;

	while (*parameters && !error) {
		error = add_disk(segment, parameters, last);
		parameters += strcspn(parameters, " ");
		parameters += strspn(parameters, " ");
	}
	return error;
}

static int add_segment(struct mapped_device *device, uint64_t start,
		       uint64_t length, const char *type,
		       const char *parameters)
{
	const size_t count = device->segments_count;
	struct mapped_segment *segments, *segment;
	const struct mapped_disk *last = NULL;

	segments = array_grow(device->segments, count, sizeof(*segments));
	if (!segments)
		return -ENOMEM;
	device->segments = segments;
	segment = &segments[device->segments_count++];
	*segment = (struct mapped_segment){
		.start = start,
		.length = length,
		.type = strdup(type),
	};
	if (!segment->type)
		return -ENOMEM;
	if (count && segment[-1].disks_count)
		last = &segment[-1].disks[segment[-1].disks_count - 1];
	return add_disks(segment, parameters ? parameters : "", last);
}

static int add_segments(struct dm_task *task, struct mapped_device *device)
{
	char *type, *parameters;
	uint64_t start, length;
	void *next = NULL;
	int error = 0;

	do {
		next = dm_get_next_target(task, next, &start, &length, &type,
					  &parameters);
		if (type)
			error = add_segment(device, start, length, type,
					    parameters);
	} while (next && !error);
	return error;
}

/* ---------------------------------------------------------------- devices */

/* libdevmapper would write to stderr; we print messages of our own. */
static void stay_silent(int level, const char *file, int line, int error,
			const char *format, ...)
{
	(void)level;
	(void)file;
	(void)line;
	(void)error;
	(void)format;
}

void mapped_stay_silent(void)
{
	if (!dm_log_is_non_default())
		dm_log_with_errno_init(stay_silent);
}

static struct dm_task *new_task(int type)
{
	mapped_stay_silent();
	return dm_task_create(type);
}

/* The error of a task that failed. */
static int task_error(struct dm_task *task)
{
	int error = dm_task_get_errno(task);

	return error ? -error : -EIO;
}

void mapped_device_free(struct mapped_device *device)
{
	size_t i;

	for (i = 0; i < device->segments_count; i++) {
		free(device->segments[i].type);
		free(device->segments[i].disks);
	}
	free(device->segments);
	free(device->uuid);
	mapped_names_free(&device->names);
	*device = (struct mapped_device){ .uuid = NULL };
}

static int take_device(struct dm_task *task, struct mapped_device *device)
{
	const char *uuid = dm_task_get_uuid(task);
	struct dm_info info = { 0 };
	int error;

	if (!dm_task_get_info(task, &info))
		return -EIO;
	if (!info.exists)
		return -ENXIO;
	device->has_table = info.live_table;
	device->suspended = info.suspended;
	device->uuid = strdup(uuid ? uuid : "");
	if (!device->uuid)
		return -ENOMEM;
	error = mapped_names_get(dm_task_get_name(task), device->uuid,
				 &device->names);
	if (error || !info.live_table)
		return error;
	return add_segments(task, device);
}

static int read_device(struct dm_task *task, uint32_t major, uint32_t minor,
		       struct mapped_device *device)
{
	int error;

	/* Tables may contain keys. */
	if (!dm_task_secure_data(task) || !dm_task_no_flush(task) ||
	    !dm_task_no_open_count(task) || !dm_task_set_major(task, major) ||
	    !dm_task_set_minor(task, minor))
		return -ENOMEM;
	if (!dm_task_run(task))
		return task_error(task);
	error = take_device(task, device);
	if (error)
		mapped_device_free(device);
	return error;
}

int mapped_device_get(uint32_t major, uint32_t minor,
		      struct mapped_device *device)
{
	struct dm_task *task = new_task(DM_DEVICE_TABLE);
	int error;

	*device = (struct mapped_device){ .uuid = NULL };
	if (!task)
		return -ENOMEM;
	error = read_device(task, major, minor, device);
	dm_task_destroy(task);
	return error;
}

/* Find the device whose name or uuid was set. */
static int find(struct dm_task *task, uint32_t *major, uint32_t *minor)
{
	struct dm_info info = { 0 };

	if (!dm_task_no_open_count(task))
		return -ENOMEM;
	if (!dm_task_run(task))
		return task_error(task);
	if (!dm_task_get_info(task, &info))
		return -EIO;
	if (!info.exists)
		return -ENXIO;
	*major = info.major;
	*minor = info.minor;
	return 0;
}

/* A text that cannot be a name or uuid is refused by @set. */
static int find_by(int (*set)(struct dm_task *task, const char *text),
		   const char *text, uint32_t *major, uint32_t *minor)
{
	struct dm_task *task = new_task(DM_DEVICE_INFO);
	int error;

	if (!task)
		return -ENOMEM;
	error = set(task, text) ? find(task, major, minor) : -ENXIO;
	dm_task_destroy(task);
	return error;
}

/* LVM shows 32 characters in groups; devices have them without the hyphens. */
#define LV_UUID		32

static bool is_lv_uuid(const char *text, char uuid[LV_UUID + 1])
{
	static const char groups[] = "......-....-....-....-....-....-......";
	size_t i;

	if (strlen(text) != strlen(groups))
		return false;
	for (i = 0; text[i]; i++) {
		if (groups[i] == '-' ? text[i] != '-' :
				       !isalnum((unsigned char)text[i]))
			return false;
		if (text[i] != '-')
			*uuid++ = text[i];
	}
	*uuid = '\0';
	return true;
}

/* The uuid of its device is "LVM-", that of the volume group, and its own. */
static bool has_lv_uuid(const struct dm_names *names, const char *uuid)
{
	struct dm_task *task = new_task(DM_DEVICE_INFO);
	const char *found = NULL;
	bool has = false;

	if (task && dm_task_set_name(task, names->name) && dm_task_run(task))
		found = dm_task_get_uuid(task);
	if (found && is_lvm(found) && strlen(found) == 4 + 2 * LV_UUID)
		has = strcmp(found + 4 + LV_UUID, uuid) == 0;
	if (task)
		dm_task_destroy(task);
	return has;
}

static int find_lv_uuid(const char *uuid, uint32_t *major, uint32_t *minor)
{
	struct dm_task *task = new_task(DM_DEVICE_LIST);
	struct dm_names *names;
	int error = -ENXIO;

	if (!task)
		return -ENOMEM;
	names = dm_task_run(task) ? dm_task_get_names(task) : NULL;
	while (names && names->dev && !has_lv_uuid(names, uuid))
		names = names->next ?
			(struct dm_names *)((char *)names + names->next) : NULL;
	if (names && names->dev) {
		*major = major(names->dev);
		*minor = minor(names->dev);
		error = 0;
	}
	dm_task_destroy(task);
	return error;
}

int mapped_device_find(const char *text, uint32_t *major, uint32_t *minor)
{
	char uuid[LV_UUID + 1];
	int error;

	if (!*text || strchr(text, '/'))
		return -ENXIO;
	error = find_by(dm_task_set_name, text, major, minor);
	if (error == -ENXIO)
		error = find_by(dm_task_set_uuid, text, major, minor);
	if (error == -ENXIO && is_lv_uuid(text, uuid))
		error = find_lv_uuid(uuid, major, minor);
	return error;
}

int mapped_major(uint32_t *major)
{
	FILE *file = fopen("/proc/devices", "re");
	char line[128], name[64];
	int error = -ENOENT;

	if (!file)
		return error;
	while (error && fgets(line, sizeof(line), file))
		if (sscanf(line, "%u %63s", major, name) == 2 &&
		    strcmp(name, "device-mapper") == 0)
			error = 0;
	fclose(file);
	return error;
}
