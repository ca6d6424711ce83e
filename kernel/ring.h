/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring of events of a device, from where I/O ends to the work item that
 * sends them.
 */
#ifndef _DMSTAT_RING_H
#define _DMSTAT_RING_H

#include <linux/blk_types.h>
#include <linux/types.h>

#include "who.h"

struct dmstat_kregion;
struct dmstat_ring;

/* What is told of an I/O. */
struct dmstat_io_event {
	/* Of which it is told, with a reference; NULL: of the device. */
	struct dmstat_kregion *region;
	u64 start_ns;			/* dmstat_clock_ns() */
	u64 took_ns;
	sector_t sector;
	u32 sectors;
	u8 kind;			/* enum dmstat_event_kind */
	u8 operation;			/* enum dmstat_operation */
	blk_status_t status;
	struct dmstat_who who;
};

int dmstat_ring_init(void);
struct dmstat_ring *dmstat_ring_new(void);
void dmstat_ring_free(struct dmstat_ring *ring);
bool dmstat_ring_put(struct dmstat_ring *ring,
		     const struct dmstat_io_event *event);
bool dmstat_ring_take(struct dmstat_ring *ring, struct dmstat_io_event *event);

#endif /* _DMSTAT_RING_H */
