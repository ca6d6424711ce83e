// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutations: bits, lengths, types and flags change; parts are repeated, removed or
 * added. Each mutation works on any datagram, because others may have changed it
 * before.
 */
#include <string.h>

#include "../attribute.h"
#include "mutate.h"

#define ATTRIBUTES 64
#define DEEPEST 80

/* What a mutation changes. */
struct work {
	struct datagram *datagram;
	struct random *random;
	struct nlmsghdr *message;	/* one of the messages */
	uint8_t *start;			/* of its attributes */
	size_t room;			/* of its attributes */
	struct nlattr *attribute;	/* one of its attributes, or NULL */
};

/* Insert bytes into the message, or remove them if @size is negative. */
static uint8_t *resize(struct work *work, void *where, long size)
{
	struct datagram *datagram = work->datagram;
	uint8_t *at = where, *end = datagram->bytes + datagram->size;
	uint8_t *from = size < 0 ? at - size : at;

	if (datagram->size + size > DATAGRAM_ROOM || from > end)
		return NULL;
	memmove(from + size, from, end - from);
	datagram->size += size;
	work->message->nlmsg_len += size;
	return at;
}

/* -------------------------------------------------------------- attributes */

static uint16_t wrong_length(struct random *random, uint16_t length)
{
	static const uint16_t lengths[] = {
		0, 1, 2, 3, 4, 5, 8, 12, 0x7fff, 0x8000, 0xfffc, 0xffff,
	};

	switch (random_below(random, 4)) {
	case 0:
		return length - 1 - random_below(random, 8);
	case 1:
		return length + 1 + random_below(random, 8);
	case 2:
		return random_next(random);
	default:
		return lengths[random_below(random, sizeof(lengths) /
					    sizeof(lengths[0]))];
	}
}

static void attribute_length(struct work *work)
{
	if (work->attribute)
		work->attribute->nla_len =
			wrong_length(work->random, work->attribute->nla_len);
}

static void attribute_type_unknown(struct work *work)
{
	struct random *random = work->random;
	uint16_t type;

	if (!work->attribute)
		return;
	type = random_one_in(random, 4) ? random_next(random) :
					  random_below(random, 32);
	work->attribute->nla_type = type;
}

static void attribute_flags(struct work *work)
{
	if (work->attribute)
		work->attribute->nla_type ^=
			(1 + random_below(work->random, 3)) << 14;
}

static void attribute_repeat(struct work *work)
{
	struct nlattr *attribute = work->attribute;
	size_t size;
	uint8_t *at;

	if (!attribute)
		return;
	size = NLA_ALIGN(attribute->nla_len);
	at = resize(work, attribute, size);
	if (at)
		memcpy(at, at + size, size);
}

static void attribute_remove(struct work *work)
{
	if (work->attribute)
		resize(work, work->attribute,
		       -(long)NLA_ALIGN(work->attribute->nla_len));
}

/* Move it to the end of its message. */
static void attribute_move(struct work *work)
{
	struct nlattr *attribute = work->attribute;
	uint8_t *end = work->start + work->room, *next;
	static uint8_t copy[UINT16_MAX + NLA_ALIGNTO];
	size_t size;

	if (!attribute)
		return;
	size = NLA_ALIGN(attribute->nla_len);
	next = (uint8_t *)attribute + size;
	if (next > end)
		return;
	memcpy(copy, attribute, size);
	memmove(attribute, next, end - next);
	memcpy(end - size, copy, size);
}

static void attribute_value(struct work *work)
{
	static const uint8_t bytes[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct nlattr *attribute = work->attribute;

	if (attribute && attribute_size(attribute))
		memset(attribute + 1,
		       bytes[random_below(work->random, sizeof(bytes))],
		       attribute_size(attribute));
}

/* Nests within nests, before an attribute and with its type. */
static void attribute_deep(struct work *work)
{
	unsigned int depth = 1 + random_below(work->random, DEEPEST), i;
	uint16_t type = 1 + random_below(work->random, 16);
	size_t size = depth * NLA_HDRLEN;
	struct nlattr *nests;

	if (work->attribute && !random_one_in(work->random, 4))
		type = attribute_type(work->attribute);
	nests = (void *)resize(work, work->attribute ?: (void *)work->start,
			       size);
	for (i = 0; nests && i < depth; i++) {
		nests[i].nla_len = size - i * NLA_HDRLEN;
		nests[i].nla_type = type | NLA_F_NESTED;
	}
}

/* ---------------------------------------------------------------- messages */

static void message_length(struct work *work)
{
	static const uint32_t lengths[] = {
		0, 1, 15, 16, 17, 19, 20, 21, 23, 24, 0x7fffffff, 0x80000000,
		0xfffffff0, 0xffffffff,
	};
	struct random *random = work->random;
	uint32_t *length = &work->message->nlmsg_len;

	switch (random_below(random, 3)) {
	case 0:
		*length -= 1 + random_below(random, 24);
		break;
	case 1:
		*length += 1 + random_below(random, 24);
		break;
	default:
		*length = lengths[random_below(random, sizeof(lengths) /
					       sizeof(lengths[0]))];
	}
}

static void message_flags(struct work *work)
{
	static const uint16_t flags[] = {
		NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_ECHO,
		NLM_F_DUMP_INTR, NLM_F_DUMP_FILTERED, NLM_F_ROOT, NLM_F_MATCH,
		NLM_F_ATOMIC, NLM_F_DUMP, NLM_F_CREATE, NLM_F_APPEND,
	};
	struct random *random = work->random;

	if (random_one_in(random, 4))
		work->message->nlmsg_flags = random_next(random);
	else
		work->message->nlmsg_flags ^=
			flags[random_below(random, sizeof(flags) /
					   sizeof(flags[0]))];
}

static void message_type(struct work *work)
{
	struct random *random = work->random;

	work->message->nlmsg_type = random_one_in(random, 2) ?
		random_below(random, NLMSG_MIN_TYPE) : random_next(random);
}

static void message_port(struct work *work)
{
	work->message->nlmsg_pid = random_next(work->random);
}

static void message_repeat(struct work *work)
{
	struct datagram *datagram = work->datagram;
	uint8_t *message = (uint8_t *)work->message;
	size_t size = work->start + work->room - message;
	size_t after = datagram->bytes + datagram->size - message;

	if (datagram->size + size > DATAGRAM_ROOM)
		return;
	memmove(message + size, message, after);
	datagram->size += size;
}

/* Add bytes after the last attribute. */
static void message_trail(struct work *work)
{
	size_t size = 1 + random_below(work->random, 12), i;
	uint8_t *at = resize(work, work->start + work->room, size);

	for (i = 0; at && i < size; i++)
		at[i] = random_next(work->random);
}

/* The generic netlink header: command, version or what is reserved. */
static void generic_header(struct work *work)
{
	struct random *random = work->random;
	struct genlmsghdr *genl = (void *)(work->start - GENL_HDRLEN);

	switch (random_below(random, 4)) {
	case 0:
		genl->version = random_next(random);
		break;
	case 1:
		genl->reserved = random_next(random);
		break;
	case 2:
		genl->cmd = random_next(random);
		break;
	default:
		genl->cmd = random_below(random, 16);
	}
}

/* ---------------------------------------------------------------- datagrams */

static void flip_bits(struct work *work)
{
	struct datagram *datagram = work->datagram;
	uint64_t nr = 1 + random_below(work->random, 8);

	while (nr--)
		datagram->bytes[random_below(work->random, datagram->size)] ^=
			1 << random_below(work->random, 8);
}

static void truncate_datagram(struct work *work)
{
	work->datagram->size = random_below(work->random,
					    work->datagram->size);
}

static void (*const ways[])(struct work *work) = {
	attribute_length, attribute_length, attribute_type_unknown,
	attribute_flags, attribute_repeat, attribute_remove, attribute_move,
	attribute_value, attribute_deep, message_length, message_flags,
	message_flags, message_type, message_port, message_repeat,
	message_trail, generic_header, generic_header, flip_bits, flip_bits,
	truncate_datagram,
};

static void choose_attribute(struct work *work)
{
	const struct nlattr *found[ATTRIBUTES], *a;
	size_t nr = 0;

	for_each_attribute(a, work->start, work->room)
		if (nr < ATTRIBUTES)
			found[nr++] = a;
	if (nr)
		work->attribute = (struct nlattr *)
			found[random_below(work->random, nr)];
}

/* Only messages with a whole header can be mutated. */
static bool choose_message(struct work *work)
{
	struct datagram *datagram = work->datagram;
	const struct request *request;
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	if (!datagram->nr)
		return false;
	request = &datagram->requests[random_below(work->random, datagram->nr)];
	if (!request->complete ||
	    request->offset + NLMSG_ALIGN(request->header.nlmsg_len) >
	    datagram->size)
		return false;
	work->message = datagram_header(datagram, request->offset);
	work->start = (uint8_t *)work->message + head;
	work->room = NLMSG_ALIGN(request->header.nlmsg_len) - head;
	choose_attribute(work);
	return true;
}

void mutate(struct datagram *datagram, struct random *random)
{
	struct work work = { .datagram = datagram, .random = random };
	unsigned int way = random_below(random, sizeof(ways) / sizeof(ways[0]));

	if (choose_message(&work))
		ways[way](&work);
}
