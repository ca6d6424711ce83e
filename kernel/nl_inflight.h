/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests for the I/O that a device has in flight.
 */
#ifndef _DMSTAT_NL_INFLIGHT_H
#define _DMSTAT_NL_INFLIGHT_H

struct netlink_callback;
struct sk_buff;

int dmstat_nl_inflight_get_start(struct netlink_callback *cb);
int dmstat_nl_inflight_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);

#endif /* _DMSTAT_NL_INFLIGHT_H */
