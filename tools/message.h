/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What dmstat-nl says on stderr.
 */
#ifndef DMSTAT_NL_MESSAGE_H
#define DMSTAT_NL_MESSAGE_H

#include <stdarg.h>

struct command;

/** complain() - one line on stderr, with the program's name before it */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * usage() - say what is wrong with the command line, and end with status 2
 * @command: the command that was asked for, or NULL
 * @format: what is wrong
 */
void usage(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif /* DMSTAT_NL_MESSAGE_H */
