// SPDX-License-Identifier: GPL-2.0-only
/*
 * A datagram is sent, and the answer is checked.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "answer.h"
#include "exchange.h"
#include "record.h"

/* The answer to a request that is no dump: reply, notification, verdict. */
#define ANSWERS 3

static void take(const struct exchange *exchange,
		 const struct answer_context *context,
		 const struct received *received)
{
	unsigned int i;

	for (i = 0; i < received->nr; i++) {
		if (!received->datagram[i].size)
			complain("an empty datagram");
		if (received->datagram[i].truncated)
			complain("a datagram of more than %zu bytes",
				 received->datagram[i].size);
		answer_take(context, received->datagram[i].data,
			    received->datagram[i].size);
	}
}

/* Take at most so many datagrams. Return: how many there were. */
static unsigned int take_some(const struct exchange *exchange,
			      const struct answer_context *context,
			      unsigned int most)
{
	struct received received;
	int error;

	error = channel_receive(exchange->channel, &received, most);
	/* A socket whose answers were not read may have lost some. */
	if (error && !(error == ENOBUFS && !context->asked))
		complain("cannot receive: %s", strerrorname_np(error));
	take(exchange, context, &received);
	return received.nr;
}

static void reopen(struct channel *channel)
{
	bool privileged = channel->privileged, capped = channel->capped;

	channel_close(channel);
	if (privileged)
		channel_open(channel, capped);
	else
		channel_open_unprivileged(channel, capped);
}

static struct answer_context begin(const struct exchange *exchange)
{
	int error = channel_send(exchange->channel, exchange->datagram);

	/* Newer kernels refuse an empty datagram. */
	if (error && !(error == ENODATA && !exchange->datagram->size))
		complain("cannot send %zu bytes: %s", exchange->datagram->size,
			 strerrorname_np(error));
	return (struct answer_context){
		.channel = exchange->channel,
		.id = exchange->id,
		.asked = exchange->datagram,
		.learnt = exchange->learnt,
	};
}

void exchange(const struct exchange *exchange)
{
	struct answer_context context = begin(exchange);
	unsigned int most = exchange->most + ANSWERS * exchange->datagram->nr;
	unsigned int taken = 0, nr;
	bool left = false;

	do {
		nr = take_some(exchange, &context, CHANNEL_BATCH);
		taken += nr;
		left = nr == CHANNEL_BATCH && taken >= most &&
		       answer_dump_runs(exchange->datagram);
	} while (nr == CHANNEL_BATCH && !left);
	if (left && exchange->most >= EXCHANGE_ALL)
		complain("a dump that does not end: %u datagrams", taken);
	answer_end(&context, left);
	if (left)
		reopen(exchange->channel);
}

void exchange_part(const struct exchange *exchange, unsigned int part)
{
	struct answer_context context = begin(exchange);

	if (part)
		take_some(exchange, &context, part);
	answer_end(&context, true);
	reopen(exchange->channel);
}

void exchange_drain(const struct exchange *exchange, unsigned int most)
{
	struct answer_context context = {
		.channel = exchange->channel,
		.id = exchange->id,
	};
	unsigned int nr;

	do {
		nr = take_some(exchange, &context, most);
		most -= nr;
	} while (most && nr == CHANNEL_BATCH);
}
