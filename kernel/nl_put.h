/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Filling messages: one function per kind of object, for answers, dumps and
 * notifications.
 */
#ifndef _DMSTAT_NL_PUT_H
#define _DMSTAT_NL_PUT_H

#include <linux/types.h>

struct dmstat_area_values;
struct dmstat_device_info;
struct dmstat_inflight_copy;
struct dmstat_io_event;
struct dmstat_kdevice;
struct dmstat_kregion;
struct dmstat_label_filter;
struct genl_family;
struct genl_info;
struct netlink_callback;
struct sk_buff;

/* What the messages belong to; constant once loaded. */
extern const struct genl_family *dmstat_nl_family;

/* The header of a message. */
struct dmstat_nl_message {
	u32 portid;
	u32 seq;
	int flags;
	u8 command;
	/* For dumps whose consistency is checked, else NULL. */
	struct netlink_callback *dump;
};

/* What a notification says beside the region. */
struct dmstat_nl_event {
	u64 time;			/* ktime_get_real_ns() */
	u32 sequence;
	const u32 *cause;		/* of a deletion, else NULL */
};

/* What a message about an I/O says beside the I/O. */
struct dmstat_nl_io_news {
	u64 time;			/* ktime_get_real_ns() */
	u64 now;			/* dmstat_clock_ns(), at the same time */
	u64 lost;			/* events before it */
	u32 sequence;
};

/* Which areas a message is about. */
struct dmstat_nl_areas {
	u32 first;
	u32 nr;
	bool of_any_region;		/* the message says of which */
};

void dmstat_nl_message_answer(struct dmstat_nl_message *message,
			      const struct genl_info *info);
void dmstat_nl_message_dump(struct dmstat_nl_message *message,
			    struct netlink_callback *cb, u8 command);

int dmstat_nl_put_device(struct sk_buff *skb,
			 const struct dmstat_nl_message *message,
			 const struct dmstat_device_info *info, u64 oldest_ns);
int dmstat_nl_put_region(struct sk_buff *skb,
			 const struct dmstat_nl_message *message,
			 const struct dmstat_kregion *region);
int dmstat_nl_put_region_of(struct sk_buff *skb,
			    const struct dmstat_nl_message *message,
			    const struct dmstat_kregion *region,
			    const struct dmstat_label_filter *filter);
int dmstat_nl_put_region_event(struct sk_buff *skb,
			       const struct dmstat_nl_message *message,
			       const struct dmstat_kregion *region,
			       const struct dmstat_nl_event *event);
int dmstat_nl_put_deleted(struct sk_buff *skb,
			  const struct dmstat_nl_message *message, u32 regions);
int dmstat_nl_put_area(struct sk_buff *skb,
		       const struct dmstat_nl_message *message,
		       const struct dmstat_kregion *region,
		       const struct dmstat_nl_areas *areas,
		       const struct dmstat_area_values *values);
int dmstat_nl_put_inflight(struct sk_buff *skb,
			   const struct dmstat_nl_message *message,
			   const struct dmstat_inflight_copy *io, u64 now);
int dmstat_nl_put_io_event(struct sk_buff *skb,
			   const struct dmstat_nl_message *message,
			   struct dmstat_kdevice *device,
			   const struct dmstat_io_event *event,
			   const struct dmstat_nl_io_news *news);
int dmstat_nl_put_sequence(struct sk_buff *skb,
			   const struct dmstat_nl_message *message, u32 group,
			   u32 sequence);

size_t dmstat_nl_io_event_size(void);
size_t dmstat_nl_region_size(void);
size_t dmstat_nl_region_total_size(void);
size_t dmstat_nl_area_total_size(const struct dmstat_kregion *region);

#endif /* _DMSTAT_NL_PUT_H */
