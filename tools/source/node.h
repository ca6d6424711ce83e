/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `dmsetup info` knows of devices: names, tables, and what is stacked.
 */
#ifndef DMSTAT_NL_NODE_H
#define DMSTAT_NL_NODE_H

#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

/* What to ask for; each takes requests to the kernel. */
enum {
	NODE_INFO = 1 << 0,	/* names, tables and their state */
	NODE_BELOW = 1 << 1,	/* devices that it uses */
	NODE_TREE = 1 << 2,	/* names of these, and devices that use it */
};

/**
 * struct node - a device
 * @major: major number
 * @minor: minor number
 * @name: as people know it
 * @mangled_name: as udev knows it
 * @uuid: its uuid, or ""
 * @mangled_uuid: as udev knows it
 * @read_ahead: in sectors
 * @block_name: the kernel's name of the block device: "dm-3"
 * @attributes: "L--w": live and inactive table, suspended, writeable
 * @tables: "Live", "Inactive", "Both" or "None"
 * @suspended: "Suspended" or "Active"
 * @access: "Read-only" or "Writeable"
 * @numbers: "253:3"
 * @open: how often it is open
 * @segments: segments of its table
 * @events: number of the last event
 * @below_count: how many devices it uses
 * @below_names: device-mapper names of these, with commas between
 * @below_numbers: their numbers
 * @below_blocks: the kernel's names of these
 * @above_count: how many device-mapper devices use it
 * @above_names: their names
 * @above_numbers: their numbers
 * @subsystem: who made it, from its uuid: "LVM", "CRYPT"
 * @vg: volume group, "" unless it is LVM's
 * @lv: logical volume, likewise
 * @layer: its layer, likewise
 *
 * Texts are never NULL. What was not asked for, or is not known because the
 * device has gone, is 0 or "".
 */
struct node {
	uint32_t major;
	uint32_t minor;
	const char *name;
	const char *mangled_name;
	const char *uuid;
	const char *mangled_uuid;
	uint64_t read_ahead;
	const char *block_name;
	const char *attributes;
	const char *tables;
	const char *suspended;
	const char *access;
	const char *numbers;
	uint64_t open;
	uint64_t segments;
	uint64_t events;
	uint64_t below_count;
	const char *below_names;
	const char *below_numbers;
	const char *below_blocks;
	uint64_t above_count;
	const char *above_names;
	const char *above_numbers;
	const char *subsystem;
	const char *vg;
	const char *lv;
	const char *layer;
};

/**
 * struct node_list - devices
 * @nodes: the devices, by rising numbers
 * @count: how many
 */
struct node_list {
	struct node *nodes;
	size_t count;
};

/**
 * node_list_get() - get the devices of a reading
 * @set: the reading
 * @wanted: NODE_* of what is needed; names and uuid are there in any case
 * @list: set to the devices
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int node_list_get(const struct dmstat_snapshots *set, unsigned int wanted,
		  struct node_list *list);

/** node_list_free() - free the devices */
void node_list_free(struct node_list *list);

/**
 * node_find() - find a device by its numbers
 * @list: the devices
 * @major: major number
 * @minor: minor number
 *
 * Return: the device; one without a name if it is not in the list.
 */
const struct node *node_find(const struct node_list *list, uint32_t major,
			     uint32_t minor);

#endif /* DMSTAT_NL_NODE_H */
