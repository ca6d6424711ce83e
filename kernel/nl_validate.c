// SPDX-License-Identifier: GPL-2.0-only
/*
 * What policies cannot say in words: limits of length. The message for a plain
 * .len does not name the limit, and its error is EINVAL for a string.
 */
#include <linux/dmstat.h>
#include <net/netlink.h>

#include "nl_validate.h"

/**
 * dmstat_nl_validate_program_id() - validate the length of a program id
 * @attr: the attribute
 * @extack: for the message
 *
 * Return: 0; -ERANGE, it is too long.
 */
int dmstat_nl_validate_program_id(const struct nlattr *attr,
				  struct netlink_ext_ack *extack)
{
	if (nla_len(attr) <= DMSTAT_PROGRAM_ID_MAX + 1)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "program id is too long: at most 255 bytes");
	return -ERANGE;
}

/**
 * dmstat_nl_validate_user_data() - validate the length of user data
 * @attr: the attribute
 * @extack: for the message
 *
 * Return: 0; -ERANGE, it is too long.
 */
int dmstat_nl_validate_user_data(const struct nlattr *attr,
				 struct netlink_ext_ack *extack)
{
	if (nla_len(attr) <= DMSTAT_USER_DATA_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "user data is too long: at most 4096 bytes");
	return -ERANGE;
}

/**
 * dmstat_nl_validate_bounds() - validate the length of a list of histogram bounds
 * @attr: the attribute
 * @extack: for the message
 *
 * Return: 0; -EINVAL, not a list; -ERANGE, too many.
 */
int dmstat_nl_validate_bounds(const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	if (!nla_len(attr) || nla_len(attr) % sizeof(u64)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "histogram bounds are numbers of 8 bytes, at least one");
		return -EINVAL;
	}
	if (nla_len(attr) > DMSTAT_HISTOGRAM_BOUNDS_MAX * sizeof(u64)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "too many histogram bounds: at most 64");
		return -ERANGE;
	}
	return 0;
}

/**
 * dmstat_nl_validate_extent_ranges() - validate the length of a list of extents
 * @attr: the attribute
 * @extack: for the message
 *
 * Return: 0; -EINVAL, not a list.
 */
int dmstat_nl_validate_extent_ranges(const struct nlattr *attr,
				     struct netlink_ext_ack *extack)
{
	if (nla_len(attr) &&
	    !(nla_len(attr) % sizeof(struct dmstat_extent_range)))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "extent ranges are a start and a length of 8 bytes each, at least one");
	return -EINVAL;
}

/**
 * dmstat_nl_validate_region_ids() - validate the length of a list of region ids
 * @attr: the attribute
 * @extack: for the message
 *
 * Return: 0; -EINVAL, not a list; -ERANGE, too many.
 */
int dmstat_nl_validate_region_ids(const struct nlattr *attr,
				  struct netlink_ext_ack *extack)
{
	if (!nla_len(attr) || nla_len(attr) % sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "region ids are numbers of 4 bytes, at least one");
		return -EINVAL;
	}
	if (nla_len(attr) > DMSTAT_REGION_IDS_MAX * sizeof(u32)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "too many region ids: at most 4096");
		return -ERANGE;
	}
	return 0;
}
