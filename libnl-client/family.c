// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * family: the numbers that the kernel gave to the family "dmstat"
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * genl_ctrl_resolve() would blur the error, and ask a second time for the
 * group.
 */
#include "family.h"

#include <linux/dmstat.h>
#include <linux/genetlink.h>

#include "attribute.h"
#include "handle.h"
#include "request.h"

/* One multicast group: take its number if it is ours. */
static int parse_group(const struct nlattr *nest, struct family *family)
{
	const struct nlattr *attribute;
	const char *name = "";
	uint32_t id = 0;
	int left, ret = 0;

	for_each_nested(attribute, nest, left) {
		switch (attribute_type(attribute)) {
		case CTRL_ATTR_MCAST_GRP_NAME:
			ret = attribute_string(attribute, &name);
			break;
		case CTRL_ATTR_MCAST_GRP_ID:
			ret = attribute_u32(attribute, &id);
			break;
		}
		if (ret)
			return ret;
	}
	if (left > 0)
		return -EBADMSG;

	if (!strcmp(name, DMSTAT_MCGRP_REGION))
		family->group = id;
	return 0;
}

static int parse_groups(const struct nlattr *nest, struct family *family)
{
	const struct nlattr *attribute;
	int left, ret;

	for_each_nested(attribute, nest, left) {
		ret = parse_group(attribute, family);
		if (ret)
			return ret;
	}
	return left > 0 ? -EBADMSG : 0;
}

/**
 * dmstat_family_parse() - read CTRL_CMD_NEWFAMILY
 * @message: the message, its generic netlink header checked
 * @family: what it says
 *
 * Return: 0 or -EBADMSG.
 */
int dmstat_family_parse(const struct nlmsghdr *message, struct family *family)
{
	const struct nlattr *attribute;
	int left, ret = 0;

	*family = (struct family){ 0 };
	for_each_message_attribute(attribute, message, left) {
		switch (attribute_type(attribute)) {
		case CTRL_ATTR_FAMILY_ID:
			ret = attribute_u16(attribute, &family->type);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			ret = parse_groups(attribute, family);
			break;
		}
		if (ret)
			return ret;
	}
	if (left > 0 || family->type < NLMSG_MIN_TYPE)
		return -EBADMSG;
	return 0;
}

static int take_family(const struct nlmsghdr *message, void *data)
{
	return dmstat_family_parse(message, data);
}

/**
 * dmstat_family_resolve() - ask for the family's numbers
 * @handle: where they are put
 *
 * Makes the kernel load the module if it can. The handle's @reply stays: a
 * caller may have passed a name from there to the call that led here.
 *
 * Return: 0; -ENOENT, there is no such family; another negative error number.
 */
int dmstat_family_resolve(struct dmstat *handle)
{
	struct family family = { 0 };
	struct nl_msg *request;
	int ret;

	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	nla_put_string(request, CTRL_ATTR_FAMILY_NAME, DMSTAT_FAMILY_NAME);
	ret = dmstat_request_walk(handle, request, take_family, &family);
	nlmsg_free(request);
	if (ret == -ENOENT)
		return dmstat_failure_text(&handle->failure, ret,
					   "kernel module dmstat not loaded");
	if (ret)
		return ret;
	if (!family.type)
		return dmstat_failure_errno(&handle->failure, -EBADMSG);

	handle->family = family;
	return 0;
}
