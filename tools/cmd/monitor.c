// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl monitor: print regions that are created, changed or deleted, and
 * single I/Os that they tell.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/time_text.h"
#include "source/array.h"
#include "source/dm.h"
#include "source/interrupt.h"
#include "source/scope.h"
#include "source/session.h"
#include "source/standard.h"
#include "view/io_event.h"
#include "view/region.h"

/* What --events can be, in this order. */
#define EVENTS	"all|regions|io"

static const unsigned int groups[] = {
	DMSTAT_EVENTS_REGION | DMSTAT_EVENTS_IO,
	DMSTAT_EVENTS_REGION,
	DMSTAT_EVENTS_IO,
};

static struct scope scope;
static unsigned int wanted;

/* Ids of the regions in the scope: what is told of I/Os has no more of them. */
static uint32_t *known;
static size_t known_count;

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
	if ((event->region || event->io) && event->sequence)
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
	[DMSTAT_EVENT_IO] = { "io", "" },
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

/* "program p, no group, tells 20 ms, errors". */
static const char *labels(char text[REGION_TEXT_MAX],
			  const struct dmstat_region *region)
{
	const bool program = *region->program_id, group = *region->group;
	char tells[REGION_TELLS_MAX];

	region_tells(tells, region);
	snprintf(text, REGION_TEXT_MAX, "%s%s, %s%s%s%s",
		 program ? "program " : "no program", region->program_id,
		 group ? "group " : "no group", region->group,
		 *tells ? ", tells " : "", tells);
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

/* "region 3 on vg-lv (253:0): slow: write of ...", a flush without the region. */
static void print_io(struct output *out, const char *when,
		     const struct dmstat_io_event *io)
{
	char text[IO_EVENT_TEXT_MAX], name[MAPPED_NAME_MAX];
	char region[sizeof("region 4294967295 on ")] = "";

	if (io->region_id)
		snprintf(region, sizeof(region), "region %u on ",
			 io->region_id);
	output_text(out, "%s %s%s (%u:%u): %s", when, region,
		    mapped_name_text(name, io->device_name), io->major,
		    io->minor, io_event_describe(text, io));
}

/* Only of I/Os, which need no list. */
static const char *words_of(const struct dmstat_event *event)
{
	if (event->type == DMSTAT_EVENT_OVERRUN &&
	    event->groups == DMSTAT_EVENTS_IO)
		return "events of I/Os were lost";
	return events[event->type].words;
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
	} else if (event->io) {
		print_io(out, when, event->io);
	} else if (!region) {
		output_text(out, "%s %s", when, words_of(event));
	} else {
		more = details(text, event);
		output_text(out, "%s region %u %s on %s (%u:%u)%s%s", when,
			    region->region_id, events[event->type].words,
			    mapped_name_text(name, region->device_name),
			    region->major, region->minor,
			    *more ? ": " : "", more);
	}
}

/* What is missing, and in which groups it may be. */
static void print_overrun(struct output *out, const struct dmstat_event *event)
{
	output_list(out, "groups");
	if (event->groups & DMSTAT_EVENTS_REGION)
		output_field_string(out, NULL, "region");
	if (event->groups & DMSTAT_EVENTS_IO)
		output_field_string(out, NULL, "io");
	output_list_end(out);
	output_field(out, "missing", event->missing);
}

/* ------------------------------------------------------------------ filter */

static bool is_known(uint32_t id)
{
	size_t i;

	for (i = 0; i < known_count; i++)
		if (known[i] == id)
			return true;
	return false;
}

/* Return: 0 or -ENOMEM. */
static int know(uint32_t id)
{
	uint32_t *ids;

	if (is_known(id))
		return 0;
	ids = array_grow(known, known_count, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	known = ids;
	ids[known_count++] = id;
	return 0;
}

/* What a region has told of I/Os may come after it was deleted. */
static int note_region(const struct dmstat_event *event)
{
	if (event->type == DMSTAT_EVENT_LIST)
		known_count = 0;
	if (!event->region || !scope_has_region(&scope, event->region))
		return 0;
	return know(event->region->region_id);
}

/* A flush belongs to its device. */
static bool wants_io(const struct dmstat_io_event *io)
{
	if (!(groups[wanted] & DMSTAT_EVENTS_IO))
		return false;
	if (scope_is_all(&scope))
		return true;
	return io->region_id ? is_known(io->region_id) :
			       !scope.program &&
			       (scope_names_device(&scope, io->major,
						   io->minor) ||
				scope_names_sectors(&scope, io->major,
						    io->minor, 0, 0));
}

/* Events about the module, and losses, are not filtered. */
static bool is_wanted(const struct dmstat_event *event)
{
	switch (event->type) {
	case DMSTAT_EVENT_LIST:
	case DMSTAT_EVENT_REGION_LISTED:
	case DMSTAT_EVENT_LIST_END:
		return false;
	default:
		break;
	}
	if (event->io)
		return wants_io(event->io);
	if (event->region)
		return groups[wanted] & DMSTAT_EVENTS_REGION &&
		       scope_has_region(&scope, event->region);
	return event->type != DMSTAT_EVENT_OVERRUN ||
	       event->groups & groups[wanted];
}

static int print_event(struct output *out, const struct dmstat_event *event)
{
	const char *name = event_name(event);

	print_line(out, event);
	output_object(out, NULL);
	output_field_string(out, "event", name ? name : "other");
	if (event->type == DMSTAT_EVENT_REGION_DEL)
		output_field_string(out, "cause", cause_name(event->cause));
	if (event->region || event->io)
		output_field(out, "sequence", event->sequence);
	if (event->region) {
		output_field(out, "time", event->time);
		region_object(out, "region", event->region);
	}
	if (event->io)
		io_event_fields(out, event);
	if (event->type == DMSTAT_EVENT_OVERRUN)
		print_overrun(out, event);
	output_object_end(out);
	return output_end(out);
}

/* Events may come faster than they are printed: then the buffer is never empty. */
static int take_event(const struct dmstat_event *event, void *data)
{
	int error;

	error = note_region(event);
	if (!error && is_wanted(event))
		error = print_event(data, event);
	return error ? error : interrupted();
}

/* With a handle, the regions in the scope are followed. */
static int read_events(struct output *out, struct dmstat_events *events,
		       struct dmstat *dmstat)
{
	int error;

	do {
		error = dmstat ? dmstat_events_follow(events, dmstat,
						      take_event, out) :
				 dmstat_events_read(events, take_event, out);
	} while (error == -EAGAIN && !interrupted());
	if (error < 0)
		complain("cannot read events: %s", strerror(-error));
	return error < 0 || out->error ? EXIT_FAILURE : 0;
}

/* Until interrupted, or the reader of a pipe closes it. */
static int monitor(struct output *out, struct dmstat_events *events,
		   struct dmstat *dmstat)
{
	int error, status;

	status = read_events(out, events, dmstat);
	while (!status && !interrupted()) {
		error = interrupt_wait(dmstat_events_fd(events), WAIT_FOREVER);
		if (error < 0)
			complain("cannot wait for events: %s",
				 strerror(-error));
		status = error ? EXIT_FAILURE :
				 read_events(out, events, dmstat);
	}
	return status;
}

/* A module of an earlier version has the events of regions only. */
static int subscribe(struct dmstat_events **events)
{
	const unsigned int follows = scope_is_all(&scope) ? 0 :
				     DMSTAT_EVENTS_REGION;
	int error;

	error = dmstat_events_open_groups(events, groups[wanted] | follows);
	if (error == -EPROTONOSUPPORT && groups[wanted] & DMSTAT_EVENTS_REGION)
		error = dmstat_events_open(events);
	if (error)
		session_refused(error);
	return error ? EXIT_FAILURE : 0;
}

static int monitor_with(struct output *out, struct dmstat *dmstat)
{
	struct dmstat_events *events;
	int status;

	status = subscribe(&events);
	if (status)
		return status;
	status = monitor(out, events, dmstat);
	dmstat_events_close(events);
	free(known);
	return status;
}

static int monitor_scope(struct output *out, int argc, char **argv)
{
	struct dmstat *dmstat;
	int status;

	dmstat = session_open();
	if (!dmstat)
		return EXIT_FAILURE;
	status = scope_parse(dmstat, argc, argv, &scope);
	if (!status)
		status = monitor_with(out, dmstat);
	scope_free(&scope);
	dmstat_close(dmstat);
	return status;
}

static int run(struct output *out, int argc, char **argv)
{
	standard_catch();
	if (!argc && !scope.program)
		return monitor_with(out, NULL);
	return monitor_scope(out, argc, argv);
}

static const struct option_line options[] = {
	OPTION_CHOICE("events", EVENTS, &wanted,
		      "those of regions, of I/Os that are slow, hang or fail,\n"
		      "or of both, the default"),
	OPTION_PROGRAM(&scope.program),
	OPTION_END
};

const struct command monitor_command = {
	.name = "monitor",
	.summary = "print changes of regions and slow I/O as they happen",
	.forms = { "[--events] [--program] [DEVICE|REGION|GROUP]..." },
	.options = options,
	.notes =
	"I/Os are printed if a region tells them: see 'dmstat-nl create --slow', or\n"
	"'dmstat-nl slow', which needs no region.",
	.json = true,
	.run = run,
};
