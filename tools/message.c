// SPDX-License-Identifier: GPL-2.0-only
/*
 * What dmstat-nl says on stderr. Names that come from outside may hold
 * anything: control characters must not reach the terminal.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "message.h"

static void print_line(const char *prefix, const char *format, va_list args)
{
	char *text;
	const char *c;

	if (vasprintf(&text, format, args) < 0)
		return;
	fprintf(stderr, "dmstat-nl: %s%s", prefix, *prefix ? ": " : "");
	for (c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			fprintf(stderr, "\\x%02x", (unsigned char)*c);
		else
			fputc(*c, stderr);
	}
	fputc('\n', stderr);
	free(text);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void usage(const struct command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(command ? command->name : "", format, args);
	va_end(args);
	fprintf(stderr, "See: dmstat-nl help%s%s\n", command ? " " : "",
		command ? command->name : "");
	exit(EXIT_USAGE);
}
