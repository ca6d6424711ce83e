/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oldest I/Os in flight of an item: what hangs.
 */
#ifndef DMSTAT_NL_TOP_FLIGHT_H
#define DMSTAT_NL_TOP_FLIGHT_H

#include "source/watch.h"
#include "view/who.h"

/** FLIGHT_MAX - how many are kept */
#define FLIGHT_MAX	64

/* Room for the name of a thread, with its zero byte; the kernel has 16. */
#define FLIGHT_COMM_MAX	32

/**
 * struct flight_io - an I/O in flight
 * @io: the I/O; its name of the thread is not valid any more
 * @comm: that name
 */
struct flight_io {
	struct dmstat_inflight io;
	char comm[FLIGHT_COMM_MAX];
};

/**
 * struct flight - the oldest I/Os in flight
 * @ios: the I/Os, the oldest first
 * @count: how many
 * @all: how many there are in all
 */
struct flight {
	struct flight_io ios[FLIGHT_MAX];
	size_t count;
	uint64_t all;
};

/** flight_who() - who does an I/O */
struct who flight_who(const struct flight_io *io);

/** flight_read() - read them; flushes only for a whole device */
void flight_read(struct flight *flight, const struct watch *watch,
		 const struct watch_item *item);

#endif /* DMSTAT_NL_TOP_FLIGHT_H */
