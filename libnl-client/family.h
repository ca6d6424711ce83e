/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * family: the numbers of the generic netlink family "dmstat"
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_FAMILY_H
#define DMSTAT_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

/* The multicast groups; 1 << n is the bit DMSTAT_EVENTS_* of dmstat.h. */
enum family_group {
	FAMILY_GROUP_REGION,
	FAMILY_GROUP_IO,
	FAMILY_GROUPS
};

/**
 * struct family - the numbers of a generic netlink family
 * @is_ours: its name is "dmstat"
 * @type: message type; 0 if not known
 * @groups: its multicast groups; 0 if it has no such group
 */
struct family {
	bool is_ours;
	uint16_t type;
	uint32_t groups[FAMILY_GROUPS];
};

int dmstat_family_parse(const struct nlmsghdr *message, struct family *family);

#endif /* DMSTAT_FAMILY_H */
