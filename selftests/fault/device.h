/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations that fail while a listener joins, a device goes or one comes.
 */
#ifndef _DEVICE_H
#define _DEVICE_H

#include "sweep.h"

/* Of those of dm_create() and the block layer, one in so many fails. */
#define DEVICE_STEP 11

/* Return: whether allocation @sweep->nth failed. */
bool try_to_join(struct sweep *sweep);
/* @control: /dev/mapper/control, open. */
bool try_to_remove(struct sweep *sweep, int control);
bool try_to_create(struct sweep *sweep);

#endif /* _DEVICE_H */
