// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of single I/Os, as commands show them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "out/output.h"
#include "view/io.h"
#include "view/io_event.h"

const char *io_event_kind(uint32_t kind)
{
	switch (kind) {
	case DMSTAT_IO_SLOW:
		return "slow";
	case DMSTAT_IO_ERROR:
		return "error";
	case DMSTAT_IO_HANG:
		return "hang";
	case DMSTAT_IO_LOST:
		return "lost";
	}
	return "other";
}

struct who io_event_who(const struct dmstat_io_event *io)
{
	return (struct who){
		.pid = io->pid,
		.comm = io->comm,
		.kernel_thread = io->kernel_thread,
		.cgroup_id = io->cgroup_id,
	};
}

/* What an event has that is about an I/O. */
static void io_fields(struct output *out, const struct dmstat_io_event *io)
{
	const struct who who = io_event_who(io);

	output_field_string(out, "operation", io_operation(io->operation));
	output_field(out, "sector", io->sector);
	output_field(out, "sectors", io->sectors);
	output_field(out, "started", io->started);
	output_field(out, "took_ns", io->took_ns);
	if (io->error) {
		output_field(out, "error", io->error);
		output_field_string(out, "error_text", strerror(io->error));
	}
	output_field(out, "io_id", io->io_id);
	who_fields(out, &who);
}

void io_event_fields(struct output *out, const struct dmstat_event *event)
{
	const struct dmstat_io_event *io = event->io;

	output_field_string(out, "kind", io_event_kind(io->kind));
	output_field(out, "time", event->time);
	if (io->region_id)
		output_field(out, "region_id", io->region_id);
	output_field(out, "major", io->major);
	output_field(out, "minor", io->minor);
	output_field_string(out, "device_name", io->device_name);
	output_field(out, "lost", io->lost);
	if (io->kind != DMSTAT_IO_LOST)
		io_fields(out, io);
}

/* "write of 4 KiB at sector 800", "flush". */
static int describe_io(char *text, size_t room,
		       const struct dmstat_io_event *io)
{
	char size[UNIT_TEXT_MAX];

	if (!io->sectors)
		return snprintf(text, room, "%s", io_operation(io->operation));
	return snprintf(text, room, "%s of %s at sector %" PRIu64,
			io_operation(io->operation),
			unit_format(size, UNIT_SECTORS, io->sectors),
			io->sector);
}

static int describe_who(char *text, size_t room,
			const struct dmstat_io_event *io)
{
	const struct who who = io_event_who(io);
	char path[CGROUP_PATH_MAX], name[WHO_TEXT_MAX];
	int length = 0;

	if (who.pid)
		length = snprintf(text, room, ", by %s",
				  who_text(name, &who));
	if (who.cgroup_id)
		length += snprintf(text + length, room - length,
				   ", cgroup %s",
				   who_cgroup_words(path, who.cgroup_id));
	return length;
}

char *io_event_describe(char *text, const struct dmstat_io_event *io)
{
	char took[UNIT_TEXT_MAX];
	const size_t room = IO_EVENT_TEXT_MAX;
	int length;

	if (io->kind == DMSTAT_IO_LOST) {
		snprintf(text, room, "%" PRIu64 " event%s lost", io->lost,
			 io->lost == 1 ? " was" : "s were");
		return text;
	}
	length = snprintf(text, room, "%s: ", io_event_kind(io->kind));
	length += describe_io(text + length, room - length, io);
	length += snprintf(text + length, room - length,
			   io->kind == DMSTAT_IO_HANG ?
			   " has been in flight for %s" : " took %s",
			   unit_format(took, UNIT_NS, io->took_ns));
	if (io->error)
		length += snprintf(text + length, room - length, ", failed: %s",
				   strerror(io->error));
	length += describe_who(text + length, room - length, io);
	if (io->lost)
		snprintf(text + length, room - length,
			 "; %" PRIu64 " event%s lost before", io->lost,
			 io->lost == 1 ? " was" : "s were");
	return text;
}
