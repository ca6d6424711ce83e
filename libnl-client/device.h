/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * device: list and find the devices whose I/O can be counted
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_DEVICE_H
#define DMSTAT_DEVICE_H

#include "export.h"

struct nlmsghdr;

int dmstat_device_parse(const struct nlmsghdr *message,
			struct dmstat_device *device,
			struct dmstat_flush *flush);

#endif /* DMSTAT_DEVICE_H */
