/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The segments of a device's table.
 */
#ifndef DMSTAT_NL_SEGMENT_H
#define DMSTAT_NL_SEGMENT_H

#include <dmstat.h>

struct extent_list;

/**
 * segment_extents() - get where the segments of a device are on it
 * @device: the device
 * @list: the segments are added to it, in rising order
 *
 * Return: 0, or EXIT_FAILURE after saying why.
 */
int segment_extents(const struct dmstat_device *device,
		    struct extent_list *list);

#endif /* DMSTAT_NL_SEGMENT_H */
