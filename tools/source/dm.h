/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libdevmapper knows of a device: its names, its table, and the disks
 * below each segment of the table. Nothing here prints.
 */
#ifndef DMSTAT_NL_DM_H
#define DMSTAT_NL_DM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct mapped_names - the names of a device
 * @name: as `dmsetup ls` shows it; the kernel's name has \xNN for characters
 *        that udev does not like
 * @vg: volume group, "" unless it is LVM's
 * @lv: logical volume, "" unless it is LVM's
 * @layer: "" for the volume that people use; LVM's name for the part of it that
 *         this is: "real", "cow", "tpool"
 *
 * An internal volume has a name of its own: "pool_tmeta".
 */
struct mapped_names {
	char *name;
	char *vg;
	char *lv;
	char *layer;
};

/**
 * mapped_names_get() - find the names of a device, without asking the kernel
 * @name: the kernel's name of the device, as of struct dmstat_device
 * @uuid: its uuid, or ""
 * @names: set to the names
 *
 * Return: 0; -ENOMEM, and then there is nothing to free.
 */
int mapped_names_get(const char *name, const char *uuid,
		     struct mapped_names *names);

/* Room for the text of mapped_name_text(), with its zero byte. */
#define MAPPED_NAME_MAX	128

/**
 * mapped_name_text() - write a name as `dmsetup ls` shows it
 * @text: MAPPED_NAME_MAX bytes
 * @name: the kernel's name of the device
 *
 * Return: @text.
 */
char *mapped_name_text(char *text, const char *name);

/** mapped_names_free() - free the names */
void mapped_names_free(struct mapped_names *names);

/** MAPPED_START_UNKNOWN - the table does not say where on a disk it is */
#define MAPPED_START_UNKNOWN	UINT64_MAX

/* Room for the kernel's name of a disk, with its zero byte. */
#define MAPPED_DISK_NAME_MAX	64

/**
 * struct mapped_disk - a device below a segment
 * @major: major number
 * @minor: minor number
 * @name: the kernel's name: "sda1", "dm-3"; "8:1" if it has none
 * @start: first sector of what the segment uses of it, or MAPPED_START_UNKNOWN.
 *         A linear segment continues from there; a striped one uses @length /
 *         @disks_count of each disk from there.
 */
struct mapped_disk {
	uint32_t major;
	uint32_t minor;
	char name[MAPPED_DISK_NAME_MAX];
	uint64_t start;
};

/**
 * struct mapped_segment - a line of a table
 * @start: first sector on the device
 * @length: sectors
 * @type: target: "linear", "striped", "thin"
 * @disks: the devices below it, in the order of the table
 * @disks_count: how many; 0: none, as of "error" and "zero"
 */
struct mapped_segment {
	uint64_t start;
	uint64_t length;
	char *type;
	struct mapped_disk *disks;
	size_t disks_count;
};

/**
 * struct mapped_device - a device as libdevmapper knows it
 * @names: its names
 * @uuid: its uuid, or ""
 * @has_table: whether it has a table in use; if not, it has no segments
 * @suspended: whether it is suspended
 * @segments: the segments of its table, by rising start
 * @segments_count: how many
 */
struct mapped_device {
	struct mapped_names names;
	char *uuid;
	bool has_table;
	bool suspended;
	struct mapped_segment *segments;
	size_t segments_count;
};

/**
 * mapped_device_get() - ask the kernel for a device and its table
 * @major: major number
 * @minor: minor number
 * @device: set to the device
 *
 * Does not wait for I/O, not even of a suspended device.
 *
 * Return: 0; -ENXIO, no such device-mapper device; -ENOMEM; another negative
 * error number. After an error there is nothing to free.
 */
int mapped_device_get(uint32_t major, uint32_t minor,
		      struct mapped_device *device);

/** mapped_device_free() - free a device */
void mapped_device_free(struct mapped_device *device);

/**
 * mapped_device_find() - find a device by its name or uuid
 * @text: the name, as the kernel has it or as `dmsetup ls` shows it; or the
 *        uuid, as the kernel or, of a logical volume, as `lvs` shows it
 * @major: set to its major number
 * @minor: set to its minor number
 *
 * Finds devices without a table, too, which the module does not list.
 *
 * Return: 0; -ENXIO, no such device; another negative error number.
 */
int mapped_device_find(const char *text, uint32_t *major, uint32_t *minor);

/**
 * mapped_major() - find the major number of device-mapper
 * @major: set to it
 *
 * Return: 0; -ENOENT, device-mapper is not loaded.
 */
int mapped_major(uint32_t *major);

/**
 * mapped_disk_name() - find the kernel's name of a block device
 * @name: set to the name: "sda1", "dm-3"; "8:1" if it has none
 * @major: major number
 * @minor: minor number
 */
void mapped_disk_name(char name[MAPPED_DISK_NAME_MAX], uint32_t major,
		      uint32_t minor);

/** mapped_stay_silent() - keep libdevmapper from printing messages of its own */
void mapped_stay_silent(void);

#endif /* DMSTAT_NL_DM_H */
