// SPDX-License-Identifier: GPL-2.0-only
/*
 * The partitions of a disk.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source/array.h"
#include "source/interrupt.h"
#include "source/partition.h"

/* How long it is believed what partitions a disk has. */
#define KNOWN_NS	UINT64_C(1000000000)

/**
 * struct known - a disk that partition_at() has read
 * @major: major number
 * @minor: minor number
 * @read: when, as of clock_ns()
 * @list: its partitions
 */
struct known {
	uint32_t major;
	uint32_t minor;
	uint64_t read;
	struct partition_list list;
};

/* Add what a folder in that of the disk is of, if it is a partition. */
static void add(struct partition_list *list, const char *name)
{
	struct partition *partitions, *new, partition = { 0 };
	uint32_t major, minor;
	char path[300];
	FILE *file;
	int found;

	snprintf(path, sizeof(path), "/sys/class/block/%s/dev", name);
	file = fopen(path, "re");
	if (!file)
		return;
	found = fscanf(file, "%u:%u", &partition.major, &partition.minor);
	fclose(file);

	major = partition.major;
	minor = partition.minor;
	if (found != 2 || dmstat_partition(&major, &minor, &partition.range))
		return;
	partitions = array_grow(list->partitions, list->count,
				sizeof(*partitions));
	if (!partitions)
		return;
	list->partitions = partitions;
	new = &partitions[list->count++];
	*new = partition;
	snprintf(new->name, sizeof(new->name), "%.*s",
		 (int)sizeof(new->name) - 1, name);
}

static int compare(const void *a, const void *b)
{
	const struct partition *one = a, *two = b;

	return one->range.start < two->range.start ? -1 :
	       one->range.start > two->range.start;
}

void partition_list_get(uint32_t major, uint32_t minor,
			struct partition_list *list)
{
	char disk[MAPPED_DISK_NAME_MAX], path[64];
	const struct dirent *entry;
	DIR *folder;

	*list = (struct partition_list){ 0 };
	mapped_disk_name(disk, major, minor);
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major, minor);
	folder = opendir(path);
	if (!folder)
		return;
	/* sda1 of sda, nvme0n1p1 of nvme0n1. */
	while ((entry = readdir(folder)))
		if (strncmp(entry->d_name, disk, strlen(disk)) == 0)
			add(list, entry->d_name);
	closedir(folder);
	if (list->count)
		qsort(list->partitions, list->count, sizeof(*list->partitions),
		      compare);
}

void partition_list_free(struct partition_list *list)
{
	free(list->partitions);
	*list = (struct partition_list){ 0 };
}

static const struct partition_list *get_known(uint32_t major, uint32_t minor)
{
	static struct known *disks;
	static size_t count;
	const uint64_t now = clock_ns();
	struct known *grown, *disk;
	size_t i;

	for (i = 0; i < count; i++)
		if (disks[i].major == major && disks[i].minor == minor)
			break;
	if (i == count) {
		grown = array_grow(disks, count, sizeof(*disks));
		if (!grown)
			return NULL;
		disks = grown;
		disks[count++] = (struct known){ .major = major,
						 .minor = minor };
	}
	disk = &disks[i];
	if (!disk->read || now - disk->read >= KNOWN_NS) {
		partition_list_free(&disk->list);
		partition_list_get(major, minor, &disk->list);
		disk->read = now;
	}
	return &disk->list;
}

const struct partition *partition_at(uint32_t major, uint32_t minor,
				     uint64_t start, uint64_t length)
{
	const struct partition_list *list = get_known(major, minor);
	const struct partition *partition, *found = NULL;
	const struct dmstat_extent *range;
	size_t i;

	for (i = 0; list && i < list->count; i++) {
		partition = &list->partitions[i];
		range = &partition->range;
		if (start < range->start ||
		    start - range->start >= range->length ||
		    length > range->length - (start - range->start))
			continue;
		if (!found || range->length < found->range.length)
			found = partition;
	}
	return found;
}
