/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request: build a generic netlink message
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_REQUEST_H
#define DMSTAT_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include <netlink/msg.h>

struct nl_msg *dmstat_request_new(uint16_t family, uint8_t command, int flags);
struct nl_msg *dmstat_request_new_long(uint16_t family, uint8_t command,
				       int flags, size_t room);
int dmstat_request_put_string(struct nl_msg *request, int attribute,
			      const char *string);
void dmstat_request_drop(struct nl_msg **request);

#endif /* DMSTAT_REQUEST_H */
