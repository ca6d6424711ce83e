// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl monitor: tell about regions that come, change and go.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argument.h"
#include "command.h"
#include "interrupt.h"
#include "message.h"
#include "region.h"
#include "session.h"
#include "time_text.h"

/* "2026-11-26 11:27:15.123 #12 " */
#define STAMP_TEXT_MAX	(TIME_TEXT_MAX + 16)

static const struct column time_column = { "time", NULL, 0, UNIT_NONE };
static const struct column sequence_column = { "sequence", NULL, 0, UNIT_NONE };
static const struct column event_column = { "event", NULL, 0, UNIT_NONE };
static const struct column cause_column = { "cause", NULL, 0, UNIT_NONE };

/* When an event was, and its number; what is about no region is of just now. */
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
	output_string(out, &event_column, "region_new");
}

static const char *cause_name(uint32_t cause)
{
	switch (cause) {
	case DMSTAT_GONE_REQUEST:
		return "request";
	case DMSTAT_GONE_DEVICE_REMOVED:
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
		    cause == DMSTAT_GONE_DEVICE_REMOVED ?
		    ": the device was removed" : "");
	output_string(out, &event_column, "region_del");
	output_string(out, &cause_column, cause_name(cause));
}

static void print_change(struct output *out, const char *when,
			 const struct dmstat_region *region, const char *what,
			 const char *event)
{
	output_text(out, "%s region %u %s on %s (%u:%u)", when,
		    region->region_id, what, region->device_name, region->major,
		    region->minor);
	output_string(out, &event_column, event);
}

/* What is about no region. */
static void print_notice(struct output *out, const char *when, const char *what,
			 const char *event)
{
	output_text(out, "%s %s", when, what);
	output_string(out, &event_column, event);
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
		output_number(out, &time_column, event->time);
		output_number(out, &sequence_column, event->sequence);
	}
	if (out->json && event->region) {
		output_object(out, "region");
		region_values(out, event->region);
		output_object_end(out);
	}
	output_object_end(out);
	return output_end(out);
}

/* Wait for events, and for the reader of a pipe to go. */
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

static int run(struct context *context, int argc, char **argv)
{
	static const struct option options[] = {
		HELP_OPTION, JSON_OPTION, END_OF_OPTIONS
	};
	struct dmstat_events *events;
	int error, status;

	while (option_next(context, argc, argv, options) != -1)
		;
	expect_arguments(context, argc, argv, 0, 0, "");

	interrupt_catch();
	error = dmstat_events_open(&events);
	if (error) {
		session_refused(error);
		return EXIT_FAILURE;
	}
	status = monitor(&context->out, events);
	dmstat_events_close(events);
	return status;
}

const struct command monitor_command = {
	.name = "monitor",
	.synopsis = "[-j]",
	.summary = "tell about regions that change, until interrupted",
	.json = true,
	.run = run,
};
