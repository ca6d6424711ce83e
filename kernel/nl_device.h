/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests about devices.
 */
#ifndef _DMSTAT_NL_DEVICE_H
#define _DMSTAT_NL_DEVICE_H

struct genl_info;
struct netlink_callback;
struct sk_buff;

int dmstat_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info);
int dmstat_nl_device_get_start(struct netlink_callback *cb);
int dmstat_nl_device_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int dmstat_nl_device_get_done(struct netlink_callback *cb);

#endif /* _DMSTAT_NL_DEVICE_H */
