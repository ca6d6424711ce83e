// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * event: read the events of a subscription
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * When an event does not fit into a socket's buffer, the kernel reports ENOBUFS
 * once, ahead of the events that are in the buffer, and drops further events
 * until all of these are read. A program that lists the regions at the ENOBUFS
 * would miss the changes until then. So DMSTAT_EVENT_OVERRUN is reported where
 * events are missing: at a gap in the sequence, or when the buffer is empty.
 */
#include "event.h"

#include <errno.h>
#include <sys/socket.h>

#include <linux/dmstat.h>
#include <linux/genetlink.h>
#include <netlink/msg.h>

#include "attribute.h"
#include "family.h"
#include "handle.h"
#include "region.h"
#include "scope.h"
#include "subscription.h"

/* Return: 0 for an event that this version does not know. */
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

/* Report an event without a region. */
static int report(enum dmstat_event_type type, dmstat_event_fn callback,
		  void *data)
{
	const struct dmstat_event event = { .type = type };

	return callback(&event, data);
}

static void forget_numbers(struct dmstat_events *events)
{
	events->numbered = false;
}

/* If the number is another, it is that of an earlier module: ignore it. */
static int module_gone(struct dmstat_events *events,
		       const struct family *family, dmstat_event_fn callback,
		       void *data)
{
	struct family *known = &events->handle->family;

	if (family->type != known->type)
		return 0;
	*known = (struct family){ 0 };
	forget_numbers(events);
	return report(DMSTAT_EVENT_MODULE_GONE, callback, data);
}

static int module_back(struct dmstat_events *events,
		       const struct family *family, dmstat_event_fn callback,
		       void *data)
{
	int ret;

	if (family->type == events->handle->family.type)
		return 0;
	ret = dmstat_events_join(events, family);
	/* No such group: the module was unloaded again. */
	if (ret == -ENOENT || ret == -EINVAL)
		return 0;
	if (ret)
		return ret;
	forget_numbers(events);
	return report(DMSTAT_EVENT_MODULE_BACK, callback, data);
}

/* A message of generic netlink's controller: a family has come or gone? */
static int control_message(struct dmstat_events *events,
			   const struct nlmsghdr *message,
			   dmstat_event_fn callback, void *data)
{
	const struct genlmsghdr *header = nlmsg_data(message);
	struct family family;
	int ret;

	if (header->cmd != CTRL_CMD_NEWFAMILY &&
	    header->cmd != CTRL_CMD_DELFAMILY)
		return 0;
	ret = dmstat_family_parse(message, &family);
	if (ret || !family.is_ours)
		return ret;
	if (header->cmd == CTRL_CMD_DELFAMILY)
		return module_gone(events, &family, callback, data);
	return module_back(events, &family, callback, data);
}

/*
 * Are events missing before this one? Reports a gap once, also if it is called
 * for the same event again.
 */
static bool is_gap(struct dmstat_events *events, uint32_t sequence)
{
	const bool gap = events->numbered && sequence != events->next;

	events->numbered = true;
	events->next = sequence;
	if (gap && events->lost)
		events->lost--;
	return gap;
}

/* Consume the next message, before a callback that may not return. */
static void skip(struct dmstat_events *events)
{
	events->message = nlmsg_next((struct nlmsghdr *)events->message,
				     &events->left);
}

static int module_message(struct dmstat_events *events,
			  dmstat_event_fn callback, void *data)
{
	const struct nlmsghdr *message = events->message;
	struct dmstat_region region;
	struct region_event told;
	struct dmstat_event event = { .region = &region };
	int ret;

	/* Unknown events are part of the sequence as well. */
	event.type = event_type(message);
	ret = dmstat_region_parse(message, &region, &told);
	if (ret && event.type) {
		skip(events);
		return ret;
	}

	/* If the callback stops here, the message is still to be read. */
	if (told.numbered && is_gap(events, told.sequence)) {
		ret = report(DMSTAT_EVENT_OVERRUN, callback, data);
		if (ret)
			return ret;
	}

	skip(events);
	if (told.numbered)
		events->next++;
	if (!event.type)
		return 0;

	event.cause = told.cause;
	event.time = told.time;
	event.sequence = told.sequence;
	return callback(&event, data);
}

/* Process the next message of the datagram. */
static int events_message(struct dmstat_events *events,
			  dmstat_event_fn callback, void *data)
{
	const struct nlmsghdr *message = events->message;

	if (message->nlmsg_type == events->handle->family.type &&
	    message_is_whole(message))
		return module_message(events, callback, data);

	skip(events);
	if (message->nlmsg_type != GENL_ID_CTRL &&
	    message->nlmsg_type != events->handle->family.type)
		return 0;
	if (!message_is_whole(message))
		return -EBADMSG;
	return control_message(events, message, callback, data);
}

/**
 * dmstat_events_datagram() - report the events of the datagram in the handle
 * @events: the subscription
 * @callback: called for each event
 * @data: passed to @callback
 *
 * Return: 0, none is left; what @callback returned; -EBADMSG, malformed. In the
 * latter two cases, call this again for the rest of the datagram.
 */
int dmstat_events_datagram(struct dmstat_events *events,
			   dmstat_event_fn callback, void *data)
{
	int ret;

	while (nlmsg_ok(events->message, events->left)) {
		ret = events_message(events, callback, data);
		if (ret)
			return ret;
	}
	ret = events->left > 0 ? -EBADMSG : 0;
	events->left = 0;
	return ret;
}

/* The buffer is empty: report a loss that showed no gap. */
static int events_end(struct dmstat_events *events, dmstat_event_fn callback,
		      void *data)
{
	enum dmstat_event_type type = 0;
	int ret;

	if (events->unsure) {
		ret = dmstat_events_look(events, &type);
		if (ret)
			return ret;
		events->unsure = false;
	}
	if (!type && events->lost)
		type = DMSTAT_EVENT_OVERRUN;
	if (!type)
		return 0;

	/* How many are missing, and so the next number, is not known. */
	events->lost = 0;
	forget_numbers(events);
	return report(type, callback, data);
}

/* Report events until the buffer is empty. */
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
			return events_end(events, callback, data);
		if (size == -ENOBUFS) {
			events->lost++;
			events->unsure = true;
			continue;
		}
		if (size < 0)
			return size;

		events->message = (struct nlmsghdr *)events->handle->datagram;
		events->left = size;
	}
}

static void reading_ends(struct dmstat **handle)
{
	handle_end(*handle);
}

static int read_alone(struct dmstat_events *events, dmstat_event_fn callback,
		      void *data)
{
	struct dmstat *reader ON_EXIT(reading_ends) = events->handle;

	handle_begin(reader);
	return events_read(events, callback, data);
}

int dmstat_events_read(struct dmstat_events *events, dmstat_event_fn callback,
		       void *data)
{
	/* A callback is using the datagram. */
	if (events->handle->busy)
		return -EBUSY;
	return read_alone(events, callback, data);
}

EXPORT(dmstat_events_read);
