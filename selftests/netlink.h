/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Generic netlink on a bare socket, for the ABI tests: no library between them and
 * the kernel. A test is a process that ends soon, so nothing is freed. Functions
 * that fail end the test.
 */
#ifndef _NETLINK_H
#define _NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

/* A request, built piece by piece. */
struct message {
	struct nlmsghdr header;
	struct genlmsghdr genl;
	uint8_t attributes[8192];
};

/* An attribute of a request. Type 0 ends a list of them. */
struct attribute {
	uint16_t type;
	uint16_t size;
	uint32_t u32;
	uint64_t u64;
	const char *string;
	const void *bytes;
	bool pair;			/* another of the next type: u32_next */
	uint32_t u32_next;
};

#define U32(t, v) ((struct attribute){ .type = (t), .size = 4, .u32 = (v) })
#define U64(t, v) ((struct attribute){ .type = (t), .size = 8, .u64 = (v) })
#define STRING(t, v) ((struct attribute){ .type = (t), .string = (v) })
#define BYTES(t, v, s)							\
	((struct attribute){ .type = (t), .bytes = (v), .size = (s) })
#define FLAG(t) ((struct attribute){ .type = (t) })

/* Two attributes of successive types. */
#define U32_PAIR(t, v, w)						\
	((struct attribute){ .type = (t), .size = 4, .u32 = (v),	\
			     .pair = true, .u32_next = (w) })

/* The rest of the array is zero and ends the list. */
#define ATTRIBUTES(...) ((const struct attribute[8]) { __VA_ARGS__ })

/* A message of the family: what the kernel has of one thing. */
struct object {
	uint8_t command;
	uint16_t flags;			/* NLM_F_* of the message */
	uint32_t port;
	uint32_t sequence;
	const struct nlattr *attributes;
	size_t size;			/* of the attributes */
};

/* The whole answer to a request. */
struct answer {
	int error;			/* error number, 0 if there is none */
	char text[256];			/* the extended ack's message, or "" */
	uint16_t fault;			/* type of the attribute at fault, or 0 */
	uint16_t missing;		/* type of the attribute missing, or 0 */
	bool interrupted;		/* NLM_F_DUMP_INTR was set somewhere */
	bool ended;
	uint16_t end;			/* by NLMSG_ERROR or NLMSG_DONE */
	size_t nr;
	struct object *objects;
};

struct netlink {
	int fd;
	uint16_t family;		/* 0: "dmstat" was not found */
	uint32_t group;			/* "region" */
	uint32_t io_group;		/* "io" */
	uint32_t sequence;
	struct message sent;
};

/* Return: 0 or the error number of looking up the family. */
int netlink_open(struct netlink *netlink);
void netlink_close(struct netlink *netlink);
/* Join "region", or "io". Return: 0 or an error number. */
int netlink_join(struct netlink *netlink);
int netlink_join_io(struct netlink *netlink);

void message_init(struct message *message, uint16_t type, uint8_t command,
		  uint16_t flags);
void message_add(struct message *message, uint16_t type, const void *data,
		 size_t size);
void message_add_all(struct message *message,
		     const struct attribute *attributes);

void netlink_send(struct netlink *netlink, const struct message *message);
/* Take one datagram. Return: 0 or an error number; EAGAIN after 60 s. */
int netlink_receive(struct netlink *netlink, struct answer *answer);
/* Take the rest of the answer. */
void netlink_finish(struct netlink *netlink, struct answer *answer);
struct answer netlink_exchange(struct netlink *netlink,
			       const struct message *message);
/* Free an answer; needed only in tests that read for long. */
void netlink_free(struct answer *answer);
/* Whether a datagram can be received. */
bool netlink_pending(const struct netlink *netlink);

/* A request and all of its answer. */
struct answer netlink_do(struct netlink *netlink, uint8_t command,
			 const struct attribute *attributes);
/* With NLM_F_ECHO: its answer, the notification, the ack. */
struct answer netlink_echo(struct netlink *netlink, uint8_t command,
			   const struct attribute *attributes);
struct answer netlink_dump(struct netlink *netlink, uint8_t command,
			   const struct attribute *attributes);
/* A dump and the first datagram of its answer. */
struct answer netlink_dump_start(struct netlink *netlink, uint8_t command,
				 const struct attribute *attributes);

/* NULL, 0 and false: the object has no such attribute. */
const struct nlattr *object_find(const struct object *object, uint16_t type);
bool object_has(const struct object *object, uint16_t type);
uint64_t object_uint(const struct object *object, uint16_t type);
const char *object_string(const struct object *object, uint16_t type);
struct object object_nested(const struct object *object, uint16_t type);
size_t object_count(const struct object *object);
bool object_equal(const struct object *a, const struct object *b);

#endif /* _NETLINK_H */
