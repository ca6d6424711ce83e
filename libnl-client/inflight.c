// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * inflight: list the I/Os in flight
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "inflight.h"

#include <errno.h>

#include <linux/dmstat.h>

#include "attribute.h"
#include "call.h"
#include "handle.h"
#include "request.h"
#include "scope.h"

/**
 * dmstat_inflight_parse() - parse an answer to DMSTAT_CMD_INFLIGHT_GET
 * @message: the message; message_is_whole() was true
 * @io: filled from @message, into which its string points
 *
 * Return: 0 or -EBADMSG.
 */
int dmstat_inflight_parse(const struct nlmsghdr *message,
			  struct dmstat_inflight *io)
{
	const struct nlattr *attribute;
	int left, ret = 0;

	*io = (struct dmstat_inflight){ .comm = "" };
	for_each_message_attribute(attribute, message, left) {
		switch (attribute_type(attribute)) {
		case DMSTAT_A_INFLIGHT_SECTOR:
			ret = attribute_uint(attribute, &io->sector);
			break;
		case DMSTAT_A_INFLIGHT_SECTORS:
			ret = attribute_uint(attribute, &io->sectors);
			break;
		case DMSTAT_A_INFLIGHT_OPERATION:
			ret = attribute_u32(attribute, &io->operation);
			break;
		case DMSTAT_A_INFLIGHT_AGE_NS:
			ret = attribute_uint(attribute, &io->age_ns);
			break;
		case DMSTAT_A_INFLIGHT_PID:
			ret = attribute_u32(attribute, &io->pid);
			break;
		case DMSTAT_A_INFLIGHT_COMM:
			ret = attribute_string(attribute, &io->comm);
			break;
		case DMSTAT_A_INFLIGHT_KERNEL_THREAD:
			io->kernel_thread = 1;
			break;
		case DMSTAT_A_INFLIGHT_CGROUP_ID:
			ret = attribute_uint(attribute, &io->cgroup_id);
			break;
		case DMSTAT_A_INFLIGHT_IO_ID:
			ret = attribute_uint(attribute, &io->io_id);
			break;
		}
		if (ret)
			return ret;
	}
	return left > 0 ? -EBADMSG : 0;
}

/* State of dmstat_inflight(). */
struct inflight_walk {
	dmstat_inflight_fn callback;
	void *data;
};

static int walk_inflight(const struct nlmsghdr *message, void *data)
{
	const struct inflight_walk *walk = data;
	struct dmstat_inflight io;
	int ret;

	ret = dmstat_inflight_parse(message, &io);
	if (ret)
		return ret;
	return walk->callback(&io, walk->data);
}

int dmstat_inflight(struct dmstat *handle, uint32_t major, uint32_t minor,
		    dmstat_inflight_fn callback, void *data)
{
	struct inflight_walk walk = { .callback = callback, .data = data };
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;

	request = dmstat_request_new(handle->family.type,
				     DMSTAT_CMD_INFLIGHT_GET, NLM_F_DUMP);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	nla_put_u32(request, DMSTAT_A_INFLIGHT_MAJOR, major);
	nla_put_u32(request, DMSTAT_A_INFLIGHT_MINOR, minor);
	return dmstat_call_walk(handle, request, walk_inflight, &walk);
}

EXPORT(dmstat_inflight);
