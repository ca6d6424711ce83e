/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * say: write an answer of the fake kernel piece by piece
 *
 * Copyright (C) 2026 The dmstat authors
 */
#ifndef DMSTAT_TEST_SAY_H
#define DMSTAT_TEST_SAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "faked.h"

/* The answer that is being written, as text. */
static char say_answer[1000000];
static size_t say_answered;

static inline void say(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static inline void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_answered += vsnprintf(say_answer + say_answered,
				  sizeof(say_answer) - say_answered, format,
				  arguments);
	va_end(arguments);
}

static inline void say_bytes(const uint64_t *numbers, int count)
{
	const unsigned char *bytes = (const unsigned char *)numbers;
	size_t i;

	for (i = 0; i < count * sizeof(*numbers); i++)
		say("%02x", bytes[i]);
	say("\n");
}

/* A line of a script has less than 256 bytes. */
#define SAY_LINE_NUMBERS	16

static inline void say_numbers(const char *attribute, const uint64_t *numbers,
			       int count)
{
	const int some = count < SAY_LINE_NUMBERS ? count : SAY_LINE_NUMBERS;
	int said;

	say("bytes %s ", attribute);
	say_bytes(numbers, some);
	for (said = some; said < count; said += SAY_LINE_NUMBERS) {
		say("raw ");
		say_bytes(numbers + said, SAY_LINE_NUMBERS);
	}
	say("attribute-length %zu\n", 4 + count * sizeof(*numbers));
}

/* The answer is complete: use it. */
static inline void say_end(void)
{
	faked_answer(say_answer);
	say_answered = 0;
}

#endif /* DMSTAT_TEST_SAY_H */
