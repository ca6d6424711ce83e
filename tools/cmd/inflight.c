// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl inflight: list the I/Os of devices that have started and not ended,
 * the oldest first.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/terminal.h"
#include "out/time_text.h"
#include "source/array.h"
#include "source/device.h"
#include "source/dm.h"
#include "source/interrupt.h"
#include "source/interval.h"
#include "source/region.h"
#include "source/scope.h"
#include "source/session.h"
#include "source/standard.h"
#include "view/device.h"
#include "view/io.h"
#include "view/rows.h"
#include "view/who.h"

enum {
	INFLIGHT_OPERATION,
	INFLIGHT_SECTOR,
	INFLIGHT_SECTORS,
	INFLIGHT_AGE,
	INFLIGHT_WHO,
	INFLIGHT_CGROUP,
	INFLIGHT_COLUMNS
};

static struct column columns[INFLIGHT_COLUMNS] = {
	[INFLIGHT_OPERATION] = { "operation", "OPERATION", -9, UNIT_NONE },
	[INFLIGHT_SECTOR] = { "sector", "SECTOR", 14, UNIT_NONE },
	[INFLIGHT_SECTORS] = { "sectors", "SIZE", 9, UNIT_SECTORS },
	[INFLIGHT_AGE] = { "age_ns", "AGE", 9, UNIT_NS },
	[INFLIGHT_WHO] = { NULL, "WHO", -3, UNIT_NONE },
	[INFLIGHT_CGROUP] = { NULL, "CGROUP", -6, UNIT_NONE },
};

/* An I/O, with the name of the thread that submitted it. */
struct entry {
	struct dmstat_inflight io;
	char *comm;
};

/**
 * struct watched - a device whose I/O is listed
 * @device: the device
 * @oldest: when the oldest of its regions was created, nanoseconds since the
 *          Epoch; 0: it has none
 * @regions: all regions of all devices
 * @whole: all of its I/O is listed, not only that of regions of the scope
 * @entries: the I/O, collected
 * @count: how many
 */
struct watched {
	const struct dmstat_device *device;
	uint64_t oldest;
	const struct region_list *regions;
	bool whole;
	struct entry *entries;
	size_t count;
};

static struct scope scope;
static uint64_t interval;
static uint64_t count = UINT64_MAX;	/* without end */

/* Between extents there may be I/O that is in no area; it is listed, too. */
static bool touches(const struct dmstat_inflight *io,
		    const struct dmstat_region *region)
{
	return io->sector < region->start + region->length &&
	       io->sector + io->sectors > region->start;
}

static bool is_on(const struct dmstat_region *region,
		  const struct dmstat_device *device)
{
	return region->major == device->major && region->minor == device->minor;
}

static bool is_wanted(const struct watched *watched,
		      const struct dmstat_inflight *io)
{
	const struct dmstat_region *region;
	size_t i;

	if (watched->whole)
		return true;
	/* A flush has no sectors; it waits for all of the disk. */
	if (!scope.program &&
	    scope_names_sectors(&scope, watched->device->major,
				watched->device->minor, io->sector,
				io->sectors))
		return true;
	for (i = 0; i < watched->regions->count; i++) {
		region = &watched->regions->regions[i];
		if (is_on(region, watched->device) && touches(io, region) &&
		    scope_has_region(&scope, region))
			return true;
	}
	return false;
}

static int collect(const struct dmstat_inflight *io, void *data)
{
	struct watched *watched = data;
	struct entry *entries, *entry;

	if (!is_wanted(watched, io))
		return 0;
	entries = array_grow(watched->entries, watched->count,
			     sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	watched->entries = entries;
	entry = &entries[watched->count];
	entry->comm = strdup(io->comm);
	if (!entry->comm)
		return -ENOMEM;
	entry->io = *io;
	watched->count++;
	return 0;
}

static void forget(struct watched *watched)
{
	size_t i;

	for (i = 0; i < watched->count; i++)
		free(watched->entries[i].comm);
	free(watched->entries);
}

static int compare_age(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return (left->io.age_ns < right->io.age_ns) -
	       (left->io.age_ns > right->io.age_ns);
}

static struct who who_of(const struct entry *entry)
{
	return (struct who){
		.pid = entry->io.pid,
		.comm = entry->comm,
		.kernel_thread = entry->io.kernel_thread,
		.cgroup_id = entry->io.cgroup_id,
	};
}

/* The cgroup is left out first, and texts of a list that is long are cut. */
static void fit(const struct watched *watched)
{
	static const int order[] = { COLUMNS_SHRINK, INFLIGHT_CGROUP };
	char text[WHO_TEXT_MAX], path[CGROUP_PATH_MAX];
	struct who who;
	size_t i;

	columns[INFLIGHT_CGROUP].heading = "CGROUP";
	columns[INFLIGHT_WHO].width = -(int)strlen("WHO");
	columns[INFLIGHT_CGROUP].width = -(int)strlen("CGROUP");
	for (i = 0; i < watched->count; i++) {
		who = who_of(&watched->entries[i]);
		column_fit(&columns[INFLIGHT_WHO], who_text(text, &who));
		column_fit(&columns[INFLIGHT_CGROUP], who_cgroup(path, &who));
	}
	columns_fit(columns, INFLIGHT_COLUMNS, order,
		    sizeof(order) / sizeof(order[0]));
}

static int print_row(struct output *out, const void *data, size_t i)
{
	const struct watched *watched = data;
	const struct dmstat_inflight *io = &watched->entries[i].io;
	const struct who who = who_of(&watched->entries[i]);
	char text[WHO_TEXT_MAX], path[CGROUP_PATH_MAX];

	output_row(out, columns, INFLIGHT_COLUMNS);
	output_string(out, &columns[INFLIGHT_OPERATION],
		      io_operation(io->operation));
	output_number(out, &columns[INFLIGHT_SECTOR], io->sector);
	output_number(out, &columns[INFLIGHT_SECTORS], io->sectors);
	output_number(out, &columns[INFLIGHT_AGE], io->age_ns);
	output_string(out, &columns[INFLIGHT_WHO], who_text(text, &who));
	if (!out->json)
		output_string(out, &columns[INFLIGHT_CGROUP],
			      who_cgroup(path, &who));
	who_fields(out, &who);
	return output_row_end(out);
}

/* ----------------------------------------------------------------- devices */

/* Whether what is printed is one device, because the user named one. */
static bool is_one(void)
{
	return scope.count == 1 && scope.items[0].kind != SCOPE_GROUP;
}

static bool is_whole(const struct dmstat_device *device)
{
	return !scope.program &&
	       (!scope.count ||
		scope_names_device(&scope, device->major, device->minor));
}

static uint64_t oldest_region(const struct dmstat_device *device,
			      const struct region_list *regions)
{
	uint64_t oldest = 0;
	size_t i;

	for (i = 0; i < regions->count; i++)
		if (is_on(&regions->regions[i], device) &&
		    (!oldest || regions->regions[i].created < oldest))
			oldest = regions->regions[i].created;
	return oldest;
}

/* Only on a terminal: a script that reads rows gets none. */
static void print_known(struct output *out, const struct watched *watched)
{
	char created[TIME_TEXT_MAX], age[AGE_TEXT_MAX];

	if (!terminal_is_stdout() || !watched->oldest)
		return;
	output_text(out,
		    "I/O that started before the device had a region is not known; its oldest region was created at %s (%s ago)",
		    time_text(created, watched->oldest),
		    time_age_text(age, watched->oldest, time_now()));
}

static void print_device(struct output *out, const struct watched *watched,
			 uint64_t now)
{
	const struct dmstat_device *device = watched->device;
	char name[MAPPED_NAME_MAX];

	if (watched->count)
		qsort(watched->entries, watched->count,
		      sizeof(*watched->entries), compare_age);
	fit(watched);
	output_new_table(out);
	if (!is_one() && (watched->count || terminal_is_stdout()))
		output_text(out, "%s (%u:%u):",
			    mapped_name_text(name, device->name), device->major,
			    device->minor);
	output_object(out, NULL);
	if (is_one())
		output_field(out, "time", now);
	device_object(out, "device", device);
	output_field(out, "known_since", watched->oldest);
	rows_print(out, "inflight", "nothing in flight", print_row, watched,
		   watched->count);
	output_object_end(out);
	print_known(out, watched);
	device_warn_suspended(device->major, device->minor, device->name);
	device_warn_missed(device);
}

static int inflight(struct output *out, struct dmstat *dmstat,
		    const struct dmstat_device *device,
		    const struct region_list *regions, uint64_t now)
{
	struct watched watched = {
		.device = device,
		.oldest = oldest_region(device, regions),
		.regions = regions,
		.whole = is_whole(device),
	};
	int error;

	error = dmstat_inflight(dmstat, device->major, device->minor, collect,
				&watched);
	if (error)
		session_failed(dmstat, error, "device '%s'", device->name);
	else
		print_device(out, &watched, now);
	forget(&watched);
	return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A device that was named is refused if it has no region. */
static bool is_listed(const struct dmstat_device *device)
{
	return scope_has_device(&scope, device->major, device->minor) &&
	       (device->regions || scope.count);
}

static int print_devices(struct output *out, struct dmstat *dmstat,
			 const struct device_list *devices,
			 const struct region_list *regions, uint64_t now)
{
	int status = EXIT_SUCCESS;
	size_t i, found = 0;

	for (i = 0; i < devices->count; i++) {
		if (!is_listed(&devices->devices[i]))
			continue;
		found++;
		if (inflight(out, dmstat, &devices->devices[i], regions, now))
			status = EXIT_FAILURE;
	}
	if (found)
		return status;
	if (scope_is_all(&scope)) {
		output_none(out,
			    "no device has a region: I/O is known from the first region on");
		return EXIT_SUCCESS;
	}
	return scope_complain_none(&scope, NULL);
}

static int print_all(struct output *out, struct dmstat *dmstat,
		     const struct device_list *devices,
		     const struct region_list *regions)
{
	const uint64_t now = time_now();
	char text[TIME_TEXT_MAX];
	int status;

	if (interval)
		output_text(out, "%s", time_text(text, now));
	if (!is_one()) {
		output_object(out, NULL);
		output_field(out, "time", now);
		output_list(out, "devices");
	}
	status = print_devices(out, dmstat, devices, regions, now);
	if (!is_one()) {
		output_list_end(out);
		output_object_end(out);
	}
	/* Nothing was printed of a device that was refused. */
	if (!(is_one() && status) && output_end(out))
		return EXIT_FAILURE;
	return status;
}

/* Regions and devices may come and go between two readings. */
static int read_once(struct output *out, struct dmstat *dmstat)
{
	struct region_list regions;
	struct device_list devices;
	int status;

	status = region_list_get(dmstat, NULL, NULL, NULL, &regions);
	if (status)
		return status;
	status = device_list_get(dmstat, &devices);
	if (!status) {
		status = print_all(out, dmstat, &devices, &regions);
		device_list_free(&devices);
	}
	region_list_free(&regions);
	return status;
}

static int read_again(struct output *out, struct dmstat *dmstat)
{
	uint64_t i, next = clock_ns();
	int error;

	for (i = 0; i < count; i++) {
		error = read_once(out, dmstat);
		if (error)
			return error;
		if (i + 1 == count)
			break;
		next = interval_next(next, interval);
		if (interval_wait(next))
			return EXIT_FAILURE;
		if (interrupted())
			break;
	}
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct dmstat *dmstat;
	int status;

	if (count != UINT64_MAX && !interval)
		usage("--count needs --interval");
	if (interval)
		standard_catch();
	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = scope_parse(dmstat, argc, argv, &scope);
	if (!status)
		status = scope_note_devices(dmstat, &scope);
	if (!status)
		status = interval ? read_again(out, dmstat) :
				    read_once(out, dmstat);
	scope_free(&scope);
	dmstat_close(dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTION_INTERVAL("interval", &interval,
			"list again after this time, until interrupted: 500ms,\n"
			"10s, 1m"),
	OPTION_COUNT("count", &count,
		     "with --interval: end after this many lists"),
	OPTION_LINE("program", "ID", option_take_string, const char *,
		    &scope.program,
		    "only the I/O of the regions with this program id"),
	OPTION_END
};

const struct command inflight_command = {
	.name = "inflight",
	.summary = "list the I/Os in flight on devices that have regions",
	.forms = {
		"[--interval [--count]] [--program]\n"
		"[DEVICE|REGION|GROUP]...",
	},
	.options = options,
	.json = true,
	.run = run,
};
