/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * io_event: parse events about single I/Os
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_IO_EVENT_H
#define DMSTAT_IO_EVENT_H

#include "event_number.h"
#include "export.h"

struct nlmsghdr;

int dmstat_io_event_parse(const struct nlmsghdr *message,
			  struct dmstat_io_event *io,
			  struct event_number *number);

#endif /* DMSTAT_IO_EVENT_H */
