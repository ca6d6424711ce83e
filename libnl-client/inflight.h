/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inflight: list the I/Os in flight
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_INFLIGHT_H
#define DMSTAT_INFLIGHT_H

#include "export.h"

struct nlmsghdr;

int dmstat_inflight_parse(const struct nlmsghdr *message,
			  struct dmstat_inflight *io);

#endif /* DMSTAT_INFLIGHT_H */
