/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oldest I/Os in flight of an item: what hangs.
 */
#ifndef DMSTAT_NL_TOP_FLIGHT_H
#define DMSTAT_NL_TOP_FLIGHT_H

#include "source/watch.h"

/** FLIGHT_MAX - how many are kept */
#define FLIGHT_MAX	64

/**
 * struct flight - the oldest I/Os in flight
 * @ios: the I/Os, the oldest first
 * @count: how many
 * @all: how many there are in all
 */
struct flight {
	struct dmstat_inflight ios[FLIGHT_MAX];
	size_t count;
	uint64_t all;
};

/** flight_read() - read them; flushes only for a whole device */
void flight_read(struct flight *flight, const struct watch *watch,
		 const struct watch_item *item);

#endif /* DMSTAT_NL_TOP_FLIGHT_H */
