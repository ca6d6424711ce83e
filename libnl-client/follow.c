// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * follow: list the regions and read their changes, without a hole
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * The regions are listed after the subscription, and again after events were
 * lost, once the buffer is empty: a socket that has lost an event drops further
 * ones until then. Before that, the kernel is asked for the number of the last
 * event: events up to that are in the list, and are ignored; later ones are
 * applied after it. If the next one is missing, that is a gap as any other.
 */
#include <errno.h>
#include <stdbool.h>

#include "event.h"
#include "export.h"
#include "handle.h"
#include "scope.h"
#include "sequence.h"
#include "subscription.h"

/* Lists in one call: each may be interrupted, or take too long for the buffer. */
#define LIST_TRIES	10

/*
 * State of dmstat_events_follow(); the callback has @ended the list, which has
 * the events up to @before, if that is @numbered.
 */
struct follow {
	struct dmstat_events *events;
	struct dmstat *handle;
	dmstat_event_fn callback;
	void *data;
	bool ended;
	uint32_t before;
	bool numbered;
};

static int pass_on(const struct dmstat_event *event, void *data)
{
	const struct follow *follow = data;

	if (event->type == DMSTAT_EVENT_MODULE_GONE ||
	    event->type == DMSTAT_EVENT_MODULE_BACK ||
	    (event->type == DMSTAT_EVENT_OVERRUN &&
	     event->groups & DMSTAT_EVENTS_REGION))
		follow->events->list_due = true;
	return follow->callback(event, follow->data);
}

static int take_region(const struct dmstat_region *region, void *data)
{
	struct follow *follow = data;
	const struct dmstat_event event = {
		.type = DMSTAT_EVENT_REGION_LISTED,
		.region = region,
	};
	int ret;

	ret = follow->callback(&event, follow->data);
	follow->ended = ret;
	return ret;
}

static int report(const struct follow *follow, enum dmstat_event_type type)
{
	const struct dmstat_event event = { .type = type };

	return follow->callback(&event, follow->data);
}

/*
 * Without the module there are no regions, and a request would load it. If it is
 * unloaded right now, the event that says so is in the buffer.
 */
static int walk(struct follow *follow)
{
	int ret;

	follow->numbered = false;
	if (!follow->events->handle->family.type)
		return 0;

	ret = dmstat_sequence_get(follow->handle, FAMILY_GROUP_REGION,
				  &follow->before);
	follow->numbered = !ret;
	if (!ret || ret == -EOPNOTSUPP)
		ret = dmstat_regions(follow->handle, NULL, take_region, follow);
	return ret == -ENOENT && !follow->ended ? 0 : ret;
}

static void list_is_complete(struct follow *follow)
{
	struct event_group *group =
		&follow->events->groups[FAMILY_GROUP_REGION];

	follow->events->list_due = false;
	if (!follow->numbered)
		return;
	group->numbered = true;
	group->listed = true;
	group->next = follow->before + 1;
}

static int list(struct follow *follow)
{
	int tries = LIST_TRIES;
	int ret;

	do {
		ret = report(follow, DMSTAT_EVENT_LIST);
		if (ret)
			return ret;
		ret = walk(follow);
	} while (ret == -EAGAIN && !follow->ended && --tries);
	if (ret)
		return ret;

	list_is_complete(follow);
	return report(follow, DMSTAT_EVENT_LIST_END);
}

/* Unlike dmstat_regions(), reading describes no errors. */
static int read_all(struct follow *follow)
{
	int ret;

	ret = dmstat_events_all(follow->events, pass_on, follow);
	return ret < 0 ? dmstat_failure_errno(&follow->handle->failure, ret) :
			 ret;
}

static int list_and_read(struct follow *follow)
{
	int tries = LIST_TRIES;
	int ret = 0;

	do {
		if (follow->events->list_due)
			ret = list(follow);
		if (!ret)
			ret = read_all(follow);
	} while (!ret && follow->events->list_due && --tries);
	if (ret || !follow->events->list_due)
		return ret;
	return dmstat_failure_text(&follow->handle->failure, -EAGAIN,
				   "regions change faster than they can be listed: call again");
}

static void following_ends(struct dmstat **handle)
{
	handle_end(*handle);
}

static int follow_alone(struct follow *follow)
{
	struct dmstat *reader ON_EXIT(following_ends) = follow->events->handle;

	handle_begin(reader);
	return list_and_read(follow);
}

int dmstat_events_follow(struct dmstat_events *events, struct dmstat *handle,
			 dmstat_event_fn callback, void *data)
{
	struct follow follow = {
		.events = events,
		.handle = handle,
		.callback = callback,
		.data = data,
	};

	if (events->handle->busy || handle->busy)
		return -EBUSY;
	if (!(events->joins & DMSTAT_EVENTS_REGION))
		return dmstat_failure_text(&handle->failure, -EINVAL,
					   "the subscription has no events of regions");
	return follow_alone(&follow);
}

EXPORT(dmstat_events_follow);
