/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading the module, with allocations that fail.
 */
#ifndef _MODULE_H
#define _MODULE_H

#include "sweep.h"

#define MODULE "/sys/module/dmstat"

/* Some hundreds fail before the module is asked: one in so many will do. */
#define LOADER_STEP 10

void read_module(void **image, size_t *size);
/* Return: whether allocation @sweep->nth failed. */
bool try_to_load(struct sweep *sweep, void *image, size_t size);

#endif /* _MODULE_H */
