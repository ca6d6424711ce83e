/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices: the one that a DEVICE argument names, and a list of all.
 */
#ifndef DMSTAT_NL_SOURCE_DEVICE_H
#define DMSTAT_NL_SOURCE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dmstat.h>

/**
 * device_look_up() - find the device that a text names, without a message
 * @dmstat: the handle
 * @text: a path (/dev/vg/lv, /dev/nvme0n1), vg/lv, major:minor, the name as the
 *        kernel has it or as `dmsetup ls` shows it, the kernel's name of the
 *        disk (nvme0n1, dm-3), the uuid, or any of these of a partition
 * @device: set to the device, valid until the next call; of a partition, to its
 *          disk
 * @range: set to the sectors that are named: those of the partition, or all
 *
 * Return: 0; a negative error number, as dmstat_device_find_range().
 */
int device_look_up(struct dmstat *dmstat, const char *text,
		   const struct dmstat_device **device,
		   struct dmstat_extent *range);

/** device_is_whole() - whether a range is all of a device: no partition was named */
bool device_is_whole(const struct dmstat_device *device,
		     const struct dmstat_extent *range);

/**
 * device_explain() - say why device_look_up() failed, and what to do instead
 * @text: the text that names the device
 * @error: the error
 *
 * Return: whether there was something to say that the kernel does not: the
 * device has no table or no medium, or is a directory of devices.
 */
bool device_explain(const char *text, int error);

/** device_refused() - say why device_look_up() failed with this error */
void device_refused(struct dmstat *dmstat, const char *text, int error);

/**
 * device_find() - find the device that an argument names
 * @dmstat: the handle
 * @text: the argument, as for device_look_up()
 * @range: set to the sectors that are named, likewise
 *
 * Return: the device, valid until the next call; NULL after saying why not.
 */
const struct dmstat_device *device_find(struct dmstat *dmstat,
					const char *text,
					struct dmstat_extent *range);

/** device_is_suspended() - whether a device is suspended: its I/O waits */
bool device_is_suspended(uint32_t major, uint32_t minor);

/**
 * device_warn_suspended() - say on stderr that a device is suspended, if it is
 * @major: its major number
 * @minor: its minor number
 * @name: its name, as the kernel has it
 */
void device_warn_suspended(uint32_t major, uint32_t minor, const char *name);

/**
 * struct device_list - copies of devices
 * @devices: the devices
 * @count: how many
 */
struct device_list {
	struct dmstat_device *devices;
	size_t count;
};

/**
 * device_list_get() - collect the devices, all as of one moment
 * @dmstat: the handle
 * @list: set to the devices
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int device_list_get(struct dmstat *dmstat, struct device_list *list);

/** device_list_free() - free the copies */
void device_list_free(struct device_list *list);

#endif /* DMSTAT_NL_SOURCE_DEVICE_H */
