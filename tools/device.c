// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: the DEVICE argument, a consistent list, and how a device is shown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "device.h"
#include "flush.h"
#include "missed.h"
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
	DEVICE_FLUSHES,
	DEVICE_FLUSH_MEAN,
	DEVICE_FLUSH_LONGEST,
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
	[DEVICE_FLUSHES] = { NULL, NULL, 8, UNIT_NONE },
	[DEVICE_FLUSH_MEAN] = { NULL, NULL, 7, UNIT_NS },
	[DEVICE_FLUSH_LONGEST] = { NULL, NULL, 7, UNIT_NS },
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

/* In the copy of a device, which still points to the original's. */
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

void device_fit(const struct device_list *list)
{
	static const int order[] = {
		DEVICE_UUID, COLUMNS_SHRINK, DEVICE_FLUSH_LONGEST,
		DEVICE_MISSED
	};
	size_t i;

	for (i = 0; i < list->count; i++) {
		column_fit(&columns[DEVICE_NAME], list->devices[i].name);
		column_fit(&columns[DEVICE_UUID], list->devices[i].uuid);
		if (!list->devices[i].flush)
			continue;
		columns[DEVICE_FLUSHES].heading = "FLUSHES";
		columns[DEVICE_FLUSH_MEAN].heading = "F-TIME";
		columns[DEVICE_FLUSH_LONGEST].heading = "F-MAX";
	}
	columns_fit(columns, DEVICE_COLUMNS, order,
		    sizeof(order) / sizeof(order[0]));
}

void device_row(struct output *out)
{
	output_row(out, columns, DEVICE_COLUMNS);
}

static void print_time(struct output *out, const struct column *column,
		       const struct dmstat_flush *flush, uint64_t ns)
{
	if (flush->ios)
		output_number(out, column, ns);
	else
		output_string(out, column, "-");
}

static void print_flushes(struct output *out, const struct dmstat_flush *flush)
{
	output_number(out, &columns[DEVICE_FLUSHES], flush->ios);
	print_time(out, &columns[DEVICE_FLUSH_MEAN], flush,
		   flush->ios ? flush->ns / flush->ios : 0);
	print_time(out, &columns[DEVICE_FLUSH_LONGEST], flush,
		   flush->longest_ns);
}

void device_values(struct output *out, const struct dmstat_device *device)
{
	const struct dmstat_flush flush = flush_copy(device);
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
	print_flushes(out, &flush);
	output_string(out, &columns[DEVICE_UUID], device->uuid);
	flush_object(out, &flush);
}

void device_warn_missed(const struct dmstat_device *device)
{
	missed_warn(device->missed, "device %s", device->name);
}
