/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The partitions of a disk. The kernel counts by disk, in sectors of the disk.
 */
#ifndef DMSTAT_NL_PARTITION_H
#define DMSTAT_NL_PARTITION_H

#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

#include "source/dm.h"

/**
 * struct partition - a partition
 * @major: its own major number
 * @minor: its own minor number
 * @name: the kernel's name: "nvme0n1p2"
 * @range: its sectors of the disk
 */
struct partition {
	uint32_t major;
	uint32_t minor;
	char name[MAPPED_DISK_NAME_MAX];
	struct dmstat_extent range;
};

/**
 * struct partition_list - the partitions of a disk
 * @partitions: the partitions, by rising start
 * @count: how many
 */
struct partition_list {
	struct partition *partitions;
	size_t count;
};

/**
 * partition_list_get() - find the partitions of a disk
 * @major: major number of the disk
 * @minor: minor number
 * @list: set to them; empty if there are none, or no memory
 */
void partition_list_get(uint32_t major, uint32_t minor,
			struct partition_list *list);

/** partition_list_free() - free the list */
void partition_list_free(struct partition_list *list);

/**
 * partition_at() - find the partition that has all of a range
 * @major: major number of the disk
 * @minor: minor number
 * @start: first sector
 * @length: sectors
 *
 * The partitions of a disk are read once a second at most.
 *
 * Return: the smallest such partition, valid until the next call; NULL: none.
 */
const struct partition *partition_at(uint32_t major, uint32_t minor,
				     uint64_t start, uint64_t length);

#endif /* DMSTAT_NL_PARTITION_H */
