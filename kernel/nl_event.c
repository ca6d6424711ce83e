// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications of single I/Os, to the group "io".
 */
#include <linux/dmstat.h>
#include <linux/ktime.h>
#include <net/genetlink.h>

#include "clock.h"
#include "event.h"
#include "nl_event.h"
#include "nl_notify.h"
#include "nl_put.h"

/* Of the last message. send() changes it, one call at a time; READ_ONCE(). */
static u32 sequence;

static bool is_wanted(void)
{
	return genl_has_listeners(dmstat_nl_family, &init_net,
				  DMSTAT_NL_NOTIFY_IO);
}

/* A listener that is too slow gets ENOBUFS, and finds a gap. */
static bool send(struct dmstat_kdevice *device,
		 const struct dmstat_io_event *event, u64 lost)
{
	const struct dmstat_nl_message message = {
		.command = DMSTAT_CMD_IO_NTF,
	};
	struct dmstat_nl_io_news news = { .lost = lost };
	struct sk_buff *skb;

	if (!is_wanted())
		return true;
	skb = genlmsg_new(dmstat_nl_io_event_size(), GFP_KERNEL);
	if (!skb)
		return false;

	news.sequence = sequence + 1;
	WRITE_ONCE(sequence, news.sequence);
	news.time = ktime_get_real_ns();
	news.now = dmstat_clock_ns();
	if (dmstat_nl_put_io_event(skb, &message, device, event, &news)) {
		/* coverage: the message has room for all that is put in it */
		nlmsg_free(skb);
		return false;
	}
	genlmsg_multicast(dmstat_nl_family, skb, 0, DMSTAT_NL_NOTIFY_IO,
			  GFP_KERNEL);
	return true;
}

static const struct dmstat_event_listener listener = {
	.is_wanted = is_wanted,
	.send = send,
};

/**
 * dmstat_nl_event_init() - begin to send events; the family is registered
 */
void dmstat_nl_event_init(void)
{
	dmstat_event_listen(&listener);
}

/**
 * dmstat_nl_event_exit() - stop sending events; the family is still registered
 */
void dmstat_nl_event_exit(void)
{
	dmstat_event_listen(NULL);
}

/**
 * dmstat_nl_event_sequence() - the number of the last message
 *
 * Context: any.
 * Return: the number.
 */
u32 dmstat_nl_event_sequence(void)
{
	return READ_ONCE(sequence);
}
