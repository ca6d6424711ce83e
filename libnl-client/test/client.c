// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * client: a program that calls all functions and checks their results
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * Everything that the library returns is read completely, and checked against
 * what dmstat.h promises.
 */
#include "client.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

/* Limits of error numbers and attribute types. */
#define ERROR_MAX	4095
#define ATTRIBUTE_MAX	0x3fff

/* More datagrams than a script can have. */
#define READS_MAX	10000

/* Enough to see that the request is repeated. */
#define ASKED_MAX	5

#define END_NESTED	128

#define HOLDS(client, condition) do {					\
	if (!(condition)) {						\
		printf("# %s:%d: not so: %s\n", __FILE__, __LINE__,	\
		       #condition);					\
		(client)->complaints++;					\
	}								\
} while (0)

static void read_number(struct client *client, uint64_t number)
{
	client->sum = client->sum * 31 + number;
}

static void read_string(struct client *client, const char *string)
{
	HOLDS(client, string);
	while (string && *string)
		read_number(client, *string++);
}

static void read_flush(struct client *client, const struct dmstat_flush *flush)
{
	int i;

	read_number(client, flush->ios);
	read_number(client, flush->ns);
	read_number(client, flush->errors);
	read_number(client, flush->longest_ns);
	read_number(client, flush->busy_ns);
	read_number(client, flush->again);
	read_number(client, flush->in_flight);
	for (i = 0; i < DMSTAT_FLUSH_BINS; i++)
		read_number(client, flush->histogram[i]);
}

static void read_device(struct client *client,
			const struct dmstat_device *device)
{
	read_number(client, device->major);
	read_number(client, device->minor);
	read_string(client, device->name);
	read_string(client, device->uuid);
	read_number(client, device->size);
	read_number(client, device->regions);
	read_number(client, device->missed);
	if (device->flush)
		read_flush(client, device->flush);
	read_number(client, device->oldest_ns);
}

static void read_region(struct client *client,
			const struct dmstat_region *region)
{
	const unsigned char *data = region->user_data;
	size_t i;

	HOLDS(client, region->region_id);
	read_number(client, region->major);
	read_number(client, region->minor);
	read_string(client, region->device_name);
	read_number(client, region->start);
	read_number(client, region->length);
	read_number(client, region->area_size);
	read_number(client, region->areas);
	read_string(client, region->program_id);
	read_number(client, region->memory);
	read_number(client, region->created);
	read_number(client, region->missed);
	read_number(client, region->extents);
	HOLDS(client, region->bounds_count <= DMSTAT_BOUNDS_MAX);
	for (i = 0; i < region->bounds_count; i++)
		read_number(client, region->bounds[i]);
	HOLDS(client, data || !region->user_data_size);
	for (i = 0; i < region->user_data_size; i++)
		read_number(client, data[i]);
	read_number(client, region->clears);
	read_number(client, region->cleared);
	read_string(client, region->group);
	read_number(client, region->owned);
	read_number(client, region->slow_ns);
	read_number(client, region->tell_errors);
	read_number(client, region->tell_rate);
	read_number(client, region->cgroup_id);
	read_number(client, region->resizes);
}

static void read_io(struct client *client, const struct dmstat_io *io)
{
	HOLDS(client, io);
	read_number(client, io->ios);
	read_number(client, io->sectors);
	read_number(client, io->ns);
	read_number(client, io->errors);
	read_number(client, io->longest_ns);
	read_number(client, io->again);
}

static void read_histogram(struct client *client,
			   const struct dmstat_histogram *histogram)
{
	uint32_t i;

	if (!histogram)
		return;
	HOLDS(client, histogram->bins <= DMSTAT_BOUNDS_MAX + 1);
	for (i = 0; i < histogram->bins; i++)
		read_number(client, histogram->ios[i]);
}

static void read_area(struct client *client, const struct dmstat_area *area)
{
	HOLDS(client, area->region_id >= client->region_id);
	if (client->region_id && area->region_id != client->region_id)
		client->next = 0;
	client->region_id = area->region_id;
	HOLDS(client, area->index >= client->next);
	HOLDS(client, area->index <= client->last);
	HOLDS(client, area->index + (area->areas - 1) <= client->last);
	HOLDS(client, area->length);
	HOLDS(client, area->areas);
	client->next = area->index + area->areas;
	read_number(client, area->start);
	read_number(client, area->in_flight_read);
	read_number(client, area->in_flight_write);
	read_number(client, area->busy_ns);
	read_number(client, area->queue_ns);
	read_io(client, area->read);
	read_io(client, area->write);
	read_io(client, area->discard);
	read_histogram(client, area->histogram[DMSTAT_READ]);
	read_histogram(client, area->histogram[DMSTAT_WRITE]);
	read_histogram(client, area->histogram[DMSTAT_DISCARD]);
}

/* ----------------------------------------------------------------- callbacks */

/* Return: the value for a callback to return: end the walk here? */
static int go_on(struct client *client)
{
	const struct dmstat_region *region;

	client->gives++;
	if (client->end & END_NESTED)
		HOLDS(client, dmstat_region_get(client->handle, 1, &region) ==
		      -EBUSY);
	if ((client->end & ~END_NESTED) == (unsigned int)client->gives)
		return CLIENT_ENOUGH;
	return 0;
}

static int take_device(const struct dmstat_device *device, void *data)
{
	read_device(data, device);
	return go_on(data);
}

static int take_region(const struct dmstat_region *region, void *data)
{
	read_region(data, region);
	return go_on(data);
}

static int take_area(const struct dmstat_area *area, void *data)
{
	read_area(data, area);
	return go_on(data);
}

static int read_it(const struct dmstat_area *area, void *data)
{
	read_area(data, area);
	return 0;
}

static int take_inflight(const struct dmstat_inflight *io, void *data)
{
	struct client *client = data;

	read_number(client, io->sector);
	read_number(client, io->sectors);
	read_number(client, io->operation);
	read_number(client, io->age_ns);
	read_number(client, io->pid);
	read_string(client, io->comm);
	read_number(client, io->kernel_thread);
	read_number(client, io->cgroup_id);
	read_number(client, io->io_id);
	return go_on(client);
}

static void read_rate(struct client *client, const struct dmstat_rate *rate)
{
	HOLDS(client, rate->ios_per_s >= 0);
	HOLDS(client, rate->sectors_per_s >= 0);
	read_number(client, rate->ios_per_s > 1);
	read_number(client, rate->sectors_per_s > 1);
	read_number(client, rate->mean_ns);
	HOLDS(client, rate->longest_least_ns <= rate->longest_most_ns);
	read_number(client, rate->longest_least_ns);
	read_number(client, rate->longest_most_ns);
}

static void read_delta(struct client *client, const struct dmstat_delta *delta)
{
	read_area(client, delta->area);
	HOLDS(client, delta->utilization >= 0 && delta->utilization <= 1);
	HOLDS(client, delta->queue_depth >= 0);
	read_number(client, delta->elapsed_ns);
	read_number(client, delta->cleared);
	read_rate(client, delta->read);
	read_rate(client, delta->write);
	read_rate(client, delta->discard);
}

static int take_delta(const struct dmstat_delta *delta, void *data)
{
	read_delta(data, delta);
	return go_on(data);
}

static void read_io_event(struct client *client,
			  const struct dmstat_io_event *io)
{
	read_number(client, io->kind);
	read_number(client, io->region_id);
	read_number(client, io->major);
	read_number(client, io->minor);
	read_string(client, io->device_name);
	read_number(client, io->lost);
	read_number(client, io->operation);
	read_number(client, io->sector);
	read_number(client, io->sectors);
	read_number(client, io->started);
	read_number(client, io->took_ns);
	read_number(client, io->error);
	read_number(client, io->io_id);
	read_number(client, io->pid);
	read_string(client, io->comm);
	read_number(client, io->kernel_thread);
	read_number(client, io->cgroup_id);
}

static bool has_region(enum dmstat_event_type type)
{
	switch (type) {
	case DMSTAT_EVENT_REGION_NEW:
	case DMSTAT_EVENT_REGION_DEL:
	case DMSTAT_EVENT_REGION_SET:
	case DMSTAT_EVENT_REGION_CLEAR:
	case DMSTAT_EVENT_REGION_LISTED:
		return true;
	default:
		return false;
	}
}

/* Lists do not overlap, and have all of the regions that are listed. */
static void note_list(struct client *client, enum dmstat_event_type type)
{
	if (type == DMSTAT_EVENT_LIST)
		client->listing = true;
	else if (type == DMSTAT_EVENT_REGION_LISTED)
		HOLDS(client, client->listing);
	else if (type == DMSTAT_EVENT_LIST_END)
		HOLDS(client, client->listing);
	else
		HOLDS(client, !client->listing);
	if (type == DMSTAT_EVENT_LIST_END)
		client->listing = false;
}

static int take_event(const struct dmstat_event *event, void *data)
{
	struct client *client = data;

	HOLDS(client, event->type >= DMSTAT_EVENT_REGION_NEW);
	HOLDS(client, event->type <= DMSTAT_EVENT_LIST_END);
	HOLDS(client, !event->region == !has_region(event->type));
	HOLDS(client, !event->io == (event->type != DMSTAT_EVENT_IO));
	HOLDS(client, !event->groups == (event->type != DMSTAT_EVENT_OVERRUN));
	note_list(client, event->type);
	if (event->region)
		read_region(client, event->region);
	if (event->io)
		read_io_event(client, event->io);
	read_number(client, event->cause);
	read_number(client, event->time);
	read_number(client, event->sequence);
	read_number(client, event->missing);

	client->gives++;
	if (client->end & END_NESTED)
		HOLDS(client, dmstat_events_read(client->events, take_event,
						 client) == -EBUSY);
	if ((client->end & ~END_NESTED) == (unsigned int)client->gives)
		return CLIENT_ENOUGH;
	return 0;
}

/* --------------------------------------------------------------------- calls */

static int call_open(void)
{
	struct dmstat *handle;
	int ret;

	ret = dmstat_open(&handle);
	if (!ret)
		dmstat_close(handle);
	return ret;
}

static int call_device_get(struct client *client)
{
	const struct dmstat_device *device;
	int ret;

	ret = dmstat_device_get(client->handle, KERNEL_MAJOR, KERNEL_MINOR,
				&device);
	if (!ret)
		read_device(client, device);
	return ret;
}

static int call_device_find(struct client *client, const char *text)
{
	const struct dmstat_device *device;
	int ret;

	if (!*text && client->name)
		text = client->name;
	ret = dmstat_device_find(client->handle, text, &device);
	client->name = NULL;
	if (!ret)
		read_device(client, device);
	return ret;
}

static int call_device_find_range(struct client *client, const char *text)
{
	const struct dmstat_device *device;
	struct dmstat_extent range;
	int ret;

	if (!*text && client->name)
		text = client->name;
	ret = dmstat_device_find_range(client->handle, text, &device, &range);
	client->name = NULL;
	if (!ret)
		read_device(client, device);
	return ret;
}

static int call_region_create(struct client *client, const char *text)
{
	struct dmstat_region_spec spec = DMSTAT_REGION_SPEC_INIT;
	const struct dmstat_region *region;
	int ret;

	spec.areas = 100;
	spec.program_id = *text ? text : NULL;
	ret = dmstat_region_create(client->handle, &spec, &region);
	if (!ret)
		read_region(client, region);
	return ret;
}

static int call_region_set(struct client *client, const char *text)
{
	const struct dmstat_region_change change = {
		.struct_size = sizeof(change),
		.region_id = KERNEL_REGION_ID,
		.program_id = text,
		.user_data = text,
		.user_data_size = strlen(text),
	};
	const struct dmstat_region *region;
	int ret;

	ret = dmstat_region_set(client->handle, &change, &region);
	if (!ret)
		read_region(client, region);
	return ret;
}

static int call_regions_delete(struct client *client, const char *text)
{
	const struct dmstat_region_filter filter = {
		.struct_size = sizeof(filter),
		.program_id = text,
	};
	uint32_t count;
	int ret;

	ret = dmstat_regions_delete(client->handle, &filter, &count);
	HOLDS(client, !ret || !count);
	return ret;
}

static int call_regions_delete_ids(struct client *client)
{
	const uint32_t ids[] = { KERNEL_REGION_ID, KERNEL_REGION_ID + 1 };

	return dmstat_regions_delete_ids(client->handle, ids, 2);
}

static int call_region_get(struct client *client)
{
	const struct dmstat_region *region;
	int ret;

	ret = dmstat_region_get(client->handle, KERNEL_REGION_ID, &region);
	if (ret)
		return ret;

	read_region(client, region);
	client->name = region->device_name;
	return 0;
}

static int call_regions(struct client *client, const char *text)
{
	const struct dmstat_region_filter filter = {
		.struct_size = sizeof(filter),
		.by_device = 1,
		.program_id = text,
	};

	return dmstat_regions(client->handle, *text ? &filter : NULL,
			      take_region, client);
}

static void any_area(struct client *client)
{
	client->region_id = 0;
	client->next = 0;
	client->last = UINT64_MAX;
}

/*
 * @text is "FIRST COUNT", "merge N", "all N" (regions, N areas merged), else all
 * areas of the region; others must not be returned.
 */
static struct dmstat_area_query read_query(struct client *client,
					   const char *text)
{
	struct dmstat_area_query query = DMSTAT_AREA_QUERY_INIT;

	any_area(client);
	query.region_id = KERNEL_REGION_ID;
	if (strstr(text, "uncleared"))
		query.flags = DMSTAT_AREAS_UNCLEARED;
	if (sscanf(text, "all %" SCNu32, &query.merge) == 1) {
		query.region_id = 0;
		return query;
	}
	if (sscanf(text, "merge %" SCNu32, &query.merge) == 1)
		return query;
	if (sscanf(text, "%" SCNu64 " %" SCNu64, &query.first,
		   &query.count) == 2 && query.count) {
		client->next = query.first;
		client->last = query.first + query.count - 1;
		if (client->last < query.first)
			client->last = UINT64_MAX;
	}
	return query;
}

static int call_areas(struct client *client, const char *text)
{
	struct dmstat_area_query query = read_query(client, text);

	return dmstat_areas(client->handle, &query, take_area, client);
}

/* Without a request, the callback may use the handle. */
static void without_the_kernel(struct client *client)
{
	client->end &= ~END_NESTED;
}

/* Take a snapshot and walk it. */
static int call_snapshot_take(struct client *client, const char *text)
{
	struct dmstat_area_query query = read_query(client, text);
	struct dmstat_snapshot *snapshot;
	int ret;

	ret = dmstat_snapshot_take(client->handle, &query, &snapshot);
	HOLDS(client, !ret == !!snapshot);
	if (ret)
		return ret;

	dmstat_snapshot_free(client->snapshots[1]);
	client->snapshots[1] = client->snapshots[0];
	client->snapshots[0] = snapshot;
	HOLDS(client, dmstat_snapshot_info(snapshot)->region_id ==
	      KERNEL_REGION_ID);
	without_the_kernel(client);
	ret = dmstat_snapshot_areas(snapshot, take_area, client);
	HOLDS(client, ret || dmstat_snapshot_info(snapshot)->active ==
	      (uint64_t)client->gives);
	return ret;
}

static int call_snapshot_update(struct client *client)
{
	struct dmstat_snapshot *snapshot = client->snapshots[0];

	any_area(client);
	if (!snapshot)
		return 0;
	return dmstat_snapshot_update(client->handle, snapshot, take_delta,
				      client);
}

static int call_delta(struct client *client)
{
	any_area(client);
	without_the_kernel(client);
	if (!client->snapshots[1])
		return 0;
	return dmstat_delta(client->snapshots[1], client->snapshots[0],
			    take_delta, client);
}

/* Read all of a set. */
static void read_set(struct client *client, const struct dmstat_snapshots *set)
{
	const struct dmstat_snapshots_info *info = dmstat_snapshots_info(set);
	const struct dmstat_snapshots_region *region;
	const struct dmstat_device *device;
	uint32_t last = 0;
	size_t i;

	for (i = 0; (device = dmstat_snapshots_device_at(set, i)); i++) {
		read_device(client, device);
		HOLDS(client, dmstat_snapshots_device(set, device->major,
						      device->minor));
	}
	HOLDS(client, i == info->devices);

	for (i = 0; (region = dmstat_snapshots_at(set, i)); i++) {
		const uint32_t id = region->region->region_id;

		HOLDS(client, id > last);
		last = id;
		HOLDS(client, dmstat_snapshots_find(set, id) == region);
		HOLDS(client, dmstat_snapshot_info(region->snapshot)->taken_ns ==
		      info->taken_ns);
		read_region(client, region->region);
		if (region->device)
			read_string(client, region->device->name);
		any_area(client);
		HOLDS(client, !dmstat_snapshot_areas(region->snapshot, read_it,
						     client));
	}
	HOLDS(client, i == info->regions);
	client->gives = i;
}

static int call_snapshots_take(struct client *client, const char *text)
{
	struct dmstat_snapshots *set;
	uint32_t flags = 0;
	int ret;

	if (strstr(text, "uncleared"))
		flags = DMSTAT_AREAS_UNCLEARED;
	ret = dmstat_snapshots_take(client->handle, NULL,
				    strtoul(text, NULL, 10), flags, &set);
	HOLDS(client, !ret == !!set);
	if (ret)
		return ret;

	dmstat_snapshots_free(client->sets[1]);
	client->sets[1] = client->sets[0];
	client->sets[0] = set;
	read_set(client, set);
	return 0;
}

static int read_area_delta(const struct dmstat_delta *delta, void *data)
{
	read_delta(data, delta);
	return 0;
}

static void read_device_delta(struct client *client,
			      const struct dmstat_device_delta *delta)
{
	read_device(client, delta->device);
	read_flush(client, delta->flush);
	read_rate(client, delta->rate);
	read_number(client, delta->elapsed_ns);
	read_number(client, delta->is_new);
	read_number(client, delta->restarted);
	read_number(client, delta->missed);
	HOLDS(client, delta->utilization >= 0 && delta->utilization <= 1);
}

static int take_region_delta(const struct dmstat_region_delta *delta,
			     void *data)
{
	struct client *client = data;

	read_region(client, delta->region);
	if (delta->device)
		read_device_delta(client, delta->device);
	HOLDS(client, !delta->before == !!delta->is_new);
	read_number(client, delta->cleared);
	read_number(client, delta->missed);
	any_area(client);
	HOLDS(client, !dmstat_delta(delta->before, delta->after,
				    read_area_delta, client));
	any_area(client);
	read_delta(client, delta->total);
	return go_on(client);
}

static int take_device_delta(const struct dmstat_device_delta *delta,
			     void *data)
{
	read_device_delta(data, delta);
	return go_on(data);
}

static int call_region_deltas(struct client *client)
{
	without_the_kernel(client);
	if (!client->sets[0])
		return 0;
	return dmstat_region_deltas(client->sets[1], client->sets[0],
				    take_region_delta, client);
}

static int call_device_deltas(struct client *client)
{
	without_the_kernel(client);
	if (!client->sets[0])
		return 0;
	return dmstat_device_deltas(client->sets[1], client->sets[0],
				    take_device_delta, client);
}

/* As a script says: those of regions, or those of I/Os, too. */
static int open_events(struct dmstat_events **events, const char *text)
{
	if (!strcmp(text, "io"))
		return dmstat_events_open_groups(events, DMSTAT_EVENTS_REGION |
						 DMSTAT_EVENTS_IO);
	return dmstat_events_open(events);
}

static int call_events_open(const char *text)
{
	struct dmstat_events *events;
	int ret;

	ret = open_events(&events, text);
	if (!ret)
		dmstat_events_close(events);
	return ret;
}

static int read_events(struct client *client, enum function function)
{
	if (function == CALL_EVENTS_FOLLOW)
		return dmstat_events_follow(client->events, client->handle,
					    take_event, client);
	return dmstat_events_read(client->events, take_event, client);
}

/*
 * Read until no event is left, or the script has no answer to a request.
 * Return: the first value other than 0, or 0.
 */
static int call_events_read(struct client *client,
			    const struct script_call *call)
{
	int first = 0, reads = 0, ret;

	if (!client->events) {
		kernel_answer_family();
		if (open_events(&client->events, call->text))
			return -EIO;
		HOLDS(client, dmstat_events_fd(client->events) == -1);
		kernel_answer(call->answer);
	}

	do {
		/* The list that a callback has ended starts again. */
		client->listing = false;
		ret = read_events(client, call->function);
		if (!first)
			first = ret;
		HOLDS(client, ret <= 0 || ret == CLIENT_ENOUGH);
		HOLDS(client, ++reads < READS_MAX);
		/* What needs a system call that fails may fail for ever. */
	} while (ret && reads < READS_MAX && kernel_was_asked() < ASKED_MAX &&
		 !(kernel_refuses() && reads > ASKED_MAX));
	return first;
}

static int call_function(struct client *client, const struct script_call *call)
{
	struct dmstat *handle = client->handle;

	if (call->function != CALL_DEVICE_FIND &&
	    call->function != CALL_DEVICE_FIND_RANGE)
		client->name = NULL;

	switch (call->function) {
	case CALL_OPEN:
		return call_open();
	case CALL_DEVICES:
		return dmstat_devices(handle, take_device, client);
	case CALL_DEVICE_GET:
		return call_device_get(client);
	case CALL_DEVICE_FIND:
		return call_device_find(client, call->text);
	case CALL_REGION_CREATE:
		return call_region_create(client, call->text);
	case CALL_REGION_SET:
		return call_region_set(client, call->text);
	case CALL_REGION_GET:
		return call_region_get(client);
	case CALL_REGIONS:
		return call_regions(client, call->text);
	case CALL_REGION_DELETE:
		return dmstat_region_delete(handle, KERNEL_REGION_ID);
	case CALL_REGIONS_DELETE:
		return call_regions_delete(client, call->text);
	case CALL_REGIONS_DELETE_IDS:
		return call_regions_delete_ids(client);
	case CALL_REGION_CLEAR:
		return dmstat_region_clear(handle, KERNEL_REGION_ID);
	case CALL_AREAS:
		return call_areas(client, call->text);
	case CALL_INFLIGHT:
		return dmstat_inflight(handle, KERNEL_MAJOR, KERNEL_MINOR,
				       take_inflight, client);
	case CALL_EVENTS_OPEN:
		return call_events_open(call->text);
	case CALL_EVENTS_READ:
	case CALL_EVENTS_FOLLOW:
		return call_events_read(client, call);
	case CALL_SNAPSHOT_TAKE:
		return call_snapshot_take(client, call->text);
	case CALL_SNAPSHOT_UPDATE:
		return call_snapshot_update(client);
	case CALL_DELTA:
		return call_delta(client);
	case CALL_SNAPSHOTS_TAKE:
		return call_snapshots_take(client, call->text);
	case CALL_REGION_DELTAS:
		return call_region_deltas(client);
	case CALL_DEVICE_DELTAS:
		return call_device_deltas(client);
	case CALL_DEVICE_FIND_RANGE:
		return call_device_find_range(client, call->text);
	case CALL_COUNT:
		break;
	}
	return 0;
}

static bool is_one_line(const char *text)
{
	while (*text)
		if (iscntrl((unsigned char)*text++))
			return false;
	return true;
}

/* Check the handle's description of the last error; has the call @failed? */
static void read_failure(struct client *client, bool failed)
{
	const int attribute = dmstat_extack_attribute(client->handle);
	const char *extack = dmstat_extack(client->handle);
	const char *text = dmstat_error(client->handle);

	read_string(client, text);
	HOLDS(client, is_one_line(text));
	HOLDS(client, *text || !failed);
	HOLDS(client, !extack || !strcmp(extack, text));
	HOLDS(client, attribute >= 0 && attribute <= ATTRIBUTE_MAX);
}

static bool uses_the_handle(enum function function)
{
	switch (function) {
	case CALL_OPEN:
	case CALL_EVENTS_OPEN:
	case CALL_EVENTS_READ:
	case CALL_EVENTS_FOLLOW:
	case CALL_DELTA:
	case CALL_REGION_DELTAS:
	case CALL_DEVICE_DELTAS:
		return false;
	default:
		return true;
	}
}

/**
 * client_call() - call a function
 * @client: the program, opened
 * @call: the call and its answer
 *
 * Return: what the function returned.
 */
int client_call(struct client *client, const struct script_call *call)
{
	int ret;

	client->gives = 0;
	client->end = call->end;
	kernel_answer(call->answer);
	ret = call_function(client, call);

	HOLDS(client, ret >= -ERROR_MAX);
	HOLDS(client, ret <= 0 || (ret == CLIENT_ENOUGH && client->gives));
	HOLDS(client, !kernel_was_asked_forever());
	if (uses_the_handle(call->function))
		read_failure(client, ret < 0);
	return ret;
}

/**
 * client_try_again() - check that the handle still works
 * @client: the program, opened
 */
void client_try_again(struct client *client)
{
	const struct dmstat_region *region;
	int ret;

	kernel_answer_region();
	ret = dmstat_region_get(client->handle, KERNEL_REGION_ID, &region);
	HOLDS(client, !ret);
	if (ret)
		return;

	read_region(client, region);
	HOLDS(client, region->region_id == KERNEL_REGION_ID);
	HOLDS(client, !strcmp(region->device_name, "vg-home"));
	HOLDS(client, !strcmp(region->program_id, "fio"));
	HOLDS(client, region->areas == 100);
}

/**
 * client_open() - initialise the program and open its handle
 * @client: the program
 *
 * Return: as dmstat_open().
 */
int client_open(struct client *client)
{
	*client = (struct client){ 0 };
	kernel_answer_family();
	return dmstat_open(&client->handle);
}

/**
 * client_close() - close and free everything
 * @client: the program
 */
void client_close(struct client *client)
{
	dmstat_snapshot_free(client->snapshots[0]);
	dmstat_snapshot_free(client->snapshots[1]);
	dmstat_snapshots_free(client->sets[0]);
	dmstat_snapshots_free(client->sets[1]);
	dmstat_events_close(client->events);
	dmstat_close(client->handle);

	/* A branch on it, so that valgrind reports undefined bytes. */
	if (client->sum == 1)
		puts("# a rare sum");
}
