// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the arguments of a command name: devices, regions and groups; if there
 * are none, everything.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out/message.h"
#include "source/array.h"
#include "source/device.h"
#include "source/prefix.h"
#include "source/region.h"
#include "source/scope.h"
#include "source/session.h"
#include "source/tree.h"

/* ---------------------------------------------------------------- parsing */

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/* Ends the program if the text is no region's id. */
static uint32_t parse_id(const char *text)
{
	unsigned long long id;

	errno = 0;
	id = strtoull(text, NULL, 10);
	if (!is_number(text) || errno || !id || id > UINT32_MAX)
		usage("'%s' is not a region's id: see 'dmstat-nl list'", text);
	return id;
}

static int find_region(struct dmstat *dmstat, const char *text,
		       struct scope_item *item)
{
	const uint32_t id = parse_id(text);
	const struct dmstat_region *region;
	int error;

	error = dmstat_region_get(dmstat, id, &region);
	if (error)
		return session_failed(dmstat, error, "region %u", id);
	item->kind = SCOPE_REGION;
	item->region_id = region->region_id;
	item->major = region->major;
	item->minor = region->minor;
	return 0;
}

static void set_device(struct scope_item *item,
		       const struct dmstat_device *device,
		       const struct dmstat_extent *range)
{
	item->kind = device_is_whole(device, range) ? SCOPE_DEVICE :
						      SCOPE_PARTITION;
	item->major = device->major;
	item->minor = device->minor;
	item->range = *range;
}

static int find_device(struct dmstat *dmstat, const char *text,
		       struct scope_item *item)
{
	const struct dmstat_device *device;
	struct dmstat_extent range;

	device = device_find(dmstat, text, &range);
	if (!device)
		return EXIT_FAILURE;
	set_device(item, device, &range);
	return 0;
}

static int note_one(const struct dmstat_region *region, void *data)
{
	(void)region;
	*(bool *)data = true;
	return 0;
}

/* Return: 1 if a region is in the group, 0 if not; a negative error number. */
static int group_exists(struct dmstat *dmstat, const char *name)
{
	struct dmstat_region_filter filter = DMSTAT_REGION_FILTER_INIT;
	int attempts = WALK_ATTEMPTS;
	bool found = false;
	int error;

	/* Regions that are in no group have "" there. */
	if (!*name || strlen(name) > DMSTAT_GROUP_MAX)
		return 0;
	filter.group = name;
	do {
		error = dmstat_regions(dmstat, &filter, note_one, &found);
	} while (error == -EAGAIN && !found && --attempts);
	return found ? 1 : error;
}

static int find_group(struct dmstat *dmstat, const char *name,
		      struct scope_item *item)
{
	int found = group_exists(dmstat, name);

	if (found < 0)
		return session_failed(dmstat, found, "group '%s'", name);
	if (!found) {
		complain("no region is in a group '%s': see 'dmstat-nl list'",
			 name);
		return EXIT_FAILURE;
	}
	item->kind = SCOPE_GROUP;
	item->group = name;
	return 0;
}

/* A file, which is the group of its path. */
static int find_file(struct dmstat *dmstat, const char *text,
		     struct scope_item *item)
{
	int found;

	item->path = realpath(text, NULL);
	if (!item->path)
		return 0;
	found = group_exists(dmstat, item->path);
	if (found > 0)
		item->group = item->path;
	return found;
}

/* Neither a device nor a group has this name. */
static int refuse_any(struct dmstat *dmstat, const char *text)
{
	const struct dmstat_device *device;
	struct dmstat_extent range;
	int error;

	/* Once more, for the words of the library. */
	error = device_look_up(dmstat, text, &device, &range);
	if (error == -ENODEV && !device_explain(text, error))
		complain("no block device is named '%s', %s: %s", text,
			 "and no region is in a group of that name",
			 "see 'dmstat-nl devices' and 'dmstat-nl list'");
	else if (!error)
		complain("'%s' has just appeared: try again", text);
	else if (error != -ENODEV)
		device_refused(dmstat, text, error);
	return EXIT_FAILURE;
}

/* A text without a prefix that is no number. */
static int find_any(struct dmstat *dmstat, const char *text,
		    struct scope_item *item)
{
	const struct dmstat_device *device;
	struct dmstat_extent range;
	int error, found;

	error = device_look_up(dmstat, text, &device, &range);
	if (!error) {
		set_device(item, device, &range);
		return 0;
	}
	/* Some other error than that there is none of this name. */
	if (error != -ENODEV && error != -ENOENT && error != -ENOTBLK) {
		device_refused(dmstat, text, error);
		return EXIT_FAILURE;
	}
	item->group = text;
	found = group_exists(dmstat, text);
	if (!found)
		found = find_file(dmstat, text, item);
	if (found < 0)
		return session_failed(dmstat, found, "group '%s'", text);
	if (found) {
		item->kind = SCOPE_GROUP;
		return 0;
	}
	if (tree_is_path(text)) {
		complain("no region is of '%s': see 'dmstat-nl list', or create one with --file",
			 text);
		return EXIT_FAILURE;
	}
	return refuse_any(dmstat, text);
}

static int find_item(struct dmstat *dmstat, const char *text,
		     struct scope_item *item)
{
	const char *rest;

	item->text = text;
	rest = behind_prefix(text, "region:");
	if (rest || is_number(text))
		return find_region(dmstat, rest ? rest : text, item);
	rest = behind_prefix(text, "device:");
	if (rest)
		return find_device(dmstat, rest, item);
	rest = behind_prefix(text, "group:");
	if (rest)
		return find_group(dmstat, rest, item);
	return find_any(dmstat, text, item);
}

static bool has_numbers(const struct scope *scope, uint32_t major,
			uint32_t minor)
{
	size_t i;

	for (i = 0; i < scope->devices_count; i++)
		if (scope->devices[i].major == major &&
		    scope->devices[i].minor == minor)
			return true;
	return false;
}

static int note_device(struct scope *scope, const struct dmstat_region *region)
{
	struct scope_device *devices;

	if (has_numbers(scope, region->major, region->minor))
		return 0;
	devices = array_grow(scope->devices, scope->devices_count,
			     sizeof(*devices));
	if (!devices)
		return -ENOMEM;
	scope->devices = devices;
	devices[scope->devices_count++] = (struct scope_device){
		region->major, region->minor
	};
	return 0;
}

static bool has_groups(const struct scope *scope)
{
	size_t i;

	for (i = 0; i < scope->count; i++)
		if (scope->items[i].kind == SCOPE_GROUP)
			return true;
	return false;
}

int scope_note_devices(struct dmstat *dmstat, struct scope *scope)
{
	struct region_list list;
	int error = 0;
	size_t i;

	if (!has_groups(scope) && (scope->count || !scope->program))
		return 0;
	if (scope_regions(dmstat, scope, &list))
		return EXIT_FAILURE;
	for (i = 0; i < list.count && !error; i++)
		error = note_device(scope, &list.regions[i]);
	region_list_free(&list);
	if (error)
		return session_failed(dmstat, error, "cannot list the regions");
	return 0;
}

int scope_parse(struct dmstat *dmstat, int argc, char **argv,
		struct scope *scope)
{
	int i, error = 0;

	if (argc) {
		scope->items = calloc(argc, sizeof(*scope->items));
		if (!scope->items) {
			complain("no memory for %d arguments", argc);
			return EXIT_FAILURE;
		}
	}
	for (i = 0; i < argc && !error; i++) {
		error = find_item(dmstat, argv[i], &scope->items[i]);
		scope->count++;
	}
	if (error)
		scope_free(scope);
	return error;
}

void scope_expect(const char *what, const struct scope *scope, int argc,
		  bool all)
{
	if (scope->program && !*scope->program)
		usage("--program is empty: give the program id of the regions to %s",
		      what);
	if (!argc && !all && !scope->program)
		usage("name what to %s: %s", what,
		      "regions, devices or groups, or --program; --all for all regions");
}

uint32_t *scope_take_ids(int *argc, char **argv, size_t *count)
{
	uint32_t *ids = calloc(*argc + 1, sizeof(*ids));
	int arg, left = 0;

	*count = 0;
	if (!ids) {
		complain("no memory for %d arguments", *argc);
		return NULL;
	}
	for (arg = 0; arg < *argc; arg++) {
		if (is_number(argv[arg]))
			ids[(*count)++] = parse_id(argv[arg]);
		else
			argv[left++] = argv[arg];
	}
	*argc = left;
	return ids;
}

void scope_free(struct scope *scope)
{
	size_t i;

	for (i = 0; i < scope->count; i++)
		free(scope->items[i].path);
	free(scope->items);
	free(scope->devices);
	*scope = (struct scope){ .program = scope->program };
}

/* ------------------------------------------------------------------ using */

bool scope_is_all(const struct scope *scope)
{
	return !scope->count && !scope->program;
}

bool scope_names_device(const struct scope *scope, uint32_t major,
			uint32_t minor)
{
	const struct scope_item *item;
	size_t i;

	for (i = 0; i < scope->count; i++) {
		item = &scope->items[i];
		if (item->kind == SCOPE_DEVICE && item->major == major &&
		    item->minor == minor)
			return true;
	}
	return false;
}

static bool is_within(const struct dmstat_region *region,
		      const struct dmstat_extent *range)
{
	return region->start >= range->start &&
	       region->start - range->start < range->length &&
	       region->length <= range->length - (region->start - range->start);
}

bool scope_names_sectors(const struct scope *scope, uint32_t major,
			 uint32_t minor, uint64_t start, uint64_t length)
{
	const struct scope_item *item;
	size_t i;

	for (i = 0; i < scope->count; i++) {
		item = &scope->items[i];
		if (item->kind == SCOPE_PARTITION && item->major == major &&
		    item->minor == minor &&
		    (!length ||
		     (start < item->range.start + item->range.length &&
		      start + length > item->range.start)))
			return true;
	}
	return false;
}

bool scope_item_has_region(const struct scope_item *item,
			   const struct dmstat_region *region)
{
	switch (item->kind) {
	case SCOPE_DEVICE:
		return item->major == region->major &&
		       item->minor == region->minor;
	case SCOPE_PARTITION:
		return item->major == region->major &&
		       item->minor == region->minor &&
		       is_within(region, &item->range);
	case SCOPE_REGION:
		return item->region_id == region->region_id;
	case SCOPE_GROUP:
		return strcmp(item->group, region->group) == 0;
	}
	return false;
}

static bool is_same(const struct scope_item *one, const struct scope_item *two)
{
	if (one->kind != two->kind)
		return false;
	if (one->kind == SCOPE_GROUP)
		return strcmp(one->group, two->group) == 0;
	if (one->kind == SCOPE_REGION)
		return one->region_id == two->region_id;
	return one->major == two->major && one->minor == two->minor &&
	       one->range.start == two->range.start &&
	       one->range.length == two->range.length;
}

bool scope_is_repeated(const struct scope *scope, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (is_same(&scope->items[i], &scope->items[index]))
			return true;
	return false;
}

bool scope_has_region(const struct scope *scope,
		      const struct dmstat_region *region)
{
	size_t i;

	if (scope->program && strcmp(scope->program, region->program_id) != 0)
		return false;
	for (i = 0; i < scope->count; i++)
		if (scope_item_has_region(&scope->items[i], region))
			return true;
	return !scope->count;
}

bool scope_has_device(const struct scope *scope, uint32_t major, uint32_t minor)
{
	const struct scope_item *item;
	size_t i;

	if (scope_is_all(scope) || has_numbers(scope, major, minor))
		return true;
	for (i = 0; i < scope->count; i++) {
		item = &scope->items[i];
		if (item->kind != SCOPE_GROUP && item->major == major &&
		    item->minor == minor)
			return true;
	}
	return false;
}

bool scope_filter(const struct scope *scope,
		  struct dmstat_region_filter *filter)
{
	const struct scope_item *item = scope->items;

	*filter = (struct dmstat_region_filter)DMSTAT_REGION_FILTER_INIT;
	filter->program_id = scope->program;
	if (scope->count != 1)
		return !scope->count;
	if (item->kind == SCOPE_GROUP) {
		filter->group = item->group;
		return true;
	}
	/* A region is on its device, a partition on its disk. */
	filter->by_device = 1;
	filter->major = item->major;
	filter->minor = item->minor;
	return item->kind == SCOPE_DEVICE;
}

static bool is_wanted(const struct dmstat_region *region, const void *scope)
{
	return scope_has_region(scope, region);
}

int scope_regions(struct dmstat *dmstat, const struct scope *scope,
		  struct region_list *list)
{
	struct dmstat_region_filter filter;

	scope_filter(scope, &filter);
	return region_list_get(dmstat, &filter, is_wanted, scope, list);
}

static const char *kind_name(enum scope_kind kind)
{
	switch (kind) {
	case SCOPE_DEVICE:
		return "on device";
	case SCOPE_PARTITION:
		return "in partition";
	case SCOPE_REGION:
		return "with id";
	case SCOPE_GROUP:
		return "in group";
	}
	return "of";
}

int scope_complain_none(const struct scope *scope,
			const struct scope_item *item)
{
	const char *program = scope->program ? scope->program : "";
	const char *has = scope->program ? " has the program id '" : "";
	const char *end = scope->program ? "'" : "";

	if (!item && scope->count == 1)
		item = scope->items;
	if (scope_is_all(scope))
		complain("there are no regions: create one first");
	else if (item)
		complain("no region %s '%s'%s%s%s", kind_name(item->kind),
			 item->text, has, program, end);
	else
		complain("no region%s%s%s%s",
			 scope->count ? " of what is named" : "", has, program,
			 end);
	return EXIT_FAILURE;
}
