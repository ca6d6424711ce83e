/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exchange: a request, and the answer to it message by message
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_EXCHANGE_H
#define DMSTAT_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dmstat;
struct failure;
struct nl_msg;
struct nlmsghdr;

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
int dmstat_exchange(struct dmstat *handle, struct nl_msg *request,
		    struct exchange *exchange);

#endif /* DMSTAT_EXCHANGE_H */
