/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notifications that regions were created, changed and deleted.
 */
#ifndef _DMSTAT_NL_NOTIFY_H
#define _DMSTAT_NL_NOTIFY_H

#include <linux/types.h>

struct dmstat_region;
struct dmstat_region_change;
struct genl_info;
struct sk_buff;

/* The index of the group in the family's table. */
enum { DMSTAT_NOTIFY_REGION };

/* Notifies that a region went with its device. */
extern struct dmstat_region_change dmstat_notify_device_removed;

struct sk_buff *dmstat_notify_prepare(const struct genl_info *info);
void dmstat_notify(struct sk_buff *skb, u8 command,
		   const struct dmstat_region *region, struct genl_info *info);

#endif /* _DMSTAT_NL_NOTIFY_H */
