// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmstat-nl slow: print each I/O that is slow, hangs or fails, as it happens.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "out/message.h"
#include "out/terminal.h"
#include "out/time_text.h"
#include "source/cgroup.h"
#include "source/device.h"
#include "source/dm.h"
#include "source/hung.h"
#include "source/interrupt.h"
#include "source/session.h"
#include "source/standard.h"
#include "source/told.h"
#include "view/io.h"
#include "view/io_event.h"

/* How often devices that come, go and grow are looked for. */
#define FOLLOW_NS	UINT64_C(1000000000)

/* "2026-11-26 " before the time of day; a terminal shows it once. */
#define DATE_LENGTH	11

enum {
	SLOW_TIME,
	SLOW_EVENT,
	SLOW_TOOK,
	SLOW_OPERATION,
	SLOW_SIZE,
	SLOW_SECTOR,
	SLOW_DEVICE,
	SLOW_WHO,
	SLOW_CGROUP,
	SLOW_COLUMNS
};

/* Only of the table; JSON has io_event_fields(). */
static struct column columns[SLOW_COLUMNS] = {
	[SLOW_TIME] = { NULL, "TIME", -12, UNIT_NONE },
	[SLOW_EVENT] = { NULL, "EVENT", -5, UNIT_NONE },
	[SLOW_TOOK] = { NULL, "TOOK", 7, UNIT_NS },
	[SLOW_OPERATION] = { NULL, "WHAT", -7, UNIT_NONE },
	[SLOW_SIZE] = { NULL, "SIZE", 8, UNIT_SECTORS },
	[SLOW_SECTOR] = { NULL, "SECTOR", 10, UNIT_NONE },
	[SLOW_DEVICE] = { NULL, "DEVICE", -6, UNIT_NONE },
	[SLOW_WHO] = { NULL, "WHO", -18, UNIT_NONE },
	[SLOW_CGROUP] = { NULL, "CGROUP", -30, UNIT_NONE },
};

enum {
	TOTAL_DEVICE,
	TOTAL_OF,
	TOTAL_SLOW,
	TOTAL_ERRORS,
	TOTAL_HANGS,
	TOTAL_LOST,
	TOTAL_LONGEST,
	TOTAL_COLUMNS
};

static struct column totals[TOTAL_COLUMNS] = {
	[TOTAL_DEVICE] = { "device_name", "DEVICE", -6, UNIT_NONE },
	[TOTAL_OF] = { NULL, NULL, -2, UNIT_NONE },
	[TOTAL_SLOW] = { "slow", "SLOW", 8, UNIT_NONE },
	[TOTAL_ERRORS] = { "errors", "ERRORS", 8, UNIT_NONE },
	[TOTAL_HANGS] = { "hangs", "HANGS", 8, UNIT_NONE },
	[TOTAL_LOST] = { "lost", "LOST", 8, UNIT_NONE },
	[TOTAL_LONGEST] = { "longest_ns", "LONGEST", 8, UNIT_NS },
};

/* Room for the text of what_of(): a path. */
#define OF_TEXT_MAX	PATH_MAX

static struct scope scope;
static struct told told;
static struct hung hung;
static bool errors;
static uint64_t count = UINT64_MAX;	/* without end */

/* When the regions were there. */
static uint64_t begun;

/* Events that were printed, and those that this program was too slow for. */
static uint64_t printed;
static uint64_t overruns;

/* When to look for devices next. */
static uint64_t follow_at;

/* ------------------------------------------------------------------ events */

/* A partition, a region or its file, if that was named; "" for a whole device. */
static char *what_of(char *text, const struct told_source *source)
{
	text[0] = '\0';
	if (source->partition)
		snprintf(text, OF_TEXT_MAX, "%s", source->partition);
	else if (source->file)
		snprintf(text, OF_TEXT_MAX, "%s", source->file);
	else if (source->of_region)
		snprintf(text, OF_TEXT_MAX, "region %" PRIu32,
			 source->of_region);
	return text;
}

/* Of an I/O that hung before, which no region has told. */
static bool is_before(const struct dmstat_io_event *io)
{
	return io->kind == DMSTAT_IO_HANG && hung_has(&hung, io);
}

/* What is rare, in words. */
static void print_notes(struct output *out, const struct told_source *source,
			const struct dmstat_io_event *io)
{
	char of[OF_TEXT_MAX], notes[OF_TEXT_MAX + 256];
	int length = 0;

	if ((io->region_id || is_before(io)) && *what_of(of, source))
		length = snprintf(notes, sizeof(notes), "%s", of);
	if (is_before(io))
		length += snprintf(notes + length, sizeof(notes) - length,
				   "%shung before: its end is not told",
				   length ? ", " : "");
	if (io->error)
		length += snprintf(notes + length, sizeof(notes) - length,
				   "%s%s", length ? ", " : "",
				   strerror(io->error));
	if (io->lost)
		length += snprintf(notes + length, sizeof(notes) - length,
				   "%s%" PRIu64 " event%s lost%s",
				   length ? ", " : "", io->lost,
				   io->lost == 1 ? " was" : "s were",
				   io->kind == DMSTAT_IO_LOST ? "" : " before");
	if (length)
		output_notes(out, columns, SLOW_COLUMNS, notes);
}

static void print_io(struct output *out, const struct dmstat_io_event *io)
{
	char name[MAPPED_NAME_MAX], thread[WHO_TEXT_MAX];
	const struct who who = io_event_who(io);
	char path[CGROUP_PATH_MAX];

	output_number(out, &columns[SLOW_TOOK], io->took_ns);
	output_string(out, &columns[SLOW_OPERATION],
		      io_operation(io->operation));
	output_number(out, &columns[SLOW_SIZE], io->sectors);
	output_number(out, &columns[SLOW_SECTOR], io->sector);
	output_string(out, &columns[SLOW_DEVICE],
		      mapped_name_text(name, io->device_name));
	output_string(out, &columns[SLOW_WHO], who_text(thread, &who));
	output_string(out, &columns[SLOW_CGROUP], who_cgroup(path, &who));
}

/* An event without an I/O: the device alone. */
static void print_lost(struct output *out, const struct dmstat_io_event *io)
{
	char name[MAPPED_NAME_MAX];

	output_string(out, &columns[SLOW_TOOK], "-");
	output_string(out, &columns[SLOW_OPERATION], "-");
	output_string(out, &columns[SLOW_SIZE], "");
	output_string(out, &columns[SLOW_SECTOR], "");
	output_string(out, &columns[SLOW_DEVICE],
		      mapped_name_text(name, io->device_name));
	output_string(out, &columns[SLOW_WHO], "-");
	output_string(out, &columns[SLOW_CGROUP], "-");
}

static int print_row(struct output *out, const struct dmstat_event *event,
		     const struct told_source *source)
{
	const struct dmstat_io_event *io = event->io;
	char time[TIME_TEXT_MAX];

	output_row(out, columns, SLOW_COLUMNS);
	/* An event is sent a moment after its I/O has ended. */
	time_text_ms(time, io->kind == DMSTAT_IO_LOST ? event->time :
		     io->started + io->took_ns);
	output_string(out, &columns[SLOW_TIME], terminal_is_stdout() ?
		      time + DATE_LENGTH : time);
	output_string(out, &columns[SLOW_EVENT], io_event_kind(io->kind));
	if (io->kind == DMSTAT_IO_LOST)
		print_lost(out, io);
	else
		print_io(out, io);
	print_notes(out, source, io);
	return output_row_end(out);
}

static void source_fields(struct output *out, const struct told_source *source)
{
	if (source->of_region)
		output_field(out, "of_region", source->of_region);
	if (source->file)
		output_field_string(out, "file", source->file);
	if (source->partition)
		output_field_string(out, "partition", source->partition);
}

static int print_event(struct output *out, const struct dmstat_event *event,
		       const struct told_source *source)
{
	const bool before = is_before(event->io);

	if (!out->json) {
		print_row(out, event, source);
		return output_end(out);
	}
	output_object(out, NULL);
	io_event_fields(out, event);
	if (before)
		output_field_bool(out, "before", true);
	else
		output_field(out, "sequence", event->sequence);
	if (event->io->region_id || before)
		source_fields(out, source);
	output_object_end(out);
	return output_end(out);
}

static void add_up(struct told_source *source,
		   const struct dmstat_io_event *io)
{
	if (io->kind == DMSTAT_IO_HANG)
		source->hangs++;
	else if (io->kind == DMSTAT_IO_SLOW)
		source->slow++;
	if (io->error)
		source->errors++;
	source->lost += io->lost;
	if (io->took_ns > source->longest_ns)
		source->longest_ns = io->took_ns;
}

static int take_told(struct output *out, const struct dmstat_event *event,
		     struct told_source *source)
{
	add_up(source, event->io);
	if (event->io->kind != DMSTAT_IO_LOST)
		printed++;
	return print_event(out, event, source) || printed >= count;
}

static int take_io(struct output *out, const struct dmstat_event *event)
{
	struct told_source *source = told_find(&told, event->io);

	/* Printed already, if it passed the bound while slow started. */
	if (!source || is_before(event->io))
		return 0;
	return take_told(out, event, source);
}

/* An I/O that hung before there was a region for it. */
static int take_hung(struct told_source *source,
		     const struct dmstat_inflight *io, void *data)
{
	const uint64_t now = time_now();
	const struct dmstat_io_event hanging = {
		.kind = DMSTAT_IO_HANG,
		.major = source->major,
		.minor = source->minor,
		.device_name = source->name,
		.operation = io->operation,
		.sector = io->sector,
		.sectors = io->sectors,
		.started = now - io->age_ns,
		.took_ns = io->age_ns,
		.io_id = io->io_id,
		.pid = io->pid,
		.comm = io->comm,
		.kernel_thread = io->kernel_thread,
		.cgroup_id = io->cgroup_id,
	};
	const struct dmstat_event event = {
		.type = DMSTAT_EVENT_IO,
		.time = now,
		.io = &hanging,
	};

	return take_told(data, &event, source);
}

/* Events that the kernel had, but this program had no room for. */
static int take_overrun(struct output *out, const struct dmstat_event *event)
{
	if (!(event->groups & DMSTAT_EVENTS_IO))
		return 0;
	overruns += event->missing ? event->missing : 1;
	output_text(out, "events are missing here: they came faster than they were read");
	output_object(out, NULL);
	output_field_string(out, "kind", "overrun");
	output_field(out, "missing", event->missing);
	output_object_end(out);
	return output_end(out);
}

static int print_any(struct output *out, const struct dmstat_event *event)
{
	switch (event->type) {
	case DMSTAT_EVENT_IO:
		return take_io(out, event);
	case DMSTAT_EVENT_OVERRUN:
		return take_overrun(out, event);
	case DMSTAT_EVENT_MODULE_GONE:
		complain("the module was unloaded: nothing is told until it is loaded again");
		return 0;
	default:
		return 0;
	}
}

/* Events may come faster than they are printed: then the buffer is never empty. */
static int take_event(const struct dmstat_event *event, void *data)
{
	int ret;

	told_note(&told, event);
	ret = print_any(data, event);
	return ret ? ret : interrupted() || clock_ns() >= follow_at;
}

/* ----------------------------------------------------------------- summary */

static int take_not_ended(struct told_source *source,
			  const struct dmstat_inflight *io, void *data)
{
	(void)data;
	source->not_ended++;
	if (io->age_ns > source->longest_ns)
		source->longest_ns = io->age_ns;
	return 0;
}

/* A hang is told once: how long it has lasted is known only by a look. */
static void count_not_ended(void)
{
	struct hung left = { 0 };

	if (!told.away)
		hung_read(&left, &told, take_not_ended, NULL);
	hung_free(&left);
}

static void print_not_ended(struct output *out,
			    const struct told_source *source)
{
	char notes[64] = "";

	if (source->not_ended)
		snprintf(notes, sizeof(notes), "%" PRIu64 " ha%s not ended",
			 source->not_ended, source->not_ended == 1 ? "s" : "ve");
	output_notes(out, totals, TOTAL_COLUMNS, notes);
}

static void print_total(struct output *out, const struct told_source *source)
{
	char name[MAPPED_NAME_MAX], of[OF_TEXT_MAX];

	output_row(out, totals, TOTAL_COLUMNS);
	output_string(out, &totals[TOTAL_DEVICE], out->json ? source->name :
		      mapped_name_text(name, source->name));
	output_string(out, &totals[TOTAL_OF], what_of(of, source));
	output_number(out, &totals[TOTAL_SLOW], source->slow);
	output_number(out, &totals[TOTAL_ERRORS], source->errors);
	output_number(out, &totals[TOTAL_HANGS], source->hangs);
	output_number(out, &totals[TOTAL_LOST], source->lost);
	output_number(out, &totals[TOTAL_LONGEST], source->longest_ns);
	output_field(out, "not_ended", source->not_ended);
	output_field(out, "major", source->major);
	output_field(out, "minor", source->minor);
	source_fields(out, source);
	print_not_ended(out, source);
	output_row_end(out);
}

static void fit_totals(void)
{
	static const int order[] = { COLUMNS_SHRINK, TOTAL_OF };
	char name[MAPPED_NAME_MAX], of[OF_TEXT_MAX];
	const struct told_source *source;
	size_t i;

	for (i = 0; i < told.count; i++) {
		source = &told.sources[i];
		column_fit(&totals[TOTAL_DEVICE],
			   mapped_name_text(name, source->name));
		if (!*what_of(of, source))
			continue;
		totals[TOTAL_OF].heading = "OF";
		column_fit(&totals[TOTAL_OF], of);
	}
	columns_fit(totals, TOTAL_COLUMNS, order,
		    sizeof(order) / sizeof(order[0]));
}

static void print_summary(struct output *out)
{
	char bound[UNIT_TEXT_MAX], time[TIME_TEXT_MAX];
	size_t i, loud = 0;

	count_not_ended();
	fit_totals();
	if (printed)
		output_text(out, "%s", "");
	output_new_table(out);
	output_object(out, NULL);
	output_list(out, "summary");
	for (i = 0; i < told.count; i++) {
		if (told_is_quiet(&told.sources[i]))
			continue;
		print_total(out, &told.sources[i]);
		loud++;
	}
	output_list_end(out);
	output_field(out, "missing", overruns);
	output_object_end(out);
	if (!loud)
		output_text(out, "no I/O that started after %s took %s or more%s",
			    time_text(time, begun),
			    unit_format(bound, UNIT_NS, told.slow_ns),
			    errors ? ", and none failed" : "");
	if (overruns)
		output_text(out, "at least %" PRIu64 " event%s not read in time",
			    overruns, overruns == 1 ? " was" : "s were");
	output_end(out);
}

/* ----------------------------------------------------------------- command */

/* Before the first event; only people want to know. */
static void print_title(struct output *out)
{
	char time[TIME_TEXT_MAX], bound[UNIT_TEXT_MAX];

	if (!terminal_is_stdout())
		return;
	output_text(out, "%s: I/O that takes %s or more%s, of %zu %s; Ctrl-C ends",
		    time_text(time, begun),
		    unit_format(bound, UNIT_NS, told.slow_ns),
		    errors ? ", or fails" : "", told.count,
		    scope.count ? "that were named" :
		    told.count == 1 ? "device" : "devices");
	output_end(out);
}

static void warn_suspended(void)
{
	const struct told_source *source;
	size_t i;

	for (i = 0; i < told.count; i++) {
		source = &told.sources[i];
		if (told_of_device(&told, source->major, source->minor) ==
		    source)
			device_warn_suspended(source->major, source->minor,
					      source->name);
	}
}

/* Columns are as wide as the names that are known at the start. */
static void fit(void)
{
	static const int order[] = { SLOW_CGROUP, COLUMNS_SHRINK, SLOW_SIZE };
	char name[MAPPED_NAME_MAX];
	size_t i;

	if (!terminal_is_stdout())
		columns[SLOW_TIME].width -= DATE_LENGTH;
	for (i = 0; i < told.count; i++)
		column_fit(&columns[SLOW_DEVICE],
			   mapped_name_text(name, told.sources[i].name));
	columns_fit(columns, SLOW_COLUMNS, order,
		    sizeof(order) / sizeof(order[0]));
}

/* Return: 0, or EXIT_FAILURE: after saying why, or stdout is closed. */
static int read_events(struct output *out, struct dmstat_events *events)
{
	int error;

	error = dmstat_events_read(events, take_event, out);
	if (error < 0) {
		complain("cannot read events: %s", strerror(-error));
		return EXIT_FAILURE;
	}
	return out->error ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Until interrupted, enough was printed, or the reader of a pipe closes it. */
static int listen(struct output *out, struct dmstat_events *events)
{
	int error, status = EXIT_SUCCESS;

	follow_at = clock_ns() + FOLLOW_NS;
	while (!status && !interrupted() && printed < count) {
		error = interrupt_wait(dmstat_events_fd(events), follow_at);
		if (error < 0)
			complain("cannot wait for events: %s",
				 strerror(-error));
		if (error)
			return EXIT_FAILURE;
		status = read_events(out, events);
		if (status || clock_ns() < follow_at)
			continue;
		status = told_follow(&told);
		follow_at = clock_ns() + FOLLOW_NS;
	}
	return status;
}

/* The subscription comes before the regions, so that nothing is missed. */
static int listen_to(struct output *out, struct dmstat_events *events)
{
	int status;

	status = told_begin(&told);
	if (status)
		return status;
	if (!told.count && scope.count) {
		complain("there is no region of what was named");
		return EXIT_FAILURE;
	}
	begun = time_now();
	fit();
	print_title(out);
	warn_suspended();
	status = hung_read(&hung, &told, take_hung, out);
	if (!status)
		status = listen(out, events);
	else if (printed >= count)
		status = EXIT_SUCCESS;
	if (!out->error)
		print_summary(out);
	return status;
}

static int slow(struct output *out)
{
	struct dmstat_events *events;
	int error, status;

	error = dmstat_events_open_groups(&events, DMSTAT_EVENTS_REGION |
						   DMSTAT_EVENTS_IO);
	if (error == -EPROTONOSUPPORT) {
		complain("the module does not tell single I/Os: load that of this version");
		return EXIT_FAILURE;
	}
	if (error) {
		session_refused(error);
		return EXIT_FAILURE;
	}
	status = listen_to(out, events);
	hung_free(&hung);
	told_end(&told);
	dmstat_events_close(events);
	return status;
}

static int run(struct output *out, int argc, char **argv)
{
	int status;

	arguments_expect(argc, argv, 1, INT_MAX, "TIME");
	told.slow_ns = time_parse("TIME", argv[0]);
	told.tell_errors = errors;
	told.scope = &scope;

	standard_catch();
	told.dmstat = session_open();
	if (!told.dmstat)
		return EXIT_FAILURE;
	status = scope_parse(told.dmstat, argc - 1, argv + 1, &scope);
	if (!status)
		status = slow(out);
	scope_free(&scope);
	dmstat_close(told.dmstat);
	return status;
}

static const struct option_line options[] = {
	OPTION_FLAG("errors", &errors, "print each I/O that fails, too"),
	OPTION_COUNT("count", &count, "end after this many lines of I/Os"),
	OPTION_END
};

const struct command slow_command = {
	.name = "slow",
	.summary = "print each I/O that is slow or hangs, and who does it",
	.forms = { "[--errors] [--count] TIME [DEVICE|REGION|GROUP]..." },
	.options = options,
	.notes =
	"TIME is a whole number and one of ns, us, ms, s, m, h: 20ms. Of what is\n"
	"named, or of all devices, owned regions are created; those of others are\n"
	"not changed.",
	.json = true,
	.run = run,
};
