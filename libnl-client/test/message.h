/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message: build messages, well-formed or not
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_TEST_MESSAGE_H
#define DMSTAT_TEST_MESSAGE_H

#include <stdlib.h>
#include <string.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#define TEST_FAMILY	0x21
#define TEST_SEQUENCE	7

/* An answer of the family, without attributes. */
static inline struct nl_msg *test_answer(uint8_t command)
{
	struct nl_msg *message = nlmsg_alloc();

	genlmsg_put(message, 0, TEST_SEQUENCE, TEST_FAMILY, 0, NLM_F_MULTI,
		    command, 1);
	return message;
}

/* A message of another type. */
static inline struct nl_msg *test_control(int type, int flags,
					  const void *payload, size_t size)
{
	struct nl_msg *message = nlmsg_alloc();

	nlmsg_put(message, 0, TEST_SEQUENCE, type, 0, flags);
	nlmsg_append(message, (void *)payload, size, 0);
	return message;
}

/*
 * The first @size bytes of a message, as a message of that length, in memory
 * that ends there: valgrind and the address sanitizer find any read beyond it.
 */
static inline struct nlmsghdr *test_cut(const struct nlmsghdr *message,
					size_t size)
{
	struct nlmsghdr *copy = malloc(size);

	memcpy(copy, message, size);
	if (size >= sizeof(*copy))
		copy->nlmsg_len = size;
	return copy;
}

static inline struct nlmsghdr *test_copy(struct nl_msg *message)
{
	struct nlmsghdr *copy;

	copy = test_cut(nlmsg_hdr(message), nlmsg_hdr(message)->nlmsg_len);
	nlmsg_free(message);
	return copy;
}

#endif /* DMSTAT_TEST_MESSAGE_H */
