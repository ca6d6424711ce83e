// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * request: build a generic netlink message
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "request.h"

#include <errno.h>

#include <linux/dmstat.h>
#include <netlink/genl/genl.h>

/**
 * dmstat_request_drop() - free a request when its scope is left, see ON_EXIT()
 * @request: points to the request, or to NULL
 */
void dmstat_request_drop(struct nl_msg **request)
{
	nlmsg_free(*request);
}

/* Fits strings, bounds and user data of the longest that are accepted. */
#define REQUEST_ROOM	8192

/**
 * dmstat_request_new() - allocate a request without attributes
 * @family: message type
 * @command: DMSTAT_CMD_* or CTRL_CMD_*
 * @flags: NLM_F_*
 *
 * Return: the request, to be freed with dmstat_request_drop(); NULL, out of
 * memory.
 */
struct nl_msg *dmstat_request_new(uint16_t family, uint8_t command, int flags)
{
	return dmstat_request_new_long(family, command, flags, 0);
}

/**
 * dmstat_request_new_long() - allocate a request with more room for attributes
 * @family: message type
 * @command: DMSTAT_CMD_* or CTRL_CMD_*
 * @flags: NLM_F_*
 * @room: bytes of attributes in addition to what every request has room for
 *
 * Return: as dmstat_request_new().
 */
struct nl_msg *dmstat_request_new_long(uint16_t family, uint8_t command,
				       int flags, size_t room)
{
	struct nl_msg *request = nlmsg_alloc_size(REQUEST_ROOM + room);

	if (!request)
		return NULL;

	/* There is room for this: only the caller's data may not fit later. */
	if (!genlmsg_put(request, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags,
			 command, DMSTAT_FAMILY_VERSION)) {
		nlmsg_free(request);
		return NULL;
	}
	return request;
}

/**
 * dmstat_request_put_string() - append a string
 * @request: the request
 * @attribute: DMSTAT_A_*
 * @string: the string, or NULL: nothing is appended
 *
 * Return: 0; -ERANGE, the string does not fit the request, so it is longer than
 * the kernel accepts.
 */
int dmstat_request_put_string(struct nl_msg *request, int attribute,
			      const char *string)
{
	if (string && nla_put_string(request, attribute, string))
		return -ERANGE;
	return 0;
}
