/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all requests share: the privilege, the device or region that a request
 * names, and the answer.
 */
#ifndef _DMSTAT_NL_REQUEST_H
#define _DMSTAT_NL_REQUEST_H

#include <linux/types.h>

struct dmstat_device_info;
struct dmstat_kregion;
struct dmstat_registry_match;
struct genl_info;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

int dmstat_nl_check_privilege(struct sk_buff *skb,
			      struct netlink_ext_ack *extack);
int dmstat_nl_check_unused(const struct nlattr *attr,
			   struct netlink_ext_ack *extack);
int dmstat_nl_check_region_id(const struct nlattr *id,
			      struct netlink_ext_ack *extack);

int dmstat_nl_get_devt(struct nlattr **attrs, int major, dev_t *devt,
		       struct netlink_ext_ack *extack);
const char *dmstat_nl_get_text(const struct nlattr *attr);
int dmstat_nl_get_match(struct nlattr **attrs, int major, int program_id,
			int group, struct dmstat_registry_match *match,
			struct netlink_ext_ack *extack);
int dmstat_nl_get_device(struct nlattr **attrs, int major,
			 struct dmstat_device_info *info,
			 struct netlink_ext_ack *extack);
int dmstat_nl_get_device_of(const struct dmstat_kregion *region,
			    struct dmstat_device_info *info,
			    const struct nlattr *id,
			    struct netlink_ext_ack *extack);
struct dmstat_kregion *dmstat_nl_get_region(const struct nlattr *id,
					    struct netlink_ext_ack *extack);

struct sk_buff *dmstat_nl_answer_new(size_t size, struct genl_info *info);
int dmstat_nl_answer(struct sk_buff *skb, int ret, struct genl_info *info);

#endif /* _DMSTAT_NL_REQUEST_H */
