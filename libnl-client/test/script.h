/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script: calls of the library, and what the kernel answers to each
 *
 * Copyright (C) 2026 The dmstat authors
 *
 * A script is a string of bytes, any string of bytes: a fuzzer makes them. It
 * is also a text, for people: an instruction a line, its name and its
 * arguments; "#" begins a comment.
 *
 *	call FUNCTION END TEXT	the library is called; what follows is the answer.
 *				The callback ends the walk at its END-th call if
 *				that is not 0, and calls the library itself if
 *				END has the bit 128. TEXT may be left out: a
 *				device to look for (else the one that the call
 *				before has given), a program id, or the areas
 *				"FIRST COUNT".
 *	again			each request of this call gets all of the answer
 *	refuse WHAT ERRNO	the system refuses to send, to open a socket, to
 *				set any option or to let the socket join a group.
 *				These two stand behind "call".
 *
 *	message COMMAND		a message of the request's type
 *	control TYPE		a message of another type
 *	error ERROR		NLMSG_ERROR that quotes the request's header
 *	quote ERROR		NLMSG_ERROR that quotes all of the request
 *	done ERROR		NLMSG_DONE
 *	flags FLAGS		set flags of the message
 *	later SEQUENCE		add to the message's sequence number
 *	message-length LENGTH	the message says that it is so long
 *
 *	u16 TYPE VALUE		attributes
 *	u32 TYPE VALUE
 *	u64 TYPE VALUE
 *	string TYPE TEXT
 *	bytes TYPE HEX
 *	nest TYPE		what follows is inside, until
 *	end
 *	attribute-length LENGTH	the attribute says that it is so long
 *	raw HEX			bytes that are no attribute
 *
 *	datagram		the next datagram begins
 *	cut COUNT		take bytes off the datagram's end
 *	truncated		there was more of it
 *	stranger		another process sent it
 *	fail ERRNO		there is no datagram, but a failure
 *
 * In a text, two more say what is expected of the call; they are not part of
 * the bytes:
 *
 *	returns NUMBER		what the function returns
 *	gives COUNT		how often the callback is called
 *	says TEXT		what dmstat_error() says then
 *	blames ATTRIBUTE	what dmstat_extack_attribute() says then
 *
 * Numbers may be names: of attributes, commands, flags, errors (-ENOENT).
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

/* The library's functions that ask the kernel, and what is made of answers. */
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
	CALL_COUNT
};

#define REFUSE_SEND	0
#define REFUSE_CONNECT	1
#define REFUSE_OPTION	2
#define REFUSE_GROUP	3
#define REFUSE_ROOM	4
#define REFUSE_COUNT	5

/* Bytes that are read from the start. */
struct script {
	const uint8_t *bytes;
	size_t size;
};

/**
 * struct instruction - an instruction
 * @op: what to do
 * @numbers: its numbers
 * @bytes: its text or bytes, without a zero byte at the end
 * @size: how many
 */
struct instruction {
	enum opcode op;
	uint64_t numbers[2];
	const uint8_t *bytes;
	size_t size;
};

#define SCRIPT_TEXT_MAX		256

/**
 * struct script_call - a call, and the answer to it
 * @function: what is called
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

/* What a text expects of a call; @has says of what it says anything. */
struct expectation {
	struct {
		bool returns, gives, says, blames;
	} has;
	long long returns;
	long long gives;
	long long blames;
	char says[SCRIPT_TEXT_MAX];
};

/* A script that was a text. */
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
