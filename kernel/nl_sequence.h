/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests for the numbers of multicast messages.
 */
#ifndef _DMSTAT_NL_SEQUENCE_H
#define _DMSTAT_NL_SEQUENCE_H

struct genl_info;
struct sk_buff;

int dmstat_nl_sequence_get_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* _DMSTAT_NL_SEQUENCE_H */
