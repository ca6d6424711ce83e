// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: the one that a DEVICE argument names, and a list of all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "source/array.h"
#include "source/device.h"
#include "source/session.h"

const struct dmstat_device *device_find(struct dmstat *dmstat, const char *text)
{
	const struct dmstat_device *device;
	int error;

	error = dmstat_device_find(dmstat, text, &device);
	if (!error)
		return device;

	/* The library's messages contain the name, the kernel's do not. */
	if (*text && strstr(dmstat_error(dmstat), text))
		session_failed(dmstat, error, "cannot find the device");
	else
		session_failed(dmstat, error, "device '%s'", text);
	return NULL;
}

int device_filter(struct dmstat *dmstat, const char *text,
		  struct dmstat_region_filter *filter)
{
	const struct dmstat_device *device;

	if (!text)
		return 0;
	device = device_find(dmstat, text);
	if (!device)
		return EXIT_FAILURE;
	filter->by_device = 1;
	filter->major = device->major;
	filter->minor = device->minor;
	return 0;
}

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
