/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the processes share with their parent: what they sent last, and counts
 * of answers.
 */
#ifndef _RECORD_H
#define _RECORD_H

#include <stdint.h>
#include <sys/types.h>

#include "datagram.h"
#include "spec.h"

#define RECORD_DATAGRAMS 12
#define RECORD_BYTES 2000
#define RECORD_TEXTS 128

struct record_datagram {
	uint64_t number;
	uint32_t size;			/* of the whole */
	uint8_t bytes[RECORD_BYTES];
};

struct record_mode {
	uint64_t sent;
	uint64_t accepted;
	uint64_t left;
	uint64_t refused;
};

struct record_text {
	char text[160];
	uint64_t nr;
	int error;
};

struct record {
	pid_t pid;			/* 0: not running */
	unsigned int process;
	volatile uint64_t progress;	/* grows as long as the process works */
	uint64_t number;		/* of the current datagram */
	uint64_t datagrams;
	uint64_t messages;
	uint64_t complaints;
	struct record_mode mode[SPEC_OPERATIONS][SPEC_MODES];
	struct record_text texts[RECORD_TEXTS];
	struct record_datagram datagram[RECORD_DATAGRAMS];
};

/* The record of this process; the parent has all of them. */
extern struct record *record;

struct record *records_map(unsigned int nr);

/* Before it is sent. */
void record_datagram(const struct datagram *datagram, uint64_t number);
/* After the answer. */
void record_verdicts(const struct datagram *datagram);
void record_text(int error, const char *text);

/*
 * Say what is wrong with the answers to the current datagram. The process ends
 * after a few of these.
 */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print what the process sent last. */
void record_print_last(const struct record *from);
/* Print the counts of all processes together. */
void records_print(const struct record *records, unsigned int nr);

#endif /* _RECORD_H */
