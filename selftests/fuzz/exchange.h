/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sending a datagram and taking the answer.
 */
#ifndef _EXCHANGE_H
#define _EXCHANGE_H

#include "channel.h"
#include "datagram.h"
#include "learn.h"

/* Called with what is received, before it is checked. */
typedef void exchange_look(const void *data, size_t size, void *context);

/* Longer than any dump that is asked for to be read to its end. */
#define EXCHANGE_ALL 1000

struct exchange {
	const struct channel_family *found;
	struct channel *channel;
	struct datagram *datagram;	/* walked */
	struct learnt *learnt;		/* or NULL */
	exchange_look *look;		/* or NULL */
	void *context;
	unsigned int most;		/* datagrams of a dump until it is left */
};

/*
 * Check the whole answer, and complain of what is wrong. After a dump that is
 * left the socket is closed, and another one opened.
 */
void exchange(const struct exchange *exchange);

/* The same, but the socket is closed after some of the answer. */
void exchange_part(const struct exchange *exchange, unsigned int part);

/* Take at most @most datagrams of which nobody knows what they answer. */
void exchange_drain(const struct exchange *exchange, unsigned int most);

#endif /* _EXCHANGE_H */
