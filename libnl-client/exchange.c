// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * exchange: send one request and receive its answer
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * An answer is any number of messages of the request's own type, several in a
 * datagram, and then NLMSG_DONE (of a dump) or NLMSG_ERROR (of any other
 * request; error 0 is success). Nothing is allocated for a message.
 *
 * If an answer is not read to its end, because the callback stops it or because
 * it is malformed, the rest must not be mistaken for the answer to the next
 * request. So the socket is closed. That also makes the kernel stop the dump,
 * which is cheaper than reading a million areas. The socket that owns regions
 * stays open, because they would be deleted: there are no dumps on it, and the
 * sequence number tells late answers.
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

/* The kernel uses no higher error number. */
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

	/* If the kernel has no memory for a dump's first datagram, it reports
	 * ENOBUFS, but continues the dump, which may clear areas. If memory is
	 * short again, receiving fails.
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
	/* A late answer to another request. */
	if (message->nlmsg_seq != exchange->request->nlmsg_seq)
		return 0;

	/* The kernel sets the flag only in the message after the change. */
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
 * dmstat_exchange_datagram() - process one datagram of the answer
 * @exchange: the exchange
 * @datagram: the datagram, aligned for a struct nlmsghdr
 * @size: its size in bytes
 *
 * Return: 0, with @finished of @exchange set if this was the last datagram;
 * what the callback returned; the negative error number that the kernel
 * reported; -EBADMSG, malformed.
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
 * Let the socket send a request of @size bytes. A size above net.core.wmem_max
 * needs CAP_NET_ADMIN; without it, the socket gets net.core.wmem_max. The
 * kernel doubles the number to cover its overhead.
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

/* Connect if necessary, and fill in the sequence number and the port. */
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

/* A send and its answer, during which the handle is busy. */
struct turn {
	struct dmstat *handle;
	const struct exchange *exchange;
};

static void turn_end(struct turn *turn)
{
	handle_end(turn->handle);
	if (!turn->exchange->finished && !turn->handle->owning)
		dmstat_handle_disconnect(turn->handle);
}

/* Return: as dmstat_exchange(), but only a failed send sets the failure. */
static int take_turn(struct dmstat *handle, struct exchange *exchange)
{
	struct turn turn ON_EXIT(turn_end) = { handle, exchange };
	int ret;

	handle_begin(handle);
	ret = send_request(handle, exchange->request);
	if (ret) {
		exchange->unsent = true;
		return ret;
	}
	return take_answer(handle, exchange);
}

/**
 * dmstat_exchange() - send a request and process its answer
 * @handle: the handle
 * @request: the request; owned by the caller
 * @exchange: the caller sets @callback and @data, all else to 0; the other
 *            members have the result
 *
 * Return: 0; what @callback returned; -EAGAIN, what was dumped changed
 * meanwhile; -EBUSY, called from a callback with the same handle; another
 * negative error number. The handle's failure describes each of these errors.
 */
int dmstat_exchange(struct dmstat *handle, struct nl_msg *request,
		    struct exchange *exchange)
{
	int ret;

	/* A callback is using the datagram. */
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
