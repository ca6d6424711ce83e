/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices: the DEVICE argument, a consistent list, and how a device is shown.
 */
#ifndef DMSTAT_NL_DEVICE_H
#define DMSTAT_NL_DEVICE_H

#include <stddef.h>

#include <dmstat.h>

struct output;

/**
 * device_find() - the device that an argument names
 * @dmstat: the handle
 * @text: the argument
 *
 * Return: the device, valid until the next call; NULL after saying why not.
 */
const struct dmstat_device *device_find(struct dmstat *dmstat,
					const char *text);

/**
 * device_filter() - only regions of the device that an argument names
 * @dmstat: the handle
 * @text: the argument, or NULL: of any
 * @filter: where that is written
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
 * @list: where the list is put
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int device_list_get(struct dmstat *dmstat, struct device_list *list);

/** device_list_free() - free the copies */
void device_list_free(struct device_list *list);

/** device_fit() - make the columns suit a list, and the terminal */
void device_fit(const struct device_list *list);

/** device_row() - begin a row for a device */
void device_row(struct output *out);

/** device_values() - the values of a row or object */
void device_values(struct output *out, const struct dmstat_device *device);

/** device_warn_missed() - say on stderr what could not be counted, if any */
void device_warn_missed(const struct dmstat_device *device);

#endif /* DMSTAT_NL_DEVICE_H */
