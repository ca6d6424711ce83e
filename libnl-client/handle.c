// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * handle: a connection to the kernel module
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * libnl merges error numbers (ENOBUFS becomes NLE_NOMEM) and copies every
 * message that it receives. So libnl only builds messages and opens the socket;
 * handle.c receives, exchange.c sends.
 */
#include "handle.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <netlink/genl/genl.h>
#include <netlink/socket.h>

#include "scope.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

/**
 * dmstat_handle_disconnect() - close the socket and drop all unread data
 * @handle: the handle
 */
void dmstat_handle_disconnect(struct dmstat *handle)
{
	scope_uncancelled();

	nl_socket_free(handle->socket);
	handle->socket = NULL;
}

/**
 * dmstat_handle_connect() - open the socket
 * @handle: the handle; its @socket is NULL
 *
 * Return: 0 or a negative error number.
 */
int dmstat_handle_connect(struct dmstat *handle)
{
	const int on = 1;
	int fd, ret;

	scope_uncancelled();

	handle->socket = nl_socket_alloc();
	if (!handle->socket)
		return -ENOMEM;

	/* genl_connect() returns a libnl error; errno has the original one. */
	errno = 0;
	if (genl_connect(handle->socket)) {
		ret = errno ? -errno : -EPROTONOSUPPORT;
		goto err_disconnect;
	}

	fd = nl_socket_get_fd(handle->socket);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on))) {
		ret = -errno;
		goto err_disconnect;
	}
	return 0;

err_disconnect:
	dmstat_handle_disconnect(handle);
	return ret;
}

/**
 * dmstat_handle_receive() - receive a datagram from the kernel
 * @handle: the handle; its @datagram is overwritten
 * @flags: as for recvmsg()
 *
 * Return: the datagram's length in bytes or a negative error number; -EBADMSG,
 * the datagram did not fit.
 */
ssize_t dmstat_handle_receive(struct dmstat *handle, int flags)
{
	struct sockaddr_nl from = { 0 };
	struct iovec space = {
		.iov_base = handle->datagram,
		.iov_len = sizeof(handle->datagram),
	};
	struct msghdr header = {
		.msg_name = &from,
		.msg_iov = &space,
		.msg_iovlen = 1,
	};
	ssize_t size;

	/* Other processes can send to this socket; the kernel has port 0. */
	do {
		header.msg_namelen = sizeof(from);
		size = recvmsg(nl_socket_get_fd(handle->socket), &header,
			       flags);
	} while ((size < 0 && errno == EINTR) || (size >= 0 && from.nl_pid));

	if (size < 0)
		return -errno;
	if (header.msg_flags & MSG_TRUNC)
		return -EBADMSG;
	return size;
}

/**
 * dmstat_handle_drop() - close a handle when its scope is left, see ON_EXIT()
 * @handle: points to the handle, or to NULL: ownership has moved on
 */
void dmstat_handle_drop(struct dmstat **handle)
{
	dmstat_close(*handle);
}

void dmstat_close(struct dmstat *handle)
{
	if (!handle)
		return;

	dmstat_handle_disconnect(handle);
	nl_socket_free(handle->owner);
	free(handle->reply);
	free(handle);
}

const char *dmstat_error(const struct dmstat *handle)
{
	return handle->failure.text;
}

const char *dmstat_extack(const struct dmstat *handle)
{
	return handle->failure.extack ? handle->failure.text : NULL;
}

int dmstat_extack_attribute(const struct dmstat *handle)
{
	return handle->failure.attribute;
}

EXPORT(dmstat_close);
EXPORT(dmstat_error);
EXPORT(dmstat_extack);
EXPORT(dmstat_extack_attribute);
