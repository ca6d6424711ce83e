// SPDX-License-Identifier: GPL-2.0-only
/*
 * Telling listeners that regions come, change and go. One that finds no
 * memory is lost, and the listeners are told so (ENOBUFS).
 */
#include <linux/dmstat.h>

#include "message.h"
#include "notify.h"
#include "region.h"

static const struct genl_family *family;	/* constant once loaded */

/**
 * dmstat_notify_init() - say which family the notifications are of
 * @notify_family: the family
 */
void dmstat_notify_init(const struct genl_family *notify_family)
{
	family = notify_family;
}

static void lost(void)
{
	genl_set_err(family, &init_net, 0, DMSTAT_NOTIFY_REGION, -ENOBUFS);
}

/* A message to fill, or NULL if nobody wants it or for want of memory. */
static struct sk_buff *notification(const struct genl_info *info)
{
	bool echo = info && nlmsg_report(info->nlhdr);
	struct sk_buff *skb;

	if (!echo &&
	    !genl_has_listeners(family, &init_net, DMSTAT_NOTIFY_REGION))
		return NULL;
	skb = genlmsg_new(dmstat_message_region_size(), GFP_KERNEL);
	if (!skb)
		lost();
	return skb;
}

/* To all listeners, and to the requester if it asked for an echo. */
static void send(struct sk_buff *skb, int ret, struct genl_info *info)
{
	if (ret) {
		nlmsg_free(skb);
		lost();
	} else if (info) {
		genl_notify(family, skb, info, DMSTAT_NOTIFY_REGION,
			    GFP_KERNEL);
	} else {
		genlmsg_multicast(family, skb, 0, DMSTAT_NOTIFY_REGION,
				  GFP_KERNEL);
	}
}

static void notify_gone(const struct dmstat_region *region, u32 cause,
			struct genl_info *info)
{
	struct dmstat_message message = {
		.family = family,
		.portid = info ? info->snd_portid : 0,
		.seq = info ? info->snd_seq : 0,
		.command = DMSTAT_CMD_REGION_DEL_NTF,
	};
	struct sk_buff *skb = notification(info);

	if (skb)
		send(skb, dmstat_message_region_gone(skb, &message, region,
						     cause), info);
}

static void notify(const struct dmstat_region *region, u8 command,
		   struct genl_info *info)
{
	struct dmstat_message message = {
		.family = family,
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.command = command,
	};
	struct sk_buff *skb = notification(info);

	if (skb)
		send(skb, dmstat_message_region(skb, &message, region), info);
}

/**
 * dmstat_notify_new() - a region was made
 * @region: the region; the caller has a reference
 * @info: the request that made it
 *
 * Context: process, may sleep.
 */
void dmstat_notify_new(const struct dmstat_region *region,
		       struct genl_info *info)
{
	notify(region, DMSTAT_CMD_REGION_NEW_NTF, info);
}

/**
 * dmstat_notify_set() - what is written on a region was changed
 * @region: the region; the caller has a reference
 * @info: the request that did it
 *
 * Context: process, may sleep.
 */
void dmstat_notify_set(const struct dmstat_region *region,
		       struct genl_info *info)
{
	notify(region, DMSTAT_CMD_REGION_SET_NTF, info);
}

/**
 * dmstat_notify_cleared() - a region was cleared
 * @region: the region; the caller has a reference
 * @info: the request that did it
 *
 * Context: process, may sleep.
 */
void dmstat_notify_cleared(const struct dmstat_region *region,
			   struct genl_info *info)
{
	notify(region, DMSTAT_CMD_REGION_CLEAR_NTF, info);
}

/**
 * dmstat_notify_deleted() - a region was deleted on request
 * @region: the region; the caller has a reference
 * @info: the request
 *
 * Context: process, may sleep.
 */
void dmstat_notify_deleted(const struct dmstat_region *region,
			   struct genl_info *info)
{
	notify_gone(region, DMSTAT_CAUSE_REQUEST, info);
}

/**
 * dmstat_notify_device_removed() - a region went with its device
 * @region: the region; the caller has a reference
 *
 * Context: process, may sleep.
 */
void dmstat_notify_device_removed(struct dmstat_region *region)
{
	notify_gone(region, DMSTAT_CAUSE_DEVICE_REMOVED, NULL);
}
