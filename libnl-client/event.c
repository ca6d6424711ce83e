// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * event: what happens to regions, as it happens
 *
 * Copyright (C) 2026 The dmstat authors
 */
#include "event.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/dmstat.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "attribute.h"
#include "handle.h"
#include "region.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

/* Asked for, so that bursts fit; the system may grant less. */
#define EVENTS_BUFFER	(1 << 20)

/* Which event is it? 0 if it is none that is known. */
static enum dmstat_event_type event_type(const struct nlmsghdr *message)
{
	const struct genlmsghdr *header = nlmsg_data(message);

	switch (header->cmd) {
	case DMSTAT_CMD_REGION_NEW_NTF:
		return DMSTAT_EVENT_REGION_NEW;
	case DMSTAT_CMD_REGION_DEL_NTF:
		return DMSTAT_EVENT_REGION_DEL;
	case DMSTAT_CMD_REGION_SET_NTF:
		return DMSTAT_EVENT_REGION_SET;
	case DMSTAT_CMD_REGION_CLEAR_NTF:
		return DMSTAT_EVENT_REGION_CLEAR;
	}
	return 0;
}

static int events_message(const struct dmstat_events *events,
			  const struct nlmsghdr *message,
			  dmstat_event_fn callback, void *data)
{
	struct dmstat_region region;
	struct dmstat_event event = { .region = &region };
	int ret;

	if (message->nlmsg_type != events->handle->family.type)
		return 0;
	if (!message_is_whole(message))
		return -EBADMSG;

	event.type = event_type(message);
	if (!event.type)
		return 0;

	ret = dmstat_region_parse(message, &region, &event.cause);
	if (ret)
		return ret;
	return callback(&event, data);
}

/**
 * dmstat_events_datagram() - hand out the events of the datagram received
 * @events: the subscription
 * @callback: called for each
 * @data: passed to @callback
 *
 * Return: 0, all are handed out; what @callback returned; -EBADMSG. In the
 * latter cases, call it again for what is left.
 */
int dmstat_events_datagram(struct dmstat_events *events,
			   dmstat_event_fn callback, void *data)
{
	const struct nlmsghdr *message;
	int ret;

	while (nlmsg_ok(events->message, events->left)) {
		message = events->message;
		events->message = nlmsg_next((struct nlmsghdr *)message,
					     &events->left);
		ret = events_message(events, message, callback, data);
		if (ret)
			return ret;
	}
	ret = events->left > 0 ? -EBADMSG : 0;
	events->left = 0;
	return ret;
}

static int events_overrun(dmstat_event_fn callback, void *data)
{
	const struct dmstat_event event = { .type = DMSTAT_EVENT_OVERRUN };

	return callback(&event, data);
}

/* Hand out what has come, and what comes meanwhile. */
static int events_read(struct dmstat_events *events, dmstat_event_fn callback,
		       void *data)
{
	ssize_t size;
	int ret;

	for (;;) {
		ret = dmstat_events_datagram(events, callback, data);
		if (ret)
			return ret;

		size = dmstat_handle_receive(events->handle, MSG_DONTWAIT);
		if (size == -EAGAIN)
			return 0;
		if (size == -ENOBUFS) {
			/* The kernel says so once, then what it could keep. */
			ret = events_overrun(callback, data);
			if (ret)
				return ret;
			continue;
		}
		if (size < 0)
			return size;

		events->message = (struct nlmsghdr *)events->handle->datagram;
		events->left = size;
	}
}

int dmstat_events_read(struct dmstat_events *events, dmstat_event_fn callback,
		       void *data)
{
	int ret;

	/* The datagram is in use by whoever reads. */
	if (events->handle->busy)
		return -EBUSY;

	events->handle->busy = true;
	ret = events_read(events, callback, data);
	events->handle->busy = false;
	return ret;
}

/* Join the group; libnl's function for it would blur the error. */
static int events_join(struct dmstat_events *events)
{
	struct dmstat *handle = events->handle;
	const int group = handle->family.group;

	if (!group)
		return -EPROTONOSUPPORT;

	nl_socket_set_buffer_size(handle->socket, EVENTS_BUFFER, 0);
	if (setsockopt(nl_socket_get_fd(handle->socket), SOL_NETLINK,
		       NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

int dmstat_events_open(struct dmstat_events **events)
{
	struct dmstat_events *new;
	int ret;

	*events = NULL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;

	ret = dmstat_open(&new->handle);
	if (!ret)
		ret = events_join(new);
	if (ret) {
		dmstat_events_close(new);
		return ret;
	}
	*events = new;
	return 0;
}

int dmstat_events_fd(const struct dmstat_events *events)
{
	return nl_socket_get_fd(events->handle->socket);
}

void dmstat_events_close(struct dmstat_events *events)
{
	if (!events)
		return;

	dmstat_close(events->handle);
	free(events);
}
