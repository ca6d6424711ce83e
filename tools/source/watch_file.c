// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that regions were made from, and where they are.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "source/array.h"
#include "source/watch_file.h"

/**
 * struct watch_file - a file
 * @region_id: the region that was made from it
 * @created: when, as another region may have that id later
 * @major: major number of the device
 * @minor: minor number of the device
 * @name: its name
 * @extents: where it is
 * @count: how many extents
 * @areas_read: the extents are known
 * @seen: the region is still there
 */
struct watch_file {
	uint32_t region_id;
	uint64_t created;
	uint32_t major;
	uint32_t minor;
	char *name;
	struct dmstat_extent *extents;
	size_t count;
	bool areas_read;
	bool seen;
};

static bool is_text(const char *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size && bytes[i]; i++)
		if (iscntrl((unsigned char)bytes[i]))
			return false;
	return i;
}

char *watch_file_name(const struct dmstat_region *region)
{
	if (!region->extents)
		return NULL;
	if (is_text(region->user_data, region->user_data_size))
		return strndup(region->user_data, region->user_data_size);
	return *region->group ? strdup(region->group) : NULL;
}

static void free_file(struct watch_file *file)
{
	free(file->name);
	free(file->extents);
}

static int take_region(const struct dmstat_region *region, void *data)
{
	struct watch_files *files = data;
	struct watch_file *file;
	char *name;
	size_t i;

	for (i = 0; i < files->count; i++) {
		file = &files->files[i];
		if (file->region_id == region->region_id &&
		    file->created == region->created) {
			file->seen = true;
			return 0;
		}
	}
	name = watch_file_name(region);
	if (!name)
		return 0;
	file = array_grow(files->files, files->count, sizeof(*file));
	if (!file) {
		free(name);
		return -ENOMEM;
	}
	files->files = file;
	files->files[files->count++] = (struct watch_file){
		.region_id = region->region_id,
		.created = region->created,
		.major = region->major,
		.minor = region->minor,
		.name = name,
		.seen = true,
	};
	return 0;
}

/* Areas of a file that touch are one extent. */
static int take_area(const struct dmstat_area *area, void *data)
{
	struct watch_file *file = data;
	struct dmstat_extent *last = &file->extents[file->count];
	struct dmstat_extent *extents;

	if (file->count && last[-1].start + last[-1].length == area->start) {
		last[-1].length += area->length;
		return 0;
	}
	extents = array_grow(file->extents, file->count, sizeof(*extents));
	if (!extents)
		return -ENOMEM;
	file->extents = extents;
	extents[file->count++] = (struct dmstat_extent){
		.start = area->start,
		.length = area->length,
	};
	return 0;
}

static int read_areas(struct watch_file *file, struct dmstat *dmstat)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;
	int error;

	if (file->areas_read)
		return 0;
	query.region_id = file->region_id;
	error = dmstat_areas(dmstat, &query, take_area, file);
	file->areas_read = true;
	return error == -ENOENT ? 0 : error;
}

static void drop_unseen(struct watch_files *files)
{
	size_t i, kept = 0;

	for (i = 0; i < files->count; i++) {
		if (files->files[i].seen)
			files->files[kept++] = files->files[i];
		else
			free_file(&files->files[i]);
	}
	files->count = kept;
}

int watch_files_read(struct watch_files *files, struct dmstat *dmstat)
{
	int error;
	size_t i;

	for (i = 0; i < files->count; i++)
		files->files[i].seen = false;
	error = dmstat_regions(dmstat, NULL, take_region, files);
	if (error)
		return error;
	drop_unseen(files);
	for (i = 0; i < files->count && !error; i++)
		error = read_areas(&files->files[i], dmstat);
	return error;
}

/* How many sectors of a range a file has. */
static uint64_t share(const struct watch_file *file, uint64_t start,
		      uint64_t length)
{
	uint64_t sum = 0, from, to;
	size_t i;

	for (i = 0; i < file->count; i++) {
		from = file->extents[i].start;
		to = from + file->extents[i].length;
		if (from < start)
			from = start;
		if (to > start + length)
			to = start + length;
		if (to > from)
			sum += to - from;
	}
	return sum;
}

const char *watch_files_at(const struct watch_files *files, uint32_t major,
			   uint32_t minor, uint64_t start, uint64_t length)
{
	const struct watch_file *file;
	const char *name = NULL;
	uint64_t most = 0, has;
	size_t i;

	for (i = 0; i < files->count; i++) {
		file = &files->files[i];
		if (file->major != major || file->minor != minor)
			continue;
		has = share(file, start, length);
		if (has > most) {
			most = has;
			name = file->name;
		}
	}
	return name;
}

void watch_files_end(struct watch_files *files)
{
	while (files->count)
		free_file(&files->files[--files->count]);
	free(files->files);
	files->files = NULL;
}
