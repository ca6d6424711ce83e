/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What configuration files ask for now: the regions of the devices and files that
 * their blocks match.
 */
#ifndef DMSTAT_NL_WANTED_H
#define DMSTAT_NL_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "apply/block.h"
#include "source/device.h"
#include "source/extent.h"

struct config;
struct made;

/**
 * struct file_map - a file, and where it is
 * @major: major number of the device of its file system, which may be a partition
 * @minor: minor number
 * @inode: its inode number
 * @born: when it was created, in nanoseconds since the Epoch, or 0: an inode
 *        number is used again
 * @extents: where it is on the disk, sorted; none touches another
 * @is_empty: whether it takes no space on the device, so that it has no region
 */
struct file_map {
	uint32_t major;
	uint32_t minor;
	uint64_t inode;
	uint64_t born;
	struct extent_list extents;
	bool is_empty;
};

/**
 * struct file_source - where files are, by those who know that already
 * @map: find out where a file is. @map is all zero, and is set to that; @path is
 *       an absolute path without symbolic links, which @block names. Returns 0;
 *       -ENOENT, there is no such file now; -EAGAIN, that will be known soon, or
 *       EXIT_FAILURE after saying why not: the file's region stays as it is.
 * @more: the same of the next file that is asked for although no pattern of @block
 *        names it any more; sets @path, which is valid until the next call. @at
 *        is 0 at first. Called after @map, until it returns -ENOENT.
 */
struct file_source {
	int (*map)(struct file_map *map, const struct block *block,
		   const char *path, void *data);
	int (*more)(struct file_map *map, const struct block *block,
		    size_t *at, const char **path, void *data);
};

/**
 * struct wanted_source - what wanted_get() asks
 * @dmstat: the handle
 * @files: knows where files are, or NULL: ask the file system
 * @data: passed to the functions of @files
 * @tell_missing: whether to say what is named and is not there
 */
struct wanted_source {
	struct dmstat *dmstat;
	const struct file_source *files;
	void *data;
	bool tell_missing;
};

/* No path of a file. */
#define WANTED_ALL	""

/**
 * struct wanted - a region that a block asks for
 * @block: the block
 * @key: what the region is of, unique in the block: the device, or the file by path
 *       or by inode
 * @path: of a file; NULL: of a device
 * @device_name: name of the device, as people know it
 * @major: major number of the device
 * @minor: minor number of the device
 * @fs_major: of a file, major number of the device of its file system: @major, or
 *            that of a partition of the device
 * @fs_minor: its minor number
 * @inode: inode number of the file
 * @born: when the file was created
 * @start: first sector, unless the region is made of extents
 * @length: sectors
 * @extents: extents that the region is made of
 * @cgroup_id: id of its cgroup, or 0
 * @held: whether it cannot be known now; what is there stays as it is, and nothing
 *        is created. Only @block, @key, @path are set then; a @path of
 *        WANTED_ALL stands for all of the block.
 */
struct wanted {
	const struct block *block;
	char *key;
	char *path;
	char *device_name;
	uint32_t major;
	uint32_t minor;
	uint32_t fs_major;
	uint32_t fs_minor;
	uint64_t inode;
	uint64_t born;
	uint64_t start;
	uint64_t length;
	struct extent_list extents;
	uint64_t cgroup_id;
	bool held;
};

/**
 * struct wanted_list - regions that are asked for
 * @regions: the regions, by rising name of the block and key
 * @count: how many
 * @devices: the devices, by rising numbers
 * @held: how many are held
 * @waiting: how many of these may be known later, and are no failure
 */
struct wanted_list {
	struct wanted *regions;
	size_t count;
	struct device_list devices;
	size_t held;
	size_t waiting;
};

/**
 * wanted_get() - find all regions that configuration files ask for
 * @source: what to ask
 * @config: what the files say, which must live as long as @list
 * @list: set to the regions
 *
 * What is wrong with a single device or file is said, and counted.
 *
 * Return: 0; EXIT_FAILURE after saying why, and then there is nothing to free.
 */
int wanted_get(const struct wanted_source *source, const struct config *config,
	       struct wanted_list *list);

/**
 * wanted_key() - write what a region is of
 * @follow: of the block
 * @path: of a file; NULL: of a device
 * @major: major number of the device; of a file, of that of its file system
 * @minor: minor number
 * @inode: of the file
 * @born: when the file was created
 *
 * Return: the text, which the caller frees; NULL if there is no memory.
 */
char *wanted_key(enum follow follow, const char *path, uint32_t major,
		 uint32_t minor, uint64_t inode, uint64_t born);

/**
 * wanted_spec() - describe the region to the kernel
 * @wanted: what is asked for, which must live as long as @spec
 * @spec: set to it
 */
void wanted_spec(const struct wanted *wanted, struct dmstat_region_spec *spec);

/**
 * wanted_made() - describe the region to the state
 * @wanted: what is asked for, which must live as long as @made
 * @made: set to it, without id and time
 */
void wanted_made(const struct wanted *wanted, struct made *made);

/** wanted_list_free() - free the regions */
void wanted_list_free(struct wanted_list *list);

#endif /* DMSTAT_NL_WANTED_H */
