// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: the DEVICE argument, a consistent list, and how a device is shown.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "device.h"
#include "message.h"
#include "output.h"
#include "session.h"

enum {
	DEVICE_NAME,
	DEVICE_MAJOR,
	DEVICE_MINOR,
	DEVICE_NUMBERS,
	DEVICE_SIZE,
	DEVICE_REGIONS,
	DEVICE_MISSED,
	DEVICE_UUID,
	DEVICE_COLUMNS
};

static struct column columns[DEVICE_COLUMNS] = {
	[DEVICE_NAME] = { "name", "DEVICE", -6, UNIT_NONE },
	[DEVICE_MAJOR] = { "major", NULL, 0, UNIT_NONE },
	[DEVICE_MINOR] = { "minor", NULL, 0, UNIT_NONE },
	[DEVICE_NUMBERS] = { NULL, "MAJ:MIN", 8, UNIT_NONE },
	[DEVICE_SIZE] = { "size", "SIZE", 9, UNIT_SECTORS },
	[DEVICE_REGIONS] = { "regions", "REGIONS", 7, UNIT_NONE },
	[DEVICE_MISSED] = { "missed", "MISSED", 6, UNIT_NONE },
	[DEVICE_UUID] = { "uuid", "UUID", -4, UNIT_NONE },
};

const struct dmstat_device *device_find(struct dmstat *dmstat, const char *text)
{
	const struct dmstat_device *device;
	int error;

	error = dmstat_device_find(dmstat, text, &device);
	if (!error)
		return device;

	/* The library's words have the name in them, the kernel's do not. */
	if (*text && strstr(dmstat_error(dmstat), text))
		session_failed(dmstat, error, "cannot find the device");
	else
		session_failed(dmstat, error, "device '%s'", text);
	return NULL;
}

void device_list_free(struct device_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free((char *)list->devices[i].name);
		free((char *)list->devices[i].uuid);
	}
	free(list->devices);
	list->devices = NULL;
	list->count = 0;
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

void device_fit(const struct device_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		column_fit(&columns[DEVICE_NAME], list->devices[i].name);
}

void device_row(struct output *out)
{
	output_row(out, columns, DEVICE_COLUMNS);
}

void device_values(struct output *out, const struct dmstat_device *device)
{
	char numbers[24];

	snprintf(numbers, sizeof(numbers), "%u:%u", device->major,
		 device->minor);
	output_string(out, &columns[DEVICE_NAME], device->name);
	output_number(out, &columns[DEVICE_MAJOR], device->major);
	output_number(out, &columns[DEVICE_MINOR], device->minor);
	output_string(out, &columns[DEVICE_NUMBERS], numbers);
	output_number(out, &columns[DEVICE_SIZE], device->size);
	output_number(out, &columns[DEVICE_REGIONS], device->regions);
	output_number(out, &columns[DEVICE_MISSED], device->missed);
	output_string(out, &columns[DEVICE_UUID], device->uuid);
}

void device_warn_missed(const struct dmstat_device *device)
{
	if (device->missed)
		complain("warning: device %s missed %" PRIu64 " I/O%s, out of memory",
			 device->name, device->missed,
			 device->missed == 1 ? "" : "s");
}
