// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that fuzzes: datagram after datagram, each made from the seed, the
 * process's number and its own. Most answers are read and checked; some are
 * left to fill the socket's buffer, and some requests come from a socket that
 * was opened without privileges.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../attribute.h"
#include "case.h"
#include "exchange.h"
#include "explore.h"
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

/* Every so many datagrams it is seen to that not too much is there. */
#define HOUSEKEEPING 64
#define KEEP 24
#define SURPLUS 64

struct sockets {
	struct channel capped;
	struct channel whole;
	struct channel unprivileged;
	struct channel flood;
};

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* ----------------------------------------------------------------- datagrams */

struct prepared {
	enum manner manner;
	bool spoiled;
	struct random random;		/* for how it is sent */
};

static enum manner choose_manner(struct random *random)
{
	uint64_t chosen = random_below(random, 64);

	if (chosen < UNPRIVILEGED)
		return MANNER_UNPRIVILEGED;
	return chosen < UNPRIVILEGED + FLOOD ? MANNER_FLOOD : MANNER_READ;
}

/* Datagram @number of the process, and how it is to be sent. */
static struct prepared prepare(const struct worker *worker,
			       struct datagram *datagram, uint64_t number)
{
	uint16_t id = worker->found->id;
	struct prepared prepared = {};
	struct random random;
	uint64_t mutations;

	random_init(&random, worker->seed, worker->process, number);
	prepared.manner = choose_manner(&random);
	prepared.random.state = random_next(&random);
	mutations = random_below(&random, 8);
	prepared.spoiled = mutations < 3;

	generate(datagram, &random, &worker->learnt, id);
	datagram_walk(datagram, id, number * DATAGRAM_REQUESTS);
	for (mutations++; prepared.spoiled && mutations; mutations--) {
		mutate(datagram, &random);
		datagram_walk(datagram, id, number * DATAGRAM_REQUESTS);
	}
	return prepared;
}

/* ------------------------------------------------------------------- sending */

static void send_and_read(struct worker *worker, struct channel *channel,
			  struct datagram *datagram, struct random *random)
{
	static const unsigned int most[] = { 1, 1, 2, 4, 4, 4, 4, 16 };
	struct exchange sent = {
		.found = worker->found,
		.channel = channel,
		.datagram = datagram,
		.learnt = &worker->learnt,
		.most = most[random_below(random, sizeof(most) /
					  sizeof(most[0]))],
	};
	uint64_t start = nanoseconds(), took;

	if (random_one_in(random, LEAVE))
		exchange_part(&sent, random_below(random, CHANNEL_BATCH));
	else
		exchange(&sent);
	record_verdicts(datagram);

	took = nanoseconds() - start;
	if (took > record->slowest_ns) {
		record->slowest_ns = took;
		record->slowest = record->number;
		record->slowest_process = worker->process;
	}
}

/* Many have joined the groups, few have much room. */
static void open_flood(struct worker *worker, struct channel *channel,
		       struct random *random)
{
	unsigned int i;
	int error;

	channel_open(channel, random_one_in(random, 2));
	channel_set_buffer(channel, 1 << random_below(random, 17));
	for (i = 0; i < worker->found->nr_groups; i++) {
		if (random_one_in(random, 2))
			continue;
		error = channel_join(channel, worker->found->groups[i]);
		if (error)
			complain("cannot join group %s: %s", family.groups[i],
				 strerrorname_np(error));
	}
}

static void send_and_leave(struct worker *worker, struct channel *channel,
			   struct datagram *datagram, struct random *random)
{
	struct exchange drained = {
		.found = worker->found,
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
		     struct datagram *datagram, struct prepared *prepared)
{
	struct random *random = &prepared->random;

	if (prepared->manner == MANNER_FLOOD)
		send_and_leave(worker, &sockets->flood, datagram, random);
	else if (prepared->manner == MANNER_UNPRIVILEGED)
		send_and_read(worker, &sockets->unprivileged, datagram, random);
	else if (datagram->size < WHOLE_ERRORS && random_one_in(random, 8))
		send_and_read(worker, &sockets->whole, datagram, random);
	else
		send_and_read(worker, &sockets->capped, datagram, random);
	record->spoiled += prepared->spoiled ? datagram->nr : 0;
}

/* -------------------------------------------------------------- housekeeping */

/* What there is, and the first of it. */
struct surplus {
	const struct spec_operation *operation;	/* which lists it */
	unsigned int nr;
	struct learnt_object objects[SURPLUS];
};

static void count(const void *data, size_t size, void *context)
{
	const struct nlmsghdr *header = data;
	struct surplus *surplus = context;
	struct learnt_object *object;
	int rest = size;

	for (; NLMSG_OK(header, rest); header = NLMSG_NEXT(header, rest)) {
		if (header->nlmsg_type < NLMSG_MIN_TYPE)
			continue;
		size = NLMSG_PAYLOAD(header, GENL_HDRLEN);
		if (surplus->nr < SURPLUS && size <= LEARN_SIZE) {
			object = &surplus->objects[surplus->nr];
			object->set = surplus->operation->set;
			object->size = size;
			memcpy(object->attributes, NLMSG_DATA(header) +
			       GENL_HDRLEN, size);
		}
		surplus->nr++;
	}
}

static void keep_house_exchange(struct worker *worker, struct channel *channel,
				struct datagram *datagram,
				struct surplus *surplus)
{
	struct exchange sent = {
		.found = worker->found,
		.channel = channel,
		.datagram = datagram,
		.learnt = &worker->learnt,
		.look = surplus ? count : NULL,
		.context = surplus,
		.most = EXCHANGE_ALL,
	};

	datagram_walk(datagram, worker->found->id, 1);
	record_datagram(datagram, record->number, MANNER_HOUSEKEEPING);
	exchange(&sent);
}

/* Delete the oldest of what an operation has made, if there is too much. */
static void keep_house(struct worker *worker, struct channel *channel,
		       const struct spec_operation *operation)
{
	const struct spec_operation *undo, *list;
	static struct datagram datagram;
	static struct surplus surplus;
	uint64_t needed;
	unsigned int i;

	undo = &family.operations[operation->undo];
	list = &family.operations[operation->list];
	needed = worker->learnt.needed[spec_index(undo)][SPEC_DO];
	surplus.operation = list;
	surplus.nr = 0;
	generate_plain(&datagram, list, SPEC_DUMP, 0, NULL, worker->found->id);
	keep_house_exchange(worker, channel, &datagram, &surplus);

	for (i = 0; i < SURPLUS && surplus.nr > KEEP + i; i++) {
		generate_plain(&datagram, undo, SPEC_DO, needed,
			       &surplus.objects[i], worker->found->id);
		keep_house_exchange(worker, channel, &datagram, NULL);
	}
}

static void keep_all_houses(struct worker *worker, struct channel *channel)
{
	const struct spec_operation *operation = family.operations;

	for (; operation < family.operations + SPEC_OPERATIONS; operation++)
		if (operation->undo >= 0 && operation->list >= 0)
			keep_house(worker, channel, operation);
}

/* ----------------------------------------------------------------- the whole */

static bool is_over(const struct worker *worker, uint64_t start)
{
	if (worker->seconds)
		return nanoseconds() - start >=
		       worker->seconds * 1000000000ULL;
	return record->messages - record->manner[MANNER_HOUSEKEEPING] >=
	       worker->messages;
}

void worker_run(struct worker *worker)
{
	static struct datagram datagram;
	uint64_t start = nanoseconds(), number;
	struct prepared prepared;
	struct sockets sockets;
	struct random random;

	random_init(&random, worker->seed, worker->process, UINT64_MAX);
	channel_open(&sockets.capped, true);
	channel_open(&sockets.whole, false);
	channel_open_unprivileged(&sockets.unprivileged, true);
	open_flood(worker, &sockets.flood, &random);

	for (number = 0; !is_over(worker, start); number++) {
		prepared = prepare(worker, &datagram, number);
		record_datagram(&datagram, number, prepared.manner);
		send_one(worker, &sockets, &datagram, &prepared);
		if (number % HOUSEKEEPING == 0)
			keep_all_houses(worker, &sockets.capped);
	}

	channel_close(&sockets.capped);
	channel_close(&sockets.whole);
	channel_close(&sockets.unprivileged);
	channel_close(&sockets.flood);
}

/* -------------------------------------------------------------------- replay */

static void print_verdict(const struct request *request)
{
	static const char *const verdicts[] = {
		[VERDICT_NONE] = "nothing", [VERDICT_ACCEPTED] = "accepted",
		[VERDICT_LEFT] = "left", [VERDICT_REFUSED] = "refused",
	};

	printf("# %s: %s%s%s\n", request->operation ? request->operation->name :
						      "no request",
	       verdicts[request->verdict], request->error ? ", " : "",
	       request->error ? strerrorname_np(request->error) : "");
}

static void print_texts(void)
{
	const struct record_text *text;

	for (text = record->texts; text < record->texts + RECORD_TEXTS; text++)
		if (text->nr)
			printf("# %s: %s\n", strerrorname_np(text->error),
			       text->text);
}

void worker_replay(struct worker *worker, uint64_t number)
{
	static struct datagram datagram;
	struct prepared prepared = prepare(worker, &datagram, number);
	struct channel channel;
	size_t i;

	printf("# datagram %u:%llu of seed %llu, sent in the manner %s%s\n",
	       worker->process, (unsigned long long)number,
	       (unsigned long long)worker->seed, manner_names[prepared.manner],
	       prepared.spoiled ? ", spoiled" : "");
	case_print(&datagram, worker->found->id, &worker->learnt);

	if (prepared.manner == MANNER_UNPRIVILEGED)
		channel_open_unprivileged(&channel, true);
	else
		channel_open(&channel, true);
	record_datagram(&datagram, number, prepared.manner);
	memset(record->texts, 0, sizeof(record->texts));
	send_and_read(worker, &channel, &datagram, &prepared.random);
	for (i = 0; i < datagram.nr; i++)
		print_verdict(&datagram.requests[i]);
	print_texts();
	channel_close(&channel);
}
