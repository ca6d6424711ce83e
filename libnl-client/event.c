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
#include "io_event.h"
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
	case DMSTAT_CMD_IO_NTF:
		return DMSTAT_EVENT_IO;
	}
	return 0;
}

/* Report an event about the module. */
static int report(enum dmstat_event_type type, dmstat_event_fn callback,
		  void *data)
{
	const struct dmstat_event event = { .type = type };

	return callback(&event, data);
}

/* Events are missing in @groups: @missing, or 0 if that is not known. */
static int report_overrun(unsigned int groups, uint32_t missing,
			  dmstat_event_fn callback, void *data)
{
	const struct dmstat_event event = {
		.type = DMSTAT_EVENT_OVERRUN,
		.groups = groups,
		.missing = missing,
	};

	return callback(&event, data);
}

static void forget_numbers(struct dmstat_events *events)
{
	int i;

	for (i = 0; i < FAMILY_GROUPS; i++)
		events->groups[i] = (struct event_group){
			.lost = events->groups[i].lost,
		};
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
 * How many events are missing before this one? Returns a gap once, also if it is
 * called for the same event again.
 */
static uint32_t gap(struct event_group *group, uint32_t sequence)
{
	const uint32_t missing = group->numbered ? sequence - group->next : 0;

	group->numbered = true;
	group->next = sequence;
	if (missing && group->lost)
		group->lost--;
	return missing;
}

/* Consume the next message, before a callback that may not return. */
static void skip(struct dmstat_events *events)
{
	events->message = nlmsg_next((struct nlmsghdr *)events->message,
				     &events->left);
}

/* It was in the buffer when the list was made that has what it reports. */
static bool is_listed(const struct event_group *group,
		      const struct event_number *number)
{
	return group->listed && number->numbered &&
	       (int32_t)(number->sequence - group->next) < 0;
}

/* An event, and before that the events of its group that are missing. */
static int numbered_message(struct dmstat_events *events,
			    enum family_group which,
			    struct dmstat_event *event,
			    const struct event_number *number,
			    dmstat_event_fn callback, void *data)
{
	struct event_group *group = &events->groups[which];
	uint32_t missing;
	int ret;

	if (is_listed(group, number)) {
		skip(events);
		return 0;
	}

	/* If the callback stops here, the message is still to be read. */
	missing = number->numbered ? gap(group, number->sequence) : 0;
	if (missing) {
		ret = report_overrun(1U << which, missing, callback, data);
		if (ret)
			return ret;
	}

	skip(events);
	if (number->numbered)
		group->next++;
	if (!event->type)
		return 0;

	event->time = number->time;
	event->sequence = number->sequence;
	return callback(event, data);
}

static int region_message(struct dmstat_events *events,
			  enum dmstat_event_type type,
			  dmstat_event_fn callback, void *data)
{
	struct dmstat_region region;
	struct region_event told;
	struct dmstat_event event = { .type = type, .region = &region };
	int ret;

	ret = dmstat_region_parse(events->message, &region, &told);
	if (ret && type) {
		skip(events);
		return ret;
	}
	event.cause = told.cause;
	return numbered_message(events, FAMILY_GROUP_REGION, &event,
				&told.number, callback, data);
}

static int io_message(struct dmstat_events *events, dmstat_event_fn callback,
		      void *data)
{
	struct dmstat_io_event io;
	struct event_number number;
	struct dmstat_event event = { .type = DMSTAT_EVENT_IO, .io = &io };
	int ret;

	ret = dmstat_io_event_parse(events->message, &io, &number);
	if (ret) {
		skip(events);
		return ret;
	}
	return numbered_message(events, FAMILY_GROUP_IO, &event, &number,
				callback, data);
}

/* Unknown events are part of the sequence of the group "region". */
static int module_message(struct dmstat_events *events,
			  dmstat_event_fn callback, void *data)
{
	const enum dmstat_event_type type = event_type(events->message);

	if (type == DMSTAT_EVENT_IO)
		return io_message(events, callback, data);
	return region_message(events, type, callback, data);
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

/* An event did not fit, of any of the groups. */
static void note_loss(struct dmstat_events *events)
{
	int i;

	for (i = 0; i < FAMILY_GROUPS; i++)
		if (events_has_group(events, i))
			events->groups[i].lost++;
	events->unsure = true;
}

/*
 * Return: the groups with a loss that was not reported. How many events of these
 * are missing, and so the next number, is not known.
 */
static unsigned int take_losses(struct dmstat_events *events)
{
	unsigned int groups = 0;
	int i;

	for (i = 0; i < FAMILY_GROUPS; i++) {
		if (!events->groups[i].lost)
			continue;
		groups |= 1U << i;
		events->groups[i] = (struct event_group){ 0 };
	}
	return groups;
}

/* The buffer is empty: report a loss that showed no gap. */
static int events_end(struct dmstat_events *events, dmstat_event_fn callback,
		      void *data)
{
	enum dmstat_event_type type = 0;
	unsigned int groups;
	int ret;

	if (events->unsure) {
		ret = dmstat_events_look(events, &type);
		if (ret)
			return ret;
		events->unsure = false;
	}
	groups = take_losses(events);
	if (type) {
		forget_numbers(events);
		return report(type, callback, data);
	}
	return groups ? report_overrun(groups, 0, callback, data) : 0;
}

/**
 * dmstat_events_all() - report events until the buffer is empty
 * @events: the subscription; its handle is busy
 * @callback: called for each event
 * @data: passed to @callback
 *
 * Return: as dmstat_events_read().
 */
int dmstat_events_all(struct dmstat_events *events, dmstat_event_fn callback,
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
			note_loss(events);
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
	return dmstat_events_all(events, callback, data);
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
