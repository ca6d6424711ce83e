/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of length: what the policies call.
 */
#ifndef _DMSTAT_NL_VALIDATE_H
#define _DMSTAT_NL_VALIDATE_H

struct netlink_ext_ack;
struct nlattr;

int dmstat_nl_validate_program_id(const struct nlattr *attr,
				  struct netlink_ext_ack *extack);
int dmstat_nl_validate_group(const struct nlattr *attr,
			     struct netlink_ext_ack *extack);
int dmstat_nl_validate_user_data(const struct nlattr *attr,
				 struct netlink_ext_ack *extack);
int dmstat_nl_validate_histogram_bounds(const struct nlattr *attr,
					struct netlink_ext_ack *extack);
int dmstat_nl_validate_extent_ranges(const struct nlattr *attr,
				     struct netlink_ext_ack *extack);
int dmstat_nl_validate_region_ids(const struct nlattr *attr,
				  struct netlink_ext_ack *extack);

#endif /* _DMSTAT_NL_VALIDATE_H */
