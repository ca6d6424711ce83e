// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * request: ask the kernel, and take its answer message by message
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * An answer is a number of messages of the request's own type, one after the
 * other in datagrams, then NLMSG_DONE (of a dump) or NLMSG_ERROR (of any other
 * request, with error 0 if all went well). Nothing is allocated for a message.
 *
 * When an answer is not read to its end, because a callback wants no more or
 * the answer is malformed, the rest must not be taken for an answer to the
 * next request. The socket is closed then: the kernel stops the dump at once,
 * which costs less than to read a million areas.
 */
#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/dmstat.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>

#include "attribute.h"
#include "failure.h"
#include "handle.h"

/* No error number of the kernel is greater. */
#define ERROR_MAX	4095

/* The end of an answer: NLMSG_ERROR or NLMSG_DONE. */
static int exchange_end(struct exchange *exchange,
			const struct nlmsghdr *message)
{
	const bool is_error = message->nlmsg_type == NLMSG_ERROR;
	int error = 0;

	if (nlmsg_datalen(message) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(message), sizeof(error));
	if (is_error &&
	    nlmsg_datalen(message) < (int)sizeof(struct nlmsgerr))
		return -EBADMSG;
	if (error > 0 || error < -ERROR_MAX)
		return -EBADMSG;

	/* Without memory for its first datagram the kernel refuses a dump, but
	 * goes on with it, areas that it clears included. If it finds no memory
	 * once more, receiving fails.
	 */
	if (is_error && error == -ENOBUFS &&
	    exchange->request->nlmsg_flags & NLM_F_DUMP)
		return 0;

	exchange->finished = true;
	if (!error)
		return 0;

	exchange->refused = true;
	return dmstat_failure_extack(exchange->failure, error, message,
				     exchange->request);
}

static int exchange_message(struct exchange *exchange,
			    const struct nlmsghdr *message)
{
	/* Belated answers to something else are none of ours. */
	if (message->nlmsg_seq != exchange->request->nlmsg_seq)
		return 0;

	/* The kernel marks the message after the change, and only that. */
	if (message->nlmsg_flags & NLM_F_DUMP_INTR &&
	    exchange->request->nlmsg_flags & NLM_F_DUMP)
		exchange->interrupted = true;

	switch (message->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_OVERRUN:
		return -ENOBUFS;
	case NLMSG_ERROR:
	case NLMSG_DONE:
		return exchange_end(exchange, message);
	}

	if (message->nlmsg_type != exchange->request->nlmsg_type ||
	    !message_is_whole(message))
		return -EBADMSG;

	exchange->messages++;
	return exchange->callback(message, exchange->data);
}

/**
 * dmstat_exchange_datagram() - take one datagram of the answer
 * @exchange: the exchange
 * @datagram: what was received, aligned for a struct nlmsghdr
 * @size: its size
 *
 * Return: 0, with @finished of @exchange set if this was the last; what its
 * callback returned; the error number that the kernel gave; -EBADMSG.
 */
int dmstat_exchange_datagram(struct exchange *exchange, const void *datagram,
			     size_t size)
{
	const struct nlmsghdr *message = datagram;
	int left = size, ret;

	while (nlmsg_ok(message, left)) {
		ret = exchange_message(exchange, message);
		if (ret || exchange->finished)
			return ret;
		message = nlmsg_next((struct nlmsghdr *)message, &left);
	}
	return left > 0 || !size ? -EBADMSG : 0;
}

static int send_once(struct dmstat *handle, const struct nlmsghdr *request)
{
	ssize_t size;

	do {
		size = send(nl_socket_get_fd(handle->socket), request,
			    request->nlmsg_len, 0);
	} while (size < 0 && errno == EINTR);
	return size < 0 ? -errno : 0;
}

/*
 * Let the socket send a request of this size. Beyond net.core.wmem_max that
 * takes CAP_NET_ADMIN; without, there is as much as everybody may have. The
 * kernel doubles the number, for it counts more than the bytes.
 */
static void make_room(struct dmstat *handle, uint32_t size)
{
	const int fd = nl_socket_get_fd(handle->socket);
	const int room = size;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
}

static int send_request(struct dmstat *handle, const struct nlmsghdr *request)
{
	const uint32_t size = request->nlmsg_len;
	int ret;

	ret = send_once(handle, request);
	if (ret == -EMSGSIZE) {
		make_room(handle, size);
		ret = send_once(handle, request);
	}
	if (ret == -EMSGSIZE)
		return dmstat_failure_text(&handle->failure, ret,
					   "a request of %u bytes is more than this socket may send: give the process CAP_NET_ADMIN, or set net.core.wmem_max to %u",
					   size, size);
	return ret ? dmstat_failure_errno(&handle->failure, ret) : 0;
}

static int take_answer(struct dmstat *handle, struct exchange *exchange)
{
	ssize_t size;
	int ret = 0;

	while (!ret && !exchange->finished) {
		size = dmstat_handle_receive(handle, 0);
		if (size < 0)
			return size;
		ret = dmstat_exchange_datagram(exchange, handle->datagram,
					       size);
	}
	return ret;
}

/* Fill in what the socket knows, and see to it that there is a socket. */
static int complete(struct dmstat *handle, struct nl_msg *request)
{
	int ret;

	if (!handle->socket) {
		ret = dmstat_handle_connect(handle);
		if (ret)
			return ret;
	}

	nlmsg_hdr(request)->nlmsg_seq = NL_AUTO_SEQ;
	nlmsg_hdr(request)->nlmsg_pid = NL_AUTO_PORT;
	nl_complete_msg(handle->socket, request);
	return 0;
}

/* An exchange with whom: the handle is busy while it is there. */
struct turn {
	struct dmstat *handle;
	const struct exchange *exchange;
};

static void turn_end(struct turn *turn)
{
	turn->handle->busy = false;
	if (!turn->exchange->finished)
		dmstat_handle_disconnect(turn->handle);
}

/* Return: as dmstat_request_walk(). Notes only why sending failed. */
static int take_turn(struct dmstat *handle, struct exchange *exchange)
{
	struct turn turn ON_EXIT(turn_end) = { handle, exchange };
	int ret;

	handle->busy = true;
	ret = send_request(handle, exchange->request);
	if (ret) {
		exchange->unsent = true;
		return ret;
	}
	return take_answer(handle, exchange);
}

static int exchange_once(struct dmstat *handle, struct nl_msg *request,
			 struct exchange *exchange)
{
	int ret;

	ret = complete(handle, request);
	if (ret)
		return dmstat_failure_errno(&handle->failure, ret);

	exchange->request = nlmsg_hdr(request);
	exchange->failure = &handle->failure;
	ret = take_turn(handle, exchange);
	if (!ret && exchange->interrupted)
		ret = -EAGAIN;
	if (ret < 0 && !exchange->refused && !exchange->unsent)
		dmstat_failure_errno(&handle->failure, ret);
	return ret;
}

/**
 * dmstat_request_walk() - send a request and walk the answer
 * @handle: the handle
 * @request: the request; stays the caller's
 * @callback: gets the messages of the answer
 * @data: passed to @callback
 *
 * ENOENT without words may mean that the kernel does not know the family by this
 * number: the module was unloaded, and may have been loaded again since. Or a
 * dump was refused by a kernel that sends no words with that.
 *
 * Return: 0, what @callback returned, or a negative error number, of which the
 * handle's failure then tells.
 */
int dmstat_request_walk(struct dmstat *handle, struct nl_msg *request,
			dmstat_message_fn callback, void *data)
{
	struct exchange exchange = { .callback = callback, .data = data };
	const struct failure before = handle->failure;
	int ret;

	/* The datagram is in use by whoever walks. */
	if (handle->busy)
		return dmstat_failure_errno(&handle->failure, -EBUSY);

	ret = exchange_once(handle, request, &exchange);
	if (ret != -ENOENT || !exchange.refused || handle->failure.extack ||
	    exchange.messages || exchange.request->nlmsg_type == GENL_ID_CTRL)
		return ret;

	ret = dmstat_family_resolve(handle);
	if (ret)
		return ret;
	if (handle->family.type == nlmsg_hdr(request)->nlmsg_type)
		return dmstat_failure_refused(&handle->failure, -ENOENT,
					      nlmsg_hdr(request));

	handle->failure = before;
	nlmsg_hdr(request)->nlmsg_type = handle->family.type;
	exchange = (struct exchange){ .callback = callback, .data = data };
	return exchange_once(handle, request, &exchange);
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
 * dmstat_request_one() - send a request that is answered by one message
 * @handle: the handle; the message is put into its @reply
 * @request: the request; stays the caller's
 *
 * Return: 0 or a negative error number.
 */
int dmstat_request_one(struct dmstat *handle, struct nl_msg *request)
{
	struct nlmsghdr *reply ON_EXIT(drop_reply) = NULL;
	int ret;

	ret = dmstat_request_walk(handle, request, keep_reply, &reply);
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
 * dmstat_request_none() - send a request that is only acknowledged
 * @handle: the handle
 * @request: the request; stays the caller's
 *
 * Return: 0 or a negative error number.
 */
int dmstat_request_none(struct dmstat *handle, struct nl_msg *request)
{
	return dmstat_request_walk(handle, request, ignore_reply, NULL);
}

/**
 * dmstat_request_drop() - free a request when its scope is left
 * @request: the request, or NULL
 */
void dmstat_request_drop(struct nl_msg **request)
{
	nlmsg_free(*request);
}

/* For a program id, bounds and user data, each as long as the kernel takes. */
#define REQUEST_ROOM	8192

/**
 * dmstat_request_new() - begin a request
 * @family: message type
 * @command: DMSTAT_CMD_* or CTRL_CMD_*
 * @flags: NLM_F_*
 *
 * Return: the request, to be freed with dmstat_request_drop(); NULL without
 * memory.
 */
struct nl_msg *dmstat_request_new(uint16_t family, uint8_t command, int flags)
{
	return dmstat_request_new_long(family, command, flags, 0);
}

/**
 * dmstat_request_new_long() - begin a request that may be a long one
 * @family: message type
 * @command: DMSTAT_CMD_* or CTRL_CMD_*
 * @flags: NLM_F_*
 * @room: bytes that it takes besides what any request has room for
 *
 * Return: as dmstat_request_new().
 */
struct nl_msg *dmstat_request_new_long(uint16_t family, uint8_t command,
				       int flags, size_t room)
{
	struct nl_msg *request = nlmsg_alloc_size(REQUEST_ROOM + room);

	if (!request)
		return NULL;

	/* Room is plenty: only what is the caller's can fail to fit. */
	if (!genlmsg_put(request, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags,
			 command, DMSTAT_FAMILY_VERSION)) {
		nlmsg_free(request);
		return NULL;
	}
	return request;
}
