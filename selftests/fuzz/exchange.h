/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sending a datagram and taking the answer.
 */
#ifndef _EXCHANGE_H
#define _EXCHANGE_H

#include "channel.h"
#include "datagram.h"
#include "learn.h"

/* Longer than any dump here is. */
#define EXCHANGE_ALL 1000

struct exchange {
	uint16_t id;			/* of the family */
	struct channel *channel;
	struct datagram *datagram;	/* walked */
	struct learnt *learnt;
	unsigned int most;		/* datagrams of a dump until it is left */
};

/*
 * Check the whole answer, and complain of what is wrong. A dump that is left
 * ends with its socket, and another one is opened.
 */
void exchange(const struct exchange *exchange);

/* The same, but the socket is closed after part of the answer. */
void exchange_part(const struct exchange *exchange, unsigned int part);

/* Take at most @most datagrams that answer something sent earlier. */
void exchange_drain(const struct exchange *exchange, unsigned int most);

#endif /* _EXCHANGE_H */
