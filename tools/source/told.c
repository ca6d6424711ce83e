// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owned regions that tell of single I/Os.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out/message.h"
#include "source/array.h"
#include "source/device.h"
#include "source/partition.h"
#include "source/place.h"
#include "source/region.h"
#include "source/session.h"
#include "source/stack.h"
#include "source/told.h"
#include "source/watch_item.h"

/* ---------------------------------------------------------------- sources */

static void source_free(struct told_source *source)
{
	free(source->name);
	free(source->file);
	free(source->partition);
	extent_list_free(&source->extents);
}

static void remove_at(struct told *told, size_t place)
{
	source_free(&told->sources[place]);
	told->count--;
	memmove(&told->sources[place], &told->sources[place + 1],
		(told->count - place) * sizeof(*told->sources));
}

/*
 * Takes over what @source points to, also if there is no memory. No name: there was
 * no memory for it.
 */
static int add(struct told *told, struct told_source *source)
{
	struct told_source *sources;

	sources = array_grow(told->sources, told->count, sizeof(*sources));
	if (!sources || !source->name) {
		source_free(source);
		return session_failed(told->dmstat, -ENOMEM, "device %u:%u",
				      source->major, source->minor);
	}
	told->sources = sources;
	sources[told->count++] = *source;
	return 0;
}

bool told_is_quiet(const struct told_source *source)
{
	return !source->slow && !source->errors && !source->hangs &&
	       !source->lost && !source->not_ended;
}

/* The device has gone. What it has told stays, for a summary. */
static void drop(struct told *told, size_t place)
{
	if (told_is_quiet(&told->sources[place]))
		remove_at(told, place);
	else
		told->sources[place].gone = true;
}

static struct told_source *find_region(const struct told *told, uint32_t id)
{
	size_t i;

	for (i = 0; i < told->count; i++)
		if (id && told->sources[i].id == id)
			return &told->sources[i];
	return NULL;
}

struct told_source *told_of_device(const struct told *told, uint32_t major,
				   uint32_t minor)
{
	size_t i;

	for (i = 0; i < told->count; i++)
		if (!told->sources[i].gone &&
		    told->sources[i].major == major &&
		    told->sources[i].minor == minor)
			return &told->sources[i];
	return NULL;
}

static bool all_are_gone(const struct told *told)
{
	size_t i;

	for (i = 0; i < told->count; i++)
		if (!told->sources[i].gone)
			return false;
	return true;
}

/* ---------------------------------------------------------------- regions */

/* Return: 0 or a negative error number. */
static int create(const struct told *told, struct told_source *source)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;
	int error;

	spec.major = source->major;
	spec.minor = source->minor;
	if (source->extents.count) {
		spec.extents = source->extents.extents;
		spec.extents_count = source->extents.count;
	} else {
		spec.start = source->start;
		spec.length = source->length;
	}
	spec.slow_ns = told->slow_ns;
	spec.tell_errors = told->tell_errors;
	spec.cgroup_id = source->cgroup_id;
	spec.program_id = WATCH_PROGRAM;
	spec.owned = 1;
	error = dmstat_region_create(told->dmstat, &spec, &region);
	source->id = error ? 0 : region->region_id;
	return error;
}

/* What is named must be there; a device that has just gone is no error. */
static int create_all(struct told *told)
{
	struct told_source *source;
	size_t i = 0;
	int error;

	while (i < told->count) {
		source = &told->sources[i];
		error = source->id || source->gone ? 0 : create(told, source);
		if (error && error != -ENODEV)
			return session_failed(told->dmstat, error,
					      "cannot create a region on '%s'",
					      source->name);
		if (error)
			remove_at(told, i);
		else
			i++;
	}
	return 0;
}

/* ------------------------------------------------------------ what is named */

static const struct dmstat_device *listed(const struct device_list *list,
					  uint32_t major, uint32_t minor)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->devices[i].major == major &&
		    list->devices[i].minor == minor)
			return &list->devices[i];
	return NULL;
}

static int add_device(struct told *told, const struct dmstat_device *device)
{
	struct told_source source = {
		.major = device->major,
		.minor = device->minor,
		.name = strdup(device->name),
		.length = device->size,
	};

	return add(told, &source);
}

/* Whether the device is named, or all are. */
static bool is_of_device(const struct scope *scope, uint32_t major,
			 uint32_t minor)
{
	return scope_is_all(scope) || scope_names_device(scope, major, minor);
}

/* If nothing is named, no I/O need be told by a volume and by its disk. */
static bool is_of_devices(const struct told *told,
			  const struct device_list *list,
			  const struct dmstat_device *device)
{
	/* A drive without a medium is listed while it has regions. */
	return device->size &&
	       is_of_device(told->scope, device->major, device->minor) &&
	       !told_of_device(told, device->major, device->minor) &&
	       !(scope_is_all(told->scope) && stack_repeats(list, device));
}

static int add_devices(struct told *told, const struct device_list *list)
{
	int status = 0;
	size_t i;

	for (i = 0; i < list->count && !status; i++)
		if (is_of_devices(told, list, &list->devices[i]))
			status = add_device(told, &list->devices[i]);
	return status;
}

static int add_partition(struct told *told, const struct dmstat_device *device,
			 const struct scope_item *item)
{
	struct told_source source = {
		.major = item->major,
		.minor = item->minor,
		.start = item->range.start,
		.length = item->range.length,
	};
	const struct partition *partition;

	partition = partition_at(source.major, source.minor, source.start,
				 source.length);
	source.partition = strdup(partition ? partition->name : item->text);
	if (source.partition)
		source.name = strdup(device->name);
	return add(told, &source);
}

/* Partitions that are named, unless all of their disk is. */
static int add_partitions(struct told *told, const struct device_list *list)
{
	const struct dmstat_device *device;
	const struct scope_item *item;
	int status = 0;
	size_t i;

	for (i = 0; i < told->scope->count && !status; i++) {
		item = &told->scope->items[i];
		device = listed(list, item->major, item->minor);
		if (item->kind == SCOPE_PARTITION && device &&
		    !scope_is_repeated(told->scope, i) &&
		    !scope_names_device(told->scope, item->major, item->minor))
			status = add_partition(told, device, item);
	}
	return status;
}

static int add_named_devices(struct told *told)
{
	struct device_list list;
	int status;

	status = device_list_get(told->dmstat, &list);
	if (status)
		return status;
	status = add_devices(told, &list);
	if (!status)
		status = add_partitions(told, &list);
	device_list_free(&list);
	return status;
}

/* The sectors of all areas; a region that is no list of extents has one range. */
static int read_extents(struct told *told, const struct dmstat_region *region,
			struct extent_list *extents)
{
	struct place_list places = { 0 };
	struct dmstat_extent extent;
	uint64_t i;
	int status;

	status = place_read(told->dmstat, region, &places);
	for (i = 0; i < region->areas && !status; i++) {
		extent = place_get(&places, region, i);
		if (extent.length)
			status = extent_add(extents, extent.start,
					    extent.length);
	}
	place_list_free(&places);
	extent_merge(extents);
	return status;
}

static int add_region(struct told *told, const struct dmstat_region *region)
{
	char path[REGION_FILE_MAX];
	const char *file = region_file(region, path);
	struct told_source source = {
		.major = region->major,
		.minor = region->minor,
		.of_region = region->region_id,
		.start = region->start,
		.length = region->length,
		.cgroup_id = region->cgroup_id,
	};

	if (region->extents && read_extents(told, region, &source.extents)) {
		extent_list_free(&source.extents);
		return EXIT_FAILURE;
	}
	source.name = strdup(region->device_name);
	source.file = file ? strdup(file) : NULL;
	return add(told, &source);
}

static bool is_in_partition(const struct scope *scope,
			    const struct dmstat_region *region)
{
	size_t i;

	for (i = 0; i < scope->count; i++)
		if (scope->items[i].kind == SCOPE_PARTITION &&
		    scope_item_has_region(&scope->items[i], region))
			return true;
	return false;
}

/* Regions and groups that are named; what is on a device that is, is in that. */
static bool is_wanted(const struct dmstat_region *region, const void *data)
{
	const struct scope *scope = data;

	return scope_has_region(scope, region) &&
	       !is_of_device(scope, region->major, region->minor) &&
	       !is_in_partition(scope, region);
}

static int add_regions(struct told *told)
{
	struct region_list list;
	int status;
	size_t i;

	if (!told->scope->count)
		return 0;
	status = region_list_get(told->dmstat, NULL, is_wanted, told->scope,
				 &list);
	if (status)
		return status;
	for (i = 0; i < list.count && !status; i++)
		status = add_region(told, &list.regions[i]);
	region_list_free(&list);
	return status;
}

static int compare(const void *a, const void *b)
{
	const struct told_source *left = a, *right = b;

	if (left->major != right->major)
		return left->major < right->major ? -1 : 1;
	if (left->minor != right->minor)
		return left->minor < right->minor ? -1 : 1;
	if (left->of_region != right->of_region)
		return left->of_region < right->of_region ? -1 : 1;
	return left->start < right->start ? -1 : left->start > right->start;
}

int told_begin(struct told *told)
{
	int status;

	status = add_named_devices(told);
	if (!status)
		status = add_regions(told);
	if (told->count)
		qsort(told->sources, told->count, sizeof(*told->sources),
		      compare);
	return status ? status : create_all(told);
}

/* ----------------------------------------------------------------- changes */

static void forget_ids(struct told *told)
{
	size_t i;

	for (i = 0; i < told->count; i++)
		told->sources[i].id = 0;
}

static void note_deleted(struct told *told, const struct dmstat_event *event)
{
	struct told_source *source;

	source = find_region(told, event->region->region_id);
	if (!source)
		return;
	/* If somebody has deleted it, it is created again. */
	if (event->cause == DMSTAT_EVENT_CAUSE_DEVICE_REMOVED)
		drop(told, source - told->sources);
	else
		source->id = 0;
}

static void follow_name(struct told_source *source, const char *name)
{
	char *copy;

	if (strcmp(source->name, name) == 0)
		return;
	copy = strdup(name);
	if (!copy)
		return;
	free(source->name);
	source->name = copy;
}

/* The device may have been renamed since it was listed. */
static void note_name(struct told *told, const struct dmstat_io_event *io)
{
	struct told_source *source = find_region(told, io->region_id);

	if (source)
		follow_name(source, io->device_name);
}

void told_note(struct told *told, const struct dmstat_event *event)
{
	switch (event->type) {
	case DMSTAT_EVENT_IO:
		note_name(told, event->io);
		break;
	case DMSTAT_EVENT_REGION_DEL:
		note_deleted(told, event);
		break;
	case DMSTAT_EVENT_OVERRUN:
		told->unsure = true;
		break;
	case DMSTAT_EVENT_MODULE_GONE:
		told->away = true;
		forget_ids(told);
		break;
	case DMSTAT_EVENT_MODULE_BACK:
		told->away = false;
		forget_ids(told);
		break;
	default:
		break;
	}
}

/* After events about regions were lost: which of ours are still there? */
static void look_for_regions(struct told *told)
{
	const struct dmstat_region *region;
	size_t i;

	for (i = 0; i < told->count; i++)
		if (!told->sources[i].gone &&
		    dmstat_region_get(told->dmstat, told->sources[i].id,
				      &region) == -ENOENT)
			told->sources[i].id = 0;
	told->unsure = false;
}

/* A region does not grow with its device. */
static void follow_size(struct told *told, struct told_source *source,
			uint64_t size)
{
	if (source->of_region || source->partition || source->length == size)
		return;
	if (source->id)
		dmstat_region_delete(told->dmstat, source->id);
	source->id = 0;
	source->length = size;
}

/* A drive has lost its medium, a loop device its file: no region fits there. */
static bool is_empty(struct told *told, struct told_source *source,
		     const struct dmstat_device *device)
{
	if (device->size || source->of_region || source->partition)
		return false;
	if (source->id)
		dmstat_region_delete(told->dmstat, source->id);
	source->id = 0;
	return true;
}

static void follow_devices(struct told *told, const struct device_list *list)
{
	const struct dmstat_device *device;
	struct told_source *source;
	size_t i = 0;

	while (i < told->count) {
		source = &told->sources[i];
		device = source->gone ? NULL :
			 listed(list, source->major, source->minor);
		if (device && !is_empty(told, source, device)) {
			follow_size(told, source, device->size);
			follow_name(source, device->name);
		} else if (!source->gone && told_is_quiet(source)) {
			remove_at(told, i);
			continue;
		} else {
			source->gone = true;
		}
		i++;
	}
}

int told_follow(struct told *told)
{
	struct device_list list;
	int status;

	if (told->away)
		return 0;
	if (told->unsure)
		look_for_regions(told);
	status = device_list_get(told->dmstat, &list);
	if (status)
		return status;
	follow_devices(told, &list);
	/* What comes with the numbers of one that was named is another device. */
	status = scope_is_all(told->scope) ? add_devices(told, &list) : 0;
	device_list_free(&list);
	if (!status)
		status = create_all(told);
	if (!status && all_are_gone(told) && !scope_is_all(told->scope)) {
		complain("what was named is gone");
		status = EXIT_FAILURE;
	}
	return status;
}

/* -------------------------------------------------------------- who asked */

/* Others may have regions on the device that ask for more. */
static bool asks_for_flush(const struct told *told,
			   const struct dmstat_io_event *io)
{
	if (io->kind == DMSTAT_IO_LOST || io->took_ns >= told->slow_ns)
		return true;
	return io->error && told->tell_errors;
}

struct told_source *told_find(const struct told *told,
			      const struct dmstat_io_event *io)
{
	if (io->region_id)
		return find_region(told, io->region_id);
	if (!asks_for_flush(told, io))
		return NULL;
	return told_of_device(told, io->major, io->minor);
}

void told_end(struct told *told)
{
	size_t i;

	for (i = 0; i < told->count; i++)
		source_free(&told->sources[i]);
	free(told->sources);
	told->sources = NULL;
	told->count = 0;
}
