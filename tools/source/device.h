/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices: the one that a DEVICE argument names, and a list of all.
 */
#ifndef DMSTAT_NL_SOURCE_DEVICE_H
#define DMSTAT_NL_SOURCE_DEVICE_H

#include <stddef.h>

#include <dmstat.h>

/**
 * device_find() - find the device that an argument names
 * @dmstat: the handle
 * @text: the argument
 *
 * Return: the device, valid until the next call; NULL after saying why not.
 */
const struct dmstat_device *device_find(struct dmstat *dmstat,
					const char *text);

/**
 * device_filter() - limit a filter to the device that an argument names
 * @dmstat: the handle
 * @text: the argument, or NULL: any device
 * @filter: the filter
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int device_filter(struct dmstat *dmstat, const char *text,
		  struct dmstat_region_filter *filter);

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
