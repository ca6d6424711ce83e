// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a listener hears while allocations fail: each change once, or that
 * something was lost.
 */
#include <errno.h>

#include "../request.h"
#include "notification.h"

/* A gap in the sequence numbers only comes with ENOBUFS. */
static void check_sequence(struct sweep *sweep, const struct answer *heard,
			   bool lost)
{
	uint32_t sequence;
	size_t i;

	for (i = 0; i < heard->nr; i++) {
		sequence = event_sequence(&heard->objects[i]);
		if (sweep->sequence && sequence != sweep->sequence + 1 && !lost)
			complain(sweep, "notification %u after %u", sequence,
				 sweep->sequence);
		sweep->sequence = sequence;
	}
	/* How many were lost is not known. */
	if (lost)
		sweep->sequence = 0;
}

void take_notifications(struct sweep *sweep, struct answer *heard, bool *lost)
{
	int error;

	memset(heard, 0, sizeof(*heard));
	*lost = false;
	while (netlink_pending(&sweep->listener)) {
		error = netlink_receive(&sweep->listener, heard);
		if (error == ENOBUFS)
			*lost = true;
		else if (error)
			complain(sweep, "listener: %s", strerror(error));
	}
	check_sequence(sweep, heard, *lost);
}

size_t count_notifications(const struct answer *heard, uint8_t command,
			   uint32_t id)
{
	size_t i, nr = 0;

	for (i = 0; i < heard->nr; i++) {
		if (heard->objects[i].command == command &&
		    object_uint(&heard->objects[i],
				DMSTAT_A_REGION_REGION_ID) == id)
			nr++;
	}
	return nr;
}

void check_notified(struct sweep *sweep, uint8_t command, uint32_t id)
{
	struct answer heard;
	bool lost;
	size_t nr;

	take_notifications(sweep, &heard, &lost);
	nr = id ? count_notifications(&heard, command, id) : 0;
	if (heard.nr != nr || nr > 1)
		complain(sweep, "%zu notifications, %zu of region %u", heard.nr,
			 nr, id);
	if (id && !nr && !lost)
		complain(sweep, "no notification of region %u", id);
}

void ignore_notifications(struct sweep *sweep)
{
	struct answer heard;
	bool lost;

	take_notifications(sweep, &heard, &lost);
}
