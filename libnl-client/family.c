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

static int parse_name(const struct nlattr *attribute, struct family *family)
{
	const char *name;
	int ret;

	ret = attribute_string(attribute, &name);
	if (!ret)
		family->is_ours = !strcmp(name, DMSTAT_FAMILY_NAME);
	return ret;
}

/**
 * dmstat_family_parse() - read CTRL_CMD_NEWFAMILY or CTRL_CMD_DELFAMILY
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
		case CTRL_ATTR_FAMILY_NAME:
			ret = parse_name(attribute, family);
			break;
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

static int take_ours(const struct nlmsghdr *message, void *data)
{
	struct family family, *ours = data;
	int ret;

	ret = dmstat_family_parse(message, &family);
	if (!ret && family.is_ours)
		*ours = family;
	return ret;
}

/* Families may come and go during each walk; not for ever. */
#define LOOK_TRIES	10

/**
 * dmstat_family_look() - look for the family's numbers among all that there are
 * @handle: where they are put; the type is 0 if the family is not there
 *
 * The kernel does not load a module for this.
 *
 * Return: 0 or a negative error number.
 */
int dmstat_family_look(struct dmstat *handle)
{
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	struct family family;
	int tries = LOOK_TRIES;
	int ret;

	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
				     NLM_F_DUMP);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	do {
		family = (struct family){ 0 };
		ret = dmstat_request_walk(handle, request, take_ours, &family);
	} while (ret == -EAGAIN && --tries);
	if (!ret)
		handle->family = family;
	return ret;
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
	struct nl_msg *request ON_EXIT(dmstat_request_drop) = NULL;
	struct family family = { 0 };
	int ret;

	request = dmstat_request_new(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	if (!request)
		return dmstat_failure_errno(&handle->failure, -ENOMEM);

	nla_put_string(request, CTRL_ATTR_FAMILY_NAME, DMSTAT_FAMILY_NAME);
	ret = dmstat_request_walk(handle, request, take_family, &family);
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
