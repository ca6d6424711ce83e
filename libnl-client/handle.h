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
 * The kernel makes a dump's datagrams as long as the longest that was asked
 * for so far, up to 32 KiB.
 */
#define DMSTAT_DATAGRAM_MAX	32768

/**
 * struct dmstat - see dmstat.h
 * @socket: NULL if an answer was not read to its end: the next request
 *          connects anew
 * @family: the family's numbers when last asked for
 * @busy: a walk is under way
 * @failure: of the last failed call
 * @reply: copy of the answer to the last request that was no walk; what
 *         the caller was given points into it
 * @device: what the caller was given
 * @flush: what it points to
 * @region: likewise
 * @datagram: what was received last
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

#endif /* DMSTAT_HANDLE_H */
