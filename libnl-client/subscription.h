/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * subscription: the socket that events come to, and what it listens to
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_SUBSCRIPTION_H
#define DMSTAT_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "export.h"

struct family;
struct nlmsghdr;

/**
 * struct dmstat_events - see dmstat.h
 * @handle: a connection of its own: requests and events do not mix. The type
 *          of its family is 0 while the module is not loaded.
 * @message: next message in the handle's datagram
 * @left: bytes from there to its end; the kernel sends an event a datagram,
 *        so there is hardly ever anything left between two calls
 * @numbered: what number the next event has is known
 * @next: that number
 * @lost: how often the socket said that events were lost, which is not told yet
 * @unsure: what was lost may have told of the module
 */
struct dmstat_events {
	struct dmstat *handle;
	const struct nlmsghdr *message;
	int left;
	bool numbered;
	uint32_t next;
	unsigned int lost;
	bool unsure;
};

int dmstat_events_join(struct dmstat_events *events,
		       const struct family *family);
int dmstat_events_look(struct dmstat_events *events,
		       enum dmstat_event_type *type);

#endif /* DMSTAT_SUBSCRIPTION_H */
