/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much memory the module holds, and how much it may. Everything that grows
 * with what users ask for is charged here before it is allocated.
 */
#ifndef _DMSTAT_MEMORY_H
#define _DMSTAT_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>

/*
 * How to allocate where I/O is counted. That may be the I/O by which memory is
 * reclaimed: statistics never take what is left for that.
 */
#define DMSTAT_GFP_IO	(GFP_NOWAIT | __GFP_NOWARN | __GFP_NOMEMALLOC)

void dmstat_memory_init(void);
size_t dmstat_memory_size(size_t bytes);
bool dmstat_memory_charge(size_t bytes);
bool dmstat_memory_charge_spare(size_t bytes);
void dmstat_memory_charge_anyway(size_t bytes);
void dmstat_memory_uncharge(size_t bytes);

#endif /* _DMSTAT_MEMORY_H */
