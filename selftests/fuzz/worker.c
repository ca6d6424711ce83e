// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that fuzzes: datagram after datagram, each made from the seed, the
 * process's number and its own. Most answers are read and checked; some are
 * left to fill the socket's buffer, and some requests come from a socket that
 * was opened without privileges.
 */
#define _GNU_SOURCE
#include <string.h>
#include <time.h>

#include "exchange.h"
#include "generate.h"
#include "mutate.h"
#include "random.h"
#include "record.h"
#include "worker.h"

/* Of 64 datagrams. */
#define UNPRIVILEGED 1
#define FLOOD 4

/* Of so many datagrams one's answer is not read to its end. */
#define LEAVE 24

/* Larger ones would come back whole and fill the receive buffer. */
#define WHOLE_ERRORS 8192

struct sockets {
	struct channel capped;
	struct channel whole;
	struct channel unprivileged;
	struct channel flood;
};

static void prepare(const struct worker *worker, struct datagram *datagram,
		    struct random *random, uint64_t number)
{
	uint64_t mutations = random_below(random, 8);

	generate(datagram, random, &worker->learnt, worker->id);
	datagram_walk(datagram, worker->id, number * DATAGRAM_REQUESTS);
	if (mutations >= 3)
		return;
	for (mutations++; mutations; mutations--) {
		mutate(datagram, random);
		datagram_walk(datagram, worker->id,
			      number * DATAGRAM_REQUESTS);
	}
}

static void send_and_read(struct worker *worker, struct channel *channel,
			  struct datagram *datagram, struct random *random)
{
	static const unsigned int most[] = { 1, 1, 2, 4, 4, 4, 4, 16 };
	const struct exchange sent = {
		.id = worker->id,
		.channel = channel,
		.datagram = datagram,
		.learnt = &worker->learnt,
		.most = most[random_below(random, sizeof(most) /
					  sizeof(most[0]))],
	};

	if (random_one_in(random, LEAVE))
		exchange_part(&sent, random_below(random, CHANNEL_BATCH));
	else
		exchange(&sent);
	record_verdicts(datagram);
}

/* A socket that may be in the group, and has little buffer. */
static void open_flood(struct worker *worker, struct channel *channel,
		       struct random *random)
{
	int error;

	channel_open(channel, random_one_in(random, 2));
	channel_set_buffer(channel, 1 << random_below(random, 17));
	if (random_one_in(random, 2))
		return;
	error = channel_join(channel, worker->group);
	if (error)
		complain("cannot join the group: %s", strerrorname_np(error));
}

static void send_and_leave(struct worker *worker, struct channel *channel,
			   struct datagram *datagram, struct random *random)
{
	const struct exchange drained = {
		.id = worker->id,
		.channel = channel,
	};

	if (random_one_in(random, 16)) {
		channel_close(channel);
		open_flood(worker, channel, random);
	}
	channel_send(channel, datagram);
	if (random_one_in(random, 8))
		exchange_drain(&drained, 1 + random_below(random, 64));
}

static void send_one(struct worker *worker, struct sockets *sockets,
		     struct datagram *datagram, struct random *random)
{
	uint64_t chosen = random_below(random, 64);
	struct channel *channel = &sockets->capped;

	if (chosen < FLOOD) {
		send_and_leave(worker, &sockets->flood, datagram, random);
		return;
	}
	if (chosen < FLOOD + UNPRIVILEGED)
		channel = &sockets->unprivileged;
	else if (datagram->size < WHOLE_ERRORS && random_one_in(random, 8))
		channel = &sockets->whole;
	send_and_read(worker, channel, datagram, random);
}

static bool is_over(const struct worker *worker, time_t start)
{
	if (worker->seconds)
		return time(NULL) - start >= worker->seconds;
	return record->messages >= worker->messages;
}

void worker_run(struct worker *worker)
{
	static struct datagram datagram;
	struct sockets sockets;
	struct random random;
	time_t start = time(NULL);
	uint64_t number;

	random_init(&random, worker->seed, worker->process, UINT64_MAX);
	channel_open(&sockets.capped, true);
	channel_open(&sockets.whole, false);
	channel_open_unprivileged(&sockets.unprivileged, true);
	open_flood(worker, &sockets.flood, &random);

	for (number = 0; !is_over(worker, start); number++) {
		random_init(&random, worker->seed, worker->process, number);
		prepare(worker, &datagram, &random, number);
		record_datagram(&datagram, number);
		send_one(worker, &sockets, &datagram, &random);
	}

	channel_close(&sockets.capped);
	channel_close(&sockets.whole);
	channel_close(&sockets.unprivileged);
	channel_close(&sockets.flood);
}
