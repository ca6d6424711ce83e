/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_number: which event a notification is
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_EVENT_NUMBER_H
#define DMSTAT_EVENT_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct event_number - which of the events of its group a notification is
 * @time: time of the event, in nanoseconds since the Epoch; 0: not known
 * @sequence: number of the event
 * @numbered: @sequence is set
 */
struct event_number {
	uint64_t time;
	uint32_t sequence;
	bool numbered;
};

#endif /* DMSTAT_EVENT_NUMBER_H */
