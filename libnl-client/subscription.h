/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * subscription: the socket that receives events, and its groups
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_SUBSCRIPTION_H
#define DMSTAT_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "export.h"
#include "family.h"

struct nlmsghdr;

/**
 * struct event_group - the events of one multicast group
 * @numbered: @next is known
 * @next: number of the next event
 * @listed: those before @next are in a list that was reported: ignore them
 * @lost: losses that the socket reported and that were not passed on yet; some
 *        of them may have been in another group only
 */
struct event_group {
	bool numbered;
	uint32_t next;
	bool listed;
	unsigned int lost;
};

/**
 * struct dmstat_events - see dmstat.h
 * @handle: owns the socket, on which no requests are sent. The type of its
 *          family is 0 while the module is not loaded.
 * @message: next message in the handle's datagram
 * @left: bytes from @message to the end of the datagram; usually 0 between two
 *        calls, because the kernel sends one event in a datagram
 * @joins: the groups that were subscribed to: DMSTAT_EVENTS_*
 * @groups: what is known about the events of each group
 * @unsure: an event about the module may have been lost
 * @list_due: dmstat_events_follow() has to list the regions
 */
struct dmstat_events {
	struct dmstat *handle;
	const struct nlmsghdr *message;
	int left;
	unsigned int joins;
	struct event_group groups[FAMILY_GROUPS];
	bool unsure;
	bool list_due;
};

/* Is the group one of those that were subscribed to? */
static inline bool events_has_group(const struct dmstat_events *events,
				    enum family_group group)
{
	return events->joins & 1U << group;
}

int dmstat_events_join(struct dmstat_events *events,
		       const struct family *family);
int dmstat_events_look(struct dmstat_events *events,
		       enum dmstat_event_type *type);

#endif /* DMSTAT_SUBSCRIPTION_H */
