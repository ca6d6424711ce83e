/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event: read the events of a subscription
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_EVENT_H
#define DMSTAT_EVENT_H

#include "export.h"

int dmstat_events_all(struct dmstat_events *events, dmstat_event_fn callback,
		      void *data);
int dmstat_events_datagram(struct dmstat_events *events,
			   dmstat_event_fn callback, void *data);

#endif /* DMSTAT_EVENT_H */
