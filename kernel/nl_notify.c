// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications that regions were created, changed and deleted. They are sent
 * in the order of the changes, each with a number. If there is no memory for
 * one it is lost: listeners get ENOBUFS and find a number missing.
 */
#include <linux/dmstat.h>
#include <linux/ktime.h>
#include <net/genetlink.h>

#include "nl_notify.h"
#include "nl_put.h"
#include "region.h"

static u32 sequence;			/* of the last one; dmstat_lock */

static bool is_wanted(const struct genl_info *info)
{
	return (info && nlmsg_report(info->nlhdr)) ||
	       genl_has_listeners(dmstat_nl_family, &init_net,
				  DMSTAT_NOTIFY_REGION);
}

/**
 * dmstat_notify_prepare() - allocate a notification, before locks are taken
 * @info: the request that will change something, or NULL
 *
 * Context: process, may sleep.
 * Return: the message, for dmstat_notify() or nlmsg_free(); or NULL: there are
 * no listeners, or there is no memory.
 */
struct sk_buff *dmstat_notify_prepare(const struct genl_info *info)
{
	if (!is_wanted(info))
		return NULL;
	return genlmsg_new(dmstat_nl_region_size(), GFP_KERNEL);
}

static void lost(void)
{
	genl_set_err(dmstat_nl_family, &init_net, 0, DMSTAT_NOTIFY_REGION,
		     -ENOBUFS);
}

/* To all listeners, and to the requester if it asked for an echo. */
static void send(struct sk_buff *skb, int ret, struct genl_info *info)
{
	if (ret) {
		nlmsg_free(skb);
		lost();
	} else if (info) {
		genl_notify(dmstat_nl_family, skb, info, DMSTAT_NOTIFY_REGION,
			    GFP_KERNEL);
	} else {
		genlmsg_multicast(dmstat_nl_family, skb, 0, DMSTAT_NOTIFY_REGION,
				  GFP_KERNEL);
	}
}

static const u32 *cause_of(u8 command, const struct genl_info *info)
{
	static const u32 request = DMSTAT_CAUSE_REQUEST;
	static const u32 removed = DMSTAT_CAUSE_DEVICE_REMOVED;

	if (command != DMSTAT_CMD_REGION_DEL_NTF)
		return NULL;
	return info ? &request : &removed;
}

/**
 * dmstat_notify() - notify listeners of a change
 * @skb: from dmstat_notify_prepare(); NULL: allocate one if it is needed
 * @command: what happened: DMSTAT_CMD_REGION_*_NTF
 * @region: the region
 * @info: the request that did it, or NULL: the device was removed
 *
 * Context: process, under the dmstat_lock under which the change was made.
 */
void dmstat_notify(struct sk_buff *skb, u8 command,
		   const struct dmstat_region *region, struct genl_info *info)
{
	struct dmstat_nl_message message = {
		.portid = info ? info->snd_portid : 0,
		.seq = info ? info->snd_seq : 0,
		.command = command,
	};
	struct dmstat_nl_event event = {
		.time = ktime_get_real_ns(),
		.cause = cause_of(command, info),
	};

	lockdep_assert_held(&dmstat_lock);

	/* Also without listeners: a later one sees that it missed something. */
	event.sequence = ++sequence;
	if (!skb) {
		if (!is_wanted(info))
			return;
		skb = genlmsg_new(dmstat_nl_region_size(), GFP_KERNEL);
	}
	if (skb)
		send(skb, dmstat_nl_put_region_event(skb, &message, region,
						     &event), info);
	else
		lost();
}

static void device_removed(const struct dmstat_region *region,
			   struct dmstat_region_change *unused)
{
	dmstat_notify(NULL, DMSTAT_CMD_REGION_DEL_NTF, region, NULL);
}

struct dmstat_region_change dmstat_notify_device_removed = {
	.made = device_removed,
};
