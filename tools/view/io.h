/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counters of an operation, as areas and rates show them.
 */
#ifndef DMSTAT_NL_IO_H
#define DMSTAT_NL_IO_H

#include <stdint.h>

#include <dmstat.h>

struct column;
struct output;

/* Room for notes of an area. */
#define NOTES_MAX	200

/** io_operation() - name an operation of an I/O in flight: "read", "other" */
const char *io_operation(uint32_t operation);

/** io_rare_fields() - print counters that only JSON has */
void io_rare_fields(struct output *out, const struct dmstat_io *io);

/** io_latency() - print the mean time; "-" in the table if there was no I/O */
void io_latency(struct output *out, const struct column *column,
		const struct dmstat_io *io, uint64_t mean_ns);

/** io_in_flight_fields() - print counters of an area that only JSON has */
void io_in_flight_fields(struct output *out, const struct dmstat_area *area);

/** io_discards() - how many discards, in words: "2 discards"; "" if none */
int io_discards(char notes[NOTES_MAX], const struct dmstat_area *area);

/**
 * io_notes() - add what is rare, in words: "3 errors, 4 again"
 * @notes: the notes so far
 * @length: their length
 * @area: the area
 *
 * Return: the new length.
 */
int io_notes(char notes[NOTES_MAX], int length, const struct dmstat_area *area);

#endif /* DMSTAT_NL_IO_H */
