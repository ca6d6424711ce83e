// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * subscription: the socket that receives events, and its groups
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * When the module is unloaded, the kernel removes the socket from the module's
 * groups. When it is loaded again, they may have other numbers. So the socket
 * also joins the group of generic netlink's controller, which reports both, and
 * joins it first, so that no report is missed. Requests use another socket because
 * their answers would mix with the events.
 */
#include "subscription.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <netlink/socket.h>

#include "family.h"
#include "handle.h"
#include "resolve.h"
#include "scope.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

/* Bytes; large enough for a burst of some hundred events. */
#define EVENTS_BUFFER	(1 << 20)

/* The controller's group "notify" has a fixed number, that of its family. */
#define CONTROL_GROUP	GENL_ID_CTRL

/* Without libnl, whose function merges error numbers. */
static int join(const struct dmstat_events *events, int group)
{
	if (setsockopt(nl_socket_get_fd(events->handle->socket), SOL_NETLINK,
		       NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

static_assert(DMSTAT_EVENTS_REGION == 1 << FAMILY_GROUP_REGION);
static_assert(DMSTAT_EVENTS_IO == 1 << FAMILY_GROUP_IO);

#define ALL_GROUPS	(DMSTAT_EVENTS_REGION | DMSTAT_EVENTS_IO)

static int join_groups(const struct dmstat_events *events,
		       const struct family *family)
{
	int ret = 0, i;

	for (i = 0; i < FAMILY_GROUPS; i++)
		if (events_has_group(events, i) && !family->groups[i])
			return -EPROTONOSUPPORT;
	for (i = 0; !ret && i < FAMILY_GROUPS; i++)
		if (events_has_group(events, i))
			ret = join(events, family->groups[i]);
	return ret;
}

/**
 * dmstat_events_join() - join the module's groups
 * @events: the subscription; the family of its handle is set
 * @family: the module's numbers
 *
 * Return: 0; -EPROTONOSUPPORT, the family lacks a group; another negative
 * error number. After an error the type of the handle's family is 0.
 */
int dmstat_events_join(struct dmstat_events *events,
		       const struct family *family)
{
	int ret;

	events->handle->family = (struct family){ 0 };
	ret = join_groups(events, family);
	if (!ret)
		events->handle->family = *family;
	return ret;
}

/**
 * dmstat_events_look() - check whether the module is loaded, and is the same
 * @events: the subscription; joins the groups of the module that is loaded
 * @type: set to the DMSTAT_EVENT_MODULE_* to report, or 0
 *
 * Return: 0 or a negative error number.
 */
int dmstat_events_look(struct dmstat_events *events,
		       enum dmstat_event_type *type)
{
	const uint16_t before = events->handle->family.type;
	struct dmstat *handle ON_EXIT(dmstat_handle_drop) = NULL;
	int ret;

	*type = 0;
	handle = calloc(1, sizeof(*handle));
	if (!handle)
		return -ENOMEM;

	ret = dmstat_resolve_listed(handle);
	if (!ret && handle->family.type)
		ret = dmstat_events_join(events, &handle->family);
	if (!ret && handle->family.type != before) {
		events->handle->family = handle->family;
		*type = handle->family.type ? DMSTAT_EVENT_MODULE_BACK :
					      DMSTAT_EVENT_MODULE_GONE;
	}
	return ret;
}

static int set_buffer(const struct dmstat_events *events, int bytes)
{
	const int fd = nl_socket_get_fd(events->handle->socket);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)))
		return -errno;
	return 0;
}

int dmstat_events_buffer(struct dmstat_events *events, size_t bytes,
			 size_t *granted)
{
	const int fd = nl_socket_get_fd(events->handle->socket);
	int doubled = 0, ret;
	socklen_t size = sizeof(doubled);

	if (events->handle->busy)
		return -EBUSY;
	if (!bytes || bytes > DMSTAT_EVENTS_BUFFER_MAX)
		return -EINVAL;

	ret = set_buffer(events, bytes);
	if (ret || !granted)
		return ret;

	/* The kernel has doubled the number to cover its overhead. */
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &doubled, &size))
		return -errno;
	*granted = doubled / 2;
	return 0;
}

/* Find the module, which loads it if necessary, and join its groups. */
static int find_and_join(struct dmstat_events *events)
{
	struct dmstat *handle ON_EXIT(dmstat_handle_drop) = NULL;
	int ret;

	ret = dmstat_open(&handle);
	if (ret)
		return ret;
	return dmstat_events_join(events, &handle->family);
}

static int subscribe(struct dmstat_events *events)
{
	int ret;

	ret = dmstat_handle_connect(events->handle);
	if (ret)
		return ret;

	/* If it fails, the default size has to do. */
	set_buffer(events, EVENTS_BUFFER);
	ret = join(events, CONTROL_GROUP);
	return ret ? ret : find_and_join(events);
}

static void drop(struct dmstat_events **events)
{
	dmstat_events_close(*events);
}

int dmstat_events_open(struct dmstat_events **events)
{
	return dmstat_events_open_groups(events, DMSTAT_EVENTS_REGION);
}

int dmstat_events_open_groups(struct dmstat_events **events,
			      unsigned int groups)
{
	struct dmstat_events *new ON_EXIT(drop) = NULL;
	int ret;

	*events = NULL;
	if (!groups || groups & ~ALL_GROUPS)
		return -EINVAL;

	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;

	new->handle = calloc(1, sizeof(*new->handle));
	if (!new->handle)
		return -ENOMEM;

	new->joins = groups;
	new->list_due = true;
	ret = subscribe(new);
	if (ret)
		return ret;

	*events = new;
	new = NULL;
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

EXPORT(dmstat_events_buffer);
EXPORT(dmstat_events_open);
EXPORT(dmstat_events_open_groups);
EXPORT(dmstat_events_fd);
EXPORT(dmstat_events_close);
