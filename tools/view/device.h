/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a device is shown.
 */
#ifndef DMSTAT_NL_VIEW_DEVICE_H
#define DMSTAT_NL_VIEW_DEVICE_H

#include <dmstat.h>

struct device_list;
struct output;

/** device_table() - print a list of devices; in JSON, the list "devices" */
void device_table(struct output *out, const struct device_list *list);

/** device_object() - print a device, in JSON only; @key as output_object() */
void device_object(struct output *out, const char *key,
		   const struct dmstat_device *device);

/** device_warn_missed() - say on stderr how many I/Os it missed, if any */
void device_warn_missed(const struct dmstat_device *device);

#endif /* DMSTAT_NL_VIEW_DEVICE_H */
