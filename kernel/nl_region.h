/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests that create, list, set, clear and delete regions.
 */
#ifndef _DMSTAT_NL_REGION_H
#define _DMSTAT_NL_REGION_H

struct genl_info;
struct netlink_callback;
struct sk_buff;

int dmstat_nl_region_new_doit(struct sk_buff *skb, struct genl_info *info);
int dmstat_nl_region_get_doit(struct sk_buff *skb, struct genl_info *info);
int dmstat_nl_region_get_start(struct netlink_callback *cb);
int dmstat_nl_region_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int dmstat_nl_region_set_doit(struct sk_buff *skb, struct genl_info *info);
int dmstat_nl_region_del_doit(struct sk_buff *skb, struct genl_info *info);
int dmstat_nl_region_clear_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* _DMSTAT_NL_REGION_H */
