/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * family: the numbers that the kernel gave to the family "dmstat"
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_FAMILY_H
#define DMSTAT_FAMILY_H

#include <stdint.h>

struct dmstat;
struct nlmsghdr;

/**
 * struct family - the family's numbers
 * @type: message type
 * @group: multicast group "region", 0 if there is none
 */
struct family {
	uint16_t type;
	uint32_t group;
};

int dmstat_family_parse(const struct nlmsghdr *message, struct family *family);
int dmstat_family_resolve(struct dmstat *handle);

#endif /* DMSTAT_FAMILY_H */
