// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications that regions were created, changed and deleted, and the answers
 * to requests that do this. Notifications are numbered and sent in the order of
 * the changes. If there is no memory for one, it is lost: listeners get ENOBUFS
 * and see that a number is missing.
 */
#include <linux/dmstat.h>
#include <linux/ktime.h>
#include <net/genetlink.h>

#include "device.h"
#include "nl_notify.h"
#include "nl_put.h"
#include "nl_request.h"
#include "region.h"
#include "registry.h"

/* Of the last one; dmstat_lock to change, with release. */
static u32 sequence;

/* Whether anybody listens, or the requester asked for an echo. */
static bool is_wanted(const struct genl_info *info)
{
	return (info && nlmsg_report(info->nlhdr)) ||
	       genl_has_listeners(dmstat_nl_family, &init_net,
				  DMSTAT_NL_NOTIFY_REGION);
}

static struct sk_buff *notification_new(const struct genl_info *info)
{
	if (!is_wanted(info))
		return NULL;
	return genlmsg_new(dmstat_nl_region_size(), GFP_KERNEL);
}

/**
 * dmstat_nl_change_init() - prepare for a change
 * @change: the change
 * @answer: the answer to send when it is made, or NULL for none but the
 *          acknowledgment
 * @info: the request
 *
 * Allocates the first notification before locks are taken.
 *
 * Context: process, may sleep.
 */
void dmstat_nl_change_init(struct dmstat_change *change, struct sk_buff *answer,
			   struct genl_info *info)
{
	*change = (struct dmstat_change) {
		.info = info,
		.answer = answer,
		.notification = notification_new(info),
	};
}

/**
 * dmstat_nl_change_end() - free what a change did not use
 * @change: the change, whether it was made or not
 *
 * Return: 0, or the error of sending the answer.
 */
int dmstat_nl_change_end(struct dmstat_change *change)
{
	nlmsg_free(change->answer);
	nlmsg_free(change->notification);
	return change->ret;
}

/**
 * dmstat_nl_answer_region() - answer a request with a region
 * @answer: the answer, of dmstat_nl_region_size(); consumed
 * @region: the region; the caller has a reference
 * @info: the request
 *
 * Context: process, may sleep.
 * Return: 0 or a negative error number.
 */
int dmstat_nl_answer_region(struct sk_buff *answer,
			    const struct dmstat_kregion *region,
			    struct genl_info *info)
{
	struct dmstat_nl_message message;

	dmstat_nl_message_answer(&message, info);
	return dmstat_nl_answer(answer,
				dmstat_nl_put_region(answer, &message, region),
				info);
}

static void set_lost(void)
{
	genl_set_err(dmstat_nl_family, &init_net, 0, DMSTAT_NL_NOTIFY_REGION,
		     -ENOBUFS);
}

/* To all listeners, and to the requester if it asked for an echo. */
static void send(struct sk_buff *skb, int ret, struct genl_info *info)
{
	if (ret) {
		/* coverage: the message has room for all that is put in it */
		nlmsg_free(skb);
		set_lost();
	} else if (info) {
		genl_notify(dmstat_nl_family, skb, info,
			    DMSTAT_NL_NOTIFY_REGION, GFP_KERNEL);
	} else {
		genlmsg_multicast(dmstat_nl_family, skb, 0,
				  DMSTAT_NL_NOTIFY_REGION, GFP_KERNEL);
	}
}

/* @skb may be NULL, else it is consumed; @info is NULL without a request. */
static void notify(struct sk_buff *skb, u8 command, const u32 *cause,
		   const struct dmstat_kregion *region, struct genl_info *info)
{
	struct dmstat_nl_message message = {
		.portid = info ? info->snd_portid : 0,
		.seq = info ? info->snd_seq : 0,
		.command = command,
	};
	struct dmstat_nl_event event = {
		.time = ktime_get_real_ns(),
		.cause = cause,
	};

	lockdep_assert_held(&dmstat_lock);

	/* Without listeners, too: a later one sees that it missed something. */
	event.sequence = sequence + 1;
	/* Pairs with the acquire in dmstat_nl_notify_sequence(). */
	smp_store_release(&sequence, event.sequence);
	if (!skb) {
		if (!is_wanted(info))
			return;
		skb = genlmsg_new(dmstat_nl_region_size(), GFP_KERNEL);
	}
	if (skb)
		send(skb, dmstat_nl_put_region_event(skb, &message, region,
						     &event), info);
	else
		set_lost();
}

/* The answer first, so that its sender sees it before the echo. */
static void made(u8 command, const u32 *cause,
		 const struct dmstat_kregion *region,
		 struct dmstat_change *change)
{
	struct sk_buff *skb = change->notification;

	if (change->answer)
		change->ret = dmstat_nl_answer_region(change->answer, region,
						      change->info);
	change->answer = NULL;
	change->notification = NULL;
	notify(skb, command, cause, region, change->info);
}

static void created(const struct dmstat_kregion *region,
		    struct dmstat_change *change)
{
	made(DMSTAT_CMD_REGION_NEW_NTF, NULL, region, change);
}

static void set(const struct dmstat_kregion *region,
		struct dmstat_change *change)
{
	made(DMSTAT_CMD_REGION_SET_NTF, NULL, region, change);
}

static void cleared(const struct dmstat_kregion *region,
		    struct dmstat_change *change)
{
	made(DMSTAT_CMD_REGION_CLEAR_NTF, NULL, region, change);
}

static void deleted(const struct dmstat_kregion *region,
		    struct dmstat_change *change)
{
	static const u32 cause = DMSTAT_CAUSE_REQUEST;

	made(DMSTAT_CMD_REGION_DEL_NTF, &cause, region, change);
}

static void removed(const struct dmstat_kregion *region)
{
	static const u32 cause = DMSTAT_CAUSE_DEVICE_REMOVED;

	notify(NULL, DMSTAT_CMD_REGION_DEL_NTF, &cause, region, NULL);
}

static void owner_closed(const struct dmstat_kregion *region)
{
	static const u32 cause = DMSTAT_CAUSE_OWNER_CLOSED;

	notify(NULL, DMSTAT_CMD_REGION_DEL_NTF, &cause, region, NULL);
}

static const struct dmstat_registry_listener listener = {
	.created = created,
	.set = set,
	.cleared = cleared,
	.deleted = deleted,
	.removed = removed,
	.owner_closed = owner_closed,
};

/**
 * dmstat_nl_notify_init() - begin to notify; before requests are taken
 */
void dmstat_nl_notify_init(void)
{
	dmstat_registry_listen(&listener);
}

/**
 * dmstat_nl_notify_exit() - stop notifying; after the last request
 */
void dmstat_nl_notify_exit(void)
{
	dmstat_registry_listen(NULL);
}

/**
 * dmstat_nl_notify_sequence() - the number of the last notification
 *
 * Context: any.
 * Return: the number. A list that is made from now on has its change.
 */
u32 dmstat_nl_notify_sequence(void)
{
	/* Pairs with the release in notify(). */
	return smp_load_acquire(&sequence);
}
