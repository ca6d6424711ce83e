/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which devices are on which: a volume on the disks below it.
 */
#ifndef DMSTAT_NL_STACK_H
#define DMSTAT_NL_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include <dmstat.h>

#include "source/device.h"
#include "source/extent.h"
#include "source/partition.h"

/**
 * stack_walk() - walk what is directly on a disk, or on a partition of it
 * @major: major number of the disk
 * @minor: minor number
 * @callback: called for each device on it; @partition is NULL if that is on the
 *            disk itself. Not 0 ends the walk.
 * @data: passed to @callback
 *
 * Return: 0, or what @callback returned.
 */
int stack_walk(uint32_t major, uint32_t minor,
	       int (*callback)(uint32_t major, uint32_t minor,
			       const struct partition *partition, void *data),
	       void *data);

/** struct stack_holder - the numbers of a device that is on a disk */
struct stack_holder {
	uint32_t major;
	uint32_t minor;
};

/**
 * struct stack_use - how much of a disk other devices use
 * @all: one is on the disk itself
 * @some: one is on a partition
 * @used: the sectors of these partitions
 * @rest: with @some: the sectors of the other partitions, and of what is in none
 * @holders: the devices, each once
 * @holders_count: how many
 */
struct stack_use {
	bool all;
	bool some;
	struct extent_list used;
	struct extent_list rest;
	struct stack_holder *holders;
	size_t holders_count;
};

/**
 * stack_use_get() - find how much of a disk is used by devices that are counted
 * @major: major number of the disk
 * @minor: minor number
 * @size: its sectors
 * @counts: whether a device is counted
 * @data: passed to @counts
 * @use: set to that; free it with stack_use_free()
 *
 * What is on a device that is not counted is on the disk, too.
 */
void stack_use_get(uint32_t major, uint32_t minor, uint64_t size,
		   bool (*counts)(uint32_t major, uint32_t minor, void *data),
		   void *data, struct stack_use *use);

/** stack_use_touches() - whether others use any of some sectors of the disk */
bool stack_use_touches(const struct stack_use *use, uint64_t start,
		       uint64_t length);

/** stack_use_free() - free what stack_use_get() has found */
void stack_use_free(struct stack_use *use);

/**
 * stack_loop_disk() - find the disk that the file of a loop device is on
 * @major: major number of any device; set to that of the disk
 * @minor: minor number, likewise
 *
 * Asks no file system, which might not answer.
 *
 * Return: whether it is a loop device, and the file is on one disk.
 */
bool stack_loop_disk(uint32_t *major, uint32_t *minor);

/**
 * stack_repeats() - whether the I/O of a disk is that of devices on it
 * @list: the devices
 * @device: one of them
 *
 * Return: whether it is a disk that is not of device-mapper, and the others use all
 * of it. A device-mapper device below another one is often a part of a volume, and
 * looked at for itself.
 */
bool stack_repeats(const struct device_list *list,
		   const struct dmstat_device *device);

#endif /* DMSTAT_NL_STACK_H */
