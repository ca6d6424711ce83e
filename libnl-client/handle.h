/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * handle: a connection to the kernel module
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_HANDLE_H
#define DMSTAT_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/netlink.h>

#include "export.h"
#include "failure.h"
#include "family.h"

struct nl_sock;

/*
 * The kernel makes the datagrams of a dump as long as the longest buffer that
 * was passed to recvmsg() so far, up to 32 KiB.
 */
#define DMSTAT_DATAGRAM_MAX	32768

/**
 * struct dmstat - see dmstat.h
 * @socket: NULL before the first request, and after an answer was not read to
 *          its end: the next request connects
 * @owner: socket of the regions that are deleted when it is closed: open until
 *         the handle is closed; NULL before the first such region
 * @owning: between handle_owner_begin() and handle_owner_end(): @socket and
 *          @owner are exchanged
 * @family: the family's numbers as last resolved
 * @keeps_unloaded: not to make the kernel load the module
 * @busy: between handle_begin() and handle_end()
 * @failure: describes the last error
 * @reply: copy of the last answer of a single message; @device and @region
 *         point into it
 * @device: last device that the caller was given
 * @flush: what @device points to
 * @region: last region that the caller was given
 * @datagram: last datagram that was received
 */
struct dmstat {
	struct nl_sock *socket;
	struct nl_sock *owner;
	bool owning;
	struct family family;
	bool keeps_unloaded;
	bool busy;
	struct failure failure;
	struct nlmsghdr *reply;
	struct dmstat_device device;
	struct dmstat_flush flush;
	struct dmstat_region region;
	char datagram[DMSTAT_DATAGRAM_MAX] __attribute__((aligned));
};

int dmstat_handle_connect(struct dmstat *handle);
void dmstat_handle_disconnect(struct dmstat *handle);
void dmstat_handle_drop(struct dmstat **handle);
ssize_t dmstat_handle_receive(struct dmstat *handle, int flags);

/* While @datagram is in use or a callback runs, other calls get -EBUSY. */
static inline void handle_begin(struct dmstat *handle)
{
	handle->busy = true;
}

static inline void handle_end(struct dmstat *handle)
{
	handle->busy = false;
}

static inline void handle_swap_(struct dmstat *handle)
{
	struct nl_sock *socket = handle->socket;

	handle->socket = handle->owner;
	handle->owner = socket;
	handle->owning = !handle->owning;
}

/**
 * handle_owner_begin() - use the socket that owns regions
 * @handle: the handle
 *
 * Return: @handle, for ON_EXIT(handle_owner_end).
 */
static inline struct dmstat *handle_owner_begin(struct dmstat *handle)
{
	handle_swap_(handle);
	return handle;
}

static inline void handle_owner_end(struct dmstat **handle)
{
	handle_swap_(*handle);
}

#endif /* DMSTAT_HANDLE_H */
