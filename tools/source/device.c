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

#include "source/array.h"
#include "source/device.h"
#include "source/dm.h"
#include "source/session.h"

/* As the kernel has it: a name and its zero byte. */
#define DM_NAME_LEN	128

/* ------------------------------------------------------------------ names */

/* The kernel's name of a block device, as /sys/class/block has it. */
static bool find_disk(const char *text, uint32_t *major, uint32_t *minor)
{
	bool found = false;
	char path[PATH_MAX];
	FILE *file;

	if (!*text || *text == '.' || strchr(text, '/'))
		return false;
	snprintf(path, sizeof(path), "/sys/class/block/%s/dev", text);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fscanf(file, "%u:%u", major, minor) == 2;
	fclose(file);
	return found;
}

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

int device_look_up(struct dmstat *dmstat, const char *text,
		   const struct dmstat_device **device)
{
	uint32_t major, minor;
	int error;

	error = dmstat_device_find(dmstat, text, device);
	if (error != -ENODEV && error != -ENOENT)
		return error;
	if (!mapped_device_find(text, &major, &minor) ||
	    find_volume(text, &major, &minor) ||
	    find_disk(text, &major, &minor))
		return dmstat_device_get(dmstat, major, minor, device);
	return error;
}

void device_refused(struct dmstat *dmstat, const char *text, int error)
{
	/* The library's messages contain the name, the kernel's do not. */
	if (*text && strstr(dmstat_error(dmstat), text))
		session_failed(dmstat, error, "cannot find the device");
	else
		session_failed(dmstat, error, "device '%s'", text);
}

const struct dmstat_device *device_find(struct dmstat *dmstat, const char *text)
{
	const struct dmstat_device *device;
	int error;

	error = device_look_up(dmstat, text, &device);
	if (!error)
		return device;
	device_refused(dmstat, text, error);
	return NULL;
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
