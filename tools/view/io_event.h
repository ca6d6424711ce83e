/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of single I/Os, as commands show them.
 */
#ifndef DMSTAT_NL_IO_EVENT_H
#define DMSTAT_NL_IO_EVENT_H

#include <dmstat.h>

#include "view/who.h"

struct output;

/** io_event_kind() - name a kind: "slow", "error", "hang", "lost", "other" */
const char *io_event_kind(uint32_t kind);

/** io_event_who() - who does the I/O */
struct who io_event_who(const struct dmstat_io_event *io);

/**
 * io_event_fields() - print an event, in JSON, without its number; what is
 * not known is left out
 * @out: the output
 * @event: the event; it has an I/O
 */
void io_event_fields(struct output *out, const struct dmstat_event *event);

/* Room for the text of io_event_describe(), with its zero byte. */
#define IO_EVENT_TEXT_MAX	(CGROUP_PATH_MAX + 512)

/**
 * io_event_describe() - describe an event in words
 * @text: IO_EVENT_TEXT_MAX bytes
 * @io: the I/O
 *
 * Return: @text: "slow: write of 4 KiB at sector 800 took 1.2 s, by fio 4711".
 */
char *io_event_describe(char *text, const struct dmstat_io_event *io);

#endif /* DMSTAT_NL_IO_EVENT_H */
