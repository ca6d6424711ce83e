/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which devices a block names.
 */
#ifndef DMSTAT_NL_MATCH_H
#define DMSTAT_NL_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <dmstat.h>

#include "source/dm.h"

struct block;

/* Where udev has links to disks whose names do not change. */
#define MATCH_LINKS	"/dev/disk/"

/**
 * struct candidate - a device that blocks may name
 * @device: the device
 * @is_mapped: whether it is of device-mapper
 * @names: its names
 * @volume: "vg/lv" of a volume that lvs(8) shows, with or without -a; else NULL
 * @is_internal: whether lvs(8) shows it with -a only
 * @has_table: whether @mapped was read
 * @mapped: its table, read when the first block asks for types of targets
 */
struct candidate {
	const struct dmstat_device *device;
	bool is_mapped;
	struct mapped_names names;
	char *volume;
	bool is_internal;
	bool has_table;
	struct mapped_device mapped;
};

/**
 * candidate_get() - get what blocks ask for of a device
 * @device: the device, which must live as long as @candidate
 * @candidate: set to that
 *
 * Return: 0; -ENOMEM, and then there is nothing to free.
 */
int candidate_get(const struct dmstat_device *device,
		  struct candidate *candidate);

/** candidate_free() - free it */
void candidate_free(struct candidate *candidate);

/**
 * struct match_links - the block devices that links in /dev/disk lead to
 * @devices: their numbers
 * @count: how many
 */
struct match_links {
	dev_t *devices;
	size_t count;
};

/**
 * match_links_get() - follow the links that a block names
 * @block: the block
 * @links: set to where they lead; free @devices
 *
 * Return: 0; -ENOMEM, and then there is nothing to free.
 */
int match_links_get(const struct block *block, struct match_links *links);

/** match_device() - whether a block, with its links, names a device */
bool match_device(const struct block *block, const struct match_links *links,
		  struct candidate *candidate);

/**
 * match_name() - whether a pattern of a block names a device
 *
 * Not what the links in /dev/disk lead to that have wildcards.
 */
bool match_name(const struct candidate *candidate, const char *pattern);

/** match_has_wildcards() - whether a pattern may name more devices later */
bool match_has_wildcards(const char *pattern);

/**
 * match_partitions() - count the partitions that a pattern names
 * @pattern: of the devices of a block
 * @partition: set to the numbers of one of them
 *
 * Return: how many; 0 if the pattern names other devices, too.
 */
size_t match_partitions(const char *pattern, dev_t *partition);

#endif /* DMSTAT_NL_MATCH_H */
