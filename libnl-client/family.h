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

/**
 * struct family - the numbers of a generic netlink family
 * @is_ours: its name is "dmstat"
 * @type: message type; 0 if not known
 * @group: multicast group "region"; 0 if it has none
 */
struct family {
	bool is_ours;
	uint16_t type;
	uint32_t group;
};

int dmstat_family_parse(const struct nlmsghdr *message, struct family *family);

#endif /* DMSTAT_FAMILY_H */
