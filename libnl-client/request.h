/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request: ask the kernel, and take its answer message by message
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_REQUEST_H
#define DMSTAT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netlink/msg.h>

#include "scope.h"

struct dmstat;
struct failure;

/* Return: 0 to go on; else the walk ends with it. */
typedef int (*dmstat_message_fn)(const struct nlmsghdr *message, void *data);

/**
 * struct exchange - a request and the answer to it
 * @request: what was sent
 * @callback: gets the messages of the answer; their generic netlink header
 *            is checked
 * @data: passed to @callback
 * @failure: where a refusal is noted
 * @messages: how many messages the callback got
 * @finished: the kernel has said all
 * @refused: the kernel has reported an error
 * @unsent: the request could not be sent
 * @interrupted: what was walked changed during the walk
 */
struct exchange {
	const struct nlmsghdr *request;
	dmstat_message_fn callback;
	void *data;
	struct failure *failure;
	uint64_t messages;
	bool finished;
	bool refused;
	bool unsent;
	bool interrupted;
};

int dmstat_exchange_datagram(struct exchange *exchange, const void *datagram,
			     size_t size);

struct nl_msg *dmstat_request_new(uint16_t family, uint8_t command, int flags);
struct nl_msg *dmstat_request_new_long(uint16_t family, uint8_t command,
				       int flags, size_t room);
void dmstat_request_drop(struct nl_msg **request);
int dmstat_request_walk(struct dmstat *handle, struct nl_msg *request,
			dmstat_message_fn callback, void *data);
int dmstat_request_one(struct dmstat *handle, struct nl_msg *request);
int dmstat_request_none(struct dmstat *handle, struct nl_msg *request);

#endif /* DMSTAT_REQUEST_H */
