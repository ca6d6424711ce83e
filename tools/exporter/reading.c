// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel has counted, read at once: the sum of each region's areas, its
 * cells if they are wanted, and the devices.
 *
 * Counters since the creation of the region are read, which no clear sets back:
 * after a clear of some of the areas, the sum of what is left would look like a
 * counter that started again, and be counted twice.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/label.h"
#include "exporter/reading.h"
#include "source/disk.h"
#include "source/dm.h"

/* ----------------------------------------------------------------- labels */

/*
 * The labels of a device; @name is what it is called. The kind is there so that
 * sums need not have an I/O twice, of a volume and of the disk below.
 */
static char *labels_of_device(const struct dmstat_device *device,
			      const char *name,
			      const struct mapped_names *names)
{
	const char *kind = disk_is_mapped(device->major, device->minor) ?
			   "dm" : "disk";
	char *labels, *end;

	labels = malloc(label_room("device", strlen(name)) +
			label_room("kind", strlen(kind)) +
			label_room("vg", strlen(names->vg)) +
			label_room("lv", strlen(names->lv)));
	if (!labels)
		return NULL;
	end = label_append(labels, labels, "device", name);
	end = label_append(end, labels, "kind", kind);
	end = label_append(end, labels, "vg", names->vg);
	label_append(end, labels, "lv", names->lv);
	return labels;
}

/* The labels of a region, on a device that has these. */
static char *labels_of_region(const struct dmstat_region *region,
			      const char *device)
{
	char *labels, *end, id[16];

	snprintf(id, sizeof(id), "%" PRIu32, region->region_id);
	labels = malloc(label_room("region", strlen(id)) + 1 + strlen(device) +
			label_room("group", strlen(region->group)) +
			label_room("program", strlen(region->program_id)));
	if (!labels)
		return NULL;
	end = label_append(labels, labels, "region", id);
	*end++ = ',';
	end = stpcpy(end, device);
	end = label_append(end, labels, "group", region->group);
	label_append(end, labels, "program", region->program_id);
	return labels;
}

/* ---------------------------------------------------------------- devices */

static int compare_numbers(const void *left, const void *right)
{
	const struct dmstat_device *a, *b;

	a = ((const struct reading_device *)left)->device;
	b = ((const struct reading_device *)right)->device;
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	return (a->minor > b->minor) - (a->minor < b->minor);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names of all devices, sorted, to find those that two devices have. */
struct names {
	char **names;
	size_t count;
};

static void names_free(struct names *names)
{
	while (names->count)
		free(names->names[--names->count]);
	free(names->names);
}

static int names_get(const struct reading *reading, struct names *names)
{
	char text[MAPPED_NAME_MAX];
	size_t i;

	names->count = 0;
	names->names = calloc(reading->devices_count + 1, sizeof(char *));
	if (!names->names)
		return -ENOMEM;
	for (i = 0; i < reading->devices_count; i++) {
		mapped_name_text(text, reading->devices[i].device->name);
		names->names[i] = strdup(text);
		if (!names->names[i])
			return -ENOMEM;
		names->count++;
	}
	qsort(names->names, names->count, sizeof(char *), compare_names);
	return 0;
}

/* Whether two devices have this name. */
static bool is_shared(const struct names *names, const char *name)
{
	char **found = bsearch(&name, names->names, names->count,
			       sizeof(char *), compare_names);

	if (!found)
		return false;
	return (found > names->names && !strcmp(found[-1], name)) ||
	       (found + 1 < names->names + names->count &&
		!strcmp(found[1], name));
}

/*
 * A device is called as `dmsetup ls` shows it, unless that is the name of
 * another one, too: the same series must not come twice.
 */
static int label_device(struct reading_device *device,
			const struct names *all)
{
	struct mapped_names names;
	const char *name;
	int error;

	error = mapped_names_get(device->device->name, device->device->uuid,
				 &names);
	if (error)
		return error;
	name = is_shared(all, names.name) ? device->device->name : names.name;
	device->labels = labels_of_device(device->device, name, &names);
	mapped_names_free(&names);
	return device->labels ? 0 : -ENOMEM;
}

static int label_devices(struct reading *reading)
{
	struct names names;
	size_t i;
	int error;

	error = names_get(reading, &names);
	for (i = 0; i < reading->devices_count && !error; i++)
		error = label_device(&reading->devices[i], &names);
	names_free(&names);
	return error;
}

/* Keep each device once. */
static void keep_different(struct reading *reading)
{
	struct reading_device *devices = reading->devices;
	size_t i, count = 0;

	for (i = 0; i < reading->devices_count; i++)
		if (!count || devices[count - 1].device != devices[i].device)
			devices[count++] = devices[i];
	reading->devices_count = count;
}

static struct reading_device *find_device(const struct reading *reading,
					  const struct dmstat_device *device)
{
	const struct reading_device key = { .device = device };

	return bsearch(&key, reading->devices, reading->devices_count,
		       sizeof(key), compare_numbers);
}

/* ---------------------------------------------------------------- regions */

static bool is_exported(const struct dmstat_snapshots_region *region)
{
	/* Without its device it is about to be deleted. */
	return region->device && !region->region->owned;
}

static void copy_io(struct reading_io *to, const struct dmstat_io *from,
		    const struct dmstat_histogram *histogram)
{
	*to = (struct reading_io){
		.ios = from->ios,
		.sectors = from->sectors,
		.ns = from->ns,
		.errors = from->errors,
		.again = from->again,
	};
	if (histogram)
		memcpy(to->bins, histogram->ios,
		       histogram->bins * sizeof(*to->bins));
}

static int take_total(const struct dmstat_area *area, void *data)
{
	struct reading_region *region = data;

	region->in_flight[0] = area->in_flight_read;
	region->in_flight[1] = area->in_flight_write;
	region->busy_ns = area->busy_ns;
	region->queue_ns = area->queue_ns;
	copy_io(&region->io[DMSTAT_READ], area->read,
		area->histogram[DMSTAT_READ]);
	copy_io(&region->io[DMSTAT_WRITE], area->write,
		area->histogram[DMSTAT_WRITE]);
	copy_io(&region->io[DMSTAT_DISCARD], area->discard,
		area->histogram[DMSTAT_DISCARD]);
	return 0;
}

/*
 * The counters of an area are read one after the other while I/O goes on. Let
 * the number of I/Os be what the histogram adds up to, if that is more.
 */
static void agree(struct reading_io *io, uint32_t bins)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < bins; i++)
		sum += io->bins[i];
	if (io->ios < sum)
		io->ios = sum;
}

static int take_region(const struct dmstat_snapshots_region *from,
		       const char *device, struct reading_region *region)
{
	const struct dmstat_region *of = from->region;
	int error, i;

	region->region = of;
	region->labels = labels_of_region(of, device);
	if (!region->labels)
		return -ENOMEM;
	error = dmstat_snapshot_areas(from->snapshot, take_total, region);
	for (i = 0; of->bounds_count && i < READING_OPERATIONS; i++)
		agree(&region->io[i], of->bounds_count + 1);
	return error;
}

/* Count the regions to be exported, and collect their devices. */
static int collect_devices(struct reading *reading, size_t *exported)
{
	const size_t count = dmstat_snapshots_info(reading->set)->regions;
	const struct dmstat_snapshots_region *region;
	size_t i;

	*exported = 0;
	reading->devices = calloc(count + 1, sizeof(*reading->devices));
	if (!reading->devices)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		region = dmstat_snapshots_at(reading->set, i);
		if (is_exported(region))
			reading->devices[(*exported)++].device = region->device;
	}
	reading->devices_count = *exported;
	qsort(reading->devices, reading->devices_count,
	      sizeof(*reading->devices), compare_numbers);
	keep_different(reading);
	return label_devices(reading);
}

static int collect_regions(struct reading *reading, size_t most)
{
	const struct dmstat_snapshots_region *region;
	const struct reading_device *device;
	int error = 0;
	size_t i;

	reading->regions = calloc(most + 1, sizeof(*reading->regions));
	if (!reading->regions)
		return -ENOMEM;
	for (i = 0; reading->regions_count < most && !error; i++) {
		region = dmstat_snapshots_at(reading->set, i);
		if (!is_exported(region))
			continue;
		device = find_device(reading, region->device);
		error = take_region(region, device->labels,
				    &reading->regions[reading->regions_count++]);
	}
	return error;
}

/* ------------------------------------------------------------------ cells */

/* Cells that are being read, and how many there is room for. */
struct cells {
	struct reading_region *region;
	uint64_t most;
};

static int take_cell(const struct dmstat_area *area, void *data)
{
	const struct dmstat_io *const io[READING_OPERATIONS] = {
		[DMSTAT_READ] = area->read,
		[DMSTAT_WRITE] = area->write,
		[DMSTAT_DISCARD] = area->discard,
	};
	struct cells *cells = data;
	struct reading_region *region = cells->region;
	struct reading_cell *cell;
	int i;

	/* It shrank and grew meanwhile: a cell was cut in two. */
	if (region->cells_count == cells->most)
		return -EAGAIN;
	cell = &region->cells[region->cells_count++];
	cell->start = area->start;
	for (i = 0; i < READING_OPERATIONS; i++) {
		cell->ios[i] = io[i]->ios;
		cell->sectors[i] = io[i]->sectors;
		cell->ns[i] = io[i]->ns;
	}
	return 0;
}

/* How many areas a cell of a region has, so that there are at most @most cells. */
static uint64_t areas_of_cell(const struct dmstat_region *region, uint64_t most)
{
	return (region->areas + most - 1) / most;
}

static int read_cells(struct dmstat *dmstat, struct reading_region *region,
		      uint64_t count, uint64_t merge)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	struct cells cells = { region, count };
	int error;

	region->cells = calloc(count, sizeof(*region->cells));
	if (!region->cells)
		return -ENOMEM;
	query.region_id = region->region->region_id;
	query.flags = DMSTAT_AREAS_UNCLEARED;
	/* The region may have grown since it was listed. */
	query.first = 0;
	query.count = region->region->areas;
	query.merge = merge;
	error = dmstat_areas(dmstat, &query, take_cell, &cells);
	/* The region was deleted or resized since it was listed. */
	if (error == -ENOENT || error == -ERANGE || error == -EAGAIN) {
		region->cells_count = 0;
		error = 0;
	}
	return error;
}

static int collect_cells(struct dmstat *dmstat, struct reading *reading,
			 uint64_t most)
{
	uint64_t left = READING_CELLS_MAX, merge, count;
	struct reading_region *region;
	int error = 0;
	size_t i;

	for (i = 0; i < reading->regions_count && !error; i++) {
		region = &reading->regions[i];
		merge = areas_of_cell(region->region, most);
		count = (region->region->areas + merge - 1) / merge;
		if (count > left) {
			reading->without_cells++;
			continue;
		}
		left -= count;
		error = read_cells(dmstat, region, count, merge);
	}
	return error;
}

/* ---------------------------------------------------------------- reading */

/* Free the devices after the first @most. */
static void limit_devices(struct reading *reading, size_t most)
{
	while (reading->devices_count > most) {
		free(reading->devices[--reading->devices_count].labels);
		reading->devices_left_out++;
	}
}

static int collect(struct dmstat *dmstat, const struct reading_scope *scope,
		   struct reading *reading)
{
	size_t exported, most;
	int error;

	error = collect_devices(reading, &exported);
	if (error)
		return error;
	most = exported < scope->regions ? exported : scope->regions;
	reading->regions_left_out = exported - most;
	error = collect_regions(reading, most);
	if (error)
		return error;
	limit_devices(reading, scope->regions);
	return scope->cells ? collect_cells(dmstat, reading, scope->cells) : 0;
}

int reading_take(struct dmstat *dmstat, const struct reading_scope *scope,
		 struct reading *reading)
{
	int error;

	*reading = (struct reading){ .set = NULL };
	error = dmstat_snapshots_take(dmstat, &scope->filter, DMSTAT_MERGE_ALL,
				      DMSTAT_AREAS_UNCLEARED, &reading->set);
	if (!error)
		error = collect(dmstat, scope, reading);
	if (error)
		reading_free(reading);
	return error;
}

void reading_free(struct reading *reading)
{
	size_t i;

	for (i = 0; i < reading->regions_count; i++) {
		free(reading->regions[i].labels);
		free(reading->regions[i].cells);
	}
	free(reading->regions);
	for (i = 0; i < reading->devices_count; i++)
		free(reading->devices[i].labels);
	free(reading->devices);
	dmstat_snapshots_free(reading->set);
	*reading = (struct reading){ .set = NULL };
}
