/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script: calls of the library, and the answers of the fake kernel
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * In binary form, any string of bytes is a script, for the fuzzer. In text
 * form, a line has an instruction and its arguments; "#" starts a comment.
 *
 *	call FUNCTION END TEXT	call the library; the instructions up to the next
 *				call are the answer. If END is not 0, the END-th
 *				callback ends the walk; if it has the bit 128,
 *				callbacks also call the library. TEXT is
 *				optional: a device to find (default: the one
 *				that the previous call returned), a program id,
 *				or the areas "FIRST COUNT", "merge N", or "all
 *				N", of all regions with N areas merged; for
 *				dmstat_snapshots_take, the merge. With the word
 *				"uncleared", areas are read with
 *				DMSTAT_AREAS_UNCLEARED. For dmstat_events_open,
 *				and for the first dmstat_events_read or
 *				dmstat_events_follow, "io": events of I/Os, too.
 *	again			each request of this call gets the whole answer
 *	refuse WHAT ERRNO	a system call fails: to send, to open a socket, to
 *				set an option, to join a group or to enlarge a
 *				buffer. These two must follow "call".
 *
 *	message COMMAND		a message of the request's type
 *	control TYPE		a message of another type
 *	error ERROR		NLMSG_ERROR that quotes the request's header
 *	quote ERROR		NLMSG_ERROR that quotes all of the request
 *	done ERROR		NLMSG_DONE
 *	flags FLAGS		set flags of the message
 *	later SEQUENCE		add to the message's sequence number
 *	message-length LENGTH	set the length in the message's header
 *
 *	u16 TYPE VALUE		attributes
 *	u32 TYPE VALUE
 *	u64 TYPE VALUE
 *	string TYPE TEXT
 *	bytes TYPE HEX
 *	nest TYPE		the following attributes are nested, up to
 *	end
 *	attribute-length LENGTH	set the length in the attribute's header
 *	raw HEX			bytes that are not an attribute
 *
 *	datagram		start the next datagram
 *	cut COUNT		remove bytes from the end of the datagram
 *	truncated		the datagram was truncated (MSG_TRUNC)
 *	stranger		another process sent the datagram
 *	fail ERRNO		receiving fails
 *
 * The text form also has the expected results of a call, which are not part of
 * the binary form:
 *
 *	returns NUMBER		return value of the function
 *	gives COUNT		number of callbacks
 *	says TEXT		result of dmstat_error()
 *	blames ATTRIBUTE	result of dmstat_extack_attribute()
 *
 * Numbers can be names of attributes, commands, flags and errors (-ENOENT).
 */
#ifndef DMSTAT_TEST_SCRIPT_H
#define DMSTAT_TEST_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SCRIPT_MAX		8192
#define SCRIPT_CALLS_MAX	16

enum opcode {
	OP_CALL,
	OP_AGAIN,
	OP_REFUSE,
	OP_MESSAGE,
	OP_CONTROL,
	OP_ERROR,
	OP_QUOTE,
	OP_DONE,
	OP_FLAGS,
	OP_LATER,
	OP_MESSAGE_LENGTH,
	OP_U16,
	OP_U32,
	OP_U64,
	OP_STRING,
	OP_BYTES,
	OP_NEST,
	OP_END,
	OP_ATTRIBUTE_LENGTH,
	OP_RAW,
	OP_DATAGRAM,
	OP_CUT,
	OP_TRUNCATED,
	OP_STRANGER,
	OP_FAIL,
	OP_COUNT
};

/* The functions that send requests, or that use their answers. */
enum function {
	CALL_OPEN,
	CALL_DEVICES,
	CALL_DEVICE_GET,
	CALL_DEVICE_FIND,
	CALL_REGION_CREATE,
	CALL_REGION_GET,
	CALL_REGIONS,
	CALL_REGION_DELETE,
	CALL_REGION_CLEAR,
	CALL_AREAS,
	CALL_INFLIGHT,
	CALL_EVENTS_OPEN,
	CALL_EVENTS_READ,
	CALL_SNAPSHOT_TAKE,
	CALL_SNAPSHOT_UPDATE,
	CALL_DELTA,
	CALL_REGION_SET,
	CALL_REGIONS_DELETE,
	CALL_REGIONS_DELETE_IDS,
	CALL_SNAPSHOTS_TAKE,
	CALL_REGION_DELTAS,
	CALL_DEVICE_DELTAS,
	CALL_EVENTS_FOLLOW,
	CALL_DEVICE_FIND_RANGE,
	CALL_COUNT
};

#define REFUSE_SEND	0
#define REFUSE_CONNECT	1
#define REFUSE_OPTION	2
#define REFUSE_GROUP	3
#define REFUSE_ROOM	4
#define REFUSE_COUNT	5

/* A script in binary form; reading advances it. */
struct script {
	const uint8_t *bytes;
	size_t size;
};

/**
 * struct instruction - an instruction and its arguments
 * @op: the instruction
 * @numbers: its numbers
 * @bytes: its text or bytes, without a NUL at the end
 * @size: number of these bytes
 */
struct instruction {
	enum opcode op;
	uint64_t numbers[2];
	const uint8_t *bytes;
	size_t size;
};

#define SCRIPT_TEXT_MAX		256

/**
 * struct script_call - a call and its answer
 * @function: the function to call
 * @end: see above
 * @text: see above
 * @answer: the instructions up to the next call
 */
struct script_call {
	enum function function;
	unsigned int end;
	char text[SCRIPT_TEXT_MAX];
	struct script answer;
};

/* Expected results of a call; only those set in @has are checked. */
struct expectation {
	struct {
		bool returns, gives, says, blames;
	} has;
	long long returns;
	long long gives;
	long long blames;
	char says[SCRIPT_TEXT_MAX];
};

/* A script that was parsed from its text form. */
struct script_text {
	uint8_t bytes[SCRIPT_MAX];
	size_t size;
	struct expectation expected[SCRIPT_CALLS_MAX];
	int calls;
};

bool script_step(struct script *script, struct instruction *instruction);
bool script_next_call(struct script *script, struct script_call *call);

int script_read(struct script_text *script, FILE *text);
int script_read_string(struct script_text *script, const char *text);
void script_print(struct script script, FILE *text);

#endif /* DMSTAT_TEST_SCRIPT_H */
