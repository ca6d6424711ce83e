/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event: what happens to regions, as it happens
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_EVENT_H
#define DMSTAT_EVENT_H

#include "dmstat.h"

struct nlmsghdr;

/**
 * struct dmstat_events - see dmstat.h
 * @handle: a connection of its own: requests and events do not mix
 * @message: next message in the handle's datagram
 * @left: bytes from there to its end; the kernel sends an event a datagram,
 *        so there is hardly ever anything left between two calls
 */
struct dmstat_events {
	struct dmstat *handle;
	const struct nlmsghdr *message;
	int left;
};

int dmstat_events_datagram(struct dmstat_events *events,
			   dmstat_event_fn callback, void *data);

#endif /* DMSTAT_EVENT_H */
