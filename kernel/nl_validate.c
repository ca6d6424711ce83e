// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of length. The policies call these functions, and have no .len of
 * their own: the kernel's message for that does not name the limit, and its
 * error for a string is EINVAL.
 *
 * Each attribute of a request that has a max-len or a sub-type in the
 * specification needs a function of its name here.
 */
#include <linux/dmstat.h>
#include <linux/stringify.h>
#include <net/netlink.h>

#include "nl_validate.h"

/**
 * dmstat_nl_validate_program_id() - check the length of a program id
 * @attr: the attribute
 * @extack: takes the message
 *
 * Return: 0; -ERANGE, it is too long.
 */
int dmstat_nl_validate_program_id(const struct nlattr *attr,
				  struct netlink_ext_ack *extack)
{
	if (nla_len(attr) <= DMSTAT_PROGRAM_ID_MAX + 1)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "program id is too long: at most "
			    __stringify(DMSTAT_PROGRAM_ID_MAX) " bytes");
	return -ERANGE;
}

/**
 * dmstat_nl_validate_group() - check the length of the name of a group
 * @attr: the attribute
 * @extack: takes the message
 *
 * Return: 0; -ERANGE, it is too long.
 */
int dmstat_nl_validate_group(const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	if (nla_len(attr) <= DMSTAT_GROUP_MAX + 1)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "group is too long: at most "
			    __stringify(DMSTAT_GROUP_MAX) " bytes");
	return -ERANGE;
}

/**
 * dmstat_nl_validate_user_data() - check the length of user data
 * @attr: the attribute
 * @extack: takes the message
 *
 * Return: 0; -ERANGE, it is too long.
 */
int dmstat_nl_validate_user_data(const struct nlattr *attr,
				 struct netlink_ext_ack *extack)
{
	if (nla_len(attr) <= DMSTAT_USER_DATA_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "user data is too long: at most "
			    __stringify(DMSTAT_USER_DATA_MAX) " bytes");
	return -ERANGE;
}

/**
 * dmstat_nl_validate_histogram_bounds() - check how many bounds there are
 * @attr: the attribute
 * @extack: takes the message
 *
 * Return: 0; -EINVAL, these are not u64, or none; -ERANGE, too many.
 */
int dmstat_nl_validate_histogram_bounds(const struct nlattr *attr,
					struct netlink_ext_ack *extack)
{
	if (!nla_len(attr) || nla_len(attr) % sizeof(u64)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "histogram bounds are numbers of 8 bytes, at least one");
		return -EINVAL;
	}
	if (nla_len(attr) > DMSTAT_HISTOGRAM_BOUNDS_MAX * sizeof(u64)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "too many histogram bounds: at most "
				    __stringify(DMSTAT_HISTOGRAM_BOUNDS_MAX));
		return -ERANGE;
	}
	return 0;
}

/**
 * dmstat_nl_validate_extent_ranges() - check the length of a list of extents
 * @attr: the attribute
 * @extack: takes the message
 *
 * Return: 0; -EINVAL, these are not extents, or none.
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
 * dmstat_nl_validate_region_ids() - check how many region ids there are
 * @attr: the attribute
 * @extack: takes the message
 *
 * Return: 0; -EINVAL, these are not u32, or none; -ERANGE, too many.
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
				    "too many region ids: at most "
				    __stringify(DMSTAT_REGION_IDS_MAX));
		return -ERANGE;
	}
	return 0;
}
