// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl monitor: print regions that are created, changed or deleted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/time_text.h"
#include "source/interrupt.h"
#include "source/session.h"
#include "view/region.h"

/* "2026-11-26 11:27:15.123 #12 " */
#define STAMP_TEXT_MAX	(TIME_TEXT_MAX + 16)

/*
 * The time of an event, and its number. An event without a region has no time:
 * the current one is used.
 */
static const char *stamp(char *text, const struct dmstat_event *event)
{
	size_t length;

	time_text_ms(text, event->time ? event->time : time_now());
	length = strlen(text);
	if (event->region && event->sequence)
		snprintf(text + length, STAMP_TEXT_MAX - length, " #%u",
			 event->sequence);
	return text;
}

static void print_new(struct output *out, const char *when,
		      const struct dmstat_region *region)
{
	char text[REGION_TEXT_MAX];

	output_text(out, "%s region %u created on %s (%u:%u): %s", when,
		    region->region_id, region->device_name, region->major,
		    region->minor, region_describe(text, region));
	output_field_string(out, "event", "region_new");
}

static const char *cause_name(uint32_t cause)
{
	switch (cause) {
	case DMSTAT_EVENT_CAUSE_REQUEST:
		return "request";
	case DMSTAT_EVENT_CAUSE_DEVICE_REMOVED:
		return "device_removed";
	}
	return "other";
}

static void print_del(struct output *out, const char *when,
		      const struct dmstat_region *region, uint32_t cause)
{
	output_text(out, "%s region %u deleted on %s (%u:%u)%s", when,
		    region->region_id, region->device_name, region->major,
		    region->minor,
		    cause == DMSTAT_EVENT_CAUSE_DEVICE_REMOVED ?
		    ": the device was removed" : "");
	output_field_string(out, "event", "region_del");
	output_field_string(out, "cause", cause_name(cause));
}

static void print_change(struct output *out, const char *when,
			 const struct dmstat_region *region, const char *what,
			 const char *event)
{
	output_text(out, "%s region %u %s on %s (%u:%u)", when,
		    region->region_id, what, region->device_name, region->major,
		    region->minor);
	output_field_string(out, "event", event);
}

/* An event without a region. */
static void print_notice(struct output *out, const char *when, const char *what,
			 const char *event)
{
	output_text(out, "%s %s", when, what);
	output_field_string(out, "event", event);
}

static int print_event(const struct dmstat_event *event, void *data)
{
	struct output *out = data;
	char text[STAMP_TEXT_MAX];
	const char *when = stamp(text, event);

	output_object(out, NULL);
	switch (event->type) {
	case DMSTAT_EVENT_REGION_NEW:
		print_new(out, when, event->region);
		break;
	case DMSTAT_EVENT_REGION_DEL:
		print_del(out, when, event->region, event->cause);
		break;
	case DMSTAT_EVENT_REGION_SET:
		print_change(out, when, event->region, "set", "region_set");
		break;
	case DMSTAT_EVENT_REGION_CLEAR:
		print_change(out, when, event->region, "cleared",
			     "region_clear");
		break;
	case DMSTAT_EVENT_OVERRUN:
		print_notice(out, when, "events were lost: list again",
			     "overrun");
		break;
	case DMSTAT_EVENT_MODULE_GONE:
		print_notice(out, when,
			     "the module was unloaded: all regions are gone",
			     "module_gone");
		break;
	case DMSTAT_EVENT_MODULE_BACK:
		print_notice(out, when,
			     "the module was loaded again: list again",
			     "module_back");
		break;
	default:
		print_notice(out, when,
			     "an event that this version does not know",
			     "other");
		break;
	}
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
