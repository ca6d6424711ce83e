// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: the one that a DEVICE argument names, and a list of all.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "out/message.h"
#include "source/array.h"
#include "source/device.h"
#include "source/disk.h"
#include "source/dm.h"
#include "source/session.h"

/* As the kernel has it: a name and its zero byte. */
#define DM_NAME_LEN	128

/* ------------------------------------------------------------------ names */

/* "vg/lv" of a volume that has no file in /dev, as internal ones do. */
static bool find_volume(const char *text, uint32_t *major, uint32_t *minor)
{
	const char *slash = strchr(text, '/');
	char name[2 * DM_NAME_LEN];
	const char *c;
	size_t end = 0;

	if (!slash || slash == text || !slash[1] || strchr(slash + 1, '/') ||
	    strlen(text) >= DM_NAME_LEN)
		return false;
	for (c = text; *c; c++) {
		if (*c == '-')
			name[end++] = '-';
		name[end++] = c == slash ? '-' : *c;
	}
	name[end] = '\0';
	return !mapped_device_find(name, major, minor);
}

/* "dm-3", which the kernel does not list before it has a table. */
static bool find_disk_number(const char *text, uint32_t *major, uint32_t *minor)
{
	struct mapped_device mapped;
	int end = 0;

	if (sscanf(text, "dm-%9u%n", minor, &end) != 1 || text[end] ||
	    mapped_major(major) || mapped_device_get(*major, *minor, &mapped))
		return false;
	mapped_device_free(&mapped);
	return true;
}

bool device_is_whole(const struct dmstat_device *device,
		     const struct dmstat_extent *range)
{
	return !range->start && range->length >= device->size;
}

int device_look_up(struct dmstat *dmstat, const char *text,
		   const struct dmstat_device **device,
		   struct dmstat_extent *range)
{
	uint32_t major, minor;
	int error;

	error = dmstat_device_find_range(dmstat, text, device, range);
	/* A drive without a medium: device_explain() says so. */
	if (!error && !(*device)->size && !(*device)->regions &&
	    !disk_is_mapped((*device)->major, (*device)->minor))
		return -ENODEV;
	if (error != -ENODEV && error != -ENOENT)
		return error;
	/* What is left are names that only libdevmapper knows: no partitions. */
	if (mapped_device_find(text, &major, &minor) &&
	    !find_volume(text, &major, &minor) &&
	    !find_disk_number(text, &major, &minor))
		return error;
	error = dmstat_device_get(dmstat, major, minor, device);
	if (!error)
		*range = (struct dmstat_extent){ .length = (*device)->size };
	return error;
}

/* The numbers of a block device, whatever it is called and whether it is ours. */
static bool find_numbers(const char *text, uint32_t *major, uint32_t *minor)
{
	int end = 0;

	if (sscanf(text, "%9u:%9u%n", major, minor, &end) == 2 && !text[end])
		return true;
	return disk_find(text, major, minor) ||
	       !mapped_device_find(text, major, minor) ||
	       find_volume(text, major, minor) ||
	       find_disk_number(text, major, minor);
}

/* Volume groups have directories in /dev. */
static bool explain_directory(const char *text)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s%s",
		 strncmp(text, "/dev/", 5) == 0 ? "" : "/dev/", text);
	if (!*text || strchr(text, '.') || stat(path, &status) ||
	    !S_ISDIR(status.st_mode))
		return false;
	complain("'%s' is a directory of devices: name one that 'ls %s' shows, with %s/ before it",
		 text, path, text);
	return true;
}

bool device_explain(const char *text, int error)
{
	struct mapped_device mapped;
	uint32_t major, minor;
	bool has_table;

	if (explain_directory(text))
		return true;
	if (error != -ENODEV || !find_numbers(text, &major, &minor))
		return false;
	if (!disk_is_mapped(major, minor) && disk_is_empty(major, minor)) {
		complain("'%s' has no sectors: %s", text,
			 "attach a file to it, see losetup(8), or insert a medium");
		return true;
	}
	if (mapped_device_get(major, minor, &mapped))
		return false;
	has_table = mapped.has_table;
	mapped_device_free(&mapped);
	if (has_table)
		return false;
	complain("device '%s' has no table: load one and resume it, see dmsetup(8)",
		 text);
	return true;
}

void device_refused(struct dmstat *dmstat, const char *text, int error)
{
	if (device_explain(text, error))
		return;
	/* The library's messages contain the name, the kernel's do not. */
	if (*text && strstr(dmstat_error(dmstat), text))
		session_failed(dmstat, error, "cannot find the device");
	else
		session_failed(dmstat, error, "device '%s'", text);
}

const struct dmstat_device *device_find(struct dmstat *dmstat, const char *text,
					struct dmstat_extent *range)
{
	const struct dmstat_device *device;
	int error;

	error = device_look_up(dmstat, text, &device, range);
	if (!error)
		return device;
	device_refused(dmstat, text, error);
	return NULL;
}

/* ---------------------------------------------------------------- suspended */

bool device_is_suspended(uint32_t major, uint32_t minor)
{
	char path[64], c = '0';
	FILE *file;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/dm/suspended",
		 major, minor);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fread(&c, 1, 1, file) != 1)
		c = '0';
	fclose(file);
	return c == '1';
}

void device_warn_suspended(uint32_t major, uint32_t minor, const char *name)
{
	char text[MAPPED_NAME_MAX];

	if (device_is_suspended(major, minor))
		complain("%s is suspended: its I/O waits for 'dmsetup resume'",
			 mapped_name_text(text, name));
}

/* ------------------------------------------------------------------ lists */

void device_list_free(struct device_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free((char *)list->devices[i].name);
		free((char *)list->devices[i].uuid);
		free((void *)list->devices[i].flush);
	}
	free(list->devices);
	list->devices = NULL;
	list->count = 0;
}

/* The copy of a device still points to the original's flushes: copy these. */
static int copy_flush(struct dmstat_device *copy)
{
	const struct dmstat_flush *original = copy->flush;
	struct dmstat_flush *flush;

	if (!original)
		return 0;
	flush = malloc(sizeof(*flush));
	copy->flush = flush;
	if (!flush)
		return -ENOMEM;
	*flush = *original;
	return 0;
}

static int collect(const struct dmstat_device *device, void *data)
{
	struct device_list *list = data;
	struct dmstat_device *copy;

	copy = array_grow(list->devices, list->count, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	list->devices = copy;

	copy += list->count++;
	*copy = *device;
	copy->name = strdup(device->name);
	copy->uuid = strdup(device->uuid);
	if (copy_flush(copy))
		return -ENOMEM;
	return copy->name && copy->uuid ? 0 : -ENOMEM;
}

int device_list_get(struct dmstat *dmstat, struct device_list *list)
{
	int attempts = WALK_ATTEMPTS;
	int error;

	list->devices = NULL;
	list->count = 0;
	do {
		device_list_free(list);
		error = dmstat_devices(dmstat, collect, list);
	} while (error == -EAGAIN && --attempts);

	if (error) {
		session_failed(dmstat, error, "cannot list the devices");
		device_list_free(list);
		return EXIT_FAILURE;
	}
	return 0;
}
