/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Block devices that are not of device-mapper, and what to use instead.
 */
#ifndef DMSTAT_NL_DISK_H
#define DMSTAT_NL_DISK_H

#include <stdbool.h>
#include <stdint.h>

/**
 * disk_find() - find the block device of a path or of a kernel's name
 * @text: "/dev/sda1" or "sda1"
 * @major: set to its major number
 * @minor: set to its minor number
 *
 * Return: whether there is one.
 */
bool disk_find(const char *text, uint32_t *major, uint32_t *minor);

/** disk_is_mapped() - whether a block device is of device-mapper */
bool disk_is_mapped(uint32_t major, uint32_t minor);

/**
 * disk_explain() - say what to use instead of a disk that is not of device-mapper
 * @text: what the user called it
 * @major: major number
 * @minor: minor number
 *
 * Names the device-mapper devices that use it, or a partition of it, directly or
 * through other disks.
 */
void disk_explain(const char *text, uint32_t major, uint32_t minor);

#endif /* DMSTAT_NL_DISK_H */
