// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * call: a request to the module, under the number that its family has now
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>

#include "handle.h"
#include "resolve.h"
#include "scope.h"

/**
 * dmstat_call_walk() - send a request and walk the answer
 * @handle: the handle
 * @request: the request; stays the caller's
 * @callback: gets the messages of the answer
 * @data: passed to @callback
 *
 * ENOENT without words may mean that the kernel does not know the family by this
 * number: the module was unloaded, and may have been loaded again since. Or a
 * dump was refused by a kernel that sends no words with that.
 *
 * Return: as dmstat_exchange().
 */
int dmstat_call_walk(struct dmstat *handle, struct nl_msg *request,
		     dmstat_message_fn callback, void *data)
{
	struct exchange exchange = { .callback = callback, .data = data };
	const struct failure before = handle->failure;
	int ret;

	ret = dmstat_exchange(handle, request, &exchange);
	if (ret != -ENOENT || !exchange.refused || handle->failure.extack ||
	    exchange.messages)
		return ret;

	ret = dmstat_resolve(handle);
	if (ret)
		return ret;
	if (handle->family.type == nlmsg_hdr(request)->nlmsg_type)
		return dmstat_failure_refused(&handle->failure, -ENOENT,
					      nlmsg_hdr(request));

	handle->failure = before;
	nlmsg_hdr(request)->nlmsg_type = handle->family.type;
	exchange = (struct exchange){ .callback = callback, .data = data };
	return dmstat_exchange(handle, request, &exchange);
}

/* Keep a copy: the acknowledgment will overwrite the datagram. */
static int keep_reply(const struct nlmsghdr *message, void *data)
{
	struct nlmsghdr **reply = data;

	free(*reply);
	*reply = malloc(message->nlmsg_len);
	if (!*reply)
		return -ENOMEM;

	memcpy(*reply, message, message->nlmsg_len);
	return 0;
}

static void drop_reply(struct nlmsghdr **reply)
{
	free(*reply);
}

/**
 * dmstat_call_one() - send a request that is answered by one message
 * @handle: the handle; the message is put into its @reply
 * @request: the request; stays the caller's
 *
 * Return: 0 or a negative error number.
 */
int dmstat_call_one(struct dmstat *handle, struct nl_msg *request)
{
	struct nlmsghdr *reply ON_EXIT(drop_reply) = NULL;
	int ret;

	ret = dmstat_call_walk(handle, request, keep_reply, &reply);
	if (ret)
		return ret;
	if (!reply)
		return dmstat_failure_errno(&handle->failure, -EBADMSG);

	free(handle->reply);
	handle->reply = reply;
	reply = NULL;
	return 0;
}

static int ignore_reply(const struct nlmsghdr *message, void *data)
{
	(void)message;
	(void)data;
	return 0;
}

/**
 * dmstat_call_none() - send a request that is only acknowledged
 * @handle: the handle
 * @request: the request; stays the caller's
 *
 * Return: 0 or a negative error number.
 */
int dmstat_call_none(struct dmstat *handle, struct nl_msg *request)
{
	return dmstat_call_walk(handle, request, ignore_reply, NULL);
}
