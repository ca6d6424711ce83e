/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of single I/Os: those that were slow, failed, or hang.
 */
#ifndef _DMSTAT_EVENT_H
#define _DMSTAT_EVENT_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "device.h"
#include "ring.h"

struct dmstat_kregion;

/* What tells events; set by the part that knows how. */
struct dmstat_event_listener {
	/* Whether anybody listens; any context, in an RCU section. */
	bool (*is_wanted)(void);
	/* Send an event, and how many were lost before it. Process context, not
	 * by two tasks at a time. Return: false if memory is short.
	 */
	bool (*send)(struct dmstat_kdevice *device,
		     const struct dmstat_io_event *event, u64 lost);
};

int dmstat_event_init(void);
void dmstat_event_exit(void);
void dmstat_event_listen(const struct dmstat_event_listener *to_call);

int dmstat_event_prepare(struct dmstat_kdevice *device);
void dmstat_event_look(struct dmstat_kdevice *device);
void dmstat_event_drop(struct dmstat_kdevice *device);
void dmstat_event_free(struct dmstat_events *events);

bool dmstat_event_is_wanted(const struct dmstat_kdevice *device);
void dmstat_event_tell(struct dmstat_kdevice *device,
		       struct dmstat_kregion *region,
		       const struct dmstat_io_event *event);
void dmstat_event_tell_flush(struct dmstat_kdevice *device,
			     const struct dmstat_io_event *event);

#endif /* _DMSTAT_EVENT_H */
