/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A datagram: several messages, and how the kernel sees them, well-formed or not.
 */
#ifndef _DATAGRAM_H
#define _DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "spec.h"

#define DATAGRAM_ROOM (128 * 1024)
#define DATAGRAM_REQUESTS 64

/* Generic netlink allocates ids below this. */
#define DATAGRAM_FAMILIES 1024

enum verdict {
	VERDICT_NONE,
	VERDICT_ACCEPTED,
	VERDICT_LEFT,			/* a dump that was not read to its end */
	VERDICT_REFUSED,
};

/* A message as the kernel sees it. */
struct request {
	uint32_t offset;
	struct nlmsghdr header;
	bool handled;			/* by the family */
	bool complete;			/* has a generic netlink header */
	uint8_t command;
	int mode;			/* SPEC_DO or SPEC_DUMP */
	const struct spec_operation *operation;	/* NULL: not in the spec */

	/* The answer to it. */
	enum verdict verdict;
	int error;
	bool answered;			/* with a message of the family */
	uint16_t missing;		/* type of an attribute, or 0 */
};

struct datagram {
	size_t size;
	size_t nr;
	struct request requests[DATAGRAM_REQUESTS];
	uint8_t bytes[DATAGRAM_ROOM] __attribute__((aligned(8)));
};

static inline struct nlmsghdr *datagram_header(struct datagram *datagram,
					       size_t offset)
{
	return (struct nlmsghdr *)&datagram->bytes[offset];
}

/* Return: the offset of the message. */
size_t datagram_begin(struct datagram *datagram, uint16_t type,
		      uint8_t command, uint16_t flags);
void datagram_end(struct datagram *datagram, size_t message);

/* What does not fit is left out. */
void datagram_put(struct datagram *datagram, uint16_t type, const void *data,
		  size_t size);
size_t datagram_nest(struct datagram *datagram, uint16_t type);
void datagram_nest_end(struct datagram *datagram, size_t nest);

/*
 * Find the messages that the kernel finds in it. @id is the id of the family;
 * messages to another family are redirected to it. Sequence numbers start at
 * @sequence.
 */
void datagram_walk(struct datagram *datagram, uint16_t id, uint32_t sequence);

#endif /* _DATAGRAM_H */
