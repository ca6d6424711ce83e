// SPDX-License-Identifier: GPL-2.0-only
/*
 * What configuration files ask for now: the regions of the devices and files that
 * their blocks match.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "apply/config.h"
#include "apply/files.h"
#include "apply/match.h"
#include "apply/state.h"
#include "apply/unmatched.h"
#include "apply/wanted.h"
#include "out/message.h"
#include "out/unit.h"
#include "source/array.h"
#include "source/cgroup.h"
#include "source/dm.h"
#include "source/file.h"
#include "source/region.h"
#include "source/segment.h"
#include "source/tree.h"

/* What blocks are matched with. */
struct search {
	const struct wanted_source *source;
	struct wanted_list *list;
	struct candidate *candidates;
	/* A device of a file system, and its disk: that of the file before. */
	dev_t fs;
	dev_t disk;
	/*
	 * Of a block: its cgroup; a device that its files cannot be on; whether
	 * it was said why it matches nothing.
	 */
	uint64_t cgroup_id;
	dev_t refused;
	bool explained;
};

static int no_memory(void)
{
	complain("no memory for the regions that are asked for");
	return EXIT_FAILURE;
}

/* After what is wrong was said. */
static void complain_held(const struct block *block)
{
	complain("%s:%u: block '%s': nothing of it is done", block->file,
		 block->line, block->name);
}

/* ------------------------------------------------------------------ devices */

static int compare_numbers(uint32_t major, uint32_t minor,
			   const struct dmstat_device *device)
{
	if (major != device->major)
		return major < device->major ? -1 : 1;
	return minor < device->minor ? -1 : minor > device->minor;
}

static int compare_devices(const void *one, const void *two)
{
	const struct dmstat_device *device = one;

	return compare_numbers(device->major, device->minor, two);
}

static const struct dmstat_device *find_device(const struct device_list *list,
					       uint32_t major, uint32_t minor)
{
	const struct dmstat_device wanted = { .major = major, .minor = minor };

	return list->count ? bsearch(&wanted, list->devices, list->count,
				     sizeof(wanted), compare_devices) : NULL;
}

/* File systems are on partitions, regions on disks. */
static const struct dmstat_device *find_disk(struct search *search,
					     const struct file_map *map)
{
	const dev_t fs = makedev(map->major, map->minor);
	uint32_t major = map->major, minor = map->minor;
	struct dmstat_extent range;

	if (!search->fs || search->fs != fs) {
		dmstat_partition(&major, &minor, &range);
		search->fs = fs;
		search->disk = makedev(major, minor);
	}
	return find_device(&search->list->devices, major(search->disk),
			   minor(search->disk));
}

/* --------------------------------------------------------------------- list */

char *wanted_key(enum follow follow, const char *path, uint32_t major,
		 uint32_t minor, uint64_t inode, uint64_t born)
{
	char *key;
	int size;

	if (!path)
		size = asprintf(&key, "device %u:%u", major, minor);
	else if (follow == FOLLOW_PATH)
		size = asprintf(&key, "file %s", path);
	else
		size = asprintf(&key, "inode %u:%u %" PRIu64 " %" PRIu64, major,
				minor, inode, born);
	return size < 0 ? NULL : key;
}

static void wanted_free(struct wanted *wanted)
{
	free(wanted->key);
	free(wanted->path);
	free(wanted->device_name);
	extent_list_free(&wanted->extents);
}

/* Add a region, or free it; its key is made. */
static int add(struct wanted_list *list, struct wanted *wanted)
{
	struct wanted *regions;

	/* The inode of a file that cannot be opened is not known. */
	wanted->key = wanted_key(wanted->held && !wanted->inode ? FOLLOW_PATH :
				 wanted->block->follow, wanted->path,
				 wanted->path ? wanted->fs_major :
						wanted->major,
				 wanted->path ? wanted->fs_minor :
						wanted->minor,
				 wanted->inode, wanted->born);
	regions = wanted->key ? array_grow(list->regions, list->count,
					   sizeof(*regions)) : NULL;
	if (!regions) {
		wanted_free(wanted);
		return no_memory();
	}
	list->regions = regions;
	regions[list->count++] = *wanted;
	list->held += wanted->held;
	return 0;
}

static int compare_wanted(const void *one, const void *two)
{
	const struct wanted *a = one, *b = two;
	int order = strcmp(a->block->name, b->block->name);

	if (!order)
		order = strcmp(a->key, b->key);
	/* Of two paths of an inode, the same one is kept each time. */
	if (!order && a->path)
		order = strcmp(a->path, b->path);
	return order;
}

/* A file that has several names has one region. */
static void drop_duplicates(struct wanted_list *list)
{
	struct wanted *regions = list->regions;
	size_t i, unique = 0;

	if (list->count)
		qsort(regions, list->count, sizeof(*regions), compare_wanted);
	for (i = 0; i < list->count; i++) {
		if (unique && regions[i].block == regions[unique - 1].block &&
		    strcmp(regions[i].key, regions[unique - 1].key) == 0)
			wanted_free(&regions[i]);
		else
			regions[unique++] = regions[i];
	}
	list->count = unique;
}

/* --------------------------------------------------------- regions of devices */

/*
 * Set the range; if it is not on the device, complain and hold the region.
 *
 * Return: 0, or EXIT_FAILURE.
 */
static int set_range(struct wanted *wanted, uint64_t size)
{
	const struct dmstat_region_spec *spec = &wanted->block->spec;
	char text[UNIT_TEXT_MAX];

	wanted->start = spec->start == DMSTAT_DEFAULT ? 0 : spec->start;
	wanted->length = spec->length;
	if (wanted->start < size && spec->length == DMSTAT_DEFAULT)
		wanted->length = size - wanted->start;
	if (wanted->start < size && wanted->length <= size - wanted->start &&
	    wanted->length)
		return 0;
	wanted->held = true;
	complain("%s:%u: block '%s': start and length are not on '%s' of %s (%" PRIu64 " sectors)",
		 wanted->block->file, wanted->block->line, wanted->block->name,
		 wanted->device_name, unit_format(text, UNIT_SECTORS, size),
		 size);
	return EXIT_FAILURE;
}

/* The most that the kernel numbers. */
#define AREAS_MAX	UINT32_MAX

/* If the range cannot be cut into the areas, complain and hold the region. */
static void check_areas(struct wanted *wanted)
{
	const struct block *block = wanted->block;
	const struct dmstat_region_spec *spec = &block->spec;
	const uint64_t sectors = wanted->length;
	const bool by_size = spec->area_size != DMSTAT_DEFAULT;
	const uint64_t areas = by_size ? (sectors - 1) / spec->area_size + 1 :
					 spec->areas;
	const uint64_t most = sectors < AREAS_MAX ? sectors : AREAS_MAX;
	char most_text[64];

	if (areas <= most)
		return;
	wanted->held = true;
	if (by_size)
		snprintf(most_text, sizeof(most_text),
			 "an area_size of at least %" PRIu64 " sectors",
			 (sectors - 1) / AREAS_MAX + 1);
	else
		snprintf(most_text, sizeof(most_text), "at most %" PRIu64, most);
	complain("%s:%u: block '%s': %" PRIu64 " areas in %" PRIu64 " sectors of '%s': give %s",
		 block->file, block->line, block->name, areas, sectors,
		 wanted->device_name, most_text);
}

/* If they are not known, hold the region, after what is wrong was said. */
static void set_segments(struct wanted *wanted,
			 const struct dmstat_device *device)
{
	if (!segment_extents(device, &wanted->extents))
		return;
	wanted->held = true;
	complain("%s:%u: block '%s': nothing is done with '%s'",
		 wanted->block->file, wanted->block->line, wanted->block->name,
		 wanted->device_name);
}

/* Without a medium: its region stays, and nothing is said each time. */
static void hold_for_medium(struct search *search, struct wanted *wanted)
{
	wanted->held = true;
	search->list->waiting++;
}

static int add_device(struct search *search, const struct block *block,
		      const struct candidate *candidate)
{
	const struct dmstat_device *device = candidate->device;
	struct wanted wanted = {
		.block = block,
		.device_name = strdup(candidate->names.name),
		.major = device->major,
		.minor = device->minor,
		.cgroup_id = search->cgroup_id,
		.held = block->cgroup && !search->cgroup_id,
	};

	if (!wanted.device_name)
		return no_memory();
	if (!device->size)
		hold_for_medium(search, &wanted);
	else if (block->segments)
		set_segments(&wanted, device);
	else if (!set_range(&wanted, device->size))
		check_areas(&wanted);
	return add(search->list, &wanted);
}

/* What there is of a block stays, and counts as one failure. */
static int hold(struct search *search, const struct block *block)
{
	struct wanted wanted = {
		.block = block,
		.path = strdup(WANTED_ALL),
		.held = true,
	};

	return wanted.path ? add(search->list, &wanted) : no_memory();
}

static int add_devices(struct search *search, const struct block *block)
{
	const struct device_list *devices = &search->list->devices;
	struct match_links links;
	enum unmatched unmatched;
	int error = 0;
	size_t i;

	if (match_links_get(block, &links))
		return no_memory();
	for (i = 0; i < devices->count && !error; i++)
		if (match_device(block, &links, &search->candidates[i]))
			error = add_device(search, block,
					   &search->candidates[i]);
	free(links.devices);
	if (error)
		return error;
	unmatched = unmatched_devices(block, search->candidates, devices->count,
				      search->source->tell_missing);
	search->explained = unmatched != UNMATCHED_NONE;
	return unmatched == UNMATCHED_MISTAKE ? hold(search, block) : 0;
}

/* ----------------------------------------------------------- regions of files */

static uint64_t born_ns(int fd)
{
	struct statx status;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &status) ||
	    !(status.stx_mask & STATX_BTIME))
		return 0;
	return status.stx_btime.tv_sec * 1000000000ULL +
	       status.stx_btime.tv_nsec;
}

/* Return: 0, or EXIT_FAILURE after saying why not. */
static int map_open(struct search *search, struct file_map *map,
		    const char *path, int fd)
{
	struct stat status;

	if (fstat(fd, &status))
		return -ENOENT;
	map->major = major(status.st_dev);
	map->minor = minor(status.st_dev);
	map->inode = status.st_ino;
	map->born = born_ns(fd);
	map->is_empty = !status.st_blocks;
	/* add_mapped() complains of another device. */
	if (map->is_empty || !find_disk(search, map))
		return 0;
	return file_extents(path, fd, &map->extents);
}

static int map_file(struct search *search, struct file_map *map,
		    const struct block *block, const char *path)
{
	const struct wanted_source *source = search->source;
	struct stat status;
	int fd, error;

	if (source->files)
		return source->files->map(map, block, path, source->data);
	if (stat(path, &status))
		return -ENOENT;
	fd = file_open(path);
	if (fd < 0)
		return EXIT_FAILURE;
	error = map_open(search, map, path, fd);
	close(fd);
	return error;
}

/* There may be thousands more on that device: this is said once. */
static void refuse_device(struct search *search, const char *path,
			  const struct file_map *map)
{
	const dev_t device = makedev(map->major, map->minor);
	int fd;

	if (search->refused == device)
		return;
	search->refused = device;
	fd = file_open(path);
	if (fd < 0)
		return;
	file_device(search->source->dmstat, path, fd, NULL);
	close(fd);
}

/* Add a file, with what finding out where it is has returned. */
static int add_mapped(struct search *search, const struct block *block,
		      const char *path, struct file_map *map, int error)
{
	const struct dmstat_device *device;
	char name[MAPPED_NAME_MAX];
	struct wanted wanted;

	if (error == -ENOENT || (!error && map->is_empty)) {
		extent_list_free(&map->extents);
		return 0;
	}
	device = find_disk(search, map);
	if (!error && !device)
		refuse_device(search, path, map);
	search->list->waiting += error == -EAGAIN;
	wanted = (struct wanted){
		.block = block,
		.path = strdup(path),
		.device_name = strdup(device ? mapped_name_text(name,
								device->name) :
				      ""),
		.major = major(search->disk),
		.minor = minor(search->disk),
		.fs_major = map->major,
		.fs_minor = map->minor,
		.inode = map->inode,
		.born = map->born,
		.extents = map->extents,
		.cgroup_id = search->cgroup_id,
		.held = error || !device ||
			(block->cgroup && !search->cgroup_id),
	};
	if (wanted.path && wanted.device_name)
		return add(search->list, &wanted);
	wanted_free(&wanted);
	return no_memory();
}

static int add_file(struct search *search, const struct block *block,
		    const char *path)
{
	struct file_map map = { 0 };
	const int error = map_file(search, &map, block, path);

	return add_mapped(search, block, path, &map, error);
}

static int add_more_files(struct search *search, const struct block *block)
{
	const struct wanted_source *source = search->source;
	struct file_map map;
	const char *path;
	int found, error = 0;
	size_t at = 0;

	while (!error) {
		map = (struct file_map){ 0 };
		found = source->files->more(&map, block, &at, &path,
					    source->data);
		if (found == -ENOENT)
			break;
		error = add_mapped(search, block, path, &map, found);
	}
	return error;
}

static int add_files(struct search *search, const struct block *block)
{
	const bool known = search->source->files;
	struct tree tree;
	int error;
	size_t i;

	/* Those that have no data yet are followed until they do. */
	if (files_get(block, known, &tree)) {
		complain_held(block);
		return hold(search, block);
	}
	for (i = 0, error = 0; i < tree.count && !error; i++)
		error = add_file(search, block, tree.paths[i]);
	tree_free(&tree);
	if (!error && known)
		error = add_more_files(search, block);
	if (!error && search->source->tell_missing)
		search->explained = unmatched_files(block) != UNMATCHED_NONE;
	return error;
}

/* -------------------------------------------------------------------- search */

static int add_block(struct search *search, const struct block *block)
{
	const size_t count = search->list->count;
	int error;

	search->cgroup_id = block->cgroup ? cgroup_id(block->cgroup) : 0;
	if (block->cgroup && !search->cgroup_id)
		complain_held(block);
	search->refused = 0;
	search->explained = false;
	if (block->files.count)
		error = add_files(search, block);
	else
		error = add_devices(search, block);
	if (!error && search->list->count == count && !search->explained &&
	    search->source->tell_missing)
		complain("%s:%u: block '%s': nothing matches it now",
			 block->file, block->line, block->name);
	return error;
}

static int get_candidates(struct search *search)
{
	const struct device_list *devices = &search->list->devices;
	size_t i;

	search->candidates = calloc(devices->count ? devices->count : 1,
				    sizeof(*search->candidates));
	if (!search->candidates)
		return no_memory();
	for (i = 0; i < devices->count; i++)
		if (candidate_get(&devices->devices[i],
				  &search->candidates[i]))
			return no_memory();
	return 0;
}

static void free_candidates(struct search *search)
{
	size_t i;

	for (i = 0; search->candidates && i < search->list->devices.count; i++)
		candidate_free(&search->candidates[i]);
	free(search->candidates);
}

int wanted_get(const struct wanted_source *source, const struct config *config,
	       struct wanted_list *list)
{
	struct search search = { .source = source, .list = list };
	int error;
	size_t i;

	*list = (struct wanted_list){ .regions = NULL };
	error = device_list_get(source->dmstat, &list->devices);
	if (error)
		return error;
	if (list->devices.count)
		qsort(list->devices.devices, list->devices.count,
		      sizeof(*list->devices.devices), compare_devices);
	error = get_candidates(&search);
	for (i = 0; i < config->blocks_count && !error; i++)
		error = add_block(&search, &config->blocks[i]);
	free_candidates(&search);
	if (error)
		wanted_list_free(list);
	else
		drop_duplicates(list);
	return error;
}

void wanted_list_free(struct wanted_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		wanted_free(&list->regions[i]);
	free(list->regions);
	device_list_free(&list->devices);
	*list = (struct wanted_list){ .regions = NULL };
}

/* --------------------------------------------------------------- description */

/* FNV-1a, 64 bits; 0 of a range. */
static uint64_t extents_hash(const struct wanted *wanted)
{
	const unsigned char *byte = (const void *)wanted->extents.extents;
	const size_t size = wanted->extents.count *
			    sizeof(*wanted->extents.extents);
	uint64_t hash = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < size; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3;
	return size ? hash : 0;
}

void wanted_spec(const struct wanted *wanted, struct dmstat_region_spec *spec)
{
	const struct block *block = wanted->block;

	*spec = block->spec;
	spec->major = wanted->major;
	spec->minor = wanted->minor;
	spec->bounds = block->bounds.ns;
	spec->cgroup_id = wanted->cgroup_id;
	if (wanted->extents.count) {
		spec->extents = wanted->extents.extents;
		spec->extents_count = wanted->extents.count;
	} else {
		spec->start = wanted->start;
		spec->length = wanted->length;
	}
	if (wanted->path)
		region_file_label(spec, wanted->path);
}

void wanted_made(const struct wanted *wanted, struct made *made)
{
	*made = (struct made){
		.file = (char *)wanted->block->file,
		.block = wanted->block->name,
		.path = wanted->path,
		.inode = wanted->inode,
		.born = wanted->born,
		.areas = wanted->block->spec.areas,
		.area_size = wanted->block->spec.area_size,
		.extents_hash = extents_hash(wanted),
	};
}
