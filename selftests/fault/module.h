/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading the module, with allocations that fail.
 */
#ifndef _MODULE_H
#define _MODULE_H

#include "sweep.h"

#define MODULE "/sys/module/dmstat"

void read_module(void **image, size_t *size);
/* Load with each allocation failing that the module makes, and some others. */
void sweep_module(struct sweep *sweep, void *image, size_t size);

#endif /* _MODULE_H */
