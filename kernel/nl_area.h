/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests that read the areas of a region, and clear them.
 */
#ifndef _DMSTAT_NL_AREA_H
#define _DMSTAT_NL_AREA_H

struct netlink_callback;
struct sk_buff;

int dmstat_nl_area_get_start(struct netlink_callback *cb);
int dmstat_nl_area_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _DMSTAT_NL_AREA_H */
