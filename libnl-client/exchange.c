// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * exchange: a request, and the answer to it message by message
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
#include "exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "attribute.h"
#include "failure.h"
#include "handle.h"
#include "scope.h"

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

/* Return: as dmstat_exchange(). Notes only why sending failed. */
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

/**
 * dmstat_exchange() - send a request and take the answer to it, once
 * @handle: the handle
 * @request: the request; stays the caller's
 * @exchange: its @callback and @data are set, all else is 0; says then how it
 *            went
 *
 * Return: 0, what @callback of @exchange returned, or a negative error number,
 * with the words for it in the handle's failure.
 */
int dmstat_exchange(struct dmstat *handle, struct nl_msg *request,
		    struct exchange *exchange)
{
	int ret;

	/* The datagram is in use. */
	if (handle->busy)
		return dmstat_failure_errno(&handle->failure, -EBUSY);

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
