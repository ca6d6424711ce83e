// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests for the I/O that a device has in flight.
 */
#include <linux/dmstat.h>
#include <net/genetlink.h>

#include "clock.h"
#include "compat.h"
#include "device.h"
#include "inflight.h"
#include "nl_inflight.h"
#include "nl_put.h"
#include "nl_request.h"

struct inflight_dump {
	struct dmstat_inflight_walk walk;
	dev_t devt;
};

static struct dmstat_kdevice *get_watched(dev_t devt,
					  struct netlink_ext_ack *extack)
{
	struct dmstat_kdevice *device = dmstat_device_get_watched(devt);

	if (!device)
		NL_SET_ERR_MSG(extack,
			       "the device has no region, so its I/O is not followed: make one first");
	return device;
}

/**
 * dmstat_nl_inflight_get_start() - start a dump of a device's I/O in flight
 * @cb: the dump
 *
 * Return: 0 or a negative error number.
 */
int dmstat_nl_inflight_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = dmstat_dump_attrs(cb);
	struct inflight_dump *dump = (void *)cb->ctx;
	struct dmstat_device_info info;
	struct dmstat_kdevice *device;
	int ret;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));

	ret = dmstat_nl_check_privilege(cb->skb, cb->extack) ?:
	      dmstat_nl_get_device(attrs, DMSTAT_A_INFLIGHT_MAJOR, &info,
				   cb->extack);
	if (ret)
		return ret;

	dump->devt = info.disk.devt;
	device = get_watched(dump->devt, cb->extack);
	if (!device)
		return -ENOENT;
	dmstat_device_put(device);
	return 0;
}

/**
 * dmstat_nl_inflight_get_dumpit() - fill a datagram of a dump of I/O in flight
 * @skb: the datagram
 * @cb: the dump
 *
 * Return: the length of @skb, 0 at the end; -ENOENT, the device has no region
 * any more.
 */
int dmstat_nl_inflight_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct inflight_dump *dump = (void *)cb->ctx;
	struct dmstat_inflight_walk walk;
	struct dmstat_nl_message message;
	struct dmstat_inflight_copy io;
	struct dmstat_kdevice *device;
	u64 now;

	device = get_watched(dump->devt, cb->extack);
	if (!device)
		return -ENOENT;

	dmstat_nl_message_dump(&message, cb, DMSTAT_CMD_INFLIGHT_GET);
	walk = dump->walk;
	now = dmstat_clock_ns();
	while (dmstat_inflight_next(&device->inflight, &walk, &io)) {
		if (dmstat_nl_put_inflight(skb, &message, &io, now))
			break;
		dump->walk = walk;
	}
	dmstat_device_put(device);
	return skb->len;
}
