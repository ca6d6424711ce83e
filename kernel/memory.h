/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that the module holds, and its limit. Everything that grows with
 * what users ask for is charged here before it is allocated.
 */
#ifndef _DMSTAT_MEMORY_H
#define _DMSTAT_MEMORY_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/types.h>

/*
 * How to allocate where I/O is counted. That I/O may be what reclaim waits for:
 * never use the reserves that are kept for it.
 */
#define DMSTAT_GFP_IO	(GFP_NOWAIT | __GFP_NOWARN | __GFP_NOMEMALLOC)

/*
 * How to allocate under dmstat_lock or a read_lock, where reclaim does no I/O. The
 * kernel would retry small allocations for ever, and with the lock held. But
 * memory may only become free when a program that waits for the lock resumes a
 * device.
 */
#define DMSTAT_GFP_LOCKED	(GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* What one region holds: charged to it and to the module. */
struct dmstat_memory {
	atomic64_t bytes;
};

void dmstat_memory_init(void);
u64 dmstat_memory_limit(void);
size_t dmstat_memory_size(size_t bytes);
void *dmstat_memory_alloc(size_t bytes, gfp_t flags);

/* What no region holds: devices, indexes, what a request needs. */
bool dmstat_memory_charge(size_t bytes);
void dmstat_memory_charge_anyway(size_t bytes);
void dmstat_memory_uncharge(size_t bytes);

/* What a region holds. */
bool dmstat_memory_charge_to(struct dmstat_memory *memory, size_t bytes);
bool dmstat_memory_charge_spare_to(struct dmstat_memory *memory, size_t bytes);
void dmstat_memory_uncharge_from(struct dmstat_memory *memory, size_t bytes);

#endif /* _DMSTAT_MEMORY_H */
