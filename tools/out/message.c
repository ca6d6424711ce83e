// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages on stderr. Names of devices and files may contain any bytes, so
 * they are escaped before they reach the terminal.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "out/message.h"
#include "out/text.h"

/* Where the second line of a message starts. */
#define LINE_INDENT	2

/* The program that messages come from; NULL: the one that has commands. */
static const char *other_program;

/* How many lines are remembered. */
#define SAID_MAX	1024

/* The command that usage() names; NULL before a command is known. */
static const char *usage_command;

/* The lines that were printed last, if they are not to be repeated soon. */
static struct {
	uint64_t hash;
	time_t time;
} said[SAID_MAX];

static size_t said_next;

/* In seconds; 0: each time. */
static unsigned int say_again;

/* How many columns a line may take: INT_MAX if stderr is no terminal. */
static int line_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return INT_MAX;
	return size.ws_col;
}

/* A byte that continues a character of UTF-8 takes no column. */
static int word_width(const char *word, size_t length)
{
	int width = 0;

	while (length--)
		width += ((unsigned char)*word++ & 0xc0) != 0x80;
	return width;
}

/* Break a line that is too long between words; it is escaped. */
static void put_line(const char *text)
{
	const int line = line_width();
	int column = 0, width;
	size_t length;

	for (;; text += length + 1) {
		length = strcspn(text, " ");
		width = word_width(text, length);
		if (column > LINE_INDENT && column + 1 + width > line) {
			fprintf(stderr, "\n%*s", LINE_INDENT, "");
			column = LINE_INDENT;
		} else if (column) {
			fputc(' ', stderr);
			column++;
		}
		fwrite(text, 1, length, stderr);
		column += width;
		if (!text[length])
			break;
	}
	fputc('\n', stderr);
}

static void print_line(const char *prefix, const char *format, va_list args)
{
	char *text, *line, *escaped;

	if (vasprintf(&text, format, args) < 0)
		return;
	if (asprintf(&line, "%s: %s%s%s",
		     other_program ? other_program : "dmstat-nl", prefix,
		     *prefix ? ": " : "", text) >= 0) {
		escaped = text_escaped(line, false);
		if (escaped)
			put_line(escaped);
		free(escaped);
		free(line);
	}
	free(text);
}

void messages_are_of(const char *program)
{
	other_program = program;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325;

	while (*text)
		hash = (hash ^ (unsigned char)*text++) * 0x100000001b3;
	return hash;
}

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* Whether the line was printed a short time ago; if not, it is printed now. */
static bool was_said(const char *text)
{
	const uint64_t hash = hash_of(text);
	const time_t time = now();
	size_t i;

	for (i = 0; i < SAID_MAX; i++)
		if (said[i].hash == hash &&
		    (uint64_t)(time - said[i].time) < say_again)
			return true;
	said[said_next].hash = hash;
	said[said_next].time = time;
	said_next = (said_next + 1) % SAID_MAX;
	return false;
}

static bool is_repeated(const char *format, va_list args)
{
	bool repeated;
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return false;
	repeated = was_said(text);
	free(text);
	return repeated;
}

void complain(const char *format, ...)
{
	bool repeated = false;
	va_list args;

	if (say_again) {
		va_start(args, format);
		repeated = is_repeated(format, args);
		va_end(args);
	}
	if (repeated)
		return;
	va_start(args, format);
	print_line("", format, args);
	va_end(args);
}

void complain_rarely(unsigned int seconds)
{
	say_again = seconds;
	memset(said, 0, sizeof(said));
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
	if (other_program)
		fprintf(stderr, "See: %s --help\n", other_program);
	else
		fprintf(stderr, "See: dmstat-nl help%s%s\n",
			*command ? " " : "", command);
	exit(EXIT_USAGE);
}
