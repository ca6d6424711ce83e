/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The regions of the device that is swept, and what they count.
 */
#ifndef _REGION_H
#define _REGION_H

#include "sweep.h"

/* Areas of a region that is read and cleared: more than fit into a datagram. */
#define NR_AREAS 200
#define AREA_SECTORS 8

uint32_t make_region(struct netlink *netlink, unsigned int minor);
void delete_region(struct sweep *sweep, uint32_t id);
bool region_is_there(struct sweep *sweep, uint32_t id);
/* Return: the region besides the base, or 0. */
uint32_t find_region(struct sweep *sweep);

void read_area(struct sweep *sweep, uint32_t area);
uint64_t reads_of(struct sweep *sweep, uint32_t id, uint32_t area);
/* A region that has seen @reads, and the base, count another. */
void check_counting(struct sweep *sweep, uint32_t id, uint64_t reads);

#endif /* _REGION_H */
