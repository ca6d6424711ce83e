// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * family: the numbers of the generic netlink family "dmstat"
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "family.h"

#include <errno.h>
#include <string.h>

#include <linux/dmstat.h>
#include <linux/genetlink.h>

#include "attribute.h"

static const char *const group_names[FAMILY_GROUPS] = {
	[FAMILY_GROUP_REGION] = DMSTAT_MCGRP_REGION,
	[FAMILY_GROUP_IO] = DMSTAT_MCGRP_IO,
};

/* One multicast group: keep its number if its name is known. */
static int parse_group(const struct nlattr *nest, struct family *family)
{
	const struct nlattr *attribute;
	const char *name = "";
	uint32_t id = 0;
	int left, i, ret = 0;

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

	for (i = 0; i < FAMILY_GROUPS; i++)
		if (!strcmp(name, group_names[i]))
			family->groups[i] = id;
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
 * dmstat_family_parse() - parse CTRL_CMD_NEWFAMILY or CTRL_CMD_DELFAMILY
 * @message: the message; message_is_whole() was true
 * @family: filled from @message
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
