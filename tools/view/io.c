// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of an operation, as areas and rates show them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "out/output.h"
#include "view/io.h"

const char *io_operation(uint32_t operation)
{
	switch (operation) {
	case DMSTAT_READ:
		return "read";
	case DMSTAT_WRITE:
		return "write";
	case DMSTAT_DISCARD:
		return "discard";
	case DMSTAT_FLUSH:
		return "flush";
	default:
		return "other";
	}
}

void io_rare_fields(struct output *out, const struct dmstat_io *io)
{
	output_field(out, "ns", io->ns);
	output_field(out, "errors", io->errors);
	output_field(out, "again", io->again);
}

void io_latency(struct output *out, const struct column *column,
		const struct dmstat_io *io, uint64_t mean_ns)
{
	if (io->ios || out->json)
		output_number(out, column, mean_ns);
	else
		output_string(out, column, "-");
}

void io_in_flight_fields(struct output *out, const struct dmstat_area *area)
{
	output_field(out, "in_flight_read", area->in_flight_read);
	output_field(out, "in_flight_write", area->in_flight_write);
}

int io_discards(char notes[NOTES_MAX], const struct dmstat_area *area)
{
	const uint64_t discards = area->discard->ios;

	notes[0] = '\0';
	if (!discards)
		return 0;
	return sprintf(notes, "%" PRIu64 " discard%s", discards,
		       discards == 1 ? "" : "s");
}

int io_notes(char notes[NOTES_MAX], int length, const struct dmstat_area *area)
{
	const uint64_t errors = area->read->errors + area->write->errors +
				area->discard->errors;
	const uint64_t again = area->read->again + area->write->again +
			       area->discard->again;

	if (errors)
		length += sprintf(notes + length, "%s%" PRIu64 " error%s",
				  length ? ", " : "", errors,
				  errors == 1 ? "" : "s");
	if (again)
		length += sprintf(notes + length, "%s%" PRIu64 " again",
				  length ? ", " : "", again);
	return length;
}
