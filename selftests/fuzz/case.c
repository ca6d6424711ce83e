// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams as text: printed, and read and sent again.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "../attribute.h"
#include "case.h"
#include "exchange.h"
#include "explore.h"
#include "record.h"

/* Attributes of which more would not be read by anybody. */
#define PRINT_BYTES 512

/* ----------------------------------------------------------------- printing */

static void print_bytes(const uint8_t *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < size && i < PRINT_BYTES; i++)
		printf("%02x ", bytes[i]);
	if (i < size)
		printf("# and %zu more of them: ", size - i);
}

static void print_header(const struct request *request, const uint8_t *bytes,
			 uint16_t id)
{
	const char *name = request->operation ? request->operation->name :
						"no request of the family";

	print_bytes(bytes, 4);
	if (request->header.nlmsg_type == id)
		printf("<family> ");
	else
		print_bytes(bytes + 4, 2);
	print_bytes(bytes + 6, NLMSG_HDRLEN - 6);
	printf(" # flags %#x\n", request->header.nlmsg_flags);
	if (!request->complete)
		return;
	print_bytes(bytes + NLMSG_HDRLEN, GENL_HDRLEN);
	printf(" # %s %s\n", name, request->mode == SPEC_DUMP ? "dump" : "do");
}

/* Return: whether it is the value of something that is known. */
static bool print_known(const struct request *request, const struct nlattr *a,
			const struct learnt *learnt)
{
	const struct spec_attribute *attribute;
	uint64_t known, value;
	const char *name;

	name = learnt_needed_name(learnt, request->operation, request->mode,
				  a->nla_type);
	if (!name || !learnt_by_name(learnt, name, &known))
		return false;
	attribute = spec_attribute(request->operation->set, a->nla_type);
	if (attribute_size(a) != attribute->size)
		return false;
	value = integer_get(attribute_data(a), attribute->size, false,
			    attribute->swapped);
	if (value != known)
		return false;
	printf("<%s:%u> ", name, attribute->size);
	return true;
}

static void print_attribute(const struct request *request,
			    const struct nlattr *a, const struct learnt *learnt)
{
	const struct spec_attribute *attribute = NULL;
	const uint8_t *bytes = (const uint8_t *)a;

	if (request->operation)
		attribute = spec_attribute(request->operation->set,
					   attribute_type(a));
	print_bytes(bytes, NLA_HDRLEN);
	if (!attribute || !learnt || !print_known(request, a, learnt))
		print_bytes(bytes + NLA_HDRLEN, attribute_size(a));
	print_bytes(bytes + a->nla_len, NLA_ALIGN(a->nla_len) - a->nla_len);
	printf(" # %s\n", attribute ? attribute->name : "?");
}

static void print_request(const struct datagram *datagram,
			  const struct request *request, uint16_t id,
			  const struct learnt *learnt)
{
	const uint8_t *bytes = &datagram->bytes[request->offset];
	size_t size = NLMSG_ALIGN(request->header.nlmsg_len), head;
	const struct nlattr *a;

	if (size > datagram->size - request->offset)
		size = datagram->size - request->offset;
	print_header(request, bytes, id);
	head = NLMSG_HDRLEN + (request->complete ? GENL_HDRLEN : 0);
	/* A length that is not aligned ends in the padding. */
	for_each_attribute(a, bytes + head, size - head) {
		if ((const uint8_t *)a + NLA_ALIGN(a->nla_len) > bytes + size)
			break;
		print_attribute(request, a, learnt);
	}
	if ((const uint8_t *)a < bytes + size) {
		print_bytes((const uint8_t *)a, bytes + size -
						(const uint8_t *)a);
		printf(" # no attribute\n");
	}
}

void case_print(const struct datagram *datagram, uint16_t id,
		const struct learnt *learnt)
{
	const struct request *last;
	size_t i, end = 0;

	printf("send\n");
	for (i = 0; i < datagram->nr; i++)
		print_request(datagram, &datagram->requests[i], id, learnt);
	if (datagram->nr) {
		last = &datagram->requests[datagram->nr - 1];
		end = last->offset + NLMSG_ALIGN(last->header.nlmsg_len);
	}
	if (end < datagram->size) {
		print_bytes(&datagram->bytes[end], datagram->size - end);
		printf(" # no message\n");
	}
	printf("receive\n");
}

/* ------------------------------------------------------------------ running */

struct run {
	const char *path;
	unsigned int line;
	const struct channel_family *found;
	struct learnt *learnt;
	struct channel channel;
	struct datagram datagram;
	bool unsent;			/* the datagram is being read */
	unsigned int sent;		/* since the last time of receiving */
	uint64_t events;		/* that came when it was received last */
	uint32_t sequence;
};

static void bad(const struct run *run, const char *word)
{
	errx(EXIT_FAILURE, "%s:%u: what is \"%s\"?", run->path, run->line,
	     word);
}

static void put(struct run *run, uint64_t value, size_t size)
{
	struct datagram *datagram = &run->datagram;

	if (!run->unsent || datagram->size + size > DATAGRAM_ROOM)
		errx(EXIT_FAILURE, "%s:%u: bytes in the wrong place",
		     run->path, run->line);
	memcpy(&datagram->bytes[datagram->size], &value, size);
	datagram->size += size;
}

/* <NAME> or <NAME:SIZE> */
static void put_named(struct run *run, char *word)
{
	uint64_t value = run->found->id;
	char *name = word + 1, *colon;
	size_t size = 4;

	if (word[strlen(word) - 1] != '>')
		bad(run, word);
	word[strlen(word) - 1] = 0;
	colon = strchr(name, ':');
	if (colon) {
		*colon = 0;
		size = strtoul(colon + 1, NULL, 10);
	}
	if (!strcmp(name, "family"))
		size = sizeof(run->found->id);
	else if (!integer_size_is_known(size) ||
		 !learnt_by_name(run->learnt, name, &value))
		bad(run, name);
	put(run, value, size);
}

static void put_byte(struct run *run, const char *word)
{
	char *end;
	unsigned long value = strtoul(word, &end, 16);

	if (strlen(word) != 2 || *end)
		bad(run, word);
	put(run, value, 1);
}

/*
 * What is sent is only checked when it is received, and then only if nobody
 * has sent anything else in between.
 */
static void send_pending(struct run *run)
{
	if (!run->unsent)
		return;
	run->unsent = false;
	run->sent++;
	datagram_walk(&run->datagram, run->found->id, run->sequence);
	run->sequence += DATAGRAM_REQUESTS;
	record_datagram(&run->datagram, run->line, MANNER_READ);
}

static void begin_datagram(struct run *run, const char *unused)
{
	if (run->unsent) {
		send_pending(run);
		channel_send(&run->channel, &run->datagram);
	}
	run->unsent = true;
	run->datagram.size = 0;
	run->datagram.nr = 0;
}

static void receive(struct run *run, const char *unused)
{
	struct exchange received = {
		.found = run->found,
		.channel = &run->channel,
		.datagram = &run->datagram,
		.learnt = run->learnt,
		.most = EXCHANGE_ALL,
	};
	bool alone = run->unsent && !run->sent;

	run->events = record->events;
	send_pending(run);
	if (alone) {
		exchange(&received);
	} else {
		channel_send(&run->channel, &run->datagram);
		exchange_drain(&received, EXCHANGE_ALL);
	}
	run->events = record->events - run->events;
	run->sent = 0;
}

static void expect(struct run *run, const char *name)
{
	const struct request *last;
	const char *seen;

	if (!run->datagram.nr)
		bad(run, name);
	last = &run->datagram.requests[run->datagram.nr - 1];
	seen = last->verdict == VERDICT_NONE ? "nothing" :
	       strerrorname_np(last->error);
	if (strcmp(seen, name))
		complain("%s:%u: the answer was %s and not %s", run->path,
			 run->line, seen, name);
}

static void expect_missing(struct run *run, const char *type)
{
	const struct request *last;

	if (!run->datagram.nr)
		bad(run, type);
	last = &run->datagram.requests[run->datagram.nr - 1];
	if (last->missing != atoi(type))
		complain("%s:%u: attribute %u was missing and not %s",
			 run->path, run->line, last->missing, type);
}

static void expect_events(struct run *run, const char *nr)
{
	if (run->events != strtoul(nr, NULL, 10))
		complain("%s:%u: %" PRIu64 " events came and not %s", run->path,
			 run->line, run->events, nr);
}

static void set_buffer(struct run *run, const char *bytes)
{
	channel_set_buffer(&run->channel, atoi(bytes));
}

static void close_socket(struct run *run, const char *unused)
{
	begin_datagram(run, NULL);
	run->unsent = false;
	channel_close(&run->channel);
	channel_open(&run->channel, true);
	run->sent = 0;
}

static const struct directive {
	const char *word;
	void (*run)(struct run *run, const char *argument);
	bool has_argument;
} directives[] = {
	{ "send", begin_datagram },
	{ "receive", receive },
	{ "expect", expect, true },
	{ "missing", expect_missing, true },
	{ "events", expect_events, true },
	{ "buffer", set_buffer, true },
	{ "close", close_socket },
};

static const struct directive *find_directive(const char *word)
{
	unsigned int i;

	for (i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
		if (!strcmp(directives[i].word, word))
			return &directives[i];
	return NULL;
}

static void run_line(struct run *run, char *line)
{
	char *comment = strchr(line, '#'), *rest, *word, *argument = NULL;
	const struct directive *directive;

	if (comment)
		*comment = 0;
	for (word = strtok_r(line, " \t\n", &rest); word;
	     word = strtok_r(NULL, " \t\n", &rest)) {
		directive = find_directive(word);
		if (directive && directive->has_argument) {
			argument = strtok_r(NULL, " \t\n", &rest);
			if (!argument)
				bad(run, word);
		}
		if (directive)
			directive->run(run, argument);
		else if (*word == '<')
			put_named(run, word);
		else
			put_byte(run, word);
	}
}

void case_run(const char *path, const struct channel_family *found,
	      struct learnt *learnt)
{
	static struct run run;
	FILE *file = fopen(path, "r");
	size_t size = 0;
	char *line = NULL;

	if (!file)
		err(EXIT_FAILURE, "%s", path);
	/* In case that nothing more can be said. */
	printf("%s\n", path);
	fflush(stdout);
	run.path = path;
	run.found = found;
	run.learnt = learnt;
	run.unsent = false;
	run.sent = 0;
	run.datagram.nr = 0;
	explore_objects(learnt, found, true);
	channel_open(&run.channel, true);
	for (run.line = 1; getline(&line, &size, file) >= 0; run.line++)
		run_line(&run, line);
	if (run.unsent)
		receive(&run, NULL);
	channel_close(&run.channel);
	free(line);
	fclose(file);
}
