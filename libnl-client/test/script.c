// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * script: calls of the library, and the answers of the fake kernel
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* strerrorname_np() */
#endif
#include "script.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/dmstat.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#define LINE_MAX_	1024
#define ERRNO_MAX	133

/*
 * Arguments of an instruction: numbers of 1, 2, 4 or 8 bytes (b, h, w, q), then
 * optional text (t) or bytes (x), after a byte with their length.
 */
static const struct form {
	const char *name;
	const char *arguments;
} forms[OP_COUNT] = {
	[OP_CALL] = { "call", "bbt" },
	[OP_AGAIN] = { "again", "" },
	[OP_REFUSE] = { "refuse", "bb" },
	[OP_MESSAGE] = { "message", "b" },
	[OP_CONTROL] = { "control", "h" },
	[OP_ERROR] = { "error", "w" },
	[OP_QUOTE] = { "quote", "w" },
	[OP_DONE] = { "done", "w" },
	[OP_FLAGS] = { "flags", "h" },
	[OP_LATER] = { "later", "b" },
	[OP_MESSAGE_LENGTH] = { "message-length", "w" },
	[OP_U16] = { "u16", "hh" },
	[OP_U32] = { "u32", "hw" },
	[OP_U64] = { "u64", "hq" },
	[OP_STRING] = { "string", "ht" },
	[OP_BYTES] = { "bytes", "hx" },
	[OP_NEST] = { "nest", "h" },
	[OP_END] = { "end", "" },
	[OP_ATTRIBUTE_LENGTH] = { "attribute-length", "h" },
	[OP_RAW] = { "raw", "x" },
	[OP_DATAGRAM] = { "datagram", "" },
	[OP_CUT] = { "cut", "h" },
	[OP_TRUNCATED] = { "truncated", "" },
	[OP_STRANGER] = { "stranger", "" },
	[OP_FAIL] = { "fail", "b" },
};

#define CONSTANT(name) { #name, name }

/* First the functions, in the order of their numbers. */
static const struct constant {
	const char *name;
	long long value;
} constants[] = {
	{ "dmstat_open", CALL_OPEN },
	{ "dmstat_devices", CALL_DEVICES },
	{ "dmstat_device_get", CALL_DEVICE_GET },
	{ "dmstat_device_find", CALL_DEVICE_FIND },
	{ "dmstat_region_create", CALL_REGION_CREATE },
	{ "dmstat_region_get", CALL_REGION_GET },
	{ "dmstat_regions", CALL_REGIONS },
	{ "dmstat_region_delete", CALL_REGION_DELETE },
	{ "dmstat_region_clear", CALL_REGION_CLEAR },
	{ "dmstat_areas", CALL_AREAS },
	{ "dmstat_inflight", CALL_INFLIGHT },
	{ "dmstat_events_open", CALL_EVENTS_OPEN },
	{ "dmstat_events_read", CALL_EVENTS_READ },
	{ "dmstat_snapshot_take", CALL_SNAPSHOT_TAKE },
	{ "dmstat_snapshot_update", CALL_SNAPSHOT_UPDATE },
	{ "dmstat_delta", CALL_DELTA },
	{ "dmstat_region_set", CALL_REGION_SET },
	{ "dmstat_regions_delete", CALL_REGIONS_DELETE },
	{ "dmstat_regions_delete_ids", CALL_REGIONS_DELETE_IDS },
	{ "dmstat_snapshots_take", CALL_SNAPSHOTS_TAKE },
	{ "dmstat_region_deltas", CALL_REGION_DELTAS },
	{ "dmstat_device_deltas", CALL_DEVICE_DELTAS },
	{ "dmstat_events_follow", CALL_EVENTS_FOLLOW },
	{ "dmstat_device_find_range", CALL_DEVICE_FIND_RANGE },
	CONSTANT(REFUSE_ROOM),
	CONSTANT(REFUSE_SEND),
	CONSTANT(REFUSE_CONNECT),
	CONSTANT(REFUSE_OPTION),
	CONSTANT(REFUSE_GROUP),
	CONSTANT(CTRL_ATTR_FAMILY_ID),
	CONSTANT(CTRL_ATTR_FAMILY_NAME),
	CONSTANT(CTRL_ATTR_MCAST_GROUPS),
	CONSTANT(CTRL_ATTR_MCAST_GRP_ID),
	CONSTANT(CTRL_ATTR_MCAST_GRP_NAME),
	CONSTANT(CTRL_CMD_DELFAMILY),
	CONSTANT(CTRL_CMD_NEWFAMILY),
	CONSTANT(DMSTAT_A_AREA_AREAS),
	CONSTANT(DMSTAT_A_AREA_BUSY_NS),
	CONSTANT(DMSTAT_A_AREA_CLEARS),
	CONSTANT(DMSTAT_A_AREA_DISCARD),
	CONSTANT(DMSTAT_A_AREA_INDEX),
	CONSTANT(DMSTAT_A_AREA_IN_FLIGHT_READ),
	CONSTANT(DMSTAT_A_AREA_IN_FLIGHT_WRITE),
	CONSTANT(DMSTAT_A_AREA_LENGTH),
	CONSTANT(DMSTAT_A_AREA_QUEUE_NS),
	CONSTANT(DMSTAT_A_AREA_READ),
	CONSTANT(DMSTAT_A_AREA_REGION_ID),
	CONSTANT(DMSTAT_A_AREA_START),
	CONSTANT(DMSTAT_A_AREA_WRITE),
	CONSTANT(DMSTAT_A_DEVICE_FLUSH),
	CONSTANT(DMSTAT_A_DEVICE_MAJOR),
	CONSTANT(DMSTAT_A_DEVICE_MINOR),
	CONSTANT(DMSTAT_A_DEVICE_MISSED),
	CONSTANT(DMSTAT_A_DEVICE_NAME),
	CONSTANT(DMSTAT_A_DEVICE_REGIONS),
	CONSTANT(DMSTAT_A_DEVICE_SIZE),
	CONSTANT(DMSTAT_A_DEVICE_UUID),
	CONSTANT(DMSTAT_A_EVENT_CGROUP_ID),
	CONSTANT(DMSTAT_A_EVENT_COMM),
	CONSTANT(DMSTAT_A_EVENT_DEVICE_NAME),
	CONSTANT(DMSTAT_A_EVENT_ERROR),
	CONSTANT(DMSTAT_A_EVENT_IO_ID),
	CONSTANT(DMSTAT_A_EVENT_KERNEL_THREAD),
	CONSTANT(DMSTAT_A_EVENT_KIND),
	CONSTANT(DMSTAT_A_EVENT_LOST),
	CONSTANT(DMSTAT_A_EVENT_MAJOR),
	CONSTANT(DMSTAT_A_EVENT_MINOR),
	CONSTANT(DMSTAT_A_EVENT_OPERATION),
	CONSTANT(DMSTAT_A_EVENT_PID),
	CONSTANT(DMSTAT_A_EVENT_REGION_ID),
	CONSTANT(DMSTAT_A_EVENT_SECTOR),
	CONSTANT(DMSTAT_A_EVENT_SECTORS),
	CONSTANT(DMSTAT_A_EVENT_SEQUENCE),
	CONSTANT(DMSTAT_A_EVENT_STARTED),
	CONSTANT(DMSTAT_A_EVENT_TIME),
	CONSTANT(DMSTAT_A_EVENT_TOOK_NS),
	CONSTANT(DMSTAT_A_FLUSH_AGAIN),
	CONSTANT(DMSTAT_A_FLUSH_BUSY_NS),
	CONSTANT(DMSTAT_A_FLUSH_ERRORS),
	CONSTANT(DMSTAT_A_FLUSH_HISTOGRAM),
	CONSTANT(DMSTAT_A_FLUSH_IN_FLIGHT),
	CONSTANT(DMSTAT_A_FLUSH_IOS),
	CONSTANT(DMSTAT_A_FLUSH_LONGEST_NS),
	CONSTANT(DMSTAT_A_FLUSH_NS),
	CONSTANT(DMSTAT_A_INFLIGHT_AGE_NS),
	CONSTANT(DMSTAT_A_INFLIGHT_CGROUP_ID),
	CONSTANT(DMSTAT_A_INFLIGHT_COMM),
	CONSTANT(DMSTAT_A_INFLIGHT_IO_ID),
	CONSTANT(DMSTAT_A_INFLIGHT_KERNEL_THREAD),
	CONSTANT(DMSTAT_A_INFLIGHT_OPERATION),
	CONSTANT(DMSTAT_A_INFLIGHT_PID),
	CONSTANT(DMSTAT_A_INFLIGHT_SECTOR),
	CONSTANT(DMSTAT_A_INFLIGHT_SECTORS),
	CONSTANT(DMSTAT_A_IO_AGAIN),
	CONSTANT(DMSTAT_A_IO_ERRORS),
	CONSTANT(DMSTAT_A_IO_HISTOGRAM),
	CONSTANT(DMSTAT_A_IO_IOS),
	CONSTANT(DMSTAT_A_IO_LONGEST_NS),
	CONSTANT(DMSTAT_A_IO_NS),
	CONSTANT(DMSTAT_A_IO_SECTORS),
	CONSTANT(DMSTAT_A_REGION_AREAS),
	CONSTANT(DMSTAT_A_REGION_AREA_SIZE),
	CONSTANT(DMSTAT_A_REGION_CAUSE),
	CONSTANT(DMSTAT_A_REGION_CGROUP_ID),
	CONSTANT(DMSTAT_A_REGION_RESIZES),
	CONSTANT(DMSTAT_A_REGION_CLEARED),
	CONSTANT(DMSTAT_A_REGION_CLEARS),
	CONSTANT(DMSTAT_A_REGION_CREATED),
	CONSTANT(DMSTAT_A_REGION_DELETED),
	CONSTANT(DMSTAT_A_REGION_DEVICE_NAME),
	CONSTANT(DMSTAT_A_REGION_EVENT_SEQUENCE),
	CONSTANT(DMSTAT_A_REGION_EVENT_TIME),
	CONSTANT(DMSTAT_A_REGION_EXTENTS),
	CONSTANT(DMSTAT_A_REGION_GROUP),
	CONSTANT(DMSTAT_A_REGION_HISTOGRAM_BOUNDS),
	CONSTANT(DMSTAT_A_REGION_LENGTH),
	CONSTANT(DMSTAT_A_REGION_MAJOR),
	CONSTANT(DMSTAT_A_REGION_MEMORY),
	CONSTANT(DMSTAT_A_REGION_MINOR),
	CONSTANT(DMSTAT_A_REGION_MISSED),
	CONSTANT(DMSTAT_A_REGION_OWNED),
	CONSTANT(DMSTAT_A_REGION_PROGRAM_ID),
	CONSTANT(DMSTAT_A_REGION_REGION_ID),
	CONSTANT(DMSTAT_A_REGION_SLOW_NS),
	CONSTANT(DMSTAT_A_REGION_START),
	CONSTANT(DMSTAT_A_REGION_TELL_ERRORS),
	CONSTANT(DMSTAT_A_REGION_TELL_RATE),
	CONSTANT(DMSTAT_A_REGION_USER_DATA),
	CONSTANT(DMSTAT_A_SEQUENCE_SEQUENCE),
	CONSTANT(DMSTAT_CAUSE_DEVICE_REMOVED),
	CONSTANT(DMSTAT_CAUSE_OWNER_CLOSED),
	CONSTANT(DMSTAT_CAUSE_REQUEST),
	CONSTANT(DMSTAT_CMD_AREA_GET),
	CONSTANT(DMSTAT_CMD_DEVICE_GET),
	CONSTANT(DMSTAT_CMD_INFLIGHT_GET),
	CONSTANT(DMSTAT_CMD_IO_NTF),
	CONSTANT(DMSTAT_CMD_REGION_CLEAR_NTF),
	CONSTANT(DMSTAT_CMD_REGION_DEL),
	CONSTANT(DMSTAT_CMD_REGION_DEL_NTF),
	CONSTANT(DMSTAT_CMD_REGION_GET),
	CONSTANT(DMSTAT_CMD_REGION_NEW),
	CONSTANT(DMSTAT_CMD_REGION_NEW_NTF),
	CONSTANT(DMSTAT_CMD_REGION_SET),
	CONSTANT(DMSTAT_CMD_REGION_SET_NTF),
	CONSTANT(DMSTAT_CMD_SEQUENCE_GET),
	CONSTANT(DMSTAT_EVENT_KIND_SLOW),
	CONSTANT(DMSTAT_EVENT_KIND_ERROR),
	CONSTANT(DMSTAT_EVENT_KIND_HANG),
	CONSTANT(DMSTAT_EVENT_KIND_LOST),
	CONSTANT(DMSTAT_OPERATION_DISCARD),
	CONSTANT(DMSTAT_OPERATION_FLUSH),
	CONSTANT(DMSTAT_OPERATION_READ),
	CONSTANT(DMSTAT_OPERATION_WRITE),
	CONSTANT(GENL_ID_CTRL),
	CONSTANT(NLMSGERR_ATTR_MISS_TYPE),
	CONSTANT(NLMSGERR_ATTR_MSG),
	CONSTANT(NLMSGERR_ATTR_OFFS),
	CONSTANT(NLMSG_DONE),
	CONSTANT(NLMSG_ERROR),
	CONSTANT(NLMSG_NOOP),
	CONSTANT(NLMSG_OVERRUN),
	CONSTANT(NLM_F_ACK_TLVS),
	CONSTANT(NLM_F_CAPPED),
	CONSTANT(NLM_F_DUMP_INTR),
	CONSTANT(NLM_F_MULTI),
};

static int number_size(char argument)
{
	switch (argument) {
	case 'b':
		return 1;
	case 'h':
		return 2;
	case 'w':
		return 4;
	case 'q':
		return 8;
	}
	return 0;
}

/* -------------------------------------------------------------------- bytes */

/* Bytes beyond the end are 0. */
static uint64_t take_number(struct script *script, int size)
{
	uint64_t number = 0;
	int i;

	for (i = 0; i < size && script->size; i++) {
		number |= (uint64_t)*script->bytes << (8 * i);
		script->bytes++;
		script->size--;
	}
	return number;
}

static void take_bytes(struct script *script, struct instruction *instruction)
{
	size_t size = take_number(script, 1);

	if (size > script->size)
		size = script->size;
	instruction->bytes = script->bytes;
	instruction->size = size;
	script->bytes += size;
	script->size -= size;
}

/**
 * script_step() - read the next instruction
 * @script: the script; advanced past the instruction
 * @instruction: set to the instruction
 *
 * Return: false at the end.
 */
bool script_step(struct script *script, struct instruction *instruction)
{
	const char *argument;
	int number = 0;

	if (!script->size)
		return false;

	*instruction = (struct instruction){
		.op = take_number(script, 1) % OP_COUNT,
	};
	for (argument = forms[instruction->op].arguments; *argument;
	     argument++) {
		int size = number_size(*argument);

		if (size)
			instruction->numbers[number++] =
				take_number(script, size);
		else
			take_bytes(script, instruction);
	}
	return true;
}

/**
 * script_next_call() - read the next call and its answer
 * @script: the script; advanced past the answer
 * @call: set to the call
 *
 * Return: false at the end.
 */
bool script_next_call(struct script *script, struct script_call *call)
{
	struct instruction instruction;
	struct script ahead;
	size_t size;

	do {
		if (!script_step(script, &instruction))
			return false;
	} while (instruction.op != OP_CALL);

	size = instruction.size;
	if (size >= sizeof(call->text))
		size = sizeof(call->text) - 1;
	call->function = instruction.numbers[0] % CALL_COUNT;
	call->end = instruction.numbers[1];
	memset(call->text, 0, sizeof(call->text));
	memcpy(call->text, instruction.bytes, size);

	call->answer = *script;
	for (ahead = *script; script_step(&ahead, &instruction);
	     *script = ahead)
		if (instruction.op == OP_CALL)
			break;
	call->answer.size -= script->size;
	return true;
}

/* --------------------------------------------------------------------- text */

/* Return: 0 or -EINVAL. */
static int parse_number(const char *word, long long *number)
{
	const char *name = *word == '-' ? word + 1 : word;
	long long sign = *word == '-' ? -1 : 1;
	char *end;
	size_t i;

	if (isdigit((unsigned char)*name)) {
		errno = 0;
		*number = sign * (long long)strtoull(name, &end, 0);
		return errno || *end ? -EINVAL : 0;
	}

	for (i = 0; i < sizeof(constants) / sizeof(*constants); i++)
		if (!strcmp(constants[i].name, name)) {
			*number = sign * constants[i].value;
			return 0;
		}
	for (i = 1; i <= ERRNO_MAX; i++)
		if (strerrorname_np(i) && !strcmp(strerrorname_np(i), name)) {
			*number = sign * (long long)i;
			return 0;
		}
	return -EINVAL;
}

static int put_byte(struct script_text *script, uint8_t byte)
{
	if (script->size == sizeof(script->bytes))
		return -E2BIG;
	script->bytes[script->size++] = byte;
	return 0;
}

static int put_number(struct script_text *script, const char *word, int size)
{
	long long number;
	int i, ret;

	ret = word ? parse_number(word, &number) : -EINVAL;
	for (i = 0; !ret && i < size; i++)
		ret = put_byte(script, (uint64_t)number >> (8 * i));
	return ret;
}

static int put_text(struct script_text *script, const char *text)
{
	size_t size = strlen(text), i;
	int ret;

	ret = size > UINT8_MAX ? -E2BIG : put_byte(script, size);
	for (i = 0; !ret && i < size; i++)
		ret = put_byte(script, text[i]);
	return ret;
}

static int put_hex(struct script_text *script, const char *text)
{
	const size_t at = script->size;
	int length, ret;
	unsigned int byte;

	ret = put_byte(script, 0);
	while (!ret && sscanf(text, " %2x%n", &byte, &length) == 1) {
		ret = put_byte(script, byte);
		text += length;
	}
	if (ret || text[strspn(text, " \t")] ||
	    script->size - at - 1 > UINT8_MAX)
		return -EINVAL;
	script->bytes[at] = script->size - at - 1;
	return 0;
}

static int read_expectation(struct expectation *expected, const char *name,
			    char *rest)
{
	if (!strcmp(name, "returns")) {
		expected->has.returns = true;
		return parse_number(rest, &expected->returns);
	}
	if (!strcmp(name, "gives")) {
		expected->has.gives = true;
		return parse_number(rest, &expected->gives);
	}
	if (!strcmp(name, "blames")) {
		expected->has.blames = true;
		return parse_number(rest, &expected->blames);
	}
	if (!strcmp(name, "says")) {
		expected->has.says = true;
		snprintf(expected->says, sizeof(expected->says), "%s", rest);
		return 0;
	}
	return -EINVAL;
}

/* Return: the next word of the line, or NULL. */
static char *next_word(char **rest)
{
	char *word;

	*rest += strspn(*rest, " \t");
	word = strsep(rest, " \t");
	if (!*rest)
		*rest = word + strlen(word);
	return *word ? word : NULL;
}

static int read_arguments(struct script_text *script, const char *arguments,
			  char *rest)
{
	int ret = 0;

	for (; !ret && *arguments; arguments++)
		switch (*arguments) {
		case 't':
			ret = put_text(script, rest + strspn(rest, " \t"));
			rest += strlen(rest);
			break;
		case 'x':
			ret = put_hex(script, rest);
			rest += strlen(rest);
			break;
		default:
			ret = put_number(script, next_word(&rest),
					 number_size(*arguments));
		}
	return ret || rest[strspn(rest, " \t")] ? -EINVAL : 0;
}

static int read_line(struct script_text *script, char *line)
{
	const char *name;
	char *rest = line;
	int op;

	line[strcspn(line, "\n")] = '\0';
	name = next_word(&rest);
	if (!name || *name == '#')
		return 0;

	for (op = 0; op < OP_COUNT; op++)
		if (!strcmp(forms[op].name, name))
			break;
	if (op == OP_CALL && ++script->calls > SCRIPT_CALLS_MAX)
		return -E2BIG;
	if (op < OP_COUNT) {
		if (put_byte(script, op))
			return -E2BIG;
		return read_arguments(script, forms[op].arguments, rest);
	}
	if (!script->calls)
		return -EINVAL;
	return read_expectation(&script->expected[script->calls - 1], name,
				rest);
}

/**
 * script_read() - parse a script in text form
 * @script: set to the script
 * @text: the text
 *
 * Return: 0, or the number of the malformed line.
 */
int script_read(struct script_text *script, FILE *text)
{
	char line[LINE_MAX_];
	int number;

	memset(script, 0, sizeof(*script));
	for (number = 1; fgets(line, sizeof(line), text); number++)
		if (read_line(script, line))
			return number;
	return 0;
}

/** script_read_string() - parse a string, as script_read() */
int script_read_string(struct script_text *script, const char *text)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");
	int ret;

	if (!file)
		abort();
	ret = script_read(script, file);
	fclose(file);
	return ret;
}

static bool is_text(const struct instruction *instruction)
{
	size_t i;

	for (i = 0; i < instruction->size; i++)
		if (!isprint(instruction->bytes[i]) ||
		    (!i && instruction->bytes[i] == ' '))
			return false;
	return true;
}

static void print_hex(const struct instruction *instruction, FILE *text)
{
	size_t i;

	for (i = 0; i < instruction->size; i++)
		fprintf(text, " %02x", instruction->bytes[i]);
}

static void print_arguments(const struct instruction *instruction, FILE *text)
{
	const char *argument = forms[instruction->op].arguments;
	int number = 0;

	for (; *argument; argument++)
		switch (*argument) {
		case 't':
			if (instruction->size)
				fprintf(text, " %.*s", (int)instruction->size,
					instruction->bytes);
			break;
		case 'x':
			print_hex(instruction, text);
			break;
		case 'w':
			fprintf(text, " %d",
				(int)instruction->numbers[number++]);
			break;
		default:
			fprintf(text, " %llu", (unsigned long long)
				instruction->numbers[number++]);
		}
	fputc('\n', text);
}

static void print_call(const struct instruction *instruction, FILE *text)
{
	const enum function function = instruction->numbers[0] % CALL_COUNT;

	fprintf(text, " %s %u", constants[function].name,
		(unsigned int)instruction->numbers[1]);
	if (instruction->size && is_text(instruction))
		fprintf(text, " %.*s", (int)instruction->size,
			instruction->bytes);
	fputc('\n', text);
}

/**
 * script_print() - print a script in text form
 * @script: the script
 * @text: the output
 */
void script_print(struct script script, FILE *text)
{
	struct instruction instruction;

	while (script_step(&script, &instruction)) {
		const char *name = forms[instruction.op].name;

		/* Characters that cannot be in a line. */
		if (instruction.op == OP_STRING && !is_text(&instruction)) {
			fprintf(text, "bytes %llu", (unsigned long long)
				instruction.numbers[0]);
			print_hex(&instruction, text);
			fputs(" 00\n", text);
			continue;
		}
		fputs(name, text);
		if (instruction.op == OP_CALL)
			print_call(&instruction, text);
		else
			print_arguments(&instruction, text);
	}
}
