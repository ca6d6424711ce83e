/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Block devices of all kinds, by what the kernel calls them.
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

/** disk_is_empty() - whether a block device has no sectors, because it has no medium */
bool disk_is_empty(uint32_t major, uint32_t minor);

#endif /* DMSTAT_NL_DISK_H */
