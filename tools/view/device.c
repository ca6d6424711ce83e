// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a device is shown.
 */
#include <stdio.h>

#include "out/output.h"
#include "source/device.h"
#include "source/dm.h"
#include "view/device.h"
#include "view/flush.h"
#include "view/missed.h"
#include "view/rows.h"

enum {
	DEVICE_NAME,
	DEVICE_NAME_SHOWN,
	DEVICE_MAJOR,
	DEVICE_MINOR,
	DEVICE_NUMBERS,
	DEVICE_SIZE,
	DEVICE_REGIONS,
	DEVICE_MISSED,
	DEVICE_OLDEST,
	DEVICE_FLUSHES,
	DEVICE_FLUSH_MEAN,
	DEVICE_FLUSH_LONGEST,
	DEVICE_UUID,
	DEVICE_COLUMNS
};

static struct column columns[DEVICE_COLUMNS] = {
	[DEVICE_NAME] = { "name", NULL, 0, UNIT_NONE },
	[DEVICE_NAME_SHOWN] = { NULL, "DEVICE", -6, UNIT_NONE },
	[DEVICE_MAJOR] = { "major", NULL, 0, UNIT_NONE },
	[DEVICE_MINOR] = { "minor", NULL, 0, UNIT_NONE },
	[DEVICE_NUMBERS] = { NULL, "MAJ:MIN", 8, UNIT_NONE },
	[DEVICE_SIZE] = { "size", "SIZE", 9, UNIT_SECTORS },
	[DEVICE_REGIONS] = { "regions", "REGIONS", 7, UNIT_NONE },
	[DEVICE_MISSED] = { "missed", "MISSED", 6, UNIT_NONE },
	[DEVICE_OLDEST] = { "oldest_ns", NULL, 7, UNIT_NS },
	[DEVICE_FLUSHES] = { NULL, NULL, 8, UNIT_NONE },
	[DEVICE_FLUSH_MEAN] = { NULL, NULL, 7, UNIT_NS },
	[DEVICE_FLUSH_LONGEST] = { NULL, NULL, 7, UNIT_NS },
	[DEVICE_UUID] = { "uuid", "UUID", -4, UNIT_NONE },
};

static void fit(const struct device_list *list)
{
	static const int order[] = {
		DEVICE_UUID, COLUMNS_SHRINK, DEVICE_FLUSH_LONGEST,
		DEVICE_MISSED
	};
	char name[MAPPED_NAME_MAX];
	size_t i;

	for (i = 0; i < list->count; i++) {
		column_fit(&columns[DEVICE_NAME_SHOWN],
			   mapped_name_text(name, list->devices[i].name));
		column_fit(&columns[DEVICE_UUID], list->devices[i].uuid);
		if (list->devices[i].oldest_ns)
			columns[DEVICE_OLDEST].heading = "OLDEST";
		if (!list->devices[i].flush)
			continue;
		columns[DEVICE_FLUSHES].heading = "FLUSHES";
		columns[DEVICE_FLUSH_MEAN].heading = "F-TIME";
		columns[DEVICE_FLUSH_LONGEST].heading = "F-MAX";
	}
	columns_fit(columns, DEVICE_COLUMNS, order,
		    sizeof(order) / sizeof(order[0]));
}

static void print_time(struct output *out, const struct column *column,
		       const struct dmstat_flush *flush, uint64_t ns)
{
	if (flush->ios)
		output_number(out, column, ns);
	else
		output_string(out, column, "-");
}

/* Nothing is counted on a device without regions; JSON has 0 then. */
static void print_count(struct output *out, const struct column *column,
			const struct dmstat_device *device, uint64_t value)
{
	if (device->regions || out->json)
		output_number(out, column, value);
	else
		output_string(out, column, "-");
}

static void print_flushes(struct output *out,
			  const struct dmstat_device *device,
			  const struct dmstat_flush *flush)
{
	print_count(out, &columns[DEVICE_FLUSHES], device, flush->ios);
	print_time(out, &columns[DEVICE_FLUSH_MEAN], flush,
		   flush->ios ? flush->ns / flush->ios : 0);
	print_time(out, &columns[DEVICE_FLUSH_LONGEST], flush,
		   flush->longest_ns);
}

static void print_values(struct output *out, const struct dmstat_device *device)
{
	const struct dmstat_flush flush = flush_copy(device);
	char numbers[24], name[MAPPED_NAME_MAX];

	snprintf(numbers, sizeof(numbers), "%u:%u", device->major,
		 device->minor);
	output_string(out, &columns[DEVICE_NAME], device->name);
	output_string(out, &columns[DEVICE_NAME_SHOWN],
		      mapped_name_text(name, device->name));
	output_number(out, &columns[DEVICE_MAJOR], device->major);
	output_number(out, &columns[DEVICE_MINOR], device->minor);
	output_string(out, &columns[DEVICE_NUMBERS], numbers);
	output_number(out, &columns[DEVICE_SIZE], device->size);
	output_number(out, &columns[DEVICE_REGIONS], device->regions);
	print_count(out, &columns[DEVICE_MISSED], device, device->missed);
	print_count(out, &columns[DEVICE_OLDEST], device, device->oldest_ns);
	print_flushes(out, device, &flush);
	output_string(out, &columns[DEVICE_UUID], device->uuid);
	flush_object(out, &flush);
}

static int print_row(struct output *out, const void *data, size_t i)
{
	const struct device_list *list = data;

	output_row(out, columns, DEVICE_COLUMNS);
	print_values(out, &list->devices[i]);
	return output_row_end(out);
}

void device_table(struct output *out, const struct device_list *list)
{
	fit(list);
	output_object(out, NULL);
	rows_print(out, "devices", "no devices whose I/O can be counted", print_row, list,
		   list->count);
	output_object_end(out);
	output_end(out);
}

void device_object(struct output *out, const char *key,
		   const struct dmstat_device *device)
{
	if (!out->json)
		return;
	output_object(out, key);
	print_values(out, device);
	output_object_end(out);
}

void device_warn_missed(const struct dmstat_device *device)
{
	char name[MAPPED_NAME_MAX];

	missed_warn(device->missed, "device %s",
		    mapped_name_text(name, device->name));
}
