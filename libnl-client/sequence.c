// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * sequence: the number of the last event of a group
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "sequence.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>

#include <linux/dmstat.h>

#include "attribute.h"
#include "call.h"
#include "handle.h"
#include "request.h"
#include "scope.h"

static_assert((int)FAMILY_GROUP_REGION == (int)DMSTAT_MULTICAST_GROUP_REGION);
static_assert((int)FAMILY_GROUP_IO == (int)DMSTAT_MULTICAST_GROUP_IO);

static int parse(const struct nlmsghdr *message, uint32_t *sequence)
{
	const struct nlattr *attribute;
	bool found = false;
	int left, ret;

	for_each_message_attribute(attribute, message, left) {
		if (attribute_type(attribute) != DMSTAT_A_SEQUENCE_SEQUENCE)
			continue;
		found = true;
		ret = attribute_u32(attribute, sequence);
		if (ret)
			return ret;
	}
	return left > 0 || !found ? -EBADMSG : 0;
}

/**
 * dmstat_sequence_get() - ask for the number of the last event of a group
 * @handle: the handle
 * @group: the group
 * @sequence: set to the number; 0 if there was none
 *
 * A list that is made from now on has every change up to that event.
 *
 * Return: 0; -EOPNOTSUPP, the module is of an earlier version; another negative
 * error number.
 */
int dmstat_sequence_get(struct dmstat *handle, enum family_group group,
			uint32_t *sequence)
{
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	int ret;

	request = dmstat_request_new(handle->family.type,
				     DMSTAT_CMD_SEQUENCE_GET, 0);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	nla_put_u32(request, DMSTAT_A_SEQUENCE_MULTICAST_GROUP, group);
	ret = dmstat_call_one(handle, request);
	if (ret)
		return ret;
	ret = parse(handle->reply, sequence);
	return ret ? dmstat_failure_errno(&handle->failure, ret) : 0;
}
