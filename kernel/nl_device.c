// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about devices.
 */
#include <linux/dmstat.h>
#include <linux/mm.h>
#include <net/genetlink.h>

#include "clock.h"
#include "compat.h"
#include "device.h"
#include "disk.h"
#include "inflight.h"
#include "nl_device.h"
#include "nl_put.h"
#include "nl_request.h"

/* Return: the age of the oldest I/O in flight; 0 if none is known. */
static u64 oldest_ns(dev_t devt)
{
	struct dmstat_kdevice *device = dmstat_device_get_watched(devt);
	u64 start;
	s64 age;

	if (!device)
		return 0;
	start = dmstat_inflight_oldest(&device->inflight);
	dmstat_device_put(device);
	/* CPUs may disagree a little about the time. */
	age = dmstat_clock_ns() - start;
	return start ? max(age, 0LL) : 0;
}

static int put_info(struct sk_buff *skb,
		    const struct dmstat_nl_message *message,
		    const struct dmstat_device_info *device)
{
	return dmstat_nl_put_device(skb, message, device,
				    device->regions ?
				    oldest_ns(device->disk.devt) : 0);
}

/**
 * dmstat_nl_device_get_doit() - answer DMSTAT_CMD_DEVICE_GET: one device
 * @skb: the request
 * @info: the request
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dmstat_nl_message message;
	struct dmstat_device_info device;
	struct sk_buff *answer;
	int ret;

	ret = dmstat_nl_check_privilege(skb, info->extack) ?:
	      dmstat_nl_get_device(info->attrs, DMSTAT_A_DEVICE_MAJOR, &device,
				   info->extack);
	if (ret)
		return ret;

	answer = dmstat_nl_answer_new(NLMSG_GOODSIZE, info);
	if (!answer)
		return -ENOMEM;
	dmstat_nl_message_answer(&message, info);
	return dmstat_nl_answer(answer,
				put_info(answer, &message, &device), info);
}

struct device_dump {
	struct dmstat_disk_list *list;	/* freed by ->done() */
	u32 next;				/* in @list */
};

/**
 * dmstat_nl_device_get_start() - start a dump of all devices
 * @cb: the dump
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_device_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = dmstat_dump_attrs(cb);
	struct device_dump *dump = (void *)cb->ctx;
	int ret;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));

	ret = dmstat_nl_check_privilege(cb->skb, cb->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_DEVICE_MAJOR],
				     cb->extack) ?:
	      dmstat_nl_check_unused(attrs[DMSTAT_A_DEVICE_MINOR], cb->extack);
	if (ret)
		return ret;

	/* What comes or goes from here on makes the dump inconsistent. */
	cb->prev_seq = dmstat_disk_list_seq();
	dump->list = dmstat_disk_list();
	if (dump->list)
		return 0;
	NL_SET_ERR_MSG(cb->extack, "no memory to list devices: try again");
	return -ENOMEM;
}

/**
 * dmstat_nl_device_get_dumpit() - fill a datagram of a dump of devices
 * @skb: the datagram
 * @cb: the dump
 *
 * Return: the length of @skb, 0 at the end.
 */
int dmstat_nl_device_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct device_dump *dump = (void *)cb->ctx;
	const struct dmstat_disk_list *list = dump->list;
	struct dmstat_nl_message message;
	struct dmstat_device_info device;

	dmstat_nl_message_dump(&message, cb, DMSTAT_CMD_DEVICE_GET);
	message.dump = cb;
	cb->seq = dmstat_disk_list_seq();
	for (; dump->next < list->nr; dump->next++) {
		if (dmstat_device_listed(list->devt[dump->next], &device) &&
		    put_info(skb, &message, &device))
			break;
		cond_resched();
	}
	return skb->len;
}

/**
 * dmstat_nl_device_get_done() - end a dump of devices
 * @cb: the dump
 *
 * Return: 0.
 */
int dmstat_nl_device_get_done(struct netlink_callback *cb)
{
	struct device_dump *dump = (void *)cb->ctx;

	kvfree(dump->list);
	return 0;
}
