// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages on stderr. Names of devices and files may contain any bytes, so
 * control characters are escaped before they reach the terminal.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "out/message.h"

/* The command that usage() names; NULL before a command is known. */
static const char *usage_command;

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

void usage_is_of(const char *command)
{
	usage_command = command;
}

void usage(const char *format, ...)
{
	const char *command = usage_command ? usage_command : "";
	va_list args;

	va_start(args, format);
	print_line(command, format, args);
	va_end(args);
	fprintf(stderr, "See: dmstat-nl help%s%s\n", *command ? " " : "",
		command);
	exit(EXIT_USAGE);
}
