// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * call: send a request to the module, again if the module was reloaded
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
 * dmstat_call_walk() - send a request and pass each message of the answer on
 * @handle: the handle
 * @request: the request; owned by the caller
 * @callback: called for each message
 * @data: passed to @callback
 *
 * An ENOENT without an extack message has two possible causes. The family's
 * number may be stale because the module was unloaded and perhaps loaded again:
 * then the request is sent again with the new number. Or a kernel before 6.7
 * refused a dump.
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

/* Copy the message: the acknowledgment overwrites the datagram. */
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
 * dmstat_call_one() - send a request whose answer is one message
 * @handle: the handle; its @reply is replaced by a copy of the message
 * @request: the request; owned by the caller
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
 * dmstat_call_none() - send a request whose answer is an acknowledgment
 * @handle: the handle
 * @request: the request; owned by the caller
 *
 * Return: 0 or a negative error number.
 */
int dmstat_call_none(struct dmstat *handle, struct nl_msg *request)
{
	return dmstat_call_walk(handle, request, ignore_reply, NULL);
}
