// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink on a bare socket: building requests, parsing answers.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/dmstat.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "attribute.h"
#include "netlink.h"

/* Small, so that a dump takes many datagrams. */
#define RECEIVE_SIZE 8192
#define RECEIVE_SECONDS 60

/* ------------------------------------------------------------ requests */

void message_init(struct message *message, uint16_t type, uint8_t command,
		  uint16_t flags)
{
	memset(message, 0, sizeof(*message));
	message->header.nlmsg_len = offsetof(struct message, attributes);
	message->header.nlmsg_type = type;
	message->header.nlmsg_flags = NLM_F_REQUEST | flags;
	message->genl.cmd = command;
	message->genl.version = DMSTAT_FAMILY_VERSION;
}

void message_add(struct message *message, uint16_t type, const void *data,
		 size_t size)
{
	struct nlattr *attribute = (void *)message + message->header.nlmsg_len;

	if (message->header.nlmsg_len + NLA_HDRLEN + NLA_ALIGN(size) >
	    sizeof(*message))
		errx(EXIT_FAILURE, "request too long");
	attribute->nla_type = type;
	attribute->nla_len = NLA_HDRLEN + size;
	if (size)
		memcpy((void *)attribute + NLA_HDRLEN, data, size);
	message->header.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(size);
}

void message_add_all(struct message *message,
		     const struct attribute *attributes)
{
	const struct attribute *a;

	for (a = attributes; a->type; a++) {
		if (a->string)
			message_add(message, a->type, a->string,
				    strlen(a->string) + 1);
		else if (a->bytes)
			message_add(message, a->type, a->bytes, a->size);
		else if (a->size == sizeof(a->u64))
			message_add(message, a->type, &a->u64, a->size);
		else
			message_add(message, a->type, &a->u32, a->size);
		if (a->pair)
			message_add(message, a->type + 1, &a->u32_next,
				    a->size);
	}
}

void netlink_send(struct netlink *netlink, const struct message *message)
{
	struct message *sent = &netlink->sent;

	memcpy(sent, message, sizeof(*sent));
	sent->header.nlmsg_seq = ++netlink->sequence;
	if (send(netlink->fd, sent, sent->header.nlmsg_len, 0) < 0)
		err(EXIT_FAILURE, "send");
}

/* ------------------------------------------------------------- answers */

static uint64_t attribute_uint(const struct nlattr *attribute)
{
	size_t size = attribute_size(attribute);

	if (size != sizeof(uint32_t) && size != sizeof(uint64_t))
		errx(EXIT_FAILURE, "attribute %u: not an integer",
		     attribute->nla_type);
	return integer_get(attribute_data(attribute), size);
}

/* The type of the attribute at an offset of the request; 0 beyond what was kept. */
static uint16_t attribute_at(const struct netlink *netlink, uint64_t offset)
{
	const struct nlattr *attribute = (void *)&netlink->sent + offset;

	if (offset < offsetof(struct message, attributes) ||
	    offset + NLA_HDRLEN > netlink->sent.header.nlmsg_len)
		errx(EXIT_FAILURE, "no attribute at offset %u of the request",
		     (unsigned int)offset);
	if (offset + NLA_HDRLEN > sizeof(netlink->sent))
		return 0;
	return attribute_type(attribute);
}

static void take_extended_ack(const struct netlink *netlink,
			      struct answer *answer,
			      const struct nlattr *attributes, size_t size)
{
	const struct nlattr *a;

	for_each_attribute(a, attributes, size) {
		switch (attribute_type(a)) {
		case NLMSGERR_ATTR_MSG:
			snprintf(answer->text, sizeof(answer->text), "%s",
				 (const char *)attribute_data(a));
			break;
		case NLMSGERR_ATTR_OFFS:
			answer->fault = attribute_at(netlink,
						     attribute_uint(a));
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			answer->missing = attribute_uint(a);
			break;
		}
	}
}

/* NLMSG_ERROR and NLMSG_DONE both begin with a negative error number. */
static void take_end(const struct netlink *netlink, struct answer *answer,
		     const struct nlmsghdr *header)
{
	size_t skip = sizeof(int), size = NLMSG_PAYLOAD(header, 0);
	const void *payload = NLMSG_DATA(header);
	int error = 0;

	if (size >= sizeof(error))
		memcpy(&error, payload, sizeof(error));
	answer->error = -error;
	answer->ended = true;
	answer->end = header->nlmsg_type;

	if (header->nlmsg_type == NLMSG_ERROR) {
		skip = sizeof(struct nlmsgerr);
		if (!(header->nlmsg_flags & NLM_F_CAPPED))
			errx(EXIT_FAILURE, "NETLINK_CAP_ACK has no effect");
	}
	if (header->nlmsg_flags & NLM_F_ACK_TLVS)
		take_extended_ack(netlink, answer, payload + skip, size - skip);
}

static void take_object(struct answer *answer, const struct nlmsghdr *header)
{
	const struct genlmsghdr *genl = NLMSG_DATA(header);
	struct object *object;
	size_t size = NLMSG_PAYLOAD(header, GENL_HDRLEN);
	void *copy = malloc(size + 1);

	answer->objects = realloc(answer->objects,
				  (answer->nr + 1) * sizeof(*object));
	if (!copy || !answer->objects)
		errx(EXIT_FAILURE, "no memory");
	memcpy(copy, (const void *)genl + GENL_HDRLEN, size);

	object = &answer->objects[answer->nr++];
	object->command = genl->cmd;
	object->flags = header->nlmsg_flags;
	object->port = header->nlmsg_pid;
	object->sequence = header->nlmsg_seq;
	object->attributes = copy;
	object->size = size;
}

static void take(const struct netlink *netlink, struct answer *answer,
		 const struct nlmsghdr *header)
{
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;

	switch (header->nlmsg_type) {
	case NLMSG_ERROR:
	case NLMSG_DONE:
		take_end(netlink, answer, header);
		break;
	default:
		take_object(answer, header);
	}
}

int netlink_receive(struct netlink *netlink, struct answer *answer)
{
	static __thread char buffer[RECEIVE_SIZE] __attribute__((aligned(8)));
	const struct nlmsghdr *header = (void *)buffer;
	ssize_t size = recv(netlink->fd, buffer, sizeof(buffer), MSG_TRUNC);

	if (size < 0)
		return errno;
	if (size > sizeof(buffer))
		errx(EXIT_FAILURE, "a datagram of %zd bytes", size);
	for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size))
		take(netlink, answer, header);
	return 0;
}

void netlink_finish(struct netlink *netlink, struct answer *answer)
{
	int error;

	while (!answer->ended) {
		error = netlink_receive(netlink, answer);
		if (error)
			errx(EXIT_FAILURE, "receive: %s", strerror(error));
	}
}

struct answer netlink_exchange(struct netlink *netlink,
			       const struct message *message)
{
	struct answer answer = {};

	netlink_send(netlink, message);
	netlink_finish(netlink, &answer);
	return answer;
}

void netlink_free(struct answer *answer)
{
	size_t i;

	for (i = 0; i < answer->nr; i++)
		free((void *)answer->objects[i].attributes);
	free(answer->objects);
	*answer = (struct answer){};
}

bool netlink_pending(const struct netlink *netlink)
{
	struct pollfd poll_fd = { .fd = netlink->fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 1;
}

static struct answer request(struct netlink *netlink, uint8_t command,
			     uint16_t flags, const struct attribute *attributes)
{
	struct message message;

	message_init(&message, netlink->family, command, flags);
	message_add_all(&message, attributes);
	return netlink_exchange(netlink, &message);
}

struct answer netlink_do(struct netlink *netlink, uint8_t command,
			 const struct attribute *attributes)
{
	return request(netlink, command, NLM_F_ACK, attributes);
}

struct answer netlink_echo(struct netlink *netlink, uint8_t command,
			   const struct attribute *attributes)
{
	return request(netlink, command, NLM_F_ACK | NLM_F_ECHO, attributes);
}

struct answer netlink_dump_start(struct netlink *netlink, uint8_t command,
				 const struct attribute *attributes)
{
	struct answer answer = {};
	struct message message;
	int error;

	message_init(&message, netlink->family, command, NLM_F_DUMP);
	message_add_all(&message, attributes);
	netlink_send(netlink, &message);
	error = netlink_receive(netlink, &answer);
	if (error)
		errx(EXIT_FAILURE, "receive: %s", strerror(error));
	return answer;
}

struct answer netlink_dump(struct netlink *netlink, uint8_t command,
			   const struct attribute *attributes)
{
	struct answer answer;

	answer = netlink_dump_start(netlink, command, attributes);
	netlink_finish(netlink, &answer);
	return answer;
}

/* ------------------------------------------------------------- objects */

const struct nlattr *object_find(const struct object *object, uint16_t type)
{
	const struct nlattr *a;

	for_each_attribute(a, object->attributes, object->size) {
		if (attribute_type(a) == type)
			return a;
	}
	return NULL;
}

bool object_has(const struct object *object, uint16_t type)
{
	return object_find(object, type);
}

uint64_t object_uint(const struct object *object, uint16_t type)
{
	const struct nlattr *attribute = object_find(object, type);

	return attribute ? attribute_uint(attribute) : 0;
}

const char *object_string(const struct object *object, uint16_t type)
{
	const struct nlattr *attribute = object_find(object, type);
	const char *string;

	if (!attribute)
		return NULL;
	string = attribute_data(attribute);
	if (strnlen(string, attribute_size(attribute)) + 1 !=
	    attribute_size(attribute))
		errx(EXIT_FAILURE, "attribute %u: not a string", type);
	return string;
}

struct object object_nested(const struct object *object, uint16_t type)
{
	const struct nlattr *attribute = object_find(object, type);
	struct object nested = {};

	if (!attribute)
		return nested;
	nested.attributes = attribute_data(attribute);
	nested.size = attribute_size(attribute);
	return nested;
}

size_t object_count(const struct object *object)
{
	const struct nlattr *a;
	size_t nr = 0;

	for_each_attribute(a, object->attributes, object->size)
		nr++;
	return nr;
}

bool object_equal(const struct object *a, const struct object *b)
{
	return a->size == b->size &&
	       !memcmp(a->attributes, b->attributes, a->size);
}

/* ------------------------------------------------------------- sockets */

static void set_option(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		err(EXIT_FAILURE, "socket option %d", option);
}

static uint32_t find_group(const struct object *family, const char *name)
{
	/* A nest without NLA_F_NESTED, because it is older than the flag. */
	const struct nlattr *groups = object_find(family,
						  CTRL_ATTR_MCAST_GROUPS);
	const struct nlattr *a;

	if (!groups)
		return 0;
	for_each_attribute(a, attribute_data(groups), attribute_size(groups)) {
		struct object group = {
			.attributes = attribute_data(a),
			.size = attribute_size(a),
		};

		if (!strcmp(object_string(&group, CTRL_ATTR_MCAST_GRP_NAME),
			    name))
			return object_uint(&group, CTRL_ATTR_MCAST_GRP_ID);
	}
	return 0;
}

static uint16_t find_family(const struct object *family)
{
	uint16_t id;

	memcpy(&id, attribute_data(object_find(family, CTRL_ATTR_FAMILY_ID)),
	       sizeof(id));
	return id;
}

int netlink_open(struct netlink *netlink)
{
	struct timeval timeout = { .tv_sec = RECEIVE_SECONDS };
	struct message message;
	struct answer answer;

	memset(netlink, 0, sizeof(*netlink));
	netlink->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			     NETLINK_GENERIC);
	if (netlink->fd < 0)
		err(EXIT_FAILURE, "socket");
	set_option(netlink->fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
	set_option(netlink->fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
	if (setsockopt(netlink->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout,
		       sizeof(timeout)))
		err(EXIT_FAILURE, "SO_RCVTIMEO");

	message_init(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	message_add_all(&message, ATTRIBUTES(STRING(CTRL_ATTR_FAMILY_NAME,
						    DMSTAT_FAMILY_NAME)));
	answer = netlink_exchange(netlink, &message);
	if (answer.error)
		return answer.error;
	netlink->family = find_family(&answer.objects[0]);
	netlink->group = find_group(&answer.objects[0], DMSTAT_MCGRP_REGION);
	netlink->io_group = find_group(&answer.objects[0], DMSTAT_MCGRP_IO);
	return 0;
}

void netlink_close(struct netlink *netlink)
{
	close(netlink->fd);
}

static int join(struct netlink *netlink, int group)
{
	return setsockopt(netlink->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			  &group, sizeof(group)) ? errno : 0;
}

int netlink_join(struct netlink *netlink)
{
	return join(netlink, netlink->group);
}

int netlink_join_io(struct netlink *netlink)
{
	return join(netlink, netlink->io_group);
}
