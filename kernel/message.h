/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages that the module sends: one function fills one kind of object,
 * for replies, dumps and notifications alike.
 */
#ifndef _DMSTAT_MESSAGE_H
#define _DMSTAT_MESSAGE_H

#include <linux/netlink.h>
#include <net/genetlink.h>

struct dmstat_area_values;
struct dmstat_device_info;
struct dmstat_inflight_copy;
struct dmstat_region;

/* What a notification has besides the region. */
struct dmstat_event {
	u64 time;			/* ktime_get_real_ns() */
	u32 sequence;
	const u32 *cause;		/* why the region is gone, or NULL */
};

/* Where a message goes and what it answers. */
struct dmstat_message {
	const struct genl_family *family;
	u32 portid;
	u32 seq;
	int flags;
	u8 command;
	/* For dumps whose consistency is watched, else NULL. */
	struct netlink_callback *dump;
	/* For a dump of one program's regions, else NULL. */
	const char *program_id;
};

int dmstat_message_device(struct sk_buff *skb,
			  const struct dmstat_message *message,
			  const struct dmstat_device_info *info);
int dmstat_message_region(struct sk_buff *skb,
			  const struct dmstat_message *message,
			  const struct dmstat_region *region);
int dmstat_message_region_event(struct sk_buff *skb,
				const struct dmstat_message *message,
				const struct dmstat_region *region,
				const struct dmstat_event *event);
int dmstat_message_deleted(struct sk_buff *skb,
			   const struct dmstat_message *message, u32 regions);
int dmstat_message_area(struct sk_buff *skb,
			const struct dmstat_message *message,
			const struct dmstat_region *region, u32 area,
			const struct dmstat_area_values *values);
int dmstat_message_inflight(struct sk_buff *skb,
			    const struct dmstat_message *message,
			    const struct dmstat_inflight_copy *io, u64 now);

size_t dmstat_message_region_size(void);
size_t dmstat_message_region_total_size(void);

#endif /* _DMSTAT_MESSAGE_H */
