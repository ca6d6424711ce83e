/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exchange: send one request and receive its answer
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

/* Return: 0 to continue; any other value ends the exchange, with that value. */
typedef int (*dmstat_message_fn)(const struct nlmsghdr *message, void *data);

/**
 * struct exchange - a request and the answer to it
 * @request: the request
 * @callback: called for each message of the answer; message_is_whole() is true
 *            for it
 * @data: passed to @callback
 * @failure: set if the kernel refuses the request
 * @messages: messages passed to @callback
 * @finished: the answer is complete
 * @refused: the kernel reported an error
 * @unsent: the request could not be sent
 * @interrupted: what was dumped changed during the dump
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
