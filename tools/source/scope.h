/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the arguments of a command name: devices, regions and groups; if there
 * are none, everything.
 *
 *	static struct scope scope;
 *
 *	OPTION_PROGRAM(&scope.program),
 *	...
 *	if (scope_parse(dmstat, argc, argv, &scope))
 *		return EXIT_FAILURE;
 *	error = scope_regions(dmstat, &scope, &list);
 *
 * A number is a region's id. Every other text is a device, by any of its names:
 * see device_find(); if there is no such device, a group. A partition is what lies
 * in it, on its disk. A file is the group of its path, which `create --file` makes.
 * "region:5", "device:NAME" and "group:NAME" say which of them it is.
 */
#ifndef DMSTAT_NL_SCOPE_H
#define DMSTAT_NL_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

struct region_list;

enum scope_kind {
	SCOPE_DEVICE,
	SCOPE_PARTITION,
	SCOPE_REGION,
	SCOPE_GROUP
};

/**
 * struct scope_item - what an argument names
 * @kind: what it is
 * @text: the argument, for messages
 * @major: of the device, of the partition's disk, or of the region's device
 * @minor: likewise
 * @range: the sectors of the partition
 * @region_id: id of the region
 * @group: name of the group
 * @path: absolute path of the file that was named, which @group is, or NULL
 */
struct scope_item {
	enum scope_kind kind;
	const char *text;
	uint32_t major;
	uint32_t minor;
	struct dmstat_extent range;
	uint32_t region_id;
	const char *group;
	char *path;
};

/** struct scope_device - the numbers of a device */
struct scope_device {
	uint32_t major;
	uint32_t minor;
};

/**
 * struct scope - what all arguments name
 * @program: only regions with this program id, or NULL; set it before
 *           scope_parse()
 * @items: what each argument names
 * @count: how many; 0: everything
 * @devices: those that the groups, or the regions of @program, were on at
 *           scope_note_devices()
 * @devices_count: how many
 */
struct scope {
	const char *program;
	struct scope_item *items;
	size_t count;
	struct scope_device *devices;
	size_t devices_count;
};

/**
 * scope_parse() - find what arguments name
 * @dmstat: the handle
 * @argc: how many arguments
 * @argv: the arguments, which must outlive the scope
 * @scope: the scope, all zero except @program
 *
 * Refuses what does not exist. That there are no regions is no error.
 *
 * Return: 0, or EXIT_FAILURE after saying why; then there is nothing to free.
 */
int scope_parse(struct dmstat *dmstat, int argc, char **argv,
		struct scope *scope);

/**
 * scope_note_devices() - note the devices of groups, and of regions with the
 *                        program id
 * @dmstat: the handle
 * @scope: the scope, parsed
 *
 * For scope_has_device().
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int scope_note_devices(struct dmstat *dmstat, struct scope *scope);

/**
 * scope_take_ids() - take the region ids out of arguments
 * @argc: how many arguments; set to how many are left
 * @argv: the arguments; the others are moved to the front, in their order
 * @count: set to how many ids there are
 *
 * For commands that go on if some of the regions do not exist. Ends the program
 * if a number cannot be an id.
 *
 * Return: the ids in their order, to be freed; NULL after saying that there is no
 * memory.
 */
uint32_t *scope_take_ids(int *argc, char **argv, size_t *count);

/**
 * scope_expect() - refuse a command line that would delete or clear everything
 * @what: what the command does: "delete"
 * @scope: the scope, with its program id
 * @argc: how many arguments there are
 * @all: whether the user said --all
 *
 * Ends the program if nothing is named and @all is false, or if the program id is
 * empty: the variable of a script may be.
 */
void scope_expect(const char *what, const struct scope *scope, int argc,
		  bool all);

/** scope_free() - free what scope_parse() found; keeps @program */
void scope_free(struct scope *scope);

/** scope_is_all() - whether it is everything: no argument and no program id */
bool scope_is_all(const struct scope *scope);

/** scope_has_region() - whether a region is in the scope */
bool scope_has_region(const struct scope *scope,
		      const struct dmstat_region *region);

/** scope_names_device() - whether a device was named, itself and all of it */
bool scope_names_device(const struct scope *scope, uint32_t major,
			uint32_t minor);

/**
 * scope_is_repeated() - whether an argument names what one before it names
 * @scope: the scope
 * @index: which of its items
 */
bool scope_is_repeated(const struct scope *scope, size_t index);

/**
 * scope_item_has_region() - whether a region is of what an argument names
 * @item: the argument
 * @region: the region
 *
 * Return: whether it is, whatever its program id.
 */
bool scope_item_has_region(const struct scope_item *item,
			   const struct dmstat_region *region);

/**
 * scope_names_sectors() - whether a partition was named that has some sectors
 * @scope: the scope
 * @major: major number of the disk
 * @minor: minor number
 * @start: first sector
 * @length: sectors; 0: whether any partition of the disk was named
 */
bool scope_names_sectors(const struct scope *scope, uint32_t major,
			 uint32_t minor, uint64_t start, uint64_t length);

/**
 * scope_has_device() - whether a device is in the scope
 * @scope: the scope
 * @major: major number
 * @minor: minor number
 *
 * Return: whether the device, or a region on it, was named; if groups or a
 * program id were, whether scope_note_devices() found a region of them on it.
 */
bool scope_has_device(const struct scope *scope, uint32_t major,
		      uint32_t minor);

/**
 * scope_filter() - make the kernel's filter for a scope
 * @scope: the scope
 * @filter: set to a filter that lets all regions of the scope through; valid as
 *          long as the scope
 *
 * Return: true if it lets no other regions through; else scope_has_region()
 * must tell which they are.
 */
bool scope_filter(const struct scope *scope,
		  struct dmstat_region_filter *filter);

/**
 * scope_regions() - collect the regions of a scope, all as of one moment
 * @dmstat: the handle
 * @scope: the scope
 * @list: set to the regions, by rising id; free it with region_list_free()
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int scope_regions(struct dmstat *dmstat, const struct scope *scope,
		  struct region_list *list);

/**
 * scope_complain_none() - say that no region is in a scope
 * @scope: the scope
 * @item: what was named, or NULL: all of the scope
 *
 * Return: EXIT_FAILURE.
 */
int scope_complain_none(const struct scope *scope,
			const struct scope_item *item);

#endif /* DMSTAT_NL_SCOPE_H */
