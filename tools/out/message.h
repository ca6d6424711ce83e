/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages on stderr, and the exit status of a wrong command line.
 */
#ifndef DMSTAT_NL_MESSAGE_H
#define DMSTAT_NL_MESSAGE_H

enum {
	EXIT_USAGE = 2,	/* beside EXIT_SUCCESS and EXIT_FAILURE */
};

/**
 * messages_are_of() - name the program that messages come from
 * @program: its name; dmstat-nl unless this is called
 *
 * It has no commands: usage() then names its option --help.
 */
void messages_are_of(const char *program);

/** complain() - print one line on stderr, after the program's name */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * complain_rarely() - print the same line again only after a time
 * @seconds: the time
 *
 * For programs that run for long, and try again what failed. What was said before
 * this call is not remembered.
 */
void complain_rarely(unsigned int seconds);

/** usage_is_of() - name the command whose command line is parsed next */
void usage_is_of(const char *command);

/** usage() - say what is wrong with the command line, and exit with status 2 */
void usage(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif /* DMSTAT_NL_MESSAGE_H */
