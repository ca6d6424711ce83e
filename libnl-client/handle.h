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
 * @family: the family's numbers as last resolved
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
	struct family family;
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

#endif /* DMSTAT_HANDLE_H */
