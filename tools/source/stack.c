// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which devices are on which: a volume on the disks below it.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/array.h"
#include "source/disk.h"
#include "source/stack.h"

/* Volumes on encryption on RAID on partitions: more is a mistake. */
#define DEPTH_MAX	8

/* ----------------------------------------------------------------- holders */

/* Those that the folder "holders" of a disk or partition lists, which are links. */
static int walk_holders(uint32_t major, uint32_t minor,
			const struct partition *partition,
			int (*callback)(uint32_t major, uint32_t minor,
					const struct partition *partition,
					void *data),
			void *data)
{
	uint32_t holder_major, holder_minor;
	const struct dirent *entry;
	char path[64];
	DIR *folder;
	int ret = 0;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/holders", major,
		 minor);
	folder = opendir(path);
	if (!folder)
		return 0;
	while (!ret && (entry = readdir(folder)))
		if (disk_find(entry->d_name, &holder_major, &holder_minor))
			ret = callback(holder_major, holder_minor, partition,
				       data);
	closedir(folder);
	return ret;
}

int stack_walk(uint32_t major, uint32_t minor,
	       int (*callback)(uint32_t major, uint32_t minor,
			       const struct partition *partition, void *data),
	       void *data)
{
	const struct partition *partition;
	struct partition_list list;
	int ret;
	size_t i;

	ret = walk_holders(major, minor, NULL, callback, data);
	if (ret || disk_is_mapped(major, minor))
		return ret;
	partition_list_get(major, minor, &list);
	for (i = 0; !ret && i < list.count; i++) {
		partition = &list.partitions[i];
		ret = walk_holders(partition->major, partition->minor,
				   partition, callback, data);
	}
	partition_list_free(&list);
	return ret;
}

/* --------------------------------------------------------------------- use */

/*
 * A walk over what is on a disk: how far above it, and by which of its partitions,
 * or NULL.
 */
struct looking {
	bool (*counts)(uint32_t major, uint32_t minor, void *data);
	void *data;
	struct stack_use *use;
	int depth;
	const struct partition *bottom;
};

/* One that is on several partitions is a holder once. */
static int add_holder(struct stack_use *use, uint32_t major, uint32_t minor)
{
	struct stack_holder *holders = use->holders;
	size_t i;

	for (i = 0; i < use->holders_count; i++)
		if (holders[i].major == major && holders[i].minor == minor)
			return 0;
	holders = array_grow(holders, use->holders_count, sizeof(*holders));
	if (!holders)
		return -1;
	use->holders = holders;
	holders[use->holders_count++] = (struct stack_holder){ major, minor };
	return 0;
}

/* What is on a device that is not counted is on the disk below, too. */
static int note_holder(uint32_t major, uint32_t minor,
		       const struct partition *partition, void *data)
{
	struct looking *looking = data;
	struct stack_use *use = looking->use;
	int ret = 0;

	if (!looking->depth)
		looking->bottom = partition;
	if (!looking->counts(major, minor, looking->data)) {
		if (++looking->depth < DEPTH_MAX)
			ret = stack_walk(major, minor, note_holder, looking);
		looking->depth--;
		return ret;
	}
	if (add_holder(use, major, minor))
		return -1;
	use->all = use->all || !looking->bottom;
	if (!looking->bottom)
		return 0;
	use->some = true;
	return extent_add(&use->used, looking->bottom->range.start,
			  looking->bottom->range.length);
}

/* What the sorted extents @used leave of a disk. */
static void add_rest(struct extent_list *rest, const struct extent_list *used,
		     uint64_t size)
{
	const struct dmstat_extent *extent;
	uint64_t at = 0;
	size_t i;

	for (i = 0; i < used->count; i++) {
		extent = &used->extents[i];
		if (extent->start > at)
			extent_add(rest, at, extent->start - at);
		at = extent->start + extent->length;
	}
	if (at < size)
		extent_add(rest, at, size - at);
}

void stack_use_get(uint32_t major, uint32_t minor, uint64_t size,
		   bool (*counts)(uint32_t major, uint32_t minor, void *data),
		   void *data, struct stack_use *use)
{
	struct looking looking = {
		.counts = counts,
		.data = data,
		.use = use,
	};

	*use = (struct stack_use){ .all = false };
	stack_walk(major, minor, note_holder, &looking);
	extent_merge(&use->used);
	if (use->some && !use->all)
		add_rest(&use->rest, &use->used, size);
}

bool stack_use_touches(const struct stack_use *use, uint64_t start,
		       uint64_t length)
{
	const struct dmstat_extent *extent;
	size_t i;

	for (i = 0; i < use->used.count; i++) {
		extent = &use->used.extents[i];
		if (extent->start < start + length &&
		    extent->start + extent->length > start)
			return true;
	}
	return use->all;
}

void stack_use_free(struct stack_use *use)
{
	extent_list_free(&use->used);
	extent_list_free(&use->rest);
	free(use->holders);
	*use = (struct stack_use){ .all = false };
}

static bool is_listed(uint32_t major, uint32_t minor, void *data)
{
	const struct device_list *list = data;
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->devices[i].major == major &&
		    list->devices[i].minor == minor)
			return true;
	return false;
}

/* Whether a file system, or anything that is not counted, may be in the rest. */
static bool is_gap(const struct dmstat_device *device,
		   const struct dmstat_extent *extent)
{
	struct partition_list list;
	bool gap = true;
	size_t i;

	partition_list_get(device->major, device->minor, &list);
	for (i = 0; i < list.count; i++)
		if (list.partitions[i].range.start < extent->start +
						     extent->length &&
		    list.partitions[i].range.start +
		    list.partitions[i].range.length > extent->start)
			gap = false;
	partition_list_free(&list);
	return gap;
}

bool stack_repeats(const struct device_list *list,
		   const struct dmstat_device *device)
{
	struct stack_use use;
	bool repeats;
	size_t i;

	if (disk_is_mapped(device->major, device->minor))
		return false;
	stack_use_get(device->major, device->minor, device->size, is_listed,
		      (void *)list, &use);
	repeats = use.all || use.some;
	/* Between partitions there is nothing but the partition table. */
	for (i = 0; i < use.rest.count && repeats; i++)
		repeats = is_gap(device, &use.rest.extents[i]);
	stack_use_free(&use);
	return repeats;
}

/* ------------------------------------------------------------------- loops */

/* Whether a path is in a folder, or is that. */
static bool is_below(const char *path, const char *folder)
{
	const size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 &&
	       (folder[length - 1] == '/' || !path[length] ||
		path[length] == '/');
}

/* What is no letter in a path, such as a space, is "\\040" in mountinfo. */
static void unescape(char *text)
{
	unsigned int character;
	char *to = text;
	int length;

	while (*text) {
		if (sscanf(text, "\\%3o%n", &character, &length) == 1) {
			*to++ = character;
			text += length;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/* The file system of a path: the last of those mounted at the longest folder. */
static bool find_mount(const char *path, uint32_t *major, uint32_t *minor)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[2 * PATH_MAX], folder[PATH_MAX];
	uint32_t line_major, line_minor;
	size_t longest = 0;

	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*d %*d %u:%u %*s %4095s", &line_major,
			   &line_minor, folder) != 3)
			continue;
		unescape(folder);
		if (strlen(folder) < longest || !is_below(path, folder))
			continue;
		longest = strlen(folder);
		*major = line_major;
		*minor = line_minor;
	}
	fclose(file);
	return longest;
}

bool stack_loop_disk(uint32_t *major, uint32_t *minor)
{
	struct dmstat_extent range;
	char path[PATH_MAX] = "";
	FILE *file;
	bool found;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/loop/backing_file",
		 *major, *minor);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fgets(path, sizeof(path), file);
	fclose(file);
	path[strcspn(path, "\n")] = '\0';
	if (!found)
		return false;
	/* It may be on a device instead of a file. */
	if (strncmp(path, "/dev/", strlen("/dev/")) == 0)
		found = disk_find(path, major, minor);
	else
		found = find_mount(path, major, minor) && *major;
	if (!found)
		return false;
	dmstat_partition(major, minor, &range);
	return true;
}
