// SPDX-License-Identifier: GPL-2.0-only
/*
 * The oldest I/Os in flight of an item: what hangs.
 */
#include <stdio.h>
#include <string.h>

#include "top/flight.h"

/* A walk over what is in flight on the device of an item. */
struct walk {
	struct flight *flight;
	const struct watch_item *item;
};

static bool concerns(const struct watch_item *item,
		     const struct dmstat_inflight *io)
{
	if (item->kind == WATCH_DEVICE)
		return true;
	/* A flush of the disk: it waits for the partition's writes, too. */
	if (item->kind == WATCH_PARTITION && !io->sectors)
		return true;
	return io->sectors && io->sector < item->start + item->length &&
	       io->sector + io->sectors > item->start;
}

static int take(const struct dmstat_inflight *io, void *data)
{
	const struct walk *walk = data;
	struct flight *flight = walk->flight;
	size_t place;

	if (!concerns(walk->item, io))
		return 0;
	flight->all++;
	place = flight->count;
	while (place && flight->ios[place - 1].io.age_ns < io->age_ns)
		place--;
	if (place == FLIGHT_MAX)
		return 0;
	if (flight->count < FLIGHT_MAX)
		flight->count++;
	memmove(&flight->ios[place + 1], &flight->ios[place],
		(flight->count - 1 - place) * sizeof(*flight->ios));
	flight->ios[place].io = *io;
	snprintf(flight->ios[place].comm, FLIGHT_COMM_MAX, "%s", io->comm);
	return 0;
}

struct who flight_who(const struct flight_io *io)
{
	return (struct who){
		.pid = io->io.pid,
		.comm = io->comm,
		.kernel_thread = io->io.kernel_thread,
		.cgroup_id = io->io.cgroup_id,
	};
}

void flight_read(struct flight *flight, const struct watch *watch,
		 const struct watch_item *item)
{
	struct walk walk = { flight, item };

	flight->count = 0;
	flight->all = 0;
	watch_inflight(watch, item, take, &walk);
}
