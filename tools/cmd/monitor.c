// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl monitor: print regions that are created, changed or deleted.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/time_text.h"
#include "source/dm.h"
#include "source/interrupt.h"
#include "source/session.h"
#include "view/region.h"

/* "2026-11-26 11:27:15.123 #12 " */
#define STAMP_TEXT_MAX	(TIME_TEXT_MAX + 16)

/*
 * The time of an event, and its number. An event without a region has no time:
 * the current one is used.
 */
static void stamp(char *text, const struct dmstat_event *event)
{
	size_t length;

	time_text_ms(text, event->time ? event->time : time_now());
	length = strlen(text);
	if (event->region && event->sequence)
		snprintf(text + length, STAMP_TEXT_MAX - length, " #%u",
			 event->sequence);
}

/* Of each event: its name in JSON; for people, what happened. */
static const struct {
	const char *name;
	const char *words;
} events[] = {
	[DMSTAT_EVENT_REGION_NEW] = { "region_new", "created" },
	[DMSTAT_EVENT_REGION_DEL] = { "region_del", "deleted" },
	[DMSTAT_EVENT_REGION_SET] = { "region_set", "set" },
	[DMSTAT_EVENT_REGION_CLEAR] = { "region_clear", "cleared" },
	[DMSTAT_EVENT_OVERRUN] = {
		"overrun", "events were lost: list again"
	},
	[DMSTAT_EVENT_MODULE_GONE] = {
		"module_gone", "the module was unloaded: all regions are gone"
	},
	[DMSTAT_EVENT_MODULE_BACK] = {
		"module_back", "the module was loaded again: list again"
	},
};

static const char *event_name(const struct dmstat_event *event)
{
	if (event->type >= sizeof(events) / sizeof(events[0]) ||
	    !events[event->type].name)
		return NULL;
	return events[event->type].name;
}

static const char *cause_name(uint32_t cause)
{
	switch (cause) {
	case DMSTAT_EVENT_CAUSE_REQUEST:
		return "request";
	case DMSTAT_EVENT_CAUSE_DEVICE_REMOVED:
		return "device_removed";
	case DMSTAT_EVENT_CAUSE_OWNER_CLOSED:
		return "owner_closed";
	}
	return "other";
}

/* "program p, no group". */
static const char *labels(char text[REGION_TEXT_MAX],
			  const struct dmstat_region *region)
{
	const bool program = *region->program_id, group = *region->group;

	snprintf(text, REGION_TEXT_MAX, "%s%s, %s%s",
		 program ? "program " : "no program", region->program_id,
		 group ? "group " : "no group", region->group);
	return text;
}

static const char *cause_words(uint32_t cause)
{
	switch (cause) {
	case DMSTAT_EVENT_CAUSE_DEVICE_REMOVED:
		return "the device was removed";
	case DMSTAT_EVENT_CAUSE_OWNER_CLOSED:
		return "its program ended";
	}
	return "";
}

/* What else a line says: what the region is now, or why it was deleted. */
static const char *details(char text[REGION_TEXT_MAX],
			   const struct dmstat_event *event)
{
	switch (event->type) {
	case DMSTAT_EVENT_REGION_NEW:
		return region_describe(text, event->region);
	case DMSTAT_EVENT_REGION_SET:
		return labels(text, event->region);
	case DMSTAT_EVENT_REGION_DEL:
		return cause_words(event->cause);
	default:
		return "";
	}
}

static void print_line(struct output *out, const struct dmstat_event *event)
{
	const struct dmstat_region *region = event->region;
	char when[STAMP_TEXT_MAX], text[REGION_TEXT_MAX];
	char name[MAPPED_NAME_MAX];
	const char *more;

	stamp(when, event);
	if (!event_name(event)) {
		output_text(out, "%s an event that this version does not know",
			    when);
	} else if (!region) {
		output_text(out, "%s %s", when, events[event->type].words);
	} else {
		more = details(text, event);
		output_text(out, "%s region %u %s on %s (%u:%u)%s%s", when,
			    region->region_id, events[event->type].words,
			    mapped_name_text(name, region->device_name),
			    region->major, region->minor,
			    *more ? ": " : "", more);
	}
}

static int print_event(const struct dmstat_event *event, void *data)
{
	const char *name = event_name(event);
	struct output *out = data;

	print_line(out, event);
	output_object(out, NULL);
	output_field_string(out, "event", name ? name : "other");
	if (event->type == DMSTAT_EVENT_REGION_DEL)
		output_field_string(out, "cause", cause_name(event->cause));
	if (event->region) {
		output_field(out, "time", event->time);
		output_field(out, "sequence", event->sequence);
		region_object(out, "region", event->region);
	}
	output_object_end(out);
	return output_end(out);
}

/* Until interrupted, or the reader of a pipe closes it. */
static int monitor(struct output *out, struct dmstat_events *events)
{
	int error;

	while (!interrupted()) {
		error = interrupt_wait(dmstat_events_fd(events), WAIT_FOREVER);
		if (error < 0)
			complain("cannot wait for events: %s",
				 strerror(-error));
		if (error)
			return EXIT_FAILURE;

		error = dmstat_events_read(events, print_event, out);
		if (error > 0)
			return EXIT_FAILURE;
		if (error < 0) {
			complain("cannot read events: %s", strerror(-error));
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}

static int run(struct output *out, int argc, char **argv)
{
	struct dmstat_events *events;
	int error, status;

	arguments_expect(argc, argv, 0, 0, "");
	interrupt_catch();
	error = dmstat_events_open(&events);
	if (error) {
		session_refused(error);
		return EXIT_FAILURE;
	}
	status = monitor(out, events);
	dmstat_events_close(events);
	return status;
}

const struct command monitor_command = {
	.name = "monitor",
	.summary = "print changes of regions as they happen, until interrupted",
	.forms = { "" },
	.json = true,
	.run = run,
};
