/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the processes share with their parent: what they sent last, how far they
 * are, and what has come of it.
 */
#ifndef _RECORD_H
#define _RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "datagram.h"
#include "spec.h"

#define RECORD_PROCESSES 16
#define RECORD_DATAGRAMS 12
#define RECORD_BYTES 2000
#define RECORD_ERRORS 134
#define RECORD_TEXTS 128

/* How a datagram was sent. */
enum manner {
	MANNER_READ,			/* all answers are read and checked */
	MANNER_FLOOD,			/* answers are not read, or late */
	MANNER_UNPRIVILEGED,		/* without CAP_SYS_ADMIN */
	MANNER_HOUSEKEEPING,		/* deleting what became too much */
	MANNERS,
};

extern const char *const manner_names[MANNERS];

struct record_datagram {
	uint64_t number;
	uint32_t size;			/* of the whole */
	uint8_t manner;
	uint8_t bytes[RECORD_BYTES];
};

struct record_mode {
	uint64_t sent;
	uint64_t accepted;
	uint64_t left;
	uint64_t refused;
	uint64_t errors[RECORD_ERRORS];
};

struct record_text {
	char text[160];
	uint64_t nr;
	int error;
};

struct record {
	pid_t pid;
	unsigned int process;
	volatile uint64_t progress;	/* changes as long as it lives */
	uint64_t number;		/* of the datagram at work */
	uint64_t datagrams;
	uint64_t messages;
	uint64_t others;		/* that are no requests of the spec */
	uint64_t events;
	uint64_t manner[MANNERS];	/* messages */
	uint64_t spoiled;		/* messages in datagrams that were mutated */
	uint64_t slowest_ns;
	uint64_t slowest;		/* number of its datagram */
	unsigned int slowest_process;
	uint64_t complaints;
	struct record_mode mode[SPEC_OPERATIONS][SPEC_MODES];
	struct record_text texts[RECORD_TEXTS];
	struct record_datagram datagram[RECORD_DATAGRAMS];
};

/* The record of this process; its parent has all of them. */
extern struct record *record;

/* In a file, so that it can be looked at when this process is gone. */
struct record *records_map(const char *path);

/* Before it is sent. */
void record_datagram(const struct datagram *datagram, uint64_t number,
		     enum manner manner);
/* After it was answered. */
void record_verdicts(const struct datagram *datagram);
void record_text(int error, const char *text);

/*
 * Say what is wrong with the answers to the datagram at work. The process ends
 * when it has said enough.
 */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

void record_print_last(const struct record *from, unsigned int process,
		       uint16_t id);
void records_print(const struct record *records, unsigned int nr);

#endif /* _RECORD_H */
