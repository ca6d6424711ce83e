/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A command of dmstat-nl: each has a file of its own, main.c has the table.
 */
#ifndef DMSTAT_NL_COMMAND_H
#define DMSTAT_NL_COMMAND_H

#include <stdbool.h>

#include "output.h"

enum {
	EXIT_USAGE = 2,	/* beside EXIT_SUCCESS and EXIT_FAILURE */
};

struct context;

/**
 * struct command - a command
 * @name: as it is typed
 * @synopsis: what may follow the name
 * @summary: one line
 * @help: its options, a line each, or NULL
 * @json: whether it prints something that --json changes
 * @run: does it; returns the exit status
 */
struct command {
	const char *name;
	const char *synopsis;
	const char *summary;
	const char *help;
	bool json;
	int (*run)(struct context *context, int argc, char **argv);
};

/**
 * struct context - what a command runs with
 * @command: the command
 * @out: where it prints to
 */
struct context {
	const struct command *command;
	struct output out;
};

extern const struct command clear_command;
extern const struct command create_command;
extern const struct command delete_command;
extern const struct command devices_command;
extern const struct command inflight_command;
extern const struct command list_command;
extern const struct command monitor_command;
extern const struct command print_command;
extern const struct command rates_command;
extern const struct command set_command;
extern const struct command version_command;

/** print_command_help() - the help of one command, on stdout */
void print_command_help(const struct command *command);

#endif /* DMSTAT_NL_COMMAND_H */
